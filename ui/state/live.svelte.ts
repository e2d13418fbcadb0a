/**
 * What goes out for real, as the gate tells it: the switch, and each stream
 * with what is in its way; and what a person does at the gate. To stop is one
 * click; what was told stands until the next verb.
 */
import type { Api } from '../../sdk/api.ts';
import type { DeliveryView, LiveStream, PosternEvent } from '../../sdk/contract.ts';
import { Acting } from './acting.svelte.ts';
import { again, type Again } from './again.ts';
import { faultOf, type Fault } from './fault.ts';
import { plural } from './format.ts';

export class LiveDesk extends Acting {
  view: DeliveryView | undefined = $state.raw();
  fault: Fault | undefined = $state.raw();
  #api: Api;
  #again: Again;

  constructor(api: Api) {
    super();
    this.#api = api;
    this.#again = again(() => this.#load(), 1_000);
  }

  named(stream: string): LiveStream | undefined {
    return this.view?.streams.find((one) => one.stream === stream);
  }

  again(): Promise<void> {
    return this.#again.now();
  }

  hear(events: readonly PosternEvent[]): void {
    if (events.some(({ type }) => /^(delivery|stream|recipient|canary|preflight)\./.test(type) || type === 'message.captured' || type === 'message.released')) this.#again.soon();
  }

  /** At once, without a question: whoever stops is in a hurry. */
  stop(): Promise<boolean> {
    return this.do(async () => {
      await this.#api.stopDelivery({});
      return 'Stopped: nothing new is tried for real. What a server is taking just now is finished.';
    });
  }

  start(reason: string): Promise<boolean> {
    return this.do(async () => {
      await this.#api.startDelivery(reason.trim() === '' ? {} : { reason: reason.trim() });
      return 'Real delivery is on again.';
    });
  }

  /** With `rest` the canary is over. */
  approve(stream: string, rest: boolean): Promise<boolean> {
    return this.do(async () => {
      const { released, held } = await this.#api.approveCanary(stream, rest ? { rest } : {});
      return `${plural(released, 'recipient')} of ${stream} released.${held > 0 ? ` ${held} held for another reason by now.` : ''}${rest ? ' The canary is over.' : ''}`;
    });
  }

  close(): void {
    this.#again.stop();
  }

  async #load(): Promise<void> {
    try {
      this.view = await this.#api.deliveryGate();
      this.fault = undefined;
    } catch (error) {
      this.fault = faultOf(error);
    }
  }
}

/** What asks for a look first: what is held, what is live, what only lacks a key; then those whose mail stays here. */
export function ordered(streams: readonly LiveStream[]): LiveStream[] {
  const rank = ({ live, mode, tally }: LiveStream) => (live ? 0 : mode === 'deliver' ? 1 : Object.values(tally).some((n) => n > 0) ? 2 : 3);
  return streams.toSorted((a, b) => rank(a) - rank(b) || a.stream.localeCompare(b.stream));
}

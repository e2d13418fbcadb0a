/**
 * What became of the message that is open: its recipients, each with its
 * history, followed by the events that concern it; and what a person does
 * about it. Nothing is guessed from events: they say when to ask again.
 */
import type { Api } from '../../sdk/api.ts';
import type { AdvanceSummary, Delivery, PosternEvent, QueueReleased, RecipientState, StreamClock } from '../../sdk/contract.ts';
import { Acting } from './acting.svelte.ts';
import { again, type Again } from './again.ts';
import { faultOf, type Fault } from './fault.ts';
import { plural } from './format.ts';
import { isOver } from './outcome.ts';

export type Act = 'retry' | 'hold' | 'release' | 'cancel';
export type Recipient = Delivery['recipients'][number];

/** Recipients that are drawn before somebody asks for all. */
export const SHOWN = 50;

export class Delivering extends Acting {
  view: Delivery | undefined = $state.raw();
  clock: StreamClock | undefined = $state.raw();
  fault: Fault | undefined = $state.raw();
  #api: Api;
  #id = '';
  #again: Again;

  constructor(api: Api) {
    super();
    this.#api = api;
    this.#again = again(() => this.#load(), 300);
  }

  async open(id: string): Promise<void> {
    if (id === this.#id) return;
    this.#id = id;
    this.view = undefined;
    this.fault = undefined;
    this.word = '';
    await this.#again.now();
  }

  again(): Promise<void> {
    return this.#again.now();
  }

  hear(events: readonly PosternEvent[]): void {
    if (events.some((event) => this.#concerns(event))) this.#again.soon();
  }

  /** To all recipients, or to one. */
  async act(act: Act, recipient?: string): Promise<void> {
    const did = { retry: 'tried now', hold: 'held', release: 'released', cancel: 'cancelled' }[act];
    await this.do(async () => {
      const answer = await this.#api[act]({ message: this.#id, ...(recipient === undefined ? {} : { recipient }) });
      return changedText(answer, did);
    });
  }

  /** Moves the time of this message alone, or of one recipient of it. */
  async advance(by: number | 'idle', recipient?: string): Promise<void> {
    const { view } = this;
    if (!view) return;
    await this.do(async () => {
      const whose = { message: this.#id, ...(recipient === undefined ? {} : { recipient }) };
      return summaryText(await this.#api.advance(view.stream, by === 'idle' ? { to: 'idle', ...whose } : { by, ...whose }));
    });
  }

  /** Milliseconds of its own time until something of it is due that is not due already: what is waits for something else. */
  get untilNext(): number | undefined {
    const { view, clock } = this;
    if (!view || !clock) return undefined;
    const now = Date.parse(clock.now);
    const waits = view.recipients.flatMap(({ due, offset, mode }) => (due === null || mode === 'deliver' ? [] : [Date.parse(due) - now - offset])).filter((ms) => ms > 0);
    return waits.length === 0 ? undefined : Math.min(...waits);
  }

  /** That wait by the stream's clock, which can be moved: real mail goes by the wall. */
  get moving(): number {
    return this.view?.recipients.filter(({ state, mode }) => !isOver(state) && mode !== 'deliver').length ?? 0;
  }

  close(): void {
    this.#again.stop();
  }

  async #load(): Promise<void> {
    const id = this.#id;
    if (id === '') return; // not opened yet
    try {
      const view = await this.#api.delivery(id);
      const clock = await this.#api.clock(view.stream).catch(() => undefined);
      if (this.#id !== id) return;
      this.view = view;
      this.clock = clock;
      this.fault = undefined;
    } catch (error) {
      if (this.#id === id) this.fault = faultOf(error);
    }
  }

  #concerns(event: PosternEvent): boolean {
    if ('message' in event && event.message === this.#id) return true;
    // Why it waits may be told anew.
    if (event.type === 'delivery.stopped' || event.type === 'delivery.started') return true;
    if (event.stream !== this.view?.stream) return false;
    return event.type.startsWith('site.') || event.type === 'stream.paused' || event.type === 'stream.resumed' || event.type === 'stream.mode' || event.type === 'clock.advanced';
  }
}

/** Those in one of the states that are asked for; all when none is. */
export const ofState = (recipients: readonly Recipient[], state: RecipientState | undefined): readonly Recipient[] =>
  (state === undefined ? recipients : recipients.filter((one) => one.state === state));

/** What came of an act; of a release also whom the gate kept, and why. */
export function changedText(answer: { changed: number } | QueueReleased, did: string): string {
  const refused = 'refused' in answer ? answer.refused : [];
  const kept = refused.length === 0 ? '' : `Still held: ${refused.slice(0, 3).map(({ held }) => held.text).join('; ')}${refused.length > 3 ? `; and ${refused.length - 3} more` : ''}.`;
  if (answer.changed === 0) return kept || 'Nothing to change: it has moved on meanwhile.';
  return `${plural(answer.changed, 'recipient')} ${did}.${kept && ` ${kept}`}`;
}

/** What can be done to it now. */
export function actsOf({ state }: Pick<Recipient, 'state'>): Act[] {
  switch (state) {
    case 'queued': case 'deferred': return ['retry', 'hold', 'cancel'];
    case 'active': return ['cancel'];
    case 'held': return ['release', 'cancel'];
    case 'delivered': case 'bounced': case 'expired': case 'suppressed': case 'cancelled': return [];
  }
}

export function summaryText({ attempts, delivered, deferred, bounced, expired, suppressed, later, waiting }: AdvanceSummary): string {
  const parts = ([[delivered, 'delivered'], [deferred, 'deferred'], [bounced, 'bounced'], [expired, 'expired'], [suppressed, 'suppressed'], [later, 'came back']] as const).filter(([n]) => n > 0).map(([n, what]) => `${n.toLocaleString()} ${what}`);
  return `${plural(attempts, 'attempt')}${parts.length > 0 ? `: ${parts.join(', ')}` : ''}. ${waiting > 0 ? `${waiting.toLocaleString()} still ${waiting === 1 ? 'waits' : 'wait'}.` : 'Nothing waits.'}`;
}

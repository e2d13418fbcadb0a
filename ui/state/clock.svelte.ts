/**
 * The time of one stream, as it goes on, and moving it. What an advance did
 * stays to be read until the next one or another stream.
 */
import type { Api } from '../../sdk/api.ts';
import type { AdvanceInput, PosternEvent, StreamClock } from '../../sdk/contract.ts';
import { again, type Again } from './again.ts';
import { summaryText } from './delivering.svelte.ts';
import { faultOf } from './fault.ts';

export type Step = 'next' | 'end' | number;

export class ClockDesk {
  clock: StreamClock | undefined = $state.raw();
  /** Milliseconds that the stream is ahead of this page's clock. */
  ahead = $state(0);
  busy = $state(false);
  problem = $state('');
  summary = $state('');
  #api: Api;
  #stream = '';
  #again: Again;
  #time: () => number;

  constructor(api: Api, time: () => number = () => Date.now()) {
    this.#api = api;
    this.#time = time;
    this.#again = again(() => this.#load(), 1_000);
  }

  async open(stream: string): Promise<void> {
    if (stream === this.#stream) return;
    this.#stream = stream;
    this.clock = undefined;
    this.problem = this.summary = '';
    await this.#again.now();
  }

  hear(events: readonly PosternEvent[]): void {
    // Each outcome moves what is next.
    if (events.some(({ stream, type }) => stream === this.#stream && (type === 'clock.advanced' || type === 'stream.updated' || type === 'message.captured' || type.startsWith('recipient.')))) this.#again.soon();
  }

  async advance(step: Step): Promise<void> {
    const { clock } = this;
    if (this.busy || !clock) return;
    const input: AdvanceInput | undefined = step === 'end' ? { to: 'idle' } : step !== 'next' ? { by: step } : clock.next === null ? undefined : { until: clock.next };
    if (!input) return;
    this.busy = true;
    this.problem = '';
    try {
      const said = await this.#api.advance(this.#stream, input);
      this.summary = summaryText(said);
      await this.#again.now();
    } catch (error) {
      this.summary = '';
      this.problem = faultOf(error).message;
    } finally {
      this.busy = false;
    }
  }

  again(): Promise<void> {
    return this.#again.now();
  }

  close(): void {
    this.#again.stop();
  }

  async #load(): Promise<void> {
    const stream = this.#stream;
    if (stream === '') return; // not opened yet
    try {
      const clock = await this.#api.clock(stream);
      if (this.#stream !== stream) return;
      this.clock = clock;
      // By the page's own clock, so that it can be shown as it goes on; the way here costs a little.
      this.ahead = Date.parse(clock.now) - this.#time();
    } catch (error) {
      if (this.#stream === stream) this.problem = faultOf(error).message;
    }
  }
}

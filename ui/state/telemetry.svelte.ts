/**
 * The counts that the room of telemetry shows, and the comparison of two
 * periods; asked for again when mail has ended and when an hour is over. What
 * was asked before is shown until the answer is there, and an answer that
 * comes too late is passed over.
 */
import type { Api } from '../../sdk/api.ts';
import type { Comparison, PosternEvent, QueueMode, Telemetry } from '../../sdk/contract.ts';
import { again, type Again } from './again.ts';
import { faultOf, type Fault } from './fault.ts';
import type { TelemetryAsked } from './route.ts';
import { OTHERS, rowsOf } from './telemetry.ts';
import { HOUR, pairOf, periodOf, textOfSpan } from './telemetry-asked.ts';

export type By = 'site' | 'class';
export type Question = { asked: TelemetryAsked; mode: QueueMode; by: By };

export class TelemetryDesk {
  /** By time, and by site or class. */
  total: Telemetry | undefined = $state.raw();
  parts: Telemetry | undefined = $state.raw();
  comparison: Comparison | undefined = $state.raw();
  /** What cannot be asked, in a sentence. */
  flaw = $state('');
  fault: Fault | undefined = $state.raw();
  busy = $state(false);
  /** Names to choose from. */
  sites: string[] = $state.raw([]);
  #api: Api;
  #question: Question | undefined;
  #again: Again;
  #hour = 0;
  #time: () => number;

  constructor(api: Api, time: () => number = () => Date.now()) {
    this.#api = api;
    this.#time = time;
    this.#again = again(() => this.#load(), 5_000);
  }

  async open(question: Question): Promise<void> {
    this.#question = question;
    this.busy = true;
    await this.#again.now();
  }

  hear(events: readonly PosternEvent[]): void {
    const stream = this.#question?.asked.stream;
    if (events.some((event) => concerns(event.type) && (stream === undefined || event.stream === stream))) this.#again.soon();
  }

  /** Every minute: periods go on with the hours. */
  beat(): void {
    if (Math.floor(this.#time() / HOUR) !== this.#hour) this.#again.soon();
  }

  again(): Promise<void> {
    return this.#again.now();
  }

  close(): void {
    this.#again.stop();
  }

  async #load(): Promise<void> {
    const question = this.#question;
    if (!question) return;
    const now = this.#time();
    this.#hour = Math.floor(now / HOUR);
    try {
      const take = question.asked.view === 'compare' ? await this.#compared(question, now) : await this.#counted(question, now);
      if (this.#question !== question) return;
      this.fault = undefined;
      this.flaw = typeof take === 'string' ? take : '';
      if (typeof take === 'function') take();
    } catch (error) {
      if (this.#question !== question) return;
      // Old numbers under a new question would be wrong ones.
      if (this.busy) this.total = this.parts = this.comparison = undefined;
      this.flaw = '';
      this.fault = faultOf(error);
    } finally {
      if (this.#question === question) this.busy = false;
    }
  }

  async #counted(question: Question, now: number): Promise<string | (() => void)> {
    const { by } = question;
    const period = periodOf(question.asked, now);
    if (typeof period === 'string') return period;
    const query = { ...scopeOf(question), from: new Date(period.from).toISOString(), to: new Date(period.to).toISOString() };
    const [total, parts] = await Promise.all([this.#api.telemetry({ ...query, step: period.step }), this.#api.telemetry({ ...query, step: 'all', by })]);
    return () => {
      this.total = total;
      this.parts = parts;
      if (by === 'site' && question.asked.site === undefined) this.sites = rowsOf(parts).map(({ key }) => key).filter((key) => key !== '' && key !== OTHERS);
    };
  }

  async #compared(question: Question, now: number): Promise<string | (() => void)> {
    const pair = pairOf(question.asked, now);
    if (typeof pair === 'string') return pair;
    const comparison = await this.#api.compareTelemetry({ ...scopeOf(question), before: textOfSpan(pair.before), after: textOfSpan(pair.after) });
    return () => {
      this.comparison = comparison;
    };
  }
}

const scopeOf = ({ asked: { stream, site }, mode }: Question) => ({ mode, ...(stream === undefined ? {} : { stream }), ...(site === undefined ? {} : { site }) });

/** What counts are made of. */
const concerns = (type: PosternEvent['type']): boolean => type.startsWith('recipient.') || type === 'bounce.received' || type === 'complaint.received' || type === 'unsubscribe.received';

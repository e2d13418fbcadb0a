/**
 * Addresses that get no mail: a list that can be searched, added to, and
 * taken from. A removal can be undone for a while: the row stays in its
 * place, crossed out, and the DELETE is sent when the grace is over, or when
 * the room is left.
 */
import type { Api } from '../../sdk/api.ts';
import type { PosternEvent, Suppression, SuppressionInput, SuppressionReason } from '../../sdk/contract.ts';
import { again, type Again } from './again.ts';
import { GRACE } from './deletion.svelte.ts';
import { faultOf, type Fault } from './fault.ts';

export const REASONS: readonly { reason: SuppressionReason; says: string }[] = [
  { reason: 'hard_bounce', says: 'hard bounce' }, { reason: 'complaint', says: 'complaint' }, { reason: 'manual', says: 'manual' },
  { reason: 'soft_bounces', says: 'soft bounces' }, { reason: 'unsubscribe', says: 'unsubscribed' },
];
export const reasonText = (reason: SuppressionReason): string => REASONS.find((one) => one.reason === reason)?.says ?? reason;

/** `stream: '*'` are those for every stream. */
export type Asked = { stream?: string; q?: string; reason?: SuppressionReason };
const PAGE = 100;

export class SuppressionDesk {
  all: Suppression[] = $state.raw([]);
  next: string | null = $state(null);
  ready = $state(false);
  fault: Fault | undefined = $state.raw();
  /** Crossed out, to be removed soon. */
  leaving: ReadonlySet<string> = $state.raw(new Set());
  /** What came of a verb. */
  word = $state('');
  #api: Api;
  #asked: Asked = {};
  #timers = new Map<string, ReturnType<typeof setTimeout>>();
  #again: Again;

  constructor(api: Api) {
    this.#api = api;
    this.#again = again(() => this.#load(), 700);
  }

  async open(asked: Asked): Promise<void> {
    this.#asked = asked;
    await this.#again.now();
  }

  again(): Promise<void> {
    return this.#again.now();
  }

  async more(): Promise<void> {
    const { next } = this;
    if (next === null) return;
    const asked = this.#asked;
    const page = await this.#api.suppressions({ ...asked, limit: PAGE, cursor: next });
    if (asked !== this.#asked || next !== this.next) return;
    this.all = [...this.all, ...page.suppressions];
    this.next = page.next;
  }

  hear(events: readonly PosternEvent[]): void {
    if (events.some(({ type }) => type === 'suppression.added' || type === 'suppression.removed')) this.#again.soon();
  }

  /** Throws what the API objects to. */
  async add(input: SuppressionInput): Promise<void> {
    const { address } = await this.#api.suppress(input);
    this.word = `${address} is suppressed.`;
    await this.#again.now();
  }

  remove(one: Suppression): void {
    const key = keyOf(one);
    if (this.#timers.has(key)) return;
    this.leaving = new Set([...this.leaving, key]);
    this.#timers.set(key, setTimeout(() => void this.#send(one), GRACE));
  }

  keep(one: Suppression): void {
    const key = keyOf(one);
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
    this.leaving = new Set([...this.leaving].filter((other) => other !== key));
  }

  /** Sends what is crossed out, now: the room is being left. */
  send(): void {
    for (const one of this.all) if (this.#timers.has(keyOf(one))) void this.#send(one, true);
  }

  async import(file: Blob, stream: string | undefined): Promise<void> {
    const format = 'name' in file && /\.(jsonl|ndjson)$/i.test(String(file.name)) ? 'jsonl' : 'csv';
    const { read, added } = await this.#api.importSuppressions(file, { format, ...(stream === undefined ? {} : { stream }) });
    this.word = `${read.toLocaleString()} read, ${added.toLocaleString()} of them new.`;
    await this.#again.now();
  }

  close(): void {
    this.send();
    this.#again.stop();
  }

  async #send(one: Suppression, keepalive = false): Promise<void> {
    const key = keyOf(one);
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
    try {
      await this.#api.unsuppress(one.address, one.stream ?? undefined, { mode: one.mode ?? '*', keepalive });
      this.all = this.all.filter((other) => keyOf(other) !== key);
    } catch (error) {
      const fault = faultOf(error);
      // Somebody else was faster: that is what was wanted.
      if (fault.status === 404) this.all = this.all.filter((other) => keyOf(other) !== key);
      else this.word = `${one.address} is still suppressed: ${fault.message}`;
    }
    this.leaving = new Set([...this.leaving].filter((other) => other !== key));
  }

  async #load(): Promise<void> {
    const asked = this.#asked;
    try {
      // As many as are shown, so that nothing shown is lost by asking again.
      const page = await this.#api.suppressions({ ...asked, limit: Math.min(500, Math.max(PAGE, this.all.length)) });
      if (asked !== this.#asked) return;
      this.all = page.suppressions;
      this.next = page.next;
      this.fault = undefined;
    } catch (error) {
      if (asked === this.#asked) this.fault = faultOf(error);
    }
    if (asked === this.#asked) this.ready = true;
  }
}

/** One address can be suppressed in several streams, and for simulated and for real mail. */
export const keyOf = ({ address, stream, mode }: Pick<Suppression, 'address' | 'stream' | 'mode'>): string => `${stream ?? '*'} ${mode ?? '*'} ${address}`;

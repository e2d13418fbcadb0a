/**
 * A deletion that can be undone: the rows go at once, the DELETE is sent when
 * the grace is over, when another deletion begins, or when the page is left.
 *
 *     ask ──▶ held ──grace over · another · page left──▶ sent ──refused──▶ shown again
 *              └──undo──▶ shown again
 *
 * One at a time. Until it is sent, nothing has changed on the server.
 */
import type { Api } from '../../sdk/api.ts';
import type { MessageQuery, ScopeQuery } from '../../sdk/contract.ts';
import { PosternError } from '../../sdk/errors.ts';
import { faultOf } from './fault.ts';

export type Doomed =
  | { kind: 'messages'; ids: string[]; /** The same, by their stream. */ streams: ReadonlyMap<string, readonly string[]> }
  /** A stream's or an inbox's mail; each query is scoped and bounded in time. */
  | { kind: 'scopes'; queries: MessageQuery[]; messages: number };

export type Sight = { hide(doomed: Doomed): void; show(doomed: Doomed): void };

/** Milliseconds in which it can be undone. */
export const GRACE = 7_000;
/** Ids in a request: a request line that proxies take, too (8 kB). */
export const AT_ONCE = 200;

export class Deletion {
  held: Doomed | undefined = $state.raw();
  /** Milliseconds left do not matter to anyone; only that a new one began. */
  round = $state(0);
  #api: Api;
  #sight: Sight;
  #failed: (message: string) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #left = GRACE;
  #since = 0;

  constructor(api: Api, sight: Sight, failed: (message: string) => void) {
    this.#api = api;
    this.#sight = sight;
    this.#failed = failed;
  }

  ask(doomed: Doomed): void {
    this.send();
    this.held = doomed;
    this.round++;
    this.#sight.hide(doomed);
    this.#left = GRACE;
    this.resume();
  }

  undo(): void {
    const doomed = this.#take();
    if (doomed) this.#sight.show(doomed);
  }

  /** A person who points at or focuses the notice is reading it (WCAG 2.2.1). */
  pause(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#left = Math.max(1500, this.#left - (Date.now() - this.#since));
  }

  resume(): void {
    if (!this.held || this.#timer !== undefined) return;
    this.#since = Date.now();
    this.#timer = setTimeout(() => this.send(), this.#left);
  }

  /** Now, also while the page is being left. */
  send(): void {
    const doomed = this.#take();
    if (doomed) void this.#delete(doomed);
  }

  #take(): Doomed | undefined {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const doomed = this.held;
    this.held = undefined;
    return doomed;
  }

  async #delete(doomed: Doomed): Promise<void> {
    try {
      // All at once: when the page is being left, nothing after the first pause would be sent.
      const queries = doomed.kind === 'scopes' ? doomed.queries : byIds(doomed.streams);
      await Promise.all(queries.map((query) => this.#api.deleteAll(query, { keepalive: true }).catch(unlessGone)));
    } catch (error) {
      this.#sight.show(doomed);
      this.#failed(`Not deleted: ${faultOf(error).message}`);
    }
  }
}

/** The stream is gone, and its mail with it: that is what was wanted. */
function unlessGone(error: unknown): void {
  if (!(error instanceof PosternError && error.status === 404)) throw error;
}

/** Queries for messages by their ids, each within its stream and of a bounded size. */
export function byIds(streams: ReadonlyMap<string, readonly string[]>): ScopeQuery[] {
  return [...streams].flatMap(([stream, ids]) => Array.from({ length: Math.ceil(ids.length / AT_ONCE) }, (_, i) => ({ stream, id: ids.slice(i * AT_ONCE, (i + 1) * AT_ONCE).join(',') })));
}

/**
 * A deletion. What it is about is looked at first: where somebody still waits
 * for one of the messages, a person is asked, since mail must not go out that
 * is said to be deleted; then it is sent at once. Where nobody does, it can be
 * undone: the rows go at once, the DELETE is sent when the grace is over, when
 * another deletion begins, or when the page is left.
 *
 *     ask ──▶ looked at ──nobody waits──▶ held ──grace over · another · page left──▶ sent ──refused──▶ shown again
 *                 │                        └──undo──▶ shown again                     ▲
 *                 └──somebody waits──▶ question ──yes─────────────────────────────────┘
 *                                          └──no──▶ nothing
 *
 * One at a time. Until it is sent, nothing has changed on the server.
 */
import type { Api } from '../../sdk/api.ts';
import type { MessageQuery, ScopeQuery, Waiting } from '../../sdk/contract.ts';
import { PosternError } from '../../sdk/errors.ts';
import { faultOf } from './fault.ts';
import { plural } from './format.ts';

export type Doomed =
  | { kind: 'messages'; ids: string[]; /** The same, by their stream. */ streams: ReadonlyMap<string, readonly string[]> }
  /** A stream's or an inbox's mail; each query is scoped, and bounded by when the newest of it came in. */
  | { kind: 'scopes'; queries: MessageQuery[]; newest: string; messages: number };
export type Question = { doomed: Doomed; waiting: Waiting };

export type Sight = { hide(doomed: Doomed): void; show(doomed: Doomed): void };

/** Milliseconds in which it can be undone. */
export const GRACE = 7_000;
/** Ids in a request: a request line that proxies take, too (8 kB). */
export const AT_ONCE = 200;

export class Deletion {
  held: Doomed | undefined = $state.raw();
  /** What the server is being asked about. */
  looking: Doomed | undefined = $state.raw();
  /** Milliseconds left do not matter to anyone; only that a new one began. */
  round = $state(0);
  #question: Question | undefined = $state.raw();
  #api: Api;
  #sight: Sight;
  #say: (message: string) => void;
  #look = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #left = GRACE;
  #since = 0;

  constructor(api: Api, sight: Sight, say: (message: string) => void) {
    this.#api = api;
    this.#sight = sight;
    this.#say = say;
  }

  /** Waits for a person to say yes. It lies over the notice of the one that is held: the time to undo that stands still. */
  get question(): Question | undefined {
    return this.#question;
  }

  set question(question: Question | undefined) {
    const was = this.#question;
    this.#question = question;
    if (question) this.pause();
    else if (was) this.resume();
  }

  /** Nothing while another one is not decided. */
  async ask(doomed: Doomed): Promise<void> {
    if (this.looking || this.question) return;
    this.looking = doomed;
    const { signal } = (this.#look = new AbortController());
    try {
      const waiting = await this.#waiting(doomed, signal);
      if (signal.aborted) return;
      if (waiting.recipients + waiting.kept > 0) this.question = { doomed, waiting };
      else this.#hold(doomed);
    } catch (error) {
      if (!signal.aborted) this.#say(`Not deleted: ${faultOf(error).message}`);
    }
    if (!signal.aborted) this.looking = undefined;
  }

  /** Yes to the question. */
  confirm(): void {
    const { doomed } = this.question ?? {};
    if (!doomed) return;
    this.question = undefined;
    this.send();
    this.#sight.hide(doomed);
    void this.#delete(doomed, `${plural(sizeOf(doomed), 'message')} deleted.`);
  }

  /** The list that it is about gives way to another one. */
  leave(): void {
    if (this.held?.kind === 'scopes') this.send();
    if (this.looking?.kind === 'scopes') this.#stopLooking();
  }

  #hold(doomed: Doomed): void {
    this.send();
    this.held = doomed;
    this.round++;
    this.#sight.hide(doomed);
    this.#left = GRACE;
    this.resume();
  }

  #stopLooking(): void {
    this.#look.abort();
    this.looking = undefined;
  }

  /** What was asked for last: what is only looked at is called off, what is held comes back. */
  undo(): void {
    if (this.looking) this.#stopLooking();
    else this.bringBack();
  }

  bringBack(): void {
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
    if (!this.held || this.#timer !== undefined || this.#question) return;
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

  async #waiting(doomed: Doomed, signal: AbortSignal): Promise<Waiting> {
    const sum: Waiting = { messages: 0, recipients: 0, active: 0, kept: 0 };
    for (const one of await Promise.all(queriesOf(doomed).map((query) => this.#api.waiting(query, { signal }).catch(unlessGone)))) {
      for (const what of ['messages', 'recipients', 'active', 'kept'] as const) sum[what] += one?.[what] ?? 0;
    }
    return sum;
  }

  async #delete(doomed: Doomed, done?: string): Promise<void> {
    try {
      // All at once: when the page is being left, nothing after the first pause would be sent.
      await Promise.all(queriesOf(doomed).map((query) => this.#api.deleteAll(query, { keepalive: true }).catch(unlessGone)));
      if (done !== undefined) this.#say(done);
    } catch (error) {
      this.#sight.show(doomed);
      this.#say(`Not deleted: ${faultOf(error).message}`);
    }
  }
}

export const sizeOf = (doomed: Doomed): number => (doomed.kind === 'messages' ? doomed.ids.length : doomed.messages);

/** What a deletion does to those who still wait, in sentences. */
export function waitingText({ recipients, active, kept }: Waiting): string {
  const wait = (n: number) => `${plural(n, 'recipient')} still ${n === 1 ? 'waits' : 'wait'}`;
  return [
    recipients > 0 ? `${wait(recipients)} for delivery. Deleting cancels it.` : '',
    active > 0 ? `${active === recipients ? (active === 1 ? 'It' : 'All') : active.toLocaleString()} ${active === 1 ? 'is' : 'are'} being tried at this moment, and may still get through.` : '',
    kept > 0 ? `${recipients > 0 ? `${plural(kept, 'more recipient')} ${kept === 1 ? 'waits' : 'wait'}` : wait(kept)} for mail that another inbox keeps: that delivery goes on.` : '',
    'This cannot be undone.',
  ].filter(Boolean).join(' ');
}

/** The stream is gone, and its mail with it: that is what was wanted. */
function unlessGone(error: unknown): undefined {
  if (!(error instanceof PosternError && error.status === 404)) throw error;
  return undefined;
}

const queriesOf = (doomed: Doomed): ScopeQuery[] => (doomed.kind === 'scopes' ? doomed.queries : byIds(doomed.streams));

/** Queries for messages by their ids, each within its stream and of a bounded size. */
export function byIds(streams: ReadonlyMap<string, readonly string[]>): ScopeQuery[] {
  return [...streams].flatMap(([stream, ids]) => Array.from({ length: Math.ceil(ids.length / AT_ONCE) }, (_, i) => ({ stream, id: ids.slice(i * AT_ONCE, (i + 1) * AT_ONCE).join(',') })));
}

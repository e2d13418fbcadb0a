/**
 * Reading and waiting, the same for an inbox, a stream and the whole sandbox:
 * each is a scope. A wait sees what is there already and what is still to
 * come, oldest first; it uses nothing up, so the same wait twice gives the
 * same message twice (`after` moves on). Arrays are in order of arrival.
 */
import type { Api } from './api.ts';
import type { Message, MessageQuery } from './contract.ts';
import { compile, type Criteria, type Wanted } from './criteria.ts';
import { toMs, type Duration } from './duration.ts';
import { PosternError } from './errors.ts';
import { waitForEvent } from './event-waiting.ts';
import type { Where } from './explain.ts';
import type { EventCriteria, EventOf, Happening } from './happenings.ts';
import { ReceivedMessage } from './message.ts';
import { sayValue } from './message-text.ts';
import { checkSignal, waitOptions, type WaitOptions } from './wait-options.ts';
import { expectNothing, waitForMessages } from './waiting.ts';

export type Scope = { stream?: string; inbox?: string };
export type { WaitOptions };
export type NoneOptions = Criteria & { /** How long to watch (default 1 s). */ for?: Duration; signal?: AbortSignal };
export type ListOptions = MessageQuery & { /** The newest so many (default 100). */ limit?: number };

export const DEFAULT_WATCH = 1_000;

/**
 * Asked before each wait: a test runner has a time-out of its own. It may
 * raise that, or answer fewer milliseconds and the sentence that says why.
 */
export type Patience = (timeout: number) => { timeout: number; cutBy?: string };

export type WaitFor = {
  <H extends Happening>(wanted: EventCriteria<H>, options?: WaitOptions): Promise<EventOf<H>>;
  (wanted?: Wanted, options?: WaitOptions): Promise<ReceivedMessage>;
};

export type Reader = {
  /** The first message that fits; or, with `event`, the first event: of mail to this inbox, in this stream, or anywhere. */
  waitFor: WaitFor;
  /** At least so many that fit. */
  waitForCount(count: number, wanted?: Wanted, options?: WaitOptions): Promise<ReceivedMessage[]>;
  /** Throws when a message that fits is there or comes within the time. */
  expectNone(options?: NoneOptions): Promise<void>;
  messages(query?: ListOptions): Promise<ReceivedMessage[]>;
  /** The newest there is now; undefined when there is none. */
  latest(query?: MessageQuery): Promise<ReceivedMessage | undefined>;
  /** Now, for `after`. */
  mark(): Promise<string>;
};

export type ReaderOptions = { api: Api; scope: Scope; where: Where; patience?: Patience | undefined; /** A mark from before any mail of the scope. */ beginning?: string | undefined; /** The stream of an inbox. */ stream?: string | undefined };

const isEvent = (wanted: Wanted | EventCriteria | undefined): wanted is EventCriteria => typeof wanted === 'object' && wanted !== null && !(wanted instanceof RegExp) && 'event' in wanted;

/** Messages of a page. */
const PAGE = 200;
/** Messages read at once. */
const ABREAST = 8;

export function createReader({ api, scope, where, patience, beginning, stream }: ReaderOptions): Reader {
  const prepare = (wanted: Wanted | undefined, timeout: number, signal: AbortSignal | undefined, alsoKnown?: string[]) => {
    const compiled = compile(wanted, scope, alsoKnown);
    const allowed = patience?.(timeout) ?? { timeout };
    return { api, compiled, timeout: allowed.timeout, signal, where: { ...where, cutBy: allowed.cutBy } };
  };
  const scoped = <Q extends MessageQuery>(query: Q): Q => ({ ...query, ...scope });

  return {
    waitFor: (async (wanted?: Wanted | EventCriteria, options?: WaitOptions) => {
      const { timeout, signal } = waitOptions(options, 'waitFor');
      if (!isEvent(wanted)) return (await waitForMessages(prepare(wanted, timeout, signal), 1))[0]!;
      const allowed = patience?.(timeout) ?? { timeout };
      return waitForEvent({ api, criteria: wanted, stream, scope: { ...(scope.stream === undefined ? {} : { stream: scope.stream }), ...(scope.inbox === undefined ? {} : { recipient: scope.inbox }) }, timeout: allowed.timeout, signal, cutBy: allowed.cutBy });
    }) as WaitFor,
    async waitForCount(count, wanted, options) {
      if (!Number.isInteger(count) || count < 1) throw new TypeError(`waitForCount waits for 1 or more, not ${sayValue(count)}; expectNone is for none`);
      const { timeout, signal } = waitOptions(options, 'waitForCount');
      return waitForMessages(prepare(wanted, timeout, signal), count);
    },
    async expectNone(options = {}) {
      checkSignal(options?.signal);
      await expectNothing(prepare(options, toMs(options?.for ?? DEFAULT_WATCH, 'for'), options?.signal, ['for', 'signal']));
    },
    async messages({ limit = 100, ...query } = {}) {
      const summaries: Message[] = [];
      for await (const summary of listAll(api, scoped(query), limit)) summaries.push(summary);
      return readAll(api, summaries.reverse());
    },
    async latest(query = {}) {
      const [newest] = (await api.list({ ...scoped(query), limit: 1 })).messages;
      return newest && new ReceivedMessage(api, await api.read(newest.id));
    },
    async mark() {
      // The newest of all, whatever the scope: what comes later comes after it.
      const [newest] = (await api.list({ limit: 1 })).messages;
      if (newest ?? beginning) return newest?.cursor ?? beginning!;
      // Nothing is there yet: a wait for none, of no time, says where the list begins.
      return (await api.wait({ count: 0, timeout: 0 }).catch((error: unknown) => {
        if (error instanceof PosternError && error.problem && 'cursor' in error.problem) return error.problem as { cursor: string };
        throw error;
      })).cursor;
    },
  };
}

/** Summaries, newest first, through as many pages as it takes. */
export async function* listAll(api: Api, query: MessageQuery, limit = Infinity): AsyncGenerator<Message> {
  let cursor: string | null = null;
  let left = limit;
  while (left > 0) {
    const page: { messages: Message[]; next: string | null } = await api.list({ ...query, limit: Math.min(left, PAGE), ...(cursor === null ? {} : { cursor }) });
    yield* page.messages;
    left -= page.messages.length;
    cursor = page.next;
    if (cursor === null) return;
  }
}

async function readAll(api: Api, summaries: Message[]): Promise<ReceivedMessage[]> {
  const read: ReceivedMessage[] = [];
  for (let i = 0; i < summaries.length; i += ABREAST) {
    read.push(...await Promise.all(summaries.slice(i, i + ABREAST).map(async ({ id }) => new ReceivedMessage(api, await api.read(id)))));
  }
  return read;
}

/**
 * Waits for mail: sees what is there and what is still to come, without a gap
 * and without counting one twice; can assert that none comes; and says, when
 * time runs out, what did arrive and how the nearest differs. Nothing polls.
 *
 * An open wait costs a timer and a place in an index by address: a commit
 * touches only the waits that its recipients could concern.
 *
 *     listen ─▶ list the past ─▶ ready ──enough──▶ found | unexpected
 *        └── what comes meanwhile ──┘ └──time────▶ timeout | none
 */
import type { Clock } from '../clock.ts';
import type { Hub } from '../events/hub.ts';
import type { PosternEvent } from '../events/event.ts';
import type { MessageSummary } from '../mail/message.ts';
import { EVERYTHING, type Filter, needsParse } from './filter.ts';
import { judge } from './matches.ts';
import { nearMisses, type NearMiss } from './near-misses.ts';
import type { Parser } from './parse/parser.ts';
import type { InboxStore } from './port.ts';
import { waitIndex } from './wait-index.ts';
import { dependsOnMarks, weaken } from './weaken.ts';

export type WaitQuery = {
  filter: Filter;
  stream?: string;
  /** Only what came after this; without it, what is there counts too. */
  afterSeq?: number;
  /** At least so many; 0 asserts that none comes. */
  count: number;
  timeoutMs: number;
  /** Aborting rejects with its reason. */
  signal?: AbortSignal;
};

export type WaitOutcome =
  /** Oldest first. The cursor is the newest of them. */
  | { kind: 'found'; summaries: MessageSummary[]; cursorSeq: number }
  | { kind: 'timeout'; found: MessageSummary[]; arrived: NearMiss[]; arrivedInAll: number; cursorSeq: number }
  | { kind: 'none'; cursorSeq: number }
  | { kind: 'unexpected'; summaries: MessageSummary[]; cursorSeq: number };

export type Waits = {
  wait(query: WaitQuery): Promise<WaitOutcome>;
  /** How many are open. */
  open(): number;
};

export type WaitsOptions = { store: InboxStore; hub: Pick<Hub, 'onCommit'>; parser: Pick<Parser, 'parsed' | 'settled'>; clock: Clock };

/** Messages that a found wait answers with at most, when more match than were asked for. */
const ANSWER_LIMIT = 50;
const PAGE = 500;
/** So many unparsed candidates are parsed ahead of others; with more, all are. */
const HURRY = 200;
/** Milliseconds that a wait whose time is over is given to look at what was there all along; it must not miss that because its time was short. */
const LOOK = 2_000;

type Wait = {
  readonly query: WaitQuery;
  readonly needs: boolean;
  /** Matching may begin when a tag or the read mark changes. */
  readonly marks: boolean;
  /** Waits with the same key ask the store together. */
  readonly key: string;
  readonly found: Map<number, MessageSummary>;
  /** The past is listed: before that, a message that is found live could hide an older one behind the cursor. */
  ready: boolean;
  done: boolean;
  /** Messages that may be for it and are not parsed yet, or not asked about since. */
  unread: number;
  settle(): void;
  /** One whose time is over ends, once there is nothing more to look at. */
  looked(): void;
  fail(error: unknown): void;
};

export function createWaits({ store, hub, parser, clock }: WaitsOptions): Waits {
  const index = waitIndex<Wait>();
  /** Captured, not parsed yet, and maybe what some wait looks for. */
  const unread = new Map<string, { summary: MessageSummary; waits: Set<Wait> }>();
  const marked = new Set<Wait>();
  let lastSeq: number | undefined;

  hub.onCommit((events) => {
    const parsed: PosternEvent[] = [];
    for (const event of events) {
      switch (event.type) {
        case 'message.captured':
          lastSeq = Math.max(lastSeq ?? 0, event.summary.seq);
          if (index.size > 0) captured(event.summary);
          break;
        case 'message.parsed':
          if (unread.has(event.message)) parsed.push(event);
          break;
        case 'messages.deleted':
          if (unread.size > 0) for (const id of event.messages) {
            unread.get(id)?.waits.forEach(read);
            unread.delete(id);
          }
          break;
        case 'message.updated':
          for (const wait of marked) if (wait.query.stream === undefined || wait.query.stream === event.stream) void recheck(wait);
          break;
        case 'stream.created': case 'stream.updated': case 'stream.deleted': case 'inbox.created':
          break;
      }
    }
    if (parsed.length > 0) void askIndex(parsed);
  });

  function captured(summary: MessageSummary): void {
    for (const wait of index.candidates(summary)) {
      const { filter, stream, afterSeq = 0 } = wait.query;
      if (summary.seq <= afterSeq || (stream !== undefined && stream !== summary.stream)) continue;
      const answer = judge(filter, summary);
      if (answer === true) take(wait, [summary]);
      else if (answer === undefined) {
        let entry = unread.get(summary.id);
        if (!entry) {
          unread.set(summary.id, (entry = { summary, waits: new Set() }));
          void parser.parsed(summary.id);
        }
        entry.waits.add(wait);
        wait.unread++;
      }
    }
  }

  /** One question to the store for all waits that look for the same, about all that this commit made searchable. */
  async function askIndex(events: PosternEvent[]): Promise<void> {
    const groups = new Map<string, { /** Each once for each message. */ waits: Wait[]; from: number; to: number }>();
    for (const event of events) {
      const entry = event.type === 'message.parsed' ? unread.get(event.message) : undefined;
      if (event.type !== 'message.parsed' || !entry) continue;
      const { summary, waits } = entry;
      unread.delete(event.message);
      for (const wait of waits) {
        const group = groups.get(wait.key) ?? { waits: [], from: summary.seq, to: summary.seq };
        groups.set(wait.key, group);
        group.waits.push(wait);
        group.from = Math.min(group.from, summary.seq);
        group.to = Math.max(group.to, summary.seq);
      }
    }
    for (const { waits, from, to } of groups.values()) {
      const open = [...new Set(waits)].filter((wait) => !wait.done);
      try {
        if (open.length === 0) continue;
        const found = await listAll(open[0]!.query, from - 1, to + 1);
        for (const wait of open) take(wait, found.filter(({ seq }) => seq > (wait.query.afterSeq ?? 0)));
      } catch (error) {
        for (const wait of open) wait.fail(error);
      } finally {
        for (const wait of waits) read(wait);
      }
    }
  }

  function read(wait: Wait): void {
    wait.unread--;
    wait.looked();
  }

  async function listAll({ filter, stream }: WaitQuery, afterSeq: number, beforeSeq: number): Promise<MessageSummary[]> {
    const all: MessageSummary[] = [];
    for (let after = afterSeq; ;) {
      const page = await store.list({ filter, afterSeq: after, beforeSeq, order: 'oldest', limit: PAGE, ...(stream === undefined ? {} : { stream }) });
      all.push(...page);
      if (page.length < PAGE) return all;
      after = page.at(-1)!.seq;
    }
  }

  function take(wait: Wait, summaries: readonly MessageSummary[]): void {
    if (wait.done) return;
    for (const summary of summaries) if (!wait.found.has(summary.seq)) wait.found.set(summary.seq, summary);
    if (wait.ready && wait.found.size >= Math.max(wait.query.count, 1)) wait.settle();
  }

  /** With a cursor the oldest after it, so that the next wait goes on from there; without one, the newest. */
  async function past({ filter, stream, afterSeq, count }: WaitQuery): Promise<MessageSummary[]> {
    const found: MessageSummary[] = [];
    const wanted = Math.max(count, ANSWER_LIMIT);
    let after = afterSeq;
    let before: number | undefined;
    while (found.length < wanted) {
      const limit = Math.min(wanted - found.length, PAGE);
      const page = await store.list({
        filter, limit, order: afterSeq === undefined ? 'newest' : 'oldest',
        ...(stream === undefined ? {} : { stream }), ...(after === undefined ? {} : { afterSeq: after }), ...(before === undefined ? {} : { beforeSeq: before }),
      });
      found.push(...page);
      if (page.length < limit) break;
      if (afterSeq === undefined) before = page.at(-1)!.seq;
      else after = page.at(-1)!.seq;
    }
    return found;
  }

  async function recheck(wait: Wait): Promise<void> {
    try {
      const found = await past(wait.query);
      if (wait.ready) take(wait, found);
    } catch (error) {
      wait.fail(error);
    }
  }

  /**
   * Whether anything there could be what the wait looks for, as far as can be told without the parse; and has it
   * parsed, ahead of the rest where it is little. Most waits begin before their mail is sent: they end here, cheaply.
   */
  async function hurry({ filter, stream, afterSeq }: WaitQuery): Promise<boolean> {
    const candidates = await store.list({ filter: weaken(filter), limit: HURRY, ...(stream === undefined ? {} : { stream }), ...(afterSeq === undefined ? {} : { afterSeq }) });
    if (candidates.length === 0) return false;
    if (candidates.length === HURRY) await parser.settled(lastSeq);
    else await Promise.all(candidates.filter(({ parse }) => parse === 'pending').reverse().map(({ id }) => parser.parsed(id)));
    return true;
  }

  return {
    open: () => index.size,
    wait: (query) => new Promise((resolve, reject) => {
      const { filter, stream, signal, count, timeoutMs } = query;
      if (signal?.aborted) { reject(signal.reason as Error); return; }
      const needs = needsParse(filter);
      let begunAfter = lastSeq;
      const begun = clock.now();

      const close = (): boolean => {
        if (wait.done) return false;
        wait.done = true;
        index.remove(wait, filter);
        marked.delete(wait);
        cancel();
        signal?.removeEventListener('abort', abort);
        return true;
      };
      const abort = () => void (close() && reject(signal!.reason as Error));
      const oldestFirst = () => [...wait.found.values()].sort((a, b) => a.seq - b.seq);
      const wait: Wait = {
        query, needs, marks: dependsOnMarks(filter), key: needs ? `${stream ?? ''}\n${JSON.stringify(filter)}` : '',
        found: new Map(), ready: false, done: false, unread: 0,
        looked() {
          if (overdue && wait.ready && wait.unread === 0) late();
        },
        settle() {
          if (!close()) return;
          const summaries = oldestFirst();
          resolve({ kind: count === 0 ? 'unexpected' : 'found', summaries, cursorSeq: summaries.at(-1)!.seq });
        },
        fail(error) {
          if (close()) reject(error as Error);
        },
      };
      let overdue = false;
      const late = () => {
        if ((!wait.ready || wait.unread > 0) && !overdue) {
          overdue = true;
          cancel = clock.after(LOOK, late);
          return;
        }
        if (!close()) return;
        const found = oldestFirst();
        if (count === 0 && found.length > 0) { resolve({ kind: 'unexpected', summaries: found, cursorSeq: found.at(-1)!.seq }); return; }
        if (count > 0 && found.length >= count) { resolve({ kind: 'found', summaries: found, cursorSeq: found.at(-1)!.seq }); return; }
        const cursorSeq = Math.max(lastSeq ?? 0, query.afterSeq ?? 0);
        if (count === 0) { resolve({ kind: 'none', cursorSeq }); return; }
        nearMisses(store, { filter, ...(stream === undefined ? {} : { stream }), afterSeq: query.afterSeq ?? begunAfter, cursor: query.afterSeq !== undefined, begun }, wait.found)
          .then(({ arrived, arrivedInAll }) => resolve({ kind: 'timeout', found, arrived, arrivedInAll, cursorSeq }), reject);
      };
      let cancel = clock.after(timeoutMs, late);
      signal?.addEventListener('abort', abort, { once: true });
      // Listening first, then the past: what is committed in between is heard, listed, and counted once.
      index.add(wait, filter);
      if (wait.marks) marked.add(wait);

      (async () => {
        if (lastSeq === undefined) {
          const newest = (await store.list({ filter: EVERYTHING, limit: 1 }))[0]?.seq ?? 0;
          lastSeq = Math.max(lastSeq ?? 0, newest);
          begunAfter ??= newest;
        }
        const nothing = (query.afterSeq ?? 0) >= lastSeq || (needs && !(await hurry(query)));
        if (wait.done) return;
        const found = nothing ? [] : await past(query);
        wait.ready = true;
        take(wait, found);
        wait.looked();
      })().catch(wait.fail);
    }),
  };
}

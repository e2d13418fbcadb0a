/**
 * Parses what was captured, in the background: woken by the commit that
 * captured it, never by a poll. Batches go to the worker (desk.ts) and into
 * the index in one call. While mail pours in it rests between batches, the
 * longer the more comes, since taking mail in counts more; it never stops, and
 * it hurries when somebody waits: for one message (`parsed`) or for all up to
 * one (`settled`).
 *
 *     asleep ──captured, parsed(), settled()──▶ urgent ones, else the oldest
 *        ▲                                          │ read, index
 *        └────── nothing left ◀──── (rest) ◀────────┘
 */
import type { Clock } from '../../clock.ts';
import type { Hub } from '../../events/hub.ts';
import type { ParsedMessage } from '../../mail/message.ts';
import { EVERYTHING } from '../filter.ts';
import type { IndexEntry, InboxStore } from '../port.ts';
import { createDesk, type Desk, DeskClosed } from './desk.ts';
import { type Envelope, unreadable } from './entry.ts';
import { restAfter } from './rest.ts';

export type Parser = {
  /** Resolves when the message is parsed (or gone), parsing it first if it waits. */
  parsed(id: string): Promise<void>;
  /** True once everything up to `seq` (default: all that is captured now) is parsed; false when `within` milliseconds were too few. */
  settled(seq?: number, within?: number): Promise<boolean>;
  /** What a message says that is in no store, such as one attached to another. Takes its turn; what cannot be read is said in the answer. */
  read(source: AsyncIterable<Uint8Array>): Promise<ParsedMessage>;
  /** How many wait, as far as the commits have told. */
  backlog(): number;
  close(): Promise<void>;
};

export type ParserOptions = {
  store: InboxStore;
  onCommit: Hub['onCommit'];
  clock: Clock;
  log?: { warn(fields: Record<string, unknown>, sentence: string): void };
  desk?: Desk;
};

const BATCH = 64;
/** While mail pours in: small, so that an urgent one waits only a few milliseconds behind it. */
const BUSY_BATCH = 24;
const BATCH_OCTETS = 4 * 1024 * 1024;
/** A larger message is read alone, in pieces. */
const ALONE = 1024 * 1024;
/** Captured within SLOT (milliseconds) to count as pouring in. */
const POURING = 20;
const SLOT = 100;
/** Milliseconds for which urgent ones may keep the oldest waiting. */
const FAIR = 500;
/** Milliseconds to the next try when the store could not. */
const RETRY = 1_000;
/** Milliseconds after the start at which the worker is begun, if no mail did it: the first message need not wait for it, nor the start. */
const WARM = 300;

type Waiting = Envelope & { seq: number; size: number };

export function createParser({ store, onCommit, clock, log, desk = createDesk(clock) }: ParserOptions): Parser {
  let closed = false;
  /** Something may be unparsed. True at the start: a crash may have left some. */
  let stirred = true;
  let wake: (() => void) | undefined;
  const urgent = new Map<string, () => void>();
  const promised = new Map<string, Promise<void>>();
  const settling = new Set<{ seq: number; done(settled: boolean): void }>();
  let backlog = 0;
  /** Messages whose bytes were not there last time; the second time they count as lost. */
  const missed = new Set<string>();
  let oldestServed = clock.now();
  let slot = { at: 0, count: 0, before: 0 };
  let pouringSince: number | undefined;

  const stir = () => {
    stirred = true;
    wake?.();
  };
  const stopHearing = onCommit((events) => {
    let captured = 0;
    for (const event of events) {
      if (event.type === 'message.captured') captured++;
      else if (event.type === 'message.parsed') backlog--;
    }
    backlog += captured;
    if (captured === 0) return;
    turnSlot();
    slot.count += captured;
    stir();
  });

  function turnSlot(): void {
    const at = Math.floor(clock.now() / SLOT);
    if (at !== slot.at) slot = { at, count: 0, before: at === slot.at + 1 ? slot.count : 0 };
  }
  function pouring(): boolean {
    turnSlot();
    const yes = slot.count + slot.before >= POURING;
    if (!yes) pouringSince = undefined;
    else pouringSince ??= clock.now();
    return yes;
  }
  /** Messages a second, by what came in this slot and the one before. */
  const perSecond = (now: number): number => (slot.before + slot.count) * 1_000 / (SLOT + Math.max(now - slot.at * SLOT, 0));

  /** Until stirred (when nothing is left), until an urgent call, or for `ms`. */
  function pause(ms: number | undefined): Promise<void> {
    return new Promise((resolve) => {
      // Nothing wakes who lies down after the close.
      if (closed) return resolve();
      const go = () => {
        wake = undefined;
        cancel?.();
        resolve();
      };
      const cancel = ms === undefined ? undefined : clock.after(ms, go);
      wake = () => {
        if (ms === undefined || urgent.size > 0 || settling.size > 0 || closed) go();
      };
    });
  }

  async function run(): Promise<void> {
    // What an earlier run has left.
    backlog += await store.backlog().catch(() => 0);
    for (;;) {
      if (closed) return;
      try {
        const begun = clock.now();
        const found = urgent.size > 0 && begun - oldestServed < FAIR ? await readUrgent() : await readOldest();
        if (!found) {
          if (!stirred && urgent.size === 0 && !closed) await pause(undefined);
          oldestServed = clock.now();
        } else if (urgent.size === 0 && settling.size === 0 && pouring()) {
          const now = clock.now();
          await pause(restAfter({ took: now - begun, perSecond: perSecond(now), pouredFor: now - pouringSince! }));
        }
      } catch (error) {
        if (closed || error instanceof DeskClosed) return;
        stirred = true;
        log?.warn({ error: error instanceof Error ? error.message : String(error) }, 'parsed mail could not be saved; trying again');
        // Who asked for one of them gets it as it is: on a full disk this can take for ever.
        if ((error as { reason?: unknown }).reason === 'full') {
          for (const done of urgent.values()) done();
          urgent.clear();
        }
        await pause(RETRY);
      }
    }
  }

  async function readUrgent(): Promise<boolean> {
    const ids = [...urgent.keys()].slice(0, BUSY_BATCH);
    const waiting: Waiting[] = [];
    for (const id of ids) {
      const message = await store.read(id);
      if (message?.parse === 'pending') waiting.push({ id, seq: message.seq, size: message.size, envelopeFrom: message.envelopeFrom, recipients: message.recipients });
    }
    for (let rest = waiting; rest.length > 0;) rest = rest.slice(await readSome(rest));
    for (const id of ids) {
      urgent.get(id)?.();
      urgent.delete(id);
    }
    return true;
  }

  async function readOldest(): Promise<boolean> {
    stirred = false;
    oldestServed = clock.now();
    const waiting = await store.unparsed(pouring() ? BUSY_BATCH : BATCH);
    const first = waiting[0]?.seq ?? Infinity;
    for (const one of settling) if (one.seq < first) one.done(true);
    if (waiting.length === 0) {
      // What was deleted before it was parsed has told nobody.
      if (!stirred) backlog = 0;
      return false;
    }
    stirred = true;
    await readSome(waiting);
    return true;
  }

  /** Reads and indexes the first of them: one large, or as many small ones as fit a batch. Answers how many. */
  async function readSome(waiting: Waiting[]): Promise<number> {
    const first = waiting[0]!;
    if (first.size > ALONE) {
      const body = await store.body(first.id);
      await save(body ? [await desk.readPieces(first, body)] : absent([first]));
      return 1;
    }
    let octets = 0;
    const batch: Waiting[] = [];
    for (const one of waiting) {
      octets += one.size;
      if (one.size > ALONE || octets > BATCH_OCTETS) break;
      batch.push(one);
    }
    const bodies = await store.smallBodies(batch.map(({ id }) => id), BATCH_OCTETS);
    const there = batch.filter(({ id }) => bodies.has(id));
    const entries = there.length === 0 ? [] : await desk.read(there.map(({ id, envelopeFrom, recipients }) => ({ envelope: { id, envelopeFrom, recipients }, bytes: bodies.get(id)! })));
    await save([...entries, ...absent(batch.filter(({ id }) => !bodies.has(id)))]);
    return batch.length;
  }

  async function save(entries: IndexEntry[]): Promise<void> {
    if (entries.length === 0 || closed) return;
    for (const { id, parsed } of entries) if (parsed.error !== undefined) log?.warn({ message: id, error: parsed.error }, 'a message could not be read');
    await store.index(entries);
  }

  /** Deleted meanwhile, most likely: then it will not be asked for again. */
  function absent(messages: Waiting[]): IndexEntry[] {
    const lost = messages.filter(({ id }) => missed.delete(id));
    for (const { id } of messages) if (!lost.some((one) => one.id === id)) missed.add(id);
    return lost.map((one) => unreadable(one, [], 'The store holds no body for this message'));
  }

  const running = run();
  const keepCold = clock.after(WARM, () => desk.warm());

  return {
    async parsed(id) {
      if (closed) return;
      const already = promised.get(id);
      if (already) return already;
      const promise = new Promise<void>((resolve) => urgent.set(id, resolve)).finally(() => promised.delete(id));
      promised.set(id, promise);
      stir();
      return promise;
    },
    async settled(seq, within) {
      const until = seq ?? (await store.list({ filter: EVERYTHING, limit: 1 }))[0]?.seq;
      if (until === undefined) return true;
      if (closed) return false;
      return new Promise((resolve) => {
        const one = {
          seq: until,
          done: (settled: boolean) => {
            settling.delete(one);
            cancel?.();
            resolve(settled);
          },
        };
        const cancel = within === undefined ? undefined : clock.after(within, () => one.done(false));
        settling.add(one);
        stir();
      });
    },
    read: async (source) => (await desk.readPieces({ id: '', envelopeFrom: '', recipients: [] }, source)).parsed,
    backlog: () => Math.max(backlog, 0),
    async close() {
      if (closed) return;
      closed = true;
      keepCold();
      stopHearing();
      wake?.();
      await desk.close();
      await running.catch(() => {});
      for (const done of urgent.values()) done();
      for (const one of settling) one.done(false);
    },
  };
}

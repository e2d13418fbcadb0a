/**
 * One worker with its limits: takes whole messages or one in pieces, answers
 * an entry for each. A message at which the worker hangs, runs out of memory
 * or dies is answered as unreadable; the worker is begun anew and the others
 * are read all the same. Callers take turns; nothing here knows the store.
 *
 *     idle ──read──▶ reading ──entries──▶ idle
 *                       └──hang, death──▶ (culprit marked) ──▶ reading the rest in a new worker
 */
import type { Clock } from '../../clock.ts';
import { readFields } from '../../mail/header.ts';
import { Ended, type LimitedWorker, startWorker } from '../limited-worker.ts';
import type { IndexEntry } from '../port.ts';
import type { FromWorker, ToWorker } from './protocol.ts';
import { type Envelope, unreadable } from './entry.ts';

export type DeskLimits = {
  /** Milliseconds one message (or one piece of a large one) may take. */
  time: number;
  /** Milliseconds a large message may take in all. */
  total: number;
  /** Megabytes of heap. */
  memory: number;
};
export const DESK_LIMITS: DeskLimits = { time: 10_000, total: 60_000, memory: 256 };

export type Desk = {
  /** Starts the worker ahead of its first message. */
  warm(): void;
  read(messages: { envelope: Envelope; bytes: Uint8Array }[]): Promise<IndexEntry[]>;
  readPieces(envelope: Envelope, source: AsyncIterable<Uint8Array>): Promise<IndexEntry>;
  close(): Promise<void>;
};

export class DeskClosed extends Error {
  override name = 'DeskClosed';
}

type Bench = LimitedWorker<ToWorker, FromWorker> & { progress: Int32Array<SharedArrayBuffer> };

/** Pieces on their way to the worker. */
const WINDOW = 4;
// Built, this file and the worker end in .js; as written, in .ts.
const WORKER = new URL(`./worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);

export function createDesk(clock: Clock, limits: DeskLimits = DESK_LIMITS, workerUrl: URL = WORKER): Desk {
  let bench: Bench | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  let closed = false;

  function seat(): Bench {
    if (closed) throw new DeskClosed('The parser is closed');
    if (bench) return bench;
    const progress = new Int32Array(new SharedArrayBuffer(8));
    const mine: Bench = {
      progress,
      ...startWorker<ToWorker, FromWorker>(workerUrl, 'Reading the body', { old: limits.memory, young: 12 }, { name: 'postern-parse', workerData: { progress } }, () => {
        if (bench === mine) bench = undefined;
      }),
    };
    return (bench = mine);
  }

  /** Runs `work`; ends the worker when its step counter stands still for the time limit, or the whole takes too long. */
  async function watched<T>(at: Bench, total: number, work: () => Promise<T>): Promise<T> {
    const begun = clock.now();
    let step = Atomics.load(at.progress, 1);
    let moved = begun;
    let late: string | undefined;
    const look = () => {
      const now = clock.now();
      const next = Atomics.load(at.progress, 1);
      if (next !== step) [step, moved] = [next, now];
      // A worker that has not taken a step yet is still starting, which a busy machine may make long.
      const allowed = next === 0 ? Math.max(limits.time, limits.total) : limits.time;
      const over = now - moved >= allowed ? allowed : now - begun >= total ? total : undefined;
      if (over === undefined) { cancel = clock.after(limits.time / 4, look); return; }
      late = `Reading the body took longer than ${over / 1000} s and was given up`;
      void at.terminate();
    };
    let cancel = clock.after(limits.time / 4, look);
    try {
      return await work();
    } catch (error) {
      throw late !== undefined && error instanceof Ended ? new Ended(late) : error;
    } finally {
      cancel();
    }
  }

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = turn.then(work);
    turn = mine.catch(() => {});
    return mine;
  }

  async function entriesOf(at: Bench): Promise<IndexEntry[]> {
    for (;;) {
      const message = await at.answer();
      if (message.kind === 'entries') return message.entries;
    }
  }

  async function readAll(messages: { envelope: Envelope; bytes: Uint8Array }[]): Promise<IndexEntry[]> {
    const failed: IndexEntry[] = [];
    let left = messages;
    while (left.length > 0) {
      const at = seat();
      Atomics.store(at.progress, 0, 0);
      try {
        const entries = await watched(at, Infinity, () => {
          at.ask({ kind: 'read', messages: left });
          return entriesOf(at);
        });
        return [...failed, ...entries];
      } catch (error) {
        if (closed) throw new DeskClosed('The parser is closed');
        if (!(error instanceof Ended)) throw error;
        const culprit = Math.min(Atomics.load(at.progress, 0), left.length - 1);
        const { envelope, bytes } = left[culprit]!;
        failed.push(unreadable(envelope, readFields(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)), `${error.message}. The raw message is whole.`));
        left = left.filter((_, index) => index !== culprit);
      }
    }
    return failed;
  }

  async function readStream(envelope: Envelope, source: AsyncIterable<Uint8Array>): Promise<IndexEntry> {
    const at = seat();
    let head: Buffer = Buffer.alloc(0);
    try {
      return await watched(at, limits.total, async () => {
        at.ask({ kind: 'open', envelope });
        let under = 0;
        for await (const chunk of source) {
          if (head.length === 0) head = Buffer.from(chunk.subarray(0, 256 * 1024));
          const bytes = new Uint8Array(chunk); // a copy, to be handed over: the store may share its memory
          at.ask({ kind: 'piece', bytes }, [bytes.buffer]);
          for (under++; under >= WINDOW; under--) await at.answer();
        }
        at.ask({ kind: 'close' });
        return (await entriesOf(at))[0]!;
      });
    } catch (error) {
      if (closed) throw new DeskClosed('The parser is closed');
      if (error instanceof Ended) return unreadable(envelope, readFields(head), `${error.message}. The raw message is whole.`);
      // The source broke: the worker still has the message open.
      await at.terminate();
      throw error;
    }
  }

  return {
    warm() { if (!closed) seat(); },
    read: (messages) => inTurn(() => readAll(messages)),
    readPieces: (envelope, source) => inTurn(() => readStream(envelope, source)),
    async close() {
      closed = true;
      await bench?.terminate();
      await turn;
    },
  };
}

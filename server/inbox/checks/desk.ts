/**
 * The worker of the checks with its limits: messages take turns, each in
 * pieces. One that takes too long, runs out of memory or ends the worker is
 * answered with a sentence; the next gets a new worker. After a while of
 * nothing to do the worker is ended and its memory given back.
 *
 *     none ──examine──▶ busy ──done──▶ idle ──(IDLE)──▶ none
 *                        └──too long, died──▶ none
 */
import type { Cancel, Clock } from '../../clock.ts';
import { Ended, type LimitedWorker, startWorker } from '../limited-worker.ts';
import type { Examination } from './examine.ts';
import type { Subject } from './matter.ts';
import type { FromWorker, ToWorker } from './protocol.ts';

export type DeskLimits = {
  /** Milliseconds for a message, from its first piece. */
  time: number;
  /** Megabytes of heap. */
  memory: number;
  /** Milliseconds without anything to do, after which the worker is ended. */
  idle: number;
};
export const DESK_LIMITS: DeskLimits = { time: 20_000, memory: 256, idle: 30_000 };

export type Desk = {
  /** An examination, or the sentence that says why there is none. */
  examine(subject: Subject, raw: AsyncIterable<Uint8Array>): Promise<Examination | string>;
  /** Whether there is a worker now. */
  readonly staffed: boolean;
  close(): Promise<void>;
};

/** Pieces on their way to the worker, and octets of one. */
const WINDOW = 4;
const PIECE = 256 * 1024;
// Built, this file and the worker end in .js; as written, in .ts.
const WORKER = new URL(`./worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);

type Bench = LimitedWorker<ToWorker, FromWorker>;

export function createDesk(clock: Clock, limits: DeskLimits = DESK_LIMITS, workerUrl: URL = WORKER): Desk {
  let bench: Bench | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  let leave: Cancel | undefined;
  let closed = false;

  function seat(): Bench {
    if (bench) return bench;
    const mine: Bench = startWorker(workerUrl, 'Checking', { old: limits.memory, young: 32 }, { name: 'postern-checks' }, () => {
      if (bench === mine) bench = undefined;
    });
    return (bench = mine);
  }

  /** At once nobody's: the next message must not be given to a worker that is going. */
  async function dismiss(which: Bench | undefined): Promise<void> {
    if (bench === which) bench = undefined;
    await which?.terminate();
  }

  async function examine(subject: Subject, raw: AsyncIterable<Uint8Array>): Promise<Examination | string> {
    if (closed) return 'The server is shutting down.';
    leave?.();
    const at = seat();
    let late = false;
    const cancel = clock.after(limits.time, () => {
      late = true;
      void dismiss(at);
    });
    try {
      at.ask({ kind: 'begin', subject });
      let under = 0;
      for await (const chunk of raw) {
        for (let from = 0; from < chunk.length; from += PIECE) {
          at.ask({ kind: 'piece', bytes: Buffer.from(chunk.subarray(from, from + PIECE)) });
          for (under++; under >= WINDOW; under--) await at.answer();
        }
      }
      at.ask({ kind: 'end' });
      for (;;) {
        const message = await at.answer();
        if (message.kind === 'done') return message.examination;
        if (message.kind === 'failed') return `Checking failed: ${message.error}.`;
      }
    } catch (error) {
      if (!(error instanceof Ended)) {
        // The source broke: the worker still has the message open.
        await dismiss(at);
        throw error;
      }
      return closed ? 'The server is shutting down.' : late ? `Checking took longer than ${limits.time / 1000} s and was given up.` : `${error.message}.`;
    } finally {
      cancel();
      if (!closed && bench) leave = clock.after(limits.idle, () => void dismiss(bench));
    }
  }

  return {
    examine(subject, raw) {
      const mine = turn.then(() => examine(subject, raw));
      turn = mine.catch(() => {});
      return mine;
    },
    get staffed() { return bench !== undefined; },
    async close() {
      closed = true;
      leave?.();
      await bench?.terminate();
      await turn;
    },
  };
}

/**
 * A message on its way out: read from where it is kept as fast as the remote
 * takes it, stuffed, in blocks that each get their own deadline. A small one
 * goes out in one write with its final dot. Blocks are copies: on an
 * in-process pair the other end may work in the very octets it is given.
 * Holds one chunk of the source and what the stream buffers, never more.
 */
import type { Transaction } from './attempted.ts';
import { stuffer } from './stuffing.ts';
import { createWaking } from './waking.ts';

/** Octets of a block; below it, chunks are gathered. */
export const BLOCK = 64 * 1024;
export const GATHER = 16 * 1024;

export type BodyEvents = {
  /** False when a drain has to be waited for. */
  write(block: Buffer): boolean;
  /** All of it was read: these are the last octets, final dot included, not yet written. */
  last(rest: Buffer, size: number): void;
  /** The source broke: ours, not the remote's. */
  failed(error: unknown): void;
};

export type BodySending = {
  /** There is room again. */
  drain(): void;
  /** Nothing more is written; the source is closed at its next chunk. */
  stop(): void;
};

export function sendBody(open: Transaction['open'], events: BodyEvents, guard: { guardBareLines?: boolean } = {}): BodySending {
  let isStopped = false;
  const { pause, awake } = createWaking();

  const run = async () => {
    const stuff = stuffer(guard);
    let gathered: Buffer[] = [];
    let held = 0;
    let size = 0;
    const source = await open();
    for await (const chunk of source) {
      if (isStopped) return;
      size += chunk.length;
      for (let at = 0; at < chunk.length; at += BLOCK) {
        const piece = stuff.push(chunk.length <= BLOCK ? chunk : chunk.subarray(at, at + BLOCK));
        gathered.push(piece);
        held += piece.length;
        if (held < GATHER) continue;
        const block = Buffer.concat(gathered, held);
        gathered = [];
        held = 0;
        if (!events.write(block) && !isStopped) await pause();
        if (isStopped) return;
      }
    }
    if (isStopped) return;
    const end = stuff.end();
    gathered.push(end);
    events.last(Buffer.concat(gathered, held + end.length), size);
  };
  run().catch((error: unknown) => {
    if (!isStopped) events.failed(error);
  });

  return {
    drain: awake,
    stop() {
      isStopped = true;
      awake();
    },
  };
}

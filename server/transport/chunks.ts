/**
 * A message on its way out in chunks of stated sizes (BDAT, RFC 3030), as it
 * is: no dot ends it, so nothing is stuffed and no line end means anything.
 * A small message is one chunk, in one write with its command; of a larger
 * one each chunk waits until the one before was taken, so that a remote which
 * does not want it says so after the first megabyte and stays in step. The
 * sizes are promised beforehand: a source that does not keep to them has
 * failed. Blocks are copies, as in body.ts.
 */
import type { Transaction } from './attempted.ts';
import { BLOCK, type BodySending, GATHER } from './body.ts';
import { createWaking } from './waking.ts';

/** Octets of a chunk. */
export const CHUNK = 1024 * 1024;

export type ChunkEvents = {
  /** The command is in the first octets of each chunk, and told beside. False when a drain has to be waited for. */
  write(block: Buffer, command?: string): boolean;
  /** The last octets of a chunk, not yet written. Goes on with `next`, unless it was the last one. */
  ended(rest: Buffer, command: string | undefined, isLast: boolean): void;
  /** The source broke: ours, not the remote's. */
  failed(error: unknown): void;
};

export type ChunkSending = BodySending & {
  /** The chunk was taken. */
  next(): void;
};

export function sendChunks(open: Transaction['open'], size: number, events: ChunkEvents): ChunkSending {
  let isStopped = false;
  const { pause, awake } = createWaking();

  const run = async () => {
    /** Octets that no chunk has been begun for, and of this one that are to come. */
    let left = size;
    let room = 0;
    let read = 0;
    let command: string | undefined;
    let gathered: Buffer[] = [];
    let held = 0;
    const begin = () => {
      room = Math.min(left, CHUNK);
      left -= room;
      command = `BDAT ${room}${left === 0 ? ' LAST' : ''}`;
      gathered = [Buffer.from(`${command}\r\n`)];
      held = gathered[0]!.length;
    };
    const taken = () => {
      const block = Buffer.concat(gathered, held);
      const told = command;
      gathered = [];
      held = 0;
      command = undefined;
      return [block, told] as const;
    };
    begin();
    for await (const piece of await open()) {
      if (isStopped) return;
      read += piece.length;
      if (read > size) throw new Error(`The message has more than the ${size} octets that it was said to have`);
      for (let at = 0; at < piece.length;) {
        const part = piece.subarray(at, at + Math.min(room, BLOCK));
        at += part.length;
        room -= part.length;
        gathered.push(Buffer.from(part.buffer, part.byteOffset, part.length));
        held += part.length;
        if (room > 0 && held < GATHER) continue;
        if (room === 0 && left === 0) break; // its last octets go when the source has ended
        if (room === 0) {
          const waiting = pause();
          events.ended(...taken(), false);
          await waiting;
          if (isStopped) return;
          begin();
        } else if (!events.write(...taken()) && !isStopped) await pause();
        if (isStopped) return;
      }
    }
    if (isStopped) return;
    if (read < size) throw new Error(`The message has ${read} octets, and was said to have ${size}`);
    events.ended(...taken(), true);
  };
  run().catch((error: unknown) => {
    if (!isStopped) events.failed(error);
  });

  return {
    drain: awake,
    next: awake,
    stop() {
      isStopped = true;
      awake();
    },
  };
}

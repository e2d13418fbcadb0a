/**
 * A stored message, read once from beginning to end: its header whole, its
 * body in pieces with proper line ends. Holds the header and one piece.
 */
import { HEAD_LIMIT, readHead, type Field } from './head.ts';
import { lineEnds } from './line-ends.ts';

/** Octets that are gathered before the header is looked for; most messages are smaller. */
const FIRST = 64 * 1024;

export type Source = {
  fields: Field[];
  body: AsyncIterable<Buffer>;
  /** For who may stop before the body's first piece; after its last it does nothing. */
  close(): Promise<void>;
};

/** Undefined when the header is larger than HEAD_LIMIT; then nothing stays open. */
export async function readSource(stored: AsyncIterable<Uint8Array>): Promise<Source | undefined> {
  const pieces = stored[Symbol.asyncIterator]();
  let isOpen = true;
  const close = async () => {
    if (isOpen) await pieces.return?.();
    isOpen = false;
  };
  try {
    const gathered: Uint8Array[] = [];
    let size = 0;
    for (let enough = FIRST; ; enough *= 2) {
      while (isOpen && size < enough) {
        const { value, done } = await pieces.next();
        if (done) {
          isOpen = false;
        } else {
          gathered.push(value);
          size += value.length;
        }
      }
      const block = gathered.length === 1 ? bufferOf(gathered[0]!) : Buffer.concat(gathered);
      const head = readHead(block, !isOpen);
      if (head && head.length <= HEAD_LIMIT) return { fields: head.fields, close, body: bodyOf(block.subarray(head.length), pieces, () => isOpen, close) };
      if (head || size > HEAD_LIMIT) break;
      gathered.splice(0, Infinity, block);
    }
    await close();
    return undefined;
  } catch (error) {
    await close().catch(() => {});
    throw error;
  }
}

async function* bodyOf(first: Buffer, pieces: AsyncIterator<Uint8Array>, isOpen: () => boolean, close: () => Promise<void>): AsyncGenerator<Buffer, void, void> {
  const ends = lineEnds();
  try {
    if (first.length > 0) yield ends.push(first);
    while (isOpen()) {
      const { value, done } = await pieces.next();
      if (done) break;
      if (value.length > 0) yield ends.push(value);
    }
    const missing = ends.end();
    if (missing.length > 0) yield missing;
  } finally {
    await close();
  }
}

const bufferOf = (piece: Uint8Array): Buffer => Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);

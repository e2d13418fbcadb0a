/**
 * What the copies of one message share, found in one reading of it: its
 * header, and size, hash and kind of its body; a small body is kept beside,
 * so that its octets are read from disk once. Copies differ in their header
 * alone. What was read lately is remembered, within a bound of octets.
 */
import { bodyHash } from './dkim/body-hash.ts';
import type { Field } from './head.ts';
import { readSource } from './source.ts';
import type { Trace } from './trace.ts';

export type Read = {
  fields: Field[];
  trace: Trace;
  /** Of the body, as it goes out. */
  size: number;
  hash: string;
  isEightBit: boolean;
  /** The whole body, unless it is large. */
  body: Buffer | undefined;
  /** Signatures of its last copy: those of other recipients are often the same. */
  signed?: { of: string; at: number; fields: Promise<Field[]> };
};

type Entry = { read: Promise<Read | undefined>; weight: number };

export type ReadOnceOptions = {
  openBody(id: string): Promise<AsyncIterable<Uint8Array> | undefined>;
  traceOf(id: string): Promise<Trace | undefined>;
  /** Octets of a body that is kept in memory. */
  small?: number;
  /** Octets of all that is remembered. */
  most?: number;
};

/** Undefined: its header is too large to go out. Rejects when it cannot be read; then it is read again the next time. */
export type ReadOnce = (id: string) => Promise<Read | undefined>;

export function readOnce({ openBody, traceOf, small = 256 * 1024, most = 32 * 1024 * 1024 }: ReadOnceOptions): ReadOnce {
  /** The one that was asked for last at the end. */
  const remembered = new Map<string, Entry>();
  let weight = 0;

  function forget(id: string): void {
    weight -= remembered.get(id)?.weight ?? 0;
    remembered.delete(id);
  }

  async function read(id: string): Promise<Read | undefined> {
    const [stored, trace] = await Promise.all([openBody(id), traceOf(id)]);
    if (!stored || !trace) throw new Error(`The message ${id} is gone`);
    const source = await readSource(stored);
    if (!source) return undefined;
    const hash = bodyHash();
    let kept: Buffer[] | undefined = [];
    let size = 0;
    let isEightBit = source.fields.some(({ raw }) => /[\x80-\xff]/.test(raw));
    for await (const piece of source.body) {
      size += piece.length;
      hash.push(piece);
      isEightBit ||= hasEightBit(piece);
      if (size > small) kept = undefined;
      // A copy: the piece may be a window on a far larger buffer, or be used again.
      else kept?.push(Buffer.from(piece));
    }
    return { fields: source.fields, trace, size, hash: hash.digest(), isEightBit, body: kept && Buffer.concat(kept, size) };
  }

  async function weigh(id: string, entry: Entry): Promise<void> {
    try {
      const found = await entry.read;
      if (remembered.get(id) !== entry) return;
      entry.weight = 1024 + (found ? found.fields.reduce((sum, { raw }) => sum + raw.length + 100, found.body?.length ?? 0) : 0);
      weight += entry.weight;
      for (const oldest of remembered.keys()) {
        if (weight <= most) break;
        forget(oldest);
      }
    } catch {
      if (remembered.get(id) === entry) remembered.delete(id);
    }
  }

  return (id) => {
    const known = remembered.get(id);
    if (known) {
      remembered.delete(id);
      remembered.set(id, known);
      return known.read;
    }
    const entry = { read: read(id), weight: 0 };
    remembered.set(id, entry);
    void weigh(id, entry);
    return entry.read;
  };
}

function hasEightBit(piece: Buffer): boolean {
  for (let i = 0; i < piece.length; i++) if (piece[i]! > 0x7f) return true;
  return false;
}

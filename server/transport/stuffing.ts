/**
 * Dot-stuffing (RFC 5321 §4.5.2) of a message that is sent in chunks, cut
 * anywhere. A line begins after CR LF and at the very start: a bare LF or CR
 * is data, is not changed and begins no line, so what a remote un-stuffs is
 * the message octet by octet. Out in the world there are remotes that take a
 * bare CR or LF for a line end, and `LF . LF` for the end of the message: the
 * rest would be commands of whoever wrote it. With `guardBareLines` a dot
 * behind one of those is doubled, too: one too many for a strict remote, in a
 * message that should not have such lines, and an end for none.
 * Only what is missing of the last line end is added before the final dot.
 */
export type Stuffer = {
  /** The chunk is not changed; the result may be the chunk itself. */
  push(chunk: Uint8Array): Buffer;
  /** The missing line end, the dot and its line end. */
  end(): Buffer;
};

const TEXT = 0;
const CR_SEEN = 1;
const LINE = 2;

const CR = 0x0d;
const LF = 0x0a;
const DOT = 0x2e;
const LINE_DOT = Buffer.from('\r\n.');
const LF_DOT = Buffer.from('\n.');
const CR_DOT = Buffer.from('\r.');
const END = Buffer.from('.\r\n');
const LINE_END = Buffer.from('\r\n.\r\n');

export function stuffer({ guardBareLines = false }: { guardBareLines?: boolean } = {}): Stuffer {
  let state = LINE;
  /** What a careless remote may take for a line end came last. */
  let isBare = false;
  return {
    push(piece) {
      const chunk = Buffer.isBuffer(piece) ? piece : Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
      const { length } = chunk;
      if (length === 0) return chunk;
      // Where the first line begins in it that the chunk before ended.
      const head = state === LINE || (guardBareLines && isBare) ? 0 : state === CR_SEEN && chunk[0] === LF ? 1 : -1;
      const atHead = head >= 0 && chunk[head] === DOT;
      const within = atHead ? -1 : guardBareLines ? firstOf(chunk.indexOf(LF_DOT), chunk.indexOf(CR_DOT)) : chunk.indexOf(LINE_DOT);
      const last = chunk[length - 1];
      const before = length > 1 ? chunk[length - 2] === CR : state === CR_SEEN;
      state = last === CR ? CR_SEEN : last === LF && before ? LINE : TEXT;
      isBare = last === CR || last === LF;
      if (atHead) return stuffed(chunk, head, guardBareLines);
      return within < 0 ? chunk : stuffed(chunk, within + (guardBareLines ? 1 : 2), guardBareLines);
    },
    end: () => (state === LINE ? END : LINE_END),
  };
}

const firstOf = (a: number, b: number): number => (a < 0 ? b : b < 0 ? a : Math.min(a, b));

/** A dot goes in at `first`, and from there on at each one that begins a line. */
function stuffed(chunk: Buffer, first: number, guardBareLines: boolean): Buffer {
  const { length } = chunk;
  // At most one more for two octets (`LF .`), the first one beside.
  const out = Buffer.allocUnsafe(length + 2 + Math.floor((length - first) / 2));
  let to = chunk.copy(out, 0, 0, first);
  out[to++] = DOT;
  for (let i = first; i < length; i++) {
    const octet = chunk[i]!;
    if (octet === DOT && i > first) {
      const last = chunk[i - 1];
      if (last === LF ? guardBareLines || (i > first + 1 && chunk[i - 2] === CR) : last === CR && guardBareLines) out[to++] = DOT;
    }
    out[to++] = octet;
  }
  return out.subarray(0, to);
}

/**
 * Dot-stuffing (RFC 5321 §4.5.2) of a message that is sent in chunks, cut
 * anywhere. A line begins after CR LF and at the very start, nowhere else: a
 * bare LF or CR is data, is not changed and begins no line, so what a remote
 * un-stuffs is the message octet by octet. (Remotes that take a bare LF for a
 * line end are served by whoever prepares the copy that goes out, not here.)
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
const END = Buffer.from('.\r\n');
const LINE_END = Buffer.from('\r\n.\r\n');

export function stuffer(): Stuffer {
  let state = LINE;
  return {
    push(piece) {
      const chunk = Buffer.isBuffer(piece) ? piece : Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
      const { length } = chunk;
      if (length === 0) return chunk;
      // Where the first line begins in it that the chunk before ended.
      const head = state === LINE ? 0 : state === CR_SEEN && chunk[0] === LF ? 1 : -1;
      const atHead = head >= 0 && chunk[head] === DOT;
      const within = atHead ? -1 : chunk.indexOf(LINE_DOT);
      const last = chunk[length - 1];
      const before = length > 1 ? chunk[length - 2] === CR : state === CR_SEEN;
      state = last === CR ? CR_SEEN : last === LF && before ? LINE : TEXT;
      if (atHead) return stuffed(chunk, head);
      return within < 0 ? chunk : stuffed(chunk, within + 2);
    },
    end: () => (state === LINE ? END : LINE_END),
  };
}

/** A dot goes in at `first`, and after each CR LF from there on where one stands. */
function stuffed(chunk: Buffer, first: number): Buffer {
  const { length } = chunk;
  // At most one more per `CR LF .`, the first one beside.
  const out = Buffer.allocUnsafe(length + 2 + Math.floor((length - first) / 3));
  let to = chunk.copy(out, 0, 0, first);
  out[to++] = DOT;
  for (let i = first; i < length; i++) {
    const octet = chunk[i]!;
    if (octet === DOT && i > first + 1 && chunk[i - 1] === LF && chunk[i - 2] === CR) out[to++] = DOT;
    out[to++] = octet;
  }
  return out.subarray(0, to);
}

/**
 * Finds the end of a message in the octets after DATA's 354, and takes the
 * dot-stuffing out (RFC 5321 §4.5.2). Only CR LF `.` CR LF ends a message, and
 * only a dot right after CR LF (or at the very beginning) is removed: a bare
 * LF or a bare CR starts no line here, so none can smuggle a second message.
 * Every other octet is kept as it was sent.
 *
 * Costs the same whatever is in it: a chunk without a dot at a line's start is
 * handed on as it is; in any other the octets are moved together in place.
 * The caller gives the chunk away.
 *
 *     TEXT ──CR──▶ CR ──LF──▶ LINE ──.──▶ DOT ──CR──▶ DOT_CR ──LF──▶ (end)
 */
export type Scanned = {
  /** A CR that was held back from the chunk before comes first. */
  heldCr: boolean;
  kept: Buffer;
  /** Where the chunk goes on after the end of the message; -1 when the message goes on. */
  end: number;
};

const TEXT = 0;
const CR_SEEN = 1;
const LINE = 2;
const DOT = 3;
const DOT_CR = 4;

const CR = 0x0d;
const LF = 0x0a;
const PERIOD = 0x2e;
const LINE_DOT = Buffer.from('\r\n.');

export function bodyScanner(): (chunk: Buffer) => Scanned {
  // The first line of the message is a line's start as well.
  let state = LINE;

  return (chunk) => {
    const { length } = chunk;
    if (length === 0) return { heldCr: false, kept: chunk, end: -1 };

    let from = 0;
    const plain = state === TEXT || (state === CR_SEEN && chunk[0] !== LF) || (state === LINE && chunk[0] !== PERIOD);
    if (plain) {
      const at = chunk.indexOf(LINE_DOT);
      if (at < 0) {
        const last = chunk[length - 1];
        state = last === CR ? CR_SEEN : last === LF && length > 1 && chunk[length - 2] === CR ? LINE : TEXT;
        return { heldCr: false, kept: chunk, end: -1 };
      }
      from = at + 2;
      state = LINE;
    }

    const heldCr = state === DOT_CR && chunk[0] !== LF;
    if (heldCr) state = CR_SEEN;
    let to = from;
    const sure = length - 3; // before this, what comes after a line's end can be looked at
    for (let i = from; i < length; i++) {
      // The same as the steps below, without a state, for the long stretches of text.
      while (state === TEXT && i < sure) {
        const octet = (chunk[to++] = chunk[i++]!);
        if (octet !== CR || chunk[i] !== LF) continue;
        chunk[to++] = LF;
        i++;
        if (chunk[i] !== PERIOD) continue;
        if (chunk[i + 1] === CR) state = LINE;
        else i++;
      }
      const octet = chunk[i]!;
      switch (state) {
        case TEXT:
          if (octet === CR) state = CR_SEEN;
          break;
        case CR_SEEN:
          state = octet === LF ? LINE : octet === CR ? CR_SEEN : TEXT;
          break;
        case LINE:
          if (octet === PERIOD) {
            state = DOT;
            continue;
          }
          state = octet === CR ? CR_SEEN : TEXT;
          break;
        case DOT:
          if (octet === CR) {
            state = DOT_CR;
            continue;
          }
          state = TEXT;
          break;
        case DOT_CR:
          if (octet === LF) return { heldCr, kept: chunk.subarray(0, to), end: i + 1 };
          chunk[to++] = CR;
          state = octet === CR ? CR_SEEN : TEXT;
          break;
      }
      chunk[to++] = octet;
    }
    return { heldCr, kept: chunk.subarray(0, to), end: -1 };
  };
}

/**
 * Undoes a content transfer encoding (RFC 2045 §6) while the bytes stream by.
 * Lenient: what is no base64 is passed over, what is no quoted-printable stays
 * as it is, and both can be told. Memory is one chunk; nothing throws.
 */

/** Why what was decoded may not be what was meant: characters that are none of the encoding; `=` that encodes nothing; white space at the end of a line, which receivers drop. */
export type Doubt = 'foreign' | 'escape' | 'blank';

export type Decoder = {
  push(chunk: Uint8Array): Buffer;
  /** What was held back for the next chunk. */
  end(): Buffer;
  /** What was met so far. */
  doubts?(): Doubt[];
};

export function transferDecoder(encoding: string): Decoder {
  switch (encoding) {
    case 'base64': return base64();
    case 'quoted-printable': return quotedPrintable();
    case 'x-uuencode': case 'uuencode': case 'x-uue': return uuencode();
    default: return { push: (chunk) => Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length), end: () => EMPTY };
  }
}

/** The decoded bytes of a stream of encoded ones. */
export async function* decoded(source: AsyncIterable<Uint8Array>, encoding: string): AsyncGenerator<Buffer> {
  const decoder = transferDecoder(encoding);
  for await (const chunk of source) {
    const bytes = decoder.push(chunk);
    if (bytes.length > 0) yield bytes;
  }
  const last = decoder.end();
  if (last.length > 0) yield last;
}

const EMPTY = Buffer.alloc(0);
const EQUALS = 0x3d;
const LF = 0x0a;
const CR = 0x0d;

/** 1 for a letter of the base64 alphabet, 2 for `=`, 3 for the white space of line breaks. */
const BASE64 = new Uint8Array(256);
for (const letter of Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/')) BASE64[letter] = 1;
BASE64[EQUALS] = 2;
for (const space of [0x09, LF, CR, 0x20]) BASE64[space] = 3;

function base64(): Decoder {
  /** Letters that do not make a group of four yet. */
  let held = '';
  /** Padding is the end (RFC 2045 §6.8); behind it stand the footers of mailing lists. */
  let begun = false;
  let over = false;
  let foreign = false;
  const flush = (letters: string) => Buffer.from(letters, 'base64');
  return {
    push(chunk) {
      const letters = Buffer.allocUnsafe(chunk.length);
      let count = 0;
      for (let i = 0; i < chunk.length && !over; i++) {
        const byte = chunk[i]!;
        const kind = BASE64[byte]!;
        if (kind === 1) {
          letters[count++] = byte;
          begun = true;
        } else if (kind === 2 && begun) {
          over = true;
        } else if (kind !== 3) {
          foreign = true;
        }
      }
      const whole = over ? count : count - ((count + held.length) & 3);
      if (whole < 0) {
        held += letters.toString('latin1', 0, count);
        return EMPTY;
      }
      const ready = flush(held + letters.toString('latin1', 0, whole));
      held = letters.toString('latin1', whole, count);
      return ready;
    },
    end() {
      // One letter alone holds six bits: no octet.
      const last = held.length > 1 ? flush(held) : EMPTY;
      held = '';
      return last;
    },
    doubts: () => (foreign ? ['foreign'] : []),
  };
}

/** What makes a text doubtful that is said to be in this encoding; `cut`: its end is missing. */
export function doubtsOf(encoding: string, encoded: Uint8Array, cut = false): Doubt[] {
  if (encoding !== 'base64' && encoding !== 'quoted-printable') return [];
  const decoder = transferDecoder(encoding);
  decoder.push(encoded);
  if (!cut) decoder.end();
  return decoder.doubts!();
}

function hex(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

/** Octets that may stand between `=` and the end of its line: spaces that a transport added. */
const TRAIL = 80;

function quotedPrintable(): Decoder {
  let held = EMPTY;
  let escape = false;
  const lineEnds = blankLineEnds();
  function decode(data: Buffer, final: boolean): Buffer {
    const out = Buffer.allocUnsafe(data.length);
    let count = 0;
    let i = 0;
    while (i < data.length) {
      const equals = data.indexOf(EQUALS, i);
      const until = equals < 0 ? data.length : equals;
      count += data.copy(out, count, i, until);
      i = until;
      if (equals < 0) break;
      const high = hex(data[i + 1]);
      const low = hex(data[i + 2]);
      if (high >= 0 && low >= 0) {
        out[count++] = high * 16 + low;
        i += 3;
        continue;
      }
      // A soft line break, perhaps with white space before its end.
      let end = i + 1;
      while (end < data.length && end - i < TRAIL && (data[end] === 0x20 || data[end] === 0x09)) end++;
      if (data[end] === CR) end++;
      if (end >= data.length && end - i < TRAIL) {
        if (!final) break;
        i = data.length; // the text ends in "="
      } else if (data[end] === LF) {
        i = end + 1;
      } else if (!final && data.length - i < 3) {
        break;
      } else {
        escape = true;
        out[count++] = EQUALS;
        i++;
      }
    }
    held = Buffer.from(data.subarray(i));
    return out.subarray(0, count);
  }
  return {
    push(chunk) {
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
      lineEnds.push(bytes);
      return decode(held.length > 0 ? Buffer.concat([held, bytes]) : bytes, false);
    },
    end: () => decode(held, true),
    doubts: () => [...(escape ? ['escape' as const] : []), ...(lineEnds.found() ? ['blank' as const] : [])],
  };
}

/** Whether a line that holds anything ends in white space; behind `=` it is a soft line break. */
function blankLineEnds(): { push(bytes: Uint8Array): void; found(): boolean } {
  let found = false;
  let seen: 'nothing' | 'text' | 'equals' | 'blank' = 'nothing';
  return {
    push(bytes) {
      for (let i = 0; i < bytes.length && !found; i++) {
        const byte = bytes[i]!;
        if (byte === LF) {
          found = seen === 'blank';
          seen = 'nothing';
        } else if (byte === 0x20 || byte === 0x09) {
          if (seen === 'text') seen = 'blank';
        } else if (byte !== CR) {
          seen = byte === EQUALS ? 'equals' : 'text';
        }
      }
    },
    found: () => found,
  };
}

/** Octets; a uuencoded line has at most 61, so a longer one is noise. */
const UU_LINE = 200;

function uuencode(): Decoder {
  let held = '';
  let inside = false;
  const lineOf = (line: string, out: number[]) => {
    if (!inside) { inside = /^begin [0-7]{3,4} /.test(line); return; }
    if (line === 'end') { inside = false; return; }
    const length = (line.charCodeAt(0) - 32) & 63;
    const begin = out.length;
    for (let i = 1; i < line.length && out.length - begin < length; i += 4) {
      const [a, b, c, d] = [0, 1, 2, 3].map((n) => ((i + n < line.length ? line.charCodeAt(i + n) : 32) - 32) & 63) as [number, number, number, number];
      out.push((a << 2 | b >> 4) & 255, (b << 4 | c >> 2) & 255, (c << 6 | d) & 255);
    }
    out.length = Math.min(out.length, begin + length);
  };
  return {
    push(chunk) {
      const lines = (held + Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).toString('latin1')).split(/\r?\n/);
      held = lines.pop()!;
      if (held.length > UU_LINE) held = held.slice(0, UU_LINE);
      const out: number[] = [];
      for (const line of lines) lineOf(line, out);
      return Buffer.from(out);
    },
    end() {
      const out: number[] = [];
      lineOf(held, out);
      held = '';
      return Buffer.from(out);
    },
  };
}

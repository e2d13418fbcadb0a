/**
 * Line ends of a body that goes out: CR LF, nothing else (RFC 5321 §2.3.8).
 * A bare LF, a bare CR and the common accident CR CR LF each become one; the
 * last line gets one when it has none. So no remote can see a line, and with
 * it an end of the message, where another sees none. The result does not
 * depend on where the chunks were cut.
 */
export type LineEnds = {
  /** The chunk is not changed; the result may be the chunk itself. */
  push(chunk: Uint8Array): Buffer;
  /** What is missing. */
  end(): Buffer;
};

const CR = 0x0d;
const LF = 0x0a;
const NOTHING = Buffer.alloc(0);

export function lineEnds(): LineEnds {
  /** CRs at the end of what was seen that wait for what follows: two at most. */
  let waiting = 0;
  let isMidLine = false;
  return {
    push(piece) {
      const chunk = Buffer.isBuffer(piece) ? piece : Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
      const { length } = chunk;
      if (length === 0) return chunk;
      const odd = waiting > 0 ? 0 : firstOdd(chunk);
      if (odd === length) {
        isMidLine = chunk[length - 1] !== LF;
        return chunk;
      }
      const out = Buffer.allocUnsafe(odd + 2 * (length - odd + waiting));
      let to = chunk.copy(out, 0, 0, odd);
      const endLine = () => {
        out[to++] = CR;
        out[to++] = LF;
        isMidLine = false;
      };
      if (odd > 0) isMidLine = chunk[odd - 1] !== LF;
      for (let i = odd; i < length; i++) {
        const octet = chunk[i]!;
        if (octet === LF) {
          waiting = 0;
          endLine();
        } else if (octet === CR) {
          if (waiting === 2) endLine();
          else waiting++;
        } else {
          for (; waiting > 0; waiting--) endLine();
          out[to++] = octet;
          isMidLine = true;
        }
      }
      return out.subarray(0, to);
    },
    end() {
      const missing = waiting > 0 ? waiting : isMidLine ? 1 : 0;
      waiting = 0;
      isMidLine = false;
      return missing === 0 ? NOTHING : Buffer.from('\r\n'.repeat(missing));
    },
  };
}

/** Where the first CR or LF stands that is not part of a CR LF; the length when none does. */
function firstOdd(chunk: Buffer): number {
  const { length } = chunk;
  for (let i = 0; i < length; i++) {
    const octet = chunk[i]!;
    if (octet > CR) continue;
    if (octet === LF) return i;
    if (octet !== CR) continue;
    if (chunk[i + 1] !== LF) return i;
    i++;
  }
  return length;
}

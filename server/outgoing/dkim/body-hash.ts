/**
 * The body hash of DKIM (RFC 6376 §3.7) over the relaxed form of a body
 * (§3.4.4), as it streams by. The body has CR LF line ends only (see
 * line-ends.ts); chunks may be cut anywhere, between CR and LF too. Holds
 * nothing but two counters, however many empty lines there are.
 */
import { createHash } from 'node:crypto';

export type BodyHash = {
  push(chunk: Uint8Array): void;
  /** Base64 of the SHA-256; asked once. */
  digest(): string;
};

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const LINES = Buffer.from('\r\n'.repeat(4096));

export function bodyHash(): BodyHash {
  const hash = createHash('sha256');
  /** Line ends and white space that count only when something follows. */
  let lines = 0;
  let isBlank = false;
  let isEmpty = true;
  return {
    push(chunk) {
      const { length } = chunk;
      // What comes in the chunk itself needs no more room than it has there, but for a line end or a space
      // whose first half came before it; whole lines that wait from before are hashed apart.
      const out = Buffer.allocUnsafe(length + 2);
      let to = 0;
      let before = lines;
      for (let i = 0; i < length; i++) {
        const octet = chunk[i]!;
        if (octet === CR) continue;
        if (octet === LF) {
          isBlank = false;
          lines++;
          continue;
        }
        if (octet === SPACE || octet === TAB) {
          isBlank = true;
          continue;
        }
        if (lines > 0) {
          if (before > 0) {
            for (let left = lines; left > 0; left -= LINES.length / 2) hash.update(LINES.subarray(0, 2 * Math.min(left, LINES.length / 2)));
            before = 0;
          } else {
            for (let left = lines; left > 0; left--) {
              out[to++] = CR;
              out[to++] = LF;
            }
          }
          lines = 0;
        }
        if (isBlank) {
          out[to++] = SPACE;
          isBlank = false;
        }
        out[to++] = octet;
        isEmpty = false;
      }
      if (to > 0) hash.update(out.subarray(0, to));
    },
    digest() {
      if (!isEmpty) hash.update('\r\n');
      return hash.digest('base64');
    },
  };
}

/**
 * The body hash of a DKIM signature (RFC 6376 §3.4.3, §3.4.4, §3.7): the body
 * in its simple or relaxed form, hashed as it streams by. Memory is one line
 * break and a count of them; `l=` ends it early. Lines end in CRLF; a bare LF
 * is content, as the RFC has it.
 */
import { createHash } from 'node:crypto';

export type BodyHashAsk = { canon: 'simple' | 'relaxed'; algorithm: 'sha256' | 'sha1'; /** Octets of the canonical body that are signed; absent: all. */ length?: number };
/** `octets` is the size of the whole canonical body. */
export type BodyHash = { hash: string; octets: number };

const CR = 0x0d;
const LF = 0x0a;
const SP = 0x20;
const TAB = 0x09;
const CRLF = Buffer.from('\r\n');

export function bodyHasher({ canon, algorithm, length = Infinity }: BodyHashAsk): { push(chunk: Buffer): void; end(): BodyHash } {
  const hash = createHash(algorithm);
  const relaxed = canon === 'relaxed';
  let octets = 0;
  /** Line breaks that count only when something follows: empty lines at the end are left out. */
  let breaks = 0;
  /** A CR that may begin a line break, and (relaxed) white space that may end a line. */
  let cr = false;
  let space = false;

  const give = (bytes: Buffer) => {
    if (bytes.length === 0) return;
    if (octets < length) hash.update(bytes.subarray(0, Math.max(0, length - octets)));
    octets += bytes.length;
  };
  const giveBreaks = () => {
    // In steps: a body may hold millions of empty lines.
    for (; breaks > 0; breaks -= Math.min(breaks, 1024)) give(breaks === 1 ? CRLF : Buffer.from('\r\n'.repeat(Math.min(breaks, 1024))));
  };

  return {
    push(chunk) {
      // At most each octet again, and what was held back.
      const out = Buffer.allocUnsafe(chunk.length + 3);
      let filled = 0;
      const flush = () => {
        give(out.subarray(0, filled));
        filled = 0;
      };
      const put = (octet: number) => {
        if (breaks > 0) {
          flush();
          giveBreaks();
        }
        if (space) {
          out[filled++] = SP;
          space = false;
        }
        out[filled++] = octet;
      };
      for (let i = 0; i < chunk.length; i++) {
        const octet = chunk[i]!;
        if (cr) {
          cr = false;
          if (octet === LF) {
            space = false;
            breaks++;
            continue;
          }
          put(CR);
        }
        if (octet === CR) cr = true;
        else if (relaxed && (octet === SP || octet === TAB)) space = true;
        else put(octet);
        // `put` may write a space as well.
        if (filled >= out.length - 2) flush();
      }
      flush();
    },
    end() {
      if (cr || space) {
        // Relaxed: white space at the end of the last line goes. A lone CR stays.
        const tail = [...(space && cr ? [SP] : []), ...(cr ? [CR] : [])];
        if (tail.length > 0) {
          giveBreaks();
          give(Buffer.from(tail));
        }
      }
      // A body that does not end in CRLF gets one; an empty simple body is one CRLF, an empty relaxed one nothing (§3.4.3, §3.4.4).
      if (octets > 0 || !relaxed) give(CRLF);
      return { hash: hash.digest('base64'), octets };
    },
  };
}

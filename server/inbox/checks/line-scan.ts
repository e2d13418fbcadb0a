/**
 * The lines of a raw message: too long ones, bare LF and CR, 8-bit octets in
 * the header, and where the body begins. RFC 5322 §2.1.1: at most 998 octets
 * without the line break, and should be 78.
 */

export const LINE_LIMIT = 998;

export type LineScan = {
  lines: number;
  /** The longest, in octets without its line break, and its number. */
  longest: { octets: number; line: number };
  /** How many are longer than 998 octets, and the numbers of the first. */
  tooLong: { count: number; lines: number[]; inHeader: number };
  bareLf: { count: number; line: number };
  bareCr: { count: number; line: number };
  headerHighOctets: { count: number; line: number };
};

const LF = 0x0a;
const CR = 0x0d;
const LISTED = 20;

/** `push` answers where in the chunk the body goes on; undefined while the header lasts. */
export function lineScan(): { push(bytes: Buffer): number | undefined; end(): LineScan } {
  const scan: LineScan = {
    lines: 0, longest: { octets: 0, line: 0 }, tooLong: { count: 0, lines: [], inHeader: 0 },
    bareLf: { count: 0, line: 0 }, bareCr: { count: 0, line: 0 }, headerHighOctets: { count: 0, line: 0 },
  };
  let header = true;
  /** Octets of the line that is being read. */
  let length = 0;
  let last = 0;

  const seen = (one: { count: number; line: number }, times = 1) => {
    if (one.count === 0) one.line = scan.lines + 1;
    one.count += times;
  };
  const close = (octets: number) => {
    scan.lines++;
    if (octets > scan.longest.octets) scan.longest = { octets, line: scan.lines };
    if (octets <= LINE_LIMIT) return;
    scan.tooLong.count++;
    if (header) scan.tooLong.inHeader++;
    if (scan.tooLong.lines.length < LISTED) scan.tooLong.lines.push(scan.lines);
  };

  return {
    push(bytes) {
      let bodyFrom = header ? undefined : 0;
      let from = 0;
      while (from < bytes.length) {
        const lf = bytes.indexOf(LF, from);
        const end = lf < 0 ? bytes.length : lf;
        if (last === CR && end > from) seen(scan.bareCr);
        // CRs inside the line; one at its end belongs to the line break, or is judged with the next chunk.
        for (let cr = bytes.indexOf(CR, from); cr >= 0 && cr < end - 1; cr = bytes.indexOf(CR, cr + 1)) seen(scan.bareCr);
        if (header) {
          let high = 0;
          for (let i = from; i < end; i++) if (bytes[i]! > 127) high++;
          if (high > 0) seen(scan.headerHighOctets, high);
        }
        length += end - from;
        if (end > from) last = bytes[end - 1]!;
        if (lf < 0) break;
        if (last !== CR) seen(scan.bareLf);
        const octets = length - (last === CR ? 1 : 0);
        close(octets);
        if (header && octets === 0) {
          header = false;
          bodyFrom = lf + 1;
        }
        length = 0;
        last = 0;
        from = lf + 1;
      }
      return bodyFrom;
    },
    end() {
      if (length > 0) close(length);
      return scan;
    },
  };
}

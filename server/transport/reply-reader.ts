/**
 * Octets of a remote → replies (RFC 5321 §4.2), however they are cut. Strict
 * where a guess could turn a refusal into a delivery: a line without a code, a
 * code outside 200–599, codes that differ between the lines of one reply, NUL,
 * and endless lines or replies are malformed, and nothing is read after that.
 * A line may end in LF alone. Never throws; holds at most one chunk and one line.
 */

/** One reply; the lines as they were heard, codes included, without line ends. */
export type Said = { code: number; lines: string[] };
/** Why it is none, and the beginning of what was heard. */
export type Malformed = { malformed: string; heard: string };

export const REPLY_LIMITS = { line: 4_096, lines: 200, octets: 64 * 1024 } as const;
/** Characters of a malformed reply that are shown. */
const SHOWN = 200;

export type ReplyReader = {
  push(chunk: Buffer): void;
  /** Undefined when more has to come. The same Malformed again and again after the first. */
  next(): Said | Malformed | undefined;
  /** Something was heard that is not part of a reply given out so far. */
  readonly ahead: boolean;
  /** The beginning of that. */
  peek(): string;
};

const LF = 0x0a;
const CR = 0x0d;
const EMPTY = Buffer.alloc(0);

export function replyReader(): ReplyReader {
  let chunk: Buffer = EMPTY;
  let at = 0;
  let lines: string[] = [];
  let octets = 0;
  let code = 0;
  let broken: Malformed | undefined;

  const malformed = (why: string, line: string): Malformed => {
    const heard = [...lines.slice(0, 3), line].join('\n').slice(0, SHOWN);
    chunk = EMPTY;
    at = 0;
    lines = [];
    return (broken = { malformed: why, heard });
  };

  return {
    push(more) {
      if (broken) return;
      if (at >= chunk.length) chunk = more;
      else chunk = Buffer.concat([at === 0 ? chunk : chunk.subarray(at), more]);
      at = 0;
    },
    next() {
      if (broken) return broken;
      for (;;) {
        const lf = chunk.indexOf(LF, at);
        const end = lf < 0 ? chunk.length : lf;
        if (end - at > REPLY_LIMITS.line) return malformed(`a line longer than ${REPLY_LIMITS.line} octets`, chunk.toString('utf8', at, at + SHOWN));
        if (lf < 0) return undefined;
        const line = chunk.toString('utf8', at, lf > at && chunk[lf - 1] === CR ? lf - 1 : lf);
        octets += lf + 1 - at;
        at = lf + 1;
        if (line.includes('\0')) return malformed('a NUL', line);
        const said = codeOf(line);
        if (said === 0) return malformed('a line without a reply code', line);
        if (lines.length > 0 && said !== code) return malformed('lines with different codes', line);
        code = said;
        lines.push(line);
        if (line[3] !== '-') {
          const whole = { code, lines };
          lines = [];
          octets = 0;
          return whole;
        }
        if (lines.length >= REPLY_LIMITS.lines) return malformed(`more than ${REPLY_LIMITS.lines} lines`, line);
        if (octets > REPLY_LIMITS.octets) return malformed(`more than ${REPLY_LIMITS.octets} octets`, line);
      }
    },
    get ahead() {
      return at < chunk.length || lines.length > 0 || broken !== undefined;
    },
    peek() {
      return broken?.heard ?? [...lines.slice(0, 3), chunk.toString('utf8', at, at + SHOWN)].join('\n').trimEnd().slice(0, SHOWN);
    },
  };
}

/** 200 to 599 and then a space, a hyphen or nothing; 0 when it is no reply line. */
function codeOf(line: string): number {
  const hundreds = line.charCodeAt(0) - 48;
  const tens = line.charCodeAt(1) - 48;
  const ones = line.charCodeAt(2) - 48;
  if (!(hundreds >= 2 && hundreds <= 5 && tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9)) return 0;
  const after = line[3];
  return after === undefined || after === ' ' || after === '-' ? hundreds * 100 + tens * 10 + ones : 0;
}

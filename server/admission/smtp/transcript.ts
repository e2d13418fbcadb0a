/**
 * The dialogue of a connection, as it is kept beside each message: the lines
 * of its beginning (greeting, EHLO, STARTTLS, AUTH) and those of the present
 * transaction. Bounded, whatever a client does: the beginning and the end stay
 * and a note says how many lines are left out between. Credentials never get
 * in: the caller passes lines through `masked` or says what they are.
 */
import type { TranscriptLine } from '../../mail/session.ts';

/** Lines of a transaction, of the connection before it, and octets of a line. */
export const TRANSCRIPT_LIMITS = { transaction: 2_000, connection: 200, line: 4_096 } as const;
/** Of a bounded part, how many of its last lines are kept. */
const TAIL = 100;

export type Transcript = {
  /** An EHLO comes. If it only repeats an earlier one, what that said is dropped: some clients say it before each message. */
  hello(): void;
  /** What was said so far counts from now on (TLS, a login): no later EHLO drops it. */
  pin(): void;
  add(part: 'connection' | 'transaction', by: TranscriptLine['by'], line: string, at: number): void;
  /** All there is to tell about the present transaction. The result is the caller's own. */
  lines(): TranscriptLine[];
  /** The transaction is over; the next one starts with nothing. */
  endTransaction(): void;
};

type Part = { head: TranscriptLine[]; tail: TranscriptLine[]; left: number; limit: number };
const part = (limit: number): Part => ({ head: [], tail: [], left: 0, limit: limit - TAIL - 1 });

export function createTranscript(): Transcript {
  const connection = part(TRANSCRIPT_LIMITS.connection);
  let transaction = part(TRANSCRIPT_LIMITS.transaction);
  /** Where the lines of the last EHLO begin. */
  let repeats: number | undefined;

  return {
    hello() {
      if (repeats === undefined) repeats = connection.head.length;
      else if (connection.tail.length === 0) connection.head.length = repeats;
    },
    pin() {
      repeats = undefined;
    },
    add(where, by, line, at) {
      const into = where === 'connection' ? connection : transaction;
      const entry = { at, by, line: shown(line) };
      if (into.head.length < into.limit) {
        into.head.push(entry);
        return;
      }
      into.tail.push(entry);
      // Cut in strides, so that a long transaction costs no shift per line.
      if (into.tail.length >= 2 * TAIL) {
        into.tail.splice(0, TAIL);
        into.left += TAIL;
      }
    },
    lines: () => [...linesOf(connection), ...linesOf(transaction)],
    endTransaction() {
      transaction = part(TRANSCRIPT_LIMITS.transaction);
    },
  };
}

function linesOf({ head, tail, left }: Part): TranscriptLine[] {
  const over = Math.max(0, tail.length - TAIL);
  const last = tail.slice(over);
  const missing = left + over;
  if (missing === 0) return [...head, ...tail];
  return [...head, { at: last[0]!.at, by: '*', line: `${missing} lines left out` }, ...last];
}

// eslint-disable-next-line no-control-regex
const CONTROL = /[\x00-\x1f\x7f]/;
// eslint-disable-next-line no-control-regex
const CONTROLS = /[\x00-\x1f\x7f]/g;

/** Control characters as `\x0d`, and not longer than the limit. */
function shown(line: string): string {
  if (line.length > TRANSCRIPT_LIMITS.line) line = `${line.slice(0, TRANSCRIPT_LIMITS.line)}… (${line.length} characters)`;
  if (!CONTROL.test(line)) return line;
  return line.replace(CONTROLS, (octet) => `\\x${octet.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

/** A command line without what AUTH carries. */
export function masked(line: string): string {
  return /^\s*AUTH\b/i.test(line) ? line.replace(/^(\s*\S+\s+\S+)\s+.*$/s, '$1 ***') : line;
}

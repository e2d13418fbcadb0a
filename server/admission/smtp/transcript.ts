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

type Part = { head: TranscriptLine[]; tail: TranscriptLine[]; left: number; limit: number };
const part = (limit: number): Part => ({ head: [], tail: [], left: 0, limit: limit - TAIL - 1 });

export class Transcript {
  readonly #connection = part(TRANSCRIPT_LIMITS.connection);
  #transaction = part(TRANSCRIPT_LIMITS.transaction);
  /** Where the lines of the last EHLO begin. */
  #repeats: number | undefined;

  /** An EHLO comes. If it only repeats an earlier one, what that said is dropped: some clients say it before each message. */
  hello(): void {
    if (this.#repeats === undefined) this.#repeats = this.#connection.head.length;
    else if (this.#connection.tail.length === 0) this.#connection.head.length = this.#repeats;
  }

  /** What was said so far counts from now on (TLS, a login): no later EHLO drops it. */
  pin(): void {
    this.#repeats = undefined;
  }

  add(where: 'connection' | 'transaction', by: TranscriptLine['by'], line: string, at: number): void {
    const into = where === 'connection' ? this.#connection : this.#transaction;
    // Our own lines have no control characters: see reply.ts.
    const entry = { at, by, line: by === 'S' ? short(line) : shown(line) };
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
  }

  /** All there is to tell about the present transaction. The result is the caller's own. */
  lines(): TranscriptLine[] {
    return [...linesOf(this.#connection), ...linesOf(this.#transaction)];
  }

  /** The transaction is over; the next one starts with nothing. */
  endTransaction(): void {
    if (this.#transaction.head.length > 0) this.#transaction = part(TRANSCRIPT_LIMITS.transaction);
  }
}

function linesOf({ head, tail, left }: Part): readonly TranscriptLine[] {
  const over = Math.max(0, tail.length - TAIL);
  const last = tail.slice(over);
  const missing = left + over;
  if (missing === 0) return tail.length === 0 ? head : [...head, ...tail];
  return [...head, { at: last[0]!.at, by: '*', line: `${missing} lines left out` }, ...last];
}

// eslint-disable-next-line no-control-regex
const CONTROL = /[\x00-\x1f\x7f]/;
// eslint-disable-next-line no-control-regex
const CONTROLS = /[\x00-\x1f\x7f]/g;

/** Control characters as `\x0d`, and not longer than the limit. */
function shown(line: string): string {
  const text = short(line);
  return CONTROL.test(text) ? text.replace(CONTROLS, (octet) => `\\x${octet.charCodeAt(0).toString(16).padStart(2, '0')}`) : text;
}

const short = (line: string): string => (line.length > TRANSCRIPT_LIMITS.line ? `${line.slice(0, TRANSCRIPT_LIMITS.line)}… (${line.length} characters)` : line);

/** A command line without what AUTH carries. */
export function masked(line: string): string {
  return /^\s*AUTH\b/i.test(line) ? line.replace(/^(\s*\S+\s+\S+)\s+.*$/s, '$1 ***') : line;
}

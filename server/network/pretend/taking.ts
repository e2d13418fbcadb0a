/**
 * A message as the pretend remote takes it in: the end is found and the dots
 * are un-stuffed (RFC 5321 §4.5.2; only CR LF `.` CR LF ends), octets are
 * counted and digested, and the first 64 KB are kept, for whoever looks at the
 * header and for the copy in what is sent later. A chunk is never changed: in
 * the process it is the sender's own.
 *
 *     TEXT ──CR──▶ CR ──LF──▶ LINE ──.──▶ DOT ──CR──▶ DOT_CR ──LF──▶ (end)
 */
import { createHash } from 'node:crypto';
import { readFields } from '../../mail/header.ts';
import type { HeaderField } from '../../mail/message.ts';

const KEPT = 64 * 1024;

const TEXT = 0;
const CR_SEEN = 1;
const LINE = 2;
const DOT = 3;
const DOT_CR = 4;

const CR = 0x0d;
const LF = 0x0a;
const PERIOD = 0x2e;
const LINE_DOT = Buffer.from('\r\n.');
const ONE_CR = Buffer.of(CR);

export type Taking = {
  /** Octets so far, un-stuffed. */
  readonly size: number;
  /** The kept part is full: nothing more is learnt of the header. */
  readonly headFull: boolean;
  /** Answers where the chunk goes on after the end; -1 while the message goes on. */
  take(chunk: Buffer): number;
  head(): Buffer;
  /** Hex SHA-256 of all octets; once. */
  digest(): string;
  header(name: string): string[];
  /** Without brackets; '' when there is none. */
  messageId(): string;
};

export function taking(): Taking {
  const hash = createHash('sha256');
  const pieces: Buffer[] = [];
  let kept = 0;
  let size = 0;
  let state = LINE; // the first line is a line's start as well
  let fields: HeaderField[] | undefined;

  function keep(octets: Buffer): void {
    if (octets.length === 0) return;
    size += octets.length;
    hash.update(octets);
    if (kept >= KEPT) return;
    const piece = octets.length > KEPT - kept ? octets.subarray(0, KEPT - kept) : octets;
    pieces.push(piece);
    kept += piece.length;
  }

  function take(chunk: Buffer): number {
    const { length } = chunk;
    let i = 0;
    while (i < length) {
      switch (state) {
        case TEXT: {
          const at = chunk.indexOf(LINE_DOT, i);
          if (at >= 0) {
            keep(chunk.subarray(i, at + 2));
            i = at + 2;
            state = LINE;
            break;
          }
          keep(chunk.subarray(i));
          const last = chunk[length - 1];
          if (last === CR) state = CR_SEEN;
          else if (last === LF && length - i > 1 && chunk[length - 2] === CR) state = LINE;
          return -1;
        }
        case CR_SEEN:
          if (chunk[i] === LF) {
            keep(chunk.subarray(i, i + 1));
            i++;
            state = LINE;
          } else state = TEXT;
          break;
        case LINE:
          if (chunk[i] === PERIOD) {
            i++;
            state = DOT;
          } else state = TEXT;
          break;
        case DOT:
          if (chunk[i] === CR) {
            i++;
            state = DOT_CR;
          } else state = TEXT;
          break;
        case DOT_CR:
          if (chunk[i] === LF) return i + 1;
          keep(ONE_CR);
          state = TEXT;
          break;
      }
    }
    return -1;
  }

  const head = () => {
    if (pieces.length > 1) pieces.splice(0, pieces.length, Buffer.concat(pieces));
    return pieces[0] ?? Buffer.alloc(0);
  };
  const header = (name: string) => {
    fields ??= readFields(head());
    const wanted = name.toLowerCase();
    return fields.filter((field) => field.name.toLowerCase() === wanted).map(({ value }) => value);
  };

  return {
    get size() { return size; },
    get headFull() { return kept >= KEPT; },
    take,
    head,
    header,
    digest: () => hash.digest('hex'),
    messageId: () => messageIdOf(head()),
  };
}

const MESSAGE_ID = /(?:^|\n)message-id:\s*<?([^>\r\n]{1,998})/i;

/** Every message is asked for it, so the fields need not all be read for this one. */
function messageIdOf(head: Buffer): string {
  let end = head.indexOf('\r\n\r\n');
  if (end < 0) end = head.indexOf('\n\n');
  const block = head.toString('latin1', 0, end < 0 ? head.length : end);
  return MESSAGE_ID.exec(block)?.[1]?.trim() ?? '';
}

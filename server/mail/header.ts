/**
 * Reads the header block of a message as it streams by: only the fields that
 * lists and waits need, decoded (RFC 2047), never the body. Broken headers
 * are read as far as they go; nothing here throws.
 */
import { isUtf8 } from 'node:buffer';
import libmime from 'libmime';
import addressparser from 'nodemailer/lib/addressparser';
import type { HeaderField, HeaderSummary, Mailbox } from './message.ts';

/** Octets of header block that are looked at; fields beyond are in the raw message only. */
export const HEADER_LIMIT = 256 * 1024;
/** Mailboxes kept of one field: a header that lists 100,000 must not make each list line 5 MB. */
const MAILBOX_LIMIT = 200;
const SUBJECT_LIMIT = 2_000;

const CR = 0x0d;
const LF = 0x0a;

export type HeaderCollector = {
  push(chunk: Uint8Array): void;
  summary(): HeaderSummary;
};

export function headerCollector(): HeaderCollector {
  const pieces: Buffer[] = [];
  let length = 0;
  let done = false;
  // Over a chunk's edge: how much of an end-of-header has been seen.
  let lineIsEmpty = true;

  return {
    push(chunk) {
      if (done) return;
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, Math.min(chunk.length, HEADER_LIMIT - length));
      for (let from = 0; from <= bytes.length;) {
        const lf = bytes.indexOf(LF, from);
        const end = lf < 0 ? bytes.length : lf;
        for (let i = from; i < end && lineIsEmpty; i++) if (bytes[i] !== CR) lineIsEmpty = false;
        if (lf < 0) break;
        if (lineIsEmpty) { done = true; break; }
        lineIsEmpty = true;
        from = lf + 1;
      }
      pieces.push(bytes);
      length += bytes.length;
      if (length >= HEADER_LIMIT) done = true;
    },
    summary: () => summarise(readFields(pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces))),
  };
}

/** The fields of a header block, unfolded, in order, bytes decoded as UTF-8 or else Latin-1; encoded words are left. */
export function readFields(block: Buffer): HeaderField[] {
  const end = endOfHeader(block);
  const bytes = block.subarray(0, end);
  const text = isUtf8(bytes) ? bytes.toString('utf8') : bytes.toString('latin1');
  const fields: HeaderField[] = [];
  let last: HeaderField | undefined;
  for (let from = 0; from < text.length;) {
    let lf = text.indexOf('\n', from);
    if (lf < 0) lf = text.length;
    const line = text.slice(from, lf > from && text.charCodeAt(lf - 1) === CR ? lf - 1 : lf);
    from = lf + 1;
    const first = line.charCodeAt(0);
    if ((first === 0x20 || first === 0x09) && last) {
      last.value += ' ' + line.trim();
      continue;
    }
    const colon = line.indexOf(':');
    if (colon <= 0) continue; // an mbox "From " line, or noise
    last = { name: line.slice(0, colon).trimEnd(), value: line.slice(colon + 1).trim() };
    fields.push(last);
  }
  return fields;
}

/** Octets up to the empty line (not included), or all of them. */
function endOfHeader(block: Buffer): number {
  for (let from = 0; ;) {
    const lf = block.indexOf(LF, from);
    if (lf < 0) return block.length;
    if (lf === from || (lf === from + 1 && block[from] === CR)) return from;
    from = lf + 1;
  }
}

/** Content-Type of a report: RFC 6522 and those that only nearly follow it. */
const REPORT = /^\s*multipart\/report\b|report-type\s*=/i;

function summarise(fields: HeaderField[]): HeaderSummary {
  const summary: HeaderSummary = { subject: '', from: [], to: [], cc: [], replyTo: [], messageId: '', tags: [] };
  let subject = false;
  for (const { name, value } of fields) {
    switch (name.length <= 18 ? name.toLowerCase() : '') {
      case 'subject':
        if (!subject) summary.subject = decodeText(value).slice(0, SUBJECT_LIMIT);
        subject = true;
        break;
      case 'from': addMailboxes(summary.from, value); break;
      case 'to': addMailboxes(summary.to, value); break;
      case 'cc': addMailboxes(summary.cc, value); break;
      case 'reply-to': addMailboxes(summary.replyTo, value); break;
      case 'message-id': summary.messageId ||= insideAngles(value).trim().slice(0, 998); break;
      case 'date': {
        const at = dateOf(value);
        if (!Number.isNaN(at) && summary.date === undefined) summary.date = at;
        break;
      }
      case 'content-type': if (REPORT.test(value)) summary.automatic = true; break;
      case 'auto-submitted': if (!/^\s*no\b/i.test(value)) summary.automatic = true; break;
      case 'x-autoreply': case 'x-autorespond': case 'x-auto-reply': case 'x-failed-recipients': summary.automatic = true; break;
      case 'x-tags': summary.tags.push(...value.split(',').map((tag) => decodeText(tag).trim().slice(0, 100)).filter(Boolean).slice(0, 20)); break;
    }
  }
  return summary;
}

/** What stands between the first `<` and its `>`; all of it where there is no such pair. */
function insideAngles(value: string): string {
  const open = value.indexOf('<');
  const close = open < 0 ? -1 : value.indexOf('>', open);
  return close < 0 ? value : value.slice(open + 1, close);
}

let lastDate = '';
let lastTime = NaN;

/** Milliseconds since the epoch, or NaN. A blast has one date for many messages, and to read it costs as much as the other fields. */
function dateOf(value: string): number {
  if (value !== lastDate) {
    lastTime = Date.parse(value.replace(/\([^()]*\)/g, ' '));
    lastDate = value;
  }
  return lastTime;
}

// Control characters have no business in a decoded field: an encoded word may hide CR LF or an escape sequence.
const CONTROLS = /[\u0000-\u001f\u007f-\u009f]+/g;

/** Encoded words (RFC 2047) to text; what cannot be decoded stays as it is. */
export function decodeText(value: string): string {
  let text = value;
  if (value.includes('=?')) {
    try {
      text = libmime.decodeWords(value);
    } catch { /* an unknown charset: shown as written */ }
  }
  return text.replace(CONTROLS, ' ').trim();
}

const BARE = /^[^\s<>"(),:;@\\]+@[^\s<>"(),:;@\\]+$/;
const NAMED = /^("?)([^"<>(),:;@\\]*)\1\s*<([^\s<>"(),:;@\\]+@[^\s<>"(),:;@\\]+)>$/;

function addMailboxes(list: Mailbox[], value: string): void {
  if (list.length >= MAILBOX_LIMIT) return;
  for (const mailbox of parseMailboxes(value)) {
    if (list.push(mailbox) >= MAILBOX_LIMIT) return;
  }
}

/** The mailboxes of an address field, groups flattened. Lenient: it shows what was written. */
export function parseMailboxes(value: string): Mailbox[] {
  if (BARE.test(value)) return [{ name: '', address: value }];
  const named = NAMED.exec(value);
  if (named) return [{ name: decodeText(named[2]!), address: named[3]! }];
  // addressparser is quadratic on hostile input; a real list of 200 mailboxes is under 16 kB.
  return addressparser(value.slice(0, 16_384), { flatten: true })
    .map(({ name, address }) => ({ name: decodeText(name ?? ''), address: (address ?? '').replace(CONTROLS, ' ') }))
    .filter(({ name, address }) => name !== '' || address !== '');
}

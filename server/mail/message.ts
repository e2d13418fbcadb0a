/**
 * A captured message as it is listed and read. The raw bytes are never part
 * of it: they are read as a stream from the store.
 */
import type { Envelope } from './envelope.ts';
import type { RecipientState } from './recipient.ts';
import type { Session } from './session.ts';

export type Mailbox = { name: string; address: string };

/** What the header says, read at admission without parsing the body. All text is decoded. */
export type HeaderSummary = {
  subject: string;
  from: Mailbox[];
  to: Mailbox[];
  cc: Mailbox[];
  replyTo: Mailbox[];
  /** With its angle brackets off; `''` when there is none. */
  messageId: string;
  /** Milliseconds since the epoch; absent when missing or unreadable. */
  date?: number;
  /** From `X-Tags` (comma separated). */
  tags: string[];
  /** The header says that a program wrote it: a report (RFC 6522) or an automatic mail (RFC 3834). */
  automatic?: true;
};

/** `pending` until the background parse is done. `failed` is kept and shown: see `parseError`. */
export type ParseState = 'pending' | 'done' | 'failed';

/** One line of a list. */
export type MessageSummary = {
  id: string;
  /** Grows with every message, never reused: the cursor of lists and waits. */
  seq: number;
  stream: string;
  via: 'smtp' | 'http';
  receivedAt: number;
  /** Octets of the raw message. */
  size: number;
  header: HeaderSummary;
  envelopeFrom: string;
  recipients: string[];
  tags: string[];
  read: boolean;
  parse: ParseState;
  /** Known once parsed. */
  attachments?: number;
  /** The beginning of the text, once parsed; at most 200 characters. */
  snippet?: string;
  /** How many recipients are where; absent when nothing of it was ever queued. */
  delivery?: Partial<Record<RecipientState, number>>;
};

export type MessageDetail = MessageSummary & {
  envelope: Envelope;
  session: Session;
  metadata: Record<string, string>;
  parsed?: ParsedMessage;
};

export type HeaderField = { name: string; value: string };

/**
 * One node of the MIME tree. Offsets are octets in the raw message:
 * header at [start, bodyStart), body at [bodyStart, end).
 */
export type MimePart = {
  /** `1`, `1.2` … as in IMAP (RFC 3501 §6.4.5): a message without parts is its part `1`, a multipart message itself is `''`. */
  path: string;
  type: string;
  charset?: string;
  encoding: string;
  filename?: string;
  disposition?: string;
  contentId?: string;
  start: number;
  bodyStart: number;
  end: number;
  parts?: MimePart[];
};

export type Attachment = {
  /** The `path` of its MIME part. */
  part: string;
  /** As the sender wrote it: never a path on this machine. `''` when it has none. */
  filename: string;
  type: string;
  disposition: 'attachment' | 'inline';
  contentId?: string;
  /** Octets after decoding, and the SHA-256 of them in hex. */
  size: number;
  sha256: string;
};

export type Link = { href: string; text: string; from: 'html' | 'text' };

export type ListUnsubscribe = {
  urls: string[];
  mailto: string[];
  /** RFC 8058: an https URL and `List-Unsubscribe-Post: List-Unsubscribe=One-Click`. */
  oneClick: boolean;
  /** What is wrong, in sentences. */
  problems: string[];
};

export type CalendarPart = { part: string; method?: string; summary?: string; start?: string; end?: string; organizer?: string; location?: string; recurrence?: Recurrence };

/** How often an event comes back (RFC 5545 §3.8.5). */
export type Recurrence = {
  /** As it is written. */
  rule: string;
  /** These only when the whole rule consists of them. */
  freq?: 'SECONDLY' | 'MINUTELY' | 'HOURLY' | 'DAILY' | 'WEEKLY' | 'MONTHLY' | 'YEARLY';
  interval?: number;
  count?: number;
  until?: string;
  byDay?: string[];
  byMonthDay?: number[];
  byMonth?: number[];
  /** Dates that are left out (EXDATE). */
  excluded: number;
};

/** What the background parse found. */
export type ParsedMessage = {
  /** The sentence that says what could not be read; the raw message is whole all the same. */
  error?: string;
  /** Things that are odd, in sentences: a multipart without its end, NUL bytes, 8-bit header fields, bare LF. */
  warnings: string[];
  /** In order, decoded, unfolded, duplicates kept. */
  headers: HeaderField[];
  text?: string;
  html?: string;
  /** True when `text` or `html` was cut (see TEXT_LIMIT in inbox/parse). */
  truncated?: true;
  tree?: MimePart;
  attachments: Attachment[];
  links: Link[];
  /** One-time codes, the likeliest first. */
  codes: string[];
  listUnsubscribe?: ListUnsubscribe;
  calendar: CalendarPart[];
};

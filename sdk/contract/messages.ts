/** A message as it was captured and read, and how messages are asked for. */
import type { RecipientState } from '../delivery.ts';

export type Mailbox = { name: string; address: string };

export type Message = {
  id: string;
  /** Give it back as `after` (waits) or `cursor` (lists). */
  cursor: string;
  stream: string;
  via: 'smtp' | 'http';
  receivedAt: string;
  size: number;
  subject: string;
  from: Mailbox[];
  to: Mailbox[];
  cc: Mailbox[];
  replyTo: Mailbox[];
  messageId: string;
  /** Of the Date field, null when missing or unreadable. */
  date: string | null;
  envelope: { from: string; to: string[] };
  tags: string[];
  read: boolean;
  parse: 'pending' | 'done' | 'failed';
  attachments: number | null;
  snippet: string | null;
  /** How many recipients are where; null when nothing of it was ever queued. */
  delivery: Partial<Record<RecipientState, number>> | null;
};

export type TranscriptLine = { at: string; by: 'C' | 'S' | '*'; line: string };

export type Attachment = {
  part: string;
  filename: string;
  type: string;
  disposition: 'attachment' | 'inline';
  contentId: string | null;
  size: number;
  sha256: string;
  /** Path of its bytes. */
  url: string;
};

export type Link = { href: string; text: string; from: 'html' | 'text' };
export type ListUnsubscribe = { urls: string[]; mailto: string[]; oneClick: boolean; problems: string[] };
export type CalendarPart = { part: string; method?: string; summary?: string; start?: string; end?: string; organizer?: string; location?: string; recurrence?: Recurrence };
/** How often an event comes back (RFC 5545 §3.8.5): the parts of its rule only when the whole rule consists of them. */
export type Recurrence = {
  /** As it is written. */
  rule: string;
  freq?: 'SECONDLY' | 'MINUTELY' | 'HOURLY' | 'DAILY' | 'WEEKLY' | 'MONTHLY' | 'YEARLY';
  interval?: number;
  count?: number;
  until?: string;
  /** `TU`, or `2TU` and `-1FR` within a month. */
  byDay?: string[];
  byMonthDay?: number[];
  byMonth?: number[];
  /** Dates that are left out (EXDATE). */
  excluded: number;
};

export type EnvelopeDetail = {
  from: string;
  to: string[];
  recipients: { address: string; notify: string[] | null; orcpt: string | null }[];
  ret: 'FULL' | 'HDRS' | null;
  envid: string | null;
  body: '7BIT' | '8BITMIME' | null;
  smtputf8: boolean;
  requireTls: boolean;
  /** Envelope recipients in neither To nor Cc. */
  bcc: string[];
};

export type SessionDetail = {
  id: string;
  protocol: 'smtp' | 'http';
  client: { address: string; port: number };
  hello: string | null;
  tls: { version: string; cipher: string; servername: string | null } | null;
  login: { method: string; user: string } | null;
  transcript: TranscriptLine[];
  times: { opened: string; mail: string | null; data: string | null; received: string };
};

export type MimePart = {
  path: string;
  type: string;
  charset: string | null;
  encoding: string;
  filename: string | null;
  disposition: string | null;
  contentId: string | null;
  /** Octets of the encoded body. */
  size: number;
  parts: MimePart[];
};

export type MessageDetail = Omit<Message, 'envelope'> & {
  envelope: EnvelopeDetail;
  session: SessionDetail;
  metadata: Record<string, string>;
  headers: { name: string; value: string }[];
  /** Null when there is none of that kind; see `/text` and `/html` for whole bodies. */
  text: string | null;
  html: string | null;
  truncated: boolean;
  structure: MimePart | null;
  files: Attachment[];
  links: Link[];
  codes: string[];
  listUnsubscribe: ListUnsubscribe | null;
  calendar: CalendarPart[];
  warnings: string[];
  parseError: string | null;
};

/** A message attached to a message. */
export type AttachedMessage = {
  part: string;
  headers: { name: string; value: string }[];
  text: string | null;
  html: string | null;
  truncated: boolean;
  files: { filename: string; type: string; size: number }[];
  warnings: string[];
  parseError: string | null;
};

/** An address that a frame can be given: it opens one page without a token, for a few minutes. */
export type FrameAddress = {
  /** A path on this server; `&remote=1` may be added. */
  url: string;
  expiresAt: string;
};

export type MessagePage = {
  messages: Message[];
  /** Null on the last page. */
  next: string | null;
  /** Messages of the scope that are not yet searchable by their body; 0 nearly always. */
  unindexed: number;
};

/** Query of GET /v1/messages, /v1/wait and DELETE /v1/messages. `to`, `from` match exactly unless they hold `*`. */
export type MessageQuery = {
  stream?: string;
  /** An address that the envelope was for. */
  inbox?: string;
  to?: string;
  from?: string;
  subject?: string;
  tag?: string;
  since?: string;
  before?: string;
  unread?: boolean;
  q?: string;
};

/** GET /v1/messages/waiting: what a deletion of the same would cancel. */
export type Waiting = {
  /** That would be deleted while recipients of theirs wait. */
  messages: number;
  /** Of these messages: not delivered, and not given up. */
  recipients: number;
  /** Of these recipients: in the midst of an attempt, which may still succeed. */
  active: number;
  /** Recipients who wait of messages that another inbox keeps: their delivery goes on. */
  kept: number;
};

/** What DELETE and PATCH /v1/messages and GET /v1/messages/waiting apply to: needs `stream` or `inbox`. `id` are ids separated by commas, and goes with no other filter. */
export type ScopeQuery = MessageQuery & { id?: string };

/** Schemas of messages as they are listed and read. Checked against the contract at the end. */
import { z } from '@hono/zod-openapi';
import type * as wire from '../../../sdk/contract.ts';
import { agree } from './agree.ts';
import { Tally } from './answer.ts';
import { tagInput } from './tag.ts';

export const IdParam = z.object({ id: z.string().openapi({ description: 'An id, or `latest` with filters.' }) });
export const PartParam = IdParam.extend({ part: z.string() });

export const Mailbox = z.object({ name: z.string(), address: z.string() }).openapi('Mailbox');

const time = z.string().openapi({ format: 'date-time' });

const summary = {
  id: z.string(),
  cursor: z.string().openapi({ description: 'Give it back as `after` (waits) or `cursor` (lists).' }),
  stream: z.string(),
  via: z.enum(['smtp', 'http']),
  receivedAt: time,
  size: z.number().openapi({ description: 'Octets of the raw message.' }),
  subject: z.string(),
  from: z.array(Mailbox),
  to: z.array(Mailbox),
  cc: z.array(Mailbox),
  replyTo: z.array(Mailbox),
  messageId: z.string(),
  date: time.nullable().openapi({ description: 'Of the Date field; null when missing or unreadable.' }),
  tags: z.array(z.string()),
  read: z.boolean(),
  parse: z.enum(['pending', 'done', 'failed']),
  attachments: z.number().nullable(),
  snippet: z.string().nullable(),
  delivery: Tally.nullable().openapi({ description: 'How many recipients are where; null when nothing of it was ever queued.' }),
};

export const Message = z.object({
  ...summary,
  envelope: z.object({ from: z.string(), to: z.array(z.string()) }),
}).openapi('Message');

export const Attachment = z.object({
  part: z.string(),
  filename: z.string(),
  type: z.string(),
  disposition: z.enum(['attachment', 'inline']),
  contentId: z.string().nullable(),
  size: z.number(),
  sha256: z.string(),
  url: z.string().openapi({ description: 'Path of its bytes.' }),
}).openapi('Attachment');

export const MimePart: z.ZodType<wire.MimePart> = z.object({
  path: z.string(),
  type: z.string(),
  charset: z.string().nullable(),
  encoding: z.string(),
  filename: z.string().nullable(),
  disposition: z.string().nullable(),
  contentId: z.string().nullable(),
  size: z.number().openapi({ description: 'Octets of the encoded body.' }),
  get parts() { return z.array(MimePart); },
}).openapi('MimePart');

const EnvelopeDetail = z.object({
  from: z.string(),
  to: z.array(z.string()),
  recipients: z.array(z.object({ address: z.string(), notify: z.array(z.string()).nullable(), orcpt: z.string().nullable() })),
  ret: z.enum(['FULL', 'HDRS']).nullable(),
  envid: z.string().nullable(),
  body: z.enum(['7BIT', '8BITMIME']).nullable(),
  smtputf8: z.boolean(),
  requireTls: z.boolean(),
  bcc: z.array(z.string()).openapi({ description: 'Envelope recipients in neither To nor Cc.' }),
}).openapi('EnvelopeDetail');

const SessionDetail = z.object({
  id: z.string(),
  protocol: z.enum(['smtp', 'http']),
  client: z.object({ address: z.string(), port: z.number() }),
  hello: z.string().nullable(),
  tls: z.object({ version: z.string(), cipher: z.string(), servername: z.string().nullable() }).nullable(),
  login: z.object({ method: z.string(), user: z.string() }).nullable(),
  transcript: z.array(z.object({ at: time, by: z.enum(['C', 'S', '*']), line: z.string() })),
  times: z.object({ opened: time, mail: time.nullable(), data: time.nullable(), received: time }),
}).openapi('SessionDetail');

const Recurrence = z.object({
  rule: z.string().openapi({ description: 'As it is written (RFC 5545 §3.8.5).' }),
  freq: z.enum(['SECONDLY', 'MINUTELY', 'HOURLY', 'DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY']).optional().openapi({ description: 'This and what follows only when the whole rule consists of it.' }),
  interval: z.number().optional(), count: z.number().optional(), until: z.string().optional(),
  byDay: z.array(z.string()).optional().openapi({ description: '`TU`, or `2TU` and `-1FR` within a month.' }),
  byMonthDay: z.array(z.number()).optional(), byMonth: z.array(z.number()).optional(),
  excluded: z.number().openapi({ description: 'Dates that are left out (EXDATE).' }),
}).openapi('Recurrence');

export const MessageDetail = z.object({
  ...summary,
  envelope: EnvelopeDetail,
  session: SessionDetail,
  metadata: z.record(z.string(), z.string()),
  headers: z.array(z.object({ name: z.string(), value: z.string() })),
  text: z.string().nullable(),
  html: z.string().nullable(),
  truncated: z.boolean(),
  structure: MimePart.nullable(),
  files: z.array(Attachment),
  links: z.array(z.object({ href: z.string(), text: z.string(), from: z.enum(['html', 'text']) })),
  codes: z.array(z.string()),
  listUnsubscribe: z.object({ urls: z.array(z.string()), mailto: z.array(z.string()), oneClick: z.boolean(), problems: z.array(z.string()) }).nullable(),
  calendar: z.array(z.object({
    part: z.string(), method: z.string().optional(), summary: z.string().optional(), start: z.string().optional(),
    end: z.string().optional(), organizer: z.string().optional(), location: z.string().optional(), recurrence: Recurrence.optional(),
  })),
  warnings: z.array(z.string()).openapi({ description: 'What is odd about the message, in sentences: fields that are missing or come twice, parts without an end, texts whose charset is not known or whose base64 or quoted-printable is broken.' }),
  parseError: z.string().nullable(),
}).openapi('MessageDetail');

export const AttachedMessage = z.object({
  part: z.string(),
  headers: z.array(z.object({ name: z.string(), value: z.string() })),
  text: z.string().nullable(),
  html: z.string().nullable(),
  truncated: z.boolean(),
  files: z.array(z.object({ filename: z.string(), type: z.string(), size: z.number() })),
  warnings: z.array(z.string()),
  parseError: z.string().nullable(),
}).openapi('AttachedMessage');

export const FrameAddress = z.object({
  url: z.string().openapi({ description: 'A path on this server; `&remote=1` may be added.' }),
  expiresAt: time,
}).openapi('FrameAddress');

export const MessagePage = z.object({
  messages: z.array(Message),
  next: z.string().nullable(),
  unindexed: z.number().openapi({ description: 'Messages of the scope that are not yet searchable by their body; 0 nearly always.' }),
}).openapi('MessagePage');

export const MessageChange = z.strictObject({
  read: z.boolean().optional(),
  tags: z.array(tagInput).max(50).optional(),
  addTags: z.array(tagInput).max(50).optional(),
  removeTags: z.array(z.string().min(1).max(100)).max(50).optional(),
}).openapi('MessageChange');

export const Waiting = z.object({
  messages: z.number().openapi({ description: 'That would be deleted while recipients of theirs wait.' }),
  recipients: z.number().openapi({ description: 'Of these messages: not delivered, and not given up.' }),
  active: z.number().openapi({ description: 'Of these recipients: in the midst of an attempt, which may still succeed.' }),
  kept: z.number().openapi({ description: 'Recipients who wait of messages that another inbox keeps: their delivery goes on.' }),
}).openapi('Waiting');

agree<typeof Message, wire.Message>();
agree<typeof Attachment, wire.Attachment>();
agree<typeof MessageDetail, wire.MessageDetail>();
agree<typeof MessagePage, wire.MessagePage>();
agree<typeof AttachedMessage, wire.AttachedMessage>();
agree<typeof FrameAddress, wire.FrameAddress>();
agree<typeof Waiting, wire.Waiting>();

/** Schemas of streams, credentials, inboxes, tags, events and waits. Checked against the contract. */
import { z } from '@hono/zod-openapi';
import type * as wire from '../../../sdk/contract.ts';
import { STREAM_MODES, STREAM_NAME, USER_NAME } from '../../mail/stream.ts';
import { parseDuration } from '../../units.ts';
import { agree } from './agree.ts';
import { virtual } from './answer.ts';
import { DeliveryPolicy, DeliveryPolicyInput } from './delivery.ts';
import { durationInput, lifetimeInput } from './duration.ts';
import { Message, MessageDetail } from './message.ts';
import { Problem } from './submit.ts';
import { tagInput } from './tag.ts';

/** A limit of 0 would take mail and delete it at the next round, which looks like loss. */
const LEAST = 'must be at least 1; null keeps all';
const amount = z.number().int().min(1, LEAST).max(Number.MAX_SAFE_INTEGER);
export const StreamName = z.object({ stream: z.string() });
const RetentionInput = z.strictObject({
  messages: amount.nullable().optional(),
  age: durationInput.refine((value) => parseDuration(String(value)) !== 0, LEAST).nullable().optional(),
  bytes: amount.nullable().optional(),
});
const mode = z.enum(STREAM_MODES).openapi({ description: '`capture` stops at the inbox; `simulate` goes on to the pretend remote; `deliver` to the recipient\'s own mail server, as far as the gate lets it go.' });
const tags = z.array(tagInput).max(50);

export const Stream = z.object({
  name: z.string(),
  mode,
  retention: z.object({ messages: z.number().nullable(), age: z.number().nullable(), bytes: z.number().nullable() }),
  tags: z.array(z.string()),
  createdAt: z.string(),
  messages: z.number(),
  unread: z.number(),
  bytes: z.number(),
  credentials: z.array(z.object({ id: z.string(), user: z.string(), createdAt: z.string(), expiresAt: z.string().nullable() })),
  delivery: DeliveryPolicy,
  clockOffset: z.number().openapi({ description: 'Milliseconds that its clock is ahead of the wall.' }),
  paused: z.object({ reason: z.string(), until: virtual.nullable() }).nullable(),
}).openapi('Stream');
export const StreamList = z.object({ streams: z.array(Stream) });

export const StreamInput = z.strictObject({
  name: z.string().regex(STREAM_NAME, 'must be lower case letters, digits, and . _ - between them, at most 64').openapi({ description: 'Lower case letters, digits, and `.`, `_`, `-` between them; at most 64.' }),
  mode: mode.optional(),
  retention: RetentionInput.optional(),
  tags: tags.optional(),
  delivery: DeliveryPolicyInput.optional(),
}).openapi('StreamInput');
export const StreamPatch = z.strictObject({ mode: mode.optional(), retention: RetentionInput.optional(), tags: tags.optional(), delivery: DeliveryPolicyInput.optional() }).openapi('StreamPatch');

export const CredentialInput = z.strictObject({
  user: z.string().regex(USER_NAME, 'must have no spaces or control characters, and 1 to 128 characters').optional()
    // Said here, too: its flag would be written as a part of it.
    .openapi({ pattern: USER_NAME.source, description: 'No spaces or control characters; at most 128.' }),
  password: z.string().min(1).max(200).optional(),
  lifetime: lifetimeInput.optional(),
}).openapi('CredentialInput');
export const NewCredential = z.object({
  id: z.string(), user: z.string(), password: z.string().openapi({ description: 'In this answer and never again.' }),
  stream: z.string(), createdAt: z.string(), expiresAt: z.string().nullable(),
}).openapi('NewCredential');

export const SmtpSettings = z.object({
  host: z.string(),
  port: z.number(),
  user: z.string().nullable().openapi({ description: 'Null when the login makes no difference.' }),
  password: z.string().nullable(),
  url: z.string(),
  starttls: z.boolean().openapi({ description: 'Whether EHLO names it.' }),
  tls: z.enum(['off', 'quiet', 'named', 'required']).openapi({ description: 'Of the plain port: STARTTLS is not there; is done for who asks, and not named in EHLO; is named; or mail is refused before it.' }),
  tlsPort: z.number().nullable().openapi({ description: 'Where TLS comes first; null where no port has it.' }),
}).openapi('SmtpSettings');

export const Inbox = z.object({
  address: z.string(), stream: z.string(), createdAt: z.string(), expiresAt: z.string().nullable(), smtp: SmtpSettings, cursor: z.string(),
}).openapi('Inbox');
export const InboxInput = z.strictObject({
  stream: z.string().optional(),
  prefix: z.string().max(32).optional(),
  address: z.string().optional(),
  lifetime: lifetimeInput.optional(),
}).openapi('InboxInput');
export const InboxList = z.object({
  inboxes: z.array(z.object({ address: z.string().openapi({ description: 'As `inbox`, `to` and `from` take it: one that has no domain is in angle brackets, `<root>`.' }), messages: z.number(), unread: z.number(), lastAt: z.string() })),
}).openapi('InboxList');
export const TagList = z.object({ tags: z.array(z.object({ tag: z.string(), messages: z.number() })) });

export const WaitResult = z.object({ messages: z.array(MessageDetail), cursor: z.string() }).openapi('WaitResult');
export const WaitTimeoutProblem = Problem.extend({
  found: z.number(), wanted: z.number(), waited: z.number().openapi({ description: 'Milliseconds.' }),
  arrived: z.array(z.object({
    id: z.string(), subject: z.string(), from: z.string(), to: z.array(z.string()), receivedAt: z.string(),
    differs: z.array(z.object({ field: z.string(), wanted: z.string(), got: z.string() })),
  })),
  arrivedInAll: z.number(), cursor: z.string(),
}).openapi('WaitTimeoutProblem');
export const UnexpectedMailProblem = Problem.extend({ messages: z.array(Message), cursor: z.string() }).openapi('UnexpectedMailProblem');

export const Info = z.object({
  name: z.literal('postern'), version: z.string(), http: z.string(), smtp: SmtpSettings, loginRequired: z.boolean(),
  limits: z.object({ messageSize: z.number(), recipients: z.number() }), inboxDomain: z.string(),
}).openapi('Info');

agree<typeof Stream, wire.Stream>();
agree<typeof StreamInput, wire.StreamInput>();
agree<typeof StreamPatch, wire.StreamPatch>();
agree<typeof NewCredential, wire.NewCredential>();
agree<typeof SmtpSettings, wire.SmtpSettings>();
agree<typeof Inbox, wire.Inbox>();
agree<typeof InboxInput, wire.InboxInput>();
agree<typeof WaitResult, wire.WaitResult>();
agree<typeof WaitTimeoutProblem, wire.WaitTimeoutProblem>();
agree<typeof UnexpectedMailProblem, wire.UnexpectedMailProblem>();
agree<typeof Info, wire.Info>();

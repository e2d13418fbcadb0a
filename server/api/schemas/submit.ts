/**
 * Schemas of what POST /v1/streams/{stream}/messages takes and answers. Only
 * the shape is checked here; what a mail may hold is judged by
 * admission/submit-draft.ts, for every way in.
 */
import { z } from '@hono/zod-openapi';
import type * as wire from '../../../sdk/contract.ts';
import { PRIORITIES } from '../../mail/recipient.ts';
import { agree } from './agree.ts';
import { durationInput } from './duration.ts';
import { tagInput } from './tag.ts';

const AddressInput = z.union([z.string(), z.strictObject({ name: z.string().optional(), address: z.string() })]).openapi('AddressInput');
const addresses = z.union([AddressInput, z.array(AddressInput)]);

const AttachmentInput = z.strictObject({
  filename: z.string().optional(),
  content: z.string().openapi({ description: 'Base64.' }),
  type: z.string().optional(),
  cid: z.string().optional().openapi({ description: 'With it the part is inline and `cid:` links find it.' }),
  disposition: z.enum(['attachment', 'inline']).optional(),
}).openapi('AttachmentInput');

/** What may be asked for beside the stream's policy. */
const wishes = {
  sendAt: z.string().optional().openapi({ format: 'date-time', description: 'When it is first tried, on the stream\'s clock, with its zone (`2026-05-01T09:00:00Z`). Where mail is queued.' }),
  expiresAfter: durationInput.optional().openapi({ description: 'How long it is tried, instead of what the stream says. Where mail is queued.' }),
  priority: z.enum(PRIORITIES).optional().openapi({ description: 'Before or behind the other mail of the stream. Where mail is queued.' }),
  mode: z.literal('capture').optional().openapi({ description: '`capture`: it stays in the inbox, whatever the mode of the stream.' }),
};

export const MessageInput = z.strictObject({
  from: AddressInput,
  to: addresses.optional(),
  cc: addresses.optional(),
  bcc: addresses.optional(),
  replyTo: addresses.optional(),
  subject: z.string().optional(),
  text: z.string().optional(),
  html: z.string().optional(),
  attachments: z.array(AttachmentInput).max(1_000).optional(),
  headers: z.record(z.string(), z.union([z.string(), z.array(z.string())])).optional(),
  tags: z.array(tagInput).max(50).optional(),
  metadata: z.record(z.string().max(200), z.string().max(2_000)).optional(),
  envelope: z.strictObject({ from: z.string().optional(), to: z.array(z.string()).optional() }).optional()
    .openapi({ description: 'Instead of what From, To, Cc and Bcc say.' }),
  ...wishes,
}).openapi('MessageInput');

/** Beside a message that comes as it is. */
export const Rfc822Query = z.strictObject({
  from: z.union([z.string(), z.array(z.string()).max(1)]).optional(),
  to: z.union([z.string(), z.array(z.string())]).optional(),
  ...wishes,
});

export const SubmitResult = z.object({ id: z.string(), messageId: z.string(), recipients: z.array(z.string()) }).openapi('SubmitResult');

export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number(),
  detail: z.string().optional(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
}).openapi('Problem');

export const BatchResult = z.object({
  results: z.array(z.union([
    z.object({ status: z.literal(202), id: z.string(), messageId: z.string(), recipients: z.array(z.string()) }),
    z.object({ status: z.number(), problem: Problem }),
  ])),
}).openapi('BatchResult');

agree<typeof MessageInput, wire.MessageInput>();
agree<typeof SubmitResult, wire.SubmitResult>();
agree<typeof Problem, wire.Problem>();
agree<typeof BatchResult, wire.BatchResult>();

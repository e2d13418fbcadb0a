/** Schemas of what a remote said and what it was taken for: answers, verdicts, attempts. */
import { z } from '@hono/zod-openapi';
import type * as wire from '../../../sdk/contract.ts';
import { RECIPIENT_STATES } from '../../mail/recipient.ts';
import { STAGES } from '../../mail/reply.ts';
import { agree } from './agree.ts';

export const time = z.string().openapi({ format: 'date-time' });
export const virtual = z.string().openapi({ format: 'date-time', description: 'Of the stream\'s (or the recipient\'s own) clock.' });
export const stage = z.enum(STAGES);
export const state = z.enum(RECIPIENT_STATES);

const counts = Object.fromEntries(RECIPIENT_STATES.map((name) => [name, z.number().optional()])) as Record<wire.RecipientState, z.ZodOptional<z.ZodNumber>>;
export const Tally = z.object(counts).openapi('Tally');

export const Answer = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('reply'), stage: stage.nullable(), code: z.number().nullable(), enhanced: z.string().nullable(), text: z.string(), host: z.string().nullable() }),
  z.object({ kind: z.literal('fault'), stage, fault: z.string(), detail: z.string(), host: z.string().nullable() }),
]).openapi('Answer');

const verdict = {
  class: z.string().openapi({ description: 'See docs/classifier.md.' }),
  scope: z.string(),
  permanence: z.string(),
  action: z.string(),
  rule: z.string(),
  facets: z.object({
    provider: z.string().optional(),
    providerCode: z.string().optional(),
    phase: stage.optional(),
    blocklist: z.string().optional(),
    delistUrl: z.string().optional(),
    retryAfter: z.number().optional().openapi({ description: 'Seconds.' }),
    confidence: z.string(),
  }),
};
export const Verdict = z.object(verdict).openapi('Verdict');
export const Classified = z.object({ ...verdict, consequence: z.string().openapi({ description: 'What Postern would do.' }) }).openapi('Classified');

export const Attempt = z.object({
  number: z.number(),
  at: virtual,
  wall: time,
  after: z.number().openapi({ description: 'Milliseconds from the recipient\'s acceptance, of its own clock.' }),
  took: z.number(),
  site: z.string(),
  host: z.string(),
  stage,
  answer: Answer,
  verdict: Verdict,
  outcome: z.enum(['delivered', 'deferred', 'bounced', 'expired']),
  nextDue: virtual.nullable(),
  tls: z.object({
    version: z.string(), cipher: z.string(),
    certificate: z.object({ subject: z.string(), issuer: z.string(), validTo: z.string(), fingerprint256: z.string() }).nullable(),
    unverified: z.string().nullable().openapi({ description: 'Why the certificate would not be trusted; null when it would, or nobody looked.' }),
    policy: z.string().nullable().openapi({ description: 'What it had to fulfil: `required`, `mta-sts`, `dane`, `relay`, `requiretls`; with `(testing)` where only tested. Null when nothing was asked of it.' }),
  }).nullable(),
  connection: z.string(),
  possibleDuplicate: z.boolean().openapi({ description: 'An attempt before was cut off behind the message, by a crash or by a remote that was gone before it answered: it may have delivered it.' }),
  transcript: z.array(z.object({ at: time, by: z.enum(['C', 'S', '*']), line: z.string() })),
}).openapi('Attempt');

agree<typeof Tally, Partial<Record<wire.RecipientState, number>>>();
agree<typeof Answer, wire.Answer>();
agree<typeof Verdict, wire.Verdict>();
agree<typeof Classified, wire.Classified>();
agree<typeof Attempt, wire.Attempt>();

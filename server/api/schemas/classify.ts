/** Schemas of POST /v1/classify. Names of classes and actions come from the classifier's own tables. */
import { z } from '@hono/zod-openapi';
import { ACTIONS, CLASSES } from '../../classify/classes.ts';
import type { Action, ReplyClass } from '../../classify/verdict.ts';
import { STAGES } from '../../mail/reply.ts';

const stage = z.enum(STAGES);

export const ClassifyInput = z.strictObject({
  text: z.string().max(65_536).openapi({ description: 'The reply as it was pasted; several lines and codes in it are fine. 2 KB of it are read.' }),
  code: z.int().min(200).max(599).optional().openapi({ description: 'The reply code, where the text does not begin with it.' }),
  enhanced: z.string().regex(/^[245]\.\d{1,3}\.\d{1,3}$/, 'must be an enhanced code like 4.2.2').optional(),
  stage: stage.optional().openapi({ description: 'When it was said.' }),
  host: z.string().max(255).optional().openapi({ description: 'The MX host that said it.' }),
}).openapi('ClassifyInput');

export const Explained = z.object({
  class: z.enum(Object.keys(CLASSES) as [ReplyClass, ...ReplyClass[]]),
  scope: z.enum(['recipient', 'domain', 'message', 'sender', 'source', 'site', 'none']),
  permanence: z.enum(['hard', 'soft', 'policy', 'none']),
  action: z.enum(Object.keys(ACTIONS) as [Action, ...Action[]]),
  rule: z.string(),
  facets: z.object({
    provider: z.string().optional(),
    providerCode: z.string().optional(),
    phase: stage.optional(),
    blocklist: z.string().optional(),
    delistUrl: z.string().optional(),
    retryAfter: z.number().optional().openapi({ description: 'Seconds.' }),
    confidence: z.enum(['structured', 'provider', 'phrase', 'enhanced', 'weak-phrase', 'code', 'none']),
  }),
  says: z.string().openapi({ description: 'The class in a sentence.' }),
  does: z.string().openapi({ description: 'What Postern would do.' }),
}).openapi('Explained');

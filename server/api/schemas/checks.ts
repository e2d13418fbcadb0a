/** Schemas of what the checks of a message say. Checked against the contract at the end. */
import { z } from '@hono/zod-openapi';
import type * as wire from '../../../sdk/contract.ts';
import { agree } from './agree.ts';

export const Check = z.object({
  id: z.string().openapi({ description: 'Stable; docs/checks.md lists them.' }),
  title: z.string(),
  verdict: z.enum(['pass', 'warn', 'fail', 'info']),
  summary: z.string(),
  details: z.array(z.object({
    text: z.string(),
    line: z.number().optional().openapi({ description: 'From 1, in the HTML as /html?raw=1 answers it or in the raw message.' }),
    in: z.enum(['html', 'source']).optional(),
    clients: z.array(z.string()).optional(),
    href: z.string().optional(),
  })),
}).openapi('Check');

const counts = { supported: z.number(), partial: z.number(), unsupported: z.number(), unknown: z.number() };

export const Compat = z.object({
  source: z.string(),
  asOf: z.string(),
  clients: z.array(z.object({ id: z.string(), family: z.string(), platform: z.string(), ...counts })),
  features: z.array(z.object({
    id: z.string(),
    title: z.string(),
    category: z.enum(['html', 'css', 'image']),
    href: z.string(),
    uses: z.number(),
    lines: z.array(z.number()),
    ...counts,
    clients: z.array(z.object({ client: z.string(), support: z.enum(['partial', 'unsupported']), notes: z.array(z.number()) })),
    notes: z.array(z.string()),
  })),
}).openapi('Compat');

export const MessageChecks = z.object({ message: z.string(), checks: z.array(Check), compat: Compat.nullable().openapi({ description: 'Null when there is no HTML.' }) }).openapi('MessageChecks');

agree<typeof Check, wire.Check>();
agree<typeof Compat, wire.Compat>();
agree<typeof MessageChecks, wire.MessageChecks>();

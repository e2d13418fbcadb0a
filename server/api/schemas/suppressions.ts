/** Schemas of suppressions. */
import { z } from '@hono/zod-openapi';
import type * as wire from '../../../sdk/contract.ts';
import { QUEUE_MODES } from '../../mail/recipient.ts';
import { SUPPRESSION_REASONS } from '../../mail/suppression.ts';
import { agree } from './agree.ts';
import { time } from './answer.ts';
import { lifetimeInput } from './duration.ts';
import { whole } from './query.ts';

const reason = z.enum(SUPPRESSION_REASONS);
const mode = z.enum(QUEUE_MODES);

export const Suppression = z.object({
  address: z.string().openapi({ description: 'In lower case; `@domain` stands for all of a domain.' }),
  stream: z.string().nullable().openapi({ description: 'Null suppresses it for every stream. It may be gone: what holds for real mail stays under its name, and holds when it is made anew.' }),
  mode: mode.nullable().openapi({ description: 'The mail that it was learnt from and holds for: what the pretend remote said keeps no real mail back, and the other way round. Null is both.' }),
  reason, detail: z.string(), message: z.string().nullable(), createdAt: time, expiresAt: time.nullable(),
}).openapi('Suppression');
export const SuppressionPage = z.object({ suppressions: z.array(Suppression), next: z.string().nullable() }).openapi('SuppressionPage');

export const SuppressionInput = z.strictObject({
  address: z.string().min(1).max(320),
  stream: z.string().nullable().optional().openapi({ description: 'Without it, for every stream.' }),
  mode: mode.nullable().optional().openapi({ description: 'Only for mail that is simulated, or that is delivered. Without it, for both.' }),
  reason: reason.optional().openapi({ description: 'Default `manual`.' }),
  detail: z.string().max(1_000).optional(),
  lifetime: lifetimeInput.optional(),
}).openapi('SuppressionInput');

export const SuppressionImport = z.object({
  read: z.number().openapi({ description: 'Lines that named an address.' }),
  added: z.number().openapi({ description: 'Those that were new; the others replaced what was there.' }),
}).openapi('SuppressionImport');

const text = z.string().max(320);
export const SuppressionFilters = z.strictObject({
  stream: text.optional().openapi({ description: 'Of this stream. `*` are those for every stream.' }),
  mode: z.enum([...QUEUE_MODES, '*']).optional().openapi({ description: 'That hold for this mail alone. `*` are those for both.' }),
  q: text.optional().openapi({ description: 'Part of the address.' }),
  reason: reason.optional(),
});
export const SuppressionPaging = z.strictObject({
  ...SuppressionFilters.shape, cursor: z.string().max(1_000).optional(),
  limit: whole(1, 500).optional(),
});
export const SuppressionName = z.strictObject({ address: text.min(1), stream: text.optional().openapi({ description: 'Without it, the one for every stream.' }), mode: z.enum([...QUEUE_MODES, '*']).optional().openapi({ description: 'Only the one for this mail; `*` is the one for both. Without it, all of them.' }) });
export const SuppressionClear = z.strictObject({ stream: z.string(), mode: mode.openapi({ description: 'For this mail nothing shall stand any more; what stands for both goes as well.' }) }).openapi('SuppressionClear');
export const SuppressionCleared = z.object({ removed: z.number() }).openapi('SuppressionCleared');
export const SuppressionExport = z.strictObject({ ...SuppressionFilters.shape, format: z.enum(['csv', 'jsonl']).optional().openapi({ description: 'Default `csv`.' }) });

agree<typeof Suppression, wire.Suppression>();
agree<typeof SuppressionPage, wire.SuppressionPage>();
agree<typeof SuppressionInput, wire.SuppressionInput>();
agree<typeof SuppressionImport, wire.SuppressionImport>();
agree<typeof SuppressionClear, wire.SuppressionClear>();
agree<typeof SuppressionCleared, wire.SuppressionCleared>();

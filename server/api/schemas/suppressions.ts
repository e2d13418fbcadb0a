/** Schemas of suppressions. */
import { z } from '@hono/zod-openapi';
import type * as wire from '../../../sdk/contract.ts';
import { SUPPRESSION_REASONS } from '../../mail/suppression.ts';
import { parseDuration } from '../../units.ts';
import { agree } from './agree.ts';
import { time } from './answer.ts';
import { durationInput } from './duration.ts';

const reason = z.enum(SUPPRESSION_REASONS);

export const Suppression = z.object({
  address: z.string().openapi({ description: 'In lower case; `@domain` stands for all of a domain.' }),
  stream: z.string().nullable().openapi({ description: 'Null suppresses it for every stream.' }),
  reason, detail: z.string(), message: z.string().nullable(), createdAt: time, expiresAt: time.nullable(),
}).openapi('Suppression');
export const SuppressionPage = z.object({ suppressions: z.array(Suppression), next: z.string().nullable() }).openapi('SuppressionPage');

export const SuppressionInput = z.strictObject({
  address: z.string().min(1).max(320),
  stream: z.string().nullable().optional().openapi({ description: 'Without it, for every stream.' }),
  reason: reason.optional().openapi({ description: 'Default `manual`.' }),
  detail: z.string().max(1_000).optional(),
  lifetime: durationInput.refine((value) => parseDuration(String(value)) !== 0, 'must be longer than nothing; leave it out for ever').optional().openapi({ description: 'Without it, for ever.' }),
}).openapi('SuppressionInput');

export const SuppressionImport = z.object({
  read: z.number().openapi({ description: 'Lines that named an address.' }),
  added: z.number().openapi({ description: 'Those that were new; the others replaced what was there.' }),
}).openapi('SuppressionImport');

const text = z.string().max(320);
export const SuppressionFilters = z.strictObject({
  stream: text.optional().openapi({ description: 'Of this stream. `*` are those for every stream.' }),
  q: text.optional().openapi({ description: 'Part of the address.' }),
  reason: reason.optional(),
});
export const SuppressionPaging = z.strictObject({
  ...SuppressionFilters.shape, cursor: z.string().max(1_000).optional(),
  limit: z.string().regex(/^\d{1,3}$/, 'a whole number from 1 to 500').transform(Number).refine((value) => value >= 1 && value <= 500, 'a whole number from 1 to 500').optional().openapi({ type: 'integer', minimum: 1, maximum: 500 }),
});
export const SuppressionName = z.strictObject({ address: text.min(1), stream: text.optional().openapi({ description: 'Without it, the one for every stream.' }) });
export const SuppressionExport = z.strictObject({ ...SuppressionFilters.shape, format: z.enum(['csv', 'jsonl']).optional().openapi({ description: 'Default `csv`.' }) });

agree<typeof Suppression, wire.Suppression>();
agree<typeof SuppressionPage, wire.SuppressionPage>();
agree<typeof SuppressionInput, wire.SuppressionInput>();
agree<typeof SuppressionImport, wire.SuppressionImport>();

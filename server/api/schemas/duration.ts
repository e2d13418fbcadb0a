/** A duration in a body: milliseconds, or a text. One message for all that is none, negative numbers included. */
import { z } from '@hono/zod-openapi';
import { parseDuration } from '../../units.ts';

export const durationInput = z.union([z.string(), z.number()], { error: 'milliseconds or a text like 10s, 5m, 72h, 7d' })
  .refine((value) => parseDuration(String(value)) !== undefined, 'milliseconds or a text like 10s, 5m, 72h, 7d; not negative')
  .openapi({ description: 'Milliseconds, or a text like `10s`, `5m`, `72h`, `7d`.' });

/** A duration in a body: milliseconds, or a text. One message for all that is none, negative numbers included. */
import { z } from '@hono/zod-openapi';
import { parseDuration } from '../../units.ts';

/** 100 years: what ends later than that would in the end have no date that can be written. */
const LONGEST = 36_500 * 86_400_000;
const LIKE = 'must be milliseconds or a text like 10s, 5m, 72h, 7d';

export const durationInput = z.union([z.string(), z.number()], { error: LIKE })
  .superRefine((value, c) => {
    const ms = parseDuration(String(value));
    if (ms === undefined) c.addIssue({ code: 'custom', message: `${LIKE}; not negative` });
    else if (ms > LONGEST) c.addIssue({ code: 'custom', message: 'is too long: at most 36500d, a hundred years' });
  })
  .openapi({ description: 'Milliseconds, or a text like `10s`, `5m`, `72h`, `7d`; at most `36500d`.' });

/** Of a credential, an address, a suppression. */
export const lifetimeInput = durationInput
  .refine((value) => parseDuration(String(value)) !== 0, 'must be longer than nothing; leave it out for ever')
  .openapi({ description: 'Milliseconds, or a text like `10s`, `5m`, `72h`, `7d`; at most `36500d`. Without it, for ever.' });

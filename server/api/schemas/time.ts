/** Schemas of a stream's clock. */
import { z } from '@hono/zod-openapi';
import type * as wire from '../../../sdk/contract.ts';
import { oneAddress } from './address.ts';
import { agree } from './agree.ts';
import { time, virtual } from './answer.ts';
import { durationInput } from './duration.ts';

export const StreamClock = z.object({
  now: virtual, wall: time,
  offset: z.number().openapi({ description: 'Milliseconds that it is ahead of the wall.' }),
  next: virtual.nullable().openapi({ description: 'When something happens next by itself.' }),
  movable: z.boolean(),
}).openapi('StreamClock');

export const AdvanceInput = z.strictObject({
  by: durationInput.optional(),
  until: z.string().optional().openapi({ format: 'date-time', description: 'Of the clock that is moved.' }),
  to: z.literal('idle').optional().openapi({ description: 'Until nothing waits any more.' }),
  message: z.string().min(1).max(100).optional(),
  recipient: oneAddress('An address: of `message`, or of all mail of the stream that is for it.', 1, 320),
}).openapi('AdvanceInput');

export const AdvanceSummary = z.object({
  from: virtual, to: virtual,
  steps: z.number(), attempts: z.number(), delivered: z.number(), deferred: z.number(), bounced: z.number(), expired: z.number(), suppressed: z.number(),
  later: z.number().openapi({ description: 'Bounces, complaints and replies that the pretend remote sent afterwards.' }),
  waiting: z.number().openapi({ description: 'Recipients that still wait.' }),
  next: virtual.nullable(),
}).openapi('AdvanceSummary');

agree<typeof StreamClock, wire.StreamClock>();
agree<typeof AdvanceInput, wire.AdvanceInput>();
agree<typeof AdvanceSummary, wire.AdvanceSummary>();

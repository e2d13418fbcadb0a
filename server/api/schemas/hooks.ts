/** Schemas of webhooks and their calls. */
import { z } from '@hono/zod-openapi';
import type * as wire from '../../../sdk/contract.ts';
import { agree } from './agree.ts';
import { EVENT_TYPES } from '../wire-event.ts';
import { time } from './answer.ts';
import { whole } from './query.ts';

const share = z.number().min(0).max(1);
const MisbehaveInput = z.strictObject({ duplicate: share.optional(), reorder: share.optional(), lose: share.optional(), seed: z.number().int().min(0).optional() })
  .openapi({ description: 'To test a receiver with: shares (0 to 1) of calls that come twice, late, or never.' });

// Which they are is judged by the route, for its better words.
const EventType = z.string().max(100).openapi('EventType', { enum: EVENT_TYPES });
const input = {
  types: z.array(EventType).max(100).optional().openapi({ description: 'Kinds of event; without any, all of the stream but `message.parsed` and `message.updated`. What is of no stream, as `delivery.stopped` is, calls no hook.' }),
  headers: z.record(z.string().max(200), z.string().max(2_000)).optional(),
  secret: z.string().max(200).optional().openapi({ description: '`whsec_` and base64, as in the Standard Webhooks specification; made when absent.' }),
  misbehave: MisbehaveInput.nullable().optional(),
};
const url = z.string().max(2_000).openapi({ format: 'uri' });
export const HookInput = z.strictObject({ url, ...input }).openapi('HookInput');
export const HookPatch = z.strictObject({ url: url.optional(), ...input, enabled: z.boolean().optional() }).openapi('HookPatch');

export const Hook = z.object({
  id: z.string(), stream: z.string(), url: z.string(),
  secret: z.string().nullable().openapi({ description: 'Where one hook is answered; null in lists.' }),
  types: z.array(z.string()), headers: z.record(z.string(), z.string()), createdAt: time,
  disabled: z.object({ reason: z.string(), at: time }).nullable(),
  misbehave: z.object({ duplicate: z.number(), reorder: z.number(), lose: z.number(), seed: z.number() }).nullable(),
  waiting: z.number().openapi({ description: 'Calls that are still to be made.' }),
  failures: z.number().openapi({ description: 'Failed tries in a row, since the start; a success, another address or `enabled: true` ends them.' }),
  lastError: z.string().nullable().openapi({ description: 'Why the last of them failed.' }),
  pausedUntil: time.nullable().openapi({ description: 'After five of them nothing is called until then; then one call tries whether it goes again.' }),
}).openapi('Hook');
export const HookList = z.object({ hooks: z.array(Hook) });

const state = z.enum(['waiting', 'delivered', 'failed', 'lost']);
export const HookCall = z.object({
  id: z.string(), hook: z.string(), event: z.number(), type: z.string(),
  webhookId: z.string().openapi({ description: 'The same in each try and replay.' }), state,
  createdAt: time, due: time.nullable(), body: z.unknown(),
  tries: z.array(z.object({ at: time, tookMs: z.number(), status: z.number().nullable(), error: z.string().nullable(), response: z.string() })),
}).openapi('HookCall');
export const HookCallPage = z.object({ calls: z.array(HookCall), next: z.string().nullable() }).openapi('HookCallPage');
export const CallPaging = z.strictObject({
  state: state.optional(), cursor: z.string().max(100).optional(),
  limit: whole(1, 200).optional(),
});

agree<typeof HookInput, wire.HookInput>();
agree<typeof HookPatch, wire.HookPatch>();
agree<typeof Hook, wire.Hook>();
agree<typeof HookCall, wire.HookCall>();
agree<typeof HookCallPage, wire.HookCallPage>();

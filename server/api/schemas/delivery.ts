/** Schemas of the queue: recipients with their history, sites, operations, the stream's delivery policy. */
import { z } from '@hono/zod-openapi';
import type * as wire from '../../../sdk/contract.ts';
import { HELD_REASONS, PRIORITIES, QUEUE_MODES } from '../../mail/recipient.ts';
import { oneAddress } from './address.ts';
import { agree } from './agree.ts';
import { Answer, Attempt, state, Tally, time, virtual } from './answer.ts';
import { durationInput } from './duration.ts';
import { LivePolicy, LivePolicyInput } from './live.ts';
import { Suppression } from './suppressions.ts';

const Explanation = z.object({
  state, reason: z.string(), text: z.string(), until: virtual.nullable(),
  suppression: Suppression.optional().openapi({ description: 'Of a suppressed recipient: what stands against its address now.' }),
}).openapi('Explanation');

export const mode = z.enum(QUEUE_MODES);
const heldReason = z.enum(HELD_REASONS);
export const Held = z.object({ reason: heldReason, text: z.string().openapi({ description: 'What would have to be done.' }) }).openapi('Held');

const recipient = {
  message: z.string(),
  n: z.number(),
  stream: z.string(),
  mode: mode.openapi({ description: 'The one that it was accepted under.' }),
  address: z.string(),
  destination: z.string().openapi({ description: 'Its domain, or the whole address where it is kept apart.' }),
  state,
  priority: z.enum(PRIORITIES),
  attempts: z.number(),
  queuedAt: virtual,
  due: virtual.nullable(),
  expiresAt: virtual,
  offset: z.number().openapi({ description: 'Milliseconds that its own clock is ahead of its stream\'s.' }),
  last: z.object({ answer: Answer, class: z.string(), rule: z.string(), at: virtual }).nullable(),
  uncertain: z.boolean().openapi({ description: 'A crash cut its last attempt off.' }),
  held: Held.nullable(),
  original: z.array(z.string()).nullable().openapi({ description: 'Whom the mail was for before it was intercepted, or released to another address; null when that is `address`.' }),
};
export const Recipient = z.object(recipient).openapi('Recipient');
export const RecipientPage = z.object({ recipients: z.array(Recipient), next: z.string().nullable() }).openapi('RecipientPage');

export const Delivery = z.object({
  message: z.string(),
  stream: z.string(),
  tally: Tally,
  recipients: z.array(z.object({ ...recipient, history: z.array(Attempt), explanation: Explanation })),
  returns: z.array(z.object({
    type: z.enum(['bounce', 'complaint', 'autoreply', 'delay']), at: time, time: virtual, recipient: z.string(),
    report: z.string().openapi({ description: 'The message that told it.' }), class: z.string().nullable(), diagnostic: z.string().nullable(),
  })),
}).openapi('Delivery');

const rate = z.object({ messages: z.number().min(0), perMs: z.number().min(1), burst: z.number().min(1) });
const connectionRate = z.object({ connections: z.number().min(0), perMs: z.number().min(1), burst: z.number().min(1) });
export const SiteLimits = z.object({ connections: z.number(), messagesPerConnection: z.number(), rate: rate.nullable(), connectionRate: connectionRate.nullable().optional() }).openapi('SiteLimits');
const pause = z.object({ reason: z.string(), until: virtual.nullable() });

export const Site = z.object({
  stream: z.string(),
  mode,
  site: z.string(),
  provider: z.string().nullable(),
  destinations: z.array(z.string()),
  waiting: z.number(),
  active: z.number(),
  held: z.number(),
  oldestAt: virtual.nullable(),
  nextDue: virtual.nullable(),
  connections: z.object({ open: z.number(), most: z.number() }),
  limits: SiteLimits,
  pace: z.number().openapi({ description: '1 is full speed; less after the site asked to slow down.' }),
  pause: pause.extend({ by: z.enum(['person', 'engine']) }).nullable(),
  counts: z.object({ delivered: z.number(), deferred: z.number(), bounced: z.number(), connectFailures: z.number() }),
  lastAnswer: z.string().nullable(),
  why: z.string().nullable().openapi({ description: 'Why it is not faster now; null when nothing holds it up.' }),
}).openapi('Site');

export const QueueView = z.object({
  streams: z.array(z.object({
    stream: z.string(), mode: z.string(), tally: Tally, oldestAt: virtual.nullable(), nextDue: virtual.nullable(), now: virtual, paused: pause.nullable(),
  })),
  sites: z.array(Site),
}).openapi('QueueView');

export const QueueScope = z.strictObject({
  stream: z.string().optional(),
  site: z.string().min(1).max(255).optional(),
  domain: z.string().min(1).max(255).optional(),
  message: z.string().min(1).max(100).optional(),
  recipient: oneAddress('An address.', 1, 320),
  mode: mode.optional(),
  heldFor: heldReason.optional().openapi({ description: 'Only what is held for this reason.' }),
}).openapi('QueueScope');
export const QueueChanged = z.object({ changed: z.number() }).openapi('QueueChanged');
export const QueueReleased = z.object({
  changed: z.number(),
  refused: z.array(z.object({ message: z.string(), address: z.string(), held: Held })).openapi({ description: 'Those that the gate did not let go, the first 100: they are held still.' }),
}).openapi('QueueReleased');
export const PauseInput = z.strictObject({
  stream: z.string(),
  site: z.string().min(1).max(255).optional(),
  mode: mode.optional().openapi({ description: 'Of a site: for this kind of mail; else for what the stream takes now (resume: both).' }),
  reason: z.string().max(500).optional(),
  for: durationInput.optional().openapi({ description: 'Of the stream\'s clock. Without it, until it is resumed.' }),
}).openapi('PauseInput');

const whole = z.number().int().min(1).max(1_000_000);
const limitsInput = z.strictObject({
  connections: whole.optional(),
  messagesPerConnection: whole.optional(),
  rate: z.strictObject({ messages: z.number().gt(0), perMs: z.number().min(1).max(86_400_000), burst: z.number().min(1).max(1_000_000) }).nullable().optional(),
  connectionRate: z.strictObject({ connections: z.number().gt(0), perMs: z.number().min(1).max(86_400_000), burst: z.number().min(1).max(1_000_000) }).nullable().optional(),
});
const schedule = z.union([
  z.strictObject({ kind: z.literal('steps'), steps: z.array(durationInput).min(1).max(100) }),
  z.strictObject({ kind: z.literal('growing'), first: durationInput, factor: z.number().min(1).max(100), most: durationInput }),
]);

export const DeliveryPolicyInput = z.strictObject({
  schedule: z.union([z.enum(['transactional', 'bulk']), schedule], { error: 'is no schedule; the names are "transactional" and "bulk", and your own is {"kind":"steps","steps":["1m","5m"]} or {"kind":"growing","first":"1m","factor":2,"most":"1h"}' }).optional().openapi({ description: 'A name (which also sets `expiresAfter` unless that is said), the waits one by one, or growing ones.' }),
  jitter: z.number().min(0).max(0.5).optional().openapi({ description: 'Share of a wait by which chance moves it, both ways.' }),
  expiresAfter: durationInput.optional(),
  delayNotice: durationInput.nullable().optional().openapi({ description: 'After how long the sender is told that mail is late; null for never.' }),
  notices: z.boolean().optional().openapi({ description: 'Whether the sender gets a DSN when a recipient fails.' }),
  limits: limitsInput.optional().openapi({ description: 'Of every site without limits of its own.' }),
  siteLimits: z.record(z.string().min(1).max(255), limitsInput).optional().openapi({ description: 'By site or domain; replaces those that were there.' }),
  softBounces: z.strictObject({ count: whole, within: durationInput }).nullable().optional().openapi({ description: 'So many within so long suppress the address; one counts per day. Null never does.' }),
  returnPath: z.string().max(255).nullable().optional().openapi({ description: 'Domain of VERP return paths; null leaves the sender\'s own.' }),
  magicAtSubmission: z.boolean().optional().openapi({ description: 'Magic addresses act already while the application hands mail in.' }),
  seed: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional().openapi({ description: 'Of all chance of this stream.' }),
  live: LivePolicyInput.optional().openapi({ description: 'For mode `deliver`: to whom, how much, from where, signed with what. Of it, too, only what is said changes.' }),
}).openapi('DeliveryPolicyInput');

export const DeliveryPolicy = z.object({
  schedule: z.union([
    z.object({ kind: z.literal('steps'), steps: z.array(z.number()) }),
    z.object({ kind: z.literal('growing'), first: z.number(), factor: z.number(), most: z.number() }),
  ]),
  jitter: z.number(),
  expiresAfter: z.number(),
  delayNotice: z.number().nullable(),
  notices: z.boolean(),
  limits: SiteLimits,
  siteLimits: z.record(z.string(), z.object({ connections: z.number().optional(), messagesPerConnection: z.number().optional(), rate: rate.nullable().optional(), connectionRate: connectionRate.nullable().optional() })),
  softBounces: z.object({ count: z.number(), within: z.number() }).nullable(),
  returnPath: z.string().nullable(),
  magicAtSubmission: z.boolean(),
  seed: z.number(),
  live: LivePolicy,
}).openapi('DeliveryPolicy');

agree<typeof Recipient, wire.Recipient>();
agree<typeof RecipientPage, wire.RecipientPage>();
agree<typeof Delivery, wire.Delivery>();
agree<typeof Site, wire.Site>();
agree<typeof QueueView, wire.QueueView>();
agree<typeof QueueScope, wire.QueueScope>();
agree<typeof QueueChanged, wire.QueueChanged>();
agree<typeof QueueReleased, wire.QueueReleased>();
agree<typeof PauseInput, wire.PauseInput>();
agree<typeof DeliveryPolicy, wire.DeliveryPolicy>();
agree<typeof DeliveryPolicyInput, wire.DeliveryPolicyInput>();

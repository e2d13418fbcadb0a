/** Schemas of events: the union of sdk/contract.ts, kind by kind. */
import { z } from '@hono/zod-openapi';
import type * as wire from '../../../sdk/contract.ts';
import { HELD_REASONS, QUEUE_MODES } from '../../mail/recipient.ts';
import { STREAM_MODES } from '../../mail/stream.ts';
import { SUPPRESSION_REASONS } from '../../mail/suppression.ts';
import { agree } from './agree.ts';
import { Answer, time, virtual } from './answer.ts';
import { Message } from './message.ts';
import { Problem } from './submit.ts';

const text = z.string();
const common = { id: z.number(), at: time, stream: text };
const ofRecipient = { ...common, message: text, recipient: text, n: z.number(), time: virtual };
const facts = { attempt: z.number(), site: text, host: text, answer: Answer, class: text, rule: text };
const duplicate = { possibleDuplicate: z.literal(true).optional() };
const optionalFacts = { attempt: z.number().optional(), site: text.optional(), host: text.optional(), answer: Answer.optional(), class: text.optional(), rule: text.optional() };
const returned = { ...common, message: text, recipient: text, report: text, time: virtual };
const reason = z.enum(SUPPRESSION_REASONS);
const by = z.enum(['person', 'engine']);
/** Of mail that is simulated, or delivered. */
const ofMode = { mode: z.enum(QUEUE_MODES).optional() };
const mode = z.enum(STREAM_MODES);
const verdict = z.enum(['pass', 'warn', 'fail']);

const kind = <T extends string>(...types: [T, ...T[]]) => z.enum(types);

export const PosternEvent = z.discriminatedUnion('type', [
  z.object({ ...common, type: kind('message.captured'), message: text, summary: Message, queued: z.number().optional() }),
  z.object({ ...common, type: kind('message.parsed'), message: text, parse: z.enum(['done', 'failed']), attachments: z.number() }),
  z.object({ ...common, type: kind('message.updated'), message: text, read: z.boolean().optional(), tags: z.array(text).optional() }),
  z.object({ ...common, type: kind('messages.deleted'), messages: z.array(text), by: z.enum(['user', 'retention']) }),
  z.object({ ...common, type: kind('stream.created', 'stream.updated', 'stream.deleted') }),
  z.object({ ...common, type: kind('inbox.created'), address: text }),
  z.object({ ...ofRecipient, ...facts, ...duplicate, type: kind('recipient.delivered', 'recipient.bounced') }),
  z.object({ ...ofRecipient, ...facts, ...duplicate, type: kind('recipient.deferred'), nextDue: virtual }),
  z.object({ ...ofRecipient, ...optionalFacts, ...duplicate, type: kind('recipient.expired') }),
  z.object({ ...ofRecipient, type: kind('recipient.suppressed'), reason, detail: text }),
  z.object({ ...ofRecipient, type: kind('recipient.cancelled', 'recipient.released'), by: text }),
  z.object({ ...ofRecipient, type: kind('recipient.held'), by: text, reason: z.enum(HELD_REASONS).optional(), text: text.optional() }),
  z.object({ ...common, type: kind('message.released'), message: text, recipients: z.array(text), to: z.array(text), by: text }),
  z.object({ ...returned, type: kind('bounce.received'), class: text, hard: z.boolean(), status: text, diagnostic: text }),
  z.object({ ...returned, type: kind('complaint.received'), feedback: text }),
  z.object({ ...returned, type: kind('autoreply.received') }),
  z.object({ ...returned, type: kind('delay.received'), diagnostic: text }),
  z.object({ ...common, type: kind('suppression.added'), address: text, global: z.boolean(), ...ofMode, reason, detail: text, by: text, message: text.nullable(), expiresAt: time.nullable() }),
  z.object({ ...common, type: kind('suppression.removed'), address: text, global: z.boolean(), ...ofMode, by: text }),
  z.object({ ...common, type: kind('site.paused'), site: text, ...ofMode, reason: text, until: virtual.nullable(), by }),
  z.object({ ...common, type: kind('site.resumed'), site: text, ...ofMode, by }),
  z.object({ ...common, type: kind('site.pace'), site: text, ...ofMode, pace: z.number(), reason: text }),
  z.object({ ...common, type: kind('stream.paused'), reason: text, until: virtual.nullable() }),
  z.object({ ...common, type: kind('stream.resumed') }),
  z.object({ ...common, type: kind('alert.queue-age'), state: z.enum(['raised', 'cleared']), oldest: z.number(), threshold: z.number() }),
  z.object({ ...common, type: kind('delivery.stopped', 'delivery.started'), by: text, reason: text }),
  z.object({ ...common, type: kind('stream.mode'), from: mode, to: mode, by: text }),
  z.object({ ...common, type: kind('canary.approved'), recipients: z.number(), by: text }),
  z.object({ ...common, type: kind('site.rule'), site: text, ...ofMode, rule: text, action: text, reason: text, until: virtual }),
  z.object({ ...common, type: kind('preflight.changed'), domain: text, was: verdict, now: verdict, changes: z.array(z.object({ check: text, was: text, now: text })) }),
  z.object({ ...common, type: kind('alert.rate'), state: z.enum(['raised', 'cleared']), measure: z.enum(['bounced', 'complained']), share: z.number(), threshold: z.number(), of: z.number() }),
  z.object({ ...common, type: kind('unsubscribe.received'), message: text, recipient: text, time, via: z.enum(['one-click', 'page']) }),
  z.object({ ...common, type: kind('clock.advanced'), from: virtual, to: virtual, message: text.nullable(), recipient: text.nullable() }),
  z.object({ ...common, type: kind('scenario.changed', 'scenario.reset') }),
  z.object({ ...common, type: kind('hook.disabled', 'hook.enabled'), hook: text, reason: text }),
]).openapi('Event');

export const EventPage = z.object({ events: z.array(PosternEvent), cursor: z.number() }).openapi('EventPage');
export const EventTimeoutProblem = Problem.extend({
  waited: z.number().openapi({ description: 'Milliseconds.' }),
  happened: z.array(PosternEvent).openapi({ description: 'What did happen to the message, the recipient or the stream that was asked for; the newest 50, oldest first.' }),
  cursor: z.number(),
}).openapi('EventTimeoutProblem');

agree<typeof PosternEvent, wire.PosternEvent>();
agree<typeof EventPage, wire.EventPage>();
agree<typeof EventTimeoutProblem, wire.EventTimeoutProblem>();

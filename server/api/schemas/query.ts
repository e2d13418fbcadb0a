/**
 * Schemas of query parameters. They are strict: a misspelt filter is an
 * error, since a DELETE or a wait that ignored it would mean another thing.
 */
import { z } from '@hono/zod-openapi';
import type * as wire from '../../../sdk/contract.ts';
import { CLASSES } from '../../classify/classes.ts';
import { AUDITED } from '../../gate/audit.ts';
import { ID_PATTERN } from '../../ids.ts';
import { HELD_REASONS, QUEUE_MODES } from '../../mail/recipient.ts';
import { parseDuration } from '../../units.ts';
import { noWord } from '../said.ts';
import { address, oneAddress } from './address.ts';
import { agree } from './agree.ts';

const text = z.string().max(2_000);
const moment = text.openapi({ description: 'A time (ISO 8601), or how long ago: `10m`, `2d`.' });

export const flag = z.enum(['true', 'false', '1', '0'], { error: 'must be true or false, or 1 or 0' }).transform((value) => value === 'true' || value === '1')
  .openapi({ type: 'boolean' });

export const whole = (least: number, most: number) => z.string()
  .regex(/^\d{1,9}$/, `must be a whole number from ${least} to ${most}`)
  .transform(Number)
  .refine((value) => value >= least && value <= most, `must be a whole number from ${least} to ${most}`)
  .openapi({ type: 'integer', minimum: least, maximum: most });

const queueMode = z.enum(QUEUE_MODES);

const filters = {
  stream: text.optional(),
  inbox: address('An address that the envelope was for, as `GET /v1/inboxes` lists it; whole, unless it holds `*`.'),
  to: address('Envelope recipient or To; the whole address, unless it holds `*` (`*@example.test`, `ann@*`).'),
  from: address('Envelope sender or From; the whole address, unless it holds `*`. `<>` is the null sender (bounces).'),
  subject: text.optional().openapi({ description: 'Part of the subject, in any case.' }),
  tag: text.optional(),
  since: moment.optional(),
  before: moment.optional(),
  unread: flag.optional(),
  q: text.optional().openapi({ description: 'The search language (docs/search.md): words, "quotes", `-`, OR, parentheses, and `to: from: cc: bcc: inbox: subject: header: message-id: tag: has: is: before: after: larger: smaller:`.' }),
};

export const Filters = z.strictObject(filters);
/** Ids in one request: what fits a request line (16 kB) with room for other headers. */
export const IDS_MOST = 500;
const ids = z.string().transform((value) => value.split(','))
  .refine((all) => all.every((id) => ID_PATTERN.test(id)), 'must be ids, separated by commas; leave it out to mean all that the other parameters find')
  .refine((all) => all.length <= IDS_MOST, `must be at most ${IDS_MOST} ids`)
  .openapi({ type: 'string', description: `Ids, separated by commas, at most ${IDS_MOST}: of these, those that are in the stream or inbox. Goes with no other filter.` });
/** What a deletion or change applies to. */
export const ScopeFilters = z.strictObject({ ...filters, id: ids.optional() });

const raw = flag.optional().openapi({ description: 'As it is written.' });
const pass = text.optional().openapi({ description: 'Part of an address that `/frame` answered; stands for the token.' });
export const HtmlQuery = z.strictObject({ ...filters, raw, pass, remote: flag.optional().openapi({ description: 'Pictures, styles and fonts of other hosts may be loaded.' }) });
export const PartQuery = z.strictObject({ ...filters, raw, pass, inline: flag.optional() });
export const DeliveryQuery = z.strictObject({ ...filters, transcript: flag.optional().openapi({ description: '`0` leaves the dialogues of the attempts out (`transcript` is empty then).' }) });
export const FrameQuery = z.strictObject({ ...filters, part: text.optional() });

export const Paging = z.strictObject({ ...filters, cursor: text.optional(), limit: whole(1, 500).optional() });

/** At most ten minutes: a longer one is asked again with its cursor. */
export const LONGEST_WAIT = 600_000;
const duration = z.string().refine((value) => parseDuration(value) !== undefined, 'must be milliseconds or a text like 10s, 5m')
  .openapi({ description: 'Milliseconds, or a text like `10s`, `5m`.' });

export const WaitFilters = z.strictObject({
  ...filters,
  after: text.optional().openapi({ description: 'A cursor: only what came after it.' }),
  count: whole(0, 500).optional().openapi({ description: 'At least so many (default 1). 0 asserts that none comes.' }),
  timeout: duration.refine((value) => (parseDuration(value) ?? 0) <= LONGEST_WAIT, 'must be at most 10m').optional(),
});

export const EventFilters = z.strictObject({
  after: z.string().regex(/^\d{1,15}$/, 'must be the `cursor` or an event\'s `id`').transform(Number).optional().openapi({ type: 'integer' }),
  stream: text.optional(),
  types: text.optional().openapi({ description: 'Kinds of event, separated by commas.' }),
  message: text.optional().openapi({ description: 'Only what happened to this message.' }),
});
export const EventPaging = z.strictObject({ ...EventFilters.shape, limit: whole(1, 500).optional(), latest: whole(1, 500).optional().openapi({ type: 'integer', minimum: 1, maximum: 500, description: 'The newest so many of those that fit.' }) });

/** One that there is not would be waited for in vain. */
const replyClass = z.string().superRefine((value, ctx) => {
  if (!Object.hasOwn(CLASSES, value)) ctx.addIssue({ code: 'custom', message: noWord(value, 'class', Object.keys(CLASSES)) });
}).openapi({ enum: Object.keys(CLASSES), description: 'Of the verdict.' });

export const EventWait = z.strictObject({
  ...EventFilters.shape,
  recipient: oneAddress('An address, in any case.'),
  class: replyClass.optional(),
  timeout: duration.refine((value) => (parseDuration(value) ?? 0) <= LONGEST_WAIT, 'must be at most 10m').optional(),
});
export const RecipientPaging = z.strictObject({
  stream: text.optional(), message: text.optional(), destination: text.optional(),
  states: text.optional().openapi({ description: 'Separated by commas; without it, all that wait.' }),
  mode: queueMode.optional(),
  heldFor: z.enum(HELD_REASONS).optional().openapi({ description: 'Only what is held for this reason.' }),
  cursor: text.optional(), limit: whole(1, 500).optional(),
});

export const InboxFilters = z.strictObject({ stream: text.optional(), prefix: text.optional(), limit: whole(1, 500).optional() });
/** Where a parameter that is ignored would widen what is done. */
export const NoFilters = z.strictObject({});
export const StreamFilter = z.strictObject({ stream: text.optional().openapi({ description: 'All streams unless said.' }) });
const lane = {
  stream: text.optional().openapi({ description: 'All streams unless said.' }),
  mode: queueMode.optional().openapi({ description: 'Simulated or real mail; both unless said.' }),
  site: text.optional().openapi({ description: 'As `GET /v1/queue` names it.' }),
};
export const TelemetryFilters = z.strictObject({
  ...lane,
  from: moment.optional().openapi({ description: 'A time (ISO 8601), or how long ago: `12h`, `7d`. A day ago unless said; taken down to a whole step.' }),
  to: moment.optional(),
  step: z.enum(['hour', 'day', 'all']).optional().openapi({ description: '`hour` for up to eight days, else `day`, unless said. `all` is one step of whole hours: sums by site, for instance.' }),
  by: z.enum(['total', 'site', 'class']).optional().openapi({ description: '`total` unless said. `class` is that of the last verdict.' }),
});
const period = text.openapi({ description: 'From a time to a time, `..` between them: `2026-05-01T00:00:00Z..2026-05-02T00:00:00Z`, or `2d..1d`. In whole hours.' });
export const ComparisonFilters = z.strictObject({ ...lane, before: period, after: period });
export const AuditPaging = z.strictObject({ stream: text.optional(), what: z.enum(AUDITED).optional().openapi({ description: 'Only entries of this kind.' }), cursor: text.optional(), limit: whole(1, 500).optional() });
export const DkimFilter = z.strictObject({ domain: text.optional().openapi({ description: 'All domains unless said.' }) });

agree<typeof Filters, wire.MessageQuery>();
agree<typeof TelemetryFilters, wire.TelemetryQuery>();
agree<typeof ComparisonFilters, wire.ComparisonQuery>();
agree<typeof EventWait, Omit<wire.EventWaitQuery, 'timeout'> & { timeout?: string }>();

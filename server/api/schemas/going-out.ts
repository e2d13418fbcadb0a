/** Schemas of real delivery: the gate and its switch, release, the canary, pre-flight, keys, the audit log. */
import { z } from '@hono/zod-openapi';
import type * as wire from '../../../sdk/contract.ts';
import { HELD_REASONS } from '../../mail/recipient.ts';
import { STREAM_MODES } from '../../mail/stream.ts';
import { agree } from './agree.ts';
import { Tally, time } from './answer.ts';
import { Problem } from './submit.ts';

const text = z.string();
const verdict = z.enum(['pass', 'warn', 'fail']);
const counts = Object.fromEntries(HELD_REASONS.map((name) => [name, z.number().optional()])) as Record<wire.HeldReason, z.ZodOptional<z.ZodNumber>>;

export const LiveStream = z.object({
  stream: text,
  mode: z.enum(STREAM_MODES),
  live: z.boolean().openapi({ description: 'Real mail of it is tried now.' }),
  shut: z.object({ why: z.enum(['process', 'stopped', 'mode']), text }).nullable().openapi({ description: 'What is in the way, the first thing; null when it is live.' }),
  allow: z.array(text),
  intercept: text.nullable(),
  canary: z.object({ first: z.number(), share: z.number(), since: time, passed: z.number().openapi({ description: 'Recipients that it let go so far.' }) }).nullable(),
  warmUp: z.object({
    cap: z.number().nullable().openapi({ description: 'Of today; null after the schedule\'s last day.' }), today: z.number().openapi({ description: 'Recipients that were tried.' }),
    until: time.openapi({ description: 'When the next day begins.' }),
  }).nullable(),
  tally: Tally.openapi({ description: 'Real mail only.' }),
  heldFor: z.object(counts),
  preflight: z.object({ at: time, verdict }).nullable().openapi({ description: 'The last one; null when none was run.' }),
}).openapi('LiveStream');

export const DeliveryView = z.object({
  permitted: z.boolean().openapi({ description: 'The setting `delivery`: the key of the process, which no request can turn.' }),
  switch: z.object({
    on: z.boolean(), since: time.nullable().openapi({ description: 'Null while it was never used.' }),
    by: text.nullable().openapi({ description: 'Who used it last.' }), reason: text,
  }).openapi({ description: 'The one switch over all streams.' }),
  streams: z.array(LiveStream),
}).openapi('DeliveryView');
export const SwitchInput = z.strictObject({ reason: text.max(500).optional() }).openapi('SwitchInput');

const addresses = z.array(text.min(1).max(320)).min(1).max(1_000);
export const ReleaseInput = z.strictObject({
  recipients: addresses.optional().openapi({ description: 'Of the envelope; absent, all of them.' }),
  to: addresses.optional().openapi({ description: 'Who gets it in their place.' }),
  again: z.boolean().optional().openapi({ description: 'Also to whom it is on its way for real, or was delivered.' }),
}).openapi('ReleaseInput');
export const ReleaseResult = z.object({
  queued: z.array(text),
  suppressed: z.array(text).openapi({ description: 'Nothing is sent to these: they are suppressed.' }),
  waits: text.nullable().openapi({ description: 'Why it waits although it is queued: real delivery is stopped.' }),
}).openapi('ReleaseResult');
export const ReleaseProblem = Problem.extend({ addresses: z.array(text).optional().openapi({ description: 'Whom it is about. Nothing was queued.' }) }).openapi('ReleaseProblem');

export const ApproveInput = z.strictObject({ rest: z.boolean().optional().openapi({ description: 'The canary is over: what comes from now on is not held back any more.' }) }).openapi('ApproveInput');
export const Approved = z.object({ released: z.number(), held: z.number().openapi({ description: 'That are held still, for another reason by now.' }) }).openapi('Approved');

export const ZoneRecord = z.object({ name: text, type: z.enum(['TXT', 'MX', 'A', 'AAAA', 'PTR', 'CNAME', 'TLSA']), value: text, why: text }).openapi('ZoneRecord');
const Finding = z.object({
  check: text, verdict: z.enum(['pass', 'warn', 'fail', 'skip']), text,
  found: z.array(text).openapi({ description: 'As it was found: records, names, addresses.' }),
  publish: z.array(ZoneRecord).openapi({ description: 'What to publish; empty when nothing is missing.' }),
  see: text.openapi({ description: 'RFC or page that says so.' }),
  unanswered: z.literal(true).optional().openapi({ description: 'With `skip`: nobody answered; it may be known in a minute.' }),
}).openapi('Finding');
export const Preflight = z.object({ domain: text, stream: text.nullable(), at: time, verdict, findings: z.array(Finding) }).openapi('Preflight');
export const PreflightInput = z.strictObject({
  domain: text.min(1).max(255).optional(),
  stream: text.min(1).max(64).optional().openapi({ description: 'Its keys, sources, return path and gate are looked at, too; the result is kept as its last one.' }),
  call: z.boolean().optional().openapi({ description: 'Of a stream: also call the mail server of the first domain that it may send to, to see whether port 25 is open.' }),
}).openapi('PreflightInput');

export const DkimKey = z.object({
  domain: text,
  pair: text.openapi({ description: 'The base of both selectors.' }),
  selector: text,
  algorithm: z.enum(['rsa', 'ed25519']),
  state: z.enum(['prepared', 'active', 'superseded', 'retired']).openapi({ description: '`superseded`: another signs by now, and its record must still be published.' }),
  createdAt: time, activeFrom: time.nullable(), retiredAt: time.nullable(),
  record: ZoneRecord,
}).openapi('DkimKey');
export const DkimList = z.object({ keys: z.array(DkimKey), flaws: z.array(text).openapi({ description: 'What cannot be used, and why.' }) }).openapi('DkimList');
export const DkimInput = z.strictObject({ domain: text.min(1).max(255), selector: text.min(1).max(63).optional().openapi({ description: 'The base of both selectors; made of the month unless said.' }) }).openapi('DkimInput');
export const RetireInput = z.strictObject({ force: z.boolean().optional().openapi({ description: 'The one in use goes, too; what it would sign is held.' }) }).openapi('RetireInput');

const AuditEntry = z.object({
  id: z.number(), at: time, what: text, stream: text.nullable(),
  by: text.openapi({ description: '`api 127.0.0.1`, with the name in front that `X-Postern-By` gave; `cli`, `signal SIGUSR2`, `configuration`, `key files`, `recipient`.' }), text,
  detail: z.record(text, z.unknown()),
}).openapi('AuditEntry');
export const AuditPage = z.object({ entries: z.array(AuditEntry), next: text.nullable() }).openapi('AuditPage');

agree<typeof DeliveryView, wire.DeliveryView>();
agree<typeof SwitchInput, wire.SwitchInput>();
agree<typeof ReleaseInput, wire.ReleaseInput>();
agree<typeof ReleaseResult, wire.ReleaseResult>();
agree<typeof ReleaseProblem, wire.ReleaseProblem>();
agree<typeof ApproveInput, wire.ApproveInput>();
agree<typeof Approved, wire.Approved>();
agree<typeof Preflight, wire.Preflight>();
agree<typeof PreflightInput, wire.PreflightInput>();
agree<typeof DkimList, wire.DkimList>();
agree<typeof DkimInput, wire.DkimInput>();
agree<typeof RetireInput, wire.RetireInput>();
agree<typeof AuditPage, wire.AuditPage>();

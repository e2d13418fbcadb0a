import fc from 'fast-check';
import { expect, test } from 'vitest';
import { classify } from '../classify/classify.ts';
import { ACTIONS } from '../classify/classes.ts';
import type { Action, Verdict } from '../classify/verdict.ts';
import { isTerminal } from '../mail/recipient.ts';
import { type Answer, parseReply, STAGES } from '../mail/reply.ts';
import { DEFAULT_DELIVERY } from '../mail/stream.ts';
import type { LeasedRecipient } from './port.ts';
import { giveBack, settle, settleOverdue, settleSuppressed, type Tried } from './settle.ts';

const MIN = 60_000;
const HOUR = 60 * MIN;
const AT = Date.UTC(2026, 0, 1);
const policy = { ...DEFAULT_DELIVERY, jitter: 0 };

const recipientOf = (more: Partial<LeasedRecipient> = {}): LeasedRecipient => ({
  key: 1, message: 'M', n: 0, stream: 'default', address: 'Ann@Inbox.test', destination: 'inbox.test', state: 'active', priority: 'normal',
  attempts: 0, queuedAt: AT, due: AT, expiresAt: AT + 24 * HOUR, offset: 0, last: null, uncertain: false, suppressed: null, mode: 'simulate', held: null, original: null, ...more,
});
function triedOf(reply: string | Answer, more: Partial<Tried> = {}, recipient: Partial<LeasedRecipient> = {}): Tried {
  const answer = typeof reply === 'string' ? parseReply(reply, { stage: 'rcpt', host: 'mx.inbox.test' }) : reply;
  return { recipient: recipientOf(recipient), answer, stage: 'rcpt', verdict: classify(answer), at: AT, ended: AT, wall: AT, site: 'inbox.test', host: 'mx.inbox.test', connection: 'C', transcript: [], othersTaken: false, ...more };
}

test.each([
  ['250 2.0.0 OK', 'delivered', undefined, undefined],
  ['550 5.1.1 No such user here', 'bounced', 'hard_bounce', undefined],
  ['552 5.7.0 This message contains a virus', 'bounced', undefined, undefined],
  ['550 5.7.26 Unauthenticated mail is prohibited', 'bounced', undefined, undefined],
  ['452 4.2.2 The mailbox is full', 'deferred', undefined, undefined],
  ['552 5.2.2 The mailbox is full', 'deferred', undefined, undefined],
  ['421 4.7.0 Too many connections from your IP, try again later', 'deferred', undefined, undefined],
  ['451 4.7.1 Greylisted', 'deferred', undefined, undefined],
  ['550 something that nobody ever said', 'bounced', undefined, 'confirm'],
  ['450 something that nobody ever said', 'deferred', undefined, undefined],
] as const)('%s → %s', (reply, state, suppression, strike) => {
  const { outcome } = settle(triedOf(reply), policy);
  expect([outcome.state, outcome.suppress?.reason, outcome.strike?.kind]).toEqual([state, suppression, strike]);
  expect(outcome.events.map((event) => event.type)).toEqual([`recipient.${state}`]);
  expect(outcome.attempt).toMatchObject({ number: 1, outcome: state });
});

test('who demands TLS and had it break is asked again later; who demands it without offering it is not', () => {
  const reply = '530 5.7.0 Must issue a STARTTLS command first';
  expect(settle(triedOf(reply, { inPlain: true }), policy).outcome.state).toBe('deferred');
  expect(settle(triedOf(reply), policy).outcome.state).toBe('bounced');
  expect(settle(triedOf('550 5.1.1 No such user here', { inPlain: true }), policy).outcome.state).toBe('bounced');
});

test.each(['530 5.7.0 Authentication required', '554 5.7.1 <ann@inbox.test>: Relay access denied', '530 5.7.0 Must issue a STARTTLS command first'])('a relay of our own that says "%s" is asked again when the setting may be right', (reply) => {
  expect(settle(triedOf(reply, { byRelay: true }), policy).outcome.state).toBe('deferred');
  expect(settle(triedOf(reply), policy).outcome.state).toBe('bounced');
  expect(settle(triedOf('550 5.1.1 No such user here', { byRelay: true }), policy).outcome.state).toBe('bounced');
});

test('a domain that does not exist is a strike, to be confirmed by a second one', () => {
  const { outcome } = settle(triedOf({ kind: 'fault', stage: 'resolve', fault: 'nxdomain', detail: 'gone' }, { stage: 'resolve' }), policy);
  expect(outcome).toMatchObject({ state: 'bounced', strike: { address: 'ann@inbox.test', kind: 'confirm', at: AT } });
});

test('a delivery forgets the strikes of the address', () => {
  expect(settle(triedOf('250 OK'), policy).outcome.clears).toBe('ann@inbox.test');
});

test('what is refused before MAIL defers, however permanent it sounds', () => {
  for (const stage of ['greeting', 'ehlo', 'starttls', 'auth'] as const) {
    const answer = parseReply('554 5.7.1 Go away', { stage });
    expect(settle(triedOf(answer, { stage }), policy).outcome.state).toBe('deferred');
  }
});

test('a mailbox that is full until the end is a soft strike', () => {
  const { outcome } = settle(triedOf('452 4.2.2 The mailbox is full', { at: AT + 24 * HOUR, ended: AT + 24 * HOUR }), policy);
  expect(outcome).toMatchObject({ state: 'expired', strike: { kind: 'soft', address: 'ann@inbox.test' } });
});

test('waits follow the schedule, and end at the expiry', () => {
  const waits = [0, 1, 2, 3].map((attempts) => (settle(triedOf('451 4.3.0 Later', {}, { attempts }), policy).outcome.due! - AT) / MIN);
  expect(waits).toEqual([1, 2, 5, 10]);
  const last = settle(triedOf('451 4.3.0 Later', {}, { attempts: 20, expiresAt: AT + HOUR }), policy).outcome;
  expect(last).toMatchObject({ state: 'deferred', due: AT + HOUR });
});

test('too many recipients go again at once when others were taken, else on the schedule', () => {
  const told = triedOf('452 4.5.3 Too many recipients');
  expect(told.verdict.action).toBe('split');
  expect(settle({ ...told, othersTaken: true }, policy).outcome.due).toBe(AT + 1);
  expect(settle(told, policy).outcome.due).toBe(AT + MIN);
});

test('"try again in 5 minutes" is honoured', () => {
  expect(settle(triedOf('450 4.2.0 Greylisted, try again in 5 minutes'), policy).outcome.due).toBe(AT + 5 * MIN);
});

test('NOTIFY says which notices there are; without it failures and delays are told', () => {
  const failed = '550 5.1.1 No such user';
  expect(settle(triedOf(failed), policy).notice).toBe('failure');
  expect(settle(triedOf(failed), { ...policy, notices: false }).notice).toBeNull();
  expect(settle(triedOf(failed, {}, { notify: ['FAILURE'] }), { ...policy, notices: false }).notice).toBe('failure');
  expect(settle(triedOf(failed, {}, { notify: ['NEVER'] }), policy).notice).toBeNull();
  expect(settle(triedOf(failed, {}, { notify: ['SUCCESS'] }), policy).notice).toBeNull();
  expect(settle(triedOf('250 OK'), policy).notice).toBeNull();
  expect(settle(triedOf('250 OK', {}, { notify: ['SUCCESS'] }), policy).notice).toBe('success');
});

test('a delay is told once, by the first deferral after the limit', () => {
  const later = (at: number, lastAt: number | null, more: Partial<LeasedRecipient> = {}) =>
    settle(triedOf('451 4.3.0 Later', { at: AT + at, ended: AT + at }, { last: lastAt === null ? null : { answer: parseReply('451'), class: 'unknown', rule: 'none', at: AT + lastAt }, ...more }), policy).notice;
  expect(later(3 * HOUR, 2 * HOUR)).toBeNull();
  expect(later(4 * HOUR, 3 * HOUR)).toBe('delay');
  expect(later(8 * HOUR, 4 * HOUR)).toBeNull();
  expect(later(4 * HOUR, 3 * HOUR, { notify: ['FAILURE'] })).toBeNull();
  // Accepted a day ago to be sent now: not late yet.
  expect(later(24 * HOUR, null, { expiresAt: AT + 48 * HOUR })).toBeNull();
});

test('an attempt after a crash says that it may be a second delivery', () => {
  const { outcome } = settle(triedOf('250 OK', {}, { uncertain: true }), policy);
  expect(outcome.attempt?.possibleDuplicate).toBe(true);
  expect(outcome.events[0]).toMatchObject({ possibleDuplicate: true });
});

test('what is overdue expires with the facts of its last attempt, without another', () => {
  const last = { answer: parseReply('452 4.2.2 Full', { host: 'mx.inbox.test' }), class: 'mailbox_full', rule: 'r', at: AT };
  const { outcome, notice } = settleOverdue(recipientOf({ attempts: 7, last }), AT + 24 * HOUR, policy);
  expect(outcome.attempt).toBeUndefined();
  expect(outcome).toMatchObject({ state: 'expired', events: [{ type: 'recipient.expired', attempt: 7, class: 'mailbox_full', host: 'mx.inbox.test' }] });
  expect(notice).toBe('failure');
});

test('what is suppressed by now ends without an attempt and without a notice', () => {
  const suppression = { address: 'ann@inbox.test', stream: null, mode: null, reason: 'manual', detail: 'asked', message: null, createdAt: AT, expiresAt: null } as const;
  expect(settleSuppressed(recipientOf(), suppression, AT)).toMatchObject({ outcome: { state: 'suppressed', events: [{ reason: 'manual', detail: 'asked' }] }, notice: null });
});

test('what is given back is as it was', () => {
  expect(giveBack(recipientOf(), AT)).toEqual({ key: 1, state: 'queued', due: AT, events: [] });
  expect(giveBack(recipientOf({ attempts: 2, due: AT + 5 }), AT)).toMatchObject({ state: 'deferred', due: AT + 5 });
});

const actions = Object.keys(ACTIONS) as Action[];
const anything: fc.Arbitrary<Tried> = fc.record({
  action: fc.constantFrom(...actions), stage: fc.constantFrom(...STAGES), code: fc.constantFrom(250, 421, 450, 550, 554), attempts: fc.nat(200),
  took: fc.nat(10 * HOUR), life: fc.integer({ min: 1, max: 200 * HOUR }), retryAfter: fc.option(fc.double(), { nil: undefined }), othersTaken: fc.boolean(), uncertain: fc.boolean(), class: fc.constantFrom('delivered', 'unknown', 'mailbox_full', 'complaint'),
}).map(({ action, stage, code, attempts, took, life, retryAfter, othersTaken, uncertain, class: name }) => triedOf(parseReply(String(code)), {
  stage, ended: AT + took, othersTaken,
  verdict: { class: name, scope: 'recipient', permanence: 'soft', action, rule: 'r', facets: { confidence: 'none', ...(retryAfter === undefined ? {} : { retryAfter }) } } as Verdict,
}, { attempts, expiresAt: AT + life, uncertain }));

test('whatever happened: one state, one event that says it, one attempt, and a due moment after now and not after the expiry', () => {
  fc.assert(fc.property(anything, (tried) => {
    const { outcome } = settle(tried, { ...policy, jitter: 0.3 });
    expect(outcome.events).toHaveLength(1);
    expect(outcome.events[0]!.type).toBe(`recipient.${outcome.state}`);
    expect(outcome.attempt!.outcome).toBe(outcome.state);
    expect(isTerminal(outcome.state as 'deferred')).toBe(outcome.due === undefined);
    const due = outcome.due ?? tried.recipient.expiresAt;
    expect(outcome.due === undefined || due > tried.ended).toBe(true);
    expect(due).toBeLessThanOrEqual(tried.recipient.expiresAt);
    expect(outcome.suppress !== undefined && (outcome.state !== 'bounced' || tried.verdict.action !== 'suppress')).toBe(false);
  }));
});

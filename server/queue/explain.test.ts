import { expect, test } from 'vitest';
import type { Recipient } from '../mail/recipient.ts';
import { parseReply } from '../mail/reply.ts';
import { explain, type ExplainFacts, explainSuppressed } from './explain.ts';

const NOW = Date.UTC(2026, 0, 1, 10, 10, 5);
const MIN = 60_000;
const last = { answer: parseReply('452 4.2.2 The mailbox is full', { stage: 'rcpt', host: 'mx.gmail.test' }), class: 'mailbox_full', rule: 'r', at: NOW - MIN };
const recipientOf = (more: Partial<Recipient> = {}): Recipient => ({
  key: 1, message: 'M', n: 0, stream: 'app', address: 'ann@gmail.test', destination: 'gmail.test', state: 'deferred', mode: 'simulate', held: null, original: null, priority: 'normal', attempts: 2,
  queuedAt: NOW - 10 * MIN, due: NOW + 4 * MIN, expiresAt: NOW + 20 * 60 * MIN, offset: 0, last, uncertain: false, ...more,
});
const said = (recipient: Partial<Recipient>, more: Partial<ExplainFacts> = {}) => explain({ recipient: recipientOf(recipient), now: NOW, holdup: undefined, site: { name: 'gmail.test', pause: null, gate: { open: true }, open: 0, most: 10 }, ...more });
const gate = (why: 'paused' | 'connections' | 'rate', until: number | null) => ({ name: 'gmail.test', pause: why === 'paused' ? { reason: '421 Try again later', until, by: 'engine' as const } : null, gate: { open: false as const, why, until }, open: 2, most: 2 });

test('a deferred recipient: by whom, what was said, and when it is tried again', () => {
  expect(said({})).toEqual({ state: 'deferred', reason: 'retry', until: NOW + 4 * MIN, text: 'Deferred by mx.gmail.test: 452 4.2.2 The mailbox is full; third try at 10:14:05 (in 4 min).' });
});

test.each<[string, Partial<Recipient>, Partial<ExplainFacts>, string, string]>([
  ['scheduled', { state: 'queued', attempts: 0, last: null, due: NOW + 3 * 60 * MIN }, {}, 'scheduled', 'To be sent at 13:10:05 (in 3 h).'],
  ['due', { state: 'queued', attempts: 0, last: null, due: NOW }, {}, 'due', 'It is due and goes as soon as its turn comes.'],
  ['no more tries', { due: NOW + MIN, expiresAt: NOW + MIN }, {}, 'retry', 'Deferred by mx.gmail.test: 452 4.2.2 The mailbox is full; it expires at 10:11:05 (in 60 s) without another try.'],
  ['site paused', { due: NOW }, { site: gate('paused', NOW + 5 * MIN) }, 'site-paused', 'Deferred by mx.gmail.test: 452 4.2.2 The mailbox is full; the site gmail.test is paused until 10:15:05 (in 5 min): 421 Try again later.'],
  ['rate', { state: 'queued', attempts: 0, last: null, due: NOW }, { site: gate('rate', NOW + 1_000) }, 'site-rate', 'The site gmail.test has had what its rate allows; it goes on at 10:10:06 (in 1 s).'],
  ['connections', { state: 'queued', attempts: 0, last: null, due: NOW }, { site: gate('connections', null) }, 'site-connections', 'All 2 connections that gmail.test is given are in use.'],
  ['stream paused', { due: NOW }, { holdup: { reason: 'stream-paused', text: 'maintenance', until: null } }, 'stream-paused', 'Deferred by mx.gmail.test: 452 4.2.2 The mailbox is full; the stream is paused: maintenance.'],
  ['stream paused for a while', { due: NOW }, { holdup: { reason: 'stream-paused', text: 'maintenance', until: NOW + MIN } }, 'stream-paused', 'Deferred by mx.gmail.test: 452 4.2.2 The mailbox is full; the stream is paused until 10:11:05 (in 60 s): maintenance.'],
  ['gate', { due: NOW }, { holdup: { reason: 'gate', text: 'Real delivery was stopped by ann', until: null } }, 'gate', 'Deferred by mx.gmail.test: 452 4.2.2 The mailbox is full; real delivery was stopped by ann.'],
  ['warm-up', { state: 'queued', attempts: 0, last: null, due: NOW }, { holdup: { reason: 'warm-up', text: "Today's share is used up", until: NOW + MIN } }, 'warm-up', "Today's share is used up; it waits until 10:11:05 (in 60 s)."],
  ['held by the gate', { state: 'held', due: null, held: { reason: 'not-allowed', text: 'ann@gmail.test is not on the allow list' } }, {}, 'held', 'ann@gmail.test is not on the allow list; it expires at 2026-01-02 06:10:05 (in 20 h).'],
  ['held', { state: 'held', due: null }, {}, 'held', 'Held by a person; it expires at 2026-01-02 06:10:05 (in 20 h).'],
  ['active', { state: 'active' }, {}, 'active', 'Attempt 3 is under way at gmail.test.'],
  ['expired', { state: 'expired', due: null, expiresAt: NOW }, {}, 'done', 'Expired at 10:10:05 after 2 attempts; the last answer was 452 4.2.2 The mailbox is full.'],
])('%s', (_, recipient, facts, reason, text) => {
  const explanation = said(recipient, facts);
  expect([explanation.reason, explanation.text]).toEqual([reason, text]);
});

test('in the time of a recipient that was advanced alone', () => {
  const ahead = 60 * MIN;
  expect(said({ offset: ahead, due: NOW + ahead }, { now: NOW + ahead, site: gate('paused', NOW + 5 * MIN) })).toMatchObject({ reason: 'site-paused', until: NOW + 5 * MIN + ahead });
});

test('a recipient whose site is paused beyond its due is told both, in its own time', () => {
  const until = NOW + 30 * MIN;
  expect(said({}, { site: gate('paused', until) })).toEqual({
    state: 'deferred', reason: 'site-paused', until,
    text: 'Deferred by mx.gmail.test: 452 4.2.2 The mailbox is full; third try due at 10:14:05 (in 4 min), but the site gmail.test is paused until 10:40:05 (in 30 min): 421 Try again later.',
  });
  expect(said({ state: 'queued', attempts: 0, last: null }, { site: gate('paused', null) }).text).toBe('First try due at 10:14:05 (in 4 min), but the site gmail.test is paused: 421 Try again later.');
  expect(said({}, { site: gate('paused', NOW + MIN) })).toMatchObject({ reason: 'retry', until: NOW + 4 * MIN });
  const ahead = 60 * MIN;
  expect(said({ offset: ahead, due: NOW + ahead + MIN }, { now: NOW + ahead, site: gate('paused', NOW + 5 * MIN) })).toMatchObject({ reason: 'site-paused', until: NOW + ahead + 5 * MIN });
});

test('a suppressed recipient: by which entry, for whom, since when and why', () => {
  const standing = { address: '@gmail.test', stream: null, mode: null, reason: 'manual' as const, detail: 'by api 127.0.0.1', message: null, createdAt: NOW, expiresAt: null };
  expect(explainSuppressed(recipientOf(), standing)).toBe('Not sent: all of @gmail.test is suppressed (@gmail.test, every stream, since 2026-01-01T10:10:05.000Z): manual, by api 127.0.0.1.');
  expect(explainSuppressed(recipientOf({ address: 'Ann@Gmail.test' }), { ...standing, address: 'ann@gmail.test', stream: 'app', mode: 'deliver', reason: 'hard_bounce', detail: '550 5.1.1 Gone.', expiresAt: NOW + MIN })).toBe('Not sent: the address is suppressed (ann@gmail.test, stream app, real mail, since 2026-01-01T10:10:05.000Z, until 2026-01-01T10:11:05.000Z): hard_bounce, 550 5.1.1 Gone.');
  expect(explainSuppressed(recipientOf(), undefined)).toMatch(/^Not sent: .* no longer/);
});

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createAdmit } from '../../server/admission/admit.ts';
import { manualClock } from '../../server/clock.ts';
import { composeAutoreply, composeComplaint, composeDsn, composeNotice, composeTextBounce, type Original } from '../../server/dsn/compose.ts';
import { makeVerp } from '../../server/dsn/verp.ts';
import { createHub } from '../../server/events/hub.ts';
import type { PosternEvent } from '../../server/events/event.ts';
import { idMaker } from '../../server/ids.ts';
import { findEnhanced } from '../../server/mail/enhanced-status.ts';
import { DEFAULT_DELIVERY, DEFAULT_RETENTION } from '../../server/mail/stream.ts';
import { createReturns } from '../../server/returns/returns.ts';
import { openStore } from '../../server/store/sqlite/open.ts';
import { corpus } from '../support/corpus.ts';

const HOUR = 3_600_000;
const folders: string[] = [];
const opened: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one[Symbol.asyncDispose]();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const modeOf = (stream: string) => (stream === 'live' ? 'deliver' as const : 'simulate' as const);

async function house({ dir = ':memory:', verp }: { dir?: string; verp?: ReturnType<typeof makeVerp> } = {}) {
  const clock = manualClock();
  const store = await openStore({ dir, clock });
  const hub = createHub(store);
  for (const name of ['shop', 'other', 'live']) await store.createStream({ name, mode: modeOf(name), retention: DEFAULT_RETENTION, tags: [], createdAt: 0, delivery: DEFAULT_DELIVERY, clockOffset: 0, paused: null });
  const log = { warn: () => {}, error: () => {} };
  const makeId = idMaker();
  /** A simulated clock that was moved on. */
  const ahead = { ...clock, now: () => clock.now() + 1_000 * HOUR };
  const admit = createAdmit({
    store, clock, makeId, limits: { messageSize: 64 * 1024 * 1024, inFlight: 1024 ** 3 }, streamTags: () => [],
    plan: ({ stream, envelope }) => (envelope.from === '' ? undefined : { mode: modeOf(stream), priority: 'normal', queuedAt: clock.now(), due: clock.now(), expiresAt: clock.now() + 24 * HOUR, destinations: envelope.recipients.map(() => 'x.test') }),
  });
  const open = () => createReturns({ store, hub, clockOf: (stream) => (stream === 'live' ? ahead : clock), wall: clock, log, ...(verp ? { verp: () => verp } : {}) });
  const returns = open();
  await returns.start();

  async function handIn(raw: Uint8Array, { to = 'app@shop.test', from = '', stream = 'shop', envid }: { to?: string | string[]; from?: string; stream?: string; envid?: string } = {}): Promise<string> {
    const intake = admit.open();
    if ('kind' in intake) throw new Error(intake.text);
    await intake.write(Buffer.from(raw));
    const sealed = intake.seal({
      stream, via: 'smtp', envelope: { from, recipients: [to].flat().map((address) => ({ address })), ...(envid === undefined ? {} : { envid }) },
      session: { id: 's', protocol: 'smtp', client: { address: '127.0.0.1', port: 1 }, transcript: [], times: { opened: 0, received: 0 } },
    });
    const accepted = sealed.kind === 'refused' ? sealed : await admit.commit(sealed);
    if (accepted.kind === 'refused') throw new Error(accepted.text);
    return accepted.id;
  }

  /** Mail that was delivered, and may come back. */
  async function sent(to: string | string[], messageId: string, { stream = 'shop', envid }: { stream?: string; envid?: string } = {}): Promise<string> {
    const id = await handIn(Buffer.from(`From: app@shop.test\r\nMessage-ID: <${messageId}>\r\nSubject: Your order\r\n\r\nHello.\r\n`), { to, from: 'app@shop.test', stream, ...(envid === undefined ? {} : { envid }) });
    const { messages } = await store.lease({ stream, mode: modeOf(stream), destinations: ['x.test'], now: clock.now(), messages: 100, recipients: 100 });
    await store.settle(messages.flatMap(({ recipients }) => recipients.map(({ key }) => ({ key, state: 'delivered' as const, events: [] }))));
    return id;
  }

  async function told(): Promise<Record<string, unknown>[]> {
    await returns.quiet();
    const events = await store.events({ after: 0, limit: 5_000 });
    return events.filter(({ type }) => type.endsWith('.received') || type.startsWith('suppression.')).map(({ id: _, at: __, ...rest }: PosternEvent) => rest);
  }

  const house = { store, hub, clock, returns, open, handIn, sent, told };
  opened.push({ async [Symbol.asyncDispose]() { await returns[Symbol.asyncDispose](); await store[Symbol.asyncDispose](); } });
  return house;
}

const AT = Date.UTC(2026, 0, 1);
const original = (messageId: string): Original => ({ messageId, from: 'app@shop.test', receivedAt: AT, raw: Buffer.from(`Message-ID: <${messageId}>\r\nSubject: Your order\r\n\r\n`) });
const said = (code: number, status: string, text: string) => ({ kind: 'reply', code, enhanced: findEnhanced(status)!, text, host: 'mx.x.test' } as const);
const dsn = (address: string, messageId: string, answer = said(550, '5.1.1', 'No such user'), more: Partial<Parameters<typeof composeDsn>[0]> = {}) =>
  composeDsn({ id: `dsn-${address}-${messageId}`, at: AT, from: 'MAILER-DAEMON@mx.x.test', to: 'app@shop.test', reportingMta: 'mx.x.test', original: original(messageId), recipients: [{ address, answer, attempts: 1, lastAt: AT }], ...more });

test('a bounce that comes later is matched to its recipient, told, and suppresses a mailbox that is not there', async () => {
  const { sent, handIn, told, store } = await house();
  const message = await sent(['ann@x.test', 'bob@x.test'], 'm1@shop.test');
  const report = await handIn(dsn('Ann@X.test', 'm1@shop.test'));
  expect(await told()).toMatchObject([
    { type: 'bounce.received', stream: 'shop', message, recipient: 'ann@x.test', report, class: 'invalid_recipient', hard: true, status: '5.1.1', diagnostic: '550 5.1.1 No such user' },
    { type: 'suppression.added', address: 'ann@x.test', stream: 'shop', reason: 'hard_bounce', message },
  ]);
  expect((await store.returned(message)).map(({ type }) => type)).toEqual(['bounce.received']);
});

test('the same report twice is told once, however much comes between and across a restart', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'returns-'));
  folders.push(dir);
  const first = await house({ dir });
  await first.sent('ann@x.test', 'm1@shop.test');
  const report = dsn('ann@x.test', 'm1@shop.test');
  await first.handIn(report);
  await first.handIn(report);
  expect((await first.told()).filter(({ type }) => type === 'bounce.received')).toHaveLength(1);
  await opened.pop()![Symbol.asyncDispose]();

  const second = await house({ dir });
  await second.handIn(report);
  expect((await second.told()).filter(({ type }) => type === 'bounce.received')).toHaveLength(1);
  // Forgotten by the cursor: known by what it led to.
  await second.returns[Symbol.asyncDispose]();
  await second.store.keep('cursor', 'returns', JSON.stringify({ event: await second.store.lastEvent(), told: [] }));
  const third = second.open();
  await third.start();
  await second.handIn(report);
  await third.quiet();
  await third[Symbol.asyncDispose]();
  expect((await second.told()).filter(({ type }) => type === 'bounce.received')).toHaveLength(1);
});

test('a crash between telling a report and keeping the cursor tells it no second time, and one before it loses nothing', async () => {
  const { sent, handIn, told, store, returns, open } = await house();
  await sent('ann@x.test', 'm1@shop.test');
  const before = await store.lastEvent();
  await handIn(dsn('ann@x.test', 'm1@shop.test'));
  expect(await told()).toHaveLength(2);
  await returns[Symbol.asyncDispose]();
  await store.keep('cursor', 'returns', JSON.stringify({ event: before, told: [] }));
  await sent('cat@x.test', 'm2@shop.test');
  await handIn(dsn('cat@x.test', 'm2@shop.test'));
  const again = open();
  await again.start();
  await again.quiet();
  await again[Symbol.asyncDispose]();
  expect((await told()).filter(({ type }) => type === 'bounce.received').map(({ recipient }) => recipient)).toEqual(['ann@x.test', 'cat@x.test']);
});

test('a report about somebody else\'s stream matches nothing there', async () => {
  const { sent, handIn, told, store, clock } = await house();
  const message = await sent('ann@x.test', 'm1@shop.test', { stream: 'other' });
  await handIn(dsn('ann@x.test', 'm1@shop.test'));
  expect(await told()).toMatchObject([{ type: 'bounce.received', stream: 'shop', message: '', recipient: 'ann@x.test' }]);
  expect(await store.suppressionOf('other', 'simulate', 'ann@x.test', clock.now())).toBeUndefined();
  expect(await store.suppressionOf('shop', 'simulate', 'ann@x.test', clock.now())).toBeUndefined();
  expect(await store.returned(message)).toEqual([]);
});

test('a report about mail that never left holds nothing against its recipient', async () => {
  const { handIn, told } = await house();
  await handIn(Buffer.from('From: app@shop.test\r\nMessage-ID: <m1@shop.test>\r\n\r\nHello.\r\n'), { to: 'ann@x.test', from: 'app@shop.test' });
  await handIn(dsn('ann@x.test', 'm1@shop.test'));
  expect((await told()).map(({ type }) => type)).toEqual(['bounce.received']);
});

test('a signed return path says whom it is about when nothing else does, and a forged one does not', async () => {
  const verp = makeVerp({ secret: 's', domain: 'return.shop.test' });
  const { sent, handIn, told } = await house({ verp });
  const message = await sent(['ann@x.test', 'bob@x.test'], 'm1@shop.test');
  const words = Buffer.from('From: MAILER-DAEMON@far.test\r\nTo: x\r\nSubject: Undeliverable mail\r\n\r\nThe message could not be delivered. User unknown.\r\n');
  await handIn(words, { to: verp.address(message, 1).toUpperCase() });
  await handIn(Buffer.concat([words, Buffer.from('Again.')]), { to: verp.address(message, 0).replace(/.(?=@)/, (char) => (char === 'a' ? 'b' : 'a')) });
  // Forwarded: the report names where the mail ended, the return path whom we wrote to.
  await handIn(dsn('ann.private@far.test', 'unknown@far.test'), { to: verp.address(message, 0) });
  expect((await told()).filter(({ type }) => type === 'bounce.received')).toMatchObject([{ message, recipient: 'bob@x.test', class: 'invalid_recipient' }, { message, recipient: 'ann@x.test', hard: true }]);
});

test('an envelope id is matched as the client wrote it, with its xtext undone on the way', async () => {
  const { sent, handIn, told } = await house();
  const message = await sent('ann@x.test', 'm1@shop.test', { envid: 'order+2B7+3Dx' });
  await handIn(dsn('ann@x.test', '', undefined, { original: { ...original(''), raw: Buffer.from('Subject: x\r\n\r\n'), envid: 'order+2B7+3Dx' } }));
  expect((await told())[0]).toMatchObject({ type: 'bounce.received', message });
});

test('a complaint suppresses; a report of failed authentication is none', async () => {
  const { sent, handIn, told } = await house();
  const message = await sent('ann@x.test', 'm1@shop.test');
  const complaint = { id: 'c', at: AT, from: 'fbl@x.test', to: 'app@shop.test', reportingMta: 'mx.x.test', original: original('m1@shop.test'), recipient: 'ann@x.test' };
  await handIn(composeComplaint({ ...complaint, feedbackType: 'auth-failure' }));
  // Feedback loops have a sender of their own.
  await handIn(composeComplaint({ ...complaint, id: 'c2' }), { from: 'fbl@x.test' });
  expect(await told()).toMatchObject([{ type: 'complaint.received', message, recipient: 'ann@x.test', feedback: 'abuse' }, { type: 'suppression.added', reason: 'complaint', address: 'ann@x.test' }]);
});

test('an automatic reply is matched by its thread and never suppresses', async () => {
  const { sent, handIn, told } = await house();
  const message = await sent('ann@x.test', 'm1@shop.test');
  const reply = { id: 'o', at: AT, from: 'ann@x.test', to: 'app@shop.test', reportingMta: 'mx.x.test' };
  await handIn(composeAutoreply({ ...reply, original: original('m1@shop.test') }));
  await handIn(composeAutoreply({ ...reply, id: 'o2', original: original('never-sent@shop.test') }));
  expect(await told()).toMatchObject([{ type: 'autoreply.received', message, recipient: 'ann@x.test' }]);
});

test('a late one is told as late, a full mailbox suppresses only after several days of it', async () => {
  const { sent, handIn, told, clock } = await house();
  await sent('ann@x.test', 'm1@shop.test');
  await handIn(dsn('ann@x.test', 'm1@shop.test', said(451, '4.2.2', 'Over quota'), { kind: 'delayed', id: 'late' }));
  for (let day = 1; day <= 5; day++) {
    await sent('ann@x.test', `day-${day}@shop.test`);
    await handIn(dsn('ann@x.test', `day-${day}@shop.test`, said(552, '5.2.2', 'Mailbox full')));
    expect((await told()).filter(({ type }) => type === 'suppression.added')).toHaveLength(day < 5 ? 0 : 1);
    clock.advance(25 * HOUR);
  }
  expect((await told())[0]).toMatchObject({ type: 'delay.received', recipient: 'ann@x.test' });
  expect((await told()).at(-1)).toMatchObject({ reason: 'soft_bounces' });
});

test('our own notices are not counted again, and mail of the application itself is not taken for a report', async () => {
  const { sent, handIn, told } = await house();
  const message = await sent('ann@x.test', 'm1@shop.test');
  await handIn(composeNotice({ kind: 'failed', id: 'n', about: message, at: AT, from: 'MAILER-DAEMON@postern.test', to: 'app@shop.test', reportingMta: 'postern.test', original: original('m1@shop.test'), recipients: [{ address: 'ann@x.test', answer: said(550, '5.1.1', 'No such user'), attempts: 1, lastAt: AT }] }));
  await handIn(Buffer.from('From: app@shop.test\r\nAuto-Submitted: auto-generated\r\nSubject: Delivery status of your parcel: delayed\r\n\r\nIt could not be delivered. We are sorry.\r\n'), { to: 'ann@x.test', from: 'app@shop.test' });
  expect(await told()).toEqual([]);
});

test('huge and broken reports end like any other: read as far as they go, and those behind them are told', async () => {
  const { sent, handIn, told } = await house();
  const message = await sent('ann@x.test', 'm1@shop.test');
  const header = 'From: MAILER-DAEMON@x.test\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n';
  await handIn(Buffer.from(header + '--b\r\nContent-Type: message/delivery-status\r\n\r\n' + 'Final-Recipient: rfc822; \r\n\r\n'.repeat(400_000)));
  await handIn(Buffer.from(header.repeat(3) + '\0\xff--b--b'.repeat(1_000), 'latin1'));
  await handIn(Buffer.alloc(3_000_000, 0x0a));
  await handIn(Buffer.alloc(0));
  await handIn(composeTextBounce({ id: 't', at: AT, from: 'MAILER-DAEMON@x.test', to: 'app@shop.test', reportingMta: 'x.test', original: original('m1@shop.test'), recipients: [{ address: 'ann@x.test', reply: said(550, '5.1.1', 'No such user') }] }));
  expect((await told()).filter((event) => event['message'] === message && event['report'] !== undefined)).toMatchObject([{ type: 'bounce.received', recipient: 'ann@x.test' }]);
});

test('a store that cannot take it now is asked again, and the report is not lost', async () => {
  const { sent, handIn, told, store, clock, returns } = await house();
  await sent('ann@x.test', 'm1@shop.test');
  const real = store.report.bind(store);
  let refused = 0;
  let heard = () => {};
  const asked = new Promise<void>((resolve) => { heard = resolve; });
  store.report = async (found) => {
    if (refused++ === 0) {
      heard();
      throw new Error('the disk is full');
    }
    await real(found);
  };
  await handIn(dsn('ann@x.test', 'm1@shop.test'));
  await asked;
  expect(returns.busy('shop')).toBe(true);
  expect(returns.busy('other')).toBe(false);
  await new Promise((resolve) => setImmediate(resolve));
  clock.advance(2_000);
  expect((await told())[0]).toMatchObject({ type: 'bounce.received' });
});

const ARF = (more: string, original = '') => Buffer.from(`From: fbl@provider.test\r\nSubject: complaint\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSomebody complained.\r\n--b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nUser-Agent: Loop/1\r\nVersion: 1\r\n${more}\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n${original}Subject: redacted\r\n\r\nx\r\n--b--\r\n`);

test('a complaint that was robbed of all names is matched by the return path that the mail had, of whichever stream shares the domain', async () => {
  const verp = makeVerp({ secret: 's', domain: 'return.shop.test' });
  const { sent, handIn, told } = await house({ verp });
  const [first, second] = [await sent('ann@x.test', 'm1@shop.test'), await sent(['bob@x.test', 'cat@x.test'], 'm2@shop.test', { stream: 'other' })];
  await handIn(ARF(`Original-Mail-From: <${verp.address(first, 0)}>\r\n`), { to: 'fbl@return.shop.test', from: 'loop@provider.test' });
  await handIn(ARF('', `Return-Path: <${verp.address(second, 1)}>\r\n`), { to: 'abuse@return.shop.test', from: 'loop@provider.test' });
  // Signed by nobody.
  await handIn(ARF(`Original-Mail-From: <${verp.address(first, 0).replace(/.(?=@)/, (char) => (char === 'a' ? 'b' : 'a'))}>\r\nArrival-Date: today\r\n`), { to: 'fbl@return.shop.test', from: 'loop@provider.test' });
  expect(await told()).toMatchObject([
    { type: 'complaint.received', stream: 'shop', message: first, recipient: 'ann@x.test', feedback: 'abuse' }, { type: 'suppression.added', stream: 'shop', address: 'ann@x.test', reason: 'complaint' },
    { type: 'complaint.received', stream: 'other', message: second, recipient: 'cat@x.test' }, { type: 'suppression.added', stream: 'other', address: 'cat@x.test', reason: 'complaint' },
  ]);
});

test('a bounce of mail that really went out has the time of the wall, and the recipient stays delivered', async () => {
  const { sent, handIn, told, store, clock } = await house();
  const message = await sent('ann@x.test', 'm1@shop.test', { stream: 'live' });
  await handIn(dsn('ann@x.test', 'm1@shop.test'), { stream: 'live' });
  expect((await told())[0]).toMatchObject({ type: 'bounce.received', stream: 'live', message, time: clock.now() });
  expect((await store.delivery(message))!.recipients.map(({ recipient }) => recipient.state)).toEqual(['delivered']);
  expect((await store.telemetry({ from: 0, to: clock.now() + HOUR, step: HOUR, by: 'class' })).counts.map((one) => [one.mode, one.class, one.measure, one.count].join(' '))).toEqual(['deliver invalid_recipient returned 1']);
});

test('where real mail has signed return paths, a report without one is told, and holds nothing against anybody', async () => {
  const verp = makeVerp({ secret: 's', domain: 'return.shop.test' });
  const { sent, handIn, told } = await house({ verp });
  const message = await sent(['ann@x.test', 'bob@x.test'], 'm1@shop.test', { stream: 'live' });
  // Bob has the same message, and its Message-ID.
  await handIn(dsn('ann@x.test', 'm1@shop.test'), { stream: 'live' });
  expect(await told()).toMatchObject([{ type: 'bounce.received', stream: 'live', message, recipient: 'ann@x.test', hard: true }]);
  await handIn(dsn('ann@x.test', 'm1@shop.test', undefined, { id: 'another' }), { to: verp.address(message, 0), stream: 'live' });
  expect((await told()).slice(1)).toMatchObject([{ type: 'bounce.received', recipient: 'ann@x.test' }, { type: 'suppression.added', stream: 'live', address: 'ann@x.test', reason: 'hard_bounce' }]);
});

test('a mailer that says little is understood by its empty sender alone', async () => {
  const { sent, handIn, told } = await house();
  const message = await sent('ann@x.test', 'm1@shop.test');
  const words = Buffer.from(`From: Mail Delivery System <robot@far.test>\r\nTo: app@shop.test\r\nSubject: Your mail\r\n\r\nYour message did not go through.\r\n\r\n  ann@x.test\r\n    550 5.1.1 User unknown\r\n\r\n${'The beginning of your message follows. '.repeat(6)}\r\n\r\nMessage-ID: <m1@shop.test>\r\n`);
  await handIn(words, { from: '' });
  expect(await told()).toMatchObject([{ type: 'bounce.received', message, recipient: 'ann@x.test', hard: true }, { type: 'suppression.added' }]);
});

const bounces = corpus('dsn-dev/', 'expected.jsonl');
const labels = bounces ? readFileSync(new URL('expected.jsonl', bounces), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as { file: string; kind: string; recipients: { hard: boolean; action: string | null; class: string }[] }) : [];

test.skipIf(!bounces)('bounces of many mailers, sent to a signed return path, are all of its recipient, and what is none suppresses nobody', async () => {
  const verp = makeVerp({ secret: 's', domain: 'return.shop.test' });
  const { sent, handIn, told } = await house({ verp });
  const tally = { bounces: 0, complaints: 0, complained: 0, wrongly: 0 };
  const of = new Map<string, (typeof labels)[number]>();
  const missed: string[] = [];
  for (const [n, label] of labels.entries()) {
    const message = await sent(`r${n}@x.test`, `m${n}@shop.test`);
    of.set(message, label);
    await handIn(readFileSync(new URL(label.file, bounces)), { to: verp.address(message, 0) });
  }
  const events = await told();
  for (const [message, { kind, recipients }] of of) {
    const mine = events.filter((event) => event['message'] === message);
    if (kind === 'bounce' && recipients.length > 0) {
      tally.bounces++;
      if (!mine.some(({ type }) => type === 'bounce.received' || type === 'delay.received')) missed.push(of.get(message)!.file);
    }
    if (kind === 'arf' && recipients.some((one) => one.class === 'complaint')) {
      tally.complaints++;
      if (mine.some(({ type }) => type === 'complaint.received')) tally.complained++;
    }
    if (kind !== 'bounce' && kind !== 'arf' && mine.some(({ type }) => type === 'bounce.received' || type === 'suppression.added')) tally.wrongly++;
    for (const event of mine) if ('recipient' in event) expect(event['recipient']).toMatch(/^r\d+@x\.test$/);
  }
  expect(tally.bounces).toBeGreaterThan(100);
  expect(tally.complaints).toBeGreaterThan(5);
  expect(missed).toEqual([]);
  // One of those that count as complaints there is a wish to be unsubscribed, and one is a report of failed authentication.
  expect(tally.complained).toBeGreaterThanOrEqual(tally.complaints - 2);
  expect(tally.wrongly).toBe(0);
});

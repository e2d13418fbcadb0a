/** Mail that comes back: what each kind of report leads to, once, in spite of crashes and nonsense. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { composeAutoreply, composeComplaint, composeNotice, composeTextBounce } from '../../server/dsn/compose.ts';
import type { Verp } from '../../server/dsn/verp.ts';
import { AT, dsn, HOUR, original, returnsHouse, said } from '../support/returns-house.ts';

test('a bounce that comes later is matched to its recipient, told, and suppresses a mailbox that is not there', async () => {
  const { sent, handIn, told, store } = await returnsHouse();
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
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const first = await returnsHouse({ dir });
  await first.sent('ann@x.test', 'm1@shop.test');
  const report = dsn('ann@x.test', 'm1@shop.test');
  await first.handIn(report);
  await first.handIn(report);
  expect((await first.told()).filter(({ type }) => type === 'bounce.received')).toHaveLength(1);
  await first.close();

  const second = await returnsHouse({ dir });
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

test('a report that is read from the log before its commit was told of is not waited for afterwards', async () => {
  const { sent, handIn, told, hub, returns, open } = await returnsHouse();
  await returns[Symbol.asyncDispose]();
  const late: (() => void)[] = [];
  const reader = open({ ...hub, onCommit: (hear) => hub.onCommit((events) => void late.push(() => hear(events))) });
  await reader.start();
  onTestFinished(() => reader[Symbol.asyncDispose]());
  await sent('ann@x.test', 'm1@shop.test');
  await handIn(dsn('ann@x.test', 'm1@shop.test'));
  await expect.poll(told).toHaveLength(2);
  for (const hear of late) hear();
  await expect.poll(() => reader.busy()).toBe(false);
});

test('what was a candidate by its return path alone is not waited for when the stream has another by the time it is read', async () => {
  const { handIn, hub, returns, open } = await returnsHouse();
  await returns[Symbol.asyncDispose]();
  let signs = true;
  const reader = open(hub, () => (signs ? { address: () => '', read: () => ({ message: 'x', n: 0 }) } as unknown as Verp : undefined));
  await reader.start();
  onTestFinished(() => reader[Symbol.asyncDispose]());
  hub.onCommit(() => { signs = false; });
  await handIn(Buffer.from('Subject: x\r\n\r\n'), { to: 'bounces+x@shop.test', from: 'mta@x.test' });
  await reader.quiet();
  expect(reader.busy()).toBe(false);
});

test('a crash between telling a report and keeping the cursor tells it no second time, and one before it loses nothing', async () => {
  const { sent, handIn, told, store, returns, open } = await returnsHouse();
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

test('a complaint suppresses; a report of failed authentication is none', async () => {
  const { sent, handIn, told } = await returnsHouse();
  const message = await sent('ann@x.test', 'm1@shop.test');
  const complaint = { id: 'c', at: AT, from: 'fbl@x.test', to: 'app@shop.test', reportingMta: 'mx.x.test', original: original('m1@shop.test'), recipient: 'ann@x.test' };
  await handIn(composeComplaint({ ...complaint, feedbackType: 'auth-failure' }));
  // Feedback loops have a sender of their own.
  await handIn(composeComplaint({ ...complaint, id: 'c2' }), { from: 'fbl@x.test' });
  expect(await told()).toMatchObject([{ type: 'complaint.received', message, recipient: 'ann@x.test', feedback: 'abuse' }, { type: 'suppression.added', reason: 'complaint', address: 'ann@x.test' }]);
});

test('an automatic reply is matched by its thread and never suppresses', async () => {
  const { sent, handIn, told } = await returnsHouse();
  const message = await sent('ann@x.test', 'm1@shop.test');
  const reply = { id: 'o', at: AT, from: 'ann@x.test', to: 'app@shop.test', reportingMta: 'mx.x.test' };
  await handIn(composeAutoreply({ ...reply, original: original('m1@shop.test') }));
  await handIn(composeAutoreply({ ...reply, id: 'o2', original: original('never-sent@shop.test') }));
  expect(await told()).toMatchObject([{ type: 'autoreply.received', message, recipient: 'ann@x.test' }]);
});

test('a late one is told as late, a full mailbox suppresses only after several days of it', async () => {
  const { sent, handIn, told, clock } = await returnsHouse();
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
  const { sent, handIn, told } = await returnsHouse();
  const message = await sent('ann@x.test', 'm1@shop.test');
  await handIn(composeNotice({ kind: 'failed', id: 'n', about: message, at: AT, from: 'MAILER-DAEMON@postern.test', to: 'app@shop.test', reportingMta: 'postern.test', original: original('m1@shop.test'), recipients: [{ address: 'ann@x.test', answer: said(550, '5.1.1', 'No such user'), attempts: 1, lastAt: AT }] }));
  await handIn(Buffer.from('From: app@shop.test\r\nAuto-Submitted: auto-generated\r\nSubject: Delivery status of your parcel: delayed\r\n\r\nIt could not be delivered. We are sorry.\r\n'), { to: 'ann@x.test', from: 'app@shop.test' });
  expect(await told()).toEqual([]);
});

test('huge and broken reports end like any other: read as far as they go, and those behind them are told', async () => {
  const { sent, handIn, told } = await returnsHouse();
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
  const { sent, handIn, told, store, clock, returns } = await returnsHouse();
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

test('a bounce of mail that really went out has the time of the wall, and the recipient stays delivered', async () => {
  const { sent, handIn, told, store, clock } = await returnsHouse();
  const message = await sent('ann@x.test', 'm1@shop.test', { stream: 'live' });
  await handIn(dsn('ann@x.test', 'm1@shop.test'), { stream: 'live' });
  expect((await told())[0]).toMatchObject({ type: 'bounce.received', stream: 'live', message, time: clock.now() });
  expect((await store.delivery(message))!.recipients.map(({ recipient }) => recipient.state)).toEqual(['delivered']);
  expect((await store.telemetry({ from: 0, to: clock.now() + HOUR, step: HOUR, by: 'class' })).counts.map((one) => [one.mode, one.class, one.measure, one.count].join(' '))).toEqual(['deliver invalid_recipient returned 1']);
});

test('a mailer that says little is understood by its empty sender alone', async () => {
  const { sent, handIn, told } = await returnsHouse();
  const message = await sent('ann@x.test', 'm1@shop.test');
  const words = Buffer.from(`From: Mail Delivery System <robot@far.test>\r\nTo: app@shop.test\r\nSubject: Your mail\r\n\r\nYour message did not go through.\r\n\r\n  ann@x.test\r\n    550 5.1.1 User unknown\r\n\r\n${'The beginning of your message follows. '.repeat(6)}\r\n\r\nMessage-ID: <m1@shop.test>\r\n`);
  await handIn(words, { from: '' });
  expect(await told()).toMatchObject([{ type: 'bounce.received', message, recipient: 'ann@x.test', hard: true }, { type: 'suppression.added' }]);
});

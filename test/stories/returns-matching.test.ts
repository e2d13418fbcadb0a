/** Whom a report is about: by its words, its thread or the signed return path, and nobody when it could be anybody's. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { makeVerp } from '../../server/dsn/verp.ts';
import { corpus } from '../support/corpus.ts';
import { dsn, original, returnsHouse } from '../support/returns-house.ts';

test('a report about somebody else\'s stream matches nothing there', async () => {
  const { sent, handIn, told, store, clock } = await returnsHouse();
  const message = await sent('ann@x.test', 'm1@shop.test', { stream: 'other' });
  await handIn(dsn('ann@x.test', 'm1@shop.test'));
  expect(await told()).toMatchObject([{ type: 'bounce.received', stream: 'shop', message: '', recipient: 'ann@x.test' }]);
  expect(await store.suppressionOf('other', 'simulate', 'ann@x.test', clock.now())).toBeUndefined();
  expect(await store.suppressionOf('shop', 'simulate', 'ann@x.test', clock.now())).toBeUndefined();
  expect(await store.returned(message)).toEqual([]);
});

test('a report about mail that never left holds nothing against its recipient', async () => {
  const { handIn, told } = await returnsHouse();
  await handIn(Buffer.from('From: app@shop.test\r\nMessage-ID: <m1@shop.test>\r\n\r\nHello.\r\n'), { to: 'ann@x.test', from: 'app@shop.test' });
  await handIn(dsn('ann@x.test', 'm1@shop.test'));
  expect((await told()).map(({ type }) => type)).toEqual(['bounce.received']);
});

test('a signed return path says whom it is about when nothing else does, and a forged one does not', async () => {
  const verp = makeVerp({ secret: 's', domain: 'return.shop.test' });
  const { sent, handIn, told } = await returnsHouse({ verp });
  const message = await sent(['ann@x.test', 'bob@x.test'], 'm1@shop.test');
  const words = Buffer.from('From: MAILER-DAEMON@far.test\r\nTo: x\r\nSubject: Undeliverable mail\r\n\r\nThe message could not be delivered. User unknown.\r\n');
  await handIn(words, { to: verp.address(message, 1).toUpperCase() });
  await handIn(Buffer.concat([words, Buffer.from('Again.')]), { to: verp.address(message, 0).replace(/.(?=@)/, (char) => (char === 'a' ? 'b' : 'a')) });
  // Forwarded: the report names where the mail ended, the return path whom we wrote to.
  await handIn(dsn('ann.private@far.test', 'unknown@far.test'), { to: verp.address(message, 0) });
  expect((await told()).filter(({ type }) => type === 'bounce.received')).toMatchObject([{ message, recipient: 'bob@x.test', class: 'invalid_recipient' }, { message, recipient: 'ann@x.test', hard: true }]);
});

test('a bounce to a signed return path is of the stream that signed it, whichever stream it comes in by; what others signed is nobody\'s', async () => {
  const verp = makeVerp({ secret: 's', domain: 'return.shop.test' });
  const { sent, handIn, told, store } = await returnsHouse({ verp: (stream) => (stream === 'live' ? verp : undefined) });
  const message = await sent(['ann@x.test', 'bob@x.test'], 'm1@shop.test', { stream: 'live' });
  for (const wrong of [makeVerp({ secret: 'of somebody else', domain: 'return.shop.test' }), makeVerp({ secret: 's', domain: 'return.other.test' })]) {
    await handIn(dsn('bob@x.test', 'm1@shop.test', undefined, { id: wrong.address(message, 1) }), { to: wrong.address(message, 1) });
    await handIn(Buffer.from('From: bob@x.test\r\nSubject: Hello\r\n\r\nUser unknown\r\n'), { to: wrong.address(message, 1), from: 'bob@x.test' });
  }
  expect((await told()).map(({ type, stream, message: about }) => [type, stream, about])).toEqual([['bounce.received', 'shop', ''], ['bounce.received', 'shop', '']]);
  const report = await handIn(dsn('ann@x.test', 'unknown@far.test'), { to: verp.address(message, 0) });
  expect((await told()).slice(2)).toMatchObject([
    { type: 'bounce.received', stream: 'live', message, recipient: 'ann@x.test', report, hard: true },
    { type: 'suppression.added', stream: 'live', mode: 'deliver', address: 'ann@x.test', reason: 'hard_bounce' },
  ]);
  expect((await store.read(report))!.stream).toBe('shop');
});

test('an envelope id is matched as the client wrote it, with its xtext undone on the way', async () => {
  const { sent, handIn, told } = await returnsHouse();
  const message = await sent('ann@x.test', 'm1@shop.test', { envid: 'order+2B7+3Dx' });
  await handIn(dsn('ann@x.test', '', undefined, { original: { ...original(''), raw: Buffer.from('Subject: x\r\n\r\n'), envid: 'order+2B7+3Dx' } }));
  expect((await told())[0]).toMatchObject({ type: 'bounce.received', message });
});

const ARF = (more: string, original = '') => Buffer.from(`From: fbl@provider.test\r\nSubject: complaint\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSomebody complained.\r\n--b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nUser-Agent: Loop/1\r\nVersion: 1\r\n${more}\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n${original}Subject: redacted\r\n\r\nx\r\n--b--\r\n`);

test('a complaint that was robbed of all names is matched by the return path that the mail had, of whichever stream shares the domain', async () => {
  const verp = makeVerp({ secret: 's', domain: 'return.shop.test' });
  const { sent, handIn, told } = await returnsHouse({ verp });
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

test('where real mail has signed return paths, a report without one is told, and holds nothing against anybody', async () => {
  const verp = makeVerp({ secret: 's', domain: 'return.shop.test' });
  const { sent, handIn, told } = await returnsHouse({ verp });
  const message = await sent(['ann@x.test', 'bob@x.test'], 'm1@shop.test', { stream: 'live' });
  // Bob has the same message, and its Message-ID.
  await handIn(dsn('ann@x.test', 'm1@shop.test'), { stream: 'live' });
  expect(await told()).toMatchObject([{ type: 'bounce.received', stream: 'live', message, recipient: 'ann@x.test', hard: true }]);
  await handIn(dsn('ann@x.test', 'm1@shop.test', undefined, { id: 'another' }), { to: verp.address(message, 0), stream: 'live' });
  expect((await told()).slice(1)).toMatchObject([{ type: 'bounce.received', recipient: 'ann@x.test' }, { type: 'suppression.added', stream: 'live', address: 'ann@x.test', reason: 'hard_bounce' }]);
});

const bounces = corpus('dsn-dev/', 'expected.jsonl');
const labels = bounces ? readFileSync(new URL('expected.jsonl', bounces), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as { file: string; kind: string; recipients: { hard: boolean; action: string | null; class: string }[] }) : [];

test.skipIf(!bounces)('bounces of many mailers, sent to a signed return path, are all of its recipient, and what is none suppresses nobody', async () => {
  const verp = makeVerp({ secret: 's', domain: 'return.shop.test' });
  const { sent, handIn, told } = await returnsHouse({ verp });
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

import { expect, test } from 'vitest';
import { DEFAULT_LIVE, isPerRecipient } from '../../server/mail/live.ts';
import { activate, retire, rotate } from '../../server/outgoing/keys/changes.ts';
import { drained, house, leased, MESSAGE, octetsOf, verify } from './house.ts';

const HEAD = 'From: Shop <shop@example.test>\r\nTo: user@receiver.test\r\nSubject: Your order\r\nDate: Fri, 20 Nov 2026 09:30:00 +0000\r\nMessage-ID: <1@example.test>\r\n';
const PLAIN = `${HEAD}\r\nThank you.\r\n`;
const UNSIGNED = { dkim: null };

/** Header lines (unfolded) and body of a copy. */
async function parts(outgoing: Parameters<typeof octetsOf>[0]) {
  const [head = '', ...body] = (await octetsOf(outgoing)).toString().split('\r\n\r\n');
  return { fields: head.replace(/\r\n[ \t]+/g, ' ').split('\r\n'), body: body.join('\r\n\r\n') };
}

test('the copy is the message with trace in front; what is kept is not touched', async () => {
  const { prepare, kept } = await house({ stored: PLAIN, policy: UNSIGNED });
  const { fields, body } = await parts(await prepare(...leased()));
  expect(fields).toEqual([
    `Received: from app.example.test ([192.0.2.7]) by mail.example.test (Postern) with ESMTP id ${MESSAGE} for <user@receiver.test>; Fri, 20 Nov 2026 09:30:05 +0000`,
    ...HEAD.trimEnd().split('\r\n'),
  ]);
  expect(body).toBe('Thank you.\r\n');
  expect(kept.octets.toString()).toBe(PLAIN);
});

test('hidden recipients, a Return-Path and a claim about interception leave the header, folds and all', async () => {
  const { prepare } = await house({ stored: `Bcc: one@x.test,\r\n two@x.test\r\nReturn-Path: <a@b.test>\r\nResent-Bcc: c@x.test\r\nX-Postern-Original-To: d@x.test\r\n${HEAD}bcc : e@x.test\r\n\r\nBcc: stays in the body\r\n`, policy: UNSIGNED });
  const { fields, body } = await parts(await prepare(...leased()));
  expect(fields.slice(1)).toEqual(HEAD.trimEnd().split('\r\n'));
  expect(body).toBe('Bcc: stays in the body\r\n');
});

test('mail that goes round in circles is held (RFC 5321 §6.3)', async () => {
  const { prepare, kept } = await house({ stored: `${'Received: from a.test by b.test; Fri, 20 Nov 2026 09:30:00 +0000\r\n'.repeat(99)}${PLAIN}`, policy: UNSIGNED });
  expect((await parts(await prepare(...leased()))).fields).toHaveLength(100 + 5);
  kept.octets = Buffer.concat([Buffer.from('Received: from b.test by a.test\r\n'), kept.octets]);
  expect(await prepare(...leased({ message: 'another' }))).toEqual({ held: { reason: 'unsigned', text: expect.stringContaining('100 servers') } });
});

test('SMTPUTF8 is asked for where the header needs it, and not because a client asks for it each time', async () => {
  const { prepare, kept } = await house({ stored: PLAIN, policy: UNSIGNED });
  expect(await prepare(...leased({ smtputf8: true }))).not.toHaveProperty('smtputf8');
  kept.octets = Buffer.from(`Subject: für dich\r\n${PLAIN}`);
  expect(await prepare(...leased({ message: 'another', smtputf8: true }))).toMatchObject({ smtputf8: true, body: '8BITMIME' });
  // Nobody asked for it: what many servers take all the same goes as it is.
  expect(await prepare(...leased({ message: 'another' }))).not.toHaveProperty('smtputf8');
});

test('a Date and a Message-ID that were forgotten are added, and one without a value is none', async () => {
  const { prepare, zone } = await house({ stored: 'From: a@example.test\r\nMessage-ID: \r\n\r\nx' });
  const outgoing = await prepare(...leased());
  const { fields } = await parts(outgoing);
  expect(fields.slice(-3)).toEqual(['Date: Fri, 20 Nov 2026 09:30:05 +0000', `Message-ID: <${MESSAGE.toLowerCase()}@mail.example.test>`, 'From: a@example.test']);
  expect((await verify(await octetsOf(outgoing), zone)).map(({ status }) => status.result)).toEqual(['pass', 'pass']);
});

test('Feedback-ID and one-click fields are added where the message has none of its own', async () => {
  const about: unknown[] = [];
  const { prepare, kept } = await house({ stored: PLAIN, policy: { ...UNSIGNED, feedbackId: 'c:d:e:shop', unsubscribe: true }, unsubscribeUrl: (who) => `https://post.example.test/u/${about.push(who)}` });
  const { fields } = await parts(await prepare(...leased({}, { address: 'u@x.test', n: 3 })));
  expect(fields.slice(1, 4)).toEqual(['Feedback-ID: c:d:e:shop', 'List-Unsubscribe: <https://post.example.test/u/1>', 'List-Unsubscribe-Post: List-Unsubscribe=One-Click']);
  expect(about).toEqual([{ stream: 'app', message: MESSAGE, n: 3, address: 'u@x.test' }]);

  kept.octets = Buffer.from(`Feedback-ID: mine\r\nList-Unsubscribe: <https://shop.example.test/leave>\r\n${PLAIN}`);
  const own = (await parts(await prepare(...leased({ message: 'another' })))).fields;
  expect(own.slice(1, 4)).toEqual(['Feedback-ID: mine', 'List-Unsubscribe: <https://shop.example.test/leave>', 'From: Shop <shop@example.test>']);
});

test('with an unsubscribe link each recipient has a copy of its own; without an address for the world such mail is held', async () => {
  expect([isPerRecipient(DEFAULT_LIVE), isPerRecipient({ ...DEFAULT_LIVE, unsubscribe: true })]).toEqual([false, true]);
  const { prepare } = await house({ stored: PLAIN, policy: { unsubscribe: true } });
  expect(await prepare(...leased())).toEqual({ held: { reason: 'unsigned', text: expect.stringContaining('publicUrl') } });
  const other = await house({ stored: PLAIN, policy: { unsubscribe: true }, unsubscribeUrl: () => 'https://x.test/u/1' });
  await expect(other.prepare(...leased({}, {}, { address: 'b@x.test' }))).rejects.toThrow('one recipient');
});

test('intercepted mail says whom it was for, and nothing in an address makes a field', async () => {
  const { prepare } = await house({ stored: PLAIN, policy: UNSIGNED });
  const original = ['a@x.test', 'grüße@x.test', 'evil@x.test\r\nBcc: z@z.test', 'a@x.test'];
  const { fields } = await parts(await prepare(...leased({}, { original })));
  expect(fields[1]).toBe(`X-Postern-Original-To: a@x.test, =?utf-8?B?${Buffer.from('grüße@x.test').toString('base64')}?=, evil@x.test??Bcc: z@z.test`);
  expect((await parts(await prepare(...leased({ smtputf8: true }, { original })))).fields[1]).toContain('grüße@x.test');
  const many = Array.from({ length: 1_000 }, (_, i) => `user${i}@x.test`);
  expect((await parts(await prepare(...leased({}, { original: many })))).fields[1]).toMatch(/user199@x\.test, \(and 800 more\)$/);
});

test('what a client or a recipient calls itself cannot make a field; several recipients are not named', async () => {
  const { prepare } = await house({ stored: PLAIN, policy: UNSIGNED, trace: { hello: 'x)\r\nBcc: z@z.test', client: { address: '::ffff:127.0.0.1', port: 1 }, tls: {}, login: {} } });
  const received = async (...recipients: { address: string }[]) => (await parts(await prepare(...leased({}, ...recipients)))).fields[0];
  const start = `Received: from [127.0.0.1] by mail.example.test (Postern) with ESMTPSA id ${MESSAGE}`;
  expect(await received({ address: 'a@x.test' })).toBe(`${start} for <a@x.test>; Fri, 20 Nov 2026 09:30:05 +0000`);
  for (const address of ['"a>\r\nX: y"@x.test', 'grüße@x.test', '"a b"@x.test', '"<a>"@x.test']) expect(await received({ address })).toBe(`${start}; Fri, 20 Nov 2026 09:30:05 +0000`);
  expect(await received({ address: 'a@x.test' }, { address: 'b@x.test' })).toBe(`${start}; Fri, 20 Nov 2026 09:30:05 +0000`);
});

test('a submission by HTTP over IPv6 is traced without its User-Agent', async () => {
  const { prepare } = await house({ stored: PLAIN, policy: UNSIGNED, trace: { protocol: 'http', hello: 'curl/8.0', client: { address: '2001:db8::1', port: 1 } } });
  expect((await parts(await prepare(...leased()))).fields[0]).toContain('Received: from [IPv6:2001:db8::1] by mail.example.test (Postern) with HTTP id');
});

test('line ends are mended, and octets beyond ASCII are said to be there', async () => {
  const { prepare, kept } = await house({ stored: 'From: a@example.test\nSubject: b\n\none\n.\ntwo', policy: UNSIGNED });
  const plain = await prepare(...leased());
  expect((await parts(plain)).body).toBe('one\r\n.\r\ntwo\r\n');
  expect(plain).toMatchObject({ body: '7BIT' });
  kept.octets = Buffer.from('From: a@example.test\n\ncafé\n');
  expect(await prepare(...leased({ message: 'eight' }))).toMatchObject({ body: '8BITMIME' });
  kept.octets = Buffer.from('From: a@example.test\nSubject: café\n\nx\n');
  expect(await prepare(...leased({ message: 'head' }))).toMatchObject({ body: '8BITMIME' });
});

test('a large body is never held: it is read once to sign and once for each sending, and verifies', async () => {
  const { prepare, kept, zone } = await house({ pieces: 60_001, stored: `${HEAD}\r\n${'a line of text \t\r\n'.repeat(200_000)}\r\n\r\n` });
  const outgoing = await prepare(...leased());
  expect(kept.opened).toBe(1);
  const octets = await octetsOf(outgoing);
  expect(await drained(outgoing as never)).toEqual(octets);
  expect(kept.opened).toBe(3);
  expect((await verify(octets, zone)).map(({ status }) => status.result)).toEqual(['pass', 'pass']);
});

test('a small message is read from disk once for all its copies, and signed once where they are the same', async () => {
  const { prepare, kept, clock } = await house({ stored: PLAIN });
  const signatures = async () => (await parts(await prepare(...leased()))).fields.filter((field) => field.startsWith('DKIM'));
  const first = await signatures();
  expect(await signatures()).toEqual(first);
  expect(kept.opened).toBe(1);
  clock.advance(3_600_000);
  expect((await signatures())[0]).not.toBe(first[0]);
});

test('what is remembered is bounded', async () => {
  const { prepare, kept } = await house({ stored: `${HEAD}\r\n${'x'.repeat(9_000)}`, policy: UNSIGNED, most: 100_000 });
  for (let i = 0; i < 30; i++) await prepare(...leased({ message: `M${i}` }));
  expect(kept.opened).toBe(30);
  await prepare(...leased({ message: 'M29' }));
  expect(kept.opened).toBe(30);
  await prepare(...leased({ message: 'M0' }));
  expect(kept.opened).toBe(31);
});

test('octets that cannot be read fail this time, not for ever', async () => {
  let broken = true;
  const { prepare } = await house({ policy: UNSIGNED, async openBody() {
    if (broken) throw new Error('the disk');
    return (async function* () { yield Buffer.from(PLAIN); })();
  } });
  await expect(prepare(...leased())).rejects.toThrow('the disk');
  broken = false;
  expect(await parts(await prepare(...leased()))).toMatchObject({ body: 'Thank you.\r\n' });
});

test('a message that is gone is no bounce', async () => {
  const { prepare } = await house({ openBody: async () => undefined });
  await expect(prepare(...leased())).rejects.toThrow('gone');
});

test.each([
  ['without a From', '\r\nx', 'no From'],
  ['with a From that names no domain', 'From: undisclosed\r\n\r\nx', 'names no domain'],
  ['from a domain without a key', 'From: a@other.test\r\n\r\nx', 'There is no DKIM key for other.test: make one with `postern dkim new other.test`'],
  ['from a folder name', 'From: a@..\r\n\r\nx', 'names no domain'],
  ['that says the same a thousand times', `From: a@example.test\r\n${'Subject: x\r\n'.repeat(1_000)}\r\nx`, 'more subject fields than can be signed'],
  ['with an endless header', 'X: y\r\n'.repeat(300_000), 'larger than 1 MB'],
])('a message %s is held, not sent unsigned', async (_, stored, text) => {
  const { prepare } = await house({ stored });
  expect(await prepare(...leased())).toEqual({ held: { reason: 'unsigned', text: expect.stringContaining(text) } });
});

test.each([
  ['its own', 'From: a@example.test', 'example.test'],
  ['a parent, for a domain below it', 'From: =?utf-8?Q?Caf=C3=A9?= <a@mail.eu.EXAMPLE.test>', 'example.test'],
  ['the first of several', 'From: "a@other.test" <b@example.test>, c@other.test', 'example.test'],
])('the key that signs is that of From: %s', async (_, from, domain) => {
  const { prepare } = await house({ stored: `${from}\r\n\r\nx` });
  const { fields } = await parts(await prepare(...leased()));
  expect(fields[1]).toContain(`d=${domain};`);
});

test('a stream may sign as a domain of its own, and with a selector that it names', async () => {
  const { prepare, kept, dir, clock } = await house({ stored: 'From: a@customer.test\r\n\r\nx', policy: { dkim: { domain: 'example.test', selector: null } } });
  const selectors = async (message: string) => {
    const outgoing = await prepare(...leased({ message }));
    return 'held' in outgoing ? outgoing.held.text : (await parts(outgoing)).fields.flatMap((field) => /^DKIM.* s=([\w-]+);/.exec(field)?.[1] ?? []);
  };
  expect(await selectors('a')).toEqual(['postern202611r', 'postern202611e']);
  await rotate(dir, 'example.test', clock.now());
  clock.advance(5_000);
  // Rotated, it overlaps: the old pair signs until the new one is taken into use.
  expect(await selectors('b')).toEqual(['postern202611r', 'postern202611e']);
  await activate(dir, 'example.test', 'postern202611-2', clock.now());
  clock.advance(5_000);
  expect(await selectors('c')).toEqual(['postern202611-2r', 'postern202611-2e']);
  kept.policy = { ...kept.policy, dkim: { domain: 'example.test', selector: 'postern202611' } };
  expect(await selectors('d')).toEqual(['postern202611r', 'postern202611e']);
  kept.policy = { ...kept.policy, dkim: { domain: 'example.test', selector: 'postern202611e' } };
  expect(await selectors('e')).toEqual(['postern202611e']);
  await retire(dir, 'example.test', 'postern202611', clock.now());
  clock.advance(5_000);
  expect(await selectors('f')).toContain('is retired');
  kept.policy = { ...kept.policy, dkim: { domain: 'sub.example.test', selector: null } };
  expect(await selectors('g')).toContain('no DKIM key for sub.example.test');
});

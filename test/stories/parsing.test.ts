/** Parsing in the background, with a real store and a real worker. */
import { createHash } from 'node:crypto';
import nodemailer, { type SendMailOptions } from 'nodemailer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { manualClock } from '../../server/clock.ts';
import { type MailHouse, openMailHouse } from '../support/mail-house.ts';

let house: MailHouse;
beforeAll(async () => { house = await openMailHouse(); });
afterAll(() => house[Symbol.asyncDispose]());

const composer = nodemailer.createTransport({ streamTransport: true, buffer: true });
const compose = async (mail: SendMailOptions) => (await composer.sendMail({ from: 'app@shop.test', to: 'ann@a.test', ...mail })).message as Buffer;
async function parsed(raw: Buffer) {
  const id = await house.send({ to: 'ann@a.test', raw });
  await house.parser.parsed(id);
  return (await house.store.read(id))!;
}

test('text, HTML, links, codes and attachments of a composed message are read', async () => {
  const pdf = Buffer.from(Array.from({ length: 50_000 }, (_, i) => i % 251));
  const message = await parsed(await compose({
    subject: 'Ihr Bestätigungscode', text: 'Ihr Code ist 482913 – https://shop.test/bestätigen?x=1.', html: '<p>Ihr Code: <b>482913</b> <a href="https://shop.test/go">weiter</a> <img src="cid:logo"></p>',
    attachments: [{ filename: 'Rechnung März.pdf', content: pdf }, { filename: 'logo.png', content: 'png', cid: 'logo', contentDisposition: 'inline' }],
  }));
  expect(message).toMatchObject({ parse: 'done', attachments: 2, snippet: 'Ihr Code ist 482913 – https://shop.test/bestätigen?x=1.' });
  expect(message.parsed).toMatchObject({
    text: 'Ihr Code ist 482913 – https://shop.test/bestätigen?x=1.',
    codes: ['482913'],
    links: [{ href: 'https://shop.test/go', text: 'weiter', from: 'html' }, { href: 'https://shop.test/bestätigen?x=1', from: 'text' }],
    attachments: [
      { filename: 'logo.png', disposition: 'inline', contentId: 'logo', size: 3 },
      { filename: 'Rechnung März.pdf', type: 'application/pdf', disposition: 'attachment', size: pdf.length, sha256: createHash('sha256').update(pdf).digest('hex') },
    ],
    warnings: [],
  });
});

test('the parts of an attachment lie where the tree says', async () => {
  const message = await parsed(await compose({ text: 'x', attachments: [{ filename: 'a.txt', content: 'the content', encoding: 'utf8', contentTransferEncoding: '7bit' }] }));
  const part = message.parsed!.tree!.parts!.find(({ path }) => path === message.parsed!.attachments[0]!.part)!;
  const pieces: Uint8Array[] = [];
  for await (const piece of (await house.store.body(message.id, { start: part.bodyStart, end: part.end }))!) pieces.push(piece);
  expect(Buffer.concat(pieces).toString()).toBe('the content');
});

test('an attached message is one attachment, and what it holds is not taken for ours', async () => {
  const inner = await compose({ subject: 'inner', text: 'code 111222', attachments: [{ filename: 'x.bin', content: 'x' }] });
  const message = await parsed(Buffer.concat([Buffer.from('From: a@a.test\r\nDate: Thu, 1 Jan 2026 00:00:00 +0000\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nouter\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n'), inner, Buffer.from('\r\n--b--\r\n')]));
  expect(message.parsed).toMatchObject({ text: 'outer', codes: [], attachments: [{ part: '2', type: 'message/rfc822', size: inner.length, sha256: createHash('sha256').update(inner).digest('hex') }] });
  expect(message.parsed!.tree!.parts![1]!.parts![0]).toMatchObject({ path: '2.TEXT', type: 'multipart/mixed' });
});

test('a large message is read in pieces; its text is cut, its attachment hashed whole', async () => {
  const line = `${'A'.repeat(76)}\r\n`;
  const encoded = line.repeat(100_000);
  const message = await parsed(Buffer.from(`From: a@a.test\r\nDate: Thu, 1 Jan 2026 00:00:00 +0000\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n${'long text '.repeat(300_000)}\r\n--b\r\nContent-Type: application/zip\r\nContent-Transfer-Encoding: base64\r\n\r\n${encoded}--b--\r\n`));
  expect(message.parsed!.truncated).toBe(true);
  expect(message.parsed!.text!.length).toBe(2 * 1024 * 1024);
  expect(message.parsed!.attachments).toMatchObject([{ size: 5_700_000, sha256: createHash('sha256').update(Buffer.alloc(5_700_000)).digest('hex') }]);
});

test('charsets that senders really use are read', async () => {
  const cases: [string, number[], string][] = [
    ['iso-8859-1', [0xe9], 'é'], ['windows-1252', [0x80], '€'], ['koi8-r', [0xd4], 'т'], ['shift_jis', [0x93, 0xfa], '日'], ['gb18030', [0xc4, 0xe3], '你'], ['euc-kr', [0xc7, 0xd1], '한'], ['utf-16le', [0x41, 0x00], 'A'], ['', [0xe9], 'é'], ['no-such', [0xe9], 'é'], ['iso-2022-jp', [0x1b, 0x24, 0x42, 0x46, 0x7c, 0x1b, 0x28, 0x42], '日'], ['utf-7', [0x61], 'a'], ['cp850', [0x82], 'é'],
  ];
  for (const [charset, bytes, text] of cases) {
    const message = await parsed(Buffer.concat([Buffer.from(`From: a@a.test\r\nContent-Type: text/plain${charset && `; charset="${charset}"`}\r\nContent-Transfer-Encoding: base64\r\n\r\n`), Buffer.from(Buffer.from(bytes).toString('base64'))]));
    expect([charset, message.parsed!.text]).toEqual([charset, text]);
    expect([charset, message.parsed!.warnings.some((one) => one.includes('charset'))]).toEqual([charset, charset === 'no-such']);
  }
});

test('format=flowed is put together, and RFC 2047 fields are decoded', async () => {
  const message = await parsed(Buffer.from('From: a@a.test\r\nX-Note: =?utf-8?q?caf=C3=A9?=\r\nContent-Type: text/plain; format=flowed\r\n\r\nThis is \r\none line.\r\n'));
  expect(message.parsed!.text).toBe('This is one line.');
  expect(message.parsed!.headers).toContainEqual({ name: 'X-Note', value: 'café' });
});

test('broken and hostile messages are kept, shown and explained', async () => {
  const cases: [string, string][] = [
    ['', 'no header'], ['\0\0\0', 'NUL'], ['Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n\r\ntext', 'no end boundary'], ['Subject: a\r\nSubject: b\r\n\r\nx', '2 Subject fields'], ['Date: soon\r\n\r\nx', 'Date field cannot be read'],
    ['Content-Transfer-Encoding: base64\r\n\r\n@@@@!!', 'Part 1 is said to be base64 but holds other characters'], ['Content-Type: text/plain; charset=x-nope\r\n\r\nx', 'Part 1 is in the charset "x-nope", which Postern does not know'],
    ['Content-Transfer-Encoding: quoted-printable\r\n\r\na=ZZ', 'Part 1 is said to be quoted-printable but holds an "=" that encodes nothing'], ['Content-Transfer-Encoding: quoted-printable\r\n\r\n-- \r\nAnn', 'Part 1 is quoted-printable and ends a line in white space'],
    ['Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n\r\nx\r\n--a\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\nAA?A\r\n--a--', 'Part 2 is said to be base64'],
    [`Content-Type: text/html\r\n\r\n${'<div>'.repeat(100_000)}`, 'no From'], [`Content-Type: multipart/mixed; boundary=a\r\n\r\n${'--a\r\n\r\nx\r\n'.repeat(3_000)}--a--`, 'no From'],
  ];
  for (const [raw, warning] of cases) {
    const message = await parsed(Buffer.from(raw, 'latin1'));
    expect([warning, message.parse, message.parsed!.warnings.join('; ')]).toEqual([warning, 'done', expect.stringContaining(warning)]);
  }
});

test('when all is settled, every message is parsed and found by its words', async () => {
  await Promise.all(Array.from({ length: 200 }, (_, i) => house.send({ to: 'settle@a.test', body: `quokka number ${i}\r\n` })));
  expect(await house.parser.settled()).toBe(true);
  expect(house.parser.backlog()).toBe(0);
  expect(await house.store.list({ filter: { kind: 'text', words: ['quokka'], whole: true }, limit: 500 })).toHaveLength(200);
  expect(await house.store.list({ filter: { kind: 'text', words: ['quokka', 'number', '19'], whole: false }, limit: 500 })).toHaveLength(11);
});

test('a message is found by where its links lead, though HTML does not show it', async () => {
  const message = await parsed(await compose({ subject: 'x', html: '<p><a href="https://shop.test/reset?token=zz99q">Reset</a></p>' }));
  const found = await house.store.list({ filter: { kind: 'text', words: ['zz99q'], whole: true }, limit: 10 });
  expect(found.map(({ id }) => id)).toEqual([message.id]);
});

test('while mail pours in the parser rests between batches, but not when it is asked', async () => {
  const clock = manualClock();
  await using busy = await openMailHouse({ clock });
  const ids = await Promise.all(Array.from({ length: 150 }, () => busy.send({ to: 'pour@a.test' })));
  await busy.parser.parsed(ids.at(-1)!);
  expect((await busy.store.read(ids.at(-1)!))!.parse).toBe('done');
  expect(busy.parser.backlog()).toBeGreaterThan(50);
  const rested = new Promise<void>((resolve) => busy.hub.onCommit(() => { if (busy.parser.backlog() === 0) resolve(); }));
  clock.advance(1_000);
  await rested;
  expect(await busy.store.backlog()).toBe(0);
});

test('asking for a message that is gone, or parsed long ago, is answered at once', async () => {
  await house.parser.parsed('00000000000000000000000000');
  const id = await house.send({ to: 'ann@a.test' });
  await Promise.all([house.parser.parsed(id), house.parser.parsed(id)]);
  await house.parser.parsed(id);
  expect((await house.store.read(id))!.parse).toBe('done');
});

test('what was captured before the parser began is parsed as well', async () => {
  await using later = await openMailHouse();
  await later.parser.close();
  const id = await later.send({ to: 'ann@a.test' });
  const { createParser } = await import('../../server/inbox/parse/parser.ts');
  const { wallClock } = await import('../../server/clock.ts');
  const parser = createParser({ store: later.store, onCommit: later.hub.onCommit, clock: wallClock });
  await parser.settled();
  expect((await later.store.read(id))!.parse).toBe('done');
  await parser.close();
});

import { expect, test } from 'vitest';
import { examine, goodMail } from '../../../../test/support/check-mail.ts';

const plain = (type: string, encoding: string | null, body: Buffer | string): Buffer => Buffer.concat([
  Buffer.from(['From: orders@shop.test', 'To: ann@reader.test', 'Subject: Hello', 'Date: Mon, 1 Jun 2026 12:00:00 +0000', 'Message-ID: <1@shop.test>', 'MIME-Version: 1.0', `Content-Type: ${type}`, ...(encoding === null ? [] : [`Content-Transfer-Encoding: ${encoding}`]), '', ''].join('\r\n')),
  Buffer.isBuffer(body) ? body : Buffer.from(body),
]);

test('a line of 998 octets is allowed, one of 999 is not, and its number is told', async () => {
  expect((await examine(goodMail({ text: 'a'.repeat(998) }))).verdict('lines')).toBe('pass');
  const raw = goodMail({ text: `one\n${'a'.repeat(999)}` });
  const found = await examine(raw);
  const number = raw.split('\r\n').findIndex((line) => line.length === 999) + 1;
  expect(found.check('lines')).toMatchObject({ verdict: 'fail', details: [{ line: number, in: 'source' }] });
});

test('line lengths are the same however the bytes come in pieces', async () => {
  const raw = goodMail({ text: `${'a'.repeat(999)}\nb\n${'c'.repeat(1200)}` });
  const whole = await examine(raw);
  for (const piece of [1, 2, 7, 500, 1000]) expect((await examine(raw, {}, piece)).checks).toEqual(whole.checks);
});

test('bare LF and bare CR are told with the line of the first', async () => {
  const found = await examine(plain('text/plain; charset=utf-8', null, 'one\r\ntwo\nthree\rfour\r\n'));
  expect(found.verdict('lines')).toBe('warn');
  expect(found.check('lines').details).toMatchObject([{ line: 10 }, { line: 11 }]);
  expect((await examine(plain('text/plain; charset=utf-8', null, 'one\r\ntwo\r\n'))).verdict('lines')).toBe('pass');
});

test.each([
  ['7bit', 'Grüße', 'fail', 'says 7bit'],
  [null, 'Grüße', 'fail', 'says 7bit'],
  ['8bit', 'Grüße', 'pass', ''],
  ['quoted-printable', 'Gr=C3=BC=C3=9Fe', 'pass', ''],
  ['quoted-printable', 'Grüße', 'fail', 'although it is quoted-printable'],
  ['binary', 'hello', 'fail', 'BINARYMIME'],
  ['x-uuencode', 'hello', 'warn', 'not one of MIME'],
  ['8bit', 'a\0b', 'fail', 'NUL'],
] as const)('%s with %j is %s', async (encoding, body, verdict, says) => {
  const found = await examine(plain('text/plain; charset=utf-8', encoding, body));
  expect(found.verdict('eight-bit')).toBe(verdict);
  expect(found.says('eight-bit')).toContain(says);
});

test('8-bit octets in the header need SMTPUTF8', async () => {
  const raw = goodMail({ headers: { Subject: 'Grüße aus Köln' } });
  expect((await examine(raw)).check('eight-bit')).toMatchObject({ verdict: 'fail', details: [{ line: 3, in: 'source' }] });
  expect((await examine(raw, { smtputf8: true })).verdict('eight-bit')).toBe('pass');
  expect((await examine(plain('text/plain; charset=utf-8', '8bit', 'Grüße'), { body: '7BIT' })).verdict('eight-bit')).toBe('warn');
});

const latin = Buffer.from('Gr\xfc\xdfe', 'latin1');
test.each([
  ['text/plain; charset=utf-8', Buffer.from('Grüße'), 'pass', 'utf-8'],
  ['text/plain; charset=iso-8859-1', latin, 'pass', 'iso-8859-1'],
  ['text/plain; charset=utf-8', latin, 'fail', 'but is not'],
  ['text/plain; charset=us-ascii', Buffer.from('Grüße'), 'fail', 'says us-ascii'],
  ['text/plain', Buffer.from('Grüße'), 'fail', 'names no charset'],
  ['text/plain; charset=klingon', Buffer.from('hello'), 'fail', 'not known'],
  ['text/plain; charset=iso-8859-1', Buffer.from('Grüße aus Köln'), 'warn', 'reads like UTF-8'],
  ['text/plain; charset=utf-8', Buffer.from('GrÃ¼ÃŸe â€™tis'), 'warn', 'encoded twice'],
  ['text/plain; charset=utf-8', Buffer.from('Gr\ufffde'), 'warn', 'could not be decoded'],
  ['text/plain; charset=koi8-r', Buffer.from([0xf0, 0xd2, 0xc9, 0xd7, 0xc5, 0xd4]), 'pass', 'koi8-r'],
] as const)('%s with %s is %s', async (type, body, verdict, says) => {
  const found = await examine(plain(type, '8bit', body as Buffer));
  expect(found.verdict('charset')).toBe(verdict);
  expect(found.says('charset')).toContain(says);
});

test('a <meta> that names another charset than the part is told with its line', async () => {
  const body = (charset: string) => `<html>\n<head><meta http-equiv="Content-Type" content="text/html; charset=${charset}"></head><body>hello</body></html>`;
  expect((await examine(plain('text/html; charset=utf-8', '8bit', body('iso-8859-1')))).check('charset')).toMatchObject({ verdict: 'warn', details: [{ line: 2, in: 'html' }] });
  expect((await examine(plain('text/html; charset=iso-8859-1', '8bit', body('windows-1252')))).verdict('charset')).toBe('pass');
});

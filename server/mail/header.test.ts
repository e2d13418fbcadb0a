import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HEADER_LIMIT, headerCollector, parseMailboxes, readFields } from './header.ts';

const read = (text: string | Buffer, step = Infinity) => {
  const bytes = Buffer.from(text as string, 'utf8');
  const collector = headerCollector();
  for (let at = 0; at < bytes.length; at += step) collector.push(bytes.subarray(at, Math.min(at + step, bytes.length)));
  return collector.summary();
};

const MAIL = [
  'Received: from app.test by postern.test; Sat, 21 Nov 2026 10:00:00 +0000',
  'From: =?UTF-8?Q?Ann_B=C3=BCcher?= <ann@example.test>',
  'To: bob@example.test, "Carol, C." <carol@example.test>,',
  '\tTeam: d@example.test, e@example.test;',
  'Cc: <f@example.test>',
  'Reply-To: replies@example.test',
  'Subject: =?UTF-8?B?w5xiZXI=?=',
  '  alles',
  'Message-ID: <1.2@example.test>',
  'Date: Sat, 21 Nov 2026 11:00:00 +0100 (CET)',
  'X-Tags: welcome, spring',
  '',
  'Subject: not this one',
  '',
].join('\r\n');

test('the fields that lists need are read and decoded', () => {
  expect(read(MAIL)).toEqual({
    subject: 'Über alles',
    from: [{ name: 'Ann Bücher', address: 'ann@example.test' }],
    to: [{ name: '', address: 'bob@example.test' }, { name: 'Carol, C.', address: 'carol@example.test' }, { name: '', address: 'd@example.test' }, { name: '', address: 'e@example.test' }],
    cc: [{ name: '', address: 'f@example.test' }],
    replyTo: [{ name: '', address: 'replies@example.test' }],
    messageId: '1.2@example.test',
    date: Date.UTC(2026, 10, 21, 10),
    tags: ['welcome', 'spring'],
  });
});

test('the pieces in which a header arrives make no difference', () => {
  const whole = read(MAIL);
  for (const step of [1, 2, 3, 7, 64]) expect(read(MAIL, step)).toEqual(whole);
  expect(read(MAIL.replaceAll('\r\n', '\n'), 5)).toEqual(whole);
});

test('the first of two Subject fields counts, and a missing header is empty', () => {
  expect(read('Subject: one\r\nSubject: two\r\n\r\n').subject).toBe('one');
  expect(read('')).toEqual({ subject: '', from: [], to: [], cc: [], replyTo: [], messageId: '', tags: [] });
  expect(read('\r\nSubject: body\r\n').subject).toBe('');
});

test('each message has the date of its own header, also where the one before had another or none that can be read', () => {
  const dates = ['Sat, 21 Nov 2026 10:00:00 +0000', 'Sat, 21 Nov 2026 10:00:00 +0000', 'some day', 'some day', 'Sat, 21 Nov 2026 10:00:01 +0000'];
  const at = Date.UTC(2026, 10, 21, 10);
  expect(dates.map((date) => read(`Date: ${date}\r\n\r\n`).date)).toEqual([at, at, undefined, undefined, at + 1_000]);
});

test.each([
  ['<1@x.test>', '1@x.test'],
  ['1@x.test', '1@x.test'],
  ['before <1@x.test> after <2@x.test>', '1@x.test'],
  ['1@x.test> <2@x.test>', '2@x.test'],
  ['<1@x.test', '<1@x.test'],
  ['<<1@x.test>>', '<1@x.test'],
  ['< 1@x.test >', '1@x.test'],
])('the message id of %s is %s', (field, id) => {
  expect(read(`Message-ID: ${field}\r\n\r\n`).messageId).toBe(id);
});

test('8-bit fields are read as UTF-8, or else as Latin-1', () => {
  expect(read('Subject: grüße\r\n\r\n').subject).toBe('grüße');
  const latin = headerCollector();
  latin.push(Buffer.from('Subject: gr\xfc\xdfe\r\n\r\n', 'latin1'));
  expect(latin.summary().subject).toBe('grüße');
});

test('an encoded word cannot smuggle a line break or an escape sequence into a field', () => {
  expect(read('Subject: =?utf-8?Q?a=0D=0ABcc:_x=1B[2J?=\r\n\r\n').subject).toBe('a Bcc: x [2J');
});

test('a header without an end is read up to its limit', () => {
  const summary = read(`Subject: here\r\nX-Long: ${'x'.repeat(HEADER_LIMIT)}\r\nMessage-ID: <late@x.test>\r\n`, 65_536);
  expect(summary).toMatchObject({ subject: 'here', messageId: '' });
});

test('addresses are shown as they were written', () => {
  expect(parseMailboxes('"a@b.test x" <c@d.test>')).toEqual([{ name: 'a@b.test x', address: 'c@d.test' }]);
  expect(parseMailboxes('undisclosed-recipients:;')).toEqual([]);
  expect(parseMailboxes('Bob <bob@x.test>')).toEqual([{ name: 'Bob', address: 'bob@x.test' }]);
});

test('no bytes make it throw, and no field holds a control character', () => {
  fc.assert(fc.property(fc.oneof(fc.uint8Array({ maxLength: 400 }), fc.string({ unit: 'binary', maxLength: 200 }).map((text) => Buffer.from(`Subject: ${text}\r\nTo: ${text}\r\n\r\n`))), (bytes) => {
    const collector = headerCollector();
    collector.push(bytes);
    const { subject, to } = collector.summary();
    // eslint-disable-next-line no-control-regex
    expect([subject, ...to.map((one) => one.name)].join('')).not.toMatch(/[\u0000-\u001f\u007f]/);
    readFields(Buffer.from(bytes));
  }), { numRuns: 300 });
});

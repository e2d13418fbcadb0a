import { expect, test } from 'vitest';
import { examine, goodMail } from '../../../../test/support/check-mail.ts';

test('nothing is found on a good mail', async () => {
  const { checks } = await examine(goodMail());
  expect(checks.filter(({ verdict }) => verdict === 'warn' || verdict === 'fail')).toEqual([]);
  expect(checks.map(({ id }) => id).toSorted()).toEqual(['alignment', 'charset', 'compat', 'dkim', 'eight-bit', 'fields', 'image-alt', 'image-sources', 'leftovers', 'lines', 'links', 'markup', 'size', 'subject', 'text-html', 'text-part', 'unsubscribe']);
});

test.each([
  ['From', null, 'fail', 'From is missing'],
  ['From', 'The Shop', 'fail', 'From holds no address'],
  ['Date', null, 'fail', 'Date is missing'],
  ['Date', 'yesterday at tea', 'fail', 'Date cannot be read'],
  ['Date', 'Mon, 1 Jun 2020 12:00:00 +0000', 'warn', 'more than a day away'],
  ['Message-ID', null, 'warn', 'Message-ID is missing'],
  ['Message-ID', 'abc', 'warn', 'not of the form'],
  ['Message-ID', '<1@localhost>', 'warn', 'this machine'],
  ['To', null, 'warn', 'neither To nor Cc'],
  ['Subject', ['One', 'Two'], 'fail', 'Subject is there 2 times'],
  ['Bcc', 'eve@reader.test', 'warn', 'every recipient can read it'],
  ['MIME-Version', null, 'warn', 'MIME-Version is missing'],
  ['Return-Path', '<bounces@shop.test>', 'info', 'only the last server'],
] as const)('%s: %s is %s among the header fields', async (name, value, verdict, says) => {
  const found = await examine(goodMail({ headers: { [name]: value as string | string[] | null } }));
  expect(found.verdict('fields')).toBe(verdict);
  expect(found.says('fields')).toContain(says);
});

test('a mail for Cc only has a recipient', async () => {
  expect((await examine(goodMail({ headers: { To: null, Cc: 'ann@reader.test' } }))).verdict('fields')).toBe('pass');
});

test.each([
  [null, 'fail', 'no Subject'],
  ['', 'fail', 'empty'],
  ['=?utf-8?q?_?=', 'fail', 'empty'],
  ['a'.repeat(100), 'info', '100 characters'],
  ['b'.repeat(200), 'warn', '200 characters'],
  ['Re: our talk', 'warn', 'neither In-Reply-To'],
  ['Buy now!!!', 'warn', 'exclamation'],
  ['YOUR ORDER IS HERE', 'warn', 'capitals'],
  ['Über 20 % auf alles – 春のお知らせ', 'pass', ''],
] as const)('the subject %j is %s', async (subject, verdict, says) => {
  const found = await examine(goodMail({ headers: { Subject: subject } }), { smtputf8: true });
  expect(found.verdict('subject')).toBe(verdict);
  expect(found.says('subject')).toContain(says);
});

test('a reply that names what it answers may begin with Re:', async () => {
  expect((await examine(goodMail({ headers: { Subject: 'Re: our talk', 'In-Reply-To': '<1@reader.test>' } }))).verdict('subject')).toBe('pass');
});

test.each([
  ['a sender of another organisation', { from: 'bounces@relay.test' }, {}, 'warn', 'SPF cannot align'],
  ['an empty envelope sender', { from: '' }, {}, 'warn', 'nobody hears'],
  ['an empty envelope sender of an automatic reply', { from: '' }, { 'Auto-Submitted': 'auto-replied' }, 'info', 'as it is for notifications'],
  ['authors of two organisations', {}, { From: 'a@shop.test, b@other.test' }, 'fail', 'different domains'],
  ['replies to a free mailbox', {}, { 'Reply-To': 'shop4711@gmail.com' }, 'warn', 'phishing'],
  ['replies to another organisation', {}, { 'Reply-To': 'help@desk.test' }, 'info', 'Replies go to desk.test'],
  ['a Reply-To without an address', {}, { 'Reply-To': 'us' }, 'fail', 'holds no address'],
  ['another address as the name in From', {}, { From: '"service@bank.test" <x@shop.test>' }, 'warn', 'another address'],
  ['a Sender of another organisation', {}, { Sender: 'mailer@relay.test' }, 'info', 'on behalf of'],
] as const)('%s is told', async (_, envelope, headers, verdict, says) => {
  const found = await examine(goodMail({ headers }), envelope);
  expect(found.verdict('alignment')).toBe(verdict);
  expect(found.says('alignment')).toContain(says);
});

test('siblings under one organisational domain are aligned, those under a public suffix are not', async () => {
  const siblings = await examine(goodMail({ headers: { From: 'news@news.shop.co.uk' } }), { from: 'b@bounces.shop.co.uk' });
  expect(siblings.verdict('alignment')).toBe('pass');
  const strangers = await examine(goodMail({ headers: { From: 'news@shop.co.uk' } }), { from: 'b@other.co.uk' });
  expect(strangers.verdict('alignment')).toBe('warn');
});

const oneClick = { 'List-Unsubscribe': '<https://shop.test/u/1>, <mailto:u@shop.test>', 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' };

test('a message to one person needs no List-Unsubscribe, bulk mail does', async () => {
  expect((await examine(goodMail())).verdict('unsubscribe')).toBe('info');
  for (const headers of [{ 'List-Id': '<news.shop.test>' }, { Precedence: 'bulk' }]) expect((await examine(goodMail({ headers }))).verdict('unsubscribe')).toBe('fail');
  const linked = await examine(goodMail({ text: 'To unsubscribe: https://shop.test/unsubscribe/1' }));
  expect(linked.says('unsubscribe')).toContain('a link to unsubscribe');
});

test('one-click unsubscribing passes; without Post, by http, or to this machine it does not', async () => {
  expect((await examine(goodMail({ headers: oneClick }))).verdict('unsubscribe')).toBe('pass');
  expect((await examine(goodMail({ headers: { 'List-Unsubscribe': '<mailto:u@shop.test>' } }))).says('unsubscribe')).toContain('one click');
  expect((await examine(goodMail({ headers: { ...oneClick, 'List-Unsubscribe-Post': 'yes' } }))).verdict('unsubscribe')).toBe('warn');
  expect((await examine(goodMail({ headers: { ...oneClick, 'List-Unsubscribe': '<http://shop.test/u/1>' } }))).verdict('unsubscribe')).toBe('warn');
  expect((await examine(goodMail({ headers: { ...oneClick, 'List-Unsubscribe': '<https://localhost:3000/u>' } }))).verdict('unsubscribe')).toBe('fail');
  expect((await examine(goodMail({ headers: { ...oneClick, 'List-Unsubscribe': '<https://shop.test/u/{{id}}>' } }))).verdict('unsubscribe')).toBe('fail');
});

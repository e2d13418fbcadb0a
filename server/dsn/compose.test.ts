import fc from 'fast-check';
import { simpleParser } from 'mailparser';
import { expect, test } from 'vitest';
import { type ReplyClass } from '../classify/verdict.ts';
import { findEnhanced } from '../mail/enhanced-status.ts';
import { readFields } from '../mail/header.ts';
import { FAULTS, STAGES } from '../mail/reply.ts';
import { composeAutoreply, composeComplaint, composeDsn, composeLater, composeNotice, composeTextBounce, type NoticeInput, type NoticeRecipient, type Original } from './compose.ts';
import { parseBounce } from './parse.ts';

const AT = Date.UTC(2026, 0, 2, 3, 4, 5);
const RAW = Buffer.from('Received: from app\r\nFrom: Shop <app@shop.test>\r\nTo: ann@x.test\r\nSubject: Your order\r\nMessage-ID: <order-1@shop.test>\r\nReferences: <a@shop.test> <b@shop.test>\r\n\r\nThe secret body.\r\n');
const original: Original = { messageId: 'order-1@shop.test', from: 'app@shop.test', receivedAt: AT - 60_000, raw: RAW, complete: true };
const unknownUser = { kind: 'reply', stage: 'rcpt', code: 550, enhanced: findEnhanced('5.1.1')!, text: 'No such user here', host: 'mx.x.test' } as const;
const ann: NoticeRecipient = { address: 'ann@x.test', answer: unknownUser, verdict: { class: 'invalid_recipient' }, attempts: 1, lastAt: AT };
const notice = (change: Partial<NoticeInput> = {}): NoticeInput => ({ kind: 'failed', id: '01NOTICE', about: '01MESSAGE', at: AT, from: 'MAILER-DAEMON@postern.test', to: 'app@shop.test', reportingMta: 'postern.test', original, recipients: [ann], ...change });
const headerOf = (raw: Uint8Array) => readFields(Buffer.from(raw));
const textOf = (raw: Uint8Array) => Buffer.from(raw).toString('utf8');

test('a failure notice is a delivery report that machines and people can read', async () => {
  const raw = composeNotice(notice({ original: { ...original, envid: 'order+2B7' }, recipients: [{ ...ann, orcpt: 'rfc822;Ann+2Bshop@alias.test' }] }));
  expect(parseBounce(raw)).toMatchObject({
    kind: 'bounce', reportingMta: 'postern.test', envelopeId: 'order+7', originalMessageId: 'order-1@shop.test',
    recipients: [{ recipient: 'ann@x.test', originalRecipient: 'Ann+shop@alias.test', action: 'failed', status: '5.1.1', replyCode: 550, remoteMta: 'mx.x.test', diagnostic: '550 5.1.1 No such user here', class: 'invalid_recipient', hard: true }],
  });
  const mail = await simpleParser(Buffer.from(raw));
  expect(mail.headers.get('auto-submitted')).toBe('auto-replied');
  expect(mail.headers.get('x-postern-notice')).toBe('01MESSAGE');
  expect(mail.messageId).toBe('<01NOTICE@postern.test>');
  expect(mail.inReplyTo).toBe('<order-1@shop.test>');
  expect(mail.date?.getTime()).toBe(AT);
  expect(mail.headers.get('content-type')).toMatchObject({ value: 'multipart/report', params: { 'report-type': 'delivery-status' } });
  expect(mail.text).toContain('could not be delivered to this recipient');
  expect(mail.text).toContain('Subject:  Your order');
  expect(mail.text).toContain('The mail server mx.x.test said after RCPT TO:\n    550 5.1.1 No such user here');
  expect(mail.text).toContain('There is no such mailbox.');
  expect(textOf(raw)).toContain('\r\nArrival-Date: Fri, 02 Jan 2026 03:03:05 +0000\r\n');
});

test('only a failure notice with RET=FULL returns the body', () => {
  const full = { ...original, ret: 'FULL' as const };
  const returns = (change: Partial<NoticeInput>) => textOf(composeNotice(notice(change))).includes('The secret body.');
  expect(returns({ original: full })).toBe(true);
  expect(returns({ original: full, kind: 'expired' })).toBe(true);
  expect(returns({ original: full, kind: 'delayed' })).toBe(false);
  expect(returns({ original: full, kind: 'delivered' })).toBe(false);
  expect(returns({ original: { ...full, complete: false } })).toBe(false);
  expect(returns({ original: { ...full, ret: 'HDRS' } })).toBe(false);
  expect(returns({})).toBe(false);
  expect(composeNotice(notice({ original: { ...full, raw: Buffer.concat([RAW, Buffer.alloc(3_000_000, 65)]) } })).length).toBeLessThan(10_000);
});

test('a delay notice says until when it is tried, and is about a time, not about an address', () => {
  const raw = composeNotice(notice({ kind: 'delayed', recipients: [{ ...ann, answer: { ...unknownUser, code: 552, enhanced: findEnhanced('5.2.2')!, text: 'Over quota' }, willRetryUntil: AT + 3_600_000, attempts: 7 }] }));
  expect(parseBounce(raw).recipients).toMatchObject([{ action: 'delayed', status: '4.2.2', class: 'mailbox_full', hard: false }]);
  expect(textOf(raw)).toContain('Will-Retry-Until: Fri, 02 Jan 2026 04:04:05 +0000\r\n');
  expect(textOf(raw)).toContain('Tried 7 times');
});

test('a success notice is told apart, and so is an expiry without any attempt', () => {
  expect(parseBounce(composeNotice(notice({ kind: 'delivered', recipients: [{ ...ann, answer: { kind: 'reply', code: 250, text: 'OK' } }] })))).toMatchObject({ kind: 'delivered_dsn', recipients: [{ action: 'delivered', status: '2.0.0' }] });
  expect(parseBounce(composeNotice(notice({ kind: 'relayed', recipients: [{ ...ann, answer: { kind: 'reply', code: 250, text: 'OK' } }] })))).toMatchObject({ kind: 'delivered_dsn', recipients: [{ action: 'relayed', status: '2.0.0' }] });
  expect(parseBounce(composeNotice(notice({ kind: 'expired', recipients: [{ address: 'ann@x.test', answer: null, attempts: 0, lastAt: null }] }))).recipients).toMatchObject([{ action: 'failed', status: '4.4.7', class: 'expired', hard: false }]);
});

test.each(FAULTS)('%s has a status that agrees with what became of it', (fault) => {
  for (const [kind, first] of [['delayed', '4'], ['expired', '4']] as const) {
    expect(parseBounce(composeNotice(notice({ kind, recipients: [{ ...ann, answer: { kind: 'fault', stage: 'connect', fault, detail: 'it went wrong' } }] }))).recipients[0]).toMatchObject({ status: expect.stringMatching(`^${first}`) as string });
  }
  expect(parseBounce(composeNotice(notice({ recipients: [{ ...ann, answer: { kind: 'fault', stage: 'resolve', fault, detail: 'it went wrong' } }] }))).recipients).toMatchObject([{ recipient: 'ann@x.test', action: 'failed', status: expect.stringMatching(/^[45]\.\d+\.\d+$/) as string }]);
});

test('an international address has the types of RFC 6533 and comes back as it was', async () => {
  const raw = composeNotice(notice({ to: 'grüße@büro.test', original: { ...original, raw: Buffer.from('Subject: Grüße\r\nMessage-ID: <order-1@shop.test>\r\n\r\n') }, recipients: [{ ...ann, address: '用户@例え.test', orcpt: 'utf-8;\\x{7528}@x.test' }] }));
  const text = textOf(raw);
  expect(text).toContain('Content-Type: message/global-delivery-status');
  expect(text).toContain('Content-Type: message/global-headers');
  expect(text).toContain('Original-Recipient: utf-8; 用@x.test\r\n');
  expect(parseBounce(raw)).toMatchObject({ originalMessageId: 'order-1@shop.test', recipients: [{ recipient: '用户@例え.test', class: 'invalid_recipient' }] });
  expect((await simpleParser(Buffer.from(raw))).text).toContain('Subject:  Grüße');
});

const hostile = fc.string({ unit: fc.constantFrom('\r\n', '\n', '\r', '\0', '\u0085', '\u2028', ' ', ':', 'X-Evil: 1', 'Final-Recipient: rfc822; evil@x.test', 'Action: delivered', '\r\n\r\n', '--=_report_01NOTICE', '=?utf-8?q?=0d=0a?=', '<', '>', 'ä', '\ud800', 'word'), maxLength: 30 });

test('what a remote, a client or a header says cannot become a field of its own', () => {
  fc.assert(fc.property(hostile, hostile, hostile, fc.constantFrom('failed', 'delayed', 'delivered', 'relayed', 'expired'), (a, b, c, kind) => {
    const raw = composeNotice(notice({
      kind, reportingMta: `postern.test${a}`, to: `app${b}@shop.test`, about: `01MESSAGE${c}`,
      original: { ...original, messageId: `x${a}`, envid: `e${b}`, raw: Buffer.from(`Subject: ${c}\r\n\r\n${a}`) },
      recipients: [{ ...ann, orcpt: `rfc822;${c}`, answer: { ...unknownUser, text: `No such user ${a}`, host: `mx.x.test${b}` } }],
    }));
    const names = headerOf(raw).map(({ name }) => name.toLowerCase());
    expect(names.filter((name) => !['from', 'to', 'subject', 'date', 'message-id', 'auto-submitted', 'x-postern-notice', 'in-reply-to', 'references', 'mime-version', 'content-type'].includes(name))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
    expect(parseBounce(raw).recipients.map(({ recipient, action }) => [recipient, action])).toEqual([['ann@x.test', kind === 'expired' ? 'failed' : kind]]);
    expect(textOf(raw).split('\r\n').every((line) => Buffer.byteLength(line) <= 998)).toBe(true);
  }));
});

const local = fc.stringMatching(/^[a-z][a-z0-9_+-]{0,40}(?:\.[a-z0-9]{1,10})?$/);
const domain = fc.stringMatching(/^[a-z]{1,20}\.(?:test|invalid)$/);
const addresses = fc.uniqueArray(fc.tuple(local, domain).map((parts) => parts.join('@')), { minLength: 1, maxLength: 30 });

test('each recipient of a notice is read back with its action, status and code', () => {
  fc.assert(fc.property(addresses, fc.integer({ min: 400, max: 599 }), fc.constantFrom(...STAGES), fc.lorem({ maxCount: 400 }), (list, code, stage, text) => {
    const recipients = list.map((address) => ({ ...ann, address, answer: { ...unknownUser, stage, code, enhanced: { class: code < 500 ? 4 as const : 5 as const, subject: 7, detail: 1 }, text } }));
    const bounce = parseBounce(composeNotice(notice({ recipients })));
    expect(bounce.recipients.map(({ recipient, status, replyCode }) => [recipient, status, replyCode])).toEqual(list.map((address) => [address, `${code < 500 ? 4 : 5}.7.1`, code]));
    expect(parseBounce(composeDsn({ ...notice({ recipients }), id: 'x' })).recipients.map(({ recipient }) => recipient)).toEqual(list);
  }), { numRuns: 50 });
});

test('a notice about 20,000 recipients stays one message of bounded text', () => {
  const raw = composeNotice(notice({ recipients: Array.from({ length: 20_000 }, (_, n) => ({ ...ann, address: `r${n}@x.test` })) }));
  expect(textOf(raw).split('Final-Recipient:').length - 1).toBe(20_000);
  expect(textOf(raw)).toContain('And 19500 more');
});

test('a foreign bounce names its own mail system and is none of ours', () => {
  const raw = composeDsn({ id: 'later-1', at: AT, from: 'MAILER-DAEMON@mx.x.test', to: 'app@shop.test', reportingMta: 'mx.x.test', original, recipients: [ann] });
  expect(headerOf(raw).some(({ name }) => /postern/i.test(name))).toBe(false);
  expect(parseBounce(raw)).toMatchObject({ kind: 'bounce', reportingMta: 'mx.x.test', originalMessageId: 'order-1@shop.test', recipients: [{ recipient: 'ann@x.test', hard: true }] });
});

test('a bounce in plain words is read back by its words', () => {
  const common = { id: 't1', at: AT, from: 'MAILER-DAEMON@mx.x.test', to: 'app@shop.test', reportingMta: 'mx.x.test', original };
  const raw = composeTextBounce({ ...common, recipients: [{ address: 'ann@x.test', reply: unknownUser }, { address: 'bob@x.test', reply: { kind: 'reply', code: 552, enhanced: findEnhanced('5.2.2')!, text: 'Mailbox is full' } }] });
  expect(textOf(raw)).not.toMatch(/final-recipient|multipart/i);
  expect(parseBounce(raw)).toMatchObject({ kind: 'bounce', originalMessageId: 'order-1@shop.test' });
  expect(parseBounce(raw).recipients.map(({ recipient, class: name }) => [recipient, name])).toEqual([['ann@x.test', 'invalid_recipient' satisfies ReplyClass], ['bob@x.test', 'mailbox_full' satisfies ReplyClass]]);
});

test('a complaint is a feedback report with the message in it', async () => {
  const raw = composeComplaint({ id: 'c1', at: AT, from: 'feedback@x.test', to: 'app@shop.test', reportingMta: 'mx.x.test', original, recipient: 'ann@x.test', sourceIp: '192.0.2.7' });
  expect(parseBounce(raw)).toMatchObject({ kind: 'arf', feedbackType: 'abuse', originalMessageId: 'order-1@shop.test', recipients: [{ recipient: 'ann@x.test', class: 'complaint', verdict: { action: 'suppress' } }] });
  const text = textOf(raw);
  for (const line of ['Feedback-Type: abuse', 'Version: 1', 'Original-Mail-From: <app@shop.test>', 'Original-Rcpt-To: <ann@x.test>', 'Source-IP: 192.0.2.7', 'The secret body.']) expect(text).toContain(`${line}\r\n`);
  expect((await simpleParser(raw as Buffer)).headers.get('content-type')).toMatchObject({ params: { 'report-type': 'feedback-report' } });
  expect(parseBounce(composeComplaint({ id: 'c2', at: AT, from: 'a@x.test', to: 'app@shop.test', reportingMta: 'x.test', original, recipient: 'ann@x.test', feedbackType: 'auth-failure' })).recipients).toMatchObject([{ class: 'authentication' }]);
});

test('an automatic reply continues the thread and is no bounce', async () => {
  const raw = composeAutoreply({ id: 'o1', at: AT, from: 'ann@x.test', to: 'app@shop.test', reportingMta: 'mx.x.test', original });
  expect(parseBounce(raw)).toMatchObject({ kind: 'autoreply', recipients: [{ recipient: 'ann@x.test' }] });
  const mail = await simpleParser(raw as Buffer);
  expect(mail.subject).toBe('Auto: Your order');
  expect(mail.references).toEqual(['<a@shop.test>', '<b@shop.test>', '<order-1@shop.test>'].map((id) => id.replace(/[<>]/g, '')).map((id) => expect.stringContaining(id) as string));
  expect(mail.headers.get('precedence')).toBe('bulk');
});

test.each([['dsn', 'bounce'], ['delay-dsn', 'bounce'], ['text-bounce', 'bounce'], ['complaint', 'arf'], ['ooo', 'autoreply']] as const)('what was planned as %s is read as %s', (send, kind) => {
  const raw = composeLater({ id: 'p1', send, to: 'app@shop.test', recipient: 'ann@x.test', reply: { code: 550, enhanced: '5.1.1', lines: ['No such user'] }, host: 'mx.x.test', acceptedAt: AT, at: AT + 30_000, messageId: 'order-1@shop.test', size: RAW.length, head: RAW });
  expect(parseBounce(raw)).toMatchObject({
    kind, recipients: [{ recipient: 'ann@x.test', ...(send === 'delay-dsn' ? { action: 'delayed' } : {}) }],
    ...(send === 'ooo' ? {} : { originalMessageId: 'order-1@shop.test' }),
  });
});

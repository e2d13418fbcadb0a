import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FAULTS, parseReply, type Fault, STAGES } from '../mail/reply.ts';
import { CLASSES } from './classes.ts';
import { classify } from './classify.ts';
import { LEXICON } from './lexicon.ts';
import { RULES } from './rules/index.ts';

const judge = (text: string, known: Parameters<typeof parseReply>[1] = {}) => classify(parseReply(text, known));

test('a user that does not exist is suppressed', () => {
  expect(judge('550 5.1.1 <ann@example.test>... User unknown')).toMatchObject({ class: 'invalid_recipient', scope: 'recipient', permanence: 'hard', action: 'suppress', facets: { confidence: 'phrase' } });
});

test('the same with a 4xx is tried again', () => {
  expect(judge('450 4.1.1 <ann@example.test>: Recipient address rejected: User unknown in virtual alias table')).toMatchObject({ class: 'invalid_recipient', action: 'retry' });
});

test('a user that is unknown only after the message is a strike, for the reply is for all of its recipients', () => {
  expect(judge('550 User unknown', { stage: 'body' })).toMatchObject({ class: 'invalid_recipient', action: 'strike' });
});

test('a bare 550 to RCPT is a strike, and a bare 5xx that nobody knows fails without one', () => {
  expect(judge('550', { stage: 'rcpt' })).toMatchObject({ class: 'invalid_recipient', action: 'strike', facets: { confidence: 'code' } });
  expect(judge('554')).toMatchObject({ class: 'unknown', action: 'fail' });
  expect(judge('', {})).toMatchObject({ class: 'unknown', action: 'retry' });
});

test('before RCPT nobody is named whom a reply could be about', () => {
  for (const text of ['550 5.1.1 User unknown', '550 No such mailbox here', '550 Account disabled', '550 Domain does not exist']) {
    expect(judge(text, { stage: 'rcpt' }).permanence).toBe('hard');
    for (const stage of ['ehlo', 'auth', 'mail'] as const) expect(judge(text, { stage }).permanence).not.toBe('hard');
  }
  expect(judge('550 5.1.1 User unknown', { stage: 'mail' }).class).toBe('sender_invalid');
  expect(judge('550 5.1.1 User unknown', { stage: 'auth' }).class).toBe('credentials');
});

/** The same is said of the recipient and of us: only the words before it tell. */
const SAID = ['unknown', 'does not exist', 'not found', 'is invalid', 'could not be found', 'no longer exists', 'is disabled', 'has been suspended', 'is not recognized', 'unknown in local table'];
const THINGS = ['user', 'mailbox', 'account', 'address', 'domain'];

test('what is said of the recipient is hard, and the same of the sender or of our host never', () => {
  const judged = (whose: readonly string[], hard: boolean) => whose.flatMap((one) => THINGS.flatMap((thing) => SAID.map((said) => `550 ${one.replace('%', thing)} ${said}`))).filter((text) => (judge(text).permanence === 'hard') !== hard);
  expect(judged(['recipient %', 'the % you are sending to', 'the recipient\'s %'], true)).toEqual([]);
  expect(judged(['sender %', 'your %', 'the % you are sending from', 'the % in MAIL FROM', '<a@b.test>: Sender address rejected: %', 'sender verify failed: %', 'authenticated %', 'return path %', 'mail from %'], false)).toEqual([]);
  expect(['client host', 'your host', 'your server', 'HELO name', 'EHLO domain', 'mail.example.test [192.0.2.1]'].flatMap((host) => SAID.map((said) => `550 ${host} ${said}`)).filter((text) => judge(text).permanence === 'hard')).toEqual([]);
});

test.each([
  ['550 Die Domain des Absenders existiert nicht', 'sender_invalid'],
  ['550 Die Adresse existiert nicht', 'invalid_recipient'],
  ['550 Das Postfach wurde geloescht', 'inactive_recipient'],
  ['550 Das Postfach wurde gelöscht', 'inactive_recipient'],
  ['550 Skrzynka jest pełna', 'mailbox_full'],
  ['550 发件人不存在', 'sender_invalid'],
  ['550 该用户未开通QQ邮箱', 'invalid_recipient'],
  ['550 Пользователь не найден', 'invalid_recipient'],
  ['550 Домен отправителя не найден', 'sender_invalid'],
])('in other languages and spellings, too: %s', (text, name) => {
  expect(judge(text).class).toBe(name);
});

test.each([
  ['550 Ip frequency limited [192.0.2.1]. http://service.mail.qq.com', 'rate_limited', 'slow_down'],
  ['554 5.2.122 The recipient has exceeded their limit for the number of messages they can receive per hour.', 'recipient_rate', 'retry'],
  ['550-5.2.1 The user you are trying to contact is receiving mail at a rate that\n550 5.2.1 prevents additional messages. https://support.google.com/mail/?p=ReceivingRatePerm - gsmtp', 'recipient_rate', 'retry'],
  ['552 5.2.2 mailbox is full', 'mailbox_full', 'retry'],
  ['552 5.5.3 Too many recipients', 'too_many_recipients', 'split'],
])('a 5xx that passes with time is not permanent: %s', (text, name, action) => {
  expect(judge(text)).toMatchObject({ class: name, permanence: 'soft', action });
});

test('a 4xx that is permanent in effect is not tried again', () => {
  expect(judge('421 4.7.1 [TS03] All messages from 192.0.2.1 will be permanently deferred; Retrying will NOT succeed.')).toMatchObject({ class: 'ip_blocked', action: 'fix_config', facets: { providerCode: 'TS03' } });
});

test.each([
  ['552 5.1.1 Boite du destinataire pleine. Recipient overquota. OFR_417 [417]', 'mailbox_full'],
  ['550 5.1.1 <a@b.test>: Recipient address rejected: undeliverable address: host mx.b.test said: 552 5.2.2 Over quota', 'mailbox_full'],
  ['511 5.1.1 5.7.1 sorry, can\'t find a valid MX for sender domain (#5.1.1 - chkuser)', 'sender_invalid'],
  ['550 5.4.1 Recipient address rejected: Access denied. [mail.prod.protection.outlook.com]', 'invalid_recipient'],
  ['550 4.4.7 QUEUE.Expired; message expired in the queue', 'expired'],
])('the text decides over an enhanced code that says something else: %s', (text, name) => {
  expect(judge(text).class).toBe(name);
});

test.each([
  ['550 Mailbox does not exist or is full', 'mailbox_full', 'retry'],
  ['550 Mailbox not found or temporarily unavailable', 'server_error', 'fail'],
  ['550 User unknown or blocked by policy', 'policy', 'fail'],
  ['550 Mailbox not found or access denied', 'invalid_recipient', 'strike'],
  ['550 Mailbox does not exist or has been deleted', 'invalid_recipient', 'suppress'],
])('of a choice of reasons the softest counts: %s', (text, name, action) => {
  expect(judge(text)).toMatchObject({ class: name, action });
});

/** What can be off or missing, too, and is nobody's mailbox. */
const OFF = ['The requested feature', 'forwarding', 'SPF record', 'certificate', 'template', 'SMTP service', 'session', 'outgoing mail', 'API key', 'user agent', 'relay user', 'authenticated user', 'spool file', 'sender mailbox'];

test('what is off or missing and is no mailbox is never held against the recipient', () => {
  const said = ['not found', 'does not exist', 'unknown', 'is disabled', 'has been suspended', 'is closed', 'expired', 'was removed', 'has been disabled by administrator'];
  expect(OFF.flatMap((one) => said.map((what) => `550 ${one} ${what}`)).filter((text) => judge(text).permanence === 'hard')).toEqual([]);
});

test('"user" and "unknown" far from each other are not said of each other: a strike at most, and no suppression', () => {
  for (const text of ['550 The user\'s server has hit some unknown condition', '550 User ann\'s quota state is unknown', '550 The account has a forwarding target that is invalid']) {
    expect(judge(text, { stage: 'rcpt' }).action).toBe('strike');
  }
  expect(judge('550 User ann@x.test here is unknown', { stage: 'rcpt' }).action).toBe('suppress');
});

test('in a reply of several lines the last one decides, too', () => {
  expect(judge('550-Requested action not taken: mailbox unavailable\n550-For explanation visit https://postmaster.gmx.net/\n550 Reject due to policy restrictions').class).toBe('policy');
  expect(judge(`550-${'All mail is checked by the postmaster. '.repeat(100)}\n550 User unknown`).class).toBe('invalid_recipient');
});

test('what Postfix puts before a reason is no reason', () => {
  expect(judge('554 5.7.1 <a@b.test>: Recipient address rejected: Message size exceeds the limit').class).toBe('too_large');
  expect(judge('450 4.7.1 <a@b.test>: Recipient address rejected: Greylisted for 5 minutes').class).toBe('greylisted');
});

test('words inside an address, a host or a URL say nothing', () => {
  expect(judge('250 ok').class).toBe('delivered');
  expect(judge('450 4.2.0 <unknown-user@mailbox-full.test> b17', {}).class).not.toBe('invalid_recipient');
  expect(judge('550 5.7.1 Not today. https://help.example.test/user/unknown').class).toBe('policy');
});

test('the facets name provider, code, list, where to be removed, and when to come back', () => {
  expect(judge('554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org; https://www.spamhaus.org/query/ip/192.0.2.1', { stage: 'rcpt', host: 'mx1.hotmail.com' }).facets).toEqual({
    provider: 'microsoft', phase: 'rcpt', blocklist: 'zen.spamhaus.org', delistUrl: 'https://www.spamhaus.org/query/ip/192.0.2.1', confidence: 'phrase',
  });
  expect(judge('451 4.7.1 Greylisting in action, please come back in 00:04:30').facets.retryAfter).toBe(270);
  expect(judge('450 4.2.0 Greylisted, try again in 5 minutes').facets.retryAfter).toBe(300);
  expect(judge('550 5.1.1 User unknown since 5 minutes').facets.retryAfter).toBeUndefined();
});

test.each(FAULTS)('the fault %s is judged by what it is, not by its words', (fault) => {
  const answer: Fault = { kind: 'fault', stage: 'connect', fault, detail: '550 5.1.1 User unknown' };
  const verdict = classify(answer);
  expect(verdict).toMatchObject({ rule: `fault.${fault}`, facets: { confidence: 'structured', phase: 'connect' } });
  expect(verdict.action === 'suppress').toBe(fault === 'null-mx');
});

test('a 3xx at the wrong place is tried again, whatever enhanced code stands behind it', () => {
  expect(judge('354 5.1.1 User unknown', { stage: 'rcpt' })).toMatchObject({ class: 'invalid_recipient', action: 'retry' });
  expect(judge('550 5.1.1 User unknown', { stage: 'rcpt' })).toMatchObject({ class: 'invalid_recipient', action: 'suppress' });
});

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 3_000 }),
  fc.array(fc.constantFrom(...Object.values(LEXICON).flatMap((words) => words.split('|')), '550', '5.7.1', '\n', '@', '<a@b.test>', '(', '192.0.2.1'), { maxLength: 600 }).map((words) => words.join(' ')),
);

test('whatever is said: a verdict, and never suppressed by a 4xx or for what is not hard', () => {
  fc.assert(fc.property(anyText, fc.option(fc.integer({ min: 200, max: 599 }), { nil: undefined }), fc.option(fc.constantFrom(...STAGES), { nil: undefined }), (text, code, stage) => {
    const reply = parseReply(text, { ...(code === undefined ? {} : { code }), ...(stage === undefined ? {} : { stage }) });
    const verdict = classify(reply);
    expect(CLASSES).toHaveProperty(verdict.class);
    expect(classify(reply)).toEqual(verdict);
    const stops = verdict.action === 'suppress' || verdict.action === 'strike';
    expect(stops && verdict.permanence !== 'hard').toBe(false);
    expect(stops && reply.code !== undefined && reply.code < 500).toBe(false);
  }), { numRuns: 400 });
});

test('one word again and again costs no more than a reply of ordinary words', () => {
  // Bounded by the number of words, so 2,000 of the worst are a matter of a second, not of minutes.
  // (The time-out of the test is what fails.)
  const worst = Object.values(LEXICON).flatMap((words) => words.split('|')).map((word) => judge(`${word} `.repeat(2_048 / (word.length + 1))));
  expect(worst.length).toBeGreaterThan(800);
  for (const piece of ['host a [', '(in reply to ', 'a@', '1.', "'", 'http://', 'smtp error from remote server after ', 'in  ', '用户', '\n']) judge(piece.repeat(20_000));
}, 20_000);

/** Bounces are made of these, before and behind what the other server said. */
const AROUND: [before: string, behind: string][] = [
  ['', ' The beginning of your message follows.'], ['', ' A copy of your message is attached.'], ['', ' The headers of your message follow.'], ['', ' The original message header follows:'],
  ['', ' Please contact the postmaster for assistance.'], ['', ' If you believe this is an error, contact your system administrator.'], ['', ' Your message was not delivered.'],
  ['', ' (in reply to RCPT TO command)'], ['', ' Giving up on 192.0.2.1.'], ['smtp; ', ''], ['Diagnostic-Code: smtp; ', ''], ['In response to the RCPT TO command: ', ''],
  ['host mx.example.test[192.0.2.1] said: ', ''], ['Remote host said: ', ''], ['Generating server: mx.example.test\n', ''],
];

test.each(AROUND)('"%s…%s" around a reply changes no verdict', (before, behind) => {
  const changed = RULES.flatMap(({ samples }) => samples).filter((text) => judge(before + text + behind).class !== judge(text).class);
  expect(changed).toEqual([]);
});

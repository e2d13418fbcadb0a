import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseBounce } from './parse.ts';

const read = (lines: readonly string[] | string) => parseBounce(Buffer.from(typeof lines === 'string' ? lines : lines.join('\r\n')));

/** A multipart/report as RFC 3464 has it. */
function report(groups: string[], { text = 'Sorry.', type = 'delivery-status', subject = 'Undelivered Mail Returned to Sender' } = {}): string[] {
  return [
    'Return-Path: <>', 'From: Mail Delivery System <MAILER-DAEMON@mx.test>', 'To: app@sender.test', `Subject: ${subject}`, 'Auto-Submitted: auto-replied', 'MIME-Version: 1.0',
    `Content-Type: multipart/report; report-type=${type}; boundary="b1"`, '', 'This is a MIME-encapsulated message.', '',
    '--b1', 'Content-Type: text/plain', '', text, '',
    '--b1', `Content-Type: message/${type === 'delivery-status' ? type : 'feedback-report'}`, '', ...(type === 'delivery-status' ? ['Reporting-MTA: dns; mx.test', 'Original-Envelope-Id: env-7', ''] : []), ...groups, '',
    '--b1', 'Content-Type: message/rfc822', '', 'Message-ID: <lost@sender.test>', 'From: app@sender.test', 'To: ann@x.test', 'Subject: Hello', '', 'Hello.', '--b1--', '',
  ];
}

test('an RFC 3464 report says what became of each recipient', () => {
  const bounce = read(report([
    'Final-Recipient: rfc822; ann@x.test', 'Original-Recipient: rfc822;Ann@alias.test', 'Action: failed', 'Status: 5.1.1', 'Remote-MTA: dns; mx.x.test',
    'Diagnostic-Code: smtp; 550 5.1.1 <ann@x.test>:', '    Recipient address rejected: User unknown', '',
    'Final-Recipient: rfc822; bob@x.test', 'Action: failed', 'Status: 5.2.2', 'Diagnostic-Code: smtp; 552 5.2.2 Over quota', '',
    'Final-Recipient: rfc822; cy@x.test', 'Action: delayed', 'Status: 4.4.1', 'Diagnostic-Code: smtp; connect to mx.x.test[192.0.2.1]:25: Connection timed out',
  ]));
  expect(bounce).toMatchObject({ kind: 'bounce', reportingMta: 'mx.test', envelopeId: 'env-7', originalMessageId: 'lost@sender.test' });
  expect(bounce.recipients.map(({ recipient, action, status, replyCode, class: name, hard }) => [recipient, action, status, replyCode, name, hard])).toEqual([
    ['ann@x.test', 'failed', '5.1.1', 550, 'invalid_recipient', true],
    ['bob@x.test', 'failed', '5.2.2', 552, 'mailbox_full', false],
    ['cy@x.test', 'delayed', '4.4.1', null, 'network', false],
  ]);
  expect(bounce.recipients[0]).toMatchObject({ originalRecipient: 'Ann@alias.test', remoteMta: 'mx.x.test', diagnostic: '550 5.1.1 <ann@x.test>: Recipient address rejected: User unknown', verdict: { action: 'suppress', facets: {} } });
});

test('fields may come in any order, and the recipient last', () => {
  const bounce = read(report(['Action: failed', 'Diagnostic-Code: smtp; 550 5.1.1 No such user', 'Status: 5.1.1', 'Final-Recipient: rfc822; ann@x.test', '', 'Action: failed', 'Status: 5.2.2', 'Final-Recipient: rfc822; bob@x.test']));
  expect(bounce.recipients.map(({ recipient, status }) => [recipient, status])).toEqual([['ann@x.test', '5.1.1'], ['bob@x.test', '5.2.2']]);
});

test('a 4xx that was given up is a failure, and against the address only a strike', () => {
  expect(read(report(['Final-Recipient: rfc822; ann@x.test', 'Action: failed', 'Status: 4.1.1', 'Diagnostic-Code: smtp; 450 4.1.1 User unknown'])).recipients[0]).toMatchObject({ class: 'invalid_recipient', verdict: { action: 'strike' } });
  expect(read(report(['Final-Recipient: rfc822; ann@x.test', 'Action: failed', 'Status: 4.2.2', 'Diagnostic-Code: smtp; 452 4.2.2 Over quota'])).recipients[0]).toMatchObject({ class: 'mailbox_full', hard: false, verdict: { action: 'fail' } });
});

test('a late notice suppresses nobody', () => {
  expect(read(report(['Final-Recipient: rfc822; ann@x.test', 'Action: delayed', 'Status: 4.0.0'], { subject: 'Delayed Mail (still being retried)' })).recipients[0]).toMatchObject({ action: 'delayed', class: 'expired', hard: false });
});

test.each(['delivered', 'relayed', 'expanded'])('a report that mail was %s is no bounce', (action) => {
  expect(read(report(['Final-Recipient: rfc822; ann@x.test', `Action: ${action}`, 'Status: 2.1.5']))).toMatchObject({ kind: 'delivered_dsn', recipients: [{ action, class: 'delivered', hard: false, verdict: { action: 'ignore' } }] });
});

test('a complaint names its recipients and suppresses them', () => {
  const bounce = read(report(['Feedback-Type: abuse', 'User-Agent: FBL/1.0', 'Version: 1', 'Original-Rcpt-To: <ann@x.test>', 'Original-Rcpt-To: bob@x.test'], { type: 'feedback-report', subject: 'Abuse report' }));
  expect(bounce).toMatchObject({ kind: 'arf', feedbackType: 'abuse', originalMessageId: 'lost@sender.test' });
  expect(bounce.recipients.map(({ recipient, class: name, verdict }) => [recipient, name, verdict.action])).toEqual([['ann@x.test', 'complaint', 'suppress'], ['bob@x.test', 'complaint', 'suppress']]);
});

test('a complaint that names nobody is for whom the mail was', () => {
  expect(read(report(['Feedback-Type: abuse', 'Version: 1'], { type: 'feedback-report' })).recipients.map(({ recipient }) => recipient)).toEqual(['ann@x.test']);
});

test.each([['auth-failure', 'authentication', 'fix_config'], ['not-spam', 'delivered', 'ignore'], ['virus', 'malware', 'fail']])('a feedback report of the type %s is no complaint', (type, name, action) => {
  expect(read(report([`Feedback-Type: ${type}`, 'Version: 1', 'Original-Rcpt-To: ann@x.test'], { type: 'feedback-report' }))).toMatchObject({ kind: 'arf', feedbackType: type, recipients: [{ class: name, verdict: { action } }] });
});

const notice = (from: string, subject: string, ...text: string[]) => ['Return-Path: <>', `From: ${from}`, 'To: app@sender.test', `Subject: ${subject}`, '', ...text, ''];

test('a notice of qmail is read', () => {
  const bounce = read(notice('MAILER-DAEMON@mx.test', 'failure notice',
    'Hi. This is the qmail-send program at mx.test.', 'I\'m afraid I wasn\'t able to deliver your message to the following addresses.', 'This is a permanent error; I\'ve given up. Sorry it didn\'t work out.', '',
    '<ann@x.test>:', '192.0.2.1 does not like recipient.', 'Remote host said: 550 5.1.1 <ann@x.test>... User unknown', 'Giving up on 192.0.2.1.', '',
    '<bob@x.test>:', 'user is over quota', '', '--- Below this line is a copy of the message.', '', 'Return-Path: <app@sender.test>', 'Message-ID: <lost@sender.test>', 'To: ann@x.test, zed@x.test'));
  expect(bounce).toMatchObject({ kind: 'bounce', originalMessageId: 'lost@sender.test' });
  expect(bounce.recipients.map(({ recipient, status, class: name, hard }) => [recipient, status, name, hard])).toEqual([['ann@x.test', '5.1.1', 'invalid_recipient', true], ['bob@x.test', null, 'mailbox_full', false]]);
});

test('a notice of Exim is read, with the recipients of X-Failed-Recipients', () => {
  const lines = notice('Mail Delivery System <Mailer-Daemon@mx.test>', 'Mail delivery failed: returning message to sender',
    'This message was created automatically by mail delivery software.', '', 'A message that you sent could not be delivered to one or more of its', 'recipients. This is a permanent error. The following address(es) failed:', '',
    '  ann@x.test', '    host mx.x.test [192.0.2.1]', '    SMTP error from remote mail server after RCPT TO:<ann@x.test>:', '    550 5.7.1 Message rejected as spam', '',
    '------ This is a copy of the message, including all the headers. ------', 'From: app@sender.test');
  expect(read(['X-Failed-Recipients: ann@x.test', ...lines]).recipients).toMatchObject([{ recipient: 'ann@x.test', replyCode: 550, class: 'spam_content', hard: false, verdict: { facets: { phase: 'rcpt' } } }]);
  expect(read(lines).recipients.map(({ recipient }) => recipient)).toEqual(['ann@x.test']);
});

test('a notice in sentences is read, and who is mentioned besides is not a recipient', () => {
  const bounce = read(notice('postmaster@mx.test', 'Undeliverable: Hello',
    'Your message to ann@x.test could not be delivered.', 'The mailbox is full. Contact postmaster@mx.test for help, or write to app@sender.test.'));
  expect(bounce.recipients).toMatchObject([{ recipient: 'ann@x.test', class: 'mailbox_full' }]);
});

test.each([
  ['the address in the middle of a sentence', ['User mailbox exceeds allowed size: ann@x.test', '', 'Original message follows.', '', 'To: bob@x.test'], 'mailbox_full'],
  ['a dialogue', ['   ----- Transcript of session follows -----', 'While talking to mx.x.test:', '>>> RCPT To:<ann@x.test>', '<<< 550 5.1.1 <ann@x.test>... User unknown', '', '   ----- Unsent message follows -----', 'To: bob@x.test'], 'invalid_recipient'],
  ['a list with stars', ['Delivery to the following recipients failed permanently:', '', '        * ann@x.test', '', 'Reason: Permanent Error: 550 unknown user', '', 'Message headers follow:', '', 'To: bob@x.test'], 'invalid_recipient'],
  ['the reason first', ['Could not be delivered because of', '', '550 5.1.1 User unknown', '', 'The following recipients were affected:', '   ann@x.test'], 'invalid_recipient'],
  ['another language', ['Fehler bei der Nachrichtenzustellung an folgende Empfänger:', '', 'ann@x.test', '#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##', '', 'Originalnachrichtenköpfe:', '', 'To: bob@x.test'], 'invalid_recipient'],
] as const)('a notice with %s is read', (_, text, name) => {
  expect(read(notice('postmaster@mx.test', 'Undeliverable Mail', ...text)).recipients.map(({ recipient, class: judged }) => [recipient, judged])).toEqual([['ann@x.test', name]]);
});

test('an HTML notice is read as its words', () => {
  const bounce = read(['Return-Path: <>', 'From: postmaster@mx.test', 'To: app@sender.test', 'Subject: Delivery has failed', 'Content-Type: text/html', '', '<style>.a{}</style><p>Delivery has failed to these recipients:</p><p><a href="mailto:ann@x.test">ann@x.test</a><br>The email address you entered couldn&#39;t be found.</p>']);
  expect(bounce.recipients).toMatchObject([{ recipient: 'ann@x.test', class: 'invalid_recipient', hard: true }]);
});

test('an out-of-office reply is an automatic reply of its sender', () => {
  expect(read(['From: Ann <ann@x.test>', 'To: app@sender.test', 'Subject: Automatic reply: Hello', 'Auto-Submitted: auto-replied', '', 'I am away until Monday. My mailbox is full of cats.'])).toMatchObject({ kind: 'autoreply', recipients: [{ recipient: 'ann@x.test', class: 'autoreply', hard: false, verdict: { action: 'ignore' } }] });
});

test('an automatic reply that the mailbox is gone is a bounce', () => {
  expect(read(['From: noreply@x.test', 'To: app@sender.test', 'Subject: Auto-reply', 'Auto-Submitted: auto-replied', '', 'This inbox ann@x.test is no longer in use.'])).toMatchObject({ kind: 'bounce', recipients: [{ recipient: 'ann@x.test', class: 'inactive_recipient' }] });
});

test.each([
  ['From: Ann <ann@x.test>\nTo: bob@y.test\nSubject: Our delivery failed\n\nThe parcel could not be delivered. User unknown.'],
  ['Subject: hello\n\n550 5.1.1 User unknown'],
  [''],
])('an ordinary mail is no bounce: %j', (text) => {
  expect(read(text)).toMatchObject({ kind: 'not_bounce', recipients: [] });
});

test('broken MIME is read as text', () => {
  const lines = report(['Final-Recipient: rfc822; ann@x.test', 'Action: failed', 'Status: 5.1.1', 'Diagnostic-Code: smtp; 550 5.1.1 No such user']).map((line) => (line.startsWith('--b1') ? ` ${line}` : line));
  expect(read(lines)).toMatchObject({ kind: 'bounce', recipients: [{ recipient: 'ann@x.test', class: 'invalid_recipient' }] });
});

test('a report on thousands is bounded, and so is a part without end', () => {
  const groups = Array.from({ length: 5_000 }, (_, n) => [`Final-Recipient: rfc822; a${n}@x.test`, 'Action: failed', 'Status: 5.1.1', '']).flat();
  expect(read(report(groups)).recipients).toHaveLength(1_000);
  expect(read([...notice('MAILER-DAEMON@mx.test', 'failure notice', '<ann@x.test>:', 'x '.repeat(2_000_000))]).recipients[0]!.diagnostic.length).toBeLessThanOrEqual(1_000);
});

const piece = fc.oneof(
  fc.constantFrom(...report(['Final-Recipient: rfc822; ann@x.test', 'Action: failed', 'Status: 5.1.1', 'Diagnostic-Code: smtp; 550 x'])),
  fc.constantFrom('X-Failed-Recipients: a@b.test, ,<', 'Feedback-Type: abuse', '<a@b.test>:', '> Final-Recipient: rfc822; c@d.test', 'Content-Type: multipart/report; boundary=', '\0', '=?utf-8?q?=00?=', '<'.repeat(3_000), '('.repeat(3_000), 'a@'.repeat(1_000)),
  fc.string({ unit: 'binary', maxLength: 80 }),
);

test('no bytes make it throw, and it never says a recipient without a verdict', () => {
  fc.assert(fc.property(fc.array(piece, { maxLength: 60 }), (lines) => {
    const bounce = read(lines);
    expect(bounce.kind === 'not_bounce' && bounce.recipients.length > 0).toBe(false);
    for (const { class: name, verdict, hard, action } of bounce.recipients) {
      expect(name).toBe(verdict.class);
      expect(hard && verdict.permanence !== 'hard').toBe(false);
      expect(action === 'delayed' && (verdict.action === 'suppress' || verdict.action === 'strike')).toBe(false);
    }
  }), { numRuns: 300 });
  fc.assert(fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => { parseBounce(bytes); }), { numRuns: 100 });
});

/** Replies that no rule was written for, one by one: test/corpus/replies.txt. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseReply } from '../mail/reply.ts';
import { classify } from './classify.ts';

const LINES = readFileSync(new URL('../../test/corpus/replies.txt', import.meta.url), 'utf8').trim().split('\n').filter((line) => !line.startsWith('#')).map((line) => line.split('\t') as [string, string]);

test.each(LINES)('%s: %s', (classes, text) => {
  expect(classes.split('|')).toContain(classify(parseReply(text.replaceAll('\\n', '\n'))).class);
});

test('there are replies of every class that a server can mean', () => {
  const named = new Set(LINES.flatMap(([classes]) => classes.split('|')));
  expect([...named].sort()).toEqual(expect.arrayContaining(['authentication', 'credentials', 'dns_identity', 'expired', 'greylisted', 'inactive_recipient', 'invalid_domain', 'invalid_recipient', 'ip_blocked', 'mailbox_full', 'malformed', 'malware', 'network', 'policy', 'protocol', 'rate_limited', 'recipient_blocked_sender', 'recipient_rate', 'relay_denied', 'routing', 'sender_blocked', 'sender_invalid', 'server_error', 'spam_content', 'tls', 'too_large', 'too_many_recipients']));
});

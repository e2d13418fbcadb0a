import type { Attempt, Stage } from './contract.ts';
import { sayValue } from './message-text.ts';
import { meant } from './nearest.ts';

/** What replies are taken for, in the words of docs/classifier.md. The server decides; this list is for telling a typo at once from a class that a mail did not have. */
export const CLASSES = [
  'invalid_recipient', 'inactive_recipient', 'invalid_domain', 'mailbox_full', 'recipient_rate', 'greylisted', 'rate_limited', 'too_many_recipients',
  'server_error', 'network', 'expired', 'recipient_blocked_sender', 'routing', 'relay_denied', 'ip_blocked', 'sender_blocked', 'spam_content', 'malware',
  'policy', 'authentication', 'dns_identity', 'tls', 'credentials', 'sender_invalid', 'too_large', 'malformed', 'protocol', 'complaint', 'autoreply',
  'suppressed', 'delivered', 'unknown',
] as const;

/** Where a delivery was, and why no reply was heard there. */
export const STAGES = ['resolve', 'connect', 'greeting', 'ehlo', 'starttls', 'auth', 'mail', 'rcpt', 'data', 'body'] as const satisfies readonly Stage[];
export const FAULTS = ['nxdomain', 'null-mx', 'no-mx', 'dns-error', 'refused', 'unreachable', 'timeout', 'disconnect', 'tls', 'malformed-reply', 'loop', 'expired', 'suppressed', 'size', 'auth'] as const;
/** Of an attempt. */
const OF_ATTEMPT: Record<Attempt['outcome'], true> = { delivered: true, deferred: true, bounced: true, expired: true };
export const OUTCOMES: readonly string[] = Object.keys(OF_ATTEMPT);

/** Throws where there is no such word: it would be true of nothing, and `not` would pass. */
export function checkWord(kind: string, said: string | undefined, known: readonly string[]): void {
  if (said === undefined || known.includes(said)) return;
  throw new TypeError(`There is no ${kind} ${sayValue(said)}${meant(said, known) || `; they are ${known.join(', ')}`}`);
}

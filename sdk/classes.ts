/** What replies are taken for, in the words of docs/classifier.md. The server decides; this list is for telling a typo from a class that a mail did not have. */
export const CLASSES = [
  'invalid_recipient', 'inactive_recipient', 'invalid_domain', 'mailbox_full', 'recipient_rate', 'greylisted', 'rate_limited', 'too_many_recipients',
  'server_error', 'network', 'expired', 'recipient_blocked_sender', 'routing', 'relay_denied', 'ip_blocked', 'sender_blocked', 'spam_content', 'malware',
  'policy', 'authentication', 'dns_identity', 'tls', 'credentials', 'sender_invalid', 'too_large', 'malformed', 'protocol', 'complaint', 'autoreply',
  'suppressed', 'delivered', 'unknown',
] as const;

/** Throws where there is no such class; `seen` are those that a server, which may be newer, has just told of. */
export function checkClass(verdict: string | undefined, seen: readonly string[]): void {
  if (verdict === undefined || (CLASSES as readonly string[]).includes(verdict) || seen.includes(verdict)) return;
  throw new TypeError(`There is no class ${JSON.stringify(verdict)}; they are ${CLASSES.join(', ')}`);
}

/**
 * The classes, once: what each means, whom its action concerns, and what
 * Postern does when the reply is permanent (5xx) or temporary (4xx). The page
 * docs/classifier.md is made from this table.
 *
 * Only `suppress` and `strike` ever stop mail to an address, and only the
 * hard classes and complaint have them: a 5xx that is about the sender, the
 * message or the set-up says nothing about the recipient.
 */
import type { Action, Permanence, Scope } from './verdict.ts';

type Entry = { permanence: Permanence; scope: Scope; permanent: Action; temporary: Action; says: string };

export const CLASSES = {
  invalid_recipient: { permanence: 'hard', scope: 'recipient', permanent: 'suppress', temporary: 'retry', says: 'There is no such mailbox.' },
  inactive_recipient: { permanence: 'hard', scope: 'recipient', permanent: 'suppress', temporary: 'retry', says: 'The mailbox was there and is disabled, closed or moved.' },
  invalid_domain: { permanence: 'hard', scope: 'domain', permanent: 'strike', temporary: 'retry', says: 'The domain does not exist or takes no mail.' },
  mailbox_full: { permanence: 'soft', scope: 'recipient', permanent: 'retry', temporary: 'retry', says: 'The mailbox is full.' },
  recipient_rate: { permanence: 'soft', scope: 'recipient', permanent: 'retry', temporary: 'retry', says: 'This mailbox gets more mail than it may just now, also where a 5xx says so.' },
  greylisted: { permanence: 'soft', scope: 'message', permanent: 'retry', temporary: 'retry', says: 'First contact; the same attempt is welcome in a few minutes.' },
  rate_limited: { permanence: 'soft', scope: 'source', permanent: 'slow_down', temporary: 'slow_down', says: 'Too many messages or connections from here, also where a 5xx says so.' },
  too_many_recipients: { permanence: 'soft', scope: 'message', permanent: 'split', temporary: 'split', says: 'Too many recipients in one transaction; the others go in the next.' },
  server_error: { permanence: 'soft', scope: 'site', permanent: 'fail', temporary: 'retry', says: 'The other side is broken or busy.' },
  network: { permanence: 'soft', scope: 'site', permanent: 'retry', temporary: 'retry', says: 'The other side was not reached or not heard.' },
  expired: { permanence: 'soft', scope: 'message', permanent: 'fail', temporary: 'fail', says: 'Given up after trying for too long: an outcome, not a cause. A notice that mail is late counts here, too.' },
  recipient_blocked_sender: { permanence: 'policy', scope: 'recipient', permanent: 'fail', temporary: 'retry', says: 'This recipient (or list) does not take mail from this sender.' },
  routing: { permanence: 'policy', scope: 'domain', permanent: 'fail', temporary: 'retry', says: 'A mail loop, or the wrong host for this domain.' },
  relay_denied: { permanence: 'policy', scope: 'domain', permanent: 'fail', temporary: 'retry', says: 'The server does not take mail for this domain; usually a stale MX record.' },
  ip_blocked: { permanence: 'policy', scope: 'source', permanent: 'pause', temporary: 'pause', says: 'Our IP address is on a block list or has a bad reputation.' },
  sender_blocked: { permanence: 'policy', scope: 'sender', permanent: 'fix_config', temporary: 'pause', says: 'The sending domain, address or a linked domain is blocked or has a bad reputation.' },
  spam_content: { permanence: 'policy', scope: 'message', permanent: 'fail', temporary: 'slow_down', says: 'The message looks like spam to the other side.' },
  malware: { permanence: 'policy', scope: 'message', permanent: 'fail', temporary: 'fail', says: 'A virus, or an attachment of a forbidden kind.' },
  policy: { permanence: 'policy', scope: 'message', permanent: 'fail', temporary: 'retry', says: 'Refused by a rule of the other side that it does not explain.' },
  authentication: { permanence: 'policy', scope: 'sender', permanent: 'fix_config', temporary: 'slow_down', says: 'SPF, DKIM or DMARC failed or is missing.' },
  dns_identity: { permanence: 'policy', scope: 'source', permanent: 'fix_config', temporary: 'pause', says: 'Our reverse DNS (PTR) or EHLO name is missing or wrong.' },
  tls: { permanence: 'policy', scope: 'site', permanent: 'fix_config', temporary: 'retry', says: 'TLS is required, or it failed.' },
  credentials: { permanence: 'policy', scope: 'site', permanent: 'fix_config', temporary: 'retry', says: 'A login is needed or was refused.' },
  sender_invalid: { permanence: 'policy', scope: 'sender', permanent: 'fix_config', temporary: 'retry', says: 'The sender address or its domain does not exist or cannot be verified.' },
  too_large: { permanence: 'policy', scope: 'message', permanent: 'fail', temporary: 'fail', says: 'The message is too large.' },
  malformed: { permanence: 'policy', scope: 'message', permanent: 'fail', temporary: 'fail', says: 'The message breaks RFC 5322 or MIME: no From, duplicate header fields, bare LF.' },
  protocol: { permanence: 'policy', scope: 'message', permanent: 'fail', temporary: 'retry', says: 'The SMTP dialogue went wrong: most likely a bug on our side.' },
  complaint: { permanence: 'none', scope: 'recipient', permanent: 'suppress', temporary: 'suppress', says: 'The recipient called it spam (ARF, RFC 5965).' },
  autoreply: { permanence: 'none', scope: 'none', permanent: 'ignore', temporary: 'ignore', says: 'An out-of-office or other automatic answer.' },
  suppressed: { permanence: 'none', scope: 'recipient', permanent: 'fail', temporary: 'fail', says: 'The relay (or Postern) did not try, because the address is on its suppression list.' },
  delivered: { permanence: 'none', scope: 'none', permanent: 'ignore', temporary: 'ignore', says: 'It was delivered, relayed or expanded.' },
  unknown: { permanence: 'none', scope: 'message', permanent: 'fail', temporary: 'retry', says: 'Not understood. Never suppresses.' },
} as const satisfies Record<string, Entry>;

/** Said of each action on the page. */
export const ACTIONS: Record<Action, string> = {
  suppress: 'bounced, and the address is suppressed',
  strike: 'bounced; suppressed when it is confirmed at least 24 hours later',
  fail: 'bounced; nothing is held against the address',
  fix_config: 'bounced; whoever runs this must change something, and the scope waits for that',
  retry: 'tried again on the schedule, or when the reply says',
  slow_down: 'tried again, and everything in the scope goes slower for a while',
  pause: 'tried again after the scope has rested; whoever runs this is told',
  split: 'tried again at once in a transaction of its own',
  ignore: 'nothing',
};

/**
 * Enhanced codes (RFC 3463 and its registry) as a prior. `CERTAIN` come
 * before vague words like "rejected": servers rarely set them by mistake.
 * `LIKELY` come after, when the text has said nothing. 5.0.0, 5.7.1 and the
 * like are in neither: they are given for everything.
 */
import type { Rule } from '../rule.ts';

export const CERTAIN: readonly Rule[] = [
  { id: 'status.full', class: 'mailbox_full', enhanced: ['2.2'], samples: ['550 5.2.2 a@example.test'] },
  { id: 'status.size', class: 'too_large', enhanced: ['3.4', '2.3'], unless: ['POLICY', 'mailpolicy'], samples: ['552 5.3.4 Error 17'] },
  { id: 'status.recipients', class: 'too_many_recipients', enhanced: ['5.3'], samples: ['452 4.5.3 Error 18'] },
  { id: 'status.authentication', class: 'authentication', enhanced: ['7.20', '7.21', '7.22', '7.23', '7.24', '7.26'], samples: ['550 5.7.26 Mail from example.test was blocked'] },
  { id: 'status.ptr', class: 'dns_identity', enhanced: ['7.25'], samples: ['550 5.7.25 Blocked'] },
  { id: 'status.null-mx-sender', class: 'sender_invalid', enhanced: ['7.27'], samples: ['550 5.7.27 Rejected'] },
  { id: 'status.flood', class: 'rate_limited', enhanced: ['7.28', '4.5'], samples: ['450 4.7.28 Rejected for now'] },
  { id: 'status.credentials', class: 'credentials', enhanced: ['7.8', '7.9', '7.57', '7.12'], code: [530, 534, 535, 454, 538], samples: ['535 5.7.8 Error', '534 5.7.9 Rejected'] },
  { id: 'status.login', class: 'credentials', code: [534, 535], unless: ['TLS'], samples: ['535 Error'] },
  { id: 'status.tls', class: 'tls', enhanced: ['7.10', '7.11'], samples: ['538 5.7.11 Rejected'] },
  { id: 'status.loop', class: 'routing', enhanced: ['4.6'], samples: ['554 5.4.6 Rejected'] },
  { id: 'status.expired', class: 'expired', enhanced: ['4.7'], samples: ['554 5.4.7 Delivery failed'] },
  { id: 'status.null-mx', class: 'invalid_domain', enhanced: ['1.10'], samples: ['556 5.1.10 Rejected'] },
  { id: 'status.moved', class: 'inactive_recipient', enhanced: ['1.6', '7.13', '7.17'], samples: ['551 5.1.6 Failed'] },
  {
    id: 'status.no-mailbox', class: 'invalid_recipient', enhanced: ['1.1'],
    unless: ['POLICY', '(denied|blocked|banned)', 'SPAM', 'SENDER', 'OURS', 'CLIENT', 'BOUNCE', 'AUTHN', 'BUSY', 'LATER'],
    samples: ['550 5.1.1 Failed, id=02022-19-2, from MTA([127.0.0.1]:10025):', '550 5.1.1 Recipient address rejected: aol.test'],
  },
];

export const LIKELY: readonly Rule[] = [
  { id: 'status.unknown-user', class: 'invalid_recipient', enhanced: ['1.1', '1.3', '1.4', '7.17'], unless: ['OURS', 'BOUNCE', 'AUTHN', 'BLOCKLIST', 'temporarily', 'try again'], samples: ['550 5.1.3 Failed'] },
  { id: 'status.unknown-domain', class: 'invalid_domain', enhanced: ['1.2', '7.18'], unless: ['SENDER', 'OURS', 'CLIENT', 'AUTHN', 'BLOCKLIST'], samples: ['550 5.1.2 Failed'] },
  { id: 'status.inactive', class: 'inactive_recipient', enhanced: ['2.1'], code: [5], action: 'strike', samples: ['550 5.2.1 Failed'] },
  { id: 'status.inactive-now', class: 'inactive_recipient', enhanced: ['2.1'], samples: ['450 4.2.1 Failed'] },
  { id: 'status.no-answer', class: 'network', enhanced: ['4.1', '4.2', '4.3', '4.4'], samples: ['451 4.4.1 Failed', '451 4.4.2 Bad'] },
  { id: 'status.system', class: 'server_error', enhanced: ['3.1', '3.2', '3.3', '3.5', '4.0', '2.4', '1.9'], samples: ['451 4.3.2 Failed'] },
  { id: 'status.system-other', class: 'server_error', enhanced: ['3.0'], unless: ['RECIPIENT', 'denied'], samples: ['451 4.3.0 Failed'] },
  { id: 'status.content', class: 'malformed', enhanced: ['6.0', '6.1', '6.2', '6.3', '6.4', '6.5', '6.6', '6.7', '6.9'], samples: ['554 5.6.0 Failed'] },
  { id: 'status.protocol', class: 'protocol', enhanced: ['5.1', '5.2', '5.4', '5.5'], samples: ['503 5.5.1 Failed'] },
  { id: 'status.protocol-other', class: 'protocol', enhanced: ['5.0'], code: [500, 501, 502, 503, 504], samples: ['501 5.5.0 Failed'] },
  { id: 'status.security', class: 'policy', enhanced: ['7.0', '7.1', '7.2', '7.3', '7.4', '7.5', '7.6', '7.7'], code: [5], samples: ['550 5.7.1 Delivery impossible'] },
  { id: 'status.greylist', class: 'greylisted', enhanced: ['2.0'], code: [450, 451], samples: ['450 4.2.0 a@example.test'] },
  { id: 'status.address', class: 'invalid_recipient', enhanced: ['1.0'], code: [550], action: 'strike', stage: ['rcpt'], unless: ['SENDER', 'OURS', 'CLIENT', 'BOUNCE', 'AUTHN', 'BLOCKLIST', 'LISTED', 'POLICY', 'SPAM', 'REFUSED'], samples: ['550 5.1.0 b17'] },
];

/**
 * Situations, once: what each means, and the classes that the classifier
 * gives to its replies in any persona's words (a test holds them to it).
 * `site` marks those that are about the connection or the site: an address
 * that brings one about is kept apart from its neighbours.
 */
import type { Situation } from '../../sdk/contract.ts';

export const SITUATIONS_TABLE: Record<Situation, { says: string; classes: readonly string[]; site?: true }> = {
  unknown: { says: 'There is no such mailbox.', classes: ['invalid_recipient'] },
  disabled: { says: 'The mailbox is disabled or inactive.', classes: ['inactive_recipient'] },
  full: { says: 'The mailbox is full.', classes: ['mailbox_full'] },
  toolarge: { says: 'The message is too large.', classes: ['too_large'] },
  spam: { says: 'The content looks like spam.', classes: ['spam_content'] },
  virus: { says: 'A virus, or an attachment of a forbidden kind.', classes: ['malware'] },
  policy: { says: 'Refused by a rule that is not explained.', classes: ['policy'] },
  dmarc: { says: "The sender's DMARC policy refuses it, or it is not authenticated.", classes: ['authentication'] },
  spf: { says: 'SPF failed.', classes: ['authentication'] },
  blocklist: { says: 'Our IP address is on a block list or has a bad reputation.', classes: ['ip_blocked'], site: true },
  ptr: { says: 'Our IP address has no reverse DNS.', classes: ['dns_identity'], site: true },
  relay: { says: 'The server does not take mail for this domain.', classes: ['relay_denied'] },
  ratelimit: { says: 'Too many messages from here.', classes: ['rate_limited'], site: true },
  greylist: { says: 'First contact: come back in a few minutes.', classes: ['greylisted'] },
  tlsrequired: { says: 'TLS is required.', classes: ['tls'], site: true },
  toomany: { says: 'Too many recipients in one transaction.', classes: ['too_many_recipients'] },
  connections: { says: 'Too many connections at once.', classes: ['rate_limited'], site: true },
  perconnection: { says: 'Too many messages on one connection.', classes: ['rate_limited'], site: true },
  recipientrate: { says: 'This mailbox gets too much mail just now.', classes: ['recipient_rate'] },
  sender: { says: "The sender's address or domain is not valid.", classes: ['sender_invalid'] },
  busy: { says: 'The server is busy or broken.', classes: ['server_error'], site: true },
  malformed: { says: 'The message breaks RFC 5322.', classes: ['malformed'] },
  blockedsender: { says: 'The sender is blocked: by this recipient, or for its reputation.', classes: ['recipient_blocked_sender', 'sender_blocked'] },
  nodomain: { says: "The recipient's domain does not exist.", classes: ['invalid_domain'] },
};

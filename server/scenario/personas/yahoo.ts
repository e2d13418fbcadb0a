/** Yahoo and AOL: no enhanced codes where others have them, codes of their own in brackets, and a 552 for an unknown user. */
import type { Persona } from '../../../sdk/contract.ts';

export const yahoo: Persona = {
  name: 'yahoo', label: 'Yahoo and AOL',
  note: "Replies from Yahoo's sender pages and real bounces; 20 messages on a connection is its own advice.",
  domains: ['yahoo.com', 'yahoo.co.uk', 'yahoo.de', 'yahoo.fr', 'yahoo.it', 'yahoo.es', 'yahoo.co.in', 'yahoo.com.*', 'ymail.com', 'rocketmail.com', 'aol.com', 'yahoo.test'],
  site: 'yahoo', provider: 'yahoo',
  banner: '{host} ESMTP ready',
  size: 41_943_040,
  limits: { messagesPerConnection: 20, recipientsPerMessage: 100 },
  replies: {
    unknown: { at: 'body', code: 552, enhanced: null, text: '1 Requested mail action aborted, mailbox not found' },
    disabled: { at: 'body', code: 554, enhanced: null, text: '30 Sorry, your message to {recipient} cannot be delivered. This mailbox is disabled (554.30)' },
    policy: { at: 'body', code: 554, enhanced: null, text: 'Message not allowed - [PH01] Email not accepted for policy reasons. Please visit https://postmaster.yahooinc.com/error-codes' },
    dmarc: { at: 'body', code: 550, enhanced: '5.7.9', text: 'This mail has been blocked because the sender is unauthenticated. Yahoo requires all senders to authenticate with either SPF or DKIM.' },
    blocklist: { at: 'greeting', code: 553, enhanced: '5.7.1', text: "[BL21] Connections will not be accepted from {client}, because the ip is in Spamhaus's list; see http://postmaster.yahoo.com/550-bl23.html" },
    relay: { at: 'rcpt', code: 550, enhanced: null, text: 'relaying denied for <{recipient}>' },
    ratelimit: { at: 'mail', code: 421, enhanced: '4.7.0', text: '[TSS04] Messages from {client} temporarily deferred due to unexpected volume or user complaints - 4.16.55.1; see https://postmaster.yahooinc.com/error-codes' },
    perconnection: { at: 'mail', code: 421, enhanced: null, text: 'Max message per connection reached, closing transmission channel' },
    recipientrate: { at: 'rcpt', code: 450, enhanced: null, text: 'User is receiving mail too quickly' },
    sender: { at: 'mail', code: 451, enhanced: null, text: 'Message temporarily deferred due to unresolvable RFC.5321 from domain. See https://senders.yahooinc.com/error-codes//unresolvable-from-domain' },
    busy: { at: 'rcpt', code: 451, enhanced: null, text: '{host} Resources temporarily unavailable. Please try again later [#4.16.1].' },
    malformed: { at: 'body', code: 554, enhanced: null, text: 'Message not allowed - Headers are not RFC compliant[291]' },
  },
};

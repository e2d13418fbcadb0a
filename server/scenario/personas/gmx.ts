/** GMX, WEB.DE and mail.com: no enhanced codes, and of several lines the last one decides. */
import type { Persona } from '../../../sdk/contract.ts';

export const gmx: Persona = {
  name: 'gmx', label: 'GMX and WEB.DE',
  note: 'Replies from real bounces and the postmaster pages; limits are those that large senders keep to.',
  domains: ['gmx.de', 'gmx.net', 'gmx.at', 'gmx.ch', 'gmx.com', 'web.de', 'mail.com', 'gmx.test'],
  site: 'gmx', provider: 'gmx',
  banner: '{host} (mxgmx) Nemesis ESMTP Service ready',
  size: 157_286_400,
  limits: { connections: 4, messagesPerConnection: 20, recipientsPerMessage: 100 },
  replies: {
    unknown: { at: 'rcpt', code: 550, enhanced: null, text: '<{recipient}>: Requested action not taken: mailbox unavailable' },
    full: { at: 'rcpt', code: 552, enhanced: null, text: 'Requested mail action aborted: exceeded storage allocation\nQuota exceeded.' },
    spf: { at: 'body', code: 550, enhanced: null, text: '<{recipient}>: Reject due to SPF policy.\nThe originating IP of the message is not permitted by the domain owner' },
    blocklist: { at: 'rcpt', code: 550, enhanced: null, text: '<{recipient}>: Reject due to policy restrictions (IP based)' },
    ptr: { at: 'rcpt', code: 550, enhanced: null, text: '<{recipient}>: Bad DNS PTR resource record' },
    connections: { at: 'greeting', code: 421, enhanced: null, text: 'Too many connections' },
    sender: { at: 'mail', code: 550, enhanced: null, text: '<{sender}>: Invalid DNS MX or A/AAAA resource record' },
    policy: { at: 'body', code: 550, enhanced: null, text: '<{recipient}>: Reject due to policy restrictions (header based)' },
    blockedsender: { at: 'body', code: 550, enhanced: null, text: '<{recipient}>: Reject due to policy restrictions (domain based)' },
  },
};

/** Filters in front of other people's mailboxes: Proofpoint, Mimecast, Barracuda. They have no domains of their own; name yours in `personas`. */
import type { Persona } from '../../../sdk/contract.ts';

export const proofpoint: Persona = {
  name: 'proofpoint', label: 'Proofpoint',
  note: 'Replies of Proofpoint Protection Server from real bounces.',
  domains: ['proofpoint.test'],
  provider: 'proofpoint',
  banner: '{host} ESMTP',
  size: 104_857_600,
  limits: { recipientsPerMessage: 500 },
  replies: {
    unknown: { at: 'rcpt', code: 550, enhanced: '5.1.1', text: '- This is not a valid email address. Please verify that you have the correct email address for your recipient.' },
    dmarc: { at: 'body', code: 550, enhanced: '5.7.0', text: "Email rejected per sender's DMARC policy" },
    blocklist: { at: 'greeting', code: 550, enhanced: '5.7.0', text: 'Blocked - see https://ipcheck.proofpoint.com/?ip={client}' },
    relay: { at: 'rcpt', code: 550, enhanced: '5.7.1', text: 'Relay access denied' },
    sender: { at: 'mail', code: 550, enhanced: '5.1.8', text: '<{sender}>: Sender address rejected: Domain not found' },
    busy: { at: 'rcpt', code: 421, enhanced: '4.1.1', text: '<{recipient}>: Recipient address rejected: unverified address: Address verification in progress' },
  },
};

export const mimecast: Persona = {
  name: 'mimecast', label: 'Mimecast',
  note: 'Replies of Mimecast from its own list and real bounces: no enhanced codes, and "Internal resource temporarily unavailable" is greylisting. 10 connections and 100 messages on each are its own figures.',
  domains: ['mimecast.test'],
  provider: 'mimecast',
  banner: '{host} ESMTP; Mimecast',
  size: 104_857_600,
  limits: { connections: 10, messagesPerConnection: 100, recipientsPerMessage: 200 },
  greylist: { wait: '1m' },
  replies: {
    unknown: { at: 'rcpt', code: 550, enhanced: null, text: 'Invalid Recipient - https://community.mimecast.com/docs/DOC-1369#550' },
    spam: { at: 'body', code: 554, enhanced: null, text: 'Email rejected due to security policies - https://community.mimecast.com/docs/DOC-1369#554' },
    spf: { at: 'body', code: 550, enhanced: null, text: 'Rejected by header based Anti-Spoofing policy: {sender} - https://community.mimecast.com/docs/DOC-1369#550' },
    ratelimit: { at: 'rcpt', code: 451, enhanced: null, text: 'Internal resource temporarily unavailable - https://community.mimecast.com/docs/DOC-1369#451' },
    dmarc: { at: 'mail', code: 550, enhanced: null, text: 'DMARC Sender Invalid - envelope rejected - https://community.mimecast.com/docs/DOC-1369#550' },
    blocklist: { at: 'rcpt', code: 550, enhanced: null, text: 'csi.mimecast.org Poor Reputation Sender. - https://community.mimecast.com/docs/DOC-1369#550' },
    relay: { at: 'rcpt', code: 451, enhanced: null, text: 'Open relay not allowed - https://community.mimecast.com/docs/DOC-1369#451' },
    greylist: { at: 'rcpt', code: 451, enhanced: null, text: 'Internal resource temporarily unavailable - https://community.mimecast.com/docs/DOC-1369#451' },
    connections: { at: 'greeting', code: 451, enhanced: null, text: 'Account service is temporarily unavailable', close: true },
    blockedsender: { at: 'rcpt', code: 550, enhanced: null, text: 'Envelope blocked - User Entry - https://community.mimecast.com/docs/DOC-1369#550' },
  },
};

export const barracuda: Persona = {
  name: 'barracuda', label: 'Barracuda',
  note: 'Replies of Barracuda gateways from real bounces; greylists for five minutes.',
  domains: ['barracuda.test'],
  provider: 'barracuda',
  banner: '{host} ESMTP (barracuda)',
  size: 104_857_600,
  limits: { connections: 10, messagesPerConnection: 15, recipientsPerMessage: 100 },
  greylist: { wait: '5m' },
  replies: {
    unknown: { at: 'rcpt', code: 550, enhanced: null, text: 'cuda_nsu 5.1.1 <{recipient}> Recipient address rejected: User unknown' },
    spam: { at: 'body', code: 550, enhanced: '5.7.1', text: 'Message content rejected, UBE, id=00000-22-225' },
    dmarc: { at: 'body', code: 550, enhanced: null, text: 'rejecting spoofed message' },
    policy: { at: 'rcpt', code: 450, enhanced: null, text: 'cuda_nsu 4.7.1 <{recipient}>: Recipient address rejected: Policy Rejection- Abuse. Go away.' },
    blocklist: { at: 'rcpt', code: 554, enhanced: '5.7.1', text: 'Service unavailable; Client host [{client}] blocked using b.barracudacentral.org; http://www.barracudanetworks.com/reputation/?pr=1&ip={client}' },
    greylist: { at: 'rcpt', code: 451, enhanced: '4.7.1', text: '<{recipient}>: Recipient address rejected: Greylisted for {retry}' },
    busy: { at: 'rcpt', code: 451, enhanced: null, text: 'cuda_nsu 4.4.3 Temporary server error. Please try again later' },
  },
};

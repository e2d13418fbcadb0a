/** Comcast (Xfinity): the sub-code at the end of the URL says what it is about. */
import type { Persona } from '../../../sdk/contract.ts';

export const comcast: Persona = {
  name: 'comcast', label: 'Comcast',
  note: "Replies from Comcast's postmaster page and real bounces; 25 connections and 1,000 messages on each are its own figures.",
  domains: ['comcast.net', 'xfinity.com', 'comcast.test'],
  site: 'comcast', provider: 'comcast',
  banner: '{host} comcast ESMTP server ready',
  size: 36_700_160,
  limits: { connections: 25, messagesPerConnection: 1_000, recipientsPerMessage: 100 },
  replies: {
    unknown: { at: 'rcpt', code: 550, enhanced: '5.1.1', text: '<{recipient}> recipient mailbox unallocated' },
    full: { at: 'rcpt', code: 452, enhanced: '4.1.1', text: '<{recipient}> user over quota' },
    dmarc: { at: 'body', code: 550, enhanced: '5.2.0', text: 'Message rejected due to DMARC. Please see http://postmaster.comcast.net/smtp-error-codes.php#DM000001' },
    blocklist: { at: 'greeting', code: 554, enhanced: null, text: '{host} comcast {client} found on one or more DNSBLs, see http://postmaster.comcast.net/smtp-error-codes.php#BL000010' },
    ptr: { at: 'greeting', code: 554, enhanced: null, text: '{host} comcast {client} Comcast requires that all mail servers must have a PTR record with a valid Reverse DNS entry. Currently your mail server does not fill that requirement. For more information, refer to: http://postmaster.comcast.net/smtp-error-codes.php#554' },
    connections: { at: 'greeting', code: 421, enhanced: null, text: 'Too many sessions opened' },
    recipientrate: { at: 'rcpt', code: 452, enhanced: '4.1.1', text: '<{recipient}> too many recent messages; Try again later' },
    busy: { at: 'rcpt', code: 450, enhanced: '4.2.0', text: '<{recipient}> - Recipient temporarily unavailable' },
  },
};

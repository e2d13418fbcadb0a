/** Apple's iCloud Mail: five messages on a connection, then a new one. */
import type { Persona } from '../../../sdk/contract.ts';

export const icloud: Persona = {
  name: 'icloud', label: 'iCloud Mail',
  note: "Replies from Apple's postmaster page and real bounces; limits are those that large senders keep to.",
  domains: ['icloud.com', 'me.com', 'mac.com', 'icloud.test'],
  site: 'icloud', provider: 'apple',
  banner: '{host} ESMTP Postfix',
  size: 28_311_552,
  limits: { connections: 10, messagesPerConnection: 5, recipientsPerMessage: 500 },
  replies: {
    unknown: { at: 'rcpt', code: 550, enhanced: '5.1.1', text: '<{recipient}>: user does not exist' },
    disabled: { at: 'rcpt', code: 550, enhanced: '5.1.1', text: '<{recipient}>: inactive email address' },
    full: { at: 'rcpt', code: 552, enhanced: '5.2.2', text: '<{recipient}>: user is over quota' },
    policy: { at: 'body', code: 554, enhanced: '5.7.1', text: '[CS01] Message rejected due to local policy. Please visit https://support.apple.com/en-us/HT204137' },
    dmarc: { at: 'body', code: 550, enhanced: '5.7.1', text: "Your message was rejected due to {sender}'s DMARC policy. See https://support.apple.com/en-us/HT204137 for info" },
    spf: { at: 'body', code: 554, enhanced: '5.7.1', text: '[HME1] This message was blocked for failing both SPF and DKIM authentication checks. See https://support.apple.com/en-us/HT204137 for mailing best practices' },
    blocklist: { at: 'rcpt', code: 550, enhanced: '5.7.1', text: 'Mail from IP {client} was rejected due to listing in Spamhaus SBL. For details please see http://www.spamhaus.org/query/bl?ip={client}' },
    ratelimit: { at: 'mail', code: 421, enhanced: '4.7.0', text: '[HCM1] Your mail from {client} was deferred' },
    recipientrate: { at: 'rcpt', code: 421, enhanced: '4.7.1', text: 'Messages to {recipient} deferred due to excessive volume. Try again later - https://support.apple.com/en-us/HT204137' },
    busy: { at: 'rcpt', code: 451, enhanced: '4.7.1', text: 'Service unavailable - try again later' },
    blockedsender: { at: 'body', code: 550, enhanced: '5.7.1', text: 'Your email was rejected due to having a domain present in the Spamhaus DBL -- see https://www.spamhaus.org/dbl/' },
  },
};

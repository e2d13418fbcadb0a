/** The largest mailbox providers, in all the words that are their own. */
import type { Story } from '../story.ts';

/** Attempts at once and after a minute; what is still refused then expires. */
const delivery = { expiresAfter: '90s' };

export const providers: Story[] = [
  {
    id: 'persona-gmail', group: 'providers', delivery, shows: ['persona gmail'],
    title: 'Gmail says what it means in its enhanced codes and in the URL at the end',
    why: 'Its 4.7.x and 5.7.x details are its own. A mailbox that gets too much mail is refused with a 550 that is not permanent at all, and 5.7.1 stands for a dozen things: only the words tell.',
    mail: [{ to: ['gmail.unknown', 'gmail.disabled', 'gmail.full', 'gmail.toolarge', 'gmail.spam', 'gmail.virus', 'gmail.policy', 'gmail.dmarc', 'gmail.spf', 'gmail.blocklist', 'gmail.ptr', 'gmail.ratelimit', 'gmail.tlsrequired', 'gmail.toomany', 'gmail.recipientrate', 'gmail.busy', 'gmail.malformed', 'gmail.blockedsender'].map((tag) => `ann+${tag}@site.test`) }],
    expect: {
      tally: { bounced: 11, expired: 7 },
      history: {
        'ann+gmail.unknown@site.test': ['+0s  rcpt 550 5.1.1  invalid_recipient  bounced'],
        'ann+gmail.disabled@site.test': ['+0s  rcpt 550 5.2.1  inactive_recipient  bounced'],
        'ann+gmail.full@site.test': [
          '+0s  rcpt 452 4.2.2  mailbox_full  deferred',
          '+1m  rcpt 452 4.2.2  mailbox_full  deferred',
        ],
        'ann+gmail.toolarge@site.test': ['+0s  mail 552 5.2.3  too_large  bounced'],
        'ann+gmail.spam@site.test': ['+0s  body 550 5.7.1  spam_content  bounced'],
        'ann+gmail.virus@site.test': ['+0s  body 552 5.7.0  malware  bounced'],
        'ann+gmail.policy@site.test': ['+0s  body 550 5.7.1  policy  bounced'],
        'ann+gmail.dmarc@site.test': ['+0s  body 550 5.7.26  authentication  bounced'],
        'ann+gmail.spf@site.test': ['+0s  body 550 5.7.26  authentication  bounced'],
        'ann+gmail.blocklist@site.test': ['+0s  body 550 5.7.1  ip_blocked  deferred'],
        'ann+gmail.ptr@site.test': ['+0s  body 421 4.7.23  dns_identity  deferred'],
        'ann+gmail.ratelimit@site.test': [
          '+0s  body 421 4.7.28  rate_limited  deferred',
          '+1m  body 421 4.7.28  rate_limited  deferred',
        ],
        'ann+gmail.tlsrequired@site.test': ['+0s  mail 530 5.7.0  tls  bounced'],
        'ann+gmail.toomany@site.test': [
          '+0s  rcpt 452 4.5.3  too_many_recipients  deferred',
          '+1m  rcpt 452 4.5.3  too_many_recipients  deferred',
        ],
        'ann+gmail.recipientrate@site.test': [
          '+0s  rcpt 550 5.2.1  recipient_rate  deferred',
          '+1m  rcpt 550 5.2.1  recipient_rate  deferred',
        ],
        'ann+gmail.busy@site.test': [
          '+0s  rcpt 451 4.3.0  server_error  deferred',
          '+1m  rcpt 451 4.3.0  server_error  deferred',
        ],
        'ann+gmail.malformed@site.test': ['+0s  body 550 5.7.1  malformed  bounced'],
        'ann+gmail.blockedsender@site.test': ['+0s  body 550 5.7.1  sender_blocked  bounced'],
      },
      suppressed: ['ann+gmail.disabled@site.test  hard_bounce', 'ann+gmail.unknown@site.test  hard_bounce'],
      notices: { 'Not delivered': 11, 'Not delivered in time': 7 },
    },
  },
  {
    id: 'persona-outlook', group: 'providers', delivery, shows: ['persona outlook'],
    title: 'Outlook.com names the reason in brackets, S3140 and the like',
    why: 'Codes such as S3150 or OU-002 tell a block of the IP address from one of the content. Its 550 5.7.515 wants SPF, DKIM and DMARC.',
    mail: [{ to: ['outlook.unknown', 'outlook.toolarge', 'outlook.blocklist', 'outlook.ratelimit', 'outlook.dmarc', 'outlook.toomany', 'outlook.connections', 'outlook.recipientrate', 'outlook.busy', 'outlook.malformed', 'outlook.ptr', 'outlook.blockedsender'].map((tag) => `ann+${tag}@site.test`) }],
    expect: {
      tally: { bounced: 6, expired: 6 },
      history: {
        'ann+outlook.unknown@site.test': ['+0s  rcpt 550 5.5.0  invalid_recipient  bounced'],
        'ann+outlook.toolarge@site.test': ['+0s  mail 552 5.3.4  too_large  bounced'],
        'ann+outlook.blocklist@site.test': ['+0s  rcpt 550 5.7.1  ip_blocked  deferred'],
        'ann+outlook.ratelimit@site.test': [
          '+0s  mail 451 4.7.651  rate_limited  deferred',
          '+1m  mail 451 4.7.651  rate_limited  deferred',
        ],
        'ann+outlook.dmarc@site.test': ['+0s  body 550 5.7.515  authentication  bounced'],
        'ann+outlook.toomany@site.test': [
          '+0s  rcpt 452 4.5.3  too_many_recipients  deferred',
          '+1m  rcpt 452 4.5.3  too_many_recipients  deferred',
        ],
        'ann+outlook.connections@site.test': [
          '+0s  greeting 421 4.3.2  rate_limited  deferred',
          '+1m  greeting 421 4.3.2  rate_limited  deferred',
        ],
        'ann+outlook.recipientrate@site.test': [
          '+0s  body 554 5.2.122  recipient_rate  deferred',
          '+1m  body 554 5.2.122  recipient_rate  deferred',
        ],
        'ann+outlook.busy@site.test': [
          '+0s  body 451 4.7.0  server_error  deferred',
          '+1m  body 451 4.7.0  server_error  deferred',
        ],
        'ann+outlook.malformed@site.test': ['+0s  body 550 5.6.11  malformed  bounced'],
        'ann+outlook.ptr@site.test': ['+0s  rcpt 550 5.7.25  dns_identity  bounced'],
        'ann+outlook.blockedsender@site.test': ['+0s  rcpt 550 5.7.1  sender_blocked  bounced'],
      },
      notices: { 'Not delivered': 6, 'Not delivered in time': 6 },
    },
  },
  {
    id: 'persona-microsoft365', group: 'providers', delivery, shows: ['persona microsoft365'],
    title: 'Microsoft 365 refuses for many reasons with a number of its own',
    why: 'A full mailbox is a 554 5.2.2, an unknown user a 550 5.4.1 "Access denied", and a rate limit of the mailbox a 550 5.2.121 that only means "later".',
    mail: [{ to: ['microsoft365.unknown', 'microsoft365.toolarge', 'microsoft365.blocklist', 'microsoft365.ratelimit', 'microsoft365.dmarc', 'microsoft365.toomany', 'microsoft365.connections', 'microsoft365.recipientrate', 'microsoft365.busy', 'microsoft365.malformed', 'microsoft365.ptr', 'microsoft365.full', 'microsoft365.policy', 'microsoft365.relay', 'microsoft365.blockedsender'].map((tag) => `ann+${tag}@site.test`) }],
    expect: {
      tally: { bounced: 8, expired: 7 },
      history: {
        'ann+microsoft365.unknown@site.test': ['+0s  rcpt 550 5.4.1  invalid_recipient  bounced'],
        'ann+microsoft365.toolarge@site.test': ['+0s  mail 552 5.3.4  too_large  bounced'],
        'ann+microsoft365.blocklist@site.test': ['+0s  rcpt 550 5.7.511  ip_blocked  deferred'],
        'ann+microsoft365.ratelimit@site.test': [
          '+0s  rcpt 451 4.7.500  rate_limited  deferred',
          '+1m  rcpt 451 4.7.500  rate_limited  deferred',
        ],
        'ann+microsoft365.dmarc@site.test': ['+0s  body 550 5.7.509  authentication  bounced'],
        'ann+microsoft365.toomany@site.test': [
          '+0s  rcpt 452 4.5.3  too_many_recipients  deferred',
          '+1m  rcpt 452 4.5.3  too_many_recipients  deferred',
        ],
        'ann+microsoft365.connections@site.test': [
          '+0s  greeting 421 4.3.2  rate_limited  deferred',
          '+1m  greeting 421 4.3.2  rate_limited  deferred',
        ],
        'ann+microsoft365.recipientrate@site.test': [
          '+0s  body 550 5.2.121  recipient_rate  deferred',
          '+1m  body 550 5.2.121  recipient_rate  deferred',
        ],
        'ann+microsoft365.busy@site.test': [
          '+0s  body 451 4.7.0  server_error  deferred',
          '+1m  body 451 4.7.0  server_error  deferred',
        ],
        'ann+microsoft365.malformed@site.test': ['+0s  body 550 5.7.512  malformed  bounced'],
        'ann+microsoft365.ptr@site.test': ['+0s  rcpt 550 5.7.25  dns_identity  bounced'],
        'ann+microsoft365.full@site.test': [
          '+0s  body 554 5.2.2  mailbox_full  deferred',
          '+1m  body 554 5.2.2  mailbox_full  deferred',
        ],
        'ann+microsoft365.policy@site.test': ['+0s  body 550 5.7.750  policy  bounced'],
        'ann+microsoft365.relay@site.test': ['+0s  rcpt 550 5.7.64  relay_denied  bounced'],
        'ann+microsoft365.blockedsender@site.test': ['+0s  rcpt 550 5.7.507  recipient_blocked_sender  bounced'],
      },
      suppressed: ['ann+microsoft365.unknown@site.test  hard_bounce'],
      notices: { 'Not delivered': 8, 'Not delivered in time': 7 },
    },
  },
  {
    id: 'persona-yahoo', group: 'providers', delivery, shows: ['persona yahoo'],
    title: 'Yahoo defers whole senders by TSS04 and refuses unknown users after the message',
    why: 'Many of its replies have no enhanced code, and a 552 is an unknown user. Slow down at TSS04: every attempt counts against the sender.',
    mail: [{ to: ['yahoo.unknown', 'yahoo.disabled', 'yahoo.policy', 'yahoo.dmarc', 'yahoo.blocklist', 'yahoo.relay', 'yahoo.ratelimit', 'yahoo.perconnection', 'yahoo.recipientrate', 'yahoo.sender', 'yahoo.busy', 'yahoo.malformed'].map((tag) => `ann+${tag}@site.test`) }],
    expect: {
      tally: { bounced: 6, expired: 6 },
      history: {
        'ann+yahoo.unknown@site.test': ['+0s  body 552  invalid_recipient  bounced'],
        'ann+yahoo.disabled@site.test': ['+0s  body 554  inactive_recipient  bounced'],
        'ann+yahoo.policy@site.test': ['+0s  body 554  policy  bounced'],
        'ann+yahoo.dmarc@site.test': ['+0s  body 550 5.7.9  authentication  bounced'],
        'ann+yahoo.blocklist@site.test': ['+0s  greeting 553 5.7.1  ip_blocked  deferred'],
        'ann+yahoo.relay@site.test': ['+0s  rcpt 550  relay_denied  bounced'],
        'ann+yahoo.ratelimit@site.test': [
          '+0s  mail 421 4.7.0  rate_limited  deferred',
          '+1m  mail 421 4.7.0  rate_limited  deferred',
        ],
        'ann+yahoo.perconnection@site.test': [
          '+0s  mail 421  rate_limited  deferred',
          '+1m  mail 421  rate_limited  deferred',
        ],
        'ann+yahoo.recipientrate@site.test': [
          '+0s  rcpt 450  recipient_rate  deferred',
          '+1m  rcpt 450  recipient_rate  deferred',
        ],
        'ann+yahoo.sender@site.test': [
          '+0s  mail 451  sender_invalid  deferred',
          '+1m  mail 451  sender_invalid  deferred',
        ],
        'ann+yahoo.busy@site.test': [
          '+0s  rcpt 451  server_error  deferred',
          '+1m  rcpt 451  server_error  deferred',
        ],
        'ann+yahoo.malformed@site.test': ['+0s  body 554  malformed  bounced'],
      },
      notices: { 'Not delivered': 6, 'Not delivered in time': 6 },
    },
  },
];

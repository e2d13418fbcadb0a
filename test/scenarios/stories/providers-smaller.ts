/** Smaller mailbox providers, in all the words that are their own. */
import type { Story } from '../story.ts';

/** Attempts at once and after a minute; what is still refused then expires. */
const delivery = { expiresAfter: '90s' };

export const smallerProviders: Story[] = [
  {
    id: 'persona-icloud', group: 'providers', delivery, shows: ['persona icloud'],
    title: 'iCloud puts its reason into brackets, CS01 or HME1',
    why: 'Few messages on a connection, and a 552 for a full mailbox that is soft all the same.',
    mail: [{ to: ['icloud.unknown', 'icloud.disabled', 'icloud.full', 'icloud.policy', 'icloud.dmarc', 'icloud.spf', 'icloud.blocklist', 'icloud.ratelimit', 'icloud.recipientrate', 'icloud.busy', 'icloud.blockedsender'].map((tag) => `ann+${tag}@site.test`) }],
    expect: {
      tally: { bounced: 6, expired: 5 },
      history: {
        'ann+icloud.unknown@site.test': ['+0s  rcpt 550 5.1.1  invalid_recipient  bounced'],
        'ann+icloud.disabled@site.test': ['+0s  rcpt 550 5.1.1  inactive_recipient  bounced'],
        'ann+icloud.full@site.test': [
          '+0s  rcpt 552 5.2.2  mailbox_full  deferred',
          '+1m  rcpt 552 5.2.2  mailbox_full  deferred',
        ],
        'ann+icloud.policy@site.test': ['+0s  body 554 5.7.1  policy  bounced'],
        'ann+icloud.dmarc@site.test': ['+0s  body 550 5.7.1  authentication  bounced'],
        'ann+icloud.spf@site.test': ['+0s  body 554 5.7.1  authentication  bounced'],
        'ann+icloud.blocklist@site.test': ['+0s  rcpt 550 5.7.1  ip_blocked  deferred'],
        'ann+icloud.ratelimit@site.test': [
          '+0s  mail 421 4.7.0  rate_limited  deferred',
          '+1m  mail 421 4.7.0  rate_limited  deferred',
        ],
        'ann+icloud.recipientrate@site.test': [
          '+0s  rcpt 421 4.7.1  recipient_rate  deferred',
          '+1m  rcpt 421 4.7.1  recipient_rate  deferred',
        ],
        'ann+icloud.busy@site.test': [
          '+0s  rcpt 451 4.7.1  server_error  deferred',
          '+1m  rcpt 451 4.7.1  server_error  deferred',
        ],
        'ann+icloud.blockedsender@site.test': ['+0s  body 550 5.7.1  sender_blocked  bounced'],
      },
      suppressed: ['ann+icloud.disabled@site.test  hard_bounce', 'ann+icloud.unknown@site.test  hard_bounce'],
      notices: { 'Not delivered': 6, 'Not delivered in time': 5 },
    },
  },
  {
    id: 'persona-comcast', group: 'providers', delivery, shows: ['persona comcast'],
    title: 'Comcast says the reason at the end of a URL',
    why: 'Blocks are said in the greeting, before anything is known of the recipient: no mailbox is to blame.',
    mail: [{ to: ['comcast.unknown', 'comcast.full', 'comcast.dmarc', 'comcast.blocklist', 'comcast.ptr', 'comcast.connections', 'comcast.recipientrate', 'comcast.busy'].map((tag) => `ann+${tag}@site.test`) }],
    expect: {
      tally: { bounced: 2, expired: 6 },
      history: {
        'ann+comcast.unknown@site.test': ['+0s  rcpt 550 5.1.1  invalid_recipient  bounced'],
        'ann+comcast.full@site.test': [
          '+0s  rcpt 452 4.1.1  mailbox_full  deferred',
          '+1m  rcpt 452 4.1.1  mailbox_full  deferred',
        ],
        'ann+comcast.dmarc@site.test': ['+0s  body 550 5.2.0  authentication  bounced'],
        'ann+comcast.blocklist@site.test': ['+0s  greeting 554  ip_blocked  deferred'],
        'ann+comcast.ptr@site.test': [
          '+0s  greeting 554  dns_identity  deferred',
          '+1m  greeting 554  dns_identity  deferred',
        ],
        'ann+comcast.connections@site.test': [
          '+0s  greeting 421  rate_limited  deferred',
          '+1m  greeting 421  rate_limited  deferred',
        ],
        'ann+comcast.recipientrate@site.test': [
          '+0s  rcpt 452 4.1.1  recipient_rate  deferred',
          '+1m  rcpt 452 4.1.1  recipient_rate  deferred',
        ],
        'ann+comcast.busy@site.test': [
          '+0s  rcpt 450 4.2.0  server_error  deferred',
          '+1m  rcpt 450 4.2.0  server_error  deferred',
        ],
      },
      suppressed: ['ann+comcast.unknown@site.test  hard_bounce'],
      notices: { 'Not delivered': 2, 'Not delivered in time': 6 },
    },
  },
  {
    id: 'persona-gmx', group: 'providers', delivery, shows: ['persona gmx'],
    title: 'GMX and WEB.DE have no enhanced codes, and of several lines the last one decides',
    why: 'The same 550 stands for unknown users, policy and block lists; only the words tell.',
    mail: [{ to: ['gmx.unknown', 'gmx.full', 'gmx.spf', 'gmx.blocklist', 'gmx.ptr', 'gmx.connections', 'gmx.sender', 'gmx.policy', 'gmx.blockedsender'].map((tag) => `ann+${tag}@site.test`) }],
    expect: {
      tally: { bounced: 6, expired: 3 },
      history: {
        'ann+gmx.unknown@site.test': ['+0s  rcpt 550  invalid_recipient  bounced'],
        'ann+gmx.full@site.test': [
          '+0s  rcpt 552  mailbox_full  deferred',
          '+1m  rcpt 552  mailbox_full  deferred',
        ],
        'ann+gmx.spf@site.test': ['+0s  body 550  authentication  bounced'],
        'ann+gmx.blocklist@site.test': ['+0s  rcpt 550  ip_blocked  deferred'],
        'ann+gmx.ptr@site.test': ['+0s  rcpt 550  dns_identity  bounced'],
        'ann+gmx.connections@site.test': [
          '+0s  greeting 421  rate_limited  deferred',
          '+1m  greeting 421  rate_limited  deferred',
        ],
        'ann+gmx.sender@site.test': ['+0s  mail 550  sender_invalid  bounced'],
        'ann+gmx.policy@site.test': ['+0s  body 550  policy  bounced'],
        'ann+gmx.blockedsender@site.test': ['+0s  body 550  sender_blocked  bounced'],
      },
      notices: { 'Not delivered': 6, 'Not delivered in time': 3 },
    },
  },
  {
    id: 'persona-qq', group: 'providers', delivery, shows: ['persona qq'],
    title: 'QQ says "slow down" with a 550',
    why: 'Its frequency limits sound permanent and are not: who takes them for hard bounces loses a whole country of customers.',
    mail: [{ to: ['qq.unknown', 'qq.spam', 'qq.dmarc', 'qq.ratelimit', 'qq.connections', 'qq.perconnection', 'qq.blockedsender'].map((tag) => `ann+${tag}@site.test`) }],
    expect: {
      tally: { bounced: 4, expired: 3 },
      history: {
        'ann+qq.unknown@site.test': ['+0s  rcpt 550  invalid_recipient  bounced'],
        'ann+qq.spam@site.test': ['+0s  body 550  spam_content  bounced'],
        'ann+qq.dmarc@site.test': ['+0s  body 550  authentication  bounced'],
        'ann+qq.ratelimit@site.test': [
          '+0s  mail 550  rate_limited  deferred',
          '+1m  mail 550  rate_limited  deferred',
        ],
        'ann+qq.connections@site.test': [
          '+0s  greeting 550  rate_limited  deferred',
          '+1m  greeting 550  rate_limited  deferred',
        ],
        'ann+qq.perconnection@site.test': [
          '+0s  mail 550  rate_limited  deferred',
          '+1m  mail 550  rate_limited  deferred',
        ],
        'ann+qq.blockedsender@site.test': ['+0s  rcpt 550  recipient_blocked_sender  bounced'],
      },
      suppressed: ['ann+qq.unknown@site.test  hard_bounce'],
      notices: { 'Not delivered': 4, 'Not delivered in time': 3 },
    },
  },
];

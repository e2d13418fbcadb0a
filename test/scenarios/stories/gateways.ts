/** Filters in front of other people's mailboxes, and two personas that are nobody's. */
import type { Story } from '../story.ts';

/** Attempts at once and after a minute; what is still refused then expires. */
const delivery = { expiresAfter: '90s' };

export const gateways: Story[] = [
  {
    id: 'persona-proofpoint', group: 'providers', delivery, shows: ['persona proofpoint'],
    title: 'Proofpoint blocks in the greeting and verifies addresses with a 421',
    why: 'A filter in front of other people\'s mailboxes: "address verification in progress" is no more than a wait.',
    mail: [{ to: ['proofpoint.unknown', 'proofpoint.dmarc', 'proofpoint.blocklist', 'proofpoint.relay', 'proofpoint.sender', 'proofpoint.busy'].map((tag) => `ann+${tag}@site.test`) }],
    expect: {
      tally: { bounced: 4, expired: 2 },
      history: {
        'ann+proofpoint.unknown@site.test': ['+0s  rcpt 550 5.1.1  invalid_recipient  bounced'],
        'ann+proofpoint.dmarc@site.test': ['+0s  body 550 5.7.0  authentication  bounced'],
        'ann+proofpoint.blocklist@site.test': ['+0s  greeting 550 5.7.0  ip_blocked  deferred'],
        'ann+proofpoint.relay@site.test': ['+0s  rcpt 550 5.7.1  relay_denied  bounced'],
        'ann+proofpoint.sender@site.test': ['+0s  mail 550 5.1.8  sender_invalid  bounced'],
        'ann+proofpoint.busy@site.test': [
          '+0s  rcpt 421 4.1.1  server_error  deferred',
          '+1m  rcpt 421 4.1.1  server_error  deferred',
        ],
      },
      suppressed: ['ann+proofpoint.unknown@site.test  hard_bounce'],
      notices: { 'Not delivered': 4, 'Not delivered in time': 2 },
    },
  },
  {
    id: 'persona-mimecast', group: 'providers', delivery, shows: ['persona mimecast'],
    title: 'Mimecast greylists under the name of an internal resource',
    why: 'Replies have no enhanced codes, but name a page; "Open relay not allowed" is a 451 that time does not heal.',
    mail: [{ to: ['mimecast.unknown', 'mimecast.spam', 'mimecast.spf', 'mimecast.ratelimit', 'mimecast.dmarc', 'mimecast.blocklist', 'mimecast.relay', 'mimecast.greylist', 'mimecast.connections', 'mimecast.blockedsender'].map((tag) => `ann+${tag}@site.test`) }],
    expect: {
      tally: { bounced: 5, expired: 4, delivered: 1 },
      history: {
        'ann+mimecast.unknown@site.test': ['+0s  rcpt 550  invalid_recipient  bounced'],
        'ann+mimecast.spam@site.test': ['+0s  body 554  spam_content  bounced'],
        'ann+mimecast.spf@site.test': ['+0s  body 550  authentication  bounced'],
        'ann+mimecast.ratelimit@site.test': [
          '+0s  rcpt 451  rate_limited  deferred',
          '+1m  rcpt 451  rate_limited  deferred',
        ],
        'ann+mimecast.dmarc@site.test': ['+0s  mail 550  authentication  bounced'],
        'ann+mimecast.blocklist@site.test': ['+0s  rcpt 550  ip_blocked  deferred'],
        'ann+mimecast.relay@site.test': [
          '+0s  rcpt 451  relay_denied  deferred',
          '+1m  rcpt 451  relay_denied  deferred',
        ],
        'ann+mimecast.greylist@site.test': [
          '+0s  rcpt 451  rate_limited  deferred',
          '+1m  body 250 2.0.0  delivered  delivered',
        ],
        'ann+mimecast.connections@site.test': [
          '+0s  greeting 451  rate_limited  deferred',
          '+1m  greeting 451  rate_limited  deferred',
        ],
        'ann+mimecast.blockedsender@site.test': ['+0s  rcpt 550  recipient_blocked_sender  bounced'],
      },
      suppressed: ['ann+mimecast.unknown@site.test  hard_bounce'],
      notices: { 'Not delivered': 5, 'Not delivered in time': 4 },
    },
  },
  {
    id: 'persona-barracuda', group: 'providers', delivery, shows: ['persona barracuda'],
    title: 'Barracuda says cuda_nsu for its sender policies and greylists for five minutes',
    why: 'The token is about the sender as well as the recipient: the words after it decide.',
    mail: [{ to: ['barracuda.unknown', 'barracuda.spam', 'barracuda.dmarc', 'barracuda.policy', 'barracuda.blocklist', 'barracuda.greylist', 'barracuda.busy'].map((tag) => `ann+${tag}@site.test`) }],
    expect: {
      tally: { bounced: 3, expired: 4 },
      history: {
        'ann+barracuda.unknown@site.test': ['+0s  rcpt 550 5.1.1  invalid_recipient  bounced'],
        'ann+barracuda.spam@site.test': ['+0s  body 550 5.7.1  spam_content  bounced'],
        'ann+barracuda.dmarc@site.test': ['+0s  body 550  authentication  bounced'],
        'ann+barracuda.policy@site.test': ['+0s  rcpt 450 4.7.1  ip_blocked  deferred'],
        'ann+barracuda.blocklist@site.test': ['+0s  rcpt 554 5.7.1  ip_blocked  deferred'],
        'ann+barracuda.greylist@site.test': ['+0s  rcpt 451 4.7.1  greylisted  deferred'],
        'ann+barracuda.busy@site.test': [
          '+0s  rcpt 451 4.4.3  server_error  deferred',
          '+1m  rcpt 451 4.4.3  server_error  deferred',
        ],
      },
      suppressed: ['ann+barracuda.unknown@site.test  hard_bounce'],
      notices: { 'Not delivered': 3, 'Not delivered in time': 4 },
    },
  },
  {
    id: 'persona-strict', group: 'providers', delivery, shows: ['persona strict'],
    title: 'The strict persona wants all that any site wants',
    why: 'No real provider: TLS, a greylist, small limits, and blocks in the greeting. What passes here passes everywhere.',
    mail: [{ to: ['strict.full', 'strict.ptr', 'strict.blocklist'].map((tag) => `ann+${tag}@site.test`) }],
    expect: {
      tally: { expired: 3 },
      history: {
        'ann+strict.full@site.test': [
          '+0s  rcpt 552 5.2.2  mailbox_full  deferred',
          '+1m  rcpt 552 5.2.2  mailbox_full  deferred',
        ],
        'ann+strict.ptr@site.test': [
          '+0s  greeting 554 5.7.25  dns_identity  deferred',
          '+1m  greeting 554 5.7.25  dns_identity  deferred',
        ],
        'ann+strict.blocklist@site.test': ['+0s  greeting 554 5.7.1  ip_blocked  deferred'],
      },
      notices: { 'Not delivered in time': 3 },
    },
  },
  {
    id: 'persona-flaky', group: 'providers', shows: ['persona flaky'],
    title: 'The flaky persona fails one attempt in four, and loses nothing',
    why: 'A site on a bad day: refused connections, lost replies, full disks, each by the seeded chance. An application that watches its mail sees late deliveries, and no bounce.',
    mail: [{ to: ['ann', 'bob', 'carl', 'dora', 'emil', 'fred', 'gina', 'hugo', 'ines', 'jack', 'kate', 'lena'].map((name) => `${name}@flaky.test`) }],
    expect: {
      tally: { delivered: 12 },
      history: {
        'ann@flaky.test': ['+0s  body 250 2.0.0  delivered  delivered'],
        'bob@flaky.test': ['+0s  body 250 2.0.0  delivered  delivered'],
        'carl@flaky.test': ['+0s  body 250 2.0.0  delivered  delivered'],
        'dora@flaky.test': ['+0s  body 250 2.0.0  delivered  delivered'],
        'emil@flaky.test': ['+0s  body 250 2.0.0  delivered  delivered'],
        'fred@flaky.test': ['+0s  body 250 2.0.0  delivered  delivered'],
        'gina@flaky.test': [
          '+0s  rcpt 451 4.3.0  server_error  deferred',
          '+1m  rcpt 451 4.3.0  server_error  deferred',
          '+3m  body 250 2.0.0  delivered  delivered',
        ],
        'hugo@flaky.test': ['+0s  body 250 2.0.0  delivered  delivered'],
        'ines@flaky.test': [
          '+0s  rcpt 451 4.3.0  server_error  deferred',
          '+1m  body 250 2.0.0  delivered  delivered',
        ],
        'jack@flaky.test': [
          '+0s  rcpt 451 4.3.0  server_error  deferred',
          '+1m  body 250 2.0.0  delivered  delivered',
        ],
        'kate@flaky.test': ['+0s  body 250 2.0.0  delivered  delivered'],
        'lena@flaky.test': ['+0s  body 250 2.0.0  delivered  delivered'],
      },
    },
  },
];

/** Rules: for whom, what, on which side, and in which order. */
import type { Story } from '../story.ts';

export const rules: Story[] = [
  {
    id: 'rules-order', group: 'rules', shows: ['what accept', 'when recipient', 'what reply'],
    title: 'The first rule that answers wins',
    why: 'An exception stands above the rule it is from: `accept` ends the search, so the boss is let in and everybody else is refused.',
    mail: [{ to: ['boss@site.test', 'ann@site.test'] }],
    scenario: { rules: [{ id: 'boss', when: { recipient: 'boss@*' }, what: { accept: true } }, { id: 'nobody', when: { recipient: '*' }, what: { reply: { code: 550, enhanced: '5.1.1', text: 'User unknown' } } }] },
    expect: {
      tally: { delivered: 1, bounced: 1 },
      history: {
        'boss@site.test': ['+0s  body 250 2.0.0  delivered  delivered'],
        'ann@site.test': ['+0s  rcpt 550 5.1.1  invalid_recipient  bounced'],
      },
      suppressed: ['ann@site.test  hard_bounce'],
      notices: { 'Not delivered': 1 },
    },
  },
  {
    id: 'rules-domain', group: 'rules', shows: ['when domain', 'what says'],
    title: "A domain speaks in Gmail's words without being Gmail",
    why: '`says` takes a situation, of the domain\'s persona or of a named one. The reply is the real one, so the classifier has the same work to do as in production.',
    mail: [{ to: ['ann@company.test', 'bob@other.test'] }],
    scenario: { rules: [{ when: { domain: 'company.test' }, what: { says: 'gmail.unknown' } }] },
    expect: {
      tally: { bounced: 1, delivered: 1 },
      history: {
        'ann@company.test': ['+0s  rcpt 550 5.1.1  invalid_recipient  bounced'],
        'bob@other.test': ['+0s  body 250 2.0.0  delivered  delivered'],
      },
      suppressed: ['ann@company.test  hard_bounce'],
      notices: { 'Not delivered': 1 },
    },
  },
  {
    id: 'rules-host', group: 'rules', shows: ['when host'],
    title: 'A host that takes the connection and then puts the mail off does not keep it from the next one',
    why: 'A full disk or a broken filter on the first MX host: it still answers, and 451 to everything. The next attempt begins with the host after it, so the mail arrives a minute late, and not never.',
    mail: [{ to: 'ann@two.test' }],
    scenario: { rules: [{ when: { host: 'mx.*' }, what: { reply: { code: 451, enhanced: '4.3.0', text: 'Local error in processing' } } }] },
    expect: {
      tally: { delivered: 1 },
      history: ['+0s  rcpt 451 4.3.0  server_error  deferred', '+1m  body 250 2.0.0  delivered  delivered'],
    },
  },
  {
    id: 'rules-host-full', group: 'rules',
    title: 'A full mailbox is not carried round to the backup',
    why: 'A backup that knows nothing of mailboxes would take the mail and bounce it later. So only what is about the host sends mail to another one; greylisting, rates, blocks and mailboxes do not.',
    mail: [{ to: 'ann@two.test' }], advance: '10m',
    scenario: { rules: [{ when: { host: 'mx.*' }, what: { reply: { code: 452, enhanced: '4.2.2', text: 'Mailbox full' } }, often: { times: 2 } }] },
    expect: {
      tally: { delivered: 1 },
      history: ['+0s  rcpt 452 4.2.2  mailbox_full  deferred', '+1m  rcpt 452 4.2.2  mailbox_full  deferred', '+3m  body 250 2.0.0  delivered  delivered'],
    },
  },
  {
    id: 'rules-site', group: 'rules', shows: ['when site', 'persona.site'],
    title: 'A rule for a site is for all its domains',
    why: 'Providers serve many domains from the same hosts: a limit, a pause, an outage is the site\'s. A rule can name it, or the provider.',
    mail: [{ to: ['ann@gmail.test', 'bob@googlemail.com', 'carl@site.test'] }],
    scenario: { rules: [{ when: { site: 'gmail' }, what: { says: 'busy' }, often: { times: 1 } }] },
    expect: {
      tally: { delivered: 3 },
      history: {
        'ann@gmail.test': [
          '+0s  rcpt 451 4.3.0  server_error  deferred',
          '+1m  body 250 2.0.0  delivered  delivered',
        ],
        'bob@googlemail.com': [
          '+0s  rcpt 451 4.3.0  server_error  deferred',
          '+1m  body 250 2.0.0  delivered  delivered',
        ],
        'carl@site.test': ['+0s  body 250 2.0.0  delivered  delivered'],
      },
    },
  },
  {
    id: 'rules-sender', group: 'rules', shows: ['when sender'],
    title: 'A rule for a sender refuses that one alone',
    why: 'Providers judge senders one by one: the newsletter may be blocked while receipts get through. Keep them apart, by address and by stream.',
    mail: [{ to: 'ann@site.test', from: 'news@app.test' }, { to: 'ann@site.test', from: 'shop@app.test' }],
    scenario: { rules: [{ when: { sender: 'news@*' }, what: { at: 'mail', says: 'blockedsender' } }] },
    expect: {
      tally: { bounced: 1, delivered: 1 },
      history: {
        'ann@site.test #1': ['+0s  mail 550 5.7.1  recipient_blocked_sender  bounced'],
        'ann@site.test #2': ['+0s  body 250 2.0.0  delivered  delivered'],
      },
      notices: { 'Not delivered': 1 },
    },
  },
  {
    id: 'rules-tag', group: 'rules', shows: ['when tag'],
    title: 'A rule for a tag refuses the mail that an application has marked so',
    why: 'Tags come from `X-Tags` or from the API. They make a rule independent of the address: "the reset mail of this test fails".',
    mail: [{ to: 'ann@site.test', tags: ['reset'] }, { to: 'bob@site.test', tags: ['welcome'] }],
    scenario: { rules: [{ when: { tag: 'reset' }, what: { at: 'body', reply: { code: 554, enhanced: '5.7.1', text: 'Message rejected' } } }] },
    expect: {
      tally: { bounced: 1, delivered: 1 },
      history: {
        'ann@site.test': ['+0s  body 554 5.7.1  policy  bounced'],
        'bob@site.test': ['+0s  body 250 2.0.0  delivered  delivered'],
      },
      notices: { 'Not delivered': 1 },
    },
  },
  {
    id: 'rules-header', group: 'rules', shows: ['when header'],
    title: 'A rule for a header field refuses newsletters and lets letters pass',
    why: 'Filters look at List-Id, Precedence and Subject. What is in the header is known once the message was sent, so such a rule acts at `body`.',
    mail: [{ to: 'ann@site.test', headers: { 'List-Id': '<news.app.test>' } }, { to: 'bob@site.test' }],
    scenario: { rules: [{ when: { header: { 'List-Id': '*' } }, what: { at: 'body', says: 'spam' } }] },
    expect: {
      tally: { bounced: 1, delivered: 1 },
      history: {
        'ann@site.test': ['+0s  body 550 5.7.1  spam_content  bounced'],
        'bob@site.test': ['+0s  body 250 2.0.0  delivered  delivered'],
      },
      notices: { 'Not delivered': 1 },
    },
  },
  {
    id: 'rules-size', group: 'rules', shows: ['when size'],
    title: 'A rule for a size refuses what is larger before it is sent',
    why: 'The client says how large the message is (SIZE, RFC 1870), so the server can refuse at MAIL and save both the octets.',
    mail: [{ to: 'ann@site.test', size: 200_000 }, { to: 'bob@site.test' }],
    scenario: { rules: [{ when: { size: '>100kb' }, what: { at: 'mail', says: 'toolarge' } }] },
    expect: {
      tally: { bounced: 1, delivered: 1 },
      history: {
        'ann@site.test': ['+0s  mail 552 5.3.4  too_large  bounced'],
        'bob@site.test': ['+0s  body 250 2.0.0  delivered  delivered'],
      },
      notices: { 'Not delivered': 1 },
    },
  },
  {
    id: 'rules-attempt', group: 'rules', shows: ['when attempt'],
    title: 'A rule for an attempt lets only the third one through',
    why: '`attempt` is the how-maniest time that this message is tried for this recipient: `2`, `>=3`, `<3`.',
    mail: [{ to: 'ann@site.test' }],
    scenario: { rules: [{ when: { attempt: '<3' }, what: { says: 'busy' } }] },
    expect: {
      tally: { delivered: 1 },
      history: [
        '+0s  rcpt 451 4.3.0  server_error  deferred',
        '+1m  rcpt 451 4.3.0  server_error  deferred',
        '+3m  body 250 2.0.0  delivered  delivered',
      ],
    },
  },
  {
    id: 'rules-slow-and-refused', group: 'rules',
    title: 'A rule that only slows down goes on to the rules below',
    why: 'Delay, drip and hidden extensions are no answers. So a slow server can also be a full one.',
    mail: [{ to: 'ann@site.test' }],
    scenario: { rules: [{ what: { delay: '30s' } }, { what: { says: 'full' }, often: { times: 1 } }] },
    expect: {
      tally: { delivered: 1 },
      history: [
        '+0s  rcpt 452 4.2.2  mailbox_full  deferred  took 30s',
        '+1m30s  body 250 2.0.0  delivered  delivered  took 30s',
      ],
    },
  },
  {
    id: 'submission-rule', group: 'rules', shows: ['side submission'],
    title: 'A rule at submission refuses the application itself, twice',
    why: 'This tests the application\'s own retry: its SMTP client hears 451 to RCPT, keeps the mail and hands it in again. The third time it is taken, and delivered at once.',
    mail: [{ to: 'ann@site.test' }, { to: 'ann@site.test', wait: '1m' }, { to: 'ann@site.test', wait: '1m' }],
    scenario: { rules: [{ side: 'submission', when: { recipient: 'ann@site.test' }, what: { reply: { code: 451, enhanced: '4.3.0', text: 'Try again later' } }, often: { times: 2, per: 'address' } }] },
    expect: {
      tally: { delivered: 1 },
      history: ['+0s  body 250 2.0.0  delivered  delivered'],
      refused: { 1: 'rcpt 451 4.3.0 Try again later', 2: 'rcpt 451 4.3.0 Try again later' },
    },
  },
  {
    id: 'submission-magic', group: 'rules', delivery: { magicAtSubmission: true },
    title: 'Magic addresses can act while mail is handed in',
    why: 'With `magicAtSubmission` an unknown user is refused to the application directly, as by a relay that knows all mailboxes. It is the application that must tell its user.',
    mail: [{ to: 'ann+rcpt.550.5-1-1@site.test' }, { to: 'bob@site.test' }],
    expect: {
      tally: { delivered: 1 },
      history: ['+0s  body 250 2.0.0  delivered  delivered'],
      refused: { 1: 'rcpt 550 5.1.1 <ann+rcpt.550.5-1-1@site.test>: Recipient address rejected: User unknown' },
    },
  },
  {
    id: 'both-sides', group: 'rules', shows: ['side both', 'side remote'],
    title: 'A rule on both sides counts on each side by itself',
    why: 'The application is refused once and tries again; then Postern is refused once at delivery and tries again.',
    mail: [{ to: 'ann@site.test' }, { to: 'ann@site.test', wait: '1m' }],
    scenario: { rules: [{ side: 'both', what: { says: 'busy' }, often: { times: 1, per: 'address' } }] },
    expect: {
      tally: { delivered: 1 },
      history: [
        '+0s  rcpt 451 4.3.0  server_error  deferred',
        '+1m  body 250 2.0.0  delivered  delivered',
      ],
      refused: { 1: 'rcpt 451 4.3.0 <ann@site.test>: Temporary lookup failure' },
    },
  },
];

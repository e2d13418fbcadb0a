/** Personas that a scenario names or defines: their words, limits and habits. */
import type { Story } from '../story.ts';

const own = { label: 'Acme', note: 'A corporate gateway.', domains: ['acme.test'], banner: '{host} ESMTP Acme' };

export const personas: Story[] = [
  {
    id: 'rules-hide', group: 'rules', shows: ['persona.hide'],
    title: 'A server without PIPELINING and SIZE gets the mail one command at a time',
    why: 'Old and odd servers offer few extensions. Delivery must not depend on any.',
    mail: [{ to: ['ann@old.test', 'bob@old.test'] }],
    scenario: { rules: [], define: { old: { name: 'old', label: 'Old', note: 'As in 1990.', domains: ['old.test'], banner: '{host} Sendmail 5.67', hide: ['PIPELINING', 'SIZE', 'STARTTLS', 'ENHANCEDSTATUSCODES', '8BITMIME', 'DSN', 'SMTPUTF8'], replies: {} } } },
    expect: {
      tally: { delivered: 2 },
      history: {
        'ann@old.test': ['+0s  body 250  delivered  delivered'],
        'bob@old.test': ['+0s  body 250  delivered  delivered'],
      },
    },
  },
  {
    id: 'rules-persona', group: 'rules', shows: ['scenario personas'],
    title: "A domain that has Yahoo's manners refuses as Yahoo does, after the message",
    why: 'Where a company has its mail hosted, its domain has that provider\'s manners: Yahoo\'s unknown user is a 552 after the final dot, without an enhanced code.',
    mail: [{ to: 'ann+unknown@company.test' }],
    scenario: { rules: [], personas: { 'company.test': 'yahoo' } },
    expect: {
      tally: { bounced: 1 },
      history: ['+0s  body 552  invalid_recipient  bounced'],
      notices: { 'Not delivered': 1 },
    },
  },
  {
    id: 'rules-persona-all', group: 'rules', shows: ['scenario persona'],
    title: 'Every domain can have the manners of one persona',
    why: '`persona` is for the domains that have none. `strict` greylists, so even the first mail to a stranger is late.',
    mail: [{ to: 'ann@anywhere.test' }],
    scenario: { rules: [], persona: 'strict' },
    expect: {
      tally: { delivered: 1 },
      history: [
        '+0s  rcpt 450 4.2.0  greylisted  deferred',
        '+5m  body 250 2.0.0  delivered  delivered',
      ],
    },
  },
  {
    id: 'rules-define', group: 'rules', shows: ['scenario define', 'persona.replies', 'persona.rules'],
    title: 'A persona of one\'s own has its own words and its own rules',
    why: 'Copy one, change it, give it to your domains. Its rules come after those of the scenario.',
    mail: [{ to: ['ann+unknown@acme.test', 'bob@acme.test'] }],
    scenario: { rules: [], define: { acme: { ...own, name: 'acme', replies: { unknown: { at: 'rcpt', code: 550, enhanced: '5.1.10', text: 'RESOLVER.ADR.RecipientNotFound; not in our directory' } }, rules: [{ id: 'shy', what: { says: 'busy' }, often: { times: 1 } }] } } },
    expect: {
      tally: { bounced: 1, delivered: 1 },
      history: {
        'ann+unknown@acme.test': ['+0s  rcpt 550 5.1.10  invalid_recipient  bounced'],
        'bob@acme.test': [
          '+0s  rcpt 451 4.3.0  server_error  deferred',
          '+1m  body 250 2.0.0  delivered  delivered',
        ],
      },
      suppressed: ['ann+unknown@acme.test  hard_bounce'],
      notices: { 'Not delivered': 1 },
    },
  },
  {
    id: 'persona-size', group: 'rules', shows: ['persona.size'],
    title: 'A message above the announced size is not even sent',
    why: 'The server names its limit in EHLO; a client that reads it need not ask.',
    mail: [{ to: 'ann@acme.test', size: 60_000 }],
    scenario: { rules: [], define: { acme: { ...own, name: 'acme', size: 50_000, replies: {} } } },
    expect: {
      tally: { bounced: 1 },
      history: ['+0s  mail size  too_large  bounced'],
      notices: { 'Not delivered': 1 },
    },
  },
  {
    id: 'persona-recipients', group: 'rules', shows: ['persona.limits.recipientsPerMessage'],
    title: 'Recipients beyond the limit of a transaction follow at once in another',
    why: 'Two are allowed in a transaction, three were asked for: the third hears 452 4.5.3 and is sent its copy right after (RFC 5321 §4.5.3.1.10).',
    mail: [{ to: ['ann@acme.test', 'bob@acme.test', 'carl@acme.test'] }],
    scenario: { rules: [], define: { acme: { ...own, name: 'acme', limits: { recipientsPerMessage: 2 }, replies: {} } } },
    expect: {
      tally: { delivered: 3 },
      history: {
        'ann@acme.test': ['+0s  body 250 2.0.0  delivered  delivered'],
        'bob@acme.test': ['+0s  body 250 2.0.0  delivered  delivered'],
        'carl@acme.test': [
          '+0s  rcpt 452 4.5.3  too_many_recipients  deferred',
          '+0s  body 250 2.0.0  delivered  delivered',
        ],
      },
    },
  },
  {
    id: 'persona-messages', group: 'rules', shows: ['persona.limits.messages'],
    title: 'A persona that takes two messages in ten minutes lets the third one wait for it',
    why: 'The limit slides: there is room again as the first ones grow old, and attempts that were refused do not count.',
    mail: [{ to: 'ann@acme.test' }, { to: 'bob@acme.test' }, { to: 'carl@acme.test' }], together: true,
    scenario: { rules: [], define: { acme: { ...own, name: 'acme', limits: { messages: { most: 2, per: '10m' } }, replies: {} } } },
    expect: {
      tally: { delivered: 3 },
      history: {
        'ann@acme.test': ['+0s  body 250 2.0.0  delivered  delivered'],
        'bob@acme.test': ['+0s  body 250 2.0.0  delivered  delivered'],
        'carl@acme.test': [
          '+0s  mail 450 4.7.1  rate_limited  deferred',
          '+1m  mail 450 4.7.1  rate_limited  deferred',
          '+3m  mail 450 4.7.1  rate_limited  deferred',
          '+8m  mail 450 4.7.1  rate_limited  deferred',
          '+18m  body 250 2.0.0  delivered  delivered',
        ],
      },
    },
  },
  {
    id: 'persona-per-connection', group: 'rules', shows: ['persona.limits.messagesPerConnection'],
    title: 'A persona that takes one message on a connection gets the second on another',
    why: 'The remote says 421 to the second MAIL and closes. Nothing is lost.',
    mail: [{ to: 'ann@acme.test' }, { to: 'bob@acme.test' }], together: true,
    scenario: { rules: [], define: { acme: { ...own, name: 'acme', limits: { messagesPerConnection: 1 }, replies: {} } } },
    expect: {
      tally: { delivered: 2 },
      history: {
        'ann@acme.test': ['+0s  body 250 2.0.0  delivered  delivered'],
        'bob@acme.test': [
          '+0s  mail 421 4.7.0  rate_limited  deferred',
          '+1m  body 250 2.0.0  delivered  delivered',
        ],
      },
    },
  },
  {
    id: 'persona-connections', group: 'rules', shows: ['persona.limits.connections'], delivery: { limits: { messagesPerConnection: 1 } },
    title: 'A persona that allows one connection refuses the second',
    why: 'Two messages, a connection each, and only one is allowed. While the first takes its time the other is refused; it is deferred and comes later.',
    mail: [{ to: 'ann@acme.test' }, { to: 'bob@acme.test' }], together: true,
    scenario: { rules: [{ what: { at: 'rcpt', delay: '5s' }, often: { times: 1, per: 'domain' } }], define: { acme: { ...own, name: 'acme', limits: { connections: 1 }, replies: {} } } },
    expect: {
      tally: { delivered: 2 },
      history: {
        'ann@acme.test': ['+0s  body 250 2.0.0  delivered  delivered  took 5s'],
        'bob@acme.test': [
          '+0s  greeting 421 4.7.0  rate_limited  deferred',
          '+1m  body 250 2.0.0  delivered  delivered',
        ],
      },
    },
  },
  {
    id: 'persona-greylist', group: 'rules', shows: ['persona.greylist'],
    title: 'A persona that greylists lets strangers in after its wait',
    why: 'As the greylist of a rule, but for every domain that has the persona.',
    mail: [{ to: 'ann@acme.test' }],
    scenario: { rules: [], define: { acme: { ...own, name: 'acme', greylist: { wait: '2m' }, replies: {} } } },
    expect: {
      tally: { delivered: 1 },
      history: [
        '+0s  rcpt 450 4.2.0  greylisted  deferred',
        '+2m  body 250 2.0.0  delivered  delivered',
      ],
    },
  },
];

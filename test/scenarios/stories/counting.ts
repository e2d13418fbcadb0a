/** Everything that counts: how often a rule answers, and what it counts together. */
import type { Story } from '../story.ts';

const delivery = { expiresAfter: '10m' };

export const counting: Story[] = [
  {
    id: 'often-times', group: 'time', shows: ['often times', 'per recipient'],
    title: 'A rule that answers twice defers each message twice',
    why: '`times` counts by message and recipient, so the second message to the same mailbox is refused twice as well. Then the rules below are asked, and here nobody objects.',
    mail: [{ to: 'ann@full.test' }, { to: 'ann@full.test', wait: '1h' }],
    scenario: { rules: [{ id: 'full-twice', when: { recipient: '*@full.test' }, what: { reply: { code: 452, enhanced: '4.2.2', text: 'Mailbox full' } }, often: { times: 2 } }] },
    expect: {
      tally: { delivered: 2 },
      history: {
        'ann@full.test #1': [
          '+0s  rcpt 452 4.2.2  mailbox_full  deferred',
          '+1m  rcpt 452 4.2.2  mailbox_full  deferred',
          '+3m  body 250 2.0.0  delivered  delivered',
        ],
        'ann@full.test #2': [
          '+0s  rcpt 452 4.2.2  mailbox_full  deferred',
          '+1m  rcpt 452 4.2.2  mailbox_full  deferred',
          '+3m  body 250 2.0.0  delivered  delivered',
        ],
      },
    },
  },
  {
    id: 'often-sequence', group: 'time', shows: ['often sequence'],
    title: 'A sequence says one thing after the other, and the last one again and again',
    why: 'A mailbox on a bad day: busy, greylisted in the provider\'s words, then welcome (`null` goes on to the rules below).',
    mail: [{ to: 'ann@later.test' }],
    scenario: { rules: [{ when: { domain: 'later.test' }, often: { sequence: ['451 4.3.0 Temporary lookup failure', 'greylist', null] } }] },
    expect: {
      tally: { delivered: 1 },
      history: [
        '+0s  rcpt 451 4.3.0  server_error  deferred',
        '+1m  rcpt 450 4.2.0  greylisted  deferred',
        '+3m  body 250 2.0.0  delivered  delivered',
      ],
    },
  },
  {
    id: 'often-probability', group: 'time', shows: ['often probability', 'scenario seed'],
    title: 'Half of all attempts fail, and it is the same half each time',
    why: 'Chance is a function of the seed, the rule, the address and the number of the attempt: a run that failed fails again in the same way, and can be looked into.',
    mail: [{ to: ['ann@site.test', 'bob@site.test', 'carl@site.test', 'dora@site.test'] }],
    scenario: { rules: [{ id: 'coin', what: { says: 'busy' }, often: { probability: 0.5 } }], seed: 7 },
    expect: {
      tally: { delivered: 4 },
      history: {
        'ann@site.test': [
          '+0s  rcpt 451 4.3.0  server_error  deferred',
          '+1m  body 250 2.0.0  delivered  delivered',
        ],
        'bob@site.test': [
          '+0s  rcpt 451 4.3.0  server_error  deferred',
          '+1m  body 250 2.0.0  delivered  delivered',
        ],
        'carl@site.test': ['+0s  body 250 2.0.0  delivered  delivered'],
        'dora@site.test': ['+0s  body 250 2.0.0  delivered  delivered'],
      },
    },
  },
  {
    id: 'often-until', group: 'time', shows: ['often until'],
    title: 'A site that is out of order for five minutes gets its mail by the first attempt after them',
    why: '`until` counts from the first time that it was tried. With `per: domain` that is the first attempt for anybody there: the second message comes when it is nearly over.',
    mail: [{ to: 'ann@order.test' }, { to: 'bob@order.test', wait: '4m30s' }],
    scenario: { rules: [{ when: { domain: 'order.test' }, what: { says: 'busy' }, often: { until: '5m', per: 'domain' } }] },
    expect: {
      tally: { delivered: 2 },
      history: {
        'ann@order.test': [
          '+0s  rcpt 451 4.3.0  server_error  deferred',
          '+1m  rcpt 451 4.3.0  server_error  deferred',
          '+3m  rcpt 451 4.3.0  server_error  deferred',
          '+8m  body 250 2.0.0  delivered  delivered',
        ],
        'bob@order.test': [
          '+0s  rcpt 451 4.3.0  server_error  deferred',
          '+1m  body 250 2.0.0  delivered  delivered',
        ],
      },
    },
  },
  {
    id: 'often-window', group: 'time', shows: ['often window'], delivery,
    title: 'A rule with a window says nothing outside of it',
    why: 'The first window was over long ago, so its 550 is never said; the second one is open, and its 451 is. Times are of the stream\'s clock: a test can move into a window and out of it.',
    mail: [{ to: 'ann@site.test' }],
    scenario: { rules: [{ id: 'past', what: { says: 'unknown' }, often: { window: { to: '2020-01-01T00:00:00Z' } } }, { id: 'open', what: { says: 'busy' }, often: { window: { from: '2020-01-01T00:00:00Z' } } }] },
    expect: {
      tally: { expired: 1 },
      history: [
        '+0s  rcpt 451 4.3.0  server_error  deferred',
        '+1m  rcpt 451 4.3.0  server_error  deferred',
        '+3m  rcpt 451 4.3.0  server_error  deferred',
        '+8m  rcpt 451 4.3.0  server_error  deferred',
      ],
      notices: { 'Not delivered in time': 1 },
    },
  },
  {
    id: 'often-greylist', group: 'time', shows: ['often greylist'],
    title: 'Once a sender has passed the greylist, the next message gets through at once',
    why: 'A greylist knows client, sender and recipient. After ten minutes (`wait`) they are let in, and remembered (`passFor`); a stranger must wait as the first one did. The reply names how long, and Postern comes back just then.',
    mail: [{ to: 'ann@grey.test' }, { to: 'ann@grey.test', wait: '1h' }, { to: 'ann@grey.test', from: 'news@app.test', wait: '1h' }, { to: 'ann@grey.test', wait: '37d' }],
    scenario: { rules: [{ when: { domain: 'grey.test' }, often: { greylist: { wait: '10m', passFor: '36d' } } }] },
    expect: {
      tally: { delivered: 4 },
      history: {
        'ann@grey.test #1': [
          '+0s  rcpt 450 4.2.0  greylisted  deferred',
          '+10m  body 250 2.0.0  delivered  delivered',
        ],
        'ann@grey.test #2': ['+0s  body 250 2.0.0  delivered  delivered'],
        'ann@grey.test #3': [
          '+0s  rcpt 450 4.2.0  greylisted  deferred',
          '+10m  body 250 2.0.0  delivered  delivered',
        ],
        'ann@grey.test #4': [
          '+0s  rcpt 450 4.2.0  greylisted  deferred',
          '+10m  body 250 2.0.0  delivered  delivered',
        ],
      },
    },
  },
  {
    id: 'often-rate', group: 'time', shows: ['often rate.messages', 'per client'],
    title: 'The third message within a minute is too many, and comes through a little later',
    why: 'Most providers count what comes from a client in a while. What is over the limit is deferred, never lost. The client slows down as well: it is the sender\'s part to notice.',
    mail: [{ to: 'ann@slow.test' }, { to: 'bob@slow.test' }, { to: 'carl@slow.test' }], together: true,
    scenario: { rules: [{ when: { domain: 'slow.test' }, often: { rate: { messages: 2, per: '1m' } } }] },
    expect: {
      tally: { delivered: 3 },
      history: {
        'ann@slow.test': ['+0s  body 250 2.0.0  delivered  delivered'],
        'bob@slow.test': ['+0s  body 250 2.0.0  delivered  delivered'],
        'carl@slow.test': [
          '+0s  mail 450 4.7.1  rate_limited  deferred',
          '+1m  body 250 2.0.0  delivered  delivered',
        ],
      },
    },
  },
  {
    id: 'often-connections', group: 'time', shows: ['often rate.connections'], delivery: { limits: { messagesPerConnection: 1 } },
    title: 'A second connection at the same time is refused, and its message comes a minute later',
    why: 'This stream opens a connection for each message, and the remote allows one, which takes its time. 421 in the greeting means "not now": the site rests, then goes on with one connection.',
    mail: [{ to: 'ann@one.test' }, { to: 'bob@one.test' }], together: true,
    scenario: { rules: [{ when: { domain: 'one.test' }, what: { says: 'connections' }, often: { rate: { connections: 1 } } }, { what: { at: 'rcpt', delay: '5s' }, often: { times: 1, per: 'domain' } }] },
    expect: {
      tally: { delivered: 2 },
      history: {
        'ann@one.test': ['+0s  body 250 2.0.0  delivered  delivered  took 5s'],
        'bob@one.test': [
          '+0s  greeting 421 4.7.0  rate_limited  deferred',
          '+1m  body 250 2.0.0  delivered  delivered',
        ],
      },
    },
  },
  {
    id: 'often-per-connection', group: 'time', shows: ['often rate.messagesPerConnection'],
    title: 'The third message on a connection is too many, and gets a connection of its own later',
    why: 'Providers limit the messages on one connection and say 421 to the next MAIL. Set the limit of the site (`siteLimits`) below theirs, and it never happens.',
    mail: [{ to: 'ann@two.test' }, { to: 'bob@two.test' }, { to: 'carl@two.test' }], together: true,
    scenario: { rules: [{ when: { domain: 'two.test' }, often: { rate: { messagesPerConnection: 2 } } }] },
    expect: {
      tally: { delivered: 3 },
      history: {
        'ann@two.test': ['+0s  body 250 2.0.0  delivered  delivered'],
        'bob@two.test': ['+0s  body 250 2.0.0  delivered  delivered'],
        'carl@two.test': [
          '+0s  mail 421 4.7.0  rate_limited  deferred',
          '+1m  body 250 2.0.0  delivered  delivered',
        ],
      },
    },
  },
  {
    id: 'often-per-message', group: 'time', shows: ['per message'],
    title: 'Counted by message, the first of its recipients is refused and the other is not',
    why: 'A transaction is refused once for one of its recipients: the retry is for that one alone, and nobody gets a second copy.',
    mail: [{ to: ['ann@site.test', 'bob@site.test'] }],
    scenario: { rules: [{ what: { says: 'busy' }, often: { times: 1, per: 'message' } }] },
    expect: {
      tally: { delivered: 2 },
      history: {
        'ann@site.test': [
          '+0s  rcpt 451 4.3.0  server_error  deferred',
          '+1m  body 250 2.0.0  delivered  delivered',
        ],
        'bob@site.test': ['+0s  body 250 2.0.0  delivered  delivered'],
      },
    },
  },
  {
    id: 'often-per-address', group: 'time', shows: ['per address'],
    title: 'Counted by address, only the first message to a mailbox is refused',
    why: 'A mailbox that was full and was emptied: what is said to the first message is not said to the next.',
    mail: [{ to: 'ann@site.test' }, { to: 'ann@site.test', wait: '10m' }],
    scenario: { rules: [{ what: { says: 'busy' }, often: { times: 1, per: 'address' } }] },
    expect: {
      tally: { delivered: 2 },
      history: {
        'ann@site.test #1': [
          '+0s  rcpt 451 4.3.0  server_error  deferred',
          '+1m  body 250 2.0.0  delivered  delivered',
        ],
        'ann@site.test #2': ['+0s  body 250 2.0.0  delivered  delivered'],
      },
    },
  },
  {
    id: 'often-per-domain', group: 'time', shows: ['per domain'],
    title: 'Counted by domain, only the first message to anybody there is refused',
    why: 'A domain that moves to another host: whoever comes first finds nobody at home, everyone after that does.',
    mail: [{ to: 'ann@site.test' }, { to: 'bob@site.test', wait: '10m' }, { to: 'carl@other.test', wait: '10m' }],
    scenario: { rules: [{ what: { says: 'busy' }, often: { times: 1, per: 'domain' } }] },
    expect: {
      tally: { delivered: 3 },
      history: {
        'ann@site.test': [
          '+0s  rcpt 451 4.3.0  server_error  deferred',
          '+1m  body 250 2.0.0  delivered  delivered',
        ],
        'bob@site.test': ['+0s  body 250 2.0.0  delivered  delivered'],
        'carl@other.test': [
          '+0s  rcpt 451 4.3.0  server_error  deferred',
          '+1m  body 250 2.0.0  delivered  delivered',
        ],
      },
    },
  },
  {
    id: 'often-per-sender', group: 'time', shows: ['per sender'],
    title: 'Counted by sender, only the first message of each is refused, whoever it is for',
    why: 'Providers make up their mind about a sender once. The same sender passes from then on; another one has to be made known, too.',
    mail: [{ to: 'ann@site.test' }, { to: 'bob@other.test', wait: '10m' }, { to: 'bob@other.test', from: 'news@app.test', wait: '10m' }],
    scenario: { rules: [{ what: { says: 'busy' }, often: { times: 1, per: 'sender' } }] },
    expect: {
      tally: { delivered: 3 },
      history: {
        'ann@site.test': [
          '+0s  rcpt 451 4.3.0  server_error  deferred',
          '+1m  body 250 2.0.0  delivered  delivered',
        ],
        'bob@other.test #2': ['+0s  body 250 2.0.0  delivered  delivered'],
        'bob@other.test #3': [
          '+0s  rcpt 451 4.3.0  server_error  deferred',
          '+1m  body 250 2.0.0  delivered  delivered',
        ],
      },
    },
  },
  {
    id: 'often-per-all', group: 'time', shows: ['per all'],
    title: 'Counted in all, the rule answers once and never again',
    why: 'The next attempt of this stream, whatever it is, fails: the shortest way to see one retry.',
    mail: [{ to: 'ann@site.test' }, { to: 'bob@other.test', from: 'news@app.test', wait: '10m' }],
    scenario: { rules: [{ what: { says: 'busy' }, often: { times: 1, per: 'all' } }] },
    expect: {
      tally: { delivered: 2 },
      history: {
        'ann@site.test': [
          '+0s  rcpt 451 4.3.0  server_error  deferred',
          '+1m  body 250 2.0.0  delivered  delivered',
        ],
        'bob@other.test': ['+0s  body 250 2.0.0  delivered  delivered'],
      },
    },
  },
];

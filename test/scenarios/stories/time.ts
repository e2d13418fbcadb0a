/** Delays and drips, and refusals that end: by magic addresses. */
import type { Story } from '../story.ts';

const delivery = { expiresAfter: '10m' };

export const time: Story[] = [
  {
    id: 'greylist', group: 'time', shows: ['situation greylist'],
    title: 'A greylisted recipient is deferred, then delivered',
    why: 'A greylist turns away whoever it does not know (450) and lets in whoever comes again after a few minutes; spammers rarely do. Whatever sends mail must retry, and a sign-up mail can be minutes late through nobody\'s fault.',
    mail: [{ to: 'ann+greylist.5m@site.test' }],
    expect: {
      tally: { delivered: 1 },
      history: [
        '+0s  rcpt 450 4.2.0  greylisted  deferred',
        '+5m  body 250 2.0.0  delivered  delivered',
      ],
    },
  },
  {
    id: 'fail', group: 'time',
    title: 'A recipient that fails twice is deferred twice, then delivered',
    why: 'The plainest retry there is: `+fail2.451` refuses two attempts of each message, then accepts. The waits are those of the stream\'s schedule, here the usual 1 and 2 minutes.',
    mail: [{ to: 'ann+fail2.451@site.test' }],
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
    id: 'until', group: 'time',
    title: 'A mailbox that is refused for ninety seconds is delivered by the first attempt after them',
    why: 'Not the number of attempts decides but the time since the first: attempts at once and after one minute are refused, the one after three minutes gets through.',
    mail: [{ to: 'ann+until.90s@site.test' }],
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
    id: 'slow', group: 'time',
    title: 'A server that takes twenty seconds to answer RCPT makes an attempt that long',
    why: 'Servers that check each recipient elsewhere are slow. The attempt takes its time on the stream\'s clock; whoever runs the test does not wait.',
    mail: [{ to: 'ann+slow.rcpt.20s@site.test' }],
    expect: {
      tally: { delivered: 1 },
      history: ['+0s  body 250 2.0.0  delivered  delivered  took 20s'],
    },
  },
  {
    id: 'slow-late', group: 'time', delivery,
    title: 'A server that is slower than the deadline might as well be silent',
    why: 'Six minutes for a greeting are more than the five that a client waits (RFC 5321 §4.5.3.2.1). The connection is given up, and the mail is tried again.',
    mail: [{ to: 'ann+slow.greeting.6m@site.test' }],
    expect: {
      tally: { expired: 1 },
      history: [
        '+0s  greeting timeout  network  deferred  took 5m',
        '+6m  greeting timeout  network  expired  took 5m',
      ],
      notices: { 'Not delivered in time': 1 },
    },
  },
  {
    id: 'drip', group: 'time', shows: ['what drip'],
    title: 'A reply that drips in over twenty seconds is still a reply',
    why: 'Tar pits send their replies an octet at a time to keep spammers busy. A client must neither take half a line for a reply nor wait for ever: each octet does not begin the deadline anew.',
    mail: [{ to: 'ann+drip.rcpt.20s@site.test' }],
    expect: {
      tally: { delivered: 1 },
      history: ['+0s  body 250 2.0.0  delivered  delivered  took 20s'],
    },
  },
];

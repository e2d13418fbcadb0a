/** Situations that pass: the mail waits, the site slows down or rests. */
import type { Story } from '../story.ts';

/** What never gets better is tried for ten minutes here, not for a day. */
const delivery = { expiresAfter: '10m' };

export const classesWaiting: Story[] = [
  {
    id: 'situation-full', group: 'classes', delivery, shows: ['situation full'],
    title: 'A mailbox that is full is tried again until there is room or time is over',
    why: 'People make room, or forget that they have the mailbox. It is a soft bounce: the mail waits, and only an address that is full again and again is suppressed.',
    mail: [{ to: 'ann+full@site.test' }],
    expect: {
      tally: { expired: 1 },
      history: [
        '+0s  rcpt 452 4.2.2  mailbox_full  deferred',
        '+1m  rcpt 452 4.2.2  mailbox_full  deferred',
        '+3m  rcpt 452 4.2.2  mailbox_full  deferred',
        '+8m  rcpt 452 4.2.2  mailbox_full  deferred',
      ],
      notices: { 'Not delivered in time': 1 },
    },
  },
  {
    id: 'situation-blocklist', group: 'classes', delivery: { expiresAfter: '40m' }, shows: ['situation blocklist'],
    title: 'A sender on a block list waits, with its whole site, and no recipient is lost',
    why: 'Our IP address is listed. It concerns everybody who sends from it and every recipient there, so the site is paused and the mail waits while somebody asks to be delisted. Treating this as a hard bounce would suppress good customers.',
    mail: [{ to: 'ann+blocklist@site.test' }],
    expect: {
      tally: { expired: 1 },
      history: [
        '+0s  rcpt 554 5.7.1  ip_blocked  deferred',
        '+15m  rcpt 554 5.7.1  ip_blocked  deferred',
        '+30m  rcpt 554 5.7.1  ip_blocked  deferred',
      ],
      notices: { 'Not delivered in time': 1 },
    },
  },
  {
    id: 'situation-ptr', group: 'classes', delivery: { expiresAfter: '40m' }, shows: ['situation ptr'],
    title: 'A sender without reverse DNS waits until it has one',
    why: 'Many servers take no mail from an IP address without a PTR record. It is the operator\'s to mend; the mail waits meanwhile.',
    mail: [{ to: 'ann+ptr@site.test' }],
    expect: {
      tally: { expired: 1 },
      history: [
        '+0s  rcpt 450 4.7.1  dns_identity  deferred',
        '+15m  rcpt 450 4.7.1  dns_identity  deferred',
        '+30m  rcpt 450 4.7.1  dns_identity  deferred',
      ],
      notices: { 'Not delivered in time': 1 },
    },
  },
  {
    id: 'situation-ratelimit', group: 'classes', delivery, shows: ['situation ratelimit'],
    title: 'A sender that is too fast is slowed down and gets through later',
    why: 'Providers limit how much they take from one address at a time. The mail is deferred and the site gets slower; to insist makes it worse.',
    mail: [{ to: 'ann+ratelimit@site.test' }],
    expect: {
      tally: { expired: 1 },
      history: [
        '+0s  mail 450 4.7.1  rate_limited  deferred',
        '+1m  mail 450 4.7.1  rate_limited  deferred',
        '+3m  mail 450 4.7.1  rate_limited  deferred',
        '+8m  mail 450 4.7.1  rate_limited  deferred',
      ],
      notices: { 'Not delivered in time': 1 },
    },
  },
  {
    id: 'situation-toomany', group: 'classes', delivery, shows: ['situation toomany'],
    title: 'Too many recipients in one transaction are split, not bounced',
    why: 'A server takes only so many RCPT (RFC 5321 asks for at least 100). Those that were too many go in a transaction of their own, at once when others were taken.',
    mail: [{ to: 'ann+toomany@site.test' }],
    expect: {
      tally: { expired: 1 },
      history: [
        '+0s  rcpt 452 4.5.3  too_many_recipients  deferred',
        '+1m  rcpt 452 4.5.3  too_many_recipients  deferred',
        '+3m  rcpt 452 4.5.3  too_many_recipients  deferred',
        '+8m  rcpt 452 4.5.3  too_many_recipients  deferred',
      ],
      notices: { 'Not delivered in time': 1 },
    },
  },
  {
    id: 'situation-connections', group: 'classes', delivery, shows: ['situation connections'],
    title: 'A server that has too many connections from us is asked again later',
    why: 'Providers count how many connections a client has open. The site goes on with fewer.',
    mail: [{ to: 'ann+connections@site.test' }],
    expect: {
      tally: { expired: 1 },
      history: [
        '+0s  greeting 421 4.7.0  rate_limited  deferred',
        '+1m  greeting 421 4.7.0  rate_limited  deferred',
        '+3m  greeting 421 4.7.0  rate_limited  deferred',
        '+8m  greeting 421 4.7.0  rate_limited  deferred',
      ],
      notices: { 'Not delivered in time': 1 },
    },
  },
  {
    id: 'situation-perconnection', group: 'classes', delivery, shows: ['situation perconnection'],
    title: 'A server that closes after too many messages gets the rest on a new connection',
    why: 'Many providers take only so many messages on one connection, then close it with 421. The rest is deferred for a short while.',
    mail: [{ to: 'ann+perconnection@site.test' }],
    expect: {
      tally: { expired: 1 },
      history: [
        '+0s  mail 421 4.7.0  rate_limited  deferred',
        '+1m  mail 421 4.7.0  rate_limited  deferred',
        '+3m  mail 421 4.7.0  rate_limited  deferred',
        '+8m  mail 421 4.7.0  rate_limited  deferred',
      ],
      notices: { 'Not delivered in time': 1 },
    },
  },
  {
    id: 'situation-recipientrate', group: 'classes', delivery, shows: ['situation recipientrate'],
    title: 'A mailbox that gets too much mail just now is tried again',
    why: 'The limit is the mailbox\'s, not ours: others are not affected, and it passes.',
    mail: [{ to: 'ann+recipientrate@site.test' }],
    expect: {
      tally: { expired: 1 },
      history: [
        '+0s  rcpt 450 4.2.1  recipient_rate  deferred',
        '+1m  rcpt 450 4.2.1  recipient_rate  deferred',
        '+3m  rcpt 450 4.2.1  recipient_rate  deferred',
        '+8m  rcpt 450 4.2.1  recipient_rate  deferred',
      ],
      notices: { 'Not delivered in time': 1 },
    },
  },
  {
    id: 'situation-busy', group: 'classes', delivery, shows: ['situation busy'],
    title: 'A server that is busy or broken for a while is tried again',
    why: 'Temporary lookup failures, full disks, filters that do not answer: the usual 451. It gets better by itself.',
    mail: [{ to: 'ann+busy@site.test' }],
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
    id: 'situation-full-often', group: 'classes', delivery: { expiresAfter: '90s', softBounces: { count: 3, within: '7d' } },
    title: 'A mailbox that was full on three days within a week is suppressed',
    why: 'Soft bounces add up: so many within so long (here 3 in 7 days, counted once a day) mean that nobody reads this mailbox any more. A delivery in between would have counted them from the beginning.',
    mail: [{ to: 'ann+full@site.test' }, { to: 'ann+full@site.test', wait: '25h' }, { to: 'ann+full@site.test', wait: '25h' }, { to: 'ann+full@site.test', wait: '25h' }],
    expect: {
      tally: { expired: 3, suppressed: 1 },
      history: {
        'ann+full@site.test #1': [
          '+0s  rcpt 452 4.2.2  mailbox_full  deferred',
          '+1m  rcpt 452 4.2.2  mailbox_full  deferred',
        ],
        'ann+full@site.test #2': [
          '+0s  rcpt 452 4.2.2  mailbox_full  deferred',
          '+1m  rcpt 452 4.2.2  mailbox_full  deferred',
        ],
        'ann+full@site.test #3': [
          '+0s  rcpt 452 4.2.2  mailbox_full  deferred',
          '+1m  rcpt 452 4.2.2  mailbox_full  deferred',
        ],
        'ann+full@site.test #4': [],
      },
      suppressed: ['ann+full@site.test  soft_bounces'],
      notices: { 'Not delivered in time': 3 },
    },
  },
];

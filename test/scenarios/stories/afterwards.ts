/** Accepted, and yet: what the remote side sends later. */
import type { Story } from '../story.ts';

export const afterwards: Story[] = [
  {
    id: 'dsn', group: 'afterwards', shows: ['send dsn'],
    title: 'Mail that was accepted comes back half a minute later as a bounce',
    why: 'Gateways accept first and find out later that there is no such mailbox; the bounce (RFC 3464) is a mail to the envelope sender. Who looks only at SMTP replies never learns of it. Postern reads it, finds the message, and suppresses the address.',
    mail: [{ to: 'ann+dsn.30s.5-1-1@site.test' }],
    expect: {
      tally: { delivered: 1 },
      history: ['+0s  body 250 2.0.0  delivered  delivered'],
      returns: ['+30s  bounce  ann+dsn.30s.5-1-1@site.test  invalid_recipient'],
      suppressed: ['ann+dsn.30s.5-1-1@site.test  hard_bounce'],
    },
  },
  {
    id: 'dsn-soft', group: 'afterwards',
    title: 'A bounce that came later for a full mailbox suppresses nobody',
    why: 'The report says why: 4.2.2 or 5.2.2 is a full mailbox, a soft bounce. It counts once a day towards the limit of soft bounces.',
    mail: [{ to: 'ann+dsn.1h.full@site.test' }],
    expect: {
      tally: { delivered: 1 },
      history: ['+0s  body 250 2.0.0  delivered  delivered'],
      returns: ['+1h  bounce  ann+dsn.1h.full@site.test  mailbox_full'],
    },
  },
  {
    id: 'dsn-delay', group: 'afterwards', shows: ['send delay-dsn'],
    title: 'A notice of delay is no bounce',
    why: 'Relays tell the sender after some hours that they are still trying (Action: delayed). Applications that take each DSN for a failure drop good addresses.',
    mail: [{ to: 'ann+dsn.4h.delayed@site.test' }],
    expect: {
      tally: { delivered: 1 },
      history: ['+0s  body 250 2.0.0  delivered  delivered'],
      returns: ['+4h  delay  ann+dsn.4h.delayed@site.test'],
    },
  },
  {
    id: 'dsn-text', group: 'afterwards', shows: ['send text-bounce'],
    title: 'A bounce that only people can read is understood all the same',
    why: 'A third of real bounces has no machine-readable part. The reply is quoted somewhere in the text.',
    mail: [{ to: 'ann+dsn.30s.text@site.test' }],
    expect: {
      tally: { delivered: 1 },
      history: ['+0s  body 250 2.0.0  delivered  delivered'],
      returns: ['+30s  bounce  ann+dsn.30s.text@site.test  invalid_recipient'],
      suppressed: ['ann+dsn.30s.text@site.test  hard_bounce'],
    },
  },
  {
    id: 'dsn-null-sender', group: 'afterwards',
    title: 'Mail with the null sender gets no bounce',
    why: 'A bounce is sent with the null sender `<>`, so that it is never answered by another bounce (RFC 5321 §4.5.5).',
    mail: [{ to: 'ann+dsn.30s@site.test', from: '' }],
    expect: {
      tally: { delivered: 1 },
      history: ['+0s  body 250 2.0.0  delivered  delivered'],
    },
  },
  {
    id: 'complaint', group: 'afterwards', shows: ['send complaint'],
    title: 'A recipient that calls it spam is suppressed a minute later',
    why: 'Providers tell senders of a click on "this is spam" by a feedback loop (ARF, RFC 5965). Whoever keeps on sending after a complaint is blocked soon; the address is suppressed at once.',
    mail: [{ to: 'ann+complaint.60s@site.test' }],
    expect: {
      tally: { delivered: 1 },
      history: ['+0s  body 250 2.0.0  delivered  delivered'],
      returns: ['+1m  complaint  ann+complaint.60s@site.test  complaint'],
      suppressed: ['ann+complaint.60s@site.test  complaint'],
    },
  },
  {
    id: 'ooo', group: 'afterwards', shows: ['send ooo'],
    title: 'An out-of-office reply is told, and means nothing bad',
    why: 'Automatic replies (RFC 3834) come to the envelope sender like bounces do. They are neither bounces nor complaints: the mail was delivered.',
    mail: [{ to: 'ann+ooo@site.test' }],
    expect: {
      tally: { delivered: 1 },
      history: ['+0s  body 250 2.0.0  delivered  delivered'],
      returns: ['+30s  autoreply  ann+ooo@site.test  autoreply'],
    },
  },
  {
    id: 'suppressed', group: 'afterwards',
    title: 'After a complaint the next message to the address is not sent',
    why: 'Suppressed addresses are stopped before the queue, with an event that says why. They stay so until somebody takes them off the list.',
    mail: [{ to: 'ann+complaint.60s@site.test' }, { to: 'ann+complaint.60s@site.test', wait: '1h' }],
    expect: {
      tally: { delivered: 1, suppressed: 1 },
      history: {
        'ann+complaint.60s@site.test #1': ['+0s  body 250 2.0.0  delivered  delivered'],
        'ann+complaint.60s@site.test #2': [],
      },
      returns: ['+1m  complaint  ann+complaint.60s@site.test  complaint'],
      suppressed: ['ann+complaint.60s@site.test  complaint'],
    },
  },
  {
    id: 'afterwards-rule', group: 'afterwards', shows: ['what afterwards'],
    title: 'A rule lets one domain bounce an hour after it accepted',
    why: 'What follows is a rule like any other: for whom, what, after how long. Its `says` is a situation in the words of a persona.',
    mail: [{ to: ['ann@late.test', 'bob@site.test'] }],
    scenario: { rules: [{ when: { domain: 'late.test' }, afterwards: { send: 'dsn', after: '1h', says: 'gmail.unknown' } }] },
    expect: {
      tally: { delivered: 2 },
      history: {
        'ann@late.test': ['+0s  body 250 2.0.0  delivered  delivered'],
        'bob@site.test': ['+0s  body 250 2.0.0  delivered  delivered'],
      },
      returns: ['+1h  bounce  ann@late.test  invalid_recipient'],
      suppressed: ['ann@late.test  hard_bounce'],
    },
  },
  {
    id: 'afterwards-return-path', group: 'afterwards', delivery: { returnPath: 'bounces.test' },
    title: 'With return paths of its own a bounce is matched by its address alone',
    why: 'The envelope sender names message and recipient, signed (VERP). However little a bounce says, the address that it comes to tells whom it is about.',
    mail: [{ to: 'ann+dsn.30s.text@site.test' }],
    expect: {
      tally: { delivered: 1 },
      history: ['+0s  body 250 2.0.0  delivered  delivered'],
      returns: ['+30s  bounce  ann+dsn.30s.text@site.test  invalid_recipient'],
      suppressed: ['ann+dsn.30s.text@site.test  hard_bounce'],
    },
  },
];

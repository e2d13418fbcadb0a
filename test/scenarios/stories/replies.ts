/** Replies at each stage of the conversation, by magic addresses. */
import type { Story } from '../story.ts';

/** What never gets better is tried for ten minutes here, not for a day. */
const delivery = { expiresAfter: '10m' };

export const replies: Story[] = [
  {
    id: 'ok', group: 'replies',
    title: 'An address with +ok is delivered at the first attempt',
    why: 'The usual case: the remote takes the recipient and the message, and says 250 after the final dot. From then on the mail is its responsibility. `+ok` says so whatever rules and personas say, so it is a good address for the mail that a test does not look at.',
    mail: [{ to: 'ann+ok@site.test' }],
    scenario: { rules: [{ what: { says: 'unknown' } }] },
    expect: {
      tally: { delivered: 1 },
      history: ['+0s  body 250 2.0.0  delivered  delivered'],
    },
  },
  {
    id: 'reply-connect', group: 'replies', delivery: { expiresAfter: '40m' },
    title: 'A server that refuses to talk, 554 instead of a greeting, only delays the mail',
    why: 'Servers that turn a client away altogether (RFC 5321 §3.1) say 554 and close. That is about the server or about us, not about the mailbox, so the mail waits: the whole site rests for a quarter of an hour at a time, and the recipient must not be suppressed.',
    mail: [{ to: 'ann+connect.554@site.test' }],
    expect: {
      tally: { expired: 1 },
      history: [
        '+0s  greeting 554  ip_blocked  deferred',
        '+15m  greeting 554  ip_blocked  deferred',
        '+30m  greeting 554  ip_blocked  deferred',
      ],
      notices: { 'Not delivered in time': 1 },
    },
  },
  {
    id: 'reply-greeting', group: 'replies', delivery,
    title: 'A server that is too busy to greet, 421, is tried again later',
    why: 'Overloaded servers accept the connection only to say 421. The mail is deferred. Postern also rests the whole site, so that what waits behind it does not use up its attempts on a server that is known to be busy.',
    mail: [{ to: 'ann+greeting.421@site.test' }],
    expect: {
      tally: { expired: 1 },
      history: [
        '+0s  greeting 421  server_error  deferred',
        '+1m  greeting 421  server_error  deferred',
        '+3m  greeting 421  server_error  deferred',
        '+8m  greeting 421  server_error  deferred',
      ],
      notices: { 'Not delivered in time': 1 },
    },
  },
  {
    id: 'reply-ehlo', group: 'replies', delivery,
    title: 'A server that knows neither EHLO nor HELO defers the mail',
    why: 'Very old servers refuse EHLO; the client then says HELO (RFC 5321 §3.2), and this one refuses that as well. What is said before MAIL is about the session, so however permanent a 502 sounds, the mail is only deferred.',
    mail: [{ to: 'ann+ehlo.502@site.test' }],
    expect: {
      tally: { expired: 1 },
      history: [
        '+0s  ehlo 502  protocol  deferred',
        '+1m  ehlo 502  protocol  deferred',
        '+3m  ehlo 502  protocol  deferred',
        '+8m  ehlo 502  protocol  deferred',
      ],
      notices: { 'Not delivered in time': 1 },
    },
  },
  {
    id: 'reply-starttls', group: 'replies', delivery,
    title: 'A server whose TLS is out of order, 454, still gets the mail without it',
    why: 'Between mail servers TLS is opportunistic (RFC 7435): better unencrypted than not at all, unless somebody demands it. After 454 to STARTTLS the client goes on without TLS.',
    mail: [{ to: 'ann+starttls.454@site.test' }],
    expect: {
      tally: { delivered: 1 },
      history: ['+0s  body 250 2.0.0  delivered  delivered'],
    },
  },
  {
    id: 'reply-auth', group: 'replies',
    title: 'Delivery never logs in, so a refused login changes nothing',
    why: 'An MX does not ask for a login and Postern does not offer one, so 535 at AUTH changes nothing here. Where mail is handed in, and at the pretend remote\'s own port (`POSTERN_REMOTE_LISTEN`), the address is first heard at RCPT, and the tag says its 535 there. A rule with `at: auth` answers AUTH itself on that port.',
    mail: [{ to: 'ann+auth.535@site.test' }],
    expect: {
      tally: { delivered: 1 },
      history: ['+0s  body 250 2.0.0  delivered  delivered'],
    },
  },
  {
    id: 'reply-mail', group: 'replies', delivery,
    title: 'A sender that cannot be checked just now, 451 to MAIL, is tried again',
    why: 'Servers look the sender\'s domain up when MAIL comes, and say 451 when their own lookup fails. It is over soon, nearly always.',
    mail: [{ to: 'ann+mail.451@site.test' }],
    expect: {
      tally: { expired: 1 },
      history: [
        '+0s  mail 451 4.3.0  server_error  deferred',
        '+1m  mail 451 4.3.0  server_error  deferred',
        '+3m  mail 451 4.3.0  server_error  deferred',
        '+8m  mail 451 4.3.0  server_error  deferred',
      ],
      notices: { 'Not delivered in time': 1 },
    },
  },
  {
    id: 'reply-mail-refused', group: 'replies',
    title: 'A sender that is refused for good, 550 to MAIL, bounces, and nobody is suppressed',
    why: 'What is said to MAIL is about the sender. The mail bounces, but the recipient is as good as before: suppressing it would lose a customer for a mistake of one\'s own.',
    mail: [{ to: 'ann+mail.550.5-1-8@site.test' }],
    expect: {
      tally: { bounced: 1 },
      history: ['+0s  mail 550 5.1.8  sender_invalid  bounced'],
      notices: { 'Not delivered': 1 },
    },
  },
  {
    id: 'reply-rcpt', group: 'replies',
    title: 'An unknown user, 550 5.1.1 to RCPT, bounces and is suppressed',
    why: 'The hard bounce. The sender gets a DSN, and the address goes on the suppression list, for to keep sending to addresses that do not exist ruins a sender\'s reputation. An application should mark the address and ask its owner for another.',
    mail: [{ to: 'ann+rcpt.550.5-1-1@site.test' }],
    expect: {
      tally: { bounced: 1 },
      history: ['+0s  rcpt 550 5.1.1  invalid_recipient  bounced'],
      suppressed: ['ann+rcpt.550.5-1-1@site.test  hard_bounce'],
      notices: { 'Not delivered': 1 },
    },
  },
  {
    id: 'reply-rcpt-some', group: 'replies',
    title: 'Of three recipients of one message each gets its own reply',
    why: 'RCPT is answered recipient by recipient, so one transaction can deliver, defer and bounce at once. An application that treats a message as sent or failed as a whole gets this wrong.',
    mail: [{ to: ['ann@site.test', 'bob+rcpt.550.5-1-1@site.test', 'carl+fail1.450@site.test'] }],
    expect: {
      tally: { delivered: 2, bounced: 1 },
      history: {
        'ann@site.test': ['+0s  body 250 2.0.0  delivered  delivered'],
        'bob+rcpt.550.5-1-1@site.test': ['+0s  rcpt 550 5.1.1  invalid_recipient  bounced'],
        'carl+fail1.450@site.test': [
          '+0s  rcpt 450 4.2.0  server_error  deferred',
          '+1m  body 250 2.0.0  delivered  delivered',
        ],
      },
      suppressed: ['bob+rcpt.550.5-1-1@site.test  hard_bounce'],
      notices: { 'Not delivered': 1 },
    },
  },
  {
    id: 'reply-rcpt-421', group: 'replies', delivery,
    title: 'A 421 to RCPT closes the connection and is tried again',
    why: '421 may come at any time and always ends the connection (RFC 5321 §3.8). It is temporary; the address has a connection of its own here, so that its neighbours are not cut off.',
    mail: [{ to: ['ann+rcpt.421@site.test', 'bob@site.test'] }],
    expect: {
      tally: { expired: 1, delivered: 1 },
      history: {
        'ann+rcpt.421@site.test': [
          '+0s  rcpt 421 4.3.2  server_error  deferred',
          '+1m  rcpt 421 4.3.2  server_error  deferred',
          '+3m  rcpt 421 4.3.2  server_error  deferred',
          '+8m  rcpt 421 4.3.2  server_error  deferred',
        ],
        'bob@site.test': ['+0s  body 250 2.0.0  delivered  delivered'],
      },
      notices: { 'Not delivered in time': 1 },
    },
  },
  {
    id: 'reply-data', group: 'replies', delivery,
    title: 'A 451 to DATA defers the whole transaction',
    why: 'After all recipients were taken the server finds that it cannot take the message now: its disk is full, a filter does not answer. All recipients of the transaction are deferred.',
    mail: [{ to: 'ann+data.451@site.test' }],
    expect: {
      tally: { expired: 1 },
      history: [
        '+0s  data 451 4.3.0  server_error  deferred',
        '+1m  data 451 4.3.0  server_error  deferred',
        '+3m  data 451 4.3.0  server_error  deferred',
        '+8m  data 451 4.3.0  server_error  deferred',
      ],
      notices: { 'Not delivered in time': 1 },
    },
  },
  {
    id: 'reply-body', group: 'replies',
    title: 'A message that is refused after its final dot, 554 5.7.1, bounces without a suppression',
    why: 'Content filters look at the message, so they answer after the final dot. That is about this message and its sender, not about the mailbox. Sending the same again gets the same answer.',
    mail: [{ to: 'ann+body.554.5-7-1@site.test' }],
    expect: {
      tally: { bounced: 1 },
      history: ['+0s  body 554 5.7.1  policy  bounced'],
      notices: { 'Not delivered': 1 },
    },
  },
  {
    id: 'reply-body-later', group: 'replies', delivery,
    title: 'A 452 after the final dot is tried again with the whole message',
    why: 'The server ran out of room while it stored the message. Nothing was delivered: the message is sent again from its beginning.',
    mail: [{ to: 'ann+eod.452.4-3-1@site.test' }],
    expect: {
      tally: { expired: 1 },
      history: [
        '+0s  body 452 4.3.1  server_error  deferred',
        '+1m  body 452 4.3.1  server_error  deferred',
        '+3m  body 452 4.3.1  server_error  deferred',
        '+8m  body 452 4.3.1  server_error  deferred',
      ],
      notices: { 'Not delivered in time': 1 },
    },
  },
  {
    id: 'reply-none', group: 'replies',
    title: 'A tag that means nothing is an ordinary subaddress and is delivered',
    why: 'People use `+news` to sort their mail (RFC 5233). Only the tags of this vocabulary do something; everything else is delivered as it stands.',
    mail: [{ to: 'ann+news@site.test' }],
    expect: {
      tally: { delivered: 1 },
      history: ['+0s  body 250 2.0.0  delivered  delivered'],
    },
  },
];

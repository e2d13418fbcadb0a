/** Connections that break, hang, or talk nonsense; by magic addresses and by rules. */
import type { Story } from '../story.ts';

const delivery = { expiresAfter: '10m' };

export const faults: Story[] = [
  {
    id: 'refused', group: 'faults', shows: ['fault refused'], delivery,
    title: 'A host that refuses the connection is tried again, and its recipients are not blamed',
    why: 'Nobody listens on port 25: the server is down or being restarted. RFC 5321 asks senders to go on trying for days; an application has nothing to do but wait.',
    mail: [{ to: 'ann+refused@site.test' }],
    expect: {
      tally: { expired: 1 },
      history: [
        '+0s  connect refused  network  deferred',
        '+1m  connect refused  network  deferred',
        '+3m  connect refused  network  deferred',
        '+8m  connect refused  network  deferred',
      ],
      notices: { 'Not delivered in time': 1 },
    },
  },
  {
    id: 'unreachable', group: 'faults', shows: ['fault unreachable'], delivery,
    title: 'A host that does not answer at all costs half a minute and is tried again',
    why: 'A firewall drops the packets, or the host is gone. The client gives up after its own deadline for a connection, 30 seconds; in simulated time that costs nobody anything.',
    mail: [{ to: 'ann+unreachable@site.test' }],
    expect: {
      tally: { expired: 1 },
      history: [
        '+0s  connect timeout  network  deferred  took 30s',
        '+1m30s  connect timeout  network  deferred  took 30s',
        '+4m  connect timeout  network  deferred  took 30s',
        '+9m30s  connect timeout  network  expired  took 30s',
      ],
      notices: { 'Not delivered in time': 1 },
    },
  },
  {
    id: 'drop', group: 'faults', shows: ['fault disconnect', 'fault disconnect-after-dot'], delivery: { expiresAfter: '90s' },
    title: 'A connection that is closed at any stage defers the mail',
    why: 'Servers crash and firewalls cut connections off. Whatever the stage, no answer was heard, so the mail is tried again. After the final dot that may be a second delivery: the remote had all of it, and only its 250 was lost (RFC 1047).',
    mail: [{ to: ['a+drop.greeting@site.test', 'b+drop.ehlo@site.test', 'c+drop.starttls@site.test', 'd+drop.mail@site.test', 'e+drop.rcpt@site.test', 'f+drop.data@site.test', 'g+drop.body@site.test', 'h+drop.eod@site.test'] }],
    expect: {
      tally: { expired: 8 },
      history: {
        'a+drop.greeting@site.test': [
          '+0s  greeting disconnect  network  deferred',
          '+1m  greeting disconnect  network  deferred',
        ],
        'b+drop.ehlo@site.test': [
          '+0s  ehlo disconnect  network  deferred',
          '+1m  ehlo disconnect  network  deferred',
        ],
        'c+drop.starttls@site.test': [
          '+0s  starttls disconnect  network  deferred',
          '+1m  starttls disconnect  network  deferred',
        ],
        'd+drop.mail@site.test': [
          '+0s  mail disconnect  network  deferred',
          '+1m  mail disconnect  network  deferred',
        ],
        'e+drop.rcpt@site.test': [
          '+0s  rcpt disconnect  network  deferred',
          '+1m  rcpt disconnect  network  deferred',
        ],
        'f+drop.data@site.test': [
          '+0s  data disconnect  network  deferred',
          '+1m  data disconnect  network  deferred',
        ],
        'g+drop.body@site.test': [
          '+0s  body disconnect  network  deferred',
          '+1m  body disconnect  network  deferred',
        ],
        'h+drop.eod@site.test': [
          '+0s  body disconnect  network  deferred',
          '+1m  body disconnect  network  deferred',
        ],
      },
      notices: { 'Not delivered in time': 8 },
    },
  },
  {
    id: 'reset', group: 'faults', shows: ['fault reset'], delivery: { expiresAfter: '90s' },
    title: 'A connection that is reset is tried again',
    why: 'A reset (RST) comes from load balancers, from crashed processes and from middle boxes that do not like what they see. To the mail it is the same as a closed connection.',
    mail: [{ to: ['a+reset.greeting@site.test', 'b+reset.mail@site.test', 'c+reset.rcpt@site.test', 'd+reset.body@site.test'] }],
    expect: {
      tally: { expired: 4 },
      history: {
        'a+reset.greeting@site.test': [
          '+0s  greeting disconnect  network  deferred',
          '+1m  greeting disconnect  network  deferred',
        ],
        'b+reset.mail@site.test': [
          '+0s  mail disconnect  network  deferred',
          '+1m  mail disconnect  network  deferred',
        ],
        'c+reset.rcpt@site.test': [
          '+0s  rcpt disconnect  network  deferred',
          '+1m  rcpt disconnect  network  deferred',
        ],
        'd+reset.body@site.test': [
          '+0s  body disconnect  network  deferred',
          '+1m  body disconnect  network  deferred',
        ],
      },
      notices: { 'Not delivered in time': 4 },
    },
  },
  {
    id: 'hang', group: 'faults', shows: ['fault silence'], delivery: { expiresAfter: '11m' },
    title: 'A server that falls silent is left at the deadline of that stage',
    why: 'RFC 5321 §4.5.3.2 says how long a client waits: five minutes for most replies, two for DATA, ten after the final dot. Tar pits and dying servers use it up. The deadlines run on the stream\'s clock, so a test does not wait for them.',
    mail: [{ to: ['a+hang.greeting@site.test', 'b+hang.ehlo@site.test', 'c+hang.starttls@site.test', 'd+hang.mail@site.test', 'e+hang.rcpt@site.test', 'f+hang.data@site.test', 'g+hang.body@site.test', 'h+hang.connect@site.test'] }],
    expect: {
      tally: { expired: 8 },
      history: {
        'a+hang.greeting@site.test': [
          '+0s  greeting timeout  network  deferred  took 5m',
          '+6m  greeting timeout  network  expired  took 5m',
        ],
        'b+hang.ehlo@site.test': [
          '+0s  ehlo timeout  network  deferred  took 5m',
          '+6m  ehlo timeout  network  expired  took 5m',
        ],
        'c+hang.starttls@site.test': [
          '+0s  starttls timeout  network  deferred  took 2m',
          '+3m  starttls timeout  network  deferred  took 2m',
          '+7m  starttls timeout  network  deferred  took 2m',
        ],
        'd+hang.mail@site.test': [
          '+0s  mail timeout  network  deferred  took 5m',
          '+6m  mail timeout  network  expired  took 5m',
        ],
        'e+hang.rcpt@site.test': [
          '+0s  rcpt timeout  network  deferred  took 5m',
          '+6m  rcpt timeout  network  expired  took 5m',
        ],
        'f+hang.data@site.test': [
          '+0s  data timeout  network  deferred  took 2m',
          '+3m  data timeout  network  deferred  took 2m',
          '+7m  data timeout  network  deferred  took 2m',
        ],
        'g+hang.body@site.test': ['+0s  body timeout  network  deferred  took 10m'],
        'h+hang.connect@site.test': [
          '+0s  connect timeout  network  deferred  took 30s',
          '+1m30s  connect timeout  network  deferred  took 30s',
          '+4m  connect timeout  network  deferred  took 30s',
          '+9m30s  connect timeout  network  deferred  took 30s',
        ],
      },
      notices: { 'Not delivered in time': 8 },
    },
  },
  {
    id: 'garbage', group: 'faults', shows: ['fault garbage'], delivery: { expiresAfter: '90s' },
    title: 'Bytes that are no SMTP end the connection, and the mail is tried again',
    why: 'Something else listens on port 25, or a proxy mixes the streams up. A client that went on could take any three digits for a reply, so it hangs up.',
    mail: [{ to: ['a+garbage.greeting@site.test', 'b+garbage.ehlo@site.test', 'c+garbage.mail@site.test', 'd+garbage.rcpt@site.test', 'e+garbage.data@site.test', 'f+garbage.body@site.test'] }],
    expect: {
      tally: { expired: 6 },
      history: {
        'a+garbage.greeting@site.test': [
          '+0s  greeting malformed-reply  protocol  deferred',
          '+1m  greeting malformed-reply  protocol  deferred',
        ],
        'b+garbage.ehlo@site.test': [
          '+0s  ehlo malformed-reply  protocol  deferred',
          '+1m  ehlo malformed-reply  protocol  deferred',
        ],
        'c+garbage.mail@site.test': [
          '+0s  mail malformed-reply  protocol  deferred',
          '+1m  mail malformed-reply  protocol  deferred',
        ],
        'd+garbage.rcpt@site.test': [
          '+0s  rcpt malformed-reply  protocol  deferred',
          '+1m  rcpt malformed-reply  protocol  deferred',
        ],
        'e+garbage.data@site.test': [
          '+0s  data malformed-reply  protocol  deferred',
          '+1m  data malformed-reply  protocol  deferred',
        ],
        'f+garbage.body@site.test': [
          '+0s  body malformed-reply  protocol  deferred',
          '+1m  body malformed-reply  protocol  deferred',
        ],
      },
      notices: { 'Not delivered in time': 6 },
    },
  },
  {
    id: 'fault-refused-site', group: 'faults', shows: ['what fault', 'what at'],
    title: 'A site that is down is tried by one message at a time, and the others keep their attempts',
    why: 'Three messages wait for the same site. The connection that fails was opened for one of them; the others are given back untried, the site rests, and one message tries it again. Once it answers, all go.',
    mail: [{ to: 'ann@down.test' }, { to: 'bob@down.test' }, { to: 'carl@down.test' }], together: true,
    scenario: { rules: [{ id: 'down', when: { domain: 'down.test' }, what: { at: 'connect', fault: 'refused' }, often: { times: 2, per: 'domain' } }] },
    expect: {
      tally: { delivered: 3 },
      history: {
        'ann@down.test': [
          '+0s  connect refused  network  deferred',
          '+2m  body 250 2.0.0  delivered  delivered',
        ],
        'bob@down.test': [
          '+1m  connect refused  network  deferred',
          '+2m  body 250 2.0.0  delivered  delivered',
        ],
        'carl@down.test': ['+2m  body 250 2.0.0  delivered  delivered'],
      },
    },
  },
  {
    id: 'fault-after-dot', group: 'faults',
    title: 'A 250 that got lost is delivered a second time',
    why: 'The remote took the message and the connection broke before its reply came. SMTP cannot tell whether it was delivered, so it is sent again: better twice than never. Applications that must not act twice need an idempotency key in the mail.',
    mail: [{ to: 'ann@site.test' }],
    scenario: { rules: [{ what: { fault: 'disconnect-after-dot' }, often: { times: 1 } }] },
    expect: {
      tally: { delivered: 1 },
      history: [
        '+0s  body disconnect  network  deferred',
        '+1m  body 250 2.0.0  delivered  delivered',
      ],
    },
  },
];

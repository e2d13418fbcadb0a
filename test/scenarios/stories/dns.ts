/** What DNS says of the recipient's domain. */
import type { Story } from '../story.ts';

const delivery = { expiresAfter: '10m' };

export const dns: Story[] = [
  {
    id: 'nxdomain', group: 'dns', shows: ['fault nxdomain'],
    title: 'A domain that does not exist bounces at once',
    why: 'The name server says for certain that there is no such domain (NXDOMAIN). Most of them are typing errors in a form: check the domain when the address is entered. A domain that lapsed may come back, so it takes a second answer a day later to suppress.',
    mail: [{ to: 'ann+nxdomain@site.test' }],
    expect: {
      tally: { bounced: 1 },
      history: ['+0s  resolve nxdomain  invalid_domain  bounced'],
      notices: { 'Not delivered': 1 },
    },
  },
  {
    id: 'servfail', group: 'dns', shows: ['fault servfail'], delivery,
    title: 'A name server that fails is asked again later',
    why: 'SERVFAIL is no answer: the domain may well exist. The mail is deferred as if the server itself were down.',
    mail: [{ to: 'ann+servfail@site.test' }],
    expect: {
      tally: { expired: 1 },
      history: [
        '+0s  resolve dns-error  network  deferred',
        '+1m  resolve dns-error  network  deferred',
        '+3m  resolve dns-error  network  deferred',
        '+8m  resolve dns-error  network  deferred',
      ],
      notices: { 'Not delivered in time': 1 },
    },
  },
  {
    id: 'nomx', group: 'dns', shows: ['fault no-mx'],
    title: 'A domain without MX and without an address bounces',
    why: 'The domain exists, but nothing says where its mail goes: neither an MX record nor an address to fall back on (RFC 5321 §5.1).',
    mail: [{ to: 'ann+nomx@site.test' }],
    expect: {
      tally: { bounced: 1 },
      history: ['+0s  resolve no-mx  invalid_domain  bounced'],
      notices: { 'Not delivered': 1 },
    },
  },
  {
    id: 'nullmx', group: 'dns', shows: ['fault null-mx'],
    title: 'A domain with a null MX says that it takes no mail, and bounces at once',
    why: 'A single MX record that points to the root (RFC 7505) says in so many words: nobody here reads mail. Senders need not try for days, and the address is suppressed.',
    mail: [{ to: 'ann+nullmx@site.test' }],
    expect: {
      tally: { bounced: 1 },
      history: ['+0s  resolve null-mx  invalid_domain  bounced'],
      suppressed: ['ann+nullmx@site.test  hard_bounce'],
      notices: { 'Not delivered': 1 },
    },
  },
  {
    id: 'dns-slow', group: 'dns', shows: ['what delay'],
    title: 'A name server that takes its time only makes the mail late',
    why: 'Slow name servers are common, and no reason to give up.',
    mail: [{ to: 'ann+slow.dns.20s@site.test' }],
    expect: {
      tally: { delivered: 1 },
      history: ['+0s  body 250 2.0.0  delivered  delivered  took 20s'],
    },
  },
  {
    id: 'dns-mended', group: 'dns',
    title: 'A domain whose name servers were down for one attempt gets its mail at the second',
    why: 'The rule acts at the stage `resolve`, before there is any connection, and for the whole domain.',
    mail: [{ to: 'ann@moving.test' }],
    scenario: { rules: [{ when: { domain: 'moving.test' }, what: { fault: 'servfail' }, often: { times: 1 } }] },
    expect: {
      tally: { delivered: 1 },
      history: [
        '+0s  resolve dns-error  network  deferred',
        '+1m  body 250 2.0.0  delivered  delivered',
      ],
    },
  },
];

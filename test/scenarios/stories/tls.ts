/** TLS that goes wrong, and TLS that is demanded. */
import type { Story } from '../story.ts';

export const tls: Story[] = [
  {
    id: 'tls', group: 'tls', delivery: { expiresAfter: '10m' },
    title: 'Whatever is wrong with TLS, mail that does not demand it arrives',
    why: 'Between mail servers certificates are not checked unless somebody asks for it (RFC 7435): an expired, self-signed or foreign certificate still keeps passive listeners out, and where the handshake fails the mail goes in clear. What must not be read by others needs REQUIRETLS (RFC 8689), MTA-STS or DANE.',
    mail: [{ to: ['a+tls.expired@site.test', 'b+tls.selfsigned@site.test', 'c+tls.wronghost@site.test', 'd+tls.handshake@site.test', 'e+tls.none@site.test'] }],
    expect: {
      tally: { delivered: 5 },
      history: {
        'a+tls.expired@site.test': ['+0s  body 250 2.0.0  delivered  delivered  encrypted'],
        'b+tls.selfsigned@site.test': ['+0s  body 250 2.0.0  delivered  delivered  encrypted'],
        'c+tls.wronghost@site.test': ['+0s  body 250 2.0.0  delivered  delivered  encrypted'],
        'd+tls.handshake@site.test': ['+0s  body 250 2.0.0  delivered  delivered  in clear'],
        'e+tls.none@site.test': ['+0s  body 250 2.0.0  delivered  delivered  in clear'],
      },
    },
  },
  {
    id: 'tls-expired', group: 'tls', shows: ['fault tls-expired'],
    title: 'An expired certificate does not stop mail between servers',
    why: 'Somebody forgot to renew. The connection is encrypted all the same, and the attempt shows with which version and cipher.',
    mail: [{ to: 'ann@site.test' }],
    scenario: { rules: [{ what: { fault: 'tls-expired' } }] },
    expect: {
      tally: { delivered: 1 },
      history: ['+0s  body 250 2.0.0  delivered  delivered  encrypted'],
    },
  },
  {
    id: 'tls-self-signed', group: 'tls', shows: ['fault tls-self-signed'],
    title: 'A self-signed certificate does not stop mail between servers',
    why: 'Mail servers have always used them; without DANE or MTA-STS nobody checks.',
    mail: [{ to: 'ann@site.test' }],
    scenario: { rules: [{ what: { fault: 'tls-self-signed' } }] },
    expect: {
      tally: { delivered: 1 },
      history: ['+0s  body 250 2.0.0  delivered  delivered  encrypted'],
    },
  },
  {
    id: 'tls-wrong-host', group: 'tls', shows: ['fault tls-wrong-host'],
    title: 'A certificate of another host does not stop mail between servers',
    why: 'Behind shared hosts the name in the certificate is rarely that of the MX record.',
    mail: [{ to: 'ann@site.test' }],
    scenario: { rules: [{ what: { fault: 'tls-wrong-host' } }] },
    expect: {
      tally: { delivered: 1 },
      history: ['+0s  body 250 2.0.0  delivered  delivered  encrypted'],
    },
  },
  {
    id: 'tls-handshake', group: 'tls', shows: ['fault tls-handshake'],
    title: 'A handshake that fails is followed by a connection without TLS',
    why: 'Old servers offer only what is not spoken any more. Postern tries again at once, with less and then without, and remembers for a while what worked.',
    mail: [{ to: 'ann@site.test' }],
    scenario: { rules: [{ what: { fault: 'tls-handshake' } }] },
    expect: {
      tally: { delivered: 1 },
      history: ['+0s  body 250 2.0.0  delivered  delivered  in clear'],
    },
  },
  {
    id: 'tls-not-offered', group: 'tls', shows: ['fault tls-not-offered'],
    title: 'A server that does not offer STARTTLS gets the mail in clear',
    why: 'A few servers still have no TLS at all.',
    mail: [{ to: 'ann@site.test' }],
    scenario: { rules: [{ what: { fault: 'tls-not-offered' } }] },
    expect: {
      tally: { delivered: 1 },
      history: ['+0s  body 250 2.0.0  delivered  delivered  in clear'],
    },
  },
  {
    id: 'tls-demanded', group: 'tls', shows: ['when tls', 'what hide'], delivery: { expiresAfter: '10m' },
    title: 'A server that demands TLS and does not offer it cannot get the mail',
    why: 'A rule that hides STARTTLS, and one that refuses whoever comes without: a server that is set up against itself. The reply is about the set-up, so the recipient is not suppressed.',
    mail: [{ to: 'ann@site.test' }],
    scenario: { rules: [{ what: { hide: ['STARTTLS'] } }, { when: { tls: false }, what: { says: 'tlsrequired' } }] },
    expect: {
      tally: { bounced: 1 },
      history: ['+0s  mail 530 5.7.0  tls  bounced  in clear'],
      notices: { 'Not delivered': 1 },
    },
  },
  {
    id: 'tls-used', group: 'tls', shows: ['persona.requiresTls'],
    title: 'A server that demands TLS takes mail that comes encrypted',
    why: 'Postern says STARTTLS wherever it is offered, so a site that requires it notices nothing.',
    mail: [{ to: 'ann@safe.test' }],
    scenario: { rules: [], define: { safe: { name: 'safe', label: 'Safe', note: 'Takes nothing in clear.', domains: ['safe.test'], banner: '{host} ESMTP', requiresTls: true, replies: {} } } },
    expect: {
      tally: { delivered: 1 },
      history: ['+0s  body 250 2.0.0  delivered  delivered  encrypted'],
    },
  },
];

/** Addresses of other products' simulators, which developers know by heart. */
import type { Story } from '../story.ts';

const delivery = { expiresAfter: '90s' };

export const aliases: Story[] = [
  {
    id: 'alias-amazon-ses', group: 'aliases', shows: ['Amazon SES'],
    title: "The addresses of Amazon SES's mailbox simulator do here what they do there",
    why: 'Tests that were written for `simulator.amazonses.com` run as they are. Labels (`bounce+label1@`) are free.',
    mail: [{ to: ['success@simulator.amazonses.com', 'bounce+label1@simulator.amazonses.com', 'ooto@simulator.amazonses.com', 'complaint@simulator.amazonses.com', 'suppressionlist@simulator.amazonses.com'] }],
    expect: {
      tally: { delivered: 3, bounced: 2 },
      history: {
        'success@simulator.amazonses.com': ['+0s  body 250 2.0.0  delivered  delivered'],
        'bounce+label1@simulator.amazonses.com': ['+0s  rcpt 550 5.1.1  invalid_recipient  bounced'],
        'ooto@simulator.amazonses.com': ['+0s  body 250 2.0.0  delivered  delivered'],
        'complaint@simulator.amazonses.com': ['+0s  body 250 2.0.0  delivered  delivered'],
        'suppressionlist@simulator.amazonses.com': ['+0s  rcpt 550 5.1.1  invalid_recipient  bounced'],
      },
      returns: [
        '+30s  autoreply  ooto@simulator.amazonses.com  autoreply',
        '+30s  complaint  complaint@simulator.amazonses.com  complaint',
      ],
      suppressed: [
        'bounce+label1@simulator.amazonses.com  hard_bounce',
        'complaint@simulator.amazonses.com  complaint',
        'suppressionlist@simulator.amazonses.com  hard_bounce',
      ],
      notices: { 'Not delivered': 2 },
    },
  },
  {
    id: 'alias-resend', group: 'aliases', shows: ['Resend'],
    title: "Resend's test addresses do here what they do there",
    why: 'Its `suppressed@` is answered as a hard bounce: nothing else of another product\'s list is seen from outside.',
    mail: [{ to: ['delivered@resend.dev', 'bounced@resend.dev', 'complained@resend.dev', 'suppressed@resend.dev'] }],
    expect: {
      tally: { delivered: 2, bounced: 2 },
      history: {
        'delivered@resend.dev': ['+0s  body 250 2.0.0  delivered  delivered'],
        'bounced@resend.dev': ['+0s  rcpt 550 5.1.1  invalid_recipient  bounced'],
        'complained@resend.dev': ['+0s  body 250 2.0.0  delivered  delivered'],
        'suppressed@resend.dev': ['+0s  rcpt 550 5.1.1  invalid_recipient  bounced'],
      },
      returns: ['+30s  complaint  complained@resend.dev  complaint'],
      suppressed: [
        'bounced@resend.dev  hard_bounce',
        'complained@resend.dev  complaint',
        'suppressed@resend.dev  hard_bounce',
      ],
      notices: { 'Not delivered': 2 },
    },
  },
  {
    id: 'alias-postmark', group: 'aliases', shows: ['Postmark'], delivery,
    title: "Postmark's bounce types have an address each",
    why: 'The names are those of its bounce types; case does not count.',
    mail: [{ to: ['HardBounce', 'SoftBounce', 'Transient', 'BadEmailAddress', 'AddressChange', 'Unconfirmed', 'Blocked', 'SpamNotification', 'VirusNotification', 'OpenRelayTest', 'DMARCPolicy', 'DnsError', 'Unknown', 'AutoResponder', 'ChallengeVerification', 'Subscribe', 'Unsubscribe'].map((name) => `${name}@bounce-testing.postmarkapp.com`) }],
    expect: {
      tally: { bounced: 10, expired: 3, delivered: 4 },
      history: {
        'HardBounce@bounce-testing.postmarkapp.com': ['+0s  rcpt 550 5.1.1  invalid_recipient  bounced'],
        'SoftBounce@bounce-testing.postmarkapp.com': [
          '+0s  rcpt 452 4.2.2  mailbox_full  deferred',
          '+1m  rcpt 452 4.2.2  mailbox_full  deferred',
        ],
        'Transient@bounce-testing.postmarkapp.com': [
          '+0s  rcpt 451 4.4.1  network  deferred',
          '+1m  rcpt 451 4.4.1  network  deferred',
        ],
        'BadEmailAddress@bounce-testing.postmarkapp.com': ['+0s  rcpt 553 5.1.3  invalid_recipient  bounced'],
        'AddressChange@bounce-testing.postmarkapp.com': ['+0s  rcpt 551 5.1.6  inactive_recipient  bounced'],
        'Unconfirmed@bounce-testing.postmarkapp.com': ['+0s  rcpt 550 5.2.1  inactive_recipient  bounced'],
        'Blocked@bounce-testing.postmarkapp.com': ['+0s  rcpt 554 5.7.1  ip_blocked  deferred'],
        'SpamNotification@bounce-testing.postmarkapp.com': ['+0s  body 550 5.7.1  spam_content  bounced'],
        'VirusNotification@bounce-testing.postmarkapp.com': ['+0s  body 554 5.7.1  malware  bounced'],
        'OpenRelayTest@bounce-testing.postmarkapp.com': ['+0s  rcpt 554 5.7.1  relay_denied  bounced'],
        'DMARCPolicy@bounce-testing.postmarkapp.com': ['+0s  body 550 5.7.1  authentication  bounced'],
        'DnsError@bounce-testing.postmarkapp.com': ['+0s  resolve nxdomain  invalid_domain  bounced'],
        'Unknown@bounce-testing.postmarkapp.com': ['+0s  rcpt 554 5.0.0  policy  bounced'],
        'AutoResponder@bounce-testing.postmarkapp.com': ['+0s  body 250 2.0.0  delivered  delivered'],
        'ChallengeVerification@bounce-testing.postmarkapp.com': ['+0s  body 250 2.0.0  delivered  delivered'],
        'Subscribe@bounce-testing.postmarkapp.com': ['+0s  body 250 2.0.0  delivered  delivered'],
        'Unsubscribe@bounce-testing.postmarkapp.com': ['+0s  body 250 2.0.0  delivered  delivered'],
      },
      returns: [
        '+30s  autoreply  AutoResponder@bounce-testing.postmarkapp.com  autoreply',
        '+30s  autoreply  ChallengeVerification@bounce-testing.postmarkapp.com  autoreply',
        '+30s  autoreply  Subscribe@bounce-testing.postmarkapp.com  autoreply',
        '+30s  autoreply  Unsubscribe@bounce-testing.postmarkapp.com  autoreply',
      ],
      suppressed: [
        'addresschange@bounce-testing.postmarkapp.com  hard_bounce',
        'bademailaddress@bounce-testing.postmarkapp.com  hard_bounce',
        'hardbounce@bounce-testing.postmarkapp.com  hard_bounce',
        'unconfirmed@bounce-testing.postmarkapp.com  hard_bounce',
      ],
      notices: { 'Not delivered': 10, 'Not delivered in time': 3 },
    },
  },
  {
    id: 'alias-mailersend', group: 'aliases', shows: ['MailerSend'], delivery,
    title: "MailerSend's bounce tests do here what they do there",
    why: 'Hard and soft, blocked, transient, DNS errors and DMARC.',
    mail: [{ to: ['hard-bounce', 'soft-bounce', 'blocked', 'transient', 'dns-error', 'dmarc'].map((name) => `${name}@bounce-test.mailersend.net`) }],
    expect: {
      tally: { bounced: 3, expired: 3 },
      history: {
        'hard-bounce@bounce-test.mailersend.net': ['+0s  rcpt 550 5.1.1  invalid_recipient  bounced'],
        'soft-bounce@bounce-test.mailersend.net': [
          '+0s  rcpt 421 4.3.2  server_error  deferred',
          '+1m  rcpt 421 4.3.2  server_error  deferred',
        ],
        'blocked@bounce-test.mailersend.net': ['+0s  rcpt 554 5.7.1  policy  bounced'],
        'transient@bounce-test.mailersend.net': [
          '+0s  rcpt 450 4.2.0  server_error  deferred',
          '+1m  rcpt 450 4.2.0  server_error  deferred',
        ],
        'dns-error@bounce-test.mailersend.net': [
          '+0s  rcpt 450 4.4.3  network  deferred',
          '+1m  rcpt 450 4.4.3  network  deferred',
        ],
        'dmarc@bounce-test.mailersend.net': ['+0s  body 550 5.7.1  authentication  bounced'],
      },
      suppressed: ['hard-bounce@bounce-test.mailersend.net  hard_bounce'],
      notices: { 'Not delivered': 3, 'Not delivered in time': 3 },
    },
  },
  {
    id: 'alias-kumomta', group: 'aliases', shows: ['KumoMTA sink'], delivery,
    title: "The names of KumoMTA's sink fail for now and for good, at any domain",
    why: 'Load tests use them: the answer comes after the final dot, as a real refusal of content does.',
    mail: [{ to: ['tempfail@site.test', 'permfail@site.test'] }],
    expect: {
      tally: { expired: 1, bounced: 1 },
      history: {
        'tempfail@site.test': [
          '+0s  body 451 4.0.0  server_error  deferred',
          '+1m  body 451 4.0.0  server_error  deferred',
        ],
        'permfail@site.test': ['+0s  body 550 5.0.0  invalid_recipient  bounced'],
      },
      notices: { 'Not delivered': 1, 'Not delivered in time': 1 },
    },
  },
  {
    id: 'alias-mailtrap', group: 'aliases', shows: ['Mailtrap'], delivery,
    title: "Mailtrap's bounce emulator says the code and the text that stand in the address",
    why: 'Spaces are written as `+`, the rest as in a URL. The text decides what it is taken for.',
    mail: [{ to: ['bounce+451+Greylisted+for+five+minutes@site.test', 'bounce+550+No+such+user+here@site.test'] }],
    expect: {
      tally: { expired: 1, bounced: 1 },
      history: {
        'bounce+451+Greylisted+for+five+minutes@site.test': [
          '+0s  rcpt 451 4.3.0  greylisted  deferred',
          '+1m  rcpt 451 4.3.0  greylisted  deferred',
        ],
        'bounce+550+No+such+user+here@site.test': ['+0s  rcpt 550 5.1.1  invalid_recipient  bounced'],
      },
      suppressed: ['bounce+550+no+such+user+here@site.test  hard_bounce'],
      notices: { 'Not delivered': 1, 'Not delivered in time': 1 },
    },
  },
];

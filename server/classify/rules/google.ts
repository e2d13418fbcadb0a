/** Google: the page that a reply links to says which case it is; the codes 7.27 to 7.30 are not the registered ones. */
import type { Rule } from '../rule.ts';

export const GOOGLE_RULES: readonly Rule[] = [
  {
    id: 'google.recipient-rate', class: 'recipient_rate', token: ['RECEIVINGRATE*'],
    samples: [
      '550 5.2.1 The user you are trying to contact is receiving mail at a rate that prevents additional messages from being delivered. https://support.google.com/mail/?p=ReceivingRatePerm - gsmtp',
    ],
  },
  {
    id: 'google.inactive', class: 'inactive_recipient', token: ['DISABLEDUSER'],
    samples: [
      '550 5.2.1 The email account that you tried to reach is inactive. Learn more at https://support.google.com/mail/?p=DisabledUser - gsmtp',
    ],
  },
  {
    id: 'google.no-such-user', class: 'invalid_recipient', token: ['NOSUCHUSER'],
    samples: [
      '550-5.1.1 The email account that you tried to reach does not exist. Please try\n550 5.1.1 https://support.google.com/mail/?p=NoSuchUser - gsmtp',
    ],
  },
  {
    id: 'google.help-page', class: 'invalid_recipient',
    when: ['google com ~6 /6596'],
    unless: ['FULL'],
    samples: ['550 5.1.1 http://support.google.com/mail/bin/answer.py?answer=6596 ad1si1997204pbd.83 - gsmtp'],
  },
  {
    id: 'google.full', class: 'mailbox_full', token: ['OVERQUOTA*'],
    samples: [
      '452 4.2.2 The recipient\'s inbox is out of storage space. Please direct the recipient to https://support.google.com/mail/?p=OverQuotaTemp',
    ],
  },
  {
    id: 'google.rate', class: 'rate_limited', token: ['UNSOLICITEDRATELIMITERROR', 'RATELIMIT*'],
    samples: [
      '421 4.7.28 Our system has detected an unusual rate of unsolicited mail originating from your IP address. https://support.google.com/mail/?p=UnsolicitedRateLimitError',
    ],
  },
  {
    id: 'google.ip', class: 'ip_blocked', token: ['UNSOLICITEDIPERROR', 'BLOCKEDIP*'],
    samples: ['550 5.7.1 The IP you\'re using to send mail is not authorized. https://support.google.com/mail/?p=UnsolicitedIPError'],
  },
  {
    id: 'google.authentication', class: 'authentication', enhanced: ['7.27', '7.30', '7.32'],
    when: ['authenticate', 'authentication', 'unauthenticated', 'AUTHN', 'alignment', 'aligned'],
    samples: [
      '550 5.7.27 Your email has been blocked because SPF authentication didn\'t pass. Gmail requires all large senders to authenticate with SPF.',
      '421 4.7.32 Your email has been rate limited because the From: header (RFC5322) in this message isn\'t aligned with either the authenticated SPF or DKIM organizational domain.',
    ],
  },
  {
    id: 'google.sender-syntax', class: 'sender_invalid', enhanced: ['1.7'],
    when: ['sender address ~4 not ~1 valid'],
    samples: ['553 5.1.7 The sender address <a@example.test> is not a valid RFC 5321 address. - gsmtp'],
  },
  { id: 'google.tls', class: 'tls', enhanced: ['7.29'], when: ['TLS'], samples: ['421 4.7.29 Your email has been rate limited because this message wasn\'t sent over a TLS connection.'] },
  {
    id: 'google.blocked-rate', class: 'ip_blocked', enhanced: ['7.28'], code: [5],
    when: ['unusual rate ~12 ip address'],
    samples: [
      '550 5.7.28 There is an unusual rate of unsolicited mail originating from your IP address. To protect our users from spam, mail sent from your IP address has been blocked.',
    ],
  },
  {
    id: 'google.transaction', class: 'too_many_recipients',
    when: ['separate transaction', 'per transaction exceeded'],
    samples: ['452 4.5.3 Domain policy size per transaction exceeded, please try this recipient in a separate transaction.'],
  },
  {
    id: 'google.unusual-rate', class: 'rate_limited', enhanced: ['7.28'],
    when: ['gmail', 'google', 'unusual rate', 'quota'],
    samples: ['421 4.7.28 Gmail has detected this message exceeded its quota for sending messages with the same Message-ID:.'],
  },
  {
    id: 'google.domain-reputation', class: 'sender_blocked',
    when: ['(reputation|policy) of ~1 (sending domain|domain)'],
    samples: [
      '550 5.7.1 [192.0.2.1] Our system has detected that this message is likely suspicious due to the very low reputation of the sending domain.',
    ],
  },
  {
    id: 'google.suspicious', class: 'spam_content',
    when: ['suspicious due to the nature of'],
    samples: [
      '421 4.7.0 [192.0.2.1] Our system has detected that this message is suspicious due to the nature of the content and/or the links within.',
    ],
  },
  {
    id: 'google.group', class: 'recipient_blocked_sender',
    when: [
      'groups google com',
      '(group|grupo|groupe|skupina|gruppe|gruppo|groep|grupa) ~8 (tried to contact|contacto|contacter|kontaktovat|kontaktieren|contattare)',
      'permission to post',
    ],
    unless: ['send mail as'],
    samples: [
      'We\'re writing to let you know that the group you tried to contact (announce) may not exist, or you may not have permission to post messages to the group.',
    ],
  },
];

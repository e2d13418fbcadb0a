/** Situations that end a message at once: what a remote can mean by it, and what it is taken for. */
import type { Story } from '../story.ts';

export const classes: Story[] = [
  {
    id: 'situation-unknown', group: 'classes', shows: ['situation unknown'],
    title: 'A mailbox that does not exist bounces at once and is suppressed',
    why: 'The remote says that there is no such user. It will not be there tomorrow either, so the mail bounces and the address is suppressed. An application should stop mailing it and, where it can, ask for another address.',
    mail: [{ to: 'ann+unknown@site.test' }],
    expect: {
      tally: { bounced: 1 },
      history: ['+0s  rcpt 550 5.1.1  invalid_recipient  bounced'],
      suppressed: ['ann+unknown@site.test  hard_bounce'],
      notices: { 'Not delivered': 1 },
    },
  },
  {
    id: 'situation-disabled', group: 'classes', shows: ['situation disabled'],
    title: 'A mailbox that is disabled bounces at once and is suppressed',
    why: 'The account is there, but is closed or was not used for long, and the reply says so in as many words. Nobody reads it; providers turn some of these into traps for senders who do not notice.',
    mail: [{ to: 'ann+disabled@site.test' }],
    expect: {
      tally: { bounced: 1 },
      history: ['+0s  rcpt 550 5.2.1  inactive_recipient  bounced'],
      suppressed: ['ann+disabled@site.test  hard_bounce'],
      notices: { 'Not delivered': 1 },
    },
  },
  {
    id: 'situation-toolarge', group: 'classes', shows: ['situation toolarge'],
    title: 'A message that is too large bounces without being sent',
    why: 'The server announces its limit (SIZE, RFC 1870) or says 552 to MAIL. The address is good; send a link instead of the attachment.',
    mail: [{ to: 'ann+toolarge@site.test' }],
    expect: {
      tally: { bounced: 1 },
      history: ['+0s  mail 552 5.3.4  too_large  bounced'],
      notices: { 'Not delivered': 1 },
    },
  },
  {
    id: 'situation-spam', group: 'classes', shows: ['situation spam'],
    title: 'A message that looks like spam bounces, and the recipient is not to blame',
    why: 'A content filter refused it. Sending it again to other recipients of the same provider gets the same answer and costs reputation: look at the content.',
    mail: [{ to: 'ann+spam@site.test' }],
    expect: {
      tally: { bounced: 1 },
      history: ['+0s  body 550 5.7.1  spam_content  bounced'],
      notices: { 'Not delivered': 1 },
    },
  },
  {
    id: 'situation-virus', group: 'classes', shows: ['situation virus'],
    title: 'A message with a virus, or with a forbidden attachment, bounces',
    why: 'Many providers refuse whole kinds of attachments (`.exe`, macros, encrypted archives). It is about the message; the address stays good.',
    mail: [{ to: 'ann+virus@site.test' }],
    expect: {
      tally: { bounced: 1 },
      history: ['+0s  body 554 5.7.1  malware  bounced'],
      notices: { 'Not delivered': 1 },
    },
  },
  {
    id: 'situation-policy', group: 'classes', shows: ['situation policy'],
    title: 'A refusal that is not explained bounces, and suppresses nobody',
    why: '"Message rejected due to local policy" can mean anything. It is permanent for this message, but says nothing about the mailbox.',
    mail: [{ to: 'ann+policy@site.test' }],
    expect: {
      tally: { bounced: 1 },
      history: ['+0s  body 554 5.7.1  policy  bounced'],
      notices: { 'Not delivered': 1 },
    },
  },
  {
    id: 'situation-dmarc', group: 'classes', shows: ['situation dmarc'],
    title: 'Mail that fails DMARC bounces until the set-up is mended',
    why: 'The domain in From asks receivers to refuse mail that is not authenticated (RFC 7489), and this was not. Every recipient that checks will say the same: mend SPF and DKIM, and leave the addresses alone.',
    mail: [{ to: 'ann+dmarc@site.test' }],
    expect: {
      tally: { bounced: 1 },
      history: ['+0s  body 550 5.7.1  authentication  bounced'],
      notices: { 'Not delivered': 1 },
    },
  },
  {
    id: 'situation-spf', group: 'classes', shows: ['situation spf'],
    title: 'Mail from a host that SPF does not name bounces',
    why: 'The sender\'s domain lists who may send for it (RFC 7208), and our address is not in it. It is the set-up that is wrong, for all recipients alike.',
    mail: [{ to: 'ann+spf@site.test' }],
    expect: {
      tally: { bounced: 1 },
      history: ['+0s  mail 550 5.7.23  authentication  bounced'],
      notices: { 'Not delivered': 1 },
    },
  },
  {
    id: 'situation-relay', group: 'classes', shows: ['situation relay'],
    title: 'A server that does not take mail for the domain refuses to relay',
    why: 'The MX record points to a server that knows nothing of the domain: somebody is moving, or made a mistake. The mail bounces, but nothing is held against the address.',
    mail: [{ to: 'ann+relay@site.test' }],
    expect: {
      tally: { bounced: 1 },
      history: ['+0s  rcpt 554 5.7.1  relay_denied  bounced'],
      notices: { 'Not delivered': 1 },
    },
  },
  {
    id: 'situation-tlsrequired', group: 'classes', shows: ['situation tlsrequired'],
    title: 'A server that demands TLS refuses what comes without it',
    why: 'The remote wants STARTTLS first. It says so even here, where the client did use TLS, as a remote that is set up wrongly does.',
    mail: [{ to: 'ann+tlsrequired@site.test' }],
    expect: {
      tally: { bounced: 1 },
      history: ['+0s  mail 530 5.7.0  tls  bounced'],
      notices: { 'Not delivered': 1 },
    },
  },
  {
    id: 'situation-sender', group: 'classes', shows: ['situation sender'],
    title: 'A sender whose domain does not exist bounces',
    why: 'The server looked our sender\'s domain up and found nothing. It is our address that is wrong, so no recipient is suppressed.',
    mail: [{ to: 'ann+sender@site.test' }],
    expect: {
      tally: { bounced: 1 },
      history: ['+0s  mail 550 5.1.8  sender_invalid  bounced'],
      notices: { 'Not delivered': 1 },
    },
  },
  {
    id: 'situation-malformed', group: 'classes', shows: ['situation malformed'],
    title: 'A message that breaks RFC 5322 bounces',
    why: 'Duplicate header fields, a missing From or a bare line feed: strict servers refuse it. It is the application that must be mended.',
    mail: [{ to: 'ann+malformed@site.test' }],
    expect: {
      tally: { bounced: 1 },
      history: ['+0s  body 554 5.6.0  malformed  bounced'],
      notices: { 'Not delivered': 1 },
    },
  },
  {
    id: 'situation-blockedsender', group: 'classes', shows: ['situation blockedsender'],
    title: 'A recipient that has blocked the sender bounces without being suppressed',
    why: 'This recipient (or its provider, for our reputation) does not want our mail. Others do, and the mailbox exists.',
    mail: [{ to: 'ann+blockedsender@site.test' }],
    expect: {
      tally: { bounced: 1 },
      history: ['+0s  rcpt 550 5.7.1  recipient_blocked_sender  bounced'],
      notices: { 'Not delivered': 1 },
    },
  },
  {
    id: 'situation-nodomain', group: 'classes', shows: ['situation nodomain'],
    title: 'A domain that is gone bounces, and is a strike against the address',
    why: 'The remote says that the recipient\'s domain does not exist. Domains lapse and are renewed, so it takes a second such answer, a day later, to suppress the address.',
    mail: [{ to: 'ann+nodomain@site.test' }],
    expect: {
      tally: { bounced: 1 },
      history: ['+0s  rcpt 550 5.1.2  invalid_domain  bounced'],
      notices: { 'Not delivered': 1 },
    },
  },
  {
    id: 'situation-unknown-twice', group: 'classes',
    title: 'An address that an ambiguous reply calls unknown is suppressed when a second one confirms it a day later',
    why: 'Yahoo says 552 without an enhanced code after the message, other servers say "mailbox unavailable" for many things. Such a reply is a strike; only a second one, at least 24 hours after the first, suppresses.',
    mail: [{ to: 'ann+yahoo.unknown@site.test' }, { to: 'ann+yahoo.unknown@site.test', wait: '1h' }, { to: 'ann+yahoo.unknown@site.test', wait: '24h' }, { to: 'ann+yahoo.unknown@site.test', wait: '1h' }],
    expect: {
      tally: { bounced: 3, suppressed: 1 },
      history: {
        'ann+yahoo.unknown@site.test #1': ['+0s  body 552  invalid_recipient  bounced'],
        'ann+yahoo.unknown@site.test #2': ['+0s  body 552  invalid_recipient  bounced'],
        'ann+yahoo.unknown@site.test #3': ['+0s  body 552  invalid_recipient  bounced'],
        'ann+yahoo.unknown@site.test #4': [],
      },
      suppressed: ['ann+yahoo.unknown@site.test  hard_bounce'],
      notices: { 'Not delivered': 3 },
    },
  },
];

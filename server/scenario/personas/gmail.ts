/** Gmail and Google Workspace. Their 4.7.x and 5.7.x details are their own and collide with the registered ones. */
import type { Persona } from '../../../sdk/contract.ts';

export const gmail: Persona = {
  name: 'gmail', label: 'Gmail',
  note: "Gmail's replies from Google's SMTP error reference and from real bounces; limits are those that large senders keep to.",
  domains: ['gmail.com', 'googlemail.com', 'gmail.test'],
  site: 'gmail', provider: 'google',
  banner: 'mx.google.com ESMTP {host} - gsmtp',
  size: 157_286_400,
  limits: { connections: 5, messagesPerConnection: 50, recipientsPerMessage: 100 },
  replies: {
    unknown: { at: 'rcpt', code: 550, enhanced: '5.1.1', text: "The email account that you tried to reach does not exist. Please try\ndouble-checking the recipient's email address for typos or\nunnecessary spaces. For more information, go to\nhttps://support.google.com/mail/?p=NoSuchUser - gsmtp" },
    disabled: { at: 'rcpt', code: 550, enhanced: '5.2.1', text: 'The email account that you tried to reach is inactive. Learn more at https://support.google.com/mail/?p=DisabledUser - gsmtp' },
    full: { at: 'rcpt', code: 452, enhanced: '4.2.2', text: "The recipient's inbox is out of storage space. Please direct the\nrecipient to https://support.google.com/mail/?p=OverQuotaTemp - gsmtp" },
    toolarge: { at: 'mail', code: 552, enhanced: '5.2.3', text: "Your message exceeded Google's message size limits. For more information, visit https://support.google.com/mail/answer/6584 - gsmtp" },
    spam: { at: 'body', code: 550, enhanced: '5.7.1', text: '[{client}] Our system has detected that this message is\nlikely unsolicited mail. To reduce the amount of spam sent to Gmail,\nthis message has been blocked. Please visit\nhttps://support.google.com/mail/?p=UnsolicitedMessageError\nfor more information. - gsmtp' },
    virus: { at: 'body', code: 552, enhanced: '5.7.0', text: 'This message was blocked because its content presents a potential\nsecurity issue. Please visit\nhttps://support.google.com/mail/?p=BlockedMessage to review our\nmessage content and attachment content guidelines. - gsmtp' },
    policy: { at: 'body', code: 550, enhanced: '5.7.1', text: 'The user or domain that you are sending to (or from) has a policy that prohibited the mail that you sent. Please contact your domain administrator for further details. For more information, visit https://support.google.com/a/answer/172179 - gsmtp' },
    dmarc: { at: 'body', code: 550, enhanced: '5.7.26', text: 'Your email has been blocked because the sender is unauthenticated.\nGmail requires all senders to authenticate with either SPF or DKIM.\n\n Authentication results:\n DKIM = did not pass\n SPF [{sender}] with ip: [{client}] = did not pass - gsmtp' },
    spf: { at: 'body', code: 550, enhanced: '5.7.26', text: 'The MAIL FROM domain [{sender}] has an SPF record with a hard fail\npolicy (-all) but it fails to pass SPF checks with the ip:\n[{client}]. To best protect our users from spam and phishing,\nthe message has been blocked. - gsmtp' },
    blocklist: { at: 'body', code: 550, enhanced: '5.7.1', text: 'Our system has detected that this message is likely suspicious due to the very low reputation of the sending IP address. To best protect our users from spam, the message has been blocked. Please visit https://support.google.com/mail/answer/188131 for more information. - gsmtp' },
    ptr: { at: 'body', code: 421, enhanced: '4.7.23', text: "The sending IP address for this message doesn't have a PTR record, or the PTR record's forward DNS entry doesn't match the sending IP address. To protect users from spam, your email has been temporarily rate limited. - gsmtp" },
    ratelimit: { at: 'body', code: 421, enhanced: '4.7.28', text: 'Gmail has detected this message exceeded its quota for sending messages with the same Message-ID:. To best protect our users, the message has been temporarily rejected. For more information, go to https://support.google.com/mail/answer/188131 - gsmtp' },
    tlsrequired: { at: 'mail', code: 530, enhanced: '5.7.0', text: 'Must issue a STARTTLS command first. - gsmtp' },
    toomany: { at: 'rcpt', code: 452, enhanced: '4.5.3', text: "Your message has too many recipients. For more information regarding Google's sending limits, visit https://support.google.com/mail/?p=TooManyRecipientsError - gsmtp" },
    recipientrate: { at: 'rcpt', code: 550, enhanced: '5.2.1', text: 'The user you are trying to contact is receiving mail at a rate that\nprevents additional messages from being delivered. For more\ninformation, please visit\nhttps://support.google.com/mail/?p=ReceivingRatePerm - gsmtp' },
    busy: { at: 'rcpt', code: 451, enhanced: '4.3.0', text: 'Mail server temporarily rejected message. - gsmtp' },
    malformed: { at: 'body', code: 550, enhanced: '5.7.1', text: 'This message is not RFC 5322 compliant because it has duplicate headers. To reduce the amount of spam sent to Gmail, this message has been blocked. - gsmtp' },
    blockedsender: { at: 'body', code: 550, enhanced: '5.7.1', text: '[{client}] Our system has detected that this message is likely suspicious due to the very low reputation of the sending domain. To best protect our users from spam, the message has been blocked. Please visit https://support.google.com/mail/answer/188131 for more information. - gsmtp' },
  },
};

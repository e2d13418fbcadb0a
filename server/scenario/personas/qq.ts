/** Tencent's QQ Mail: limits on frequency are said with a 550. */
import type { Persona } from '../../../sdk/contract.ts';

export const qq: Persona = {
  name: 'qq', label: 'QQ Mail',
  note: 'Replies from real bounces; a 550 here may mean "slow down". Limits are those that large senders keep to.',
  domains: ['qq.com', 'foxmail.com', 'vip.qq.com', 'qq.test'],
  site: 'qq', provider: 'qq',
  banner: '{host} MX QQ Mail Server.',
  size: 73_400_320,
  limits: { connections: 4, messagesPerConnection: 8, recipientsPerMessage: 100 },
  replies: {
    unknown: { at: 'rcpt', code: 550, enhanced: null, text: 'Mailbox not found. http://service.exmail.qq.com/cgi-bin/help?subtype=1&&id=20022&&no=1000728' },
    spam: { at: 'body', code: 550, enhanced: null, text: 'Mail content denied. http://service.exmail.qq.com/cgi-bin/help?subtype=1&&id=20022&&no=1000726' },
    dmarc: { at: 'body', code: 550, enhanced: null, text: 'DMARC check failed. http://service.mail.qq.com/cgi-bin/help?subtype=1&&no=1001508&&id=16.' },
    ratelimit: { at: 'mail', code: 550, enhanced: null, text: 'Ip frequency limited [Blocked IP {client}]. http://service.mail.qq.com/cgi-bin/help?subtype=1&&id=20022&&no=1000725' },
    connections: { at: 'greeting', code: 550, enhanced: null, text: 'Connection frequency limited [Blocked IP {client}]. http://service.mail.qq.com/cgi-bin/help?subtype=1&&id=20022&&no=1000722', close: true },
    perconnection: { at: 'mail', code: 550, enhanced: null, text: 'Sender frequency limited.', close: true },
    blockedsender: { at: 'rcpt', code: 550, enhanced: null, text: 'Mail is rejected by recipients' },
  },
};

/** Providers of Asia: Yahoo! JAPAN, QQ, NetEase, Netvigator. Some say with a 5xx that it is too much at once. */
import { HOUR, MINUTE, type Profile } from './profile.ts';

const yahooJapan: Profile = {
  key: 'yahoo-japan', label: 'Yahoo! JAPAN',
  hosts: ['.yahoo.co.jp'],
  shared: 'site', limits: { connections: 2, messagesPerConnection: 20, rate: { messages: 10, perMs: 1_000, burst: 1 } }, tls: 'offered',
  rules: [
    {
      id: 'yahoo-japan.vs98', says: ['vs98-ip0', 'deferred'], times: 2, act: 'pause', lasts: HOUR,
      samples: ['451 VS98-IP0 deferred - see https://support.yahoo-net.jp/PccMail/s/article/H000009859'],
      others: ['451 VS97-IP0 try again'],
    },
    {
      id: 'yahoo-japan.tss04', codes: [421], says: ['[tss04]'], times: 2, act: 'pause', lasts: HOUR,
      samples: ['421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to user complaints'],
      others: ['421 4.7.0 [TS02] Messages from 192.0.2.1 temporarily deferred'],
    },
    {
      id: 'yahoo-japan.ipts04', codes: [421], says: ['[ipts04]'], times: 2, act: 'pause', lasts: HOUR,
      samples: ['421 [IPTS04] Messages from 192.0.2.1 temporarily deferred due to user complaints'],
      others: ['421 [IPTS03] Messages from 192.0.2.1 temporarily deferred'],
    },
    {
      id: 'yahoo-japan.timeout', says: ['timeout waiting for command'], times: 2, act: 'pause', lasts: 30 * MINUTE,
      samples: ['421 Timeout waiting for command'],
      others: ['421 4.4.2 Timeout while waiting for the message'],
    },
  ],
};

const frequency = (what: string): Profile['rules'][number] => ({
  id: `qq.${what.toLowerCase()}-frequency`, codes: [550], says: [`${what.toLowerCase()} frequency limited`], times: 5, act: 'pause', lasts: HOUR,
  samples: [`550 ${what} frequency limited [Blocked IP 192.0.2.1]. http://service.mail.qq.com/cgi-bin/help?subtype=1&&id=20022&&no=1000725`],
  others: ['550 Mailbox not found. http://service.exmail.qq.com/cgi-bin/help?subtype=1&&id=20022&&no=1000728', `450 ${what} frequency limited`],
});

const qq: Profile = {
  key: 'qq', label: 'QQ Mail',
  hosts: ['.qq.com'],
  shared: 'site', limits: { connections: 4, messagesPerConnection: 8 }, tls: 'always',
  rules: [
    ...['Sender', 'Ip', 'Connection', 'Domain'].map(frequency),
    {
      id: 'qq.content', codes: [550], says: ['mail content denied'], times: 5, act: 'pause', lasts: HOUR,
      samples: ['550 Mail content denied. http://service.exmail.qq.com/cgi-bin/help?subtype=1&&id=20022&&no=1000726'],
      others: ['550 Mail is rejected by recipients'],
    },
  ],
};

const netease: Profile = {
  key: 'netease', label: 'NetEase (163.com, 126.com)',
  hosts: ['.netease.com'],
  shared: 'site', limits: { connections: 4, messagesPerConnection: 7 }, tls: 'always',
  rules: [
    {
      id: 'netease.spam-for-now', codes: [451], says: ['dt:spm'], times: 5, act: 'pause', lasts: 15 * MINUTE,
      samples: ['451 DT:SPM mx1, please try again'],
      others: ['554 DT:SPM mx10, http://mail.163.com/help/help_spam_16.htm'],
    },
    {
      id: 'netease.connections', codes: [421], says: ['too many connections'], times: 2, act: { connections: 1 }, lasts: HOUR,
      samples: ['421 Too many connections'],
      others: ['554 HL:ITC gzga2-smtp, too many messages'],
    },
    {
      id: 'netease.spam', codes: [554], says: ['dt:spm'], times: 2, act: { connections: 1 }, lasts: HOUR,
      samples: ['554 DT:SPM mx10, http://mail.163.com/help/help_spam_16.htm'],
      others: ['451 DT:SPM mx1, please try again'],
    },
    {
      id: 'netease.recipients', codes: [550], says: ['rp:orq'], times: 2, act: 'pause', lasts: HOUR,
      samples: ['550 RP:ORQ http://mail.163.com/help/help_spam_16.htm'],
      others: ['550 RP:CEL http://mail.163.com/help/help_spam_16.htm'],
    },
    {
      id: 'netease.day', codes: [554], says: ['hl:itc'], times: 2, act: 'pause', lasts: HOUR,
      samples: ['554 HL:ITC mx3, daily limit of messages, http://mail.163.com/help/help_spam_16.htm'],
      others: ['554 HL:IHU mx3, http://mail.163.com/help/help_spam_16.htm'],
    },
  ],
};

const netvigator: Profile = {
  key: 'netvigator', label: 'Netvigator',
  hosts: ['.netvigator.com'],
  shared: 'all', limits: { connections: 5, messagesPerConnection: 10 }, tls: 'always',
  rules: [
    {
      id: 'netvigator.session', says: ['too many messages for this session'], times: 3, act: 'pause', lasts: 30 * MINUTE,
      samples: ['452 4.3.0 Too many messages for this session'],
      others: ['452 4.5.3 Too many recipients for this message'],
    },
  ],
};

export const ASIA: readonly Profile[] = [yahooJapan, qq, netease, netvigator];

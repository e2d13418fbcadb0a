/**
 * Google, Microsoft, Yahoo, Apple, Comcast. Limits are what their pages for
 * senders say, where they say something; what the replies lead to is what
 * large senders found to work.
 */
import { HOUR, MINUTE, perMinute, type Profile, type ProfileRule } from './profile.ts';

const google: Profile = {
  key: 'google', label: 'Gmail and Google Workspace',
  hosts: ['.google.com', '.googlemail.com'],
  shared: 'all', limits: { connections: 5, messagesPerConnection: 50 }, tls: 'always', failures: 5,
  rules: [
    {
      id: 'google.unusual-rate', says: ['our system has detected an unusual rate'], times: 2, act: { rate: perMinute(10) }, lasts: 30 * MINUTE,
      samples: ['421 4.7.28 [192.0.2.1 15] Our system has detected an unusual rate of unsolicited mail originating from your IP address. To protect our users from spam, mail sent from your IP address has been temporarily rate limited. - gsmtp'],
      others: ['550 5.7.1 [192.0.2.1] Our system has detected that this message is likely unsolicited mail. - gsmtp'],
    },
    {
      id: 'google.suspicious', says: ['our system has detected that this message'], times: 5, act: 'pause', lasts: HOUR,
      samples: ['550 5.7.1 [192.0.2.1 12] Our system has detected that this message is\nlikely unsolicited mail. To reduce the amount of spam sent to Gmail,\nthis message has been blocked. - gsmtp'],
      others: ['421 4.7.28 Our system has detected an unusual rate of unsolicited mail', '421 4.7.28 Gmail has detected this message exceeded its quota for sending messages with the same Message-ID:.'],
    },
  ],
};

const microsoftRules = (key: string): readonly ProfileRule[] => [
  {
    id: `${key}.block-list`, says: ['unfortunately', 'part of their network is on our block list'], times: 5, act: 'pause', lasts: 2 * HOUR,
    samples: ["550 5.7.1 Unfortunately, messages from [192.0.2.1] weren't sent. Please contact your Internet service provider since part of their network is on our block list (S3150)."],
    others: ['550 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using our block list'],
  },
  {
    id: `${key}.later`, says: ['access denied, please try again later'], times: 5, act: 'pause', lasts: HOUR,
    samples: ['451 4.7.550 Access denied, please try again later (S2017072101)'],
    others: ['550 5.4.1 Recipient address rejected: Access denied. AS(201806281)'],
  },
  {
    id: `${key}.error`, says: ['temporary server error. please try again later'], times: 5, act: 'pause', lasts: HOUR,
    samples: ['451 4.7.0 Temporary server error. Please try again later. PRX6'],
    others: ['451 4.3.0 Temporary server error, requeued'],
  },
  {
    id: `${key}.busy-for-long`, says: ['server busy. please try again later'], times: 5, act: 'pause', lasts: 30 * MINUTE,
    samples: ['451 4.7.500 Server busy. Please try again later from [192.0.2.2]. (AS77712344)'],
    others: ['451 4.3.2 The system is busy, please try again'],
  },
  {
    id: `${key}.busy`, says: ['server busy. please try again later'], times: 3, act: { rate: perMinute(1) }, lasts: 15 * MINUTE,
    samples: ['451 4.7.500 Server busy. Please try again later from [192.0.2.2]. (AS77712344)'],
    others: ['451 4.3.2 The system is busy, please try again'],
  },
  {
    id: `${key}.rate-limited`, says: ['the mail server', 'has been temporarily rate limited'], times: 3, act: 'pause', lasts: 30 * MINUTE,
    samples: ['451 4.7.651 The mail server [192.0.2.1] has been temporarily rate limited due to IP reputation. For e-mail delivery information, see https://postmaster.live.com (S3114)'],
    others: ['451 4.7.1 The mail server is temporarily out of order'],
  },
  {
    id: `${key}.connections`, says: ['exceeded the maximum number of connections'], times: 2, act: { connections: 1 }, lasts: HOUR,
    samples: ['421 RP-001 (SNT004-MC1F13) Unfortunately, some messages from 192.0.2.1 weren\'t sent. The mail server IP connecting to Outlook.com server has exceeded the maximum number of connections allowed.'],
    others: ['421 RP-003 The mail server IP connecting to Outlook.com server has exceeded maximum number of messages per connection.'],
  },
  {
    id: `${key}.concurrent`, says: ['connection refused from', 'due to exceed max concurrent connections', 'ib007'], times: 2, act: { connections: 1 }, lasts: HOUR,
    samples: ['421 Connection refused from 192.0.2.1 due to exceed max concurrent connections. IB007'],
    others: ['421 Connection refused from 192.0.2.1. IB103'],
  },
  {
    id: `${key}.per-connection`, says: ['exceeded maximum number of messages per connection'], times: 2, act: { messagesPerConnection: 2 }, lasts: HOUR,
    samples: ['421 RP-003 (BAY004-MC2F28) The mail server IP connecting to Outlook.com server has exceeded maximum number of messages per connection.'],
    others: ['421 RP-001 The mail server IP connecting to Outlook.com server has exceeded the maximum number of connections allowed.'],
  },
];

const microsoft: Profile = {
  key: 'microsoft', label: 'Outlook.com and Hotmail',
  hosts: ['.olc.protection.outlook.com'],
  shared: 'all', limits: { connections: 5, messagesPerConnection: 50 }, tls: 'offered', rules: microsoftRules('microsoft'),
};

/** Each customer has a host name of its own there, so that nothing but the provider as a whole can be limited. */
const microsoft365: Profile = {
  key: 'microsoft365', label: 'Microsoft 365',
  hosts: ['.mail.protection.outlook.com', '.mx.microsoft'],
  shared: 'all', limits: { connections: 5, messagesPerConnection: 50 }, tls: 'offered', rules: microsoftRules('microsoft365'),
};

const yahoo: Profile = {
  key: 'yahoo', label: 'Yahoo and AOL',
  hosts: ['.yahoodns.net'],
  shared: 'site', limits: { messagesPerConnection: 20 }, tls: 'offered',
  rules: [
    {
      id: 'yahoo.ts02', says: ['[ts02]'], times: 3, act: { rate: perMinute(1) }, lasts: 30 * MINUTE,
      samples: ['421 4.7.0 [TS02] Messages from 192.0.2.1 temporarily deferred due to user complaints - 4.16.56.1; see https://postmaster.yahooinc.com/error-codes'],
      others: ['421 4.7.1 [TS03] All messages from 192.0.2.1 will be permanently deferred; Retrying will NOT succeed.'],
    },
    {
      id: 'yahoo.ts03', says: ['[ts03]'], times: 3, act: { rate: perMinute(10) }, lasts: 30 * MINUTE,
      samples: ['421 4.7.1 [TS03] All messages from 192.0.2.1 will be permanently deferred; Retrying will NOT succeed. See https://postmaster.yahooinc.com/error-codes'],
      others: ['421 4.7.0 [TS02] Messages from 192.0.2.1 temporarily deferred due to user complaints'],
    },
    {
      id: 'yahoo.ts04', says: ['[ts04]'], act: 'pause', lasts: 2 * HOUR,
      samples: ['421 4.7.0 [TS04] Messages from 192.0.2.1 temporarily deferred due to user complaints - 4.16.55.1'],
      others: ['421 4.7.0 [TS02] Messages from 192.0.2.1 temporarily deferred'],
    },
    {
      id: 'yahoo.tss04', codes: [421], says: ['[tss04]'], times: 2, act: 'pause', lasts: 2 * HOUR,
      samples: ['421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to unexpected volume or user complaints - 4.16.55.1; see https://postmaster.yahooinc.com/error-codes'],
      others: ['421 4.7.0 [TSS05] Messages from 192.0.2.1 temporarily deferred'],
    },
    {
      id: 'yahoo.ipts04', codes: [421], says: ['[ipts04]'], times: 2, act: 'pause', lasts: 2 * HOUR,
      samples: ['421 [IPTS04] Messages from 192.0.2.1 temporarily deferred due to unexpected volume or user complaints - 4.16.55.1'],
      others: ['421 [IPTS05] Messages from 192.0.2.1 temporarily deferred'],
    },
    {
      id: 'yahoo.tss05', codes: [421], says: ['[tss05]'], times: 2, act: 'pause', lasts: 4 * HOUR,
      samples: ['421 4.7.0 [TSS05] Messages from 192.0.2.1 temporarily deferred due to unexpected volume or user complaints - 4.16.55.1'],
      others: ['421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred'],
    },
    {
      id: 'yahoo.ipts05', codes: [421], says: ['[ipts05]'], times: 2, act: 'pause', lasts: 4 * HOUR,
      samples: ['421 [IPTS05] Messages from 192.0.2.1 temporarily deferred due to unexpected volume or user complaints - 4.16.55.1'],
      others: ['421 [IPTS04] Messages from 192.0.2.1 temporarily deferred'],
    },
    {
      id: 'yahoo.block-list', codes: [553], says: ['5.7.1 [bl'], times: 5, act: 'pause', lasts: 2 * HOUR,
      samples: ["553 5.7.1 [BL21] Connections will not be accepted from 192.0.2.1, because the ip is in Spamhaus's list; see http://postmaster.yahoo.com/550-bl23.html"],
      others: ['554 5.7.1 BL000010 found on one or more DNSBLs'],
    },
    {
      id: 'yahoo.per-connection', says: ['max message per connection reached, closing transmission channel'], times: 3, act: { rate: perMinute(10) }, lasts: HOUR,
      samples: ['421 Max message per connection reached, closing transmission channel'],
      others: ['421 4.3.2 Service shutting down, closing transmission channel'],
    },
  ],
};

const apple: Profile = {
  key: 'apple', label: 'iCloud',
  hosts: ['.icloud.com'],
  shared: 'all', limits: { connections: 10, messagesPerConnection: 5 }, tls: 'offered',
  rules: [
    {
      id: 'apple.unavailable', says: ['service unavailable - try again later'], times: 5, act: 'pause', lasts: 15 * MINUTE,
      samples: ['451 4.7.1 Service unavailable - try again later'],
      others: ['554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked'],
    },
    {
      id: 'apple.bs02', says: ['[bs02] temporary server error.'], times: 5, act: 'pause', lasts: 15 * MINUTE,
      samples: ['451 4.7.0 [BS02] Temporary server error. Please try again later.'],
      others: ['451 4.7.0 [BS01] Temporary server error.'],
    },
    {
      id: 'apple.hcm1', says: ['[hcm1] your mail from', 'was deferred'], times: 3, act: 'pause', lasts: 15 * MINUTE,
      samples: ['421 4.7.0 [HCM1] Your mail from 192.0.2.1 was deferred'],
      others: ['421 4.7.1 Messages to ann@icloud.test deferred due to excessive volume. Try again later'],
    },
    {
      id: 'apple.spamhaus', says: ['domain present in the spamhaus dbl'], times: 3, act: 'pause', lasts: 4 * HOUR,
      samples: ['550 5.7.1 Your email was rejected due to having a domain present in the Spamhaus DBL -- see https://www.spamhaus.org/dbl/'],
      others: ['550 5.7.1 Mail from IP 192.0.2.1 was rejected due to listing in Spamhaus SBL.'],
    },
  ],
};

const comcast: Profile = {
  key: 'comcast', label: 'Comcast',
  hosts: ['.comcast.net'],
  shared: 'site', limits: { connections: 25, messagesPerConnection: 1_000 }, tls: 'always', failures: 24,
  rules: [
    {
      id: 'comcast.rl000010', says: ['rl000010'], act: 'pause', lasts: 5 * MINUTE,
      samples: ['421 4.1.0 192.0.2.1 Throttled - try again later. Please see http://postmaster.comcast.net/smtp-error-codes.php#RL000010'],
      others: ['421 4.1.0 192.0.2.1 Throttled. Please see http://postmaster.comcast.net/smtp-error-codes.php#RL000001'],
    },
    {
      id: 'comcast.rl', says: ['rl0000'], times: 2, act: { connectionRate: { connections: 10_000, perMs: HOUR, burst: 1 } }, lasts: 2 * HOUR,
      samples: ['421 4.1.0 192.0.2.1 Throttled. Please see http://postmaster.comcast.net/smtp-error-codes.php#RL000001'],
      others: ['554 comcast 192.0.2.1 found on one or more DNSBLs, see http://postmaster.comcast.net/smtp-error-codes.php#BL000010'],
    },
  ],
};

export const GLOBAL: readonly Profile[] = [google, microsoft, microsoft365, yahoo, apple, comcast];

/** Providers of Europe: GMX and WEB.DE, mail.com, Orange, KPN. */
import { HOUR, MINUTE, perMinute, type Profile } from './profile.ts';

const gmx: Profile = {
  key: 'gmx', label: 'GMX and WEB.DE',
  hosts: ['.gmx.net', '.web.de'],
  shared: 'site', limits: { connections: 4, messagesPerConnection: 20 }, tls: 'always', failures: 5,
  rules: [
    {
      id: 'gmx.connections', says: ['too many connections'], times: 3, act: { connections: 1 }, lasts: 30 * MINUTE,
      samples: ['421 Too many connections', '421-gmx.net (mxgmx115) Nemesis ESMTP Service not available\n421-Service closing transmission channel\n421 Too many connections'],
      others: ['421 gmx.net (mxgmx115) Nemesis ESMTP Service not available'],
    },
    {
      id: 'gmx.violations', says: ['reject due to policy violations.'], times: 5, act: 'pause', lasts: HOUR,
      samples: ['550 Requested action not taken: mailbox unavailable\nReject due to policy violations.'],
      others: ['550 <ann@gmx.test>: Reject due to policy restrictions (header based)'],
    },
    {
      id: 'gmx.restrictions-for-good', codes: [554], says: ['reject due to policy restrictions.'], times: 5, act: 'pause', lasts: 2 * HOUR,
      samples: ['554 Transaction failed\nReject due to policy restrictions.'],
      others: ['421 Service not available\nReject due to policy restrictions.'],
    },
    {
      id: 'gmx.restrictions', says: ['reject due to policy restrictions.'], times: 5, act: { rate: perMinute(1) }, lasts: HOUR,
      samples: ['421 Service not available\nReject due to policy restrictions.', '554 Transaction failed\nReject due to policy restrictions.'],
      others: ['550 <ann@gmx.test>: Reject due to SPF policy.'],
    },
  ],
};

const mailCom: Profile = {
  key: 'mail.com', label: 'mail.com',
  hosts: ['.mail.com'],
  shared: 'site', limits: { messagesPerConnection: 100 }, tls: 'offered', rules: [],
};

const orange: Profile = {
  key: 'orange', label: 'Orange',
  hosts: ['.orange.fr'],
  shared: 'all', limits: { connections: 2, messagesPerConnection: 100 }, tls: 'always',
  rules: [
    {
      id: 'orange.connections', says: ['trop de connexions'], times: 2, act: { connections: 1 }, lasts: HOUR,
      samples: ['421 mwinf5c04 ME Trop de connexions, veuillez verifier votre configuration. Too many connections, slow down. OFR004_104 [104]'],
      others: ['421 mwinf5c04 ME Service temporairement indisponible'],
    },
    {
      id: 'orange.refused', says: ['service refuse'], times: 2, act: 'pause', lasts: HOUR,
      samples: ['421 mwinf5c10 ME Service refuse. Veuillez essayer plus tard. Service refused, please try later. OFR004_999 [999]'],
      others: ['550 5.1.1 Adresse d au moins un destinataire invalide. Invalid recipient. OFR_416 [416]'],
    },
    {
      id: 'orange.cloudmark', says: ['client host blocked for spamming issues', 'cloudmark'], times: 5, act: 'pause', lasts: 2 * HOUR,
      samples: ['550 5.7.1 Client host blocked for spamming issues. OFR006_102 Ref https://csi.cloudmark.com/reset-request/?ip=192.0.2.1 [102]'],
      others: ['550 5.7.1 Client host blocked for spamming issues. OFR006_103'],
    },
    {
      id: 'orange.spamhaus', says: ['client host blocked for spamming issues', 'spamhaus'], times: 5, act: 'pause', lasts: 2 * HOUR,
      samples: ['550 5.7.1 Client host blocked for spamming issues. OFR006_104 Ref http://www.spamhaus.org/query/bl?ip=192.0.2.1 [104]'],
      others: ['550 5.7.1 Client host blocked for spamming issues. OFR006_103'],
    },
  ],
};

const kpn: Profile = {
  key: 'kpn', label: 'KPN',
  hosts: ['.kpnmail.nl'],
  shared: 'site', limits: { connections: 10, messagesPerConnection: 10 }, tls: 'always', rules: [],
};

export const EUROPE: readonly Profile[] = [gmx, mailCom, orange, kpn];

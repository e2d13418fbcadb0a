/** Filters that stand before other people's mail, and a relay that mail may be handed to. */
import { MINUTE, type Profile } from './profile.ts';

/** Its regions know nothing of each other. */
const mimecast: Profile = {
  key: 'mimecast', label: 'Mimecast',
  hosts: ['.mimecast.com', '.mimecast.co.za', '.mimecast-offshore.com'],
  shared: 'site', limits: { connections: 10, messagesPerConnection: 100 }, tls: 'offered',
  rules: [
    {
      id: 'mimecast.unavailable', says: ['internal resource temporarily unavailable'], times: 3, act: 'pause', lasts: 30 * MINUTE,
      samples: ['451 Internal resource temporarily unavailable - https://community.mimecast.com/docs/DOC-1369#451'],
      others: ['451 Account service is temporarily unavailable'],
    },
  ],
};

const barracuda: Profile = {
  key: 'barracuda', label: 'Barracuda',
  hosts: ['.barracudanetworks.com'],
  shared: 'all', limits: { connections: 10, messagesPerConnection: 15 }, tls: 'always', rules: [],
};

const mailgun: Profile = {
  key: 'mailgun', label: 'Mailgun, as a relay',
  hosts: ['smtp.mailgun.com', 'smtp.mailgun.org', 'smtp.eu.mailgun.org'],
  shared: 'site', limits: { connections: 7_000, messagesPerConnection: 3 }, tls: 'offered', rules: [],
};

export const GATEWAYS: readonly Profile[] = [mimecast, barracuda, mailgun];

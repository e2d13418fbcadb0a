/** No provider: everything that any of them insists on, at once. What passes here passes everywhere. */
import type { Persona } from '../../../sdk/contract.ts';

export const strict: Persona = {
  name: 'strict', label: 'Strict',
  note: 'No real provider: TLS required, greylisting, small limits, as the strictest sites have them.',
  domains: ['strict.test'],
  banner: '{host} ESMTP',
  size: 10_485_760,
  requiresTls: true,
  limits: { connections: 2, messagesPerConnection: 5, recipientsPerMessage: 10, messages: { most: 60, per: '1m' } },
  greylist: { wait: '5m' },
  replies: {
    full: { at: 'rcpt', code: 552, enhanced: '5.2.2', text: '<{recipient}>: Recipient address rejected: Quota exceeded (mailbox for user is full)' },
    ptr: { at: 'greeting', code: 554, enhanced: '5.7.25', text: '{host} Client host rejected: cannot find your reverse hostname, [{client}]' },
    blocklist: { at: 'greeting', code: 554, enhanced: '5.7.1', text: '{host} Service unavailable; Client host [{client}] blocked using zen.spamhaus.org; https://www.spamhaus.org/query/ip/{client}' },
  },
};

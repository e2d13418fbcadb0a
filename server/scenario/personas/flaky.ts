/** No provider: a site on a bad day. All of it by the seeded chance, so a run that failed fails again. */
import type { Persona } from '../../../sdk/contract.ts';

export const flaky: Persona = {
  name: 'flaky', label: 'Flaky',
  note: 'No real provider: a site on a bad day. About one attempt in four fails for a while, none for ever.',
  domains: ['flaky.test'],
  banner: '{host} ESMTP',
  size: 52_428_800,
  replies: {},
  rules: [
    { id: 'refused', what: { fault: 'refused' }, often: { probability: 0.02 } },
    { id: 'busy-greeting', what: { at: 'greeting', reply: { code: 421, enhanced: '4.3.2', text: '{host} Service not available, closing transmission channel' } }, often: { probability: 0.03 } },
    { id: 'slow', what: { at: 'rcpt', delay: '5s' }, often: { probability: 0.05 } },
    { id: 'busy', what: { at: 'rcpt', reply: { code: 451, enhanced: '4.3.0', text: '<{recipient}>: Temporary lookup failure' } }, often: { probability: 0.1 } },
    { id: 'disconnect', what: { at: 'body', fault: 'disconnect' }, often: { probability: 0.03 } },
    { id: 'lost-reply', what: { at: 'body', fault: 'disconnect-after-dot' }, often: { probability: 0.01 } },
    { id: 'full-disk', what: { at: 'body', reply: { code: 452, enhanced: '4.3.1', text: 'Insufficient system resources' } }, often: { probability: 0.05 } },
  ],
};

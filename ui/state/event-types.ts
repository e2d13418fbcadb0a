/** The kinds of event, as a person looks for them. Pure; the compiler holds it to the contract. */
import type { PosternEvent } from '../../sdk/contract.ts';

export const EVENT_GROUPS: readonly { name: string; types: readonly PosternEvent['type'][] }[] = [
  { name: 'Recipients', types: ['recipient.delivered', 'recipient.deferred', 'recipient.bounced', 'recipient.expired', 'recipient.suppressed', 'recipient.cancelled', 'recipient.held', 'recipient.released'] },
  { name: 'What came back', types: ['bounce.received', 'complaint.received', 'autoreply.received', 'delay.received', 'unsubscribe.received'] },
  { name: 'Suppressions', types: ['suppression.added', 'suppression.removed'] },
  { name: 'Going out', types: ['stream.mode', 'message.released', 'canary.approved', 'preflight.changed', 'alert.rate'] },
  { name: 'Messages', types: ['message.captured', 'message.parsed', 'message.updated', 'messages.deleted'] },
  { name: 'Queue', types: ['site.paused', 'site.resumed', 'site.pace', 'site.rule', 'stream.paused', 'stream.resumed', 'alert.queue-age'] },
  { name: 'Stream', types: ['stream.created', 'stream.updated', 'stream.deleted', 'inbox.created', 'clock.advanced', 'scenario.changed', 'scenario.reset'] },
  { name: 'Hooks', types: ['hook.disabled', 'hook.enabled'] },
];

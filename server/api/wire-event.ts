/** Words events as the wire says them: times become text, answers their wire form, and nothing else changes. */
import type * as wire from '../../sdk/contract.ts';
import type { EventType, PosternEvent } from '../events/event.ts';
import { answerOf } from './wire-delivery.ts';
import { nullableTime, timeOf } from './wire-time.ts';
import { messageOf } from './wire.ts';

/** Every kind, so that a misspelt one can be told. */
export const EVENT_TYPES = Object.keys({
  'message.captured': 1, 'message.parsed': 1, 'message.updated': 1, 'messages.deleted': 1,
  'stream.created': 1, 'stream.updated': 1, 'stream.deleted': 1, 'inbox.created': 1,
  'recipient.delivered': 1, 'recipient.deferred': 1, 'recipient.bounced': 1, 'recipient.expired': 1, 'recipient.suppressed': 1,
  'recipient.cancelled': 1, 'recipient.held': 1, 'recipient.released': 1, 'message.released': 1,
  'bounce.received': 1, 'complaint.received': 1, 'autoreply.received': 1, 'delay.received': 1, 'unsubscribe.received': 1,
  'suppression.added': 1, 'suppression.removed': 1,
  'site.paused': 1, 'site.resumed': 1, 'site.pace': 1, 'stream.paused': 1, 'stream.resumed': 1,
  'site.rule': 1, 'delivery.stopped': 1, 'delivery.started': 1, 'stream.mode': 1, 'canary.approved': 1, 'preflight.changed': 1, 'alert.rate': 1,
  'alert.queue-age': 1, 'clock.advanced': 1, 'scenario.changed': 1, 'scenario.reset': 1, 'hook.disabled': 1, 'hook.enabled': 1,
} satisfies Record<EventType, 1>) as EventType[];

export function eventOf(event: PosternEvent): wire.PosternEvent {
  const at = timeOf(event.at);
  switch (event.type) {
    case 'message.captured': return { ...event, at, summary: messageOf(event.summary) };
    case 'recipient.delivered': case 'recipient.bounced': return { ...event, at, time: timeOf(event.time), answer: answerOf(event.answer) };
    case 'recipient.deferred': return { ...event, at, time: timeOf(event.time), answer: answerOf(event.answer), nextDue: timeOf(event.nextDue) };
    case 'recipient.expired': {
      const { answer, ...rest } = event;
      return { ...rest, at, time: timeOf(event.time), ...(answer ? { answer: answerOf(answer) } : {}) };
    }
    case 'recipient.suppressed': case 'recipient.cancelled': case 'recipient.held': case 'recipient.released':
    case 'bounce.received': case 'complaint.received': case 'autoreply.received': case 'delay.received': case 'unsubscribe.received':
      return { ...event, at, time: timeOf(event.time) };
    case 'suppression.added': return { ...event, at, expiresAt: nullableTime(event.expiresAt) };
    case 'site.paused': case 'stream.paused': return { ...event, at, until: nullableTime(event.until) };
    case 'site.rule': return { ...event, at, until: timeOf(event.until) };
    case 'clock.advanced': return { ...event, at, from: timeOf(event.from), to: timeOf(event.to) };
    case 'message.parsed': case 'message.updated': case 'messages.deleted': case 'stream.created': case 'stream.updated': case 'stream.deleted':
    case 'inbox.created': case 'suppression.removed': case 'site.resumed': case 'site.pace': case 'stream.resumed': case 'alert.queue-age':
    case 'scenario.changed': case 'scenario.reset': case 'hook.disabled': case 'hook.enabled':
    case 'message.released': case 'delivery.stopped': case 'delivery.started': case 'stream.mode': case 'canary.approved': case 'preflight.changed': case 'alert.rate':
      return { ...event, at };
  }
}

/**
 * What can be waited for, as a test says it: short names for the kinds of
 * event, and the kinds themselves. `bounced` is both ways in which mail comes
 * back: refused for good at delivery, or returned afterwards.
 */
import type { PosternEvent } from './contract.ts';
import { meant } from './nearest.ts';

export const HAPPENINGS = {
  delivered: ['recipient.delivered'],
  deferred: ['recipient.deferred'],
  bounced: ['recipient.bounced', 'bounce.received'],
  expired: ['recipient.expired'],
  suppressed: ['recipient.suppressed'],
  cancelled: ['recipient.cancelled'],
  held: ['recipient.held'],
  released: ['recipient.released'],
  complaint: ['complaint.received'],
  autoreply: ['autoreply.received'],
  delay: ['delay.received'],
  unsubscribed: ['unsubscribe.received'],
  /** Whatever the end was. */
  ended: ['recipient.delivered', 'recipient.bounced', 'recipient.expired', 'recipient.suppressed', 'recipient.cancelled'],
} as const satisfies Record<string, readonly PosternEvent['type'][]>;

export type Happening = keyof typeof HAPPENINGS | PosternEvent['type'];
/** The events that a name stands for. */
export type EventOf<H extends Happening> = PosternEvent & { type: H extends keyof typeof HAPPENINGS ? (typeof HAPPENINGS)[H][number] : H };

export type EventCriteria<H extends Happening = Happening> = {
  event: H;
  /** Of the verdict: `mailbox_full`. */
  class?: string;
  /** An address, in any case. */
  recipient?: string;
  /** Only what came after this event. */
  after?: number | PosternEvent;
};

export function typesOf(event: unknown): PosternEvent['type'][] {
  if (typeof event === 'string' && Object.hasOwn(HAPPENINGS, event)) return [...HAPPENINGS[event as keyof typeof HAPPENINGS]];
  // Whether there is such a kind is for the server to say: it may be newer.
  if (typeof event === 'string' && event.includes('.')) return [event as PosternEvent['type']];
  throw new TypeError(`There is no event ${JSON.stringify(event)}; they are ${Object.keys(HAPPENINGS).join(', ')}, or a kind like 'recipient.deferred'${meant(event, Object.keys(HAPPENINGS))}`);
}

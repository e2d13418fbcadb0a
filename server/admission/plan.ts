/**
 * Where the recipients of a submission go: nowhere when their stream only
 * captures, else into the queue, on the stream's own clock and by its policy.
 */
import type { Stream } from '../mail/stream.ts';
import type { QueuePlan } from '../queue/port.ts';
import type { Particulars } from './admit.ts';

export type PlanOptions = {
  stream(name: string): Stream | undefined;
  /** Of the stream's clock. */
  now(stream: string): number;
  /** Network.destination of the stream's network. */
  destination(stream: string, address: string): string;
};

export const planner = ({ stream, now, destination }: PlanOptions) => ({ stream: name, envelope, delivery = {} }: Particulars): QueuePlan | undefined => {
  const lane = stream(name);
  if (!lane || lane.mode === 'capture') return undefined;
  const queuedAt = now(name);
  const due = Math.max(delivery.sendAt ?? queuedAt, queuedAt);
  return {
    priority: delivery.priority ?? 'normal',
    queuedAt,
    due,
    // Counted from the first try: what is to be sent next week must not be over before.
    expiresAt: due + (delivery.expiresAfter ?? lane.delivery.expiresAfter),
    destinations: envelope.recipients.map(({ address }) => destination(name, address)),
  };
};

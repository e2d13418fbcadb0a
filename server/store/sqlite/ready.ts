/** Submissions on their way to the writer: as what they cross, and the event that tells of each. On the main thread. */
import type { Submission } from '../../admission/port.ts';
import type { PosternEvent } from '../../events/event.ts';
import { queueItemOf } from './enqueue.ts';
import { capturedFields, fixedOf, type Taken } from './row.ts';
import type { Item, UnitOutcome } from './wire.ts';

export type Ready = {
  submission: Submission; rest: Uint8Array[]; length: number; upload: { id: number; pieces: number } | undefined;
  /** JSON of what only the message itself shows; made when it is packed. */
  detail: string;
};

export const detailOf = ({ envelope, session, metadata }: Submission): string => JSON.stringify({ envelope, session, metadata });

export function itemOf({ submission, length, upload }: Ready, where: Pick<Item, 'start' | 'detailSize' | 'end'>): Item {
  const { id, stream, receivedAt, envelope, header, tags, body } = submission;
  return {
    id, stream, receivedAt,
    size: body.size,
    summary: JSON.stringify(fixedOf(submission)),
    subject: header.subject,
    messageId: header.messageId,
    tags,
    sender: envelope.from,
    recipients: envelope.recipients.map((one) => one.address),
    from: header.from.map((one) => one.address),
    to: header.to.map((one) => one.address),
    cc: header.cc.map((one) => one.address),
    ...where, length,
    ...(upload ? { upload } : {}),
    ...(submission.queue ? { queue: queueItemOf(submission)! } : {}),
  };
}

export function captured(ready: Ready[], { seq, event, queued, events: more = [] }: Extract<UnitOutcome, { kind: 'accepted' }>, at: number, events: PosternEvent[]): void {
  ready.forEach((one, i) => events.push(capturedEvent(one, seq + i, event + i, at, queued?.[i] ?? null)));
  events.push(...more);
}

export function capturedEvent({ submission }: Ready, seq: number, event: number, at: number, taken: Taken | null): PosternEvent {
  const { id, stream, receivedAt, body } = submission;
  return { id: event, at, type: 'message.captured', stream, ...capturedFields({ id, seq, stream, receivedAt, size: body.size, taken }, fixedOf(submission)) };
}

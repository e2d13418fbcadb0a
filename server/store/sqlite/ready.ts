/** Submissions on their way to the writer: as what they cross, and the event that tells of each. On the main thread. */
import type { Submission } from '../../admission/port.ts';
import type { PosternEvent } from '../../events/event.ts';
import type { Mailbox } from '../../mail/message.ts';
import { queueItemOf } from './enqueue.ts';
import { capturedFields, type Fixed, fixedOf, type Taken } from './row.ts';
import type { Item, UnitOutcome } from './wire.ts';

export type Ready = {
  submission: Submission; fixed: Fixed; rest: Uint8Array[]; length: number; upload: { id: number; pieces: number } | undefined;
  /** See detail.ts; made when it is packed. */
  detail: string;
};

export const readyOf = (submission: Submission, { rest, length, upload }: Pick<Ready, 'rest' | 'length' | 'upload'>): Ready =>
  ({ submission, rest, length, upload, fixed: fixedOf(submission), detail: '' });

export function itemOf({ submission, fixed, length, upload }: Ready, { start, detailSize, end }: Pick<Item, 'start' | 'detailSize' | 'end'>): Item {
  const { id, stream, receivedAt, envelope, header, tags, body } = submission;
  return {
    id, stream, receivedAt,
    size: body.size,
    summary: JSON.stringify(fixed),
    subject: header.subject,
    messageId: header.messageId,
    tags,
    sender: envelope.from,
    recipients: fixed.recipients,
    from: header.from.map(addressOf),
    to: header.to.map(addressOf),
    cc: header.cc.map(addressOf),
    start, detailSize, end, length, upload,
    queue: queueItemOf(submission),
  };
}

const addressOf = ({ address }: Mailbox): string => address;

export function captured(ready: Ready[], { seq, event, queued, events: more = [] }: Extract<UnitOutcome, { kind: 'accepted' }>, at: number, events: PosternEvent[]): void {
  ready.forEach((one, i) => events.push(capturedEvent(one, seq + i, event + i, at, queued?.[i] ?? null)));
  events.push(...more);
}

export function capturedEvent({ submission, fixed }: Ready, seq: number, event: number, at: number, taken: Taken | null): PosternEvent {
  const { id, stream, receivedAt, body } = submission;
  return { id: event, at, type: 'message.captured', stream, ...capturedFields({ id, seq, stream, receivedAt, size: body.size, taken }, fixed) };
}

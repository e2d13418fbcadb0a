/**
 * Puts the recipients of a message that was just taken in on their way, in
 * its own transaction. Those whose address is suppressed end here.
 */
import type { Database } from 'better-sqlite3';
import type { Submission } from '../../admission/port.ts';
import type { PosternEvent } from '../../events/event.ts';
import { PRIORITIES } from '../../mail/recipient.ts';
import type { Ledger, StreamBook } from './ledger.ts';
import { STATE, WIDTH } from './recipient-row.ts';
import { suppressionFinder } from './suppress.ts';
import type { Item } from './wire.ts';

/** A QueuePlan as it crosses to the writer, with what else of the envelope a transaction says. */
export type QueueItem = {
  rank: number; queuedAt: number; due: number; expires: number; destinations: string[];
  /** JSON of NOTIFY and ORCPT, for each recipient; empty when none has any. */
  dsn: (string | null)[];
  /** JSON. */
  outgoing: string;
  envid: string | null;
};

export type Outgoing = Pick<Submission['envelope'], 'from' | 'ret' | 'envid' | 'body' | 'smtputf8' | 'requireTls'>;

/** On the main thread. */
export function queueItemOf({ envelope, queue }: Submission): QueueItem | undefined {
  if (!queue) return undefined;
  const { recipients, declaredSize: _declared, ...outgoing } = envelope;
  const plain = recipients.every(({ notify, orcpt }) => notify === undefined && orcpt === undefined);
  return {
    rank: PRIORITIES.indexOf(queue.priority), queuedAt: queue.queuedAt, due: queue.due, expires: queue.expiresAt, destinations: queue.destinations,
    dsn: plain ? [] : recipients.map(({ address: _address, ...dsn }) => (Object.keys(dsn).length === 0 ? null : JSON.stringify(dsn))),
    outgoing: JSON.stringify(outgoing),
    envid: envelope.envid ?? null,
  };
}

export function createEnqueue(db: Database, ledger: Ledger) {
  const insert = db.prepare('INSERT INTO recipients (key, stream, address, destination, state, rank, due, expires, queued_at, dsn) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const mark = db.prepare('UPDATE messages SET queued = ?, outgoing = ?, envid = ? WHERE seq = ?');
  const suppressionOf = suppressionFinder(db);

  /** Inside the transaction of its message. */
  return function enqueue(item: Item, plan: QueueItem, seq: number, stream: StreamBook, at: number, events: PosternEvent[]): number {
    let queued = 0;
    item.recipients.forEach((address, n) => {
      const suppression = suppressionOf(stream, address, plan.queuedAt);
      const state = suppression ? STATE.suppressed : STATE.queued;
      insert.run(seq * WIDTH + n, stream.id, address, plan.destinations[n], state, plan.rank, suppression ? null : plan.due, plan.expires, plan.queuedAt, plan.dsn[n] ?? null);
      if (!suppression) {
        queued++;
        return;
      }
      const { reason, detail } = suppression;
      events.push(ledger.tell(at, { type: 'recipient.suppressed', stream: stream.name, message: item.id, recipient: address, n, time: plan.queuedAt, reason, detail }, seq));
    });
    mark.run(queued, plan.outgoing, plan.envid, seq);
    return queued;
  };
}

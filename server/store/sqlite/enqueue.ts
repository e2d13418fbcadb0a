/**
 * Puts the recipients of a message that was just taken in on their way, in
 * its own transaction. Those whose address is suppressed end here, and those
 * that the gate does not let go are held.
 */
import type { Database } from 'better-sqlite3';
import type { Submission } from '../../admission/port.ts';
import type { PosternEvent } from '../../events/event.ts';
import type { EnvelopeRecipient } from '../../mail/envelope.ts';
import { type Held, PRIORITIES, QUEUE_MODES } from '../../mail/recipient.ts';
import { createFreeze } from './freeze.ts';
import type { Ledger, StreamBook } from './ledger.ts';
import { MODE, STATE, WIDTH } from './recipient-row.ts';
import type { Taken } from './row.ts';
import { suppressionFinder } from './suppress.ts';
import { createTelemetry } from './telemetry.ts';
import type { Item } from './wire.ts';

/** A QueuePlan as it crosses to the writer, with what else of the envelope a transaction says. */
export type QueueItem = {
  mode: number; rank: number; queuedAt: number; due: number; expires: number; destinations: string[];
  /** JSON of NOTIFY and ORCPT, for each recipient; empty when none has any. */
  dsn: (string | null)[];
  /** For each recipient; empty when none is. */
  held: readonly (Held | null)[];
  /** Who gets it, where that is not whom the envelope names. `original` is JSON. */
  instead: { address: string; original: string }[] | null;
  /** JSON. */
  outgoing: string;
  envid: string | null;
};

export type Outgoing = Pick<Submission['envelope'], 'from' | 'ret' | 'envid' | 'body' | 'smtputf8' | 'requireTls'>;

/** On the main thread: what is said of each transaction of it. */
export function outgoingOf({ recipients: _recipients, declaredSize: _declared, ...outgoing }: Submission['envelope']): string {
  return JSON.stringify(outgoing satisfies Outgoing);
}
export function dsnText({ address: _address, ...dsn }: EnvelopeRecipient): string | null {
  return Object.keys(dsn).length === 0 ? null : JSON.stringify(dsn);
}

/** On the main thread. */
export function queueItemOf({ envelope, queue }: Submission): QueueItem | undefined {
  if (!queue) return undefined;
  const { recipients } = envelope;
  const plain = queue.instead !== undefined || recipients.every(({ notify, orcpt }) => notify === undefined && orcpt === undefined);
  return {
    mode: MODE[queue.mode], rank: PRIORITIES.indexOf(queue.priority), queuedAt: queue.queuedAt, due: queue.due, expires: queue.expiresAt, destinations: queue.destinations,
    dsn: plain ? [] : recipients.map(dsnText),
    held: queue.held?.some((one) => one !== null) ? queue.held : [],
    instead: queue.instead ? queue.instead.map(({ address, original }) => ({ address, original: JSON.stringify(original) })) : null,
    outgoing: outgoingOf(envelope),
    envid: envelope.envid ?? null,
  };
}

/** One recipient on its way; `key` is where it is kept. `dsn`, `original`: JSON. */
export type Placed = { key: number; message: string; seq: number; address: string; destination: string; dsn: string | null; held: Held | null; original: string | null };

/** Puts a recipient in its row and tells what is to be told of it; answers what it is now. Inside a transaction. */
export function createPlace(db: Database, ledger: Ledger) {
  const insert = db.prepare('INSERT INTO recipients (key, stream, mode, address, destination, state, rank, due, expires, queued_at, dsn, held, kept_back, original) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const suppressionOf = suppressionFinder(db);
  const telemetry = createTelemetry(db, ledger);

  return function place({ key, message, seq, address, destination, dsn, held, original }: Placed, plan: Pick<QueueItem, 'mode' | 'rank' | 'queuedAt' | 'due' | 'expires'>, stream: StreamBook, at: number, events: PosternEvent[]): keyof Taken {
    // One that ends before it is due is no matter of this mail; it is asked once more before each attempt.
    const suppression = suppressionOf(stream, QUEUE_MODES[plan.mode]!, address, plan.due);
    const state = suppression ? 'suppressed' : held ? 'held' : 'queued';
    insert.run(key, stream.id, plan.mode, address, destination, STATE[state], plan.rank, suppression ? null : plan.due, plan.expires, plan.queuedAt, dsn, state === 'held' ? JSON.stringify(held) : null, state === 'queued' ? 0 : 1, original);
    const of = { stream: stream.name, message, recipient: address, n: key % WIDTH, time: plan.queuedAt };
    if (suppression) {
      events.push(ledger.tell(at, { type: 'recipient.suppressed', ...of, reason: suppression.reason, detail: suppression.detail }, seq));
      telemetry.suppressed({ stream: stream.id, mode: plan.mode }, at);
    } else if (held) events.push(ledger.tell(at, { type: 'recipient.held', ...of, by: 'gate', ...held }, seq));
    return state;
  };
}

export function createEnqueue(db: Database, ledger: Ledger) {
  const mark = db.prepare('UPDATE messages SET queued = ?, outgoing = ?, envid = ? WHERE seq = ?');
  const place = createPlace(db, ledger);
  const freeze = createFreeze(db);

  /** Inside the transaction of its message, whose event is told already. */
  return function enqueue(item: Item, plan: QueueItem, made: { seq: number; event: number }, stream: StreamBook, at: number, events: PosternEvent[]): Taken {
    const { seq } = made;
    const taken: Taken = { queued: 0, held: 0, suppressed: 0 };
    const those = plan.instead ?? item.recipients.map((address) => ({ address, original: null }));
    those.forEach(({ address, original }, n) => {
      taken[place({ key: seq * WIDTH + n, message: item.id, seq, address, destination: plan.destinations[n]!, dsn: plan.dsn[n] ?? null, held: plan.held[n] ?? null, original }, plan, stream, at, events)]++;
    });
    mark.run(taken.queued + taken.held, plan.outgoing, plan.envid, seq);
    if (plan.instead || taken.held > 0) freeze({ id: item.id, seq, stream: item.stream, receivedAt: item.receivedAt, size: item.size, event: made.event, queued: null, fixed: item.summary }, taken);
    return taken;
  };
}

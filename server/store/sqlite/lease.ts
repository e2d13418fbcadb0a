/**
 * Hands out what is due: the urgent first, then by due time, whole messages
 * as far as one site goes. What is handed out is `active`, on disk, before
 * anybody tries it: so after a crash it is known what may have been delivered.
 */
import type { Database } from 'better-sqlite3';
import { PRIORITIES, QUEUE_MODES, type QueueMode } from '../../mail/recipient.ts';
import type { Suppression } from '../../mail/suppression.ts';
import type { LaneDue, LeaseQuery, QueueStore } from '../../queue/port.ts';
import type { Ledger, StreamBook } from './ledger.ts';
import { DUE, IN_MODE, keysOf, MODE, OWN_COLUMNS, type RecipientRow, seqOf, STATE, WAITING } from './recipient-row.ts';
import type { RideContext } from './rides.ts';
import { suppressionFinder } from './suppress.ts';

export type LeasedRow = RecipientRow & { suppressed: Suppression | null };
/** As it crosses threads: JSON as text. */
export type LeasedMail = { seq: number; id: string; size: number; messageId: string; tags: string; outgoing: string; recipients: LeasedRow[] };
export type LeaseRows = { messages: LeasedMail[]; left: LaneDue[] };

type Picked = { key: number; due: number };

export function createLease(db: Database, ledger: Ledger) {
  const head = db.prepare(`SELECT key, due FROM recipients WHERE stream = ? AND ${IN_MODE} AND destination = ? AND rank = ? AND ${DUE} ORDER BY due LIMIT 1`);
  const dueIn = db.prepare(`SELECT key, due FROM recipients WHERE stream = ? AND ${IN_MODE} AND destination = ? AND rank = ? AND ${DUE} AND due <= ? ORDER BY due, state, key LIMIT ?`);
  // NOT INDEXED leaves the key: the recipients of one message lie side by side.
  const ofMessage = db.prepare(`SELECT ${OWN_COLUMNS} FROM recipients r NOT INDEXED WHERE r.key >= ? AND r.key < ? AND r.${DUE} AND r.due <= ? AND r.${IN_MODE} ORDER BY r.key`);
  const overdue = db.prepare(`SELECT ${OWN_COLUMNS} FROM recipients r WHERE r.stream = ? AND r.${IN_MODE} AND r.expires <= ? AND r.${WAITING} AND r.state <> 1 ORDER BY r.expires LIMIT ?`);
  const message = db.prepare('SELECT seq, id, size, message_id AS messageId, tags, outgoing FROM messages WHERE seq = ?');
  const seqById = db.prepare('SELECT seq FROM messages WHERE id = ? AND stream = ?').pluck();
  const activate = db.prepare(`UPDATE recipients SET state = ${STATE.active}, due = coalesce(due, expires) WHERE key = ?`);
  const suppressionOf = suppressionFinder(db);

  /** Seqs of the next messages. The first due ones of `most` lanes are among the first due of all, so no more lanes are looked into. */
  function pick(stream: StreamBook, { destinations, mode, now, messages: most }: LeaseQuery): Set<number> {
    const seqs = new Set<number>();
    for (let rank = 0; rank < PRIORITIES.length && seqs.size < most; rank++) {
      let lanes: readonly string[] = destinations;
      if (lanes.length > most) {
        const heads: { lane: string; due: number }[] = [];
        for (const lane of lanes) {
          const first = head.get(stream.id, MODE[mode], lane, rank) as Picked | undefined;
          if (first && first.due <= now) heads.push({ lane, due: first.due });
        }
        lanes = heads.sort((a, b) => a.due - b.due).slice(0, most).map(({ lane }) => lane);
      }
      const found = lanes.flatMap((lane) => dueIn.all(stream.id, MODE[mode], lane, rank, now, most) as Picked[]);
      if (lanes.length > 1) found.sort((a, b) => a.due - b.due || a.key - b.key);
      for (const { key } of found) {
        if (seqs.size >= most) break;
        seqs.add(seqOf(key));
      }
    }
    return seqs;
  }

  function narrowed(stream: StreamBook, { key, message: id }: NonNullable<LeaseQuery['only']>): number[] {
    if (key !== undefined) return [seqOf(key)];
    const seq = seqById.get(id, stream.id) as number | undefined;
    return seq === undefined ? [] : [seq];
  }

  function hand(stream: StreamBook, row: RecipientRow, now: number): LeasedRow {
    activate.run(row.key);
    return { ...row, stream: stream.name, state: STATE.active, due: row.due ?? row.expires, suppressed: suppressionOf(stream, QUEUE_MODES[row.mode]!, row.address, now) ?? null };
  }

  /** The earliest, and the most urgent of those that are due by now (else of the earliest). */
  function dueOf(stream: StreamBook, mode: QueueMode, destination: string, now: number): { due: number; rank: number } | undefined {
    let least: { due: number; rank: number } | undefined;
    for (let rank = 0; rank < PRIORITIES.length; rank++) {
      const first = head.get(stream.id, MODE[mode], destination, rank) as Picked | undefined;
      if (!first || (least && first.due >= least.due)) continue;
      least = { due: first.due, rank: least && least.due <= now ? least.rank : rank };
    }
    return least;
  }

  return {
    lease(_context: RideContext, query: LeaseQuery): LeaseRows {
      const stream = ledger.stream(query.stream);
      if (!stream) return { messages: [], left: [] };
      const { mode, now, only } = query;
      const wanted = new Set(query.destinations);
      const messages: LeasedMail[] = [];
      for (const seq of only ? narrowed(stream, only) : pick(stream, query)) {
        const mail = message.get(seq) as Omit<LeasedMail, 'recipients'> | undefined;
        if (!mail) continue;
        const rows: RecipientRow[] = [];
        for (const row of ofMessage.iterate(...keysOf(seq), now, MODE[mode]) as Iterable<RecipientRow>) {
          if (!wanted.has(row.destination) || (only?.key !== undefined && row.key !== only.key)) continue;
          rows.push(row);
          if (rows.length >= query.recipients) break;
        }
        if (rows.length === 0) continue;
        messages.push({ ...mail, recipients: rows.map((row) => hand(stream, { ...row, message: mail.id }, now)) });
      }
      const left: LaneDue[] = [];
      for (const destination of wanted) {
        const due = dueOf(stream, mode, destination, now);
        if (due) left.push({ stream: stream.name, mode, destination, ...due });
      }
      return { messages, left };
    },

    overdue(_context: RideContext, query: Parameters<QueueStore['overdue']>[0]): LeasedMail[] {
      const stream = ledger.stream(query.stream);
      if (!stream) return [];
      const bySeq = new Map<number, LeasedMail>();
      for (const row of overdue.all(stream.id, MODE[query.mode], query.now, query.limit) as RecipientRow[]) {
        const seq = seqOf(row.key);
        const mail = bySeq.get(seq) ?? { ...(message.get(seq) as Omit<LeasedMail, 'recipients'>), recipients: [] };
        bySeq.set(seq, mail);
        mail.recipients.push(hand(stream, { ...row, message: mail.id }, query.now));
      }
      return [...bySeq.values()];
    },
  };
}

/**
 * Retention, one small step at a time: what the streams' limits and expired
 * inboxes no longer keep, answers and suppressions whose time is over, the
 * tail of the event log, and then pages back to the file system. Each part is
 * a transaction of its own, so intake never waits long. Mail of which a
 * recipient still waits is passed over until it has ended.
 */
import type { Database } from 'better-sqlite3';
import type { PosternEvent } from '../../events/event.ts';
import type { Folder } from './folder.ts';
import type { Ledger } from './ledger.ts';
import { WAITING, WIDTH } from './recipient-row.ts';
import { type Remove, STEP } from './remove.ts';
import { ROLE } from './roles.ts';
import { createSuppress } from './suppress.ts';
import type { Told } from './wire.ts';

/** Pages given back in one step: 2 MB. */
const VACUUM_PAGES = 512;
const PAGE = 4096;
/** Free pages that are left for what comes next: 1 MB and a twentieth of the file. */
const SPARE_PAGES = 256;
/** Rows of small tables that one step deletes. */
const ROWS = 5_000;
/** Suppressions that one step takes out: each is told of. */
const SUPPRESSIONS = 500;
/** Messages of a stream that one step looks at. */
const LOOKED = 2_000;

type Lane = { id: number; messages: number; bytes: number; keepMessages: number | null; keepAge: number | null; keepBytes: number | null };

export function createPrune(db: Database, ledger: Ledger, removing: Remove, folder: Pick<Folder, 'ease' | 'free'>, keepEvents: number) {
  const suppressing = createSuppress(db, ledger);
  const lanes = db.prepare('SELECT id, messages, bytes, keep_messages AS keepMessages, keep_age AS keepAge, keep_bytes AS keepBytes FROM streams');
  const oldest = db.prepare(`SELECT seq, received_at AS receivedAt, size, queued IS NOT NULL AND EXISTS (SELECT 1 FROM recipients NOT INDEXED WHERE key >= messages.seq * ${WIDTH} AND key < (messages.seq + 1) * ${WIDTH} AND ${WAITING}) AS waits
    FROM messages WHERE stream = ? AND seq > ? ORDER BY seq LIMIT ?`);
  /** By stream: up to where messages were passed over. */
  const passed = new Map<number, number>();
  const expiredInbox = db.prepare('SELECT key, stream FROM inboxes WHERE expires_at <= ? LIMIT 1');
  const inboxMail = db.prepare(`SELECT seq FROM addresses WHERE key = ? AND stream = ? AND roles & ${ROLE.recipient} ORDER BY seq LIMIT ?`).pluck();
  const dropInbox = db.prepare('DELETE FROM inboxes WHERE key = ?');
  const dropKeys = db.prepare('DELETE FROM idempotency WHERE (stream, key) IN (SELECT stream, key FROM idempotency WHERE expires_at <= ? LIMIT ?)');
  const dropEvents = db.prepare('DELETE FROM events WHERE id IN (SELECT id FROM events WHERE id <= ? ORDER BY id LIMIT ?)');

  /** The oldest messages of a stream that are beyond one of its limits. `more` when it did not come to the end of them. */
  function beyond(lane: Lane, now: number, limit: number): { seqs: number[]; more: boolean } {
    let { messages, bytes } = lane;
    const seqs: number[] = [];
    const over = (receivedAt: number) =>
      (lane.keepMessages !== null && messages > lane.keepMessages)
      || (lane.keepBytes !== null && bytes > lane.keepBytes)
      || (lane.keepAge !== null && receivedAt < now - lane.keepAge);
    const done = { seqs, more: false };
    if (!over(lane.keepAge === null ? now : -Infinity)) return done;
    let looked = 0;
    for (const row of oldest.iterate(lane.id, passed.get(lane.id) ?? 0, LOOKED) as Iterable<{ seq: number; receivedAt: number; size: number; waits: number }>) {
      looked++;
      if (!over(row.receivedAt)) break;
      if (row.waits) {
        passed.set(lane.id, row.seq);
        continue;
      }
      if (seqs.length >= limit) return { seqs, more: true };
      seqs.push(row.seq);
      messages--;
      bytes -= row.size;
    }
    if (looked === LOOKED) return { seqs, more: true };
    passed.delete(lane.id); // the next round begins at the oldest again
    return done;
  }

  function freePages(): number {
    const free = db.pragma('freelist_count', { simple: true }) as number;
    const pages = db.pragma('page_count', { simple: true }) as number;
    return free - SPARE_PAGES - Math.floor((pages - free) / 20);
  }

  return {
    prune(now: number, limit: number): Told<{ deleted: number; more: boolean }> {
      folder.ease();
      const events: PosternEvent[] = [];
      let deleted = 0;
      let more = false;
      const left = () => Math.min(limit, STEP) - deleted;
      const book = (step: Told<number>) => {
        deleted += step.value;
        events.push(...step.events);
        return step.value;
      };

      for (let inbox; left() > 0 && (inbox = expiredInbox.get(now) as { key: string; stream: number } | undefined);) {
        const { key, stream } = inbox;
        const wanted = left();
        ledger.transact(() => {
          const seqs = inboxMail.all(key, stream, wanted) as number[];
          if (book(removing.releaseStep(key, seqs, 'retention', now)) === seqs.length && seqs.length < wanted) dropInbox.run(key);
        });
      }
      for (const lane of lanes.all() as Lane[]) {
        if (left() <= 0) break;
        const { seqs, more: unseen } = beyond(lane, now, left());
        if (seqs.length > 0) ledger.transact(() => book(removing.step(seqs, 'retention', now)));
        if (seqs.length > 0 || unseen) more = true;
      }
      if (left() <= 0) more = true;

      const last = ledger.lastEvent() - keepEvents;
      const rows = ledger.transact(() => {
        const dropped = last > 0 ? dropEvents.run(last, ROWS).changes : 0;
        if (dropped > 0) ledger.spend();
        return dropKeys.run(now, ROWS).changes + dropped;
      });
      if (rows >= ROWS) more = true;
      if (ledger.transact(() => suppressing.expire(now, SUPPRESSIONS, events)) === SUPPRESSIONS) more = true;

      const free = freePages();
      if (free > 0) {
        folder.ease();
        // A page that is moved goes through the WAL: on a tight disk so many fit.
        const some = Math.min(VACUUM_PAGES, Math.max(Math.floor((folder.free() ?? Infinity) / 8 / PAGE), 1));
        db.pragma(`incremental_vacuum(${Math.min(free, some)})`);
        if (free > some) more = true;
        else db.pragma('wal_checkpoint(PASSIVE)');
      }
      return { value: { deleted, more }, events };
    },
  };
}

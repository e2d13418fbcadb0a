/**
 * Takes messages out, with everything that hangs on them, in steps that leave
 * room for other commits. Clearing an inbox takes a message away from that
 * inbox only: it is deleted when its last recipient lets go of it, so one
 * test never deletes another one's mail. The log keeps telling of a message
 * that is gone: its summary moves into its event.
 */
import type { Database } from 'better-sqlite3';
import type { EventBody, PosternEvent } from '../../events/event.ts';
import { createDeparting } from './departed.ts';
import { createFreeze } from './freeze.ts';
import type { Ledger } from './ledger.ts';
import { keysOf, MODE, WAITING } from './recipient-row.ts';
import { ROLE } from './roles.ts';
import { createForget } from './scope.ts';
import { PIECES_MOST, type Told } from './wire.ts';

/** Messages, and octets of raw messages, that one transaction deletes. */
export const STEP = 500;
const STEP_BYTES = 64 * 1024 * 1024;
/** A recipient counts as so many octets: it may have an event to tell. */
const RECIPIENT_BYTES = 16 * 1024;

type Row = { id: string; stream: number; receivedAt: number; size: number; read: number; parse: number; event: number; tags: string; queued: number | null; fixed: string; upload: number | null };
type By = Extract<EventBody, { type: 'messages.deleted' }>['by'];
/** Who cancelled what still waited of a message. */
const BY: Record<By, string> = { user: 'deletion', retention: 'retention' };
/** Ids by stream, and what was told of their recipients. */
type Gone = { ids: Map<string, string[]>; events: PosternEvent[]; by: By; at: number };

export function createRemove(db: Database, ledger: Ledger) {
  const forget = createForget(db, ledger);
  const departs = createDeparting(db, ledger);
  const find = db.prepare('SELECT m.id, m.stream, m.received_at AS receivedAt, m.size, m.read, m.parse, m.event, m.tags, m.queued, c.summary AS fixed, c.upload FROM messages m JOIN contents c ON c.seq = m.seq WHERE m.seq = ?');
  const freeze = createFreeze(db);
  const bySeq = ['messages', 'contents', 'addresses', 'parsed'].map((table) => db.prepare(`DELETE FROM ${table} WHERE seq = ?`));
  const deleteWords = db.prepare('DELETE FROM words WHERE rowid = ?');
  const deleteTag = db.prepare('DELETE FROM tags WHERE tag = ? AND seq = ?');
  const deleteUpload = db.prepare('DELETE FROM uploads WHERE id = ?');
  const deletePieces = db.prepare('DELETE FROM pieces WHERE key >= ? AND key < ?');
  const otherInbox = db.prepare(`SELECT 1 FROM addresses WHERE seq = ? AND roles & ${ROLE.recipient} AND key <> ? LIMIT 1`);
  const realWaits = db.prepare(`SELECT 1 FROM recipients NOT INDEXED WHERE key >= ? AND key < ? AND mode = ${MODE.deliver} AND ${WAITING} LIMIT 1`);
  const letGo = db.prepare(`UPDATE addresses SET roles = roles & ~${ROLE.recipient} WHERE key = ? AND seq = ?`);

  /** Inside a transaction. Octets that it held; 0 when it was gone already. */
  function removeOne(seq: number, gone: Gone): number {
    const row = find.get(seq) as Row | undefined;
    if (!row) return 0;
    const book = ledger.streamById(row.stream)!;
    freeze({ ...row, seq, stream: book.name });
    if (row.queued !== null) departs(seq, book, gone.at);
    const recipients = row.queued === null ? 0 : forget(seq, row.id, book, BY[gone.by], gone.at, gone.events);
    for (const statement of bySeq) statement.run(seq);
    if (row.parse !== 0) deleteWords.run(seq);
    if (row.tags !== '[]') for (const tag of JSON.parse(row.tags) as string[]) deleteTag.run(tag, seq);
    if (row.upload !== null) {
      deleteUpload.run(row.upload);
      deletePieces.run(row.upload * PIECES_MOST, (row.upload + 1) * PIECES_MOST);
    }
    ledger.spend();
    book.messages--;
    book.bytes -= row.size;
    if (row.read === 0) book.unread--;
    ledger.touch(book);
    const ids = gone.ids.get(book.name);
    if (ids) ids.push(row.id);
    else gone.ids.set(book.name, [row.id]);
    return row.size + recipients * RECIPIENT_BYTES;
  }

  function tellOf({ ids, events, by, at }: Gone): PosternEvent[] {
    for (const [stream, messages] of ids) events.push(ledger.tell(at, { type: 'messages.deleted', stream, messages, by }));
    return events;
  }

  /** Inside a transaction: runs over the first of `seqs` and answers how many it took. */
  function step(seqs: readonly number[], each: (seq: number, gone: Gone) => number, by: By, at: number): Told<number> {
    const gone: Gone = { ids: new Map(), events: [], by, at };
    let bytes = 0;
    let taken = 0;
    for (const seq of seqs) {
      if (taken >= STEP || bytes > STEP_BYTES) break;
      bytes += each(seq, gone);
      taken++;
    }
    return { value: taken, events: tellOf(gone) };
  }

  const releaseFrom = (key: string) => (seq: number, gone: Gone) => {
    // Nobody wants real mail cancelled because the time of an inbox is over.
    const goesOut = gone.by === 'retention' && realWaits.get(...keysOf(seq)) !== undefined;
    if (!goesOut && !otherInbox.get(seq, key)) return removeOne(seq, gone);
    letGo.run(key, seq);
    return 0;
  };

  return {
    /** Both inside a transaction. */
    step: (seqs: readonly number[], by: By, at: number) => step(seqs, removeOne, by, at),
    releaseStep: (key: string, seqs: readonly number[], by: By, at: number) => step(seqs, releaseFrom(key), by, at),
    /** Answers how many of `seqs`, from the first on, are done. */
    remove: (seqs: readonly number[], at: number): Told<number> => ledger.transact(() => step(seqs, removeOne, 'user', at)),
    release: (key: string, seqs: readonly number[], at: number): Told<number> => ledger.transact(() => step(seqs, releaseFrom(key), 'user', at)),
  };
}

export type Remove = ReturnType<typeof createRemove>;

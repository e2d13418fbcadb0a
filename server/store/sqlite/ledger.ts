/**
 * The writer's books: the last seq and event id, and what each stream holds.
 * They are kept in memory beside the one writer and written with each
 * transaction, so nobody counts rows. A transaction that fails takes the
 * books back to what is on disk.
 */
import type { Database } from 'better-sqlite3';
import type { EventBody, PosternEvent } from '../../events/event.ts';

export type StreamBook = { id: number; name: string; messages: number; unread: number; bytes: number; touched: boolean };

export type Ledger = {
  /** Runs `work` in one transaction, committed (and synced) when it returns. */
  transact<T>(work: () => T): T;
  nextSeq(): number;
  nextEvent(): number;
  lastEvent(): number;
  stream(name: string): StreamBook | undefined;
  streamById(id: number): StreamBook | undefined;
  /** Inside a transaction: to be written with it. */
  touch(book: StreamBook): void;
  /** After rows of `streams` were added or removed inside a transaction. */
  reload(): void;
  /** Inside a transaction: appends to the event log. */
  tell(at: number, body: EventBody): PosternEvent;
};

export function createLedger(db: Database): Ledger {
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const rollback = db.prepare('ROLLBACK');
  const readCounters = db.prepare('SELECT seq, event FROM counters WHERE id = 1');
  const readStreams = db.prepare('SELECT id, name, messages, unread, bytes FROM streams');
  const writeCounters = db.prepare('UPDATE counters SET seq = ?, event = ? WHERE id = 1');
  const writeStream = db.prepare('UPDATE streams SET messages = ?, unread = ?, bytes = ? WHERE id = ?');
  const insertEvent = db.prepare('INSERT INTO events (id, at, type, stream, data) VALUES (?, ?, ?, ?, ?)');

  let seq = 0;
  let event = 0;
  let stale = true;
  let counted = false;
  const byName = new Map<string, StreamBook>();
  const byId = new Map<number, StreamBook>();
  const touched = new Set<StreamBook>();

  function loadStreams(): void {
    byName.clear();
    byId.clear();
    touched.clear();
    for (const row of readStreams.all() as Omit<StreamBook, 'touched'>[]) {
      const book = { ...row, touched: false };
      byName.set(book.name, book);
      byId.set(book.id, book);
    }
  }

  function load(): void {
    ({ seq, event } = readCounters.get() as { seq: number; event: number });
    loadStreams();
    counted = false;
    stale = false;
  }

  function flush(): void {
    for (const book of touched) {
      book.touched = false;
      writeStream.run(book.messages, book.unread, book.bytes, book.id);
    }
    touched.clear();
    if (counted) writeCounters.run(seq, event);
    counted = false;
  }

  return {
    transact(work) {
      if (stale) load();
      begin.run();
      try {
        const result = work();
        flush();
        commit.run();
        return result;
      } catch (error) {
        stale = true;
        // SQLite has rolled back by itself after some faults (disk full).
        if (db.inTransaction) rollback.run();
        throw error;
      }
    },
    nextSeq() {
      counted = true;
      return ++seq;
    },
    nextEvent() {
      counted = true;
      return ++event;
    },
    lastEvent() {
      if (stale) load();
      return event;
    },
    stream(name) {
      if (stale) load();
      return byName.get(name);
    },
    streamById(id) {
      if (stale) load();
      return byId.get(id);
    },
    touch(book) {
      if (book.touched) return;
      book.touched = true;
      touched.add(book);
    },
    reload() {
      flush();
      loadStreams();
    },
    tell(at, body) {
      counted = true;
      const id = ++event;
      const { type, stream, ...rest } = body;
      insertEvent.run(id, at, type, stream, JSON.stringify(rest));
      return { id, at, ...body };
    },
  };
}

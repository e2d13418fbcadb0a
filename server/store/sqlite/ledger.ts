/**
 * The writer's books: the last seq and event id, and what each stream holds.
 * They are kept in memory beside the one writer. What streams hold is written
 * with each transaction, so nobody counts rows; the last numbers are those of
 * the last rows, and are written only where rows are deleted. A transaction
 * that fails takes the books back to what is on disk.
 */
import type { Database } from 'better-sqlite3';
import type { EventBody, PosternEvent } from '../../events/event.ts';
import { LAST_EVENT } from './log.ts';

export type StreamBook = {
  id: number; name: string; messages: number; unread: number; bytes: number; touched: boolean;
  /** Milliseconds that its clock is ahead of the wall; JSON of its delivery policy. Written by lanes.ts. */
  clockOffset: number; delivery: string;
};

export type Ledger = {
  /** Runs `work` in one transaction, committed (and synced) when it returns. */
  transact<T>(work: () => T): T;
  nextSeq(): number;
  nextEvent(): number;
  lastEvent(): number;
  stream(name: string): StreamBook | undefined;
  streamById(id: number): StreamBook | undefined;
  /** Inside a transaction that deletes messages or events, so that their numbers are not given out again. */
  spend(): void;
  /** Inside a transaction: to be written with it. */
  touch(book: StreamBook): void;
  /** What is summed up while a transaction runs: `write` is called at its end, inside it; `forget` when it fails. */
  atCommit(summing: { write(): void; forget(): void }): void;
  /** After rows of `streams` were added or removed inside a transaction. */
  reload(): void;
  /** Inside a transaction: appends to the event log; with the seq of the message by which it is asked for. */
  tell(at: number, body: EventBody, seq?: number): PosternEvent;
  /** The same of an event that is JSON already. Answers its id. */
  log(at: number, type: string, stream: string, data: string, seq: number | null): number;
};

export function createLedger(db: Database): Ledger {
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const rollback = db.prepare('ROLLBACK');
  // The row is not written with each commit: it would be one page more.
  const readCounters = db.prepare(`SELECT max(seq, coalesce((SELECT max(seq) FROM messages), 0)) AS seq, ${LAST_EVENT} AS event FROM counters WHERE id = 1`);
  const readStreams = db.prepare('SELECT id, name, messages, unread, bytes, clock_offset AS clockOffset, delivery FROM streams');
  const writeCounters = db.prepare('UPDATE counters SET seq = ?, event = ? WHERE id = 1');
  const writeStream = db.prepare('UPDATE streams SET messages = ?, unread = ?, bytes = ? WHERE id = ?');
  const insertEvent = db.prepare('INSERT INTO events (id, at, type, stream, seq, data) VALUES (?, ?, ?, ?, ?, ?)');

  let seq = 0;
  let event = 0;
  let stale = true;
  let spent = false;
  const byName = new Map<string, StreamBook>();
  const byId = new Map<number, StreamBook>();
  const touched = new Set<StreamBook>();
  const sums: { write(): void; forget(): void }[] = [];

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
    spent = false;
    stale = false;
  }

  function flush(): void {
    for (const book of touched) {
      book.touched = false;
      writeStream.run(book.messages, book.unread, book.bytes, book.id);
    }
    touched.clear();
    if (spent) writeCounters.run(seq, event);
    spent = false;
  }

  function log(at: number, type: string, stream: string, data: string, about: number | null): number {
    insertEvent.run(++event, at, type, stream, about, data);
    return event;
  }

  return {
    transact(work) {
      if (stale) load();
      begin.run();
      try {
        const result = work();
        for (const sum of sums) sum.write();
        flush();
        commit.run();
        return result;
      } catch (error) {
        stale = true;
        for (const sum of sums) sum.forget();
        // SQLite has rolled back by itself after some faults (disk full).
        if (db.inTransaction) rollback.run();
        throw error;
      }
    },
    nextSeq: () => ++seq,
    nextEvent: () => ++event,
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
    spend: () => void (spent = true),
    touch(book) {
      if (book.touched) return;
      book.touched = true;
      touched.add(book);
    },
    atCommit: (summing) => void sums.push(summing),
    reload() {
      flush();
      loadStreams();
    },
    tell(at, body, about) {
      const { type, stream, ...rest } = body;
      const id = log(at, type, stream, JSON.stringify(rest), about ?? null);
      return { id, at, ...body };
    },
    log,
  };
}

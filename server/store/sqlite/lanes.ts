/** Streams, their credentials, and the addresses handed out: few rows, rarely written. */
import type { Database } from 'better-sqlite3';
import type { InboxRecord, StreamChange } from '../../admission/port.ts';
import type { PosternEvent } from '../../events/event.ts';
import { addressKey } from '../../mail/address.ts';
import { type Credential, DEFAULT_DELIVERY, DEFAULT_RETENTION, DEFAULT_STREAM, type DeliveryPolicy, type Stream, type StreamMode } from '../../mail/stream.ts';
import type { Ledger } from './ledger.ts';
import { createAuditWriting } from './audit.ts';
import { createFormer, numberFor } from './former.ts';
import { type Remove, STEP } from './remove.ts';
import type { Told } from './wire.ts';

type StreamRow = { name: string; mode: string; keepMessages: number | null; keepAge: number | null; keepBytes: number | null; tags: string; createdAt: number; delivery: string; clockOffset: number; paused: string | null };

const STREAM = 'SELECT name, mode, keep_messages AS keepMessages, keep_age AS keepAge, keep_bytes AS keepBytes, tags, created_at AS createdAt, delivery, clock_offset AS clockOffset, paused FROM streams';

function streamOf(row: StreamRow): Stream {
  return {
    name: row.name,
    mode: row.mode as StreamMode,
    retention: { messages: row.keepMessages, age: row.keepAge, bytes: row.keepBytes },
    tags: JSON.parse(row.tags) as string[],
    createdAt: row.createdAt,
    delivery: deliveryOf(row.delivery),
    clockOffset: row.clockOffset,
    paused: row.paused === null ? null : (JSON.parse(row.paused) as Stream['paused']),
  };
}

/** A part that an earlier version did not know has its default. */
export function deliveryOf(json: string): DeliveryPolicy {
  const kept = JSON.parse(json) as Partial<DeliveryPolicy>;
  return { ...DEFAULT_DELIVERY, ...kept, live: { ...DEFAULT_DELIVERY.live, ...kept.live } };
}

/** Drops a null `expiresAt`, which is how the row says "for ever". */
function lasting<T extends { expiresAt: number | null }>({ expiresAt, ...rest }: T): Omit<T, 'expiresAt'> & { expiresAt?: number } {
  return expiresAt === null ? rest : { ...rest, expiresAt };
}

export function createLaneReading(db: Database) {
  const all = db.prepare(`${STREAM} ORDER BY name`);
  const credentials = db.prepare('SELECT c.id, s.name AS stream, c.user, c.hash, c.created_at AS createdAt, c.expires_at AS expiresAt FROM credentials c JOIN streams s ON s.id = c.stream ORDER BY c.created_at, c.id');
  const inbox = db.prepare('SELECT i.address, s.name AS stream, i.created_at AS createdAt, i.expires_at AS expiresAt FROM inboxes i JOIN streams s ON s.id = i.stream WHERE i.key = ?');
  return {
    streams: (): Stream[] => (all.all() as StreamRow[]).map(streamOf),
    credentials: (): Credential[] => (credentials.all() as (Omit<Credential, 'expiresAt'> & { expiresAt: number | null })[]).map(lasting),
    inbox(address: string): InboxRecord | undefined {
      const row = inbox.get(addressKey(address)) as (Omit<InboxRecord, 'expiresAt'> & { expiresAt: number | null }) | undefined;
      return row && lasting(row);
    },
  };
}

export function createLanes(db: Database, ledger: Ledger, removing: Remove) {
  const one = db.prepare(`${STREAM} WHERE name = ?`);
  const insert = db.prepare(`INSERT OR IGNORE INTO streams (id, name, mode, keep_messages, keep_age, keep_bytes, tags, created_at, delivery, clock_offset, paused) VALUES (${numberFor('@name')}, @name, @mode, @messages, @age, @bytes, @tags, @createdAt, @delivery, @clockOffset, @paused)`);
  const update = db.prepare('UPDATE streams SET mode = ?, keep_messages = ?, keep_age = ?, keep_bytes = ?, tags = ?, delivery = ?, clock_offset = ?, paused = ? WHERE name = ?');
  const insertCredential = db.prepare('INSERT OR IGNORE INTO credentials (id, stream, user, hash, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)');
  const deleteCredential = db.prepare('DELETE FROM credentials WHERE stream = ? AND id = ?');
  const insertInbox = db.prepare('INSERT OR IGNORE INTO inboxes (key, address, stream, created_at, expires_at) VALUES (?, ?, ?, ?, ?)');
  const oldest = db.prepare('SELECT seq FROM messages WHERE stream = ? ORDER BY seq LIMIT ?').pluck();
  const deletions = [
    'DELETE FROM hook_calls WHERE hook IN (SELECT id FROM hooks WHERE stream = ?)',
    ...['credentials', 'inboxes', 'pauses', 'planned', 'hooks'].map((table) => `DELETE FROM ${table} WHERE stream = ?`),
    "DELETE FROM kept WHERE kind = 'departed' AND name = CAST(CAST(? AS INTEGER) AS TEXT)",
    'DELETE FROM streams WHERE id = ?',
  ].map((sql) => db.prepare(sql));

  const former = createFormer(db);
  const add = ({ name, mode, retention, tags, createdAt, delivery, clockOffset, paused }: Stream) => {
    const added = insert.run({ name, mode, ...retention, tags: JSON.stringify(tags), createdAt, delivery: JSON.stringify(delivery), clockOffset, paused: paused && JSON.stringify(paused) }).changes > 0;
    if (added) {
      former.back(name);
      ledger.reload();
    }
    return added;
  };
  const told = <T>(value: T, ...events: PosternEvent[]): Told<T> => ({ value, events });
  const { auditStream, auditGone } = createAuditWriting(db);
  const streamId = (name: string) => {
    const book = ledger.stream(name);
    if (!book) throw new Error(`There is no stream "${name}"`);
    return book.id;
  };

  return {
    /** `default` always exists. */
    ensureDefault(now: number): void {
      if (!ledger.stream(DEFAULT_STREAM)) ledger.transact(() => add({ name: DEFAULT_STREAM, mode: 'capture', retention: DEFAULT_RETENTION, tags: [], createdAt: now, delivery: DEFAULT_DELIVERY, clockOffset: 0, paused: null }));
    },
    createStream(stream: Stream, at: number, by?: string): Told<boolean> {
      return ledger.transact(() => {
        if (!add(stream)) return told(false);
        auditStream(null, stream, by, at);
        return told(true, ledger.tell(at, { type: 'stream.created', stream: stream.name }));
      });
    },
    changeStream(name: string, change: StreamChange, at: number, by?: string): Told<Stream | null> {
      return ledger.transact(() => {
        const row = one.get(name) as StreamRow | undefined;
        if (!row) return told(null);
        const before = streamOf(row);
        const stream = { ...before, ...change };
        const { messages, age, bytes } = stream.retention;
        const delivery = JSON.stringify(stream.delivery);
        update.run(stream.mode, messages, age, bytes, JSON.stringify(stream.tags), delivery, stream.clockOffset, stream.paused && JSON.stringify(stream.paused), name);
        Object.assign(ledger.stream(name)!, { delivery, clockOffset: stream.clockOffset });
        // A clock that moves is told of by whoever moves it; a pause has events of its own.
        const { clockOffset: _moved, paused, ...rest } = change;
        const events: PosternEvent[] = [];
        if (Object.values(rest).some((value) => value !== undefined)) events.push(ledger.tell(at, { type: 'stream.updated', stream: name }));
        if (change.mode !== undefined || change.delivery !== undefined) events.push(...auditStream(before, stream, by, at).map((body) => ledger.tell(at, body)));
        if (paused !== undefined) events.push(ledger.tell(at, paused === null ? { type: 'stream.resumed', stream: name } : { type: 'stream.paused', stream: name, ...paused }));
        return told(stream, ...events);
      });
    },
    /** One step of it; `more` until the stream itself is gone. */
    deleteStream(name: string, at: number, by?: string): Told<'none' | 'more' | 'gone'> {
      return ledger.transact(() => {
        const book = ledger.stream(name);
        if (!book || name === DEFAULT_STREAM) return told('none');
        const seqs = oldest.all(book.id, STEP) as number[];
        const step = removing.step(seqs, 'user', at);
        if (book.messages > 0) return told('more', ...step.events);
        former.leave(book.id, auditGone(streamOf(one.get(name) as StreamRow), by, at));
        for (const statement of deletions) statement.run(book.id);
        ledger.reload();
        return told('gone', ...step.events, ledger.tell(at, { type: 'stream.deleted', stream: name }));
      });
    },
    createCredential: (credential: Credential): boolean =>
      ledger.transact(() => insertCredential.run(credential.id, streamId(credential.stream), credential.user, credential.hash, credential.createdAt, credential.expiresAt ?? null).changes > 0),
    deleteCredential: (stream: string, id: string): boolean =>
      ledger.transact(() => deleteCredential.run(ledger.stream(stream)?.id ?? 0, id).changes > 0),
    createInbox(inbox: InboxRecord, at: number): Told<boolean> {
      return ledger.transact(() => {
        const { address, stream, createdAt, expiresAt } = inbox;
        if (insertInbox.run(addressKey(address), address, streamId(stream), createdAt, expiresAt ?? null).changes === 0) return told(false);
        return told(true, ledger.tell(at, { type: 'inbox.created', stream, address }));
      });
    },
  };
}

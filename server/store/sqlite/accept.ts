/**
 * The shared commit: everything of a batch in one transaction. A unit that
 * cannot be kept for a reason of its own does not take the others with it:
 * the batch is rolled back and its parts are committed one by one.
 */
import type { Database } from 'better-sqlite3';
import { StoreFault } from '../../admission/port.ts';
import type { PosternEvent } from '../../events/event.ts';
import { comparable } from '../../inbox/words.ts';
import { addressKey } from '../../mail/address.ts';
import { createBulk } from './bulk.ts';
import { createEnqueue } from './enqueue.ts';
import { faultOf, toWire, type WireError } from './fault.ts';
import { fromFlat } from './flat.ts';
import { compress, seal } from './frame.ts';
import type { Ledger } from './ledger.ts';
import type { Rides } from './rides.ts';
import { ROLE } from './roles.ts';
import type { Taken } from './row.ts';
import { type Batch, type BatchOutcome, type Item, type Piece, PIECES_MOST, type Ride, type RideOutcome, type Unit, type UnitOutcome } from './wire.ts';

export function createAccept(db: Database, ledger: Ledger, dir: string | undefined, unfit: (octets: number) => StoreFault | undefined, rides: Rides) {
  const messages = createBulk(db, ledger, 'messages', ['seq', 'id', 'stream', 'received_at', 'size', 'event', 'subject', 'message_id', 'tags']);
  const contents = createBulk(db, ledger, 'contents', ['seq', 'summary', 'detail_size', 'upload', 'data']);
  const addresses = createBulk(db, ledger, 'addresses', ['key', 'seq', 'stream', 'roles']);
  const events = createBulk(db, ledger, 'events', ['id', 'at', 'type', 'stream', 'seq']);
  const insertTag = db.prepare('INSERT OR IGNORE INTO tags (tag, seq, stream) VALUES (?, ?, ?)');
  const openUpload = db.prepare('INSERT INTO uploads (id, pieces) VALUES (?, 0)');
  const growUpload = db.prepare('UPDATE uploads SET pieces = pieces + 1 WHERE id = ? AND pieces = ? AND seq IS NULL');
  const closeUpload = db.prepare('UPDATE uploads SET seq = ? WHERE id = ? AND pieces = ? AND seq IS NULL');
  const insertPiece = db.prepare('INSERT INTO pieces (key, data) VALUES (?, ?)');
  const dropUpload = db.prepare('DELETE FROM uploads WHERE id = ? AND seq IS NULL');
  const dropPieces = db.prepare('DELETE FROM pieces WHERE key >= ? AND key < ?');
  const findKey = db.prepare('SELECT fingerprint, response, expires_at AS expiresAt FROM idempotency WHERE stream = ? AND key = ?');
  const keepKey = db.prepare('INSERT OR REPLACE INTO idempotency (stream, key, fingerprint, response, expires_at) VALUES (?, ?, ?, ?, ?)');

  const enqueue = createEnqueue(db, ledger);

  const roles = new Map<string, number>();
  /** Most addresses are named more than once, in the same words. */
  const keys = new Map<string, string>();
  const mark = (address: string, role: number) => {
    let key = keys.get(address);
    if (key === undefined) keys.set(address, (key = addressKey(address)));
    roles.set(key, (roles.get(key) ?? 0) | role);
  };

  function addPiece({ upload, n, data }: Piece): void {
    if (n === 0) openUpload.run(upload);
    insertPiece.run(upload * PIECES_MOST + n, compress(data));
    if (growUpload.run(upload, n).changes === 0) throw new StoreFault('broken', 'An earlier piece of this message is gone from the store');
  }

  function addItem(item: Item, at: number, bytes: Uint8Array): { seq: number; event: number } {
    const stream = ledger.stream(item.stream);
    if (!stream) throw new StoreFault('no-stream', `There is no stream "${item.stream}" any more`);
    const seq = ledger.nextSeq();
    const event = ledger.nextEvent();
    messages.add(seq, item.id, stream.id, item.receivedAt, item.size, event, comparable(item.subject), item.messageId, item.tags.length === 0 ? '[]' : JSON.stringify(item.tags));
    if (item.upload) {
      const rest = bytes.subarray(item.end, item.end + item.length);
      if (item.length > 0) addPiece({ upload: item.upload.id, n: item.upload.pieces, data: rest });
      if (closeUpload.run(seq, item.upload.id, item.upload.pieces + (item.length > 0 ? 1 : 0)).changes === 0) throw new StoreFault('broken', 'A part of this message is gone from the store');
    }
    contents.add(seq, item.summary, item.detailSize, item.upload?.id ?? null, seal(bytes.subarray(item.start, item.end)));
    roles.clear();
    keys.clear();
    for (const address of item.recipients) mark(address, ROLE.recipient);
    for (const address of item.to) mark(address, ROLE.to);
    for (const address of item.cc) mark(address, ROLE.cc);
    for (const address of item.from) mark(address, ROLE.from);
    mark(item.sender, ROLE.sender);
    for (const [key, role] of roles) addresses.add(key, seq, stream.id, role);
    for (const tag of item.tags) insertTag.run(tag, seq, stream.id);
    events.add(event, at, 'message.captured', item.stream, seq);
    stream.messages++;
    stream.unread++;
    stream.bytes += item.size;
    ledger.touch(stream);
    return { seq, event };
  }

  /** What was added is looked for next. */
  function flush(): void {
    for (const rows of [messages, contents, addresses, events]) rows.flush();
  }

  function addUnit({ items, idempotency }: Unit, at: number, bytes: Uint8Array): UnitOutcome {
    if (idempotency) {
      const kept = findKey.get(idempotency.stream, idempotency.key) as { fingerprint: string; response: string; expiresAt: number } | undefined;
      if (kept && kept.expiresAt > at) return kept.fingerprint === idempotency.fingerprint ? { kind: 'replayed', response: kept.response } : { kind: 'conflict' };
      keepKey.run(idempotency.stream, idempotency.key, idempotency.fingerprint, idempotency.response, idempotency.expiresAt);
    }
    let first: { seq: number; event: number } | undefined;
    for (const item of items) {
      const made = addItem(item, at, bytes);
      first ??= made;
    }
    return { kind: 'accepted', ...(first ?? { seq: 0, event: 0 }), ...(items.some((item) => item.queue) ? queueAll(items, first!, at) : {}) };
  }

  /** After all of the unit are in: their events are in a row, and what follows comes behind. */
  function queueAll(items: readonly Item[], first: { seq: number; event: number }, at: number): { queued: (Taken | null)[]; events: PosternEvent[] } {
    const told: PosternEvent[] = [];
    flush();
    const queued = items.map((item, i) => (item.queue ? enqueue(item, item.queue, { seq: first.seq + i, event: first.event + i }, ledger.stream(item.stream)!, at, told) : null));
    return { queued, events: told };
  }

  function run({ op, args, items }: Ride, at: number, bytes: Uint8Array): RideOutcome {
    const told: PosternEvent[] = [];
    const add = (n: number) => {
      const made = addItem(items[n]!, at, bytes);
      flush();
      return made;
    };
    return { value: rides.run(op, args, { at, events: told, add }), events: told };
  }

  function dropAll(uploads: readonly number[]): void {
    for (const upload of uploads) {
      if (dropUpload.run(upload).changes > 0) dropPieces.run(upload * PIECES_MOST, (upload + 1) * PIECES_MOST);
    }
  }

  function alone<T>(work: () => T): T | WireError {
    try {
      return ledger.transact(work);
    } catch (error) {
      return toWire(faultOf(error, dir));
    }
  }

  function runAlone(ride: Ride, at: number, bytes: Uint8Array): RideOutcome {
    const outcome = alone(() => run(ride, at, bytes));
    return 'events' in outcome ? outcome : { error: 'error' in outcome ? outcome.error : outcome };
  }

  return {
    commit({ at, units: flat, bytes, pieces, drops, rides: along }: Batch): BatchOutcome {
      const started = performance.now();
      const units = fromFlat(flat);
      const done = (outcomes: UnitOutcome[], faults: (WireError | null)[], rode: RideOutcome[]): BatchOutcome => ({ units: outcomes, pieces: faults, rides: rode, seconds: (performance.now() - started) / 1000 });
      const fault = unfit(bytes.length + pieces.reduce((sum, { data }) => sum + data.length, 0));
      if (fault) {
        const error = toWire(fault);
        alone(() => dropAll(drops));
        // What was tried is written down if that can be done at all; nothing new is begun.
        const rode = along.map((ride) => (rides.begins(ride.op) ? { error } : runAlone(ride, at, bytes)));
        return done(units.map(() => ({ kind: 'fault', error })), pieces.map(() => error), rode);
      }
      try {
        const { outcomes, rode } = ledger.transact(() => {
          dropAll(drops);
          for (const piece of pieces) addPiece(piece);
          const outcomes = units.map((unit) => addUnit(unit, at, bytes));
          if (along.length > 0) flush();
          return { outcomes, rode: along.map((ride) => run(ride, at, bytes)) };
        });
        return done(outcomes, pieces.map(() => null), rode);
      } catch {
        alone(() => dropAll(drops));
        const faults = pieces.map((piece) => alone(() => addPiece(piece)) ?? null);
        const outcomes = units.map((unit): UnitOutcome => {
          const outcome = alone(() => addUnit(unit, at, bytes));
          return 'kind' in outcome ? outcome : { kind: 'fault', error: outcome };
        });
        return done(outcomes, faults, along.map((ride) => runAlone(ride, at, bytes)));
      }
    },

    /** What a crash left behind of bodies that were never accepted. Answers the upload id to go on from. */
    sweepUploads(): number {
      const orphans = db.prepare('SELECT id FROM uploads WHERE seq IS NULL').pluck().all() as number[];
      if (orphans.length > 0) ledger.transact(() => dropAll(orphans));
      return ((db.prepare('SELECT max(id) FROM uploads').pluck().get() as number | null) ?? 0) + 1;
    },
  };
}

/**
 * The shared commit: everything of a batch in one transaction. A unit that
 * cannot be kept for a reason of its own does not take the others with it:
 * the batch is rolled back and its parts are committed one by one.
 */
import { constants, zstdCompressSync } from 'node:zlib';
import type { Database } from 'better-sqlite3';
import { StoreFault } from '../../admission/port.ts';
import { addressKey } from '../../mail/address.ts';
import { faultOf, toWire, type WireError } from './fault.ts';
import type { Ledger } from './ledger.ts';
import { ROLE } from './roles.ts';
import { type Batch, type BatchOutcome, type Item, type Piece, PIECES_MOST, type Unit, type UnitOutcome } from './wire.ts';

// Level 1: 10 µs for a 2 KB message, and what level 3 would save is a few per cent.
// With a checksum, so that bytes that rot on the disk are an error and never somebody's mail.
const params = { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 };
/** In one chunk: what does not shrink grows by a few octets at most. */
export const compress = (bytes: Uint8Array): Buffer => zstdCompressSync(bytes, { params, chunkSize: bytes.length + 64 });

const NONE = new Uint8Array(0);

export function createAccept(db: Database, ledger: Ledger, dir: string | undefined, unfit: () => StoreFault | undefined) {
  const insertMessage = db.prepare('INSERT INTO messages (seq, id, stream, received_at, size, event, subject, message_id, tags) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const insertContent = db.prepare('INSERT INTO contents (seq, summary, detail_size, upload, data) VALUES (?, ?, ?, ?, ?)');
  const insertAddress = db.prepare('INSERT INTO addresses (key, seq, stream, roles) VALUES (?, ?, ?, ?)');
  const insertTag = db.prepare('INSERT OR IGNORE INTO tags (tag, seq, stream) VALUES (?, ?, ?)');
  const insertEvent = db.prepare("INSERT INTO events (id, at, type, stream, seq) VALUES (?, ?, 'message.captured', ?, ?)");
  const openUpload = db.prepare('INSERT INTO uploads (id, pieces) VALUES (?, 0)');
  const growUpload = db.prepare('UPDATE uploads SET pieces = pieces + 1 WHERE id = ? AND pieces = ? AND seq IS NULL');
  const closeUpload = db.prepare('UPDATE uploads SET seq = ? WHERE id = ? AND pieces = ? AND seq IS NULL');
  const insertPiece = db.prepare('INSERT INTO pieces (key, data) VALUES (?, ?)');
  const dropUpload = db.prepare('DELETE FROM uploads WHERE id = ? AND seq IS NULL');
  const dropPieces = db.prepare('DELETE FROM pieces WHERE key >= ? AND key < ?');
  const findKey = db.prepare('SELECT fingerprint, response, expires_at AS expiresAt FROM idempotency WHERE stream = ? AND key = ?');
  const keepKey = db.prepare('INSERT OR REPLACE INTO idempotency (stream, key, fingerprint, response, expires_at) VALUES (?, ?, ?, ?, ?)');

  const roles = new Map<string, number>();
  const mark = (list: readonly string[], role: number) => {
    for (const address of list) {
      const key = addressKey(address);
      roles.set(key, (roles.get(key) ?? 0) | role);
    }
  };

  function addPiece({ upload, n, data }: Piece): void {
    if (n === 0) openUpload.run(upload);
    insertPiece.run(upload * PIECES_MOST + n, compress(data));
    if (growUpload.run(upload, n).changes === 0) throw new StoreFault('broken', 'An earlier piece of this message is gone from the store');
  }

  /** The detail and, when it is not in pieces, the body: one frame, since two would cost twice. */
  function frame(item: Item, body: Uint8Array): { data: Buffer; detailSize: number } {
    const room = Buffer.allocUnsafe(item.detail.length * 3 + body.length);
    const detailSize = room.write(item.detail, 'utf8');
    room.set(body, detailSize);
    return { data: compress(room.subarray(0, detailSize + body.length)), detailSize };
  }

  function addItem(item: Item, at: number, bytes: Uint8Array): { seq: number; event: number } {
    const stream = ledger.stream(item.stream);
    if (!stream) throw new StoreFault('broken', `There is no stream "${item.stream}" any more`);
    const seq = ledger.nextSeq();
    const event = ledger.nextEvent();
    const body = bytes.subarray(item.start, item.start + item.length);
    insertMessage.run(seq, item.id, stream.id, item.receivedAt, item.size, event, item.subject.toLowerCase(), item.messageId, item.tags.length === 0 ? '[]' : JSON.stringify(item.tags));
    if (item.upload) {
      if (body.length > 0) addPiece({ upload: item.upload.id, n: item.upload.pieces, data: body });
      if (closeUpload.run(seq, item.upload.id, item.upload.pieces + (body.length > 0 ? 1 : 0)).changes === 0) throw new StoreFault('broken', 'A part of this message is gone from the store');
    }
    const { data, detailSize } = frame(item, item.upload ? NONE : body);
    insertContent.run(seq, item.summary, detailSize, item.upload?.id ?? null, data);
    roles.clear();
    mark(item.recipients, ROLE.recipient);
    mark(item.to, ROLE.to);
    mark(item.cc, ROLE.cc);
    mark(item.from, ROLE.from);
    mark([item.sender], ROLE.sender);
    for (const [key, role] of roles) insertAddress.run(key, seq, stream.id, role);
    for (const tag of item.tags) insertTag.run(tag, seq, stream.id);
    insertEvent.run(event, at, item.stream, seq);
    stream.messages++;
    stream.unread++;
    stream.bytes += item.size;
    ledger.touch(stream);
    return { seq, event };
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
    return { kind: 'accepted', ...(first ?? { seq: 0, event: 0 }) };
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

  return {
    commit({ at, units, bytes, pieces, drops }: Batch): BatchOutcome {
      const started = performance.now();
      const done = (outcomes: UnitOutcome[], faults: (WireError | null)[]): BatchOutcome => ({ units: outcomes, pieces: faults, seconds: (performance.now() - started) / 1000 });
      const fault = unfit();
      if (fault) {
        const error = toWire(fault);
        alone(() => dropAll(drops));
        return done(units.map(() => ({ kind: 'fault', error })), pieces.map(() => error));
      }
      try {
        const outcomes = ledger.transact(() => {
          dropAll(drops);
          for (const piece of pieces) addPiece(piece);
          return units.map((unit) => addUnit(unit, at, bytes));
        });
        return done(outcomes, pieces.map(() => null));
      } catch {
        alone(() => dropAll(drops));
        const faults = pieces.map((piece) => alone(() => addPiece(piece)) ?? null);
        const outcomes = units.map((unit): UnitOutcome => {
          const outcome = alone(() => addUnit(unit, at, bytes));
          return 'kind' in outcome ? outcome : { kind: 'fault', error: outcome };
        });
        return done(outcomes, faults);
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

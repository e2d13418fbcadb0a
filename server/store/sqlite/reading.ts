/** Reads single messages: their detail, their raw bytes (in pieces when they are kept in pieces), and what waits for the parser. */
import type { Database } from 'better-sqlite3';
import { decompress, opened } from './frame.ts';
import { SUMMARY_COLUMNS, SUMMARY_JOINS, type SummaryRow } from './row.ts';
import { PIECE, PIECES_MOST } from './wire.ts';

export type DetailRow = { summary: SummaryRow; /** See detail.ts. */ detail: string; parsed: string | undefined };
/** The bytes themselves, or where they are. */
export type BodyPlace = { size: number; bytes: Uint8Array } | { size: number; upload: number };
export type PendingRow = { id: string; seq: number; size: number; fixed: string };

type Content = { size: number; detailSize: number; upload: number | null; data: Buffer };

export function createReading(db: Database) {
  const summary = db.prepare(`SELECT ${SUMMARY_COLUMNS} FROM messages m ${SUMMARY_JOINS} WHERE m.id = ?`);
  const content = db.prepare('SELECT m.size, c.detail_size AS detailSize, c.upload, c.data FROM messages m JOIN contents c ON c.seq = m.seq WHERE m.id = ?');
  const trace = db.prepare('SELECT m.received_at AS receivedAt, c.detail_size AS detailSize, c.data FROM messages m JOIN contents c ON c.seq = m.seq WHERE m.id = ?');
  const parsed = db.prepare('SELECT data FROM parsed WHERE seq = ?').pluck();
  const piece = db.prepare('SELECT data FROM pieces WHERE key = ?').pluck();
  const unparsed = db.prepare('SELECT m.id, m.seq, m.size, c.summary AS fixed FROM messages m CROSS JOIN contents c ON c.seq = m.seq WHERE m.seq >= ? AND m.parse = 0 ORDER BY m.seq LIMIT ?');
  const kept = db.prepare('SELECT fingerprint, response, expires_at AS expiresAt FROM idempotency WHERE stream = ? AND key = ? AND expires_at > ?');
  const backlog = db.prepare('SELECT count(*) FROM messages WHERE seq >= ? AND parse = 0').pluck();
  // The first of them, else the newest message: of one moment, so that what comes in meanwhile is above it.
  const firstUnparsed = db.prepare('SELECT coalesce((SELECT seq FROM messages WHERE seq >= ? AND parse = 0 ORDER BY seq LIMIT 1), (SELECT max(seq) FROM messages), 0)').pluck();

  /**
   * Below it all are parsed, and stay so. What waits is nearly always the
   * newest: only the first question looks at every message, no index is needed.
   */
  let parsedBelow = 0;
  const unparsedFrom = (): number => (parsedBelow = firstUnparsed.get(parsedBelow) as number);

  function readPiece(upload: number, n: number): Uint8Array | undefined {
    const data = piece.get(upload * PIECES_MOST + n) as Buffer | undefined;
    return data && exact(decompress(data));
  }

  function place(id: string): BodyPlace | undefined {
    const row = content.get(id) as Content | undefined;
    if (!row) return undefined;
    if (row.upload !== null) return { size: row.size, upload: row.upload };
    return { size: row.size, bytes: exact(opened(row.data).subarray(row.detailSize)) };
  }

  return {
    detail(id: string): DetailRow | undefined {
      const row = summary.get(id) as SummaryRow | undefined;
      if (!row) return undefined;
      const { data, detailSize } = content.get(id) as Content;
      const found = parsed.get(row.seq) as Buffer | undefined;
      return {
        summary: row,
        detail: opened(data).toString('utf8', 0, detailSize),
        parsed: found && decompress(found).toString('utf8'),
      };
    },
    trace(id: string): { receivedAt: number; detail: string } | undefined {
      const row = trace.get(id) as { receivedAt: number; detailSize: number; data: Buffer } | undefined;
      return row && { receivedAt: row.receivedAt, detail: opened(row.data).toString('utf8', 0, row.detailSize) };
    },
    place,
    piece: readPiece,
    smallBodies(ids: readonly string[], limit: number): Map<string, Uint8Array> {
      const bodies = new Map<string, Uint8Array>();
      let left = limit;
      for (const id of ids) {
        const found = place(id);
        if (!found || found.size > left) continue;
        left -= found.size;
        if ('bytes' in found) {
          bodies.set(id, found.bytes);
          continue;
        }
        const pieces: Uint8Array[] = [];
        for (let n = 0; n * PIECE < found.size; n++) pieces.push(readPiece(found.upload, n) ?? new Uint8Array(0));
        bodies.set(id, Buffer.concat(pieces));
      }
      return bodies;
    },
    idempotent: (stream: string, key: string, now: number) => kept.get(stream, key, now) as { fingerprint: string; response: string; expiresAt: number } | undefined,
    unparsed: (limit: number): PendingRow[] => unparsed.all(unparsedFrom(), limit) as PendingRow[],
    backlog: (): number => backlog.get(unparsedFrom()) as number,
  };
}

/** Without the rest of its buffer, which would cross to the other thread with it. */
const exact = (bytes: Uint8Array): Uint8Array => (bytes.byteLength === bytes.buffer.byteLength ? bytes : Uint8Array.prototype.slice.call(bytes));

/**
 * The audit log: written as it is told, or beside the change of a stream that
 * it tells of, in that transaction. Rows are only ever added.
 */
import type { Database } from 'better-sqlite3';
import type { AuditEntry, Audited } from '../../gate/audit.ts';
import type { EventBody } from '../../events/event.ts';
import { liveChanges } from '../../mail/live.ts';
import type { Stream } from '../../mail/stream.ts';
import type { RideContext } from './rides.ts';

export type AuditQuery = { stream?: string; what?: Audited; before?: number; limit: number };
type Row = Omit<AuditEntry, 'detail'> & { detail: string };

/** Who did it, where nobody said. */
const NOBODY = 'Postern';

export function createAuditWriting(db: Database) {
  const insert = db.prepare('INSERT INTO audit (at, what, stream, by, text, detail) VALUES (?, ?, ?, ?, ?, ?)');
  const known = db.prepare('SELECT 1 FROM audit WHERE stream = ? LIMIT 1');
  const add = ({ at, what, stream, by, text, detail }: Omit<AuditEntry, 'id'>): number =>
    Number(insert.run(at, what, stream, by, text, JSON.stringify(detail)).lastInsertRowid);
  return {
    audit: (_context: RideContext, entry: Omit<AuditEntry, 'id'>): number => add(entry),
    /** Inside the transaction of the change. `before` is null for a stream that is made. Answers what is to be told of it. */
    auditStream(before: Stream | null, after: Stream, by: string | undefined, at: number): EventBody[] {
      const who = by ?? NOBODY;
      const stream = after.name;
      const live = liveChanges(before?.delivery.live ?? null, after.delivery.live);
      if (live) add({ at, what: 'stream.live', stream, by: who, text: `What stream ${stream} may deliver was ${before ? 'changed' : 'set'}: ${Object.keys(live).join(', ')}`, detail: live });
      // Of a stream that is made to stay inside there is nothing else to look into.
      if (before?.mode === after.mode || (before === null && after.mode !== 'deliver')) return [];
      const from = before?.mode ?? null;
      add({ at, what: 'stream.mode', stream, by: who, text: from === null ? `Stream ${stream} was made in mode ${after.mode}` : `Stream ${stream} went from mode ${from} to ${after.mode}`, detail: { from, to: after.mode } });
      return from === null ? [] : [{ type: 'stream.mode', stream, from, to: after.mode, by: who }];
    },
    /** In the transaction in which it is gone: of one that was live, or could have been. Answers whether it is. */
    auditGone({ name: stream, mode: from }: Pick<Stream, 'name' | 'mode'>, by: string | undefined, at: number): boolean {
      if (from !== 'deliver' && known.get(stream) === undefined) return false;
      add({ at, what: 'stream.mode', stream, by: by ?? NOBODY, text: `Stream ${stream} was deleted in mode ${from}, with all that waited in it`, detail: { from, to: null } });
      return true;
    },
  };
}

export function createAuditReading(db: Database) {
  const COLUMNS = 'SELECT id, at, what, stream, by, text, detail FROM audit';
  const rest = '(@what IS NULL OR what = @what) AND (@before IS NULL OR id < @before) ORDER BY id DESC LIMIT @limit';
  const all = db.prepare(`${COLUMNS} WHERE ${rest}`);
  const ofStream = db.prepare(`${COLUMNS} WHERE stream = @stream AND ${rest}`);
  return {
    audited({ stream, what, before, limit }: AuditQuery): AuditEntry[] {
      const values = { what: what ?? null, before: before ?? null, limit };
      const rows = (stream === undefined ? all.all(values) : ofStream.all({ ...values, stream })) as Row[];
      return rows.map((row) => ({ ...row, detail: JSON.parse(row.detail) as Record<string, unknown> }));
    },
  };
}

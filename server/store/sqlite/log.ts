/** Reads the event log. A captured message's summary is put together from its row while the message is there. */
import type { Database } from 'better-sqlite3';
import type { PosternEvent } from '../../events/event.ts';
import { capturedFields, type Fixed, takenOf } from './row.ts';

/** As it crosses threads: JSON as text. */
export type EventRow = {
  event: number; at: number; type: string; stream: string; data: string | null;
  seq: number | null; id: string | null; receivedAt: number | null; size: number | null; fixed: string | null; queued: number | null;
};

/** Over the row of `counters`, which knows of those that are deleted. */
export const LAST_EVENT = 'max(event, coalesce((SELECT max(id) FROM events), 0))';

const COLUMNS = `SELECT e.id AS event, e.at, e.type, e.stream, e.data, e.seq, m.id, m.received_at AS receivedAt, m.size, c.summary AS fixed, m.queued
  FROM events e LEFT JOIN messages m ON e.data IS NULL AND m.seq = e.seq LEFT JOIN contents c ON c.seq = m.seq`;

export function createLog(db: Database) {
  const all = db.prepare(`${COLUMNS} WHERE e.id > ? ORDER BY e.id LIMIT ?`);
  const ofStream = db.prepare(`${COLUMNS} WHERE e.id > ? AND e.stream = ? ORDER BY e.id LIMIT ?`);
  const ofMessage = db.prepare(`${COLUMNS} WHERE e.id > @after AND (@stream IS NULL OR e.stream = @stream)
    AND (e.id = (SELECT event FROM messages WHERE id = @message) OR (e.seq = (SELECT seq FROM messages WHERE id = @message) AND e.seq IS NOT NULL AND e.type <> 'message.captured')) ORDER BY e.id LIMIT @limit`);
  const latest = db.prepare(`${COLUMNS} WHERE (@stream IS NULL OR e.stream = @stream) ORDER BY e.id DESC LIMIT @limit`);
  const last = db.prepare(`SELECT ${LAST_EVENT} FROM counters WHERE id = 1`).pluck();
  return {
    events(after: number, limit: number, stream?: string, message?: string): EventRow[] {
      if (message !== undefined) return ofMessage.all({ after, limit, stream: stream ?? null, message }) as EventRow[];
      return (stream === undefined ? all.all(after, limit) : ofStream.all(after, stream, limit)) as EventRow[];
    },
    latestEvents: (limit: number, stream: string | null) => (latest.all({ limit, stream }) as EventRow[]).reverse(),
    lastEvent: () => last.get() as number,
  };
}

export function eventOf(row: EventRow): PosternEvent {
  const { event, at, type, stream, data, seq, id, receivedAt, size, fixed, queued } = row;
  if (data !== null) return { id: event, at, type, stream, ...(JSON.parse(data) as object) } as PosternEvent;
  const kept = JSON.parse(fixed!) as Fixed;
  return { id: event, at, type: 'message.captured', stream, ...capturedFields({ id: id!, seq: seq!, stream, receivedAt: receivedAt!, size: size!, taken: takenOf(queued, kept) }, kept) };
}

/** Reads the event log. A captured message's summary is put together from its row while the message is there. */
import type { Database, Statement } from 'better-sqlite3';
import type { PosternEvent } from '../../events/event.ts';
import type { EventFilter } from '../../events/port.ts';
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

/**
 * Each as a condition, so that the log is read in its order and left as soon as there are enough. The log is
 * bounded: to read all of it for the one that fits takes a third of a second at worst. What is about a message has its id
 * looked for as text first, for that is much quicker than to read the JSON.
 */
const CONDITIONS = {
  stream: 'e.stream = @stream',
  types: 'e.type IN (SELECT value FROM json_each(@types))',
  message: `(e.id = (SELECT event FROM messages WHERE id = @message) OR (instr(e.data, @message) > 0
    AND (e.data ->> '$.message' = @message OR (e.type = 'messages.deleted' AND EXISTS (SELECT 1 FROM json_each(e.data, '$.messages') WHERE value = @message)))))`,
};

/** Where reading begins. One bound, for a second one would be asked of each row: of a message that is there nothing was told before its capture. */
const begin = (message: string | undefined): string => (message === undefined ? 'e.id > @after' : 'e.id >= max(@after + 1, coalesce((SELECT event FROM messages WHERE id = @message), 0))');

export function createLog(db: Database) {
  const last = db.prepare(`SELECT ${LAST_EVENT} FROM counters WHERE id = 1`).pluck();
  /** By what they filter, and which way they go. */
  const prepared = new Map<string, Statement>();

  function read(end: string, limits: Record<string, number>, { stream, message, types }: EventFilter): EventRow[] {
    const given = { ...(stream === undefined ? {} : { stream }), ...(types === undefined ? {} : { types: JSON.stringify(types) }), ...(message === undefined ? {} : { message }) };
    const where = (Object.keys(given) as (keyof typeof given)[]).map((name) => ` AND ${CONDITIONS[name]}`).join('');
    const sql = `${COLUMNS} WHERE ${begin(message)}${where} ${end}`;
    let statement = prepared.get(sql);
    if (!statement) prepared.set(sql, statement = db.prepare(sql));
    return statement.all({ ...given, ...limits }) as EventRow[];
  }

  return {
    events: (after: number, limit: number, filter: EventFilter) => read('ORDER BY e.id LIMIT @limit', { after, limit }, filter),
    latestEvents: (limit: number, filter: EventFilter) => read('ORDER BY e.id DESC LIMIT @limit', { after: 0, limit }, filter).reverse(),
    lastEvent: () => last.get() as number,
  };
}

export function eventOf(row: EventRow): PosternEvent {
  const { event, at, type, stream, data, seq, id, receivedAt, size, fixed, queued } = row;
  if (data !== null) return { id: event, at, type, stream, ...(JSON.parse(data) as object) } as PosternEvent;
  const kept = JSON.parse(fixed!) as Fixed;
  return { id: event, at, type: 'message.captured', stream, ...capturedFields({ id: id!, seq: seq!, stream, receivedAt: receivedAt!, size: size!, taken: takenOf(queued, kept) }, kept) };
}

/** Counts for people to see: by stream (kept by the writer), by inbox and by tag (counted when asked, newest inbox first). */
import type { Database } from 'better-sqlite3';
import type { InboxCount, StreamCount } from '../../inbox/port.ts';
import { ROLE } from './roles.ts';

export type InboxQuery = { stream?: string; prefix?: string; limit: number };

export function createTally(db: Database) {
  const counts = db.prepare('SELECT name AS stream, messages, unread, bytes FROM streams ORDER BY name');
  const streamId = db.prepare('SELECT id FROM streams WHERE name = ?').pluck();
  const allTags = db.prepare('SELECT tag, count(*) AS messages FROM tags GROUP BY tag ORDER BY messages DESC, tag');
  const streamTags = db.prepare('SELECT tag, count(*) AS messages FROM tags WHERE stream = ? GROUP BY tag ORDER BY messages DESC, tag');
  // From the newest message back, until enough addresses have been seen.
  const newest = db.prepare(`SELECT a.key, a.seq FROM addresses a INDEXED BY addresses_seq WHERE a.roles & ${ROLE.recipient} ORDER BY a.seq DESC`);
  const newestOf = db.prepare(`SELECT a.key, a.seq FROM messages m CROSS JOIN addresses a INDEXED BY addresses_seq ON a.seq = m.seq WHERE m.stream = ? AND a.roles & ${ROLE.recipient} ORDER BY m.seq DESC`);
  const withPrefix = db.prepare(`SELECT a.key, max(a.seq) AS seq FROM addresses a WHERE a.key >= @from AND a.key < @to AND a.roles & ${ROLE.recipient} AND (@stream IS NULL OR a.stream = @stream) GROUP BY a.key ORDER BY seq DESC LIMIT @limit`);
  const count = db.prepare(`SELECT count(*) AS messages, count(*) FILTER (WHERE m.read = 0) AS unread, max(m.received_at) AS lastAt FROM addresses a CROSS JOIN messages m ON m.seq = a.seq WHERE a.key = @address AND a.roles & ${ROLE.recipient} AND (@stream IS NULL OR a.stream = @stream)`);

  function keys({ prefix, limit }: InboxQuery, stream: number | null): string[] {
    if (prefix) {
      const from = prefix.toLowerCase();
      return (withPrefix.all({ from, to: from + '\u{10ffff}', stream, limit }) as { key: string }[]).map((row) => row.key);
    }
    const found = new Set<string>();
    const rows = stream === null ? newest.iterate() : newestOf.iterate(stream);
    for (const row of rows as Iterable<{ key: string }>) {
      found.add(row.key);
      if (found.size >= limit) break;
    }
    return [...found];
  }

  return {
    counts: () => counts.all() as StreamCount[],
    tags(stream?: string) {
      const rows = stream === undefined ? allTags.all() : streamTags.all(streamId.get(stream) ?? 0);
      return rows as { tag: string; messages: number }[];
    },
    inboxes(query: InboxQuery): InboxCount[] {
      const stream = query.stream === undefined ? null : ((streamId.get(query.stream) as number | undefined) ?? 0);
      return keys(query, stream).map((address) => ({ address, ...(count.get({ address, stream }) as Omit<InboxCount, 'address'>) }));
    },
  };
}

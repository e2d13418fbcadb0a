/** Keeps what the parser found and makes it searchable. A message that is gone by now is passed over; one that is indexed again replaces its words. */
import type { Database } from 'better-sqlite3';
import type { PosternEvent } from '../../events/event.ts';
import type { IndexEntry } from '../../inbox/port.ts';
import { compress } from './accept.ts';
import type { Ledger } from './ledger.ts';
import { hasBits, PARSE_STATES } from './roles.ts';
import type { Told } from './wire.ts';

export type Finding = { id: string; snippet: string; words: IndexEntry['words']; parsed: string; has: number; attachments: number; failed: boolean };

/** On the main thread: what is only stored crosses as JSON. */
export function findingOf({ id, parsed, snippet, words }: IndexEntry): Finding {
  return { id, snippet, words, parsed: JSON.stringify(parsed), has: hasBits(parsed), attachments: parsed.attachments.length, failed: parsed.error !== undefined };
}

export function createIndexing(db: Database, ledger: Ledger) {
  const find = db.prepare('SELECT seq, stream, parse FROM messages WHERE id = ?');
  const update = db.prepare('UPDATE messages SET parse = ?, has = ?, attachments = ? WHERE seq = ?');
  const keep = db.prepare('INSERT OR REPLACE INTO parsed (seq, snippet, data) VALUES (?, ?, ?)');
  const deleteWords = db.prepare('DELETE FROM words WHERE rowid = ?');
  const insertWords = db.prepare('INSERT INTO words (rowid, subject, addresses, text, attachments, headers) VALUES (?, ?, ?, ?, ?, ?)');

  return {
    index(findings: readonly Finding[], at: number): Told<null> {
      return ledger.transact(() => {
        const events: PosternEvent[] = [];
        for (const { id, snippet, words, parsed, has, attachments, failed } of findings) {
          const row = find.get(id) as { seq: number; stream: number; parse: number } | undefined;
          if (!row) continue;
          const parse = failed ? 'failed' : 'done';
          update.run(PARSE_STATES.indexOf(parse), has, attachments, row.seq);
          keep.run(row.seq, snippet, compress(Buffer.from(parsed)));
          if (row.parse !== 0) deleteWords.run(row.seq);
          insertWords.run(row.seq, words.subject, words.addresses, words.text, words.attachments, words.headers);
          events.push(ledger.tell(at, { type: 'message.parsed', stream: ledger.streamById(row.stream)!.name, message: id, parse, attachments }));
        }
        return { value: null, events };
      });
    },
  };
}

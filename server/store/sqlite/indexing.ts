/** Keeps what the parser found, makes it searchable, and compresses the message itself. A message that is gone by now is passed over; one that is indexed again replaces its words. */
import type { Database } from 'better-sqlite3';
import { StoreFault } from '../../admission/port.ts';
import type { PosternEvent } from '../../events/event.ts';
import type { IndexEntry } from '../../inbox/port.ts';
import { compress, isLoose, opened } from './frame.ts';
import type { Folder } from './folder.ts';
import type { Ledger } from './ledger.ts';
import { hasBits, PARSE_STATES } from './roles.ts';
import type { Told } from './wire.ts';

export type Finding = { id: string; snippet: string; words: IndexEntry['words']; parsed: string; has: number; attachments: number; failed: boolean };

/** On the main thread: what is only stored crosses as JSON. */
export function findingOf({ id, parsed, snippet, words }: IndexEntry): Finding {
  return { id, snippet, words, parsed: JSON.stringify(parsed), has: hasBits(parsed), attachments: parsed.attachments.length, failed: parsed.error !== undefined };
}

export function createIndexing(db: Database, ledger: Ledger, folder: Pick<Folder, 'tooTight'>) {
  const find = db.prepare('SELECT seq, stream, parse FROM messages WHERE id = ?');
  const update = db.prepare('UPDATE messages SET parse = ?, has = ?, attachments = ? WHERE seq = ?');
  const keep = db.prepare('INSERT OR REPLACE INTO parsed (seq, snippet, data) VALUES (?, ?, ?)');
  const content = db.prepare('SELECT summary, detail_size AS detailSize, upload, data FROM contents WHERE seq = ?');
  const dropContent = db.prepare('DELETE FROM contents WHERE seq = ?');
  const insertContent = db.prepare('INSERT INTO contents (seq, summary, detail_size, upload, data) VALUES (?, ?, ?, ?, ?)');
  const deleteWords = db.prepare('DELETE FROM words WHERE rowid = ?');
  const insertWords = db.prepare('INSERT INTO words (rowid, subject, addresses, text, attachments, headers) VALUES (?, ?, ?, ?, ?, ?)');

  /** Taken out and put in again: an UPDATE that shrinks a row leaves its page as empty as it made it, and the file twice as large. */
  function pack(seq: number): void {
    const { summary, detailSize, upload, data } = content.get(seq) as { summary: string; detailSize: number; upload: number | null; data: Buffer };
    if (!isLoose(data)) return;
    let packed: Buffer;
    try {
      packed = compress(opened(data));
    } catch {
      return; // it rotted: who reads it is told so
    }
    dropContent.run(seq);
    insertContent.run(seq, summary, detailSize, upload, packed);
  }

  /** `lean`: without the words of the bodies, and the messages left as they lie. */
  function write(findings: readonly Finding[], at: number, lean: boolean): Told<null> {
    return ledger.transact(() => {
      const events: PosternEvent[] = [];
      for (const { id, snippet, words, parsed, has, attachments, failed } of findings) {
        const row = find.get(id) as { seq: number; stream: number; parse: number } | undefined;
        if (!row) continue;
        const parse = failed ? 'failed' : 'done';
        update.run(PARSE_STATES.indexOf(parse), has, attachments, row.seq);
        keep.run(row.seq, snippet, compress(Buffer.from(parsed)));
        if (!lean) pack(row.seq);
        if (row.parse !== 0) deleteWords.run(row.seq);
        insertWords.run(row.seq, words.subject, words.addresses, lean ? '' : words.text, words.attachments, words.headers);
        events.push(ledger.tell(at, { type: 'message.parsed', stream: ledger.streamById(row.stream)!.name, message: id, parse, attachments }));
      }
      return { value: null, events };
    });
  }

  /**
   * Where the disk has little more left than what deleting needs, the words of
   * a body are left out: it can be read, and not searched. Of several those
   * that fit are kept. Throws StoreFault where none does: they are tried again.
   */
  function index(findings: readonly Finding[], at: number): Told<null> {
    const sum = (octets: (one: Finding) => number) => findings.reduce((all, one) => all + octets(one), 0);
    if (!folder.tooTight(sum(({ parsed, words }) => parsed.length + words.text.length))) return write(findings, at, false);
    if (!folder.tooTight(sum(({ parsed }) => compress(Buffer.from(parsed)).length))) return write(findings, at, true);
    const full = new StoreFault('full', 'The disk of the data folder has room left for deleting only');
    if (findings.length === 1) throw full;
    const kept = findings.flatMap((one) => {
      try {
        return [index([one], at)];
      } catch (error) {
        if (error instanceof StoreFault) return [];
        throw error;
      }
    });
    if (kept.length === 0) throw full;
    return { value: null, events: kept.flatMap(({ events }) => events) };
  }

  return { index };
}

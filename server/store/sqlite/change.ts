/** Changes what may be changed of a message: whether it was read, and its tags. Tells only of what really changed. */
import type { Database } from 'better-sqlite3';
import type { PosternEvent } from '../../events/event.ts';
import type { Ledger } from './ledger.ts';
import type { Told } from './wire.ts';

export type Change = { read?: boolean; addTags?: string[]; removeTags?: string[]; tags?: string[] };

export function createChange(db: Database, ledger: Ledger) {
  const find = db.prepare('SELECT id, stream, read, tags FROM messages WHERE seq = ?');
  const write = db.prepare('UPDATE messages SET read = ?, tags = ? WHERE seq = ?');
  const insertTag = db.prepare('INSERT OR IGNORE INTO tags (tag, seq, stream) VALUES (?, ?, ?)');
  const deleteTag = db.prepare('DELETE FROM tags WHERE tag = ? AND seq = ?');

  function changeOne(seq: number, change: Change, at: number): PosternEvent | undefined | 'gone' {
    const row = find.get(seq) as { id: string; stream: number; read: number; tags: string } | undefined;
    if (!row) return 'gone';
    const before = JSON.parse(row.tags) as string[];
    const wanted = new Set([...(change.tags ?? before), ...(change.addTags ?? [])]);
    for (const tag of change.removeTags ?? []) wanted.delete(tag);
    const after = [...wanted];
    const read = change.read === undefined ? row.read : Number(change.read);
    const retagged = after.length !== before.length || after.some((tag, i) => tag !== before[i]);
    if (read === row.read && !retagged) return undefined;

    write.run(read, JSON.stringify(after), seq);
    if (retagged) {
      for (const tag of before) if (!wanted.has(tag)) deleteTag.run(tag, seq);
      for (const tag of after) insertTag.run(tag, seq, row.stream);
    }
    const book = ledger.streamById(row.stream)!;
    book.unread += row.read - read;
    ledger.touch(book);
    return ledger.tell(at, {
      type: 'message.updated', stream: book.name, message: row.id,
      ...(read === row.read ? {} : { read: read === 1 }), ...(retagged ? { tags: after } : {}),
    });
  }

  return {
    /** Answers how many of them are (still) there. */
    change(seqs: readonly number[], change: Change, at: number): Told<number> {
      return ledger.transact(() => {
        const events: PosternEvent[] = [];
        let value = 0;
        for (const seq of seqs) {
          const told = changeOne(seq, change, at);
          if (told === 'gone') continue;
          value++;
          if (told) events.push(told);
        }
        return { value, events };
      });
    },
  };
}

import Sqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { comparable } from '../../inbox/words.ts';
import { compile } from './compile.ts';

test('subjects are found in rows of older versions too, whichever way their marks were written', () => {
  const db = new Sqlite(':memory:');
  db.exec('CREATE TABLE messages (seq INTEGER PRIMARY KEY, subject TEXT)');
  const subject = 'Neue Größe';
  const rows = { older: subject.toLowerCase(), 'older, marks apart': subject.normalize('NFD').toLowerCase(), newer: comparable(subject.normalize('NFD')) };
  for (const row of Object.values(rows)) db.prepare('INSERT INTO messages (subject) VALUES (?)').run(row);
  for (const [contains, found] of [['größe', 3], ['GRÖßE'.normalize('NFD'), 3], ['neue', 3], ['grosse', 0]] as const) {
    const { sql, values } = compile({ kind: 'subject', contains });
    expect([contains, db.prepare(`SELECT count(*) FROM messages m WHERE ${sql}`).pluck().get(...values)]).toEqual([contains, found]);
  }
  db.close();
});

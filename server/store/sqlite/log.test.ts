/** How the event log is read; what is read is for the conformance tests to say. */
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { createLog } from './log.ts';

/** The lower bound at which reading begins is sought in the log's order; any other is asked of each row. */
test('of a message that is there the log is read from its capture on, however much lies before it', () => {
  const db = new Database(':memory:');
  db.exec(`CREATE TABLE counters (id, event); CREATE TABLE contents (seq INTEGER PRIMARY KEY, summary);
    CREATE TABLE messages (seq INTEGER PRIMARY KEY, id UNIQUE, event, received_at, size, queued);
    CREATE TABLE events (id INTEGER PRIMARY KEY, at, type, stream, seq, data)`);
  const asked: string[] = [];
  const log = createLog(new Proxy(db, { get: (of, name) => (name !== 'prepare' ? Reflect.get(of, name) : (sql: string) => {
    asked.push(sql);
    return of.prepare(sql);
  }) }));
  const add = db.prepare('INSERT INTO events (id, at, type, stream, seq, data) VALUES (?, 0, ?, ?, ?, ?)');
  for (let id = 1; id <= 8; id++) add.run(id, 'recipient.delivered', 'default', 1, '{"message":"other"}');
  db.exec("INSERT INTO messages VALUES (2, 'mine', 9, 0, 0, NULL)");
  add.run(9, 'recipient.held', 'default', 2, '{"message":"mine"}');
  expect([[0, 9], [8, 9], [9, undefined]].map(([after]) => log.events(after!, 5, { message: 'mine' })[0]?.event)).toEqual([9, 9, undefined]);

  const program = db.prepare(`EXPLAIN ${asked.at(-1)!}`).all({ message: 'mine', after: 0, limit: 5 }) as { opcode: string; p1: number; p4: string | null }[];
  const seeks = program.filter(({ opcode }) => opcode.startsWith('Seek') && opcode !== 'SeekRowid').map(({ opcode }) => opcode);
  // Up to and with the capture itself: SeekGT would begin behind `after`.
  expect(seeks).toContain('SeekGE');
  expect(seeks).not.toContain('SeekGT');
});

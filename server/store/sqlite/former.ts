/**
 * What real mail has taught outlives its stream: whom it must not be sent to,
 * and what became of it. Such rows stay under the number of their stream,
 * which is kept beside its name while there are any, given to nobody else, and
 * taken up by a stream of that name. What simulated mail left, and what a
 * person set for it, goes with the stream.
 */
import type { Database } from 'better-sqlite3';
import { BOTH, MODE } from './recipient-row.ts';

/** Tables with rows of a stream and a mode that may outlive it. */
const LASTING = ['suppressions', 'strikes', 'telemetry', 'delivery_times'];

/** The name of the stream with such a number. `number` is an SQL expression. */
export const nameOf = (number: string): string => `coalesce((SELECT name FROM streams WHERE id = ${number}), (SELECT name FROM former_streams WHERE id = ${number}))`;

/** The number for a stream that is made: the one that it had, or one that is nobody's. `name` is an SQL expression. */
export const numberFor = (name: string): string => `coalesce((SELECT id FROM former_streams WHERE name = ${name}), 1 + max(coalesce((SELECT max(id) FROM streams), 0), coalesce((SELECT max(id) FROM former_streams), 0)))`;

/** The number of a stream that is there, or is gone and has left something; without a book at hand. */
export function createKnown(db: Database): (name: string) => number | undefined {
  const find = db.prepare('SELECT id FROM streams WHERE name = @name UNION ALL SELECT id FROM former_streams WHERE name = @name LIMIT 1').pluck();
  return (name) => find.get({ name }) as number | undefined;
}

export function createFormer(db: Database) {
  const note = db.prepare(`INSERT INTO former_streams (id, name) SELECT ${numberFor('@name')}, @name WHERE NOT EXISTS (SELECT 1 FROM former_streams WHERE name = @name)`);
  const find = db.prepare('SELECT id FROM former_streams WHERE name = ?').pluck();
  const drop = db.prepare('DELETE FROM former_streams WHERE name = ?');
  const keep = db.prepare(`INSERT INTO former_streams (id, name) SELECT id, name FROM streams WHERE id = @id AND (${LASTING.map((table) => `EXISTS (SELECT 1 FROM ${table} WHERE stream = @id)`).join(' OR ')})`);
  const idle = db.prepare(`DELETE FROM former_streams WHERE id NOT IN (${LASTING.map((table) => `SELECT stream FROM ${table}`).join(' UNION ')})`);
  const any = db.prepare('SELECT 1 FROM former_streams LIMIT 1');
  const forget = LASTING.map((table) => db.prepare(`DELETE FROM ${table} WHERE stream = ? AND mode <> ${MODE.deliver}`));
  // Where one is suppressed for its real mail and by hand for all of it, what lasts longer stays.
  const shorter = db.prepare(`DELETE FROM suppressions WHERE stream = ? AND mode = ${MODE.deliver} AND expires_at IS NOT NULL
    AND EXISTS (SELECT 1 FROM suppressions b WHERE b.address = suppressions.address AND b.stream = suppressions.stream AND b.mode = ${BOTH} AND coalesce(b.expires_at > suppressions.expires_at, 1))`);
  const narrow = db.prepare(`UPDATE OR IGNORE suppressions SET mode = ${MODE.deliver} WHERE stream = ? AND mode = ${BOTH}`);

  return {
    id: (name: string): number | undefined => find.get(name) as number | undefined,
    /** Of a stream that is gone and has perhaps left nothing so far. */
    note(name: string): number {
      note.run({ name });
      return find.get(name) as number;
    },
    /** Before the row of the stream goes. `live`: it delivers, or was ever to; then what stands for all of its mail goes on for the real one. */
    leave(id: number, live: boolean): void {
      if (live) {
        shorter.run(id);
        narrow.run(id);
      }
      for (const statement of forget) statement.run(id);
      keep.run({ id });
    },
    /** It is there again. */
    back: (name: string): void => void drop.run(name),
    /** Forgets those of whom nothing is left. */
    tidy(): void {
      if (any.get()) idle.run();
    },
  };
}

export type Former = ReturnType<typeof createFormer>;

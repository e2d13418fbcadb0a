/**
 * Rows that go in many at a time. To begin a statement costs as much as to put
 * in a small row, so the rows of a transaction wait, and go in by eights.
 */
import type { Database } from 'better-sqlite3';
import type { Ledger } from './ledger.ts';

type Value = string | number | null | Uint8Array;

/** Rows that one statement puts in; the largest first. */
const BY = [8, 4, 2, 1];

export type Bulk = {
  /** Inside a transaction, at whose end it goes in at the latest. */
  add(...row: Value[]): void;
  /** Before anything looks for a row that was added. */
  flush(): void;
};

export function createBulk(db: Database, ledger: Ledger, table: string, columns: readonly string[]): Bulk {
  const row = `(${columns.map(() => '?').join(', ')})`;
  const inserts = BY.map((rows) => ({
    values: rows * columns.length,
    insert: db.prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES ${Array(rows).fill(row).join(', ')}`),
  }));
  let waiting: Value[] = [];

  function flush(): void {
    let at = 0;
    for (const { values, insert } of inserts) {
      for (; waiting.length - at >= values; at += values) insert.run(waiting.slice(at, at + values));
    }
    waiting = [];
  }

  ledger.atCommit({ write: flush, forget: () => void (waiting = []) });
  return { add: (...values) => void waiting.push(...values), flush };
}

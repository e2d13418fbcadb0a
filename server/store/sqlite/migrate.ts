/**
 * Brings a database to the newest schema with the migrations that drizzle-kit
 * wrote, each in a transaction. Keeps drizzle's own table, so that its tools
 * agree. Refuses a database that a newer Postern has changed.
 *
 * drizzle's driver is not loaded for it: importing that takes 220 ms, which is
 * half of what a start may take (docs/decisions/0003-sqlite-statements.md).
 */
import { OperatorError } from '../../operator-error.ts';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Database } from 'better-sqlite3';
import { type MigrationMeta, readMigrationFiles } from 'drizzle-orm/migrator';

/** drizzle/sqlite of this package, seen from the source and from dist/. */
export function migrationsFolder(): string {
  for (const up of ['../../../drizzle/sqlite', '../../../../drizzle/sqlite']) {
    const folder = fileURLToPath(new URL(up, import.meta.url));
    if (existsSync(`${folder}/meta/_journal.json`)) return folder;
  }
  throw new OperatorError('The migrations (drizzle/sqlite) are missing from this installation of Postern');
}

export function readMigrations(folder = migrationsFolder()): MigrationMeta[] {
  return readMigrationFiles({ migrationsFolder: folder });
}

export function migrate(db: Database, migrations: readonly MigrationMeta[]): void {
  db.exec('CREATE TABLE IF NOT EXISTS __drizzle_migrations (id INTEGER PRIMARY KEY, hash TEXT NOT NULL, created_at NUMERIC)');
  const last = db.prepare('SELECT max(created_at) FROM __drizzle_migrations').pluck().get() as number | null;
  const newest = migrations.at(-1)?.folderMillis ?? 0;
  if (last !== null && last > newest) {
    throw new OperatorError(`The data folder was written by a newer Postern (schema of ${new Date(last).toISOString()}, this one knows ${new Date(newest).toISOString()}). Update Postern, or point POSTERN_DATA_DIR at another folder.`);
  }
  const note = db.prepare('INSERT INTO __drizzle_migrations (hash, created_at) VALUES (?, ?)');
  for (const { sql, hash, folderMillis } of migrations) {
    if (last !== null && folderMillis <= last) continue;
    db.transaction(() => {
      for (const statement of sql) if (statement.trim()) db.exec(statement);
      note.run(hash, folderMillis);
    }).immediate();
  }
}

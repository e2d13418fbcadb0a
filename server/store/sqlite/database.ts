/**
 * Opens the database file (or one in memory) with the settings that the
 * promises rest on: a commit is on disk before it is answered
 * (synchronous=FULL), readers do not wait for the writer (WAL), and deleted
 * mail gives its pages back (auto_vacuum=incremental).
 */
import { existsSync, writeFileSync } from 'node:fs';
import Sqlite, { type Database } from 'better-sqlite3';
import { migrate, readMigrations } from './migrate.ts';

export const MEMORY = ':memory:';
/** Name of the database in the data folder. */
export const FILE = 'postern.db';

export type Place = {
  /** Path of the file, or `:memory:`. */
  file: string;
  /** The database may not grow beyond this many pages of 4,096 octets. */
  maxPages?: number | undefined;
};

/** Pages in the WAL after which it is written back: 16 MB. The default (4 MB) checkpoints within a single large body. */
const CHECKPOINT_PAGES = 4096;

export function openForWriting(place: Place): Database {
  // Its owner's alone from the first moment on; the WAL beside it takes after it.
  if (place.file !== MEMORY && !existsSync(place.file)) writeFileSync(place.file, '', { mode: 0o600 });
  const db = new Sqlite(place.file);
  try {
    db.pragma('auto_vacuum = INCREMENTAL'); // only takes in a database that is still empty
    if (place.file !== MEMORY) db.pragma('journal_mode = WAL');
    common(db);
    db.pragma('synchronous = FULL');
    db.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    db.pragma('journal_size_limit = 67108864');
    if (place.maxPages !== undefined) db.pragma(`max_page_count = ${place.maxPages}`);
    migrate(db, readMigrations());
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

export function openForReading(place: Place): Database {
  const db = new Sqlite(place.file, { readonly: true });
  common(db);
  return db;
}

function common(db: Database): void {
  db.pragma('busy_timeout = 5000');
  db.pragma('temp_store = MEMORY');
  db.pragma('cache_size = -8000'); // 8 MB
}

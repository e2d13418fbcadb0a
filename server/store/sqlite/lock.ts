/**
 * One process to a data folder. The lock is one that the operating system
 * drops with the process (SQLite's on a file of its own), so a crash leaves
 * none behind; the pid beside it is for the message only.
 */
import { makeFolder } from '../../folder.ts';
import { OperatorError } from '../../operator-error.ts';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';

/** Takes the folder, making it if need be. Throws when another process has it; answers how to let go. */
export function lockFolder(dir: string): () => void {
  const pidFile = join(dir, 'postern.pid');
  let lock: Sqlite.Database | undefined;
  try {
    makeFolder(dir, 0o700);
    lock = new Sqlite(join(dir, 'postern.lock'), { timeout: 0 });
    chmodSync(join(dir, 'postern.lock'), 0o600);
    lock.pragma('journal_mode = MEMORY');
    lock.exec('BEGIN EXCLUSIVE');
    writeFileSync(pidFile, `${process.pid}\n`, { mode: 0o600 });
    return () => lock!.close();
  } catch (error) {
    lock?.close();
    const { code, message } = error as { code?: string; message: string };
    if (!String(code).startsWith('SQLITE_BUSY')) throw new OperatorError(`The data folder ${dir} cannot be written to (${message}). Make room or give it the rights, or choose another (POSTERN_DATA_DIR).`, { cause: error });
    throw new OperatorError(`The data folder ${dir} is in use by another Postern${owner(pidFile)}. Stop that one, or give this one a folder of its own (POSTERN_DATA_DIR).`, { cause: error });
  }
}

function owner(pidFile: string): string {
  try {
    return ` (pid ${readFileSync(pidFile, 'utf8').trim()})`;
  } catch {
    return '';
  }
}

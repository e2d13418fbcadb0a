/** Folders that are made with those above them. */
import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Makes a folder and what is missing above it; one that is there stays as it
 * is. Throws the system's error. Node's own `recursive` never comes back where
 * a file system takes no new folders and says ENOENT, as /proc does.
 */
export function makeFolder(path: string, mode = 0o777): void {
  const missing: string[] = [];
  for (let at = resolve(path); !isThere(at); at = dirname(at)) missing.push(at);
  for (const at of missing.reverse()) {
    try {
      mkdirSync(at, { mode });
    } catch (error) {
      // Somebody else may have made it meanwhile.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
  if (!statSync(path).isDirectory()) throw Object.assign(new Error(`ENOTDIR: ${path} is a file`), { code: 'ENOTDIR' });
}

function isThere(path: string): boolean {
  // The root always is: `dirname` ends there.
  if (dirname(path) === path) return true;
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

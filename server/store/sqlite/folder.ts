/**
 * What a commit that takes mail in wants of the data folder: that the database
 * is still the file of that name (one that was deleted under a running Postern
 * swallows writes without a word, and all of them are gone at the next start),
 * and that some of the disk stays free. Without that rest nothing could be
 * deleted any more to make room: a deletion is first of all a write.
 */
import { statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { StoreFault } from '../../admission/port.ts';
import { FILE } from './database.ts';

/** Octets left free: what the WAL may hold (16 MB) and what it takes to write it back. Of a small disk, this part of it. */
const KEEP_FREE = 32 * 1024 * 1024;
const KEEP_FREE_PART = 1 / 8;

/** Answers why mail cannot be taken right now. Costs two system calls (2 µs). */
export function watchFolder(dir: string, keepFree?: number): () => StoreFault | undefined {
  const file = join(dir, FILE);
  const { ino, dev } = statSync(file);
  const gone = () => new StoreFault('broken', `The database ${file} was deleted or replaced while Postern runs: start it again`);
  return () => {
    const now = statSync(file, { throwIfNoEntry: false });
    if (now?.ino !== ino || now.dev !== dev) return gone();
    try {
      const { bavail, blocks, bsize } = statfsSync(dir);
      // A file system that does not say how large it is cannot be judged.
      const least = keepFree ?? Math.min(KEEP_FREE, blocks * bsize * KEEP_FREE_PART);
      if (blocks > 0 && bavail * bsize < least) return new StoreFault('full', `The disk of the data folder is full: less than ${Math.ceil(least / 1024 / 1024)} MB are free`);
    } catch { /* no statfs here: a write will tell */ }
    return undefined;
  };
}

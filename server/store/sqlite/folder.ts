/**
 * What a commit that takes mail in wants of the data folder: that the database
 * is still the file of that name (one that was deleted under a running Postern
 * swallows writes without a word, and all of them are gone at the next start),
 * and that some of the disk stays free. Without that rest nothing could be
 * deleted any more to make room: a deletion is first of all a write.
 */
import { statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from 'better-sqlite3';
import { StoreFault } from '../../admission/port.ts';
import { FILE } from './database.ts';

const MB = 1024 * 1024;
/** Octets left free for deleting in. Of a small disk, this part of it. */
const KEEP_FREE = 32 * MB;
const KEEP_FREE_PART = 1 / 8;
/** With so much free nothing needs to be weighed. */
const AMPLE = 512 * MB;

export type Disk = { /** Octets. */ free: number; total: number; /** Of the WAL file: as much may still have to be written into the database. */ wal: number };

/** How many octets must be free for a commit that brings `octets`: they go to the WAL, and from there into the database. */
export function needed({ total, wal }: Omit<Disk, 'free'>, octets: number, keepFree = Math.min(KEEP_FREE, total * KEEP_FREE_PART)): number {
  return keepFree + wal + 2 * octets;
}

export type Folder = {
  /** Why mail of so many octets cannot be taken right now. Costs two system calls (2 µs) while there is ample room. */
  unfit(octets: number): StoreFault | undefined;
  /** Whether what is made of mail that was taken would take more than half of what is left for deleting. */
  tooTight(octets: number): boolean;
  /** Where the disk is tight: gives the place of the WAL back, unless somebody reads in it. A deletion that stays in the WAL makes no room. */
  ease(): void;
  /** Octets of the disk that are free; undefined where that cannot be told. */
  free(): number | undefined;
};

/** Of a store in memory, which has none. */
export const NO_FOLDER: Folder = { unfit: () => undefined, tooTight: () => false, ease: () => undefined, free: () => undefined };

export function watchFolder(dir: string, db: Database, keepFree?: number): Folder {
  const file = join(dir, FILE);
  const { ino, dev } = statSync(file);
  const gone = () => new StoreFault('broken', `The database ${file} was deleted or replaced while Postern runs: start it again`);

  /** Undefined where there is ample room, or none can be told: then a write will tell. */
  function look(): Disk | undefined {
    try {
      const { bavail, blocks, bsize } = statfsSync(dir);
      const free = bavail * bsize;
      // A file system that does not say how large it is cannot be judged.
      if (blocks === 0 || (free >= AMPLE && keepFree === undefined)) return undefined;
      return { free, total: blocks * bsize, wal: statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0 };
    } catch {
      return undefined;
    }
  }

  function writeBack(): void {
    const timeout = db.pragma('busy_timeout', { simple: true }) as number;
    db.pragma('busy_timeout = 0');
    try {
      db.pragma('wal_checkpoint(TRUNCATE)');
    } catch { /* the next one tries again */ } finally {
      db.pragma(`busy_timeout = ${timeout}`);
    }
  }

  /** How many octets would have to be free for these; undefined when they are. */
  function lack(octets: number, part: number): number | undefined {
    const least = (disk: Disk) => needed(disk, octets, (keepFree ?? Math.min(KEEP_FREE, disk.total * KEEP_FREE_PART)) * part);
    let disk = look();
    if (disk && disk.wal > 0 && disk.free < least(disk)) {
      writeBack();
      disk = look();
    }
    return disk && disk.free < least(disk) ? least(disk) : undefined;
  }

  return {
    unfit(octets) {
      const now = statSync(file, { throwIfNoEntry: false });
      if (now?.ino !== ino || now.dev !== dev) return gone();
      const least = lack(octets, 1);
      return least === undefined ? undefined : new StoreFault('full', `The disk of the data folder is full: less than ${Math.ceil(least / MB)} MB are free`);
    },
    tooTight: (octets) => lack(octets, 1 / 2) !== undefined,
    ease() {
      const disk = look();
      if (disk && disk.wal > 0 && disk.free < 2 * needed(disk, 0)) writeBack();
    },
    free: () => look()?.free,
  };
}

/**
 * Folders for databases of tests that are not about what survives: in memory
 * where the machine has room for files there, since a commit need not wait for
 * a disk then. All else is as on a disk.
 */
import { mkdtempSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MEMORY = '/dev/shm';
/** Octets: a container may have few of them, and a full disk is a test of its own. */
const ROOM = 1024 ** 3;

function roomy(): boolean {
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize >= ROOM;
  } catch {
    return false;
  }
}

/** A new folder, as mkdtemp makes one. */
export const quickFolder = (prefix: string): string => mkdtempSync(join(process.platform === 'linux' && roomy() ? MEMORY : tmpdir(), prefix));

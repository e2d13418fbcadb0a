/** Everything that only reads, over one connection. Plain calls: thread.ts brings them in from the main thread. */
import type { Database } from 'better-sqlite3';
import { createFind } from './find.ts';
import { createLaneReading } from './lanes.ts';
import { createLog } from './log.ts';
import { createReading } from './reading.ts';
import { createTally } from './tally.ts';

export function createReader(db: Database) {
  return { ...createFind(db), ...createReading(db), ...createTally(db), ...createLog(db), ...createLaneReading(db) };
}

export type Reader = ReturnType<typeof createReader>;

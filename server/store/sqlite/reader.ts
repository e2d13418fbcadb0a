/** Everything that only reads, over one connection. Plain calls: thread.ts brings them in from the main thread. */
import type { Database } from 'better-sqlite3';
import { createAuditReading } from './audit.ts';
import { createFind } from './find.ts';
import { createHookReading } from './hook-rows.ts';
import { createKeptReading } from './keeping.ts';
import { createLaneReading } from './lanes.ts';
import { createLog } from './log.ts';
import { createQueueReading } from './queue-reading.ts';
import { createReading } from './reading.ts';
import { createTally } from './tally.ts';
import { createTelemetryReading } from './telemetry-reading.ts';

export function createReader(db: Database) {
  return { ...createFind(db), ...createReading(db), ...createTally(db), ...createLog(db), ...createLaneReading(db), ...createQueueReading(db), ...createKeptReading(db), ...createHookReading(db), ...createAuditReading(db), ...createTelemetryReading(db) };
}

export type Reader = ReturnType<typeof createReader>;

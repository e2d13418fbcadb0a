/**
 * A thread that owns a connection: opens the database in its role when told, then
 * answers one call at a time, in order. A call that throws is answered with
 * the error; a database that cannot be opened ends the thread.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { Database } from 'better-sqlite3';
import { FILE, MEMORY, openForReading, openForWriting, type Place } from './database.ts';
import { faultOf, toWire } from './fault.ts';
import type { Answer, Call } from './line.ts';
import { createReader } from './reader.ts';
import { createWriter, type WriterOptions } from './writer.ts';

/** `both` is for a database in memory, which only one connection can see. */
export type Role = 'writer' | 'reader' | 'both';
export type ThreadData = { role: Role; place: Place; writer: WriterOptions };

const { role, place, writer } = workerData as ThreadData;
const dir = place.file === MEMORY ? undefined : place.file.slice(0, -FILE.length);
const port = parentPort!;
const answer = (message: Answer) => port.postMessage(message);

let db: Database | undefined;
let calls: Record<string, (...args: never[]) => unknown> = {};

function open(): null {
  db = role === 'reader' ? openForReading(place) : openForWriting(place);
  calls = {
    ...(role === 'writer' ? {} : createReader(db)),
    ...(role === 'reader' ? {} : createWriter(db, writer)),
  };
  return null;
}

function close(): null {
  if (role === 'writer') {
    // Leaves one tidy file; a reader that is still there only makes it less tidy.
    try { db?.pragma('wal_checkpoint(TRUNCATE)'); } catch { /* the WAL is read at the next start */ }
  }
  db?.close();
  return null;
}

port.on('message', ({ n, op, args }: Call) => {
  try {
    const value = op === 'open' ? open() : op === 'close' ? close() : calls[op]!(...(args as never[]));
    answer({ n, value });
    if (op === 'close') port.close();
  } catch (error) {
    answer({ n, error: toWire(faultOf(error, dir)) });
    if (op === 'open' || op === 'close') port.close();
  }
});

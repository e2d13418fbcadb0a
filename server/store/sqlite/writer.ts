/** Everything that writes, over one connection. Plain calls: thread.ts brings them in from the main thread. */
import type { Database } from 'better-sqlite3';
import { createAccept } from './accept.ts';
import { createChange } from './change.ts';
import { NO_FOLDER, watchFolder } from './folder.ts';
import { createIndexing } from './indexing.ts';
import { createLanes } from './lanes.ts';
import { createLedger } from './ledger.ts';
import { createPrune } from './prune.ts';
import { createRemove } from './remove.ts';
import { createRides } from './rides.ts';

export type WriterOptions = { dir: string | undefined; now: number; keepEvents: number; keepFree?: number | undefined };

export function createWriter(db: Database, { dir, now, keepEvents, keepFree }: WriterOptions) {
  const ledger = createLedger(db);
  const folder = dir === undefined ? NO_FOLDER : watchFolder(dir, db, keepFree);
  const accepting = createAccept(db, ledger, dir, folder.unfit, createRides(db, ledger));
  const removing = createRemove(db, ledger);
  const lanes = createLanes(db, ledger, removing);
  lanes.ensureDefault(now);
  const firstUpload = accepting.sweepUploads();
  const beat = db.prepare('UPDATE counters SET beat = ? WHERE id = 1');
  const readBeat = db.prepare('SELECT beat FROM counters WHERE id = 1').pluck();

  /** Before it and behind it: on a tight disk what one step frees is what the next one needs. */
  const eased = <A extends unknown[], R>(work: (...args: A) => R) => (...args: A): R => {
    folder.ease();
    const done = work(...args);
    folder.ease();
    return done;
  };

  return {
    ready: () => ({ firstUpload }),
    commit: accepting.commit,
    ...createIndexing(db, ledger, folder),
    ...createChange(db, ledger),
    remove: eased(removing.remove),
    release: eased(removing.release),
    createStream: lanes.createStream,
    changeStream: lanes.changeStream,
    deleteStream: lanes.deleteStream,
    createCredential: lanes.createCredential,
    deleteCredential: lanes.deleteCredential,
    createInbox: lanes.createInbox,
    ...createPrune(db, ledger, removing, folder, keepEvents),
    /** Writes and reads a row; throws what the disk says. */
    probe(at: number): boolean {
      const fault = folder.unfit(0);
      if (fault) throw fault;
      ledger.transact(() => beat.run(at));
      return readBeat.get() === at;
    },
  };
}

export type Writer = ReturnType<typeof createWriter>;

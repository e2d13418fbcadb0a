/** Everything that writes, over one connection. Plain calls: thread.ts brings them in from the main thread. */
import type { Database } from 'better-sqlite3';
import { createAccept } from './accept.ts';
import { createChange } from './change.ts';
import { watchFolder } from './folder.ts';
import { createIndexing } from './indexing.ts';
import { createLanes } from './lanes.ts';
import { createLedger } from './ledger.ts';
import { createPrune } from './prune.ts';
import { createRemove } from './remove.ts';
import { createRides } from './rides.ts';

export type WriterOptions = { dir: string | undefined; now: number; keepEvents: number; keepFree?: number | undefined };

export function createWriter(db: Database, { dir, now, keepEvents, keepFree }: WriterOptions) {
  const ledger = createLedger(db);
  const unfit = dir === undefined ? () => undefined : watchFolder(dir, keepFree);
  const accepting = createAccept(db, ledger, dir, unfit, createRides(db, ledger));
  const removing = createRemove(db, ledger);
  const lanes = createLanes(db, ledger, removing);
  lanes.ensureDefault(now);
  const firstUpload = accepting.sweepUploads();
  const beat = db.prepare('UPDATE counters SET beat = ? WHERE id = 1');
  const readBeat = db.prepare('SELECT beat FROM counters WHERE id = 1').pluck();

  return {
    ready: () => ({ firstUpload }),
    commit: accepting.commit,
    ...createIndexing(db, ledger),
    ...createChange(db, ledger),
    remove: removing.remove,
    release: removing.release,
    createStream: lanes.createStream,
    changeStream: lanes.changeStream,
    deleteStream: lanes.deleteStream,
    createCredential: lanes.createCredential,
    deleteCredential: lanes.deleteCredential,
    createInbox: lanes.createInbox,
    ...createPrune(db, ledger, removing, keepEvents),
    /** Writes and reads a row; throws what the disk says. */
    probe(at: number): boolean {
      const fault = unfit();
      if (fault) throw fault;
      ledger.transact(() => beat.run(at));
      return readBeat.get() === at;
    },
  };
}

export type Writer = ReturnType<typeof createWriter>;

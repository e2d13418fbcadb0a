/**
 * A Postern from its configuration. The store is opened first: while its
 * threads start, all else is loaded (building.ts), and the two together are
 * most of the start. `close` loses nothing that was accepted: listeners first,
 * then what is in flight, the store last.
 */
import { resolve } from 'node:path';
import { StoreFault } from './admission/port.ts';
import type { Running } from './building.ts';
import { wallClock, type Clock } from './clock.ts';
import { ConfigError, type Config } from './config.ts';
import { makeFolder } from './folder.ts';
import { createLog } from './log.ts';
import type { Accepted } from './network/pretend/accepted.ts';
import { OperatorError } from './operator-error.ts';
import { openStore } from './store/sqlite/open.ts';

export type { Running };
export type AssembleOptions = { clock?: Clock; /** Each message that the pretend remote took, before its 250. */ hear?: (accepted: Accepted) => void };

/** Throws ConfigError for what the operator can mend; then nothing stays open. */
export async function assemble(config: Config, { clock = wallClock, hear }: AssembleOptions = {}): Promise<Running> {
  const closers: (() => unknown)[] = [];
  const close = async () => {
    for (const step of closers.splice(0).reverse()) await step();
  };
  const log = createLog({ level: config.logLevel, format: config.logFormat });
  const dir = config.dataDir === ':memory:' ? null : resolve(config.dataDir);
  if (dir !== null) folderFor(dir);
  const opening = openStore({ dir: dir ?? ':memory:', clock, log });
  opening.catch(() => {}); // reported where it is awaited
  try {
    const { build } = await import('./building.ts');
    const store = await opening.catch((error: unknown) => {
      // A full disk, a damaged file, a newer version's: for the operator, not for a bug report.
      throw error instanceof StoreFault ? new OperatorError(error.message, { cause: error }) : error;
    });
    closers.push(() => store[Symbol.asyncDispose]());
    return { ...(await build({ config, store, dir, log, clock, closers, hear })), close };
  } catch (error) {
    await close();
    throw error;
  }
}

function folderFor(dir: string): void {
  try {
    makeFolder(dir, 0o700);
  } catch (error) {
    throw new ConfigError(`dataDir: ${dir} cannot be made (${(error as Error).message})`);
  }
}

/** What the tests of a store that is failed by its disk, its threads or its folder begin with: a folder for each test, and stores in it that are closed before it goes. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { manualClock } from '../../server/clock.ts';
import type { Store } from '../../server/store/port.ts';
import { openStore, type StoreOptions } from '../../server/store/sqlite/open.ts';

export function storeFolder() {
  let dir: string;
  const opened: Store[] = [];
  beforeEach(() => { dir = mkdtempSync(join(tmpdir(), 'postern-store-')); });
  afterEach(async () => {
    for (const store of opened.splice(0)) await store[Symbol.asyncDispose]();
    rmSync(dir, { recursive: true, force: true });
  });
  return {
    get dir() { return dir; },
    async open(options: Partial<StoreOptions> = {}): Promise<Store> {
      const store = await openStore({ dir, clock: manualClock(), ...options });
      opened.push(store);
      return store;
    },
  };
}

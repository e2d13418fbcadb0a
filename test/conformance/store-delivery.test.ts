import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { openStore } from '../../server/store/sqlite/open.ts';
import type { OpenStore } from './house.ts';
import { storeDeletesRealMail } from './store-deleting.ts';
import { storeKeepsHooks } from './store-hooks.ts';
import { storeKeepsPromises } from './store-kept.ts';
import { storeDelivers } from './store-live.ts';
import { storeObeys } from './store-operations.ts';
import { storeQueues } from './store-queue.ts';
import { storeSuppresses } from './store-suppressions.ts';
import { storeEndsOnce } from './store-terminal.ts';

const folder = mkdtempSync(join(tmpdir(), 'postern-delivery-'));
let n = 0;
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const stores: [string, OpenStore][] = [
  ['the SQLite store in memory', (options) => openStore({ dir: ':memory:', ...options })],
  ['the SQLite store on disk', (options) => openStore({ dir: join(folder, String(n++)), ...options })],
];
for (const [name, open] of stores) {
  storeQueues(name, open);
  storeObeys(name, open);
  storeDelivers(name, open);
  storeDeletesRealMail(name, open);
  storeSuppresses(name, open);
  storeKeepsPromises(name, open);
  storeKeepsHooks(name, open);
}
// On disk it would be the same statements, and half a minute.
storeEndsOnce(...stores[0]!);

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { openStore } from '../../server/store/sqlite/open.ts';
import type { OpenStore } from './house.ts';
import { storeKeepsMail } from './store-mail.ts';
import { storeTakesIn } from './store.ts';

const folder = mkdtempSync(join(tmpdir(), 'postern-store-'));
let n = 0;
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const stores: [string, OpenStore][] = [
  ['the SQLite store in memory', (options) => openStore({ dir: ':memory:', ...options })],
  ['the SQLite store on disk', (options) => openStore({ dir: join(folder, String(n++)), ...options })],
];
for (const [name, open] of stores) {
  storeTakesIn(name, open);
  storeKeepsMail(name, open);
}

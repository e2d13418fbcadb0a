import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { openStore } from '../../server/store/sqlite/open.ts';
import { storeWritesDown } from './store-audit.ts';

const folder = mkdtempSync(join(tmpdir(), 'postern-audit-'));
let n = 0;
afterAll(() => rmSync(folder, { recursive: true, force: true }));

storeWritesDown('the SQLite store in memory', (options) => openStore({ dir: ':memory:', ...options }));
storeWritesDown('the SQLite store on disk', (options) => openStore({ dir: join(folder, String(n++)), ...options }));

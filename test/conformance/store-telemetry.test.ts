import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { openStore } from '../../server/store/sqlite/open.ts';
import { storeCounts } from './store-telemetry.ts';

const folder = mkdtempSync(join(tmpdir(), 'postern-telemetry-'));
let n = 0;
afterAll(() => rmSync(folder, { recursive: true, force: true }));

storeCounts('the SQLite store in memory', (options) => openStore({ dir: ':memory:', ...options }));
storeCounts('the SQLite store on disk', (options) => openStore({ dir: join(folder, String(n++)), ...options }));

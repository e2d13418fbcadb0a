/** The implementations that every conformance suite is run for. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { openStore } from '../../server/store/sqlite/open.ts';
import type { OpenStore } from './house.ts';

type Named = [name: string, open: OpenStore];

/** Those of one file of tests: their folders go when it is over. */
export function stores(): [inMemory: Named, onDisk: Named] {
  const folder = mkdtempSync(join(tmpdir(), 'postern-store-'));
  let n = 0;
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return [
    ['the SQLite store in memory', (options) => openStore({ dir: ':memory:', ...options })],
    ['the SQLite store on disk', (options) => openStore({ dir: join(folder, String(n++)), ...options })],
  ];
}

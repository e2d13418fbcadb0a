/** The implementations that every conformance suite is run for. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { openStore } from '../../server/store/sqlite/open.ts';
import { quickFolder } from '../support/quick-folder.ts';
import type { OpenStore } from './house.ts';

type Named = [name: string, open: OpenStore];

/** Those of one file of tests: their folders go when it is over. */
export function stores(): [inMemory: Named, onDisk: Named] {
  const folder = quickFolder('postern-store-');
  let n = 0;
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return [
    ['the SQLite store in memory', (options) => openStore({ dir: ':memory:', ...options })],
    ['the SQLite store on disk', (options) => openStore({ dir: join(folder, String(n++)), ...options })],
  ];
}

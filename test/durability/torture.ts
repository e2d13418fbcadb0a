/** `npm run torture [kills]`: 60 kills unless told otherwise, with 20 clients. Prints a line for each; fails loudly. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rounds } from './rounds.ts';

const kills = Number(process.argv[2] ?? 60);
const dir = mkdtempSync(join(tmpdir(), 'postern-torture-'));
try {
  const end = await rounds({
    dir, kills, clients: 20, load: [30, 700], ...(process.argv[3] === undefined ? {} : { server: process.argv[3] }),
    each: (n, { kept, unknown, there }) => console.log(`kill ${n}: ${kept} got their 250, ${there} are there (${unknown} without an answer)`),
  });
  console.log(`${kills} kills: all ${end.kept} messages that got their 250 are there, once, byte by byte.`);
} finally {
  rmSync(dir, { recursive: true, force: true });
}

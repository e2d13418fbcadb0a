/** `npm run torture:delivery [kills]`: 100 kills while delivering unless told otherwise. Prints a line for each; fails loudly. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { delivering } from './delivering.ts';

const kills = Number(process.argv[2] ?? 100);
const dir = mkdtempSync(join(tmpdir(), 'postern-torture-delivery-'));
try {
  const end = await delivering({ dir, kills, clients: 12, load: [100, 900], each: (n, accepted) => console.log(`kill ${n}: ${accepted} accepted so far`) });
  console.log(`${kills} kills: ${end.accepted} messages that got their 250, ${end.recipients} recipients, each with one terminal event; taken twice by the remote: ${end.duplicates}, all of them marked (${end.marked} marked in all).`);
  console.log(JSON.stringify(end.byEvent));
} finally {
  rmSync(dir, { recursive: true, force: true });
}

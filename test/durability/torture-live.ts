/** `npm run torture:live [kills]`: 100 kills while delivering to a real Postfix unless told otherwise; as root. Prints a line for each; fails loudly. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { postfix } from '../support/programs.ts';
import { live } from './live.ts';

const program = postfix();
if (program === undefined) throw new Error('Postfix is not here, or this is not root');
const kills = Number(process.argv[2] ?? 100);
const dir = mkdtempSync(join(tmpdir(), 'postern-torture-live-'));
try {
  const end = await live({ postfix: program, dir, kills, clients: 6, load: [200, 2_500], each: (n, accepted, taken) => console.log(`kill ${n}: ${accepted} accepted, ${taken} in the maildir`) });
  console.log(`${kills} kills: ${end.accepted} messages that got their 250, ${end.recipients} recipients, each with one terminal event; ${end.letters} letters in the maildir; there twice: ${end.duplicates}, all of them marked (${end.marked} marked in all).`);
  console.log(JSON.stringify(end.byEvent));
} finally {
  rmSync(dir, { recursive: true, force: true });
}

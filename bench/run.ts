/**
 * `npm run bench [-- --quick] [names…]`: measures what docs/benchmarks.md
 * tells, prints a table and writes bench/results/latest.json. Ratios are
 * between programs in one run: absolute figures depend on the machine.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, release } from 'node:os';
import { bounds } from './bounds.ts';
import { delivery } from './delivery.ts';
import { printTable, type Row } from './figures.ts';
import { intake } from './intake.ts';
import { live } from './live.ts';
import { reading } from './reading.ts';
import { start } from './start.ts';
import { ui } from './ui.ts';
import { waits } from './waits.ts';

const MEASURES = { start, intake, waits, reading, delivery, live, ui, bounds };

const args = process.argv.slice(2);
const quick = args.includes('--quick');
const wanted = args.filter((arg) => !arg.startsWith('--'));
const unknown = wanted.find((name) => !Object.hasOwn(MEASURES, name));
if (unknown !== undefined) {
  console.error(`There is no measure "${unknown}"; there are ${Object.keys(MEASURES).join(', ')}.`);
  process.exit(64);
}

const rows: Row[] = [];
const raw: Record<string, unknown> = {};
for (const [name, measure] of Object.entries(MEASURES)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.error(`measuring ${name} …`);
  const result = await measure({ quick });
  rows.push(...result.rows);
  raw[name] = result.raw;
}
printTable(rows);
mkdirSync(new URL('./results/', import.meta.url), { recursive: true });
writeFileSync(new URL('./results/latest.json', import.meta.url), JSON.stringify({ at: new Date().toISOString(), node: process.version, system: `${process.platform} ${release()}`, cores: availableParallelism(), quick, rows, raw }, null, 2));

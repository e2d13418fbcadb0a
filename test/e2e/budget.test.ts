import { readFileSync, readdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { builtUi } from './built.ts';

test('at most 70 kB of JavaScript (gzip) come before a source or another room is opened, and nothing of another host', async () => {
  const dist = await builtUi();
  const page = readFileSync(`${dist}/index.html`, 'utf8');
  const first = [...page.matchAll(/(?:src|href)="\.\/([^"]+\.js)"/g)].map(([, path]) => readFileSync(`${dist}/${path}`));
  expect(first.length).toBeGreaterThanOrEqual(2);
  expect(first.reduce((sum, bytes) => sum + gzipSync(bytes).length, 0)).toBeLessThan(70_000);
  // The viewer of sources, the rooms and the plots are files of their own, which the page does not name.
  const apart = readdirSync(`${dist}/assets`).filter((name) => name.endsWith('.js') && !page.includes(name)).map((name) => name.split('-')[0]);
  expect(apart).toEqual(expect.arrayContaining(['Source', 'Delivery', 'QueueRoom', 'Plots', 'ScenarioRoom', 'SuppressionsRoom', 'HooksRoom', 'ClockBar']));
  expect(page).not.toMatch(/(?:src|href)="(?!\.\/)/);
  for (const name of readdirSync(`${dist}/assets`).filter((one) => one.endsWith('.css'))) expect(readFileSync(`${dist}/assets/${name}`, 'utf8')).not.toMatch(/url\(\s*['"]?https?:|@import/);
}, 60_000);

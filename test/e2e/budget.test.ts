import { readFileSync, readdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { builtUi } from './built.ts';

test('at most 150 KB of JavaScript (gzip) come before a source is opened, and nothing of another host', async () => {
  const dist = await builtUi();
  const page = readFileSync(`${dist}/index.html`, 'utf8');
  const first = [...page.matchAll(/(?:src|href)="\.\/([^"]+\.js)"/g)].map(([, path]) => readFileSync(`${dist}/${path}`));
  expect(first.length).toBeGreaterThanOrEqual(2);
  expect(first.reduce((sum, bytes) => sum + gzipSync(bytes).length, 0)).toBeLessThan(150 * 1024);
  // The viewer of sources is a file of its own, which the page does not name.
  expect(readdirSync(`${dist}/assets`).filter((name) => /^Source-.*\.js$/.test(name) && !page.includes(name))).toHaveLength(1);
  expect(page).not.toMatch(/(?:src|href)="(?!\.\/)/);
  for (const name of readdirSync(`${dist}/assets`).filter((one) => one.endsWith('.css'))) expect(readFileSync(`${dist}/assets/${name}`, 'utf8')).not.toMatch(/url\(\s*['"]?https?:|@import/);
}, 60_000);

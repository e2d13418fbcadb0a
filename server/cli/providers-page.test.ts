import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ANY_RULES, PROFILES } from '../queue/profiles/profiles.ts';
import { providersPage } from './providers-page.ts';

test('docs/providers.md says what the profiles say (`npm run docs` writes it)', () => {
  expect(readFileSync(new URL('../../docs/providers.md', import.meta.url), 'utf8')).toBe(providersPage());
});

test('each profile and each rule has one row, with as many cells as its head', () => {
  const lines = providersPage().split('\n');
  for (const { key } of PROFILES) expect([key, lines.filter((line) => line.startsWith(`| \`${key}\` | `)).length]).toEqual([key, 1]);
  for (const { id } of [...PROFILES.flatMap(({ rules }) => rules), ...ANY_RULES]) expect([id, lines.filter((line) => line.startsWith(`| \`${id}\` | `)).length]).toEqual([id, 1]);
  const cells = (line: string) => line.split(/(?<!\\)\|/).length;
  let head = 0;
  for (const [n, line] of lines.entries()) {
    if (!line.startsWith('|')) continue;
    if (!lines[n - 1]!.startsWith('|')) head = cells(line);
    expect([line, cells(line)]).toEqual([line, head]);
  }
});

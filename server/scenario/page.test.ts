import { expect, test } from 'vitest';
import { MAGIC } from './magic-table.ts';
import { vocabularyPage } from './page.ts';
import { PERSONAS } from './personas/index.ts';
import { SITUATIONS } from './scenario.ts';

const page = vocabularyPage();

test('the page has every tag, situation and persona', () => {
  for (const { form } of MAGIC) expect(page).toContain(`\`${form.replaceAll('|', '\\|')}\``);
  for (const situation of SITUATIONS) expect(page).toContain(`| \`${situation}\` |`);
  for (const { name } of PERSONAS.filter((one) => one.name !== 'plain')) expect(page).toContain(`### ${name}\n`);
});

test('every row of a table has as many cells as its head', () => {
  const cells = (line: string) => line.replaceAll('\\|', '').split('|').length;
  const tables = page.split('\n\n').map((part) => part.split('\n').filter((line) => line.startsWith('|'))).filter((lines) => lines.length > 0);
  expect(tables.length).toBeGreaterThan(10);
  expect(tables.flatMap((lines) => lines.filter((line) => cells(line) !== cells(lines[0]!)))).toEqual([]);
});

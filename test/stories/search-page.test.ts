/** docs/search.md: every search that stands there, asked of a real store. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { manualClock } from '../../server/clock.ts';
import { OPERATOR_NAMES, parseSearch } from '../../server/inbox/search.ts';
import { type MailHouse, openMailHouse } from '../support/mail-house.ts';
import { blocks } from '../support/pages.ts';

const HOUR = 3_600_000;
const clock = manualClock(Date.UTC(2026, 4, 20, 15, 30));
let house: MailHouse;
beforeAll(async () => {
  house = await openMailHouse({ clock });
  const [{ code: raw } = { code: '' }] = blocks('search.md', 'mail');
  await house.parser.parsed(await house.send({ raw: Buffer.from(raw.replaceAll('\n', '\r\n')), from: 'shop@app.test', to: 'ann@example.test', tags: ['signup'] }));
  clock.advance(HOUR);
});
afterAll(() => house[Symbol.asyncDispose]());

/** Without what is said of them. */
const searches = (kind: string) => blocks('search.md', kind).flatMap(({ code }) => code.split('\n').map((line) => line.replace(/\s+# .*$/, '')).filter(Boolean));
const here = () => ({ now: clock.now() });

async function found(text: string): Promise<number | string> {
  const { filter, fault } = parseSearch(text, here());
  return fault ? fault.message : (await house.store.list({ filter, limit: 10 })).length;
}

test.each(searches('search'))('%s finds the message of the page', async (text) => {
  expect(await found(text)).toBe(1);
});

test.each(searches('search none'))('%s does not', async (text) => {
  expect(await found(text)).toBe(0);
});

test.each(searches('search wrong'))('%s is an error', (text) => {
  expect(parseSearch(text, here()).fault?.message).toEqual(expect.any(String));
});

test('every operator and every value is on the page', () => {
  const page = readFileSync(new URL('../../docs/search.md', import.meta.url), 'utf8');
  const table = [...page.matchAll(/`([a-z-]+):(?:name)?`/g)].map(([, name]) => name);
  expect(OPERATOR_NAMES.filter((name) => !table.includes(name))).toEqual([]);
  for (const operator of ['has', 'is']) {
    const values = /it can be (.*)$/.exec(parseSearch(`${operator}:nonsense`, here()).fault!.message)![1]!.split(', ');
    const row = new RegExp(`^\\| \`${operator}:\` \\|(.*)$`, 'm').exec(page)![1]!;
    for (const value of values) expect(row).toContain(`\`${value}\``);
  }
});

/** The pages are what the stories make, and their examples run as they are written. */
import { readdirSync, readFileSync } from 'node:fs';
import { createTransport } from 'nodemailer';
import { afterAll, describe, expect, test } from 'vitest';
import '../../sdk/vitest.ts';
import { readScenario } from '../../server/scenario/read.ts';
import { storyPages } from './docs.ts';
import { standingSandbox } from './sandbox.ts';
import { STORIES } from './stories/index.ts';

const docs = new URL('../../docs/', import.meta.url);
const pages = storyPages();
const sandbox = await standingSandbox();
afterAll(() => sandbox.close());

test.each(pages)('docs/$path is what the stories make of it; else: npm run docs', ({ path, text }) => {
  expect(readFileSync(new URL(path, docs), 'utf8')).toBe(text);
});

test('there is no page that no story makes', () => {
  expect(readdirSync(new URL('simulator/', docs)).map((name) => `simulator/${name}`).sort()).toEqual(pages.map(({ path }) => path).filter((path) => path !== 'scenarios.md').sort());
});

test('every link of the pages leads to an anchor that there is', () => {
  const anchors = new Set(pages.flatMap(({ path, text }) => [...text.matchAll(/<a id="([^"]+)">/g)].map(([, id]) => `${path}#${id}`)));
  const links = pages.flatMap(({ text }) => [...text.matchAll(/\]\((simulator\/[^)]*#[^)]*)\)/g)].map(([, to]) => to!));
  expect(links.length).toBeGreaterThan(STORIES.length);
  expect(links.filter((to) => !anchors.has(to))).toEqual([]);
});

test('every scenario on the pages can be read', () => {
  const given = pages.flatMap(({ path, text }) => (path === 'scenarios.md' ? [] : [...text.matchAll(/^```json\n([^]*?)^```$/gm)].map(([, json]) => JSON.parse(json!) as unknown)));
  expect(given).toEqual(STORIES.flatMap(({ scenario }) => (scenario ? [scenario] : [])));
  expect(given.map((one) => readScenario(one)).filter(({ ok }) => !ok)).toEqual([]);
});

describe('the examples', () => {
  const examples = pages.flatMap(({ path, text }) => [...text.matchAll(/^```js\n(const stream[^]*?)^```$/gm)].map(([, code]) => ({ path, id: /'story-([^']*)'/.exec(code!)![1]!, code: code! })));

  test('there is one for each story', () => {
    expect(examples.map(({ id }) => id).sort()).toEqual(STORIES.map(({ id }) => id).sort());
  });

  test.concurrent.each(examples)('$path: $id', async ({ code }) => {
    // oxlint-disable-next-line no-implied-eval, typescript/no-implied-eval, no-new-func -- it is run as it stands on the page
    const run = new Function('sandbox', 'createTransport', 'expect', `return (async () => {\n${code}\n})();`) as (...given: unknown[]) => Promise<void>;
    await expect(run(sandbox, createTransport, expect)).resolves.toBeUndefined();
  });
});

/** Every story, on the real thing: SMTP in, queue, client, pretend remote, classifier, returns. Tally and history are asserted whole. */
import { afterAll, describe, expect, test } from 'vitest';
import { ALIASES } from '../../server/scenario/magic-aliases.ts';
import { PERSONAS } from '../../server/scenario/personas/index.ts';
import { play } from './play.ts';
import { standingSandbox } from './sandbox.ts';
import { STORIES } from './stories/index.ts';
import { GROUPS, type Group } from './story.ts';
import { MAGIC_STORIES, VOCABULARY } from './vocabulary.ts';

const sandbox = await standingSandbox();
afterAll(() => sandbox.close());

describe.each(Object.entries(GROUPS))('%s', (group) => {
  test.concurrent.each(STORIES.filter((story) => story.group === (group as Group)))('$title', async (story) => {
    expect(await play(sandbox, story)).toEqual({ returns: [], suppressed: [], notices: {}, refused: {}, ...story.expect });
  });
});

test('every row of the vocabulary has a story', () => {
  const told = new Set(STORIES.flatMap(({ shows = [] }) => shows));
  expect(VOCABULARY.filter((row) => !told.has(row))).toEqual([]);
  expect([...told].filter((row) => !VOCABULARY.includes(row))).toEqual([]);
  const ids = STORIES.map(({ id }) => id);
  expect(MAGIC_STORIES.filter((id) => !ids.includes(id))).toEqual([]);
});

test('every story has a name and a title of its own', () => {
  for (const key of ['id', 'title'] as const) expect(new Set(STORIES.map((story) => story[key])).size).toBe(STORIES.length);
});

test("every alias and every persona's own words are sent to by the story that is about them", () => {
  const addressed = new Set(STORIES.flatMap(({ mail }) => mail.flatMap(({ to }) => to)).map((to) => to.toLowerCase().replace('+label1', '')));
  const named = (local: string, domain: string) => [...addressed].some((to) => to.replace(/[-_]/g, '') === `${local}@${domain}`.replace(/[-_]/g, ''));
  expect(ALIASES.filter(({ local, domain = 'site.test' }) => !named(local, domain))).toEqual([]);
  const words = PERSONAS.filter(({ name }) => name !== 'plain').flatMap(({ name, replies }) => Object.keys(replies).map((situation) => `ann+${name}.${situation}@site.test`));
  expect(words.filter((address) => !addressed.has(address))).toEqual([]);
});

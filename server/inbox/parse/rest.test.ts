import { expect, test } from 'vitest';
import { restAfter } from './rest.ts';

/** Messages a second that are parsed in batches of 24, each in 8 ms. */
const parsedAt = (perSecond: number, pouredFor = 0) => 24 / ((8 + restAfter({ took: 8, perSecond, pouredFor })) / 1_000);

test('a few hundred messages a second are parsed as they come', () => {
  for (const perSecond of [100, 300, 500, 700]) expect(parsedAt(perSecond)).toBeGreaterThan(perSecond);
});

test('the more pours in, the longer the parser rests, but never half a second', () => {
  const rests = [250, 1_000, 5_000, 10_000, 100_000].map((perSecond) => restAfter({ took: 8, perSecond, pouredFor: 0 }));
  expect(rests).toEqual([8, 32, 160, 320, 400]);
});

test('after a while it rests a third as long, so that the backlog does not only grow', () => {
  for (const perSecond of [1_000, 100_000]) expect(restAfter({ took: 30, perSecond, pouredFor: 20_001 })).toBe(restAfter({ took: 30, perSecond, pouredFor: 20_000 }) / 3);
});

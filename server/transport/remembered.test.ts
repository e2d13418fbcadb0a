import { expect, test } from 'vitest';
import { createRemembered } from './remembered.ts';

test('what was learned holds for its time, of the conversation that asks, and not before it was learned', () => {
  const remembered = createRemembered<string>({ lifetime: 100 });
  const at = (now: number) => {
    remembered.keep('app mx', 'broken', 1_000);
    return remembered.of('app mx', now);
  };
  expect([at(999), at(1_000), at(1_099), at(1_100)]).toEqual([undefined, 'broken', 'broken', undefined]);
});

test('it is forgotten one by one, by stream, and the oldest when there are too many', () => {
  const remembered = createRemembered<number>({ lifetime: 100, most: 3 });
  const known = () => ['app a', 'app b', 'apple c', 'app d'].filter((key) => remembered.of(key, 0) !== undefined);
  for (const key of ['app a', 'app b', 'apple c', 'app d']) remembered.keep(key, 1, 0);
  expect(known()).toEqual(['app b', 'apple c', 'app d']);
  remembered.drop('app d');
  expect(known()).toEqual(['app b', 'apple c']);
  remembered.forget('app');
  expect(known()).toEqual(['apple c']);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shuffled } from './shuffle.ts';

test('a shuffled list holds the same, and what it was made of stays as it was', () => {
  fc.assert(fc.property(fc.array(fc.nat()), fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })), (list, chance) => {
    const before = [...list];
    const after = shuffled(list, () => chance.next().value as number);
    expect([...after].sort((a, b) => a - b)).toEqual([...list].sort((a, b) => a - b));
    expect(list).toEqual(before);
  }));
});

test('each order comes out as often as any other', () => {
  // Every way that chance can go: 1/3 steps for the last place, 1/2 for the one before.
  const orders = new Map<string, number>();
  for (let a = 0; a < 3; a++) for (let b = 0; b < 2; b++) {
    const chances = [(a + 0.5) / 3, (b + 0.5) / 2];
    const order = shuffled(['x', 'y', 'z'], () => chances.shift()!).join('');
    orders.set(order, (orders.get(order) ?? 0) + 1);
  }
  expect([...orders.values()]).toEqual([1, 1, 1, 1, 1, 1]);
});

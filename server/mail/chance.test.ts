import { expect, test } from 'vitest';
import { chanceOf } from './chance.ts';

test('the same parts give the same number, and a change of any part another', () => {
  expect(chanceOf(1, 'm', 0, 1)).toBe(chanceOf(1, 'm', 0, 1));
  const others = [chanceOf(2, 'm', 0, 1), chanceOf(1, 'n', 0, 1), chanceOf(1, 'm', 1, 1), chanceOf(1, 'm', 0, 2), chanceOf('1', 'm', 0, 1), chanceOf(1, 'm0', 1), chanceOf()];
  expect(new Set([...others, chanceOf(1, 'm', 0, 1)]).size).toBe(8);
});

test('it is spread evenly over [0, 1), also where the parts only count up', () => {
  const buckets = Array.from({ length: 20 }, () => 0);
  for (let n = 0; n < 20_000; n++) {
    const one = chanceOf(1, `01JH${n}`, n % 7, n);
    expect(one >= 0 && one < 1).toBe(true);
    buckets[Math.floor(one * 20)]!++;
  }
  // 1,000 each; six standard deviations are about 185.
  for (const count of buckets) expect(Math.abs(count - 1_000)).toBeLessThan(185);
});

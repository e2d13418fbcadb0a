import { expect, test } from 'vitest';
import { chance } from './chance.ts';

const many = Array.from({ length: 20_000 }, (_, n) => chance(1, 'rule-1', `user${n}@site.test`, 1));

test('chance is the same for the same parts, and is known for ever', () => {
  expect(chance(7, 'rule-1', 'ann@site.test', 2)).toBe(chance(7, 'rule-1', 'ann@site.test', 2));
  expect(chance(1, 'rule-1', 'ann@site.test', 1)).toBe(0.16041349685593198);
});

test('chance is in [0, 1) and even over ten parts', () => {
  const parts = Array.from({ length: 10 }, () => 0);
  for (const one of many) {
    expect(one).toBeGreaterThanOrEqual(0);
    expect(one).toBeLessThan(1);
    parts[Math.floor(one * 10)]!++;
  }
  // 20,000 in ten parts: 2,000 each, ± 42 is one standard deviation.
  for (const part of parts) expect(Math.abs(part - 2_000)).toBeLessThan(210);
});

test('a seed, a rule, a recipient and an attempt each change it', () => {
  const values = [chance(1, 'a', 'b', 1), chance(2, 'a', 'b', 1), chance(2 ** 40 + 1, 'a', 'b', 1), chance(1, 'b', 'b', 1), chance(1, 'a', 'c', 1), chance(1, 'a', 'b', 2), chance(1, 'ab', '', 1), chance(1, '', 'ab', 1)];
  expect(new Set(values).size).toBe(values.length);
});

test('no two of many are the same', () => {
  expect(new Set(many).size).toBe(many.length);
});

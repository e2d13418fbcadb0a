import fc from 'fast-check';
import { expect, test } from 'vitest';
import { reveal, sliceOf } from './window.ts';

test('all rows in sight are drawn, and only a few more', () => {
  fc.assert(fc.property(fc.nat(6_000_000), fc.integer({ min: 1, max: 3_000 }), fc.integer({ min: 10, max: 100 }), fc.nat(100_000), (top, height, row, count) => {
    const { from, to } = sliceOf(top, height, row, count);
    expect(from).toBeGreaterThanOrEqual(0);
    expect(to).toBeLessThanOrEqual(count);
    expect(to - from).toBeLessThanOrEqual(Math.ceil(height / row) + 13);
    for (let y = top; y < Math.min(top + height, count * row); y += row) {
      expect(Math.floor(y / row)).toBeGreaterThanOrEqual(from);
      expect(Math.floor(y / row)).toBeLessThan(to);
    }
  }));
});

test('a row in sight moves nothing; another moves just into sight', () => {
  expect(reveal(3, 100, 500, 50)).toBe(100);
  expect(reveal(0, 100, 500, 50)).toBe(0);
  expect(reveal(20, 100, 500, 50)).toBe(550);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { globMatches, matcher } from './pattern.ts';

test('patterns are exact or have stars, and case does not count', () => {
  expect(matcher('Ann@Full.test').test('ann@full.TEST')).toBe(true);
  expect(matcher('ann@full.test').test('joann@full.test')).toBe(false);
  expect(matcher('*@full.test').test('ann@full.test')).toBe(true);
  expect(matcher(['bob@x.test', 'a*n*@*.test']).test('ann+1@y.test')).toBe(true);
  expect(matcher('a.c').test('abc')).toBe(false);
});

test('a pattern of a whole domain is known as such', () => {
  expect(matcher('*@full.test').wholeDomain('Full.test')).toBe(true);
  expect(matcher('*').wholeDomain('any.test')).toBe(true);
  expect(matcher('*@*.test').wholeDomain('any.test')).toBe(true);
  expect(matcher('a*@full.test').wholeDomain('full.test')).toBe(false);
});

test('stars match as a regular expression says', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 });
  fc.assert(fc.property(letters, fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 10 }), (glob, text) => {
    expect(globMatches(glob, text)).toBe(new RegExp(`^${glob.replaceAll('*', '.*')}$`).test(text));
  }));
});

test('five hundred hostile patterns of one rule take a moment', () => {
  const hostile = matcher(Array.from({ length: 500 }, (_, i) => `*${'a'.repeat(110)}b${i}*`));
  const before = performance.now();
  expect(hostile.test(`${'a'.repeat(64)}@${'a'.repeat(30_000)}`)).toBe(false);
  expect(performance.now() - before).toBeLessThan(200);
});

test('a hostile pattern takes no longer than text times pattern', () => {
  const before = performance.now();
  expect(globMatches(`${'*a'.repeat(100)}b`, 'a'.repeat(10_000))).toBe(false);
  expect(performance.now() - before).toBeLessThan(500);
});

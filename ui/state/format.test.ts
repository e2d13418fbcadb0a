import { expect, test } from 'vitest';
import { ageText, briefCount, durationText, sizeText, spanText } from './format.ts';

test('sizes keep to three digits', () => {
  expect([0, 999, 1000, 10_240, 1_048_576, 52_428_800, 10 * 1024 ** 3].map(sizeText)).toEqual(['0 B', '999 B', '1.0 kB', '10 kB', '1.0 MB', '50 MB', '10 GB']);
});

test('ages are short, and never in the future', () => {
  const now = Date.parse('2026-03-10T12:00:00Z');
  const ago = (ms: number) => ageText(new Date(now - ms).toISOString(), now);
  expect([-5_000, 9_000, 45_000, 61_000, 3_600_000, 26 * 3_600_000].map(ago)).toEqual(['now', 'now', '40s', '1m', '1h', '1d']);
  expect(ago(8 * 86_400_000)).toMatch(/2/);
});

test('durations, spans and counts read as they are typed', () => {
  expect([null, 86_400_000 * 7, 5_400_000, 1_500].map(durationText)).toEqual(['', '7d', '90m', '1500ms']);
  expect([3, 1_250, 600_000].map(spanText)).toEqual(['3 ms', '1.3 s', '10 min']);
  expect([9_999, 48_210, 1_340_000].map(briefCount)).toEqual(['9,999', '48k', '1.3M']);
});

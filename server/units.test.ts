import { expect, test } from 'vitest';
import { distance, nearest } from './nearest.ts';
import { parseDuration, parseSize } from './units.ts';

test('sizes are read as people write them', () => {
  expect(['1500', '500k', '2.5M', '10MB', '1GiB', '7b'].map(parseSize)).toEqual([1500, 512_000, 2_621_440, 10_485_760, 1_073_741_824, 7]);
  expect(['', 'k', '-1', '1x', '1 2', '1e9', '9'.repeat(30)].map(parseSize)).toEqual(Array(7).fill(undefined));
});

test('durations are read as people write them', () => {
  expect(['250', '500ms', '30s', '5m', '72h', '7d', '1h30m', '1.5s'].map(parseDuration)).toEqual([250, 500, 30_000, 300_000, 259_200_000, 604_800_000, 5_400_000, 1500]);
  expect(['', 's', '-1s', '5 minutes', '1y'].map(parseDuration)).toEqual(Array(5).fill(undefined));
});

test('the nearest word is named only when it is near', () => {
  expect(distance('smpt', 'smtp')).toBe(1);
  expect(nearest('smtpListne', ['smtpListen', 'httpListen'], ' (%?)')).toBe(' (smtpListen?)');
  expect(nearest('zebra', ['smtpListen', 'httpListen'], ' (%?)')).toBe('');
});

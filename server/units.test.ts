import { expect, test } from 'vitest';
import { distance, nearest } from './nearest.ts';
import { LAST_MOMENT, parseDuration, parseInstant, parseIso, parseSize } from './units.ts';

test('sizes are read as people write them', () => {
  expect(['1500', '500k', '2.5M', '10MB', '1GiB', '7b'].map(parseSize)).toEqual([1500, 512_000, 2_621_440, 10_485_760, 1_073_741_824, 7]);
  expect(['', 'k', '-1', '1x', '1 2', '1e9', '9'.repeat(30)].map(parseSize)).toEqual(Array(7).fill(undefined));
});

test('durations are read as people write them', () => {
  expect(['250', '500ms', '30s', '5m', '72h', '7d', '1h30m', '1.5s'].map(parseDuration)).toEqual([250, 500, 30_000, 300_000, 259_200_000, 604_800_000, 5_400_000, 1500]);
  expect(['', 's', '-1s', '5 minutes', '1y'].map(parseDuration)).toEqual(Array(5).fill(undefined));
});

test('a moment is read with its zone, and only on days that exist', () => {
  for (const text of ['2027-01-01T09:00Z', '2028-02-29t23:59:59.25z', '2027-01-01T09:00:00+05:30', '2027-01-01T09:00-0800', '9999-12-31T23:59:59.999Z']) expect([text, parseInstant(text)]).toEqual([text, Date.parse(text.toUpperCase().replace(/(\d\d)(\d\d)$/, '$1:$2'))]);
  expect(parseInstant('9999-12-31T23:59:59.999Z')).toBe(LAST_MOMENT);
  for (const text of ['2027-02-30T09:00Z', '2027-02-29T09:00Z', '2027-13-01T09:00Z', '2027-01-01T24:00Z', '2027-01-01T09:60Z', '2027-01-01T09:00+99:99', '2027-01-01T09:00', '2027-01-01', '+010018-01-01T00:00Z', 'tomorrow', '']) expect([text, parseInstant(text)]).toEqual([text, undefined]);
});

test('a year before 100 is that year', () => {
  expect(new Date(parseIso('0099-12-31')!.wall).toISOString()).toBe('0099-12-31T00:00:00.000Z');
});

test('the nearest word is named only when it is near', () => {
  expect(distance('smpt', 'smtp')).toBe(1);
  expect(nearest('smtpListne', ['smtpListen', 'httpListen'], ' (%?)')).toBe(' (smtpListen?)');
  expect(nearest('zebra', ['smtpListen', 'httpListen'], ' (%?)')).toBe('');
});

import { expect, test } from 'vitest';
import { sayMs, toMs } from './duration.ts';

test.each([[0, 0], [1500, 1500], ['250', 250], ['500ms', 500], ['10s', 10_000], ['1.5s', 1500], ['1m30s', 90_000], ['2h', 7_200_000]])('%s is %i ms', (said, ms) => {
  expect(toMs(said, 'timeout')).toBe(ms);
});

test.each(['soon', '', '10 seconds', '-5s', -1, Number.NaN, Infinity])('%s is refused, and the error names the option', (said) => {
  expect(() => toMs(said, 'timeout')).toThrow(/`timeout` must be milliseconds or a text like/);
});

test('durations are said in the unit that fits', () => {
  expect([850, 9_460, 170_000, 600_000].map(sayMs)).toEqual(['850 ms', '9.5 s', '170 s', '10 min']);
});

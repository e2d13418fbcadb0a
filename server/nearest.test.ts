import { expect, test } from 'vitest';
import { nearest } from './nearest.ts';

test('a word is near while something of it stands in its place', () => {
  expect(nearest('flase', ['true', 'false', '1', '0'], '%')).toBe('false');
  expect(nearest('too', ['from', 'to'], '%')).toBe('to');
  for (const said of ['no', '', 'yes']) expect([said, nearest(said, ['true', 'false', '1', '0'], '%')]).toEqual([said, '']);
});

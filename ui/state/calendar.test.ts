import { expect, test } from 'vitest';
import { whenText } from './calendar.ts';

const said = (start?: string, end?: string) => whenText({ part: '2', ...(start === undefined ? {} : { start }), ...(end === undefined ? {} : { end }) } as Parameters<typeof whenText>[0]).replaceAll(/[\u2009\u202f]/g, ' ');
const local = (at: string) => new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' }).format(Date.parse(at)).replaceAll(/[\u2009\u202f]/g, ' ');

test('whole days are days wherever one reads them, and end before the day that is named as their end', () => {
  expect(said('2026-11-26', '2026-11-27')).toBe('Nov 26, 2026');
  expect(said('2026-11-26', '2026-11-28')).toBe('Nov 26 – 27, 2026');
  expect(said('2026-11-26')).toBe('Nov 26, 2026');
});

test('a moment is that of the reader, and what is neither stays as it is', () => {
  expect(said('2026-11-26T10:00:00Z')).toBe(local('2026-11-26T10:00:00Z'));
  expect(said('2026-11-26T10:00:00Z', '2026-11-26T09:00:00Z')).toBe(local('2026-11-26T10:00:00Z'));
  for (const text of ['Room 5', 'tomorrow', '5']) expect(said(text)).toBe(text);
  expect([said(), said('x', 'y')]).toEqual(['', 'x – y']);
});

test('a time in a zone is told as its clock shows it, with the zone', () => {
  expect(said('2026-12-03T10:00:00[Europe/Berlin]', '2026-12-03T11:00:00[Europe/Berlin]')).toBe('Dec 3, 2026, 10:00 – 11:00 AM (Europe/Berlin)');
  expect(said('2026-12-03T10:00:00[Custom Zone 1]')).toBe('Dec 3, 2026, 10:00 AM (Custom Zone 1)');
  expect(said('2026-12-03T10:00:00[Europe/Berlin]', '2026-12-03T08:00:00[America/New_York]')).toBe('Dec 3, 2026, 10:00 AM (Europe/Berlin) – Dec 3, 2026, 8:00 AM (America/New_York)');
  expect(said('2026-12-03T10:00:00[Europe/Berlin]', '2026-12-03T10:00:00Z')).toBe(`Dec 3, 2026, 10:00 AM (Europe/Berlin) – ${local('2026-12-03T10:00:00Z')}`);
  expect(said('2026-12-03T10:00:00Z', '2026-12-03T12:00:00[Europe/Berlin]')).toBe(`${local('2026-12-03T10:00:00Z')} – Dec 3, 2026, 12:00 PM (Europe/Berlin)`);
  expect(said('2026-12-03T25:00:00[Europe/Berlin]')).toBe('2026-12-03T25:00:00[Europe/Berlin]');
});

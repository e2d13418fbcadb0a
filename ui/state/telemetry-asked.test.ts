import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TelemetryAsked } from './route.ts';
import { DAY, fieldText, fieldTime, HOUR, LENGTHS, momentOf, ownPeriod, pairOf, PERIODS, periodOf, splitSpan, textOfSpan } from './telemetry-asked.ts';

const NOW = Date.UTC(2026, 4, 20, 14, 25);
const END = Date.UTC(2026, 4, 20, 15);
const iso = (ms: number) => new Date(ms).toISOString();

test('a period by name ends with the hour that runs; days begin at midnight UTC', () => {
  expect(periodOf({}, NOW)).toEqual({ from: END - DAY, to: END, step: 'hour' });
  expect(periodOf({ period: '7d' }, NOW)).toEqual({ from: END - 7 * DAY, to: END, step: 'hour' });
  expect(periodOf({ period: 'nonsense' }, NOW)).toEqual(periodOf({}, NOW));
  expect(periodOf({ period: '30d' }, NOW)).toEqual({ from: Date.UTC(2026, 3, 21), to: END, step: 'day' });
});

test('a period of one\'s own is taken to whole hours, by the day when it is long, and objected to in words', () => {
  const own = (from: number, to: number) => periodOf({ period: 'own', from: iso(from), to: iso(to) }, NOW);
  expect(own(NOW - 2 * HOUR, NOW)).toEqual({ from: END - 3 * HOUR, to: END, step: 'hour' });
  expect(own(NOW - 90 * DAY, NOW + 9 * DAY)).toEqual({ from: Date.UTC(2026, 1, 19), to: END, step: 'day' });
  expect([own(NOW, NOW), own(NOW - 500 * DAY, NOW), own(NOW + HOUR, NOW + DAY), periodOf({ period: 'own', from: 'soon' }, NOW)]).toEqual([
    'It begins before it ends.', 'Counts are kept for 400 days.', 'It begins in the past.', 'It begins and ends with a date and a time.',
  ]);
  // It begins with the one that was shown.
  expect(periodOf({ period: 'own', ...ownPeriod({ period: '7d' }, NOW) }, NOW)).toEqual(periodOf({ period: '7d' }, NOW));
});

test('two periods are as long as each other around a moment; of what is not over, as much as there is', () => {
  const moment = Date.UTC(2026, 4, 18, 9);
  expect(pairOf({ moment: iso(moment + 20 * 60_000) }, NOW)).toEqual({ before: { from: moment - DAY, to: moment }, after: { from: moment, to: moment + DAY } });
  expect(pairOf({ moment: iso(END - 3 * HOUR), length: '7d' }, NOW)).toEqual({ before: { from: END - 6 * HOUR, to: END - 3 * HOUR }, after: { from: END - 3 * HOUR, to: END } });
  expect(pairOf({}, NOW)).toEqual({ before: { from: END - 2 * DAY, to: END - DAY }, after: { from: END - DAY, to: END } });
  expect([pairOf({ moment: '?' }, NOW), pairOf({ moment: iso(NOW + DAY) }, NOW), pairOf({ moment: iso(NOW - 390 * DAY), length: '30d' }, NOW)]).toEqual(['The moment is a date and a time.', 'The moment lies in the past: there must be mail after it.', 'Counts are kept for 400 days.']);
});

test('any two periods are compared, of which no mail stands on both sides', () => {
  const span = (from: number, to: number) => textOfSpan({ from: END - from * HOUR, to: END - to * HOUR });
  const own = (before: string | undefined, after: string | undefined) => pairOf({ length: 'own', ...(before ? { before } : {}), ...(after ? { after } : {}) }, NOW);
  expect(own(span(10, 8), span(8, 0))).toEqual({ before: { from: END - 10 * HOUR, to: END - 8 * HOUR }, after: { from: END - 8 * HOUR, to: END } });
  expect([own(span(10, 7), span(8, 0)), own(span(8, 0), span(10, 8)), own(undefined, span(8, 0)), own(span(10, 8), span(8, 8))]).toEqual([
    ...Array.from({ length: 2 }, () => 'The first period ends before the second begins: no mail stands on both sides.'), 'Before: It begins and ends with a date and a time.', 'After: It begins before it ends.',
  ]);
  expect([splitSpan('a..b'), splitSpan('..b'), splitSpan(undefined)]).toEqual([['a', 'b'], [undefined, 'b'], [undefined, undefined]]);
});

test('whatever an address says is periods of whole hours that have begun, or a sentence', () => {
  const time = fc.oneof(fc.string(), fc.integer({ min: NOW - 500 * DAY, max: NOW + 50 * DAY }).map(iso));
  const name = fc.oneof(fc.string(), fc.constantFrom(...PERIODS.map(([one]) => one), ...LENGTHS.map(([one]) => one)));
  const asked: fc.Arbitrary<TelemetryAsked> = fc.record({ period: name, length: name, from: time, to: time, moment: time, before: fc.tuple(time, time).map((both) => both.join('..')), after: fc.tuple(time, time).map((both) => both.join('..')) }, { requiredKeys: [] });
  const sane = ({ from, to }: { from: number; to: number }) => expect([from < to, from < NOW, to <= END, to % HOUR]).toEqual([true, true, true, 0]);
  fc.assert(fc.property(asked, (one) => {
    const period = periodOf(one, NOW);
    if (typeof period === 'string') expect(period).toMatch(/\.$/);
    else {
      sane(period);
      // The server tells of a thousand steps at most.
      expect((period.to - period.from) / (period.step === 'hour' ? HOUR : DAY)).toBeLessThanOrEqual(402);
    }
    const pair = pairOf(one, NOW);
    if (typeof pair === 'string') expect(pair).toMatch(/\.$/);
    else {
      sane(pair.before);
      sane(pair.after);
      expect(pair.before.to).toBeLessThanOrEqual(pair.after.from);
    }
  }));
});

test('a field shows local time and gives back the same moment', () => {
  fc.assert(fc.property(fc.integer({ min: Date.UTC(2025, 0), max: Date.UTC(2027, 0) }).map((ms) => ms - (ms % 60_000)), (at) => {
    const back = Date.parse(fieldTime(fieldText(at))!);
    // In the hour that the clocks repeat, local time names two moments.
    expect([0, HOUR, 2 * HOUR].map((off) => off / 2)).toContain(Math.abs(back - at));
    expect(fieldText(back)).toBe(fieldText(at));
  }));
  expect([fieldTime(''), fieldTime('2026-05'), momentOf({ moment: iso(NOW) }, NOW)]).toEqual([undefined, '2026-05-01T00:00:00.000Z', END - HOUR]);
});

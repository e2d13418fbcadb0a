import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compare, difference, type Period, quantiles, RATES, type Rate, summarize } from './compare.ts';
import { DELIVERY_BOUNDS, type Measure, MEASURES } from './port.ts';

const period = (counts: Partial<Record<Measure, number>>, times: number[] = []): Period => ({ counts: Object.entries(counts).map(([measure, count]) => ({ measure: measure as Measure, count })), times: times.length > 0 ? [{ counts: times }] : [] });
const rate = (count: number, of: number): Rate => ({ count, of, share: of === 0 ? null : count / of });

test('rates are shares of what they can be shares of', () => {
  const { rates, totals } = summarize(period({ delivered: 80, bounced: 10, expired: 5, suppressed: 5, deferred: 30, complained: 4, returned: 8, unsubscribed: 2 }));
  expect(totals.delivered).toBe(80);
  expect(Object.fromEntries(RATES.map((name) => [name, [rates[name].count, rates[name].of]]))).toEqual({
    delivered: [80, 100], bounced: [10, 100], expired: [5, 100], deferred: [30, 120], returned: [8, 80], complained: [4, 80], unsubscribed: [2, 80],
  });
  expect(summarize(period({ complained: 3 })).rates.complained).toEqual({ count: 3, of: 0, share: null });
  expect(summarize(period({})).times).toBeNull();
});

test('a difference that is more than chance is called one, a small one is not', () => {
  const { rates } = compare(period({ delivered: 9_800, bounced: 200 }), period({ delivered: 9_500, bounced: 500 }));
  expect(rates.bounced).toMatchObject({ mark: 'higher' });
  expect(rates.bounced.change).toBeCloseTo(0.03);
  expect(rates.delivered.mark).toBe('lower');
  // 2.0 % and 2.2 % of a thousand.
  expect(compare(period({ delivered: 980, bounced: 20 }), period({ delivered: 978, bounced: 22 })).rates.bounced.mark).toBe('same');
  // Known figures: z = 2.576 is one in a hundred.
  expect(difference(rate(100, 1_000), rate(137, 1_000)).p).toBeCloseTo(0.0107, 3);
});

test('of few mails nothing is said, however different they are', () => {
  expect(difference(rate(0, 99), rate(99, 99)).mark).toBe('few');
  // One complaint more in ten thousand is one complaint.
  expect(difference(rate(1, 10_000), rate(2, 10_000))).toMatchObject({ mark: 'few', p: null });
  expect(difference(rate(0, 0), rate(5, 1_000))).toMatchObject({ mark: 'few', change: null });
  expect(difference(rate(300, 200), rate(5, 1_000)).mark).toBe('few');
  expect(difference(rate(0, 1_000), rate(0, 1_000)).mark).toBe('same');
  expect(difference(rate(1_000, 1_000), rate(1_000, 1_000)).mark).toBe('same');
});

test('times to deliver are read off the classes, and beyond the last one only its bound is known', () => {
  expect(quantiles([{ counts: [100, 0, 0, 0, 0, 0, 0, 0, 0, 0] }])).toEqual({ p50: { ms: 500, above: false }, p90: { ms: 900, above: false }, p99: { ms: 990, above: false } });
  // Two periods of a day are one of two days.
  expect(quantiles([{ counts: [50, 0, 0, 0, 0, 0, 0, 0, 0, 0] }, { counts: [0, 40, 0, 0, 0, 0, 0, 0, 0, 10] }])).toEqual({ p50: { ms: 1_000, above: false }, p90: { ms: 5_000, above: false }, p99: { ms: 86_400_000, above: true } });
});

test('whatever was counted, shares and quantiles are in order, and who compares the other way round finds the opposite', () => {
  const some = fc.record({ counts: fc.array(fc.record({ measure: fc.constantFrom(...MEASURES), count: fc.nat(100_000) }), { maxLength: 12 }), times: fc.array(fc.record({ counts: fc.array(fc.nat(1_000), { minLength: DELIVERY_BOUNDS.length + 1, maxLength: DELIVERY_BOUNDS.length + 1 }) }), { maxLength: 4 }) });
  const opposite = { few: 'few', same: 'same', higher: 'lower', lower: 'higher' } as const;
  fc.assert(fc.property(some, some, (a, b) => {
    const there = compare(a, b);
    const back = compare(b, a);
    for (const name of RATES) {
      expect(back.rates[name].mark).toBe(opposite[there.rates[name].mark]);
      const { p } = there.rates[name];
      if (p !== null) expect(p >= 0 && p <= 1).toBe(true);
    }
    const { times } = there.before;
    if (times) expect(times.p50.ms <= times.p90.ms && times.p90.ms <= times.p99.ms).toBe(true);
  }));
});

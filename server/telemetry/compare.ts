/**
 * Two periods of the same lane, before and after a release for instance:
 * rates, times to deliver, and what of the difference is more than chance.
 * Pure. Soberly: a difference is called one only when it would come up by
 * chance once in a hundred times (two proportions, pooled z-test), and of few
 * mails nothing is said. Retries of one mail are not independent of each
 * other, so `deferred` is the weakest of the rates.
 */
import { type Count, DELIVERY_BOUNDS, type Measure, type Times } from './port.ts';

export const RATES = ['delivered', 'deferred', 'bounced', 'expired', 'returned', 'complained', 'unsubscribed'] as const;
export type RateName = (typeof RATES)[number];

/** What each is a share of: of recipients that ended, of attempts, or of what was delivered. */
const OF: Record<RateName, readonly Measure[]> = {
  delivered: ['delivered', 'bounced', 'expired', 'suppressed'],
  bounced: ['delivered', 'bounced', 'expired', 'suppressed'],
  expired: ['delivered', 'bounced', 'expired', 'suppressed'],
  deferred: ['delivered', 'deferred', 'bounced'],
  returned: ['delivered'],
  complained: ['delivered'],
  unsubscribed: ['delivered'],
};

export type Period = { counts: readonly Pick<Count, 'measure' | 'count'>[]; times: readonly Pick<Times, 'counts'>[] };
/** `share` is null of nothing. */
export type Rate = { count: number; of: number; share: number | null };
/** Milliseconds; `above` where it lies beyond the last bound, which `ms` is then. */
export type Quantile = { ms: number; above: boolean };
export type Quantiles = { p50: Quantile; p90: Quantile; p99: Quantile } | null;
export type Summary = { totals: Record<Measure, number>; rates: Record<RateName, Rate>; times: Quantiles };

/** `few`: too few to say. `same`: it may well be chance. */
export type Mark = 'few' | 'same' | 'higher' | 'lower';
export type Difference = { before: Rate; after: Rate; /** Of the shares. */ change: number | null; mark: Mark; /** Of chance, both ways; null where nothing is said. */ p: number | null };
export type Comparison = { before: Summary; after: Summary; rates: Record<RateName, Difference> };

/** Mails of a period below which nothing is said; and of each side of the answer, as many as the test needs to be one. */
const LEAST = 100;
const LEAST_EXPECTED = 5;
const CHANCE = 0.01;

export function summarize({ counts, times }: Period): Summary {
  const totals: Record<Measure, number> = { delivered: 0, deferred: 0, bounced: 0, expired: 0, suppressed: 0, complained: 0, unsubscribed: 0, returned: 0 };
  for (const { measure, count } of counts) totals[measure] += count;
  const rate = (name: RateName): Rate => {
    const of = OF[name].reduce((sum, measure) => sum + totals[measure], 0);
    return { count: totals[name], of, share: of === 0 ? null : totals[name] / of };
  };
  return { totals, rates: eachRate(rate), times: quantiles(times) };
}

export function compare(first: Period, second: Period): Comparison {
  const before = summarize(first);
  const after = summarize(second);
  return { before, after, rates: eachRate((name) => difference(before.rates[name], after.rates[name])) };
}

const eachRate = <T>(make: (name: RateName) => T): Record<RateName, T> => Object.fromEntries(RATES.map((name) => [name, make(name)])) as Record<RateName, T>;

export function difference(before: Rate, after: Rate): Difference {
  const change = before.share === null || after.share === null ? null : after.share - before.share;
  // A complaint of a week ago about mail of last month: a share may be above 1, and then it is none.
  const known = change !== null && before.of >= LEAST && after.of >= LEAST && before.count <= before.of && after.count <= after.of;
  if (!known) return { before, after, change, mark: 'few', p: null };
  const pooled = (before.count + after.count) / (before.of + after.of);
  if (pooled === 0 || pooled === 1) return { before, after, change, mark: 'same', p: 1 };
  const fewest = Math.min(before.of, after.of) * Math.min(pooled, 1 - pooled);
  if (fewest < LEAST_EXPECTED) return { before, after, change, mark: 'few', p: null };
  const z = change / Math.sqrt(pooled * (1 - pooled) * (1 / before.of + 1 / after.of));
  const p = Math.min(2 * upperTail(Math.abs(z)), 1);
  return { before, after, change, mark: p >= CHANCE ? 'same' : change > 0 ? 'higher' : 'lower', p };
}

/** Of the normal distribution, beyond z ≥ 0 (Abramowitz and Stegun 26.2.17; wrong by less than 1e-7). */
function upperTail(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const polynomial = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * polynomial;
}

/** Within a class mails are taken to be spread evenly. */
export function quantiles(times: Period['times']): Quantiles {
  const sums = Array.from({ length: DELIVERY_BOUNDS.length + 1 }, (_, i) => times.reduce((sum, { counts }) => sum + (counts[i] ?? 0), 0));
  const all = sums.reduce((sum, count) => sum + count, 0);
  if (all === 0) return null;
  const at = (share: number): Quantile => {
    let left = share * all;
    for (const [i, bound] of DELIVERY_BOUNDS.entries()) {
      const count = sums[i]!;
      const from = DELIVERY_BOUNDS[i - 1] ?? 0;
      if (count > 0 && left <= count) return { ms: Math.round(from + (bound - from) * (left / count)), above: false };
      left -= count;
    }
    return { ms: DELIVERY_BOUNDS.at(-1)!, above: true };
  };
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99) };
}

/**
 * What was counted, as it is asked for: one line over all streams and modes of
 * the question, in steps; or two periods of whole hours, compared. Hours are
 * not split, so that none is counted on both sides.
 */
import { compare, type Comparison, type Period, summarize, type Summary } from './compare.ts';
import { type Count, DELIVERY_BOUNDS, HOUR, type Measure, type TelemetryQuery, type TelemetryStore } from './port.ts';

export type Report = {
  /** Begin of the first step. */
  from: number;
  counts: { at: number; key: string; measure: Measure; count: number }[];
  times: { at: number; counts: number[] }[];
  summary: Summary;
};
export type Lane = Pick<TelemetryQuery, 'stream' | 'mode' | 'site'>;
export type Span = { from: number; to: number };

/** Of a day: midnight (UTC). */
export const beginOf = (at: number, step: number): number => Math.floor(at / step) * step;

export async function report(store: Pick<TelemetryStore, 'telemetry'>, query: TelemetryQuery): Promise<Report> {
  const from = beginOf(query.from, HOUR);
  const found = await store.telemetry({ ...query, from });
  const counts = new Map<string, Report['counts'][number]>();
  for (const { at, measure, count, ...of } of found.counts) {
    const key = keyOf(of, query.by);
    const one = counts.get(`${at} ${measure} ${key}`);
    if (one) one.count += count;
    else counts.set(`${at} ${measure} ${key}`, { at, key, measure, count });
  }
  const times = new Map<number, number[]>();
  for (const { at, counts: more } of found.times) {
    const sums = times.get(at) ?? Array.from({ length: DELIVERY_BOUNDS.length + 1 }, () => 0);
    more.forEach((count, i) => { sums[i]! += count; });
    times.set(at, sums);
  }
  return { from, counts: [...counts.values()], times: [...times].map(([at, sums]) => ({ at, counts: sums })), summary: summarize(found) };
}

const keyOf = (of: Pick<Count, 'site' | 'class'>, by: TelemetryQuery['by']): string => (by === 'total' ? '' : of[by]);

export type Compared = { before: Span; after: Span; comparison: Comparison };

/** The hour in which the second period begins is a part of it alone. */
export async function compareSpans(store: Pick<TelemetryStore, 'telemetry'>, lane: Lane, first: Span, second: Span): Promise<Compared> {
  const after = whole(second);
  const before = whole(first);
  before.to = Math.max(Math.min(before.to, after.from), before.from);
  const read = ({ from, to }: Span): Promise<Period> => (from === to ? Promise.resolve({ counts: [], times: [] }) : store.telemetry({ ...lane, from, to, step: to - from, by: 'total' }));
  const [earlier, later] = await Promise.all([read(before), read(after)]);
  return { before, after, comparison: compare(earlier, later) };
}

const whole = ({ from, to }: Span): Span => ({ from: beginOf(from, HOUR), to: Math.ceil(to / HOUR) * HOUR });

/**
 * Counts of mail as the plots and tables of the room need them: one value for
 * each step (a step without any is zero), shares of what they can be shares
 * of, times to deliver out of their classes, and all of it in words. Pure.
 */
import type { Comparison, Measure, Telemetry } from '../../sdk/contract.ts';
import { countText } from './format.ts';
import { longText } from './outcome.ts';
import { DAY, HOUR } from './telemetry-asked.ts';

/** In the order in which they are told. */
export const MEASURES = ['delivered', 'deferred', 'bounced', 'expired', 'suppressed', 'returned', 'complained', 'unsubscribed'] as const satisfies readonly Measure[];
export type Counts = Record<Measure, number>;

/** What each is a share of: of recipients that ended, of attempts, or of what was delivered. As the server compares them. */
const ENDED = ['delivered', 'bounced', 'expired', 'suppressed'] as const;
const OF: Record<Measure, readonly Measure[]> = {
  delivered: ENDED, bounced: ENDED, expired: ENDED, suppressed: ENDED,
  deferred: ['delivered', 'deferred', 'bounced'],
  returned: ['delivered'], complained: ['delivered'], unsubscribed: ['delivered'],
};
export const OF_WORDS: Record<Measure, string> = {
  delivered: 'of recipients that ended', bounced: 'of recipients that ended', expired: 'of recipients that ended', suppressed: 'of recipients that ended',
  deferred: 'of attempts', returned: 'of delivered', complained: 'of delivered', unsubscribed: 'of delivered',
};

const none = (): Counts => ({ delivered: 0, deferred: 0, bounced: 0, expired: 0, suppressed: 0, complained: 0, unsubscribed: 0, returned: 0 });

/** Of how many it is a share. */
export const ofCount = (measure: Measure, counts: Counts): number => OF[measure].reduce((sum, one) => sum + counts[one], 0);
/** Null of nothing. */
export function shareOf(measure: Measure, counts: Counts): number | null {
  const of = ofCount(measure, counts);
  return of === 0 ? null : counts[measure] / of;
}

export const isEmpty = (sums: Partial<Counts>): boolean => Object.values(sums).every((count) => count === 0);

type Quantile = 'p50' | 'p90' | 'p99';
export type Series = { /** Begins of the steps, and what ends the last; milliseconds. */ from: number; to: number; step: number; begins: number[]; counts: Record<Measure, number[]>; quantiles: Record<Quantile, (number | null)[]> };

/** By what the answer says of its steps, not by what was asked. */
export function seriesOf({ from, to, step, counts, times, bounds }: Telemetry): Series {
  const size = step === 'hour' ? HOUR : DAY;
  const [begin, end] = [Date.parse(from), Date.parse(to)];
  const steps = Math.max(1, Math.ceil((end - begin) / size));
  const zeros = () => Array.from({ length: steps }, () => 0);
  const placeOf = (at: string) => Math.min(steps - 1, Math.max(0, Math.floor((Date.parse(at) - begin) / size)));
  const all = Object.fromEntries(MEASURES.map((measure) => [measure, zeros()])) as Record<Measure, number[]>;
  for (const { at, measure, count } of counts) if (all[measure]) all[measure][placeOf(at)]! += count;
  const classes = Array.from({ length: steps }, (): number[] | undefined => undefined);
  for (const one of times) {
    const sums = (classes[placeOf(one.at)] ??= bounds.concat(0).map(() => 0));
    for (const [i, count] of one.counts.entries()) sums[i]! += count;
  }
  const quantile = (share: number) => classes.map((one) => (one === undefined ? null : within(one, bounds, share)));
  return { from: begin, to: begin + steps * size, step: size, begins: zeros().map((_, i) => begin + i * size), counts: all, quantiles: { p50: quantile(0.5), p90: quantile(0.9), p99: quantile(0.99) } };
}

/** Within a class mails are taken to be spread evenly; what lies beyond the last bound is told as that bound. */
export function within(counts: readonly number[], bounds: readonly number[], share: number): number | null {
  const all = counts.reduce((sum, count) => sum + count, 0);
  if (all === 0) return null;
  let left = share * all;
  for (const [i, bound] of bounds.entries()) {
    const count = counts[i] ?? 0;
    const from = bounds[i - 1] ?? 0;
    if (count > 0 && left <= count) return Math.round(from + (bound - from) * (left / count));
    left -= count;
  }
  return bounds.at(-1) ?? null;
}

/** Values upon one another: the first is the lowest. Drawn from the last to the first, each covers what is below it. */
export function stacked(series: Series, measures: readonly Measure[]): number[][] {
  let below = series.begins.map(() => 0);
  return measures.map((measure) => (below = below.map((sum, i) => sum + series.counts[measure][i]!)));
}

export const OTHERS = '(others)';
export type Row = { key: string; counts: Counts; /** Of all that is counted. */ share: number };

/** By site or class, the most counted first; what has no name, and the rest, last. */
export function rowsOf({ counts }: Telemetry): Row[] {
  const rows = new Map<string, Counts>();
  for (const { key, measure, count } of counts) {
    const row = rows.get(key) ?? none();
    rows.set(key, row);
    if (row[measure] !== undefined) row[measure] += count;
  }
  const total = (row: Counts) => MEASURES.reduce((sum, measure) => sum + row[measure], 0);
  const all = [...rows.values()].reduce((sum, row) => sum + total(row), 0);
  const last = (key: string) => (key === OTHERS ? 1 : key === '' ? 2 : 0);
  return [...rows].map(([key, row]) => ({ key, counts: row, share: all === 0 ? 0 : total(row) / all }))
    .sort((a, b) => last(a.key) - last(b.key) || b.share - a.share || a.key.localeCompare(b.key));
}

/** `97.3 %`, `0.04 %`; what is not quite nothing or everything is not called so. */
export function percentText(share: number | null): string {
  if (share === null) return '–';
  const percent = share * 100;
  if (percent > 0 && percent < 0.01) return '<0.01 %';
  if (percent < 100 && percent >= 99.95) return '>99.9 %';
  return `${Number(percent.toFixed(percent < 1 ? 2 : 1)).toLocaleString()} %`;
}

/** Points of a hundred, with its sign. */
export function deltaText(delta: number | null): string {
  if (delta === null) return '–';
  const points = Math.abs(delta) * 100;
  if (points === 0) return '0';
  const said = points < 0.01 ? '<0.01' : Number(points.toFixed(points < 1 ? 2 : 1)).toLocaleString();
  return `${delta < 0 ? '−' : '+'}${said}`;
}

/** A time to deliver: `0.4 s`, `35s`, `4m 10s`; the last class has no end. */
export function tookText(ms: number | null): string {
  if (ms === null) return '–';
  if (ms >= DAY) return 'over 1d';
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : longText(ms);
}

/** What the plots show, in a sentence, for those who do not see them. */
export function seriesText({ counts, begins, step }: Series): string {
  const sum = (measure: Measure) => counts[measure].reduce((total, one) => total + one, 0);
  const hardest = counts.bounced.reduce((most, one, i) => (one > counts.bounced[most]! ? i : most), 0);
  const most = counts.bounced[hardest]!;
  return `${countText(sum('delivered'))} delivered, ${countText(sum('deferred'))} deferred, ${countText(sum('bounced'))} bounced, ${countText(sum('expired'))} expired${most > 0 ? `; most bounced at ${stepText(begins[hardest]!, step)}` : ''}.`;
}

const dayHour = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat(undefined, { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' });
const short = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const hour = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const isMidnight = (date: Date) => date.getHours() === 0 && date.getMinutes() === 0;

/** Name of a step. Days are those of UTC. */
export const stepText = (at: number, step: number): string => (step === DAY ? day : dayHour).format(at);
/** On the axis: the day where it begins, else the hour. */
export const tickText = (at: number): string => (isMidnight(new Date(at)) ? short : hour).format(at);
export const momentText = (at: number): string => dayHour.format(at);

export const JUDGED: Record<Comparison['measures'][number]['judgement'], string> = { better: 'better', worse: 'worse', same: 'no difference', 'too-few': 'too few to say' };

/** What two periods say, in a sentence. */
export function judgedText({ measures }: Comparison): string {
  const named = (wanted: string) => measures.filter(({ judgement }) => judgement === wanted).map(({ measure }) => measure).join(', ');
  const [worse, better] = [named('worse'), named('better')];
  if (worse || better) return [worse && `Worse: ${worse}.`, better && `Better: ${better}.`].filter(Boolean).join(' ');
  return measures.every(({ judgement }) => judgement === 'too-few') ? 'There is too little mail to say whether anything has changed.' : 'Nothing has changed by more than chance.';
}

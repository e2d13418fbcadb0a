/**
 * What the room of telemetry shows, as its address says it, and the times
 * that it means. Pure. Periods hold whole hours, since counts are kept by the
 * hour: the one that runs is in; days are those of UTC, as the server's. A period is said by its name, not by its
 * times, so that an address kept today shows tomorrow's last day tomorrow.
 */
import type { TelemetryAsked } from './route.ts';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
/** Counts are forgotten after as many days. */
export const KEPT_DAYS = 400;
/** Longer periods are drawn by the day. */
const BY_HOUR = 8 * DAY;

export type Span = { from: number; to: number };
export type Period = Span & { step: 'hour' | 'day' };

export const PERIODS = [['24h', '24 hours'], ['7d', '7 days'], ['30d', '30 days'], ['own', 'own period']] as const;
export type PeriodName = (typeof PERIODS)[number][0];
export const LENGTHS = [['1h', '1 hour', HOUR], ['6h', '6 hours', 6 * HOUR], ['24h', '24 hours', DAY], ['7d', '7 days', 7 * DAY], ['30d', '30 days', 30 * DAY], ['own', 'two own periods', 0]] as const;
export type LengthName = (typeof LENGTHS)[number][0];

export const periodName = ({ period }: TelemetryAsked): PeriodName => PERIODS.find(([name]) => name === period)?.[0] ?? '24h';
export const lengthName = ({ length }: TelemetryAsked): LengthName => LENGTHS.find(([name]) => name === length)?.[0] ?? '24h';

const down = (ms: number): number => Math.floor(ms / HOUR) * HOUR;
const up = (ms: number): number => Math.ceil(ms / HOUR) * HOUR;
const midnight = (ms: number): number => Math.floor(ms / DAY) * DAY;
/** The end of the hour that runs. */
const endOf = (now: number): number => down(now) + HOUR;

/** The hours that a period means now; a sentence when it cannot be. */
export function periodOf(asked: TelemetryAsked, now: number): Period | string {
  const to = endOf(now);
  switch (periodName(asked)) {
    case '24h': return { from: to - DAY, to, step: 'hour' };
    case '7d': return { from: to - 7 * DAY, to, step: 'hour' };
    case '30d': return { from: midnight(now) - 29 * DAY, to, step: 'day' };
    case 'own': {
      const span = spanOf(asked.from, asked.to, now);
      if (typeof span === 'string') return span;
      return span.to - span.from > BY_HOUR ? { from: midnight(span.from), to: span.to, step: 'day' } : { ...span, step: 'hour' };
    }
  }
}

/** What an own period begins with: the one that is shown, so that nothing jumps. */
export function ownPeriod(asked: TelemetryAsked, now: number): { from: string; to: string } {
  const shown = periodOf(asked, now);
  const { from, to } = typeof shown === 'string' ? { from: endOf(now) - DAY, to: endOf(now) } : shown;
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
}

export type Pair = { before: Span; after: Span };

/** Two periods: as long as each other around a moment, or each of its own. Of what is not over yet, as much as there is. */
export function pairOf(asked: TelemetryAsked, now: number): Pair | string {
  const length = LENGTHS.find(([name]) => name === lengthName(asked))![2];
  if (length === 0) return ownPair(asked, now);
  const moment = momentOf(asked, now);
  if (moment === undefined) return 'The moment is a date and a time.';
  if (moment >= now) return 'The moment lies in the past: there must be mail after it.';
  const each = Math.min(length, endOf(now) - moment);
  if (moment - each < now - KEPT_DAYS * DAY) return `Counts are kept for ${KEPT_DAYS} days.`;
  return { before: { from: moment - each, to: moment }, after: { from: moment, to: moment + each } };
}

/** Taken down to its hour: a part of an hour is not counted apart. Without one, a day ago. */
export function momentOf({ moment }: TelemetryAsked, now: number): number | undefined {
  if (moment === undefined) return endOf(now) - DAY;
  const at = Date.parse(moment);
  return Number.isNaN(at) ? undefined : down(at);
}

/** `from..to`, as addresses have it. */
export const textOfSpan = ({ from, to }: Span): string => `${new Date(from).toISOString()}..${new Date(to).toISOString()}`;

function ownPair(asked: TelemetryAsked, now: number): Pair | string {
  const before = spanOf(...splitSpan(asked.before), now);
  const after = spanOf(...splitSpan(asked.after), now);
  if (typeof before === 'string') return `Before: ${before}`;
  if (typeof after === 'string') return `After: ${after}`;
  if (before.to > after.from) return 'The first period ends before the second begins: no mail stands on both sides.';
  return { before, after };
}

export function splitSpan(text: string | undefined): [from: string | undefined, to: string | undefined] {
  const [from, to] = (text ?? '').split('..');
  return [from || undefined, to || undefined];
}

function spanOf(from: string | undefined, to: string | undefined, now: number): Span | string {
  const [begin, end] = [Date.parse(from ?? ''), Date.parse(to ?? '')];
  if (Number.isNaN(begin) || Number.isNaN(end)) return 'It begins and ends with a date and a time.';
  if (begin >= end) return 'It begins before it ends.';
  if (begin < now - KEPT_DAYS * DAY) return `Counts are kept for ${KEPT_DAYS} days.`;
  if (begin >= now) return 'It begins in the past.';
  return { from: down(begin), to: Math.min(up(end), endOf(now)) };
}

/** For a field of date and time, which knows no zone: local. */
export function fieldText(at: number): string {
  const date = new Date(at);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** And back; undefined while it is not whole. */
export function fieldTime(text: string): string | undefined {
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

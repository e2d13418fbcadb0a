/** Sizes, ages, times and names as people read them. Pure; nothing of it is stored or sent. */
import type { Mailbox } from '../../sdk/contract.ts';

export function sizeText(octets: number): string {
  if (octets < 1000) return `${octets} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let value = octets / 1024;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

const dayMonth = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const dayMonthYear = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' });
const hour = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

/** `now`, `40s`, `5m`, `3h`, `6d`, then the date. */
export function ageText(at: string, now: number): string {
  const then = Date.parse(at);
  const seconds = Math.floor((now - then) / 1000);
  // A clock that is a little ahead of ours is no reason to speak of the future.
  if (seconds < 10) return 'now';
  if (seconds < 60) return `${Math.floor(seconds / 10) * 10}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)}h`;
  if (seconds < 7 * 86_400) return `${Math.floor(seconds / 86_400)}d`;
  const date = new Date(then);
  return (date.getFullYear() === new Date(now).getFullYear() ? dayMonth : dayMonthYear).format(date);
}

/** `02:50`, for what is of today. */
export const hourText = (at: string): string => hour.format(new Date(at));

export const timeText = (at: string): string => full.format(new Date(at));

/** `14:03:07.250`, local. */
export function clockText(at: string): string {
  const date = new Date(at);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

/** `3 ms`, `1.2 s`, `4 min`. */
export function spanText(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.round(ms / 60_000)} min`;
}

/** `1h`, `7d`, `90m` as retention is typed; empty for no limit. */
export function durationText(ms: number | null): string {
  if (ms === null) return '';
  for (const [unit, length] of [['d', 86_400_000], ['h', 3_600_000], ['m', 60_000], ['s', 1000]] as const) if (ms % length === 0 && ms >= length) return `${ms / length}${unit}`;
  return `${ms}ms`;
}

const whole = new Intl.NumberFormat();
export const countText = (n: number): string => whole.format(n);
/** For narrow places: `1.2k`, `48k`, `1.3M`. */
export function briefCount(n: number): string {
  if (n < 10_000) return whole.format(n);
  if (n < 1_000_000) return `${Math.floor(n / 1000)}k`;
  return `${(Math.floor(n / 100_000) / 10).toFixed(1)}M`;
}

export const plural = (n: number, one: string, many = `${one}s`): string => `${countText(n)} ${n === 1 ? one : many}`;

/** Of a share: `2.5 %`. */
export const percent = (share: number): string => `${Number((share * 100).toFixed(2))} %`;

/** Who a message says it is from; the address when there is no name. */
export const whoText = (boxes: readonly Mailbox[]): string => boxes.map(({ name, address }) => name || address).join(', ');

export const mailboxText = ({ name, address }: Mailbox): string => (name ? `${name} <${address}>` : address);

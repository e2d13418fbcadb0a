/** Durations as a test writes them: milliseconds, or a text like `500ms`, `10s`, `2m`, `1h30m`. */
import { sayValue } from './message-text.ts';

export type Duration = number | string;

/** Milliseconds that one request of a wait is held at most: fetch (undici) gives up on a silent one after five minutes. */
export const ROUND = 60_000;

const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

export function toMs(duration: Duration, what: string): number {
  if (typeof duration === 'number' && duration >= 0 && Number.isFinite(duration)) return duration;
  const text = String(duration).trim().toLowerCase();
  if (/^\d+$/.test(text)) return Number(text);
  if (!/^(\d+(\.\d+)?(ms|[smhd]))+$/.test(text)) throw new TypeError(`\`${what}\` must be milliseconds or a text like '500ms', '10s' or '2m'; it is ${sayValue(duration)}${duration === Infinity ? ': every wait has an end' : ''}`);
  let ms = 0;
  for (const [, number, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g)) ms += Number(number) * UNITS[unit as keyof typeof UNITS];
  return ms;
}

/** `850 ms`, `9.5 s`, `3 min`. */
export function sayMs(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 180_000) return `${Math.round(ms / 100) / 10} s`;
  return `${Math.round(ms / 6000) / 10} min`;
}

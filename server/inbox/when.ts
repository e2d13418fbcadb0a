/**
 * Moments as people type them: `2026-01-31`, `2026-01-31T10:30`, `2h` (ago),
 * `today`, `yesterday`. Days begin at midnight of the given time zone.
 * Answers undefined for what it cannot read; never throws, and never guesses
 * (`31.01.2026` and `1/2/2026` are refused).
 */
import { parseIso } from '../units.ts';

const UNITS: Record<string, number> = { s: 1_000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const RELATIVE = /^(\d{1,7}(?:\.\d{1,3})?)(s|min|m|h|d|w)$/i;

export type Here = { now: number; timeZone?: string };

/** Milliseconds since the epoch. */
export function parseMoment(text: string, here: Here): number | undefined {
  const word = text.trim().toLowerCase();
  if (word === 'now') return here.now;
  if (word === 'today') return startOfDay(here, 0);
  if (word === 'yesterday') return startOfDay(here, -1);
  const relative = RELATIVE.exec(word);
  if (relative) return Math.max(0, Math.round(here.now - Number(relative[1]) * UNITS[relative[2]!]!));
  const date = parseIso(text);
  return date && (date.ahead === undefined ? inZone(date.wall, here.timeZone) : date.wall - date.ahead);
}

function startOfDay(here: Here, days: number): number {
  const local = here.now + offsetAt(here.now, here.timeZone);
  return inZone((Math.floor(local / UNITS['d']!) + days) * UNITS['d']!, here.timeZone);
}

/** The moment at which clocks of the zone show `wall` (given as if it were UTC). */
function inZone(wall: number, timeZone: string | undefined): number {
  const first = wall - offsetAt(wall, timeZone);
  // Near a change of the clocks the first guess may lie on its other side.
  return wall - offsetAt(first, timeZone);
}

/** Milliseconds that the zone is ahead of UTC; an unknown zone counts as UTC. */
function offsetAt(at: number, timeZone: string | undefined): number {
  if (timeZone === undefined || timeZone === 'UTC') return 0;
  try {
    const fields: Record<string, number> = {};
    const format = new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' });
    for (const { type, value } of format.formatToParts(at)) fields[type] = Number(value);
    const shown = Date.UTC(fields['year']!, fields['month']! - 1, fields['day'], fields['hour'], fields['minute'], fields['second']);
    return shown - Math.floor(at / 1000) * 1000;
  } catch {
    return 0;
  }
}

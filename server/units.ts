/** Sizes, durations and moments as people write them. All answer undefined for what they cannot read. */

const SIZE = { '': 1, b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 };
const DURATION = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 };

/** `1500`, `500k`, `2.5M`, `10MB`, `1GiB` → octets (powers of 1024). */
export function parseSize(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*(?:([kmgt])(?:i?b)?|b)?$/i.exec(text.trim());
  if (!match) return undefined;
  const octets = Math.floor(Number(match[1]) * SIZE[(match[2] ?? '').toLowerCase() as keyof typeof SIZE]);
  return Number.isSafeInteger(octets) ? octets : undefined;
}

/** `500ms`, `30s`, `5m`, `72h`, `7d`, `1h30m`, or a bare number of milliseconds → milliseconds. */
export function parseDuration(text: string): number | undefined {
  const said = text.trim().toLowerCase();
  if (/^\d+$/.test(said)) return Number.isSafeInteger(Number(said)) ? Number(said) : undefined;
  if (!/^(\d+(?:\.\d+)?(?:ms|[smhdw]))+$/.test(said)) return undefined;
  let ms = 0;
  for (const [, number, unit] of said.matchAll(/(\d+(?:\.\d+)?)(ms|[smhdw])/g)) ms += Number(number) * DURATION[unit as keyof typeof DURATION];
  return Number.isSafeInteger(Math.round(ms)) ? Math.round(ms) : undefined;
}

const MOMENT = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(\.\d{1,9})?)?)?(Z|[+ -]\d{2}:?\d{2})?$/i;

/**
 * ISO 8601: `2026-01-31`, `2026-01-31T10:30`, with seconds and a zone or without. `wall` is what the clocks of
 * that place show, in milliseconds as if it were UTC; `ahead` is how many they are ahead of UTC, undefined where
 * no zone is named. Undefined for days that do not exist: Date.parse would make 2 March of 30 February.
 */
export function parseIso(text: string): { wall: number; ahead: number | undefined } | undefined {
  const said = MOMENT.exec(text.trim());
  if (!said) return undefined;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '0', zone] = said;
  const date = new Date(0);
  // Date.UTC would take the years 0 to 99 for those of the last century.
  date.setUTCFullYear(+year!, +month! - 1, +day!);
  if (date.getUTCMonth() !== +month! - 1 || date.getUTCDate() !== +day! || +hour > 23 || +minute > 59 || +second > 59) return undefined;
  const wall = date.setUTCHours(+hour, +minute, +second, Math.floor(+fraction * 1000));
  if (zone === undefined) return { wall, ahead: undefined };
  if (zone.toUpperCase() === 'Z') return { wall, ahead: 0 };
  const [hours, minutes] = [+zone.slice(1, 3), +zone.slice(-2)];
  if (hours > 23 || minutes > 59) return undefined;
  // A space is the `+` of an offset that went through a query string unescaped.
  return { wall, ahead: (zone[0] === '-' ? -1 : 1) * (hours * 60 + minutes) * 60_000 };
}

/** A moment with its zone: without one, each machine would read another. Milliseconds since the epoch. */
export function parseInstant(text: string): number | undefined {
  const said = /T/i.test(text) ? parseIso(text) : undefined;
  return said?.ahead === undefined ? undefined : said.wall - said.ahead;
}

/** The last moment that can be written with a year of four digits (RFC 3339 §5.6), and the first. */
export const LAST_MOMENT = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
const FIRST_MOMENT = -62_167_219_200_000;

/** As RFC 3339 has it. What is out of reach is the last that can be written: one such time must not keep all else from being read. */
export const isoOf = (ms: number): string => new Date(Math.min(Math.max(ms, FIRST_MOMENT), LAST_MOMENT)).toISOString();

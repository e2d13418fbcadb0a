/** Sizes and durations as people write them. Both answer undefined for what they cannot read. */

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

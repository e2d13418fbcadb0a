/**
 * Chance as an argument: a number that looks random and is the same for the
 * same parts, so that a run is the same again after a restart and on every
 * node. Not for secrets.
 */

/** In [0, 1), 53 bits of it, spread evenly; a part's kind and place count. */
export function chanceOf(...parts: readonly (string | number)[]): number {
  let high = 0x9e3779b9;
  let low = 0x85ebca6b;
  const mix = (value: number) => {
    high = Math.imul(high ^ value, 0x9e3779b1);
    low = Math.imul(low ^ value, 0x5f356495);
  };
  for (const part of parts) {
    const text = String(part);
    for (let at = 0; at < text.length; at++) mix(text.charCodeAt(at));
    // No character: ('ab', 'c') and ('a', 'bc') differ, and so do 1 and '1'.
    mix(typeof part === 'number' ? 0x10001 : 0x10002);
  }
  high = Math.imul(high ^ (high >>> 16), 0x85ebca6b) ^ Math.imul(low ^ (low >>> 13), 0xc2b2ae35);
  low = Math.imul(low ^ (low >>> 16), 0x85ebca6b) ^ Math.imul(high ^ (high >>> 13), 0xc2b2ae35);
  return ((high >>> 5) * 2 ** 26 + (low >>> 6)) / 2 ** 53;
}

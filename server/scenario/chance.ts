/**
 * Chance as an argument: a number in [0, 1) that is always the same for the
 * same seed and parts, on every machine and after every restart. A hash of 53
 * bits, so that it fills a double; well mixed, not cryptographic.
 */

const LANE = 2 ** 32;

export function chance(seed: number, ...parts: readonly (string | number)[]): number {
  let a = 0x9e3779b9 ^ (seed >>> 0);
  let b = 0x85ebca6b ^ (Math.trunc(seed / LANE) >>> 0);
  for (const part of parts) {
    const text = String(part);
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      a = Math.imul(a ^ unit, 0x9e3779b1);
      b = Math.imul(b ^ unit, 0x5f356495);
      // Each lane hears of the other, or two texts that collide in one would differ in 21 bits only.
      a ^= b >>> 15;
    }
    // Parts are apart: ('ab', 'c') is not ('a', 'bc').
    a = Math.imul(a ^ 0x10001, 0x85ebca77);
    b = Math.imul(b ^ 0x10001, 0xc2b2ae3d);
  }
  const high = mixed(a ^ Math.imul(b, 0x27d4eb2f));
  const low = mixed(b ^ Math.imul(a, 0x165667b1));
  return ((high >>> 11) * LANE + (low >>> 0)) / 2 ** 53;
}

/** Every bit of the result depends on every bit that goes in. */
function mixed(bits: number): number {
  let h = bits;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/**
 * Identifiers: 26 characters of Crockford base 32, ten for the millisecond and
 * sixteen of chance (the ULID layout), so that ids sort by the time they were
 * made and can be made on any node. Inside one millisecond they count up, so
 * one process never makes two out of order.
 */
import { randomFillSync } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const CHANCE = 16;

export type MakeId = (now: number) => string;

export function idMaker(fill: (bytes: Uint8Array) => void = drawn()): MakeId {
  let lastTime = -1;
  let timePart = '';
  const chance = new Uint8Array(CHANCE);
  return (now) => {
    if (now > lastTime) {
      lastTime = now;
      timePart = '';
      for (let rest = now, i = 0; i < 10; i++, rest = Math.floor(rest / 32)) timePart = ALPHABET[rest % 32] + timePart;
      fill(chance);
      for (let i = 0; i < CHANCE; i++) chance[i]! &= 31;
      chance[0]! &= 15; // leaves room to count up without running over
    } else {
      for (let i = CHANCE - 1; i >= 0 && (chance[i] = (chance[i]! + 1) & 31) === 0; i--);
    }
    let id = timePart;
    for (let i = 0; i < CHANCE; i++) id += ALPHABET[chance[i]!];
    return id;
  };
}

/** Chance is drawn for many at once: asked for each time, it would be a hundredth of what a message costs. */
function drawn(): (bytes: Uint8Array) => void {
  const pool = new Uint8Array(256 * CHANCE);
  let at = pool.length;
  return (bytes) => {
    if (at === pool.length) {
      randomFillSync(pool);
      at = 0;
    }
    bytes.set(pool.subarray(at, at + CHANCE));
    at += CHANCE;
  };
}

/** As a piece of a pattern. */
export const ID = '[0-9A-HJKMNP-TV-Z]{26}';
export const ID_PATTERN = new RegExp(`^${ID}$`);

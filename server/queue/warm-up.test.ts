import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LivePolicy } from '../mail/live.ts';
import { createWarmUp } from './warm-up.ts';

const DAY = 86_400_000;
const NOON = Date.UTC(2026, 0, 1, 12);
const MIDNIGHT = Date.UTC(2026, 0, 2);

/** `tried` is what the store answers; undefined when it cannot. */
function warmUpOf(caps: number[], tried: (since: number) => number | undefined = () => 0) {
  const asked: number[] = [];
  const policy: { warmUp: LivePolicy['warmUp'] } = { warmUp: { since: NOON, caps } };
  let work: Promise<void> = Promise.resolve();
  const warmUp = createWarmUp({
    policy: () => policy.warmUp,
    async triedSince(since) {
      asked.push(since);
      const n = tried(since);
      if (n === undefined) throw new Error('closed');
      return n;
    },
    work: (promise) => (work = promise),
  });
  return Object.assign(warmUp, { asked, policy, settled: () => work });
}

test('a cap is of a day in UTC, and what was tried before is asked for once', async () => {
  const warmUp = warmUpOf([5, 9], () => 2);
  expect(warmUp.restsUntil(NOON)).toBeNull();
  expect(warmUp.reserve(NOON, 3)).toBe(0);
  await warmUp.settled();
  expect(warmUp.restsUntil(NOON)).toBeUndefined();
  expect([warmUp.reserve(NOON, 2), warmUp.reserve(NOON, 2), warmUp.reserve(NOON, 2)]).toEqual([2, 1, 0]);
  expect(warmUp.restsUntil(NOON)).toBe(MIDNIGHT);
  expect(warmUp.today(NOON)).toEqual({ cap: 5, tried: 5 });
  warmUp.unused(1, NOON);
  expect(warmUp.restsUntil(MIDNIGHT - 1)).toBeUndefined();
  expect(warmUp.asked).toEqual([Date.UTC(2026, 0, 1)]);
});

test('a new day is counted anew, and what comes back from the day before does not make room in it', async () => {
  const warmUp = warmUpOf([5, 9]);
  warmUp.restsUntil(NOON);
  await warmUp.settled();
  warmUp.reserve(NOON, 5);
  warmUp.restsUntil(MIDNIGHT);
  await warmUp.settled();
  expect(warmUp.reserve(MIDNIGHT, 9)).toBe(9);
  warmUp.unused(5, NOON);
  expect(warmUp.restsUntil(MIDNIGHT)).toBe(MIDNIGHT + DAY);
});

test('without a schedule, and after its last day, there is no cap', () => {
  const warmUp = warmUpOf([5]);
  expect([warmUp.restsUntil(MIDNIGHT), warmUp.reserve(MIDNIGHT, 1_000), warmUp.today(MIDNIGHT)]).toEqual([undefined, Infinity, undefined]);
  warmUp.policy.warmUp = null;
  expect(warmUp.reserve(NOON, 1_000)).toBe(Infinity);
  expect(warmUp.asked).toEqual([]);
});

test('before its first day the cap is that of the first', async () => {
  const warmUp = warmUpOf([2, 9]);
  warmUp.restsUntil(NOON - 3 * DAY);
  await warmUp.settled();
  expect(warmUp.reserve(NOON - 3 * DAY, 9)).toBe(2);
});

test('while it cannot be read what was tried nothing is, and it is asked again', async () => {
  let answer: number | undefined;
  const warmUp = warmUpOf([5], () => answer);
  warmUp.restsUntil(NOON);
  await warmUp.settled();
  expect(warmUp.restsUntil(NOON)).toBe(NOON + 1_000);
  expect(warmUp.reserve(NOON + 500, 1)).toBe(0);
  answer = 4;
  expect(warmUp.restsUntil(NOON + 1_000)).toBeNull();
  await warmUp.settled();
  expect([warmUp.reserve(NOON + 1_000, 3), warmUp.asked.length]).toEqual([1, 2]);
});

test('whatever is reserved and given back, no day has more than its cap', async () => {
  await fc.assert(fc.asyncProperty(fc.array(fc.nat(20), { minLength: 1, maxLength: 4 }), fc.array(fc.record({ ask: fc.nat(15), back: fc.nat(15), later: fc.nat(DAY / 2) }), { maxLength: 30 }), async (caps, steps) => {
    const tried = new Map<number, number>();
    const warmUp = warmUpOf(caps, (since) => tried.get(since / DAY) ?? 0);
    let now = NOON;
    for (const { ask, back, later } of steps) {
      if (warmUp.restsUntil(now) === null) await warmUp.settled();
      const some = warmUp.reserve(now, ask);
      if (some !== Infinity) {
        const given = Math.min(back, some);
        const day = Math.floor(now / DAY);
        tried.set(day, (tried.get(day) ?? 0) + some - given);
        warmUp.unused(given, now);
        expect(tried.get(day)!).toBeLessThanOrEqual(caps[day - Math.floor(NOON / DAY)]!);
      }
      now += later;
    }
  }));
});

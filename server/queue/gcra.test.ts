import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mayGoAt, type Rate, take } from './gcra.ts';

/** When each of `count` goes, when all of them are there from the beginning. */
function run(rate: Rate, count: number): number[] {
  const gone: number[] = [];
  let theoretical = -Infinity;
  let now = 0;
  for (let n = 0; n < count; n++) {
    now = Math.max(now, mayGoAt(rate, theoretical));
    theoretical = take(rate, theoretical, now);
    gone.push(now);
  }
  return gone;
}

test('without a burst they go evenly', () => {
  expect(run({ messages: 10, perMs: 1_000, burst: 1 }, 5)).toEqual([0, 100, 200, 300, 400]);
});

test('a burst goes at once, what follows goes evenly', () => {
  expect(run({ messages: 10, perMs: 1_000, burst: 3 }, 6)).toEqual([0, 0, 0, 100, 200, 300]);
});

test('a rate of nothing lets none pass, and says so', () => {
  const rate = { messages: 0, perMs: 1_000, burst: 5 };
  expect(mayGoAt(rate, -Infinity)).toBe(Infinity);
});

test('in no period do more go than the rate and the burst allow', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 60_000 }), fc.integer({ min: 1, max: 20 }), (messages, perMs, burst) => {
    const gone = run({ messages, perMs, burst }, 120);
    for (const [n, start] of gone.entries()) {
      const within = gone.slice(n).filter((at) => at < start + perMs - 1e-6).length;
      expect(within).toBeLessThanOrEqual(messages + burst);
    }
  }));
});

test('after a rest the burst is whole again', () => {
  const rate = { messages: 1, perMs: 1_000, burst: 2 };
  let theoretical = take(rate, take(rate, -Infinity, 0), 0);
  expect(mayGoAt(rate, theoretical)).toBe(1_000);
  expect(mayGoAt(rate, theoretical) <= 10_000).toBe(true);
  theoretical = take(rate, theoretical, 10_000);
  expect(mayGoAt(rate, theoretical)).toBe(10_000);
});

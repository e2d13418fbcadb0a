import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMeter, mayGoAt, type Rate, take } from './gcra.ts';

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

test('what was promised counts until it has gone, however late that is', () => {
  const rate = { messages: 1, perMs: 1_000, burst: 1 };
  const meter = createMeter();
  expect(meter.mayGoAt(rate, 0)).toBeLessThanOrEqual(0);
  meter.promise();
  expect(meter.mayGoAt(rate, 0)).toBe(1_000);
  expect(meter.mayGoAt(rate, 5_000)).toBe(6_000);
  meter.gone(rate, 9_000);
  expect(meter.mayGoAt(rate, 9_000)).toBe(10_000);
});

test('what will not go is taken back, and costs nothing', () => {
  const rate = { messages: 1, perMs: 1_000, burst: 1 };
  const meter = createMeter();
  meter.promise();
  meter.takeBack(3);
  expect([meter.mayGoAt(rate, 0) <= 0, meter.isAtRest(0)]).toEqual([true, true]);
});

test('after a restart it begins empty: what went right before is as if it had been a whole burst', () => {
  const rate = { messages: 10, perMs: 1_000, burst: 3 };
  expect(createMeter(500).mayGoAt(rate, 500)).toBe(600);
  expect(createMeter(500).mayGoAt(rate, 60_000)).toBeLessThanOrEqual(60_000);
});

test('what went while there was no rate delays the first one under a rate by a burst at most', () => {
  const meter = createMeter();
  const rate = { messages: 1, perMs: 60_000, burst: 1 };
  for (let n = 0; n < 200; n++) meter.promise();
  for (let n = 0; n < 200; n++) meter.gone(rate, 1_000);
  expect(meter.mayGoAt(rate, 1_000)).toBe(61_000);
});

test('whatever is promised, late or taken back, and whenever it is killed: in no period more go than the rate and the burst allow', () => {
  const moves = fc.array(fc.record({ wait: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 500 })), what: fc.constantFrom('promise', 'promise', 'promise', 'gone', 'gone', 'back', 'kill') }), { maxLength: 200 });
  fc.assert(fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 6 }), moves, (messages, burst, steps) => {
    const rate = { messages, perMs: 1_000, burst };
    let meter = createMeter(0);
    let [now, promised] = [0, 0];
    const gone: number[] = [];
    for (const { wait, what } of steps) {
      now += wait;
      if (what === 'promise' && meter.mayGoAt(rate, now) <= now) {
        meter.promise();
        promised++;
      } else if (what === 'gone' && promised > 0) {
        meter.gone(rate, now);
        promised--;
        gone.push(now);
      } else if (what === 'back' && promised > 0) {
        meter.takeBack(1);
        promised--;
      } else if (what === 'kill') {
        meter = createMeter(now);
        promised = 0;
      }
    }
    for (const [n, start] of gone.entries()) for (let last = n; last < gone.length; last++) {
      expect(last - n + 1).toBeLessThanOrEqual(burst + ((gone[last]! - start) * messages) / 1_000 + 1e-6);
    }
  }));
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLanes } from './lanes.ts';

test('lanes ripen in the order of their due moments, each once', () => {
  const lanes = createLanes();
  lanes.put('b.test', 20);
  lanes.put('a.test', 10);
  lanes.put('a.test', 15);
  lanes.put('c.test', 30);
  expect(lanes.next()).toBe(10);
  expect(lanes.ripen(20)).toEqual(['a.test', 'b.test']);
  expect(lanes.ripen(20)).toEqual([]);
  expect(lanes.next()).toBe(30);
});

test('what a lease left waits again; what it emptied is gone', () => {
  const lanes = createLanes();
  lanes.put('a.test', 1);
  lanes.put('b.test', 1);
  lanes.ripen(1);
  const claimed = lanes.claim(['a.test', 'b.test']);
  lanes.left(['a.test', 'b.test'], [{ destination: 'a.test', due: 60 }], claimed);
  expect(lanes.next()).toBe(60);
  expect([lanes.has('a.test'), lanes.has('b.test')]).toEqual([true, false]);
});

test('what came in while a lease was under way is not lost, whatever the lease said', () => {
  const lanes = createLanes();
  lanes.put('a.test', 1);
  lanes.ripen(1);
  const claimed = lanes.claim(['a.test']);
  lanes.put('a.test', 2);
  lanes.left(['a.test'], [], claimed);
  expect(lanes.ripen(2)).toEqual(['a.test']);
});

test('in any order of puts, claims and leases no lane with something in it is forgotten', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('put' as const), lane: fc.nat(3), due: fc.nat(50) }),
    fc.record({ kind: fc.constant('lease' as const), during: fc.array(fc.record({ lane: fc.nat(3), due: fc.nat(50) }), { maxLength: 2 }), now: fc.nat(60) }),
  );
  fc.assert(fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
    const lanes = createLanes();
    const truth = new Map<string, number[]>();
    const add = (lane: number, due: number) => {
      const name = `${lane}.test`;
      truth.set(name, [...(truth.get(name) ?? []), due]);
      lanes.put(name, due);
    };
    for (const one of steps) {
      if (one.kind === 'put') add(one.lane, one.due);
      else {
        const ripe = lanes.ripen(one.now);
        const claimed = lanes.claim(ripe);
        const left: { destination: string; due: number }[] = [];
        for (const name of ripe) {
          const rest = truth.get(name)!.filter((due) => due > one.now);
          truth.set(name, rest);
          if (rest.length > 0) left.push({ destination: name, due: Math.min(...rest) });
        }
        for (const { lane, due } of one.during) add(lane, due);
        lanes.left(ripe, left, claimed);
      }
    }
    const found = new Set(lanes.ripen(Infinity));
    expect([...truth].flatMap(([name, dues]) => (dues.length > 0 && !found.has(name) ? [name] : []))).toEqual([]);
  }));
});

test('ten thousand lanes are put, ripened and claimed in well under a second', () => {
  const lanes = createLanes();
  const began = performance.now();
  for (let round = 0; round < 5; round++) for (let n = 0; n < 10_000; n++) lanes.put(`${n}.test`, (n * 7919) % 10_000);
  let ripened = 0;
  for (let now = 0; now < 10_000; now += 10) {
    const ripe = lanes.ripen(now);
    ripened += ripe.length;
    lanes.left(ripe, [], lanes.claim(ripe));
  }
  expect(ripened).toBeGreaterThan(9_900);
  expect(performance.now() - began).toBeLessThan(1_000);
});

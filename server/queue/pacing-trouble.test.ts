import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTrouble, FIRST_WINDOW } from './pacing-trouble.ts';

const learning = () => createTrouble(() => true);

test('the window of a site that nobody knows begins at 5 and grows by one with each window of deliveries', () => {
  const trouble = learning();
  expect(trouble.most(0, 20)).toBe(FIRST_WINDOW);
  for (let n = 0; n < 6; n++) trouble.delivered(5, 20);
  expect(trouble.most(0, 20)).toBe(6);
  for (let n = 0; n < 1_000; n++) trouble.delivered(20, 20);
  expect(trouble.most(0, 20)).toBe(20);
});

test('what is not asked for is not learned', () => {
  const trouble = learning();
  for (let n = 0; n < 1_000; n++) trouble.delivered(1, 20);
  expect(trouble.most(0, 20)).toBeLessThanOrEqual(1 + FIRST_WINDOW);
});

test('it shrinks with connections that fail and with slow-downs, to one at least', () => {
  const trouble = learning();
  trouble.failed(false, 0);
  expect(trouble.most(0, 20)).toBe(4);
  for (let n = 0; n < 20; n++) trouble.failed(false, 0);
  expect([trouble.most(0, 20), trouble.failures]).toEqual([1, 21]);
});

test('a site that hangs in the midst of messages is left with one connection, and does not rest', () => {
  const trouble = learning();
  for (let n = 0; n < 10; n++) trouble.broke();
  expect([trouble.most(0, 20), trouble.failures, trouble.isWary(0)]).toEqual([1, 0, false]);
  for (let n = 0; n < 3; n++) trouble.delivered(1, 20);
  expect(trouble.most(0, 20)).toBe(2);
});

test('where limits are known nothing is learned', () => {
  const trouble = createTrouble(() => false);
  trouble.failed(false, 0);
  expect([trouble.most(0, 20), trouble.window(20)]).toEqual([20, undefined]);
});

test('after a rest, and after one that was ordered, it opens up 1, 2, 4 …', () => {
  for (const begin of ['failed', 'restart'] as const) {
    const trouble = createTrouble(() => false);
    if (begin === 'failed') trouble.failed(true, 0);
    else trouble.restart(0);
    const most = [];
    for (let n = 0; n < 5; n++) {
      most.push(trouble.most(0, 10));
      trouble.succeeded(10);
    }
    expect(most).toEqual([1, 2, 4, 8, 10]);
    expect(trouble.isOver(0)).toBe(true);
  }
});

test('what nobody tried again for an hour after its rest is over', () => {
  for (const begin of ['failed', 'restart'] as const) {
    const trouble = learning();
    if (begin === 'failed') trouble.failed(true, 60_000);
    else trouble.restart(60_000);
    expect([trouble.isOver(60_000 + 3_599_999), trouble.isOver(60_000 + 3_600_000)]).toEqual([false, true]);
  }
});

test('whatever happens, it is at least one connection and never more than the limit', () => {
  const event = fc.constantFrom('delivered', 'failed', 'rests', 'slow', 'succeeded', 'restart');
  fc.assert(fc.property(fc.integer({ min: 1, max: 100 }), fc.array(fc.tuple(event, fc.integer({ min: 0, max: 60_000 })), { maxLength: 200 }), fc.boolean(), (limit, events, learns) => {
    const trouble = createTrouble(() => learns);
    let now = 0;
    for (const [what, wait] of events) {
      now += wait;
      if (what === 'delivered') trouble.delivered(trouble.most(now, limit), limit);
      else if (what === 'slow') trouble.slowDown(now);
      else if (what === 'succeeded') trouble.succeeded(limit);
      else if (what === 'restart') trouble.restart(0);
      else trouble.failed(what === 'rests', now);
      expect(trouble.most(now, limit)).toBeGreaterThanOrEqual(1);
      expect(trouble.most(now, limit)).toBeLessThanOrEqual(limit);
    }
  }));
});

import { expect, test } from 'vitest';
import type { Route } from '../network/network.ts';
import { createLanes } from './lanes.ts';
import { createSeats } from './seats.ts';
import { createSite } from './site.ts';

const routeTo = (site: string): Route => ({ site, hosts: [{ name: `mx.${site}`, address: '127.0.0.1', port: 25, preference: 10 }] });
function seatsWith(connections = 2) {
  const lanes = createLanes();
  return { lanes, seats: createSeats(lanes, (name) => createSite(name, () => ({ connections, messagesPerConnection: 100, rate: null }))) };
}

test('a lane without a route is chosen to find it; then it is ready at its site, with others of the same', () => {
  const { lanes, seats } = seatsWith();
  lanes.put('a.test', 0);
  lanes.put('b.test', 0);
  seats.look(0);
  expect([seats.choose(0), seats.choose(0)].map((choice) => [choice!.destinations, choice!.seat])).toEqual([[['a.test'], undefined], [['b.test'], undefined]]);
  for (const one of ['a.test', 'b.test']) {
    lanes.left([one], [{ destination: one, due: 1 }], lanes.claim([one]));
    seats.learn(one, routeTo('shared.test'), 0);
  }
  seats.look(1);
  const choice = seats.choose(1)!;
  expect([choice.destinations, choice.seat!.site.name]).toEqual([['a.test', 'b.test'], 'shared.test']);
  expect(seats.choose(1)).toBeUndefined();
});

test('a site that may begin nothing is set aside until its moment', () => {
  const { lanes, seats } = seatsWith();
  const seat = seats.learn('a.test', routeTo('a.test'), 0);
  seat.site.pause = { reason: 'down', until: 500, by: 'engine' };
  lanes.put('a.test', 0);
  seats.look(0);
  expect(seats.choose(0)).toBeUndefined();
  expect([seats.eager(), seats.nextMoment(), seats.holds]).toEqual([false, 500, true]);
  seats.look(500);
  expect(seats.choose(500)?.destinations).toEqual(['a.test']);
});

test('a site with all connections in use is roused by one that ends', () => {
  const { lanes, seats } = seatsWith(1);
  const seat = seats.learn('a.test', routeTo('a.test'), 0);
  seat.site.opened(0);
  lanes.put('a.test', 0);
  seats.look(0);
  expect(seats.choose(0)).toBeUndefined();
  seat.site.closed();
  seats.rouse(seat);
  expect(seats.choose(0)?.seat).toBe(seat);
});

test('an address that is kept apart has a seat of its own, and its trouble is not held against its neighbours', () => {
  const { lanes, seats } = seatsWith();
  const own = seats.learn('bad+drop@a.test', routeTo('a.test'), 0);
  own.site.failed(1e9, 'refused');
  seats.learn('a.test', routeTo('a.test'), 0);
  lanes.put('a.test', 0);
  lanes.put('bad+drop@a.test', 0);
  seats.look(0);
  expect(seats.choose(0)?.destinations).toEqual(['a.test']);
  expect(seats.choose(0)).toBeUndefined();
});

test('with ten thousand sites that are paused, the one that is not is found at once', () => {
  const { lanes, seats } = seatsWith();
  for (let n = 0; n < 10_000; n++) {
    seats.learn(`s${n}.test`, routeTo(`s${n}.test`), 0).site.pause = n === 7_777 ? null : { reason: 'down', until: null, by: 'person' };
    lanes.put(`s${n}.test`, 0);
  }
  seats.look(0);
  expect(seats.choose(0)?.destinations).toEqual(['s7777.test']);
  lanes.left(['s7777.test'], [], lanes.claim(['s7777.test']));
  const began = performance.now();
  for (let n = 0; n < 1_000; n++) {
    lanes.put('s7777.test', n);
    seats.look(n);
    const choice = seats.choose(n)!;
    expect(choice.destinations).toEqual(['s7777.test']);
    lanes.left(choice.destinations, [], lanes.claim(choice.destinations));
  }
  expect(performance.now() - began).toBeLessThan(1_000);
});

test('addresses and sites that nobody writes to any more are forgotten, trouble and all, once it is over', () => {
  const { lanes, seats } = seatsWith();
  for (let n = 0; n < 3_000; n++) {
    const seat = seats.learn(`u${n}@a.test`, routeTo('a.test'), 0);
    seat.site.failed(1_000, 'refused');
    seats.learn(`s${n}.test`, routeTo(`s${n}.test`), 0);
  }
  seats.learn('down.test', routeTo('down.test'), 0).site.failed(1_000, 'refused');
  lanes.put('u7@a.test', 1e9);
  seats.look(2_000);
  expect([...seats.seats.keys()].sort()).toEqual(['a.test u7@a.test', 'down.test']);
  expect([seats.routeOf('u8@a.test'), seats.routeOf('u7@a.test')?.site]).toEqual([undefined, 'a.test']);
});

test('the urgent is chosen first, also where it joins what has waited for long', () => {
  const { lanes, seats } = seatsWith();
  for (const name of ['a', 'b', 'c']) {
    seats.learn(`${name}.test`, routeTo(`${name}.test`), 0);
    lanes.put(`${name}.test`, 0, 2);
  }
  seats.look(0);
  lanes.put('c.test', 5, 0);
  seats.look(4);
  expect(seats.choose(4)?.destinations).toEqual(['a.test']);
  seats.look(5);
  expect([seats.choose(5), seats.choose(5), seats.choose(5)].map((choice) => choice?.destinations)).toEqual([['c.test'], ['b.test'], undefined]);
});

test('addresses that share no connection can be left out', () => {
  const { lanes, seats } = seatsWith();
  lanes.put('a+hang@a.test', 0);
  seats.look(0);
  expect([seats.eager(false), seats.choose(0, false), seats.eager(), seats.holds]).toEqual([false, undefined, true, true]);
  expect(seats.choose(0)?.destinations).toEqual(['a+hang@a.test']);
});

test('a route is good for as long as it says; at a site that rests it is found anew when the rest is over', () => {
  const { lanes, seats } = seatsWith();
  const seat = seats.learn('a.test', { ...routeTo('a.test'), keepFor: 5_000 }, 0);
  lanes.put('a.test', 4_999);
  seats.look(4_999);
  expect(seats.choose(4_999)?.seat).toBe(seat);
  seat.site.pause = { reason: 'down', until: 6_000, by: 'engine' };
  lanes.put('a.test', 4_999);
  lanes.left(['a.test'], [{ destination: 'a.test', due: 4_999 }], lanes.claim(['a.test']));
  seats.look(4_999);
  expect(seats.choose(4_999)).toBeUndefined();
  seats.look(6_000);
  expect(seats.choose(6_000)).toMatchObject({ destinations: ['a.test'], seat: undefined });
});

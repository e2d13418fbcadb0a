/** Time is moved while the clock runs by itself: what becomes due in between is not passed over. */
import { afterEach, expect, test } from 'vitest';
import { manualClock } from '../../server/clock.ts';
import type { Rule } from '../../sdk/contract.ts';
import { HOUR, MIN, openSimHouse, type SimHouse } from '../support/sim-house.ts';

let house: SimHouse | undefined;
afterEach(async () => {
  await house?.[Symbol.asyncDispose]();
  house = undefined;
});

/** Of a busy machine: to come to rest and to ask the store take their time (in milliseconds), and the timers of what becomes due meanwhile have not fired yet. */
async function open(takes: { rest: number; asking: number }, rules: Rule[] = []): Promise<SimHouse> {
  const hand = manualClock();
  let passed = 0;
  house = await openSimHouse({
    rules,
    wall: { now: () => hand.now() + passed, after: (wait, wake) => hand.after(wait, wake) },
    queue: {
      later: {
        busy: () => false, next: () => null, sent: () => 0, look: async () => {},
        quiet: async () => { passed += takes.rest; },
      },
    },
  });
  const { store } = house;
  const { nextMoment } = store;
  store.nextMoment = async (query) => {
    const moment = await nextMoment(query);
    passed += takes.asking;
    return moment;
  };
  return house;
}

test('what becomes due while the queue comes to rest is tried then, and not at the next moment', async () => {
  const sim = await open({ rest: 25, asking: 0 });
  const begin = sim.clockOf('app').now() + HOUR;
  const dues = Array.from({ length: 60 }, (_, n) => [0, n]).flatMap(([, n]) => [begin + n! * HOUR, begin + n! * HOUR + n!]);
  const ids = await sim.sendAll(dues.map((sendAt, n) => ({ to: `ann@${n % 2 ? 'second' : 'first'}.test`, delivery: { sendAt } })));
  expect(await sim.advance({ to: 'idle' })).toMatchObject({ delivered: dues.length, waiting: 0, next: null });
  for (const [n, id] of ids.entries()) expect((await sim.attemptsOf(id))[0]!.at - dues[n]!).toBeLessThan(MIN);
});

test('what becomes due last is tried then, and not when its time is over', async () => {
  const sim = await open({ rest: 25, asking: 0 });
  for (let n = 0; n < 30; n++) {
    const sendAt = sim.clockOf('app').now() + HOUR;
    const ids = await sim.sendAll([0, n].map((later) => ({ to: `ann@site${later}.test`, delivery: { sendAt: sendAt + later, expiresAfter: 2 * HOUR } })));
    expect(await sim.advance({ to: 'idle' })).toMatchObject({ delivered: 2, waiting: 0, next: null });
    expect((await sim.attemptsOf(ids[1]!))[0]!.at - sendAt).toBeLessThan(MIN);
  }
});

test('the same when only the time of one message is moved', async () => {
  const takes = { rest: 0, asking: 0 };
  const sim = await open(takes, [{ what: { at: 'rcpt', reply: { code: 451, enhanced: '4.7.1', text: 'Try again later' } }, often: { times: 1 } }]);
  for (let asking = 1; asking < 60; asking += 3) {
    const id = await sim.send({ to: [`ann${asking}@first.test`, `ben${asking}@second.test`], delivery: { sendAt: sim.clockOf('app').now() + HOUR } });
    // One after the other, so that the second becomes due 40 ms after the first.
    Object.assign(takes, { rest: 40, asking: 0 });
    expect(await sim.advance({ by: HOUR }, { message: id })).toMatchObject({ deferred: 2 });
    Object.assign(takes, { rest: 0, asking });
    expect(await sim.advance({ to: 'idle' }, { message: id })).toMatchObject({ delivered: 2, waiting: 0, next: null });
    const [first, second] = await sim.attemptsOf(id, 1);
    expect(second!.at - first!.nextDue!).toBeLessThan(MIN);
  }
});

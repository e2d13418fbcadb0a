/** Time is moved while the clock runs by itself: nothing that becomes due in between is passed over, and nothing whose timer is late. */
import { afterEach, expect, test } from 'vitest';
import { manualClock } from '../../server/clock.ts';
import type { Rule } from '../../sdk/contract.ts';
import { HOUR, MIN, openSimHouse, type SimHouse, type SimOptions } from '../support/sim-house.ts';

let house: SimHouse | undefined;
afterEach(async () => {
  await house?.[Symbol.asyncDispose]();
  house = undefined;
});

/** Of a busy machine: to come to rest and to ask the store take their time (in milliseconds), and the timers of what becomes due meanwhile have not fired yet. */
async function open(takes: { rest: number; asking: number }, rules: Rule[] = [], delivery: SimOptions['delivery'] = {}, chance?: SimOptions['chance']): Promise<SimHouse> {
  const hand = manualClock();
  let passed = 0;
  house = await openSimHouse({
    rules, delivery, ...(chance ? { chance } : {}),
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

/** The same ids in each run, and so the same jitter: of others, one draw in ten has no two that lie as the story needs them. */
function chances(): NonNullable<SimOptions['chance']> {
  let state = 1;
  return (bytes) => {
    for (let i = 0; i < bytes.length; i++) bytes[i] = (state = (state * 48_271) % 2_147_483_647) >> 8;
  };
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

/** A wall whose timers are late: `passed` goes on without them. */
function lateWall() {
  const hand = manualClock();
  const wall = { passed: 0, now: () => hand.now() + wall.passed, after: (wait: number, wake: () => void) => hand.after(wait, wake) };
  return wall;
}

test.each(['the stream', 'one message'])('a timer that is late has fired before the time of %s is moved', async (whose) => {
  const wall = lateWall();
  const sim = (house = await openSimHouse({ wall, rules: [{ when: { domain: 'slow.test' }, what: { at: 'rcpt', delay: '20s' } }] }));
  const slow = await sim.send({ to: 'ann@slow.test' });
  const bounces = await sim.send({ to: 'bob+dsn.30s.5-1-1@shop.test' });
  await sim.send({ to: 'carl@later.test', delivery: { sendAt: sim.clockOf('app').now() + HOUR } });
  await sim.queue.quiet();
  const due = sim.afterwards.next('app')!;
  wall.passed += 30_005;
  for (const message of [slow, bounces]) await sim.advance({ to: 'idle' }, whose === 'one message' ? { message } : undefined);
  const [attempt] = await sim.attemptsOf(slow);
  expect(attempt).toMatchObject({ outcome: 'delivered' });
  expect(attempt!.took).toBeLessThan(MIN);
  expect(sim.sentLater).toHaveLength(1);
  expect(sim.sentLater[0]!.at - due).toBeLessThan(MIN);
});

test('a bounce that was promised is sent when the time of its message is moved', async () => {
  const sim = (house = await openSimHouse());
  const message = await sim.send({ to: 'bob+dsn.30s.5-1-1@shop.test' });
  await sim.queue.quiet();
  expect(await sim.advance({ to: 'idle' }, { message })).toMatchObject({ later: 1 });
});

test('what is due within an advance is tried before it answers, however slow the machine is', async () => {
  const takes = { rest: 0, asking: 0 };
  const sim = await open(takes, [{ what: { at: 'rcpt', reply: { code: 451, enhanced: '4.7.1', text: 'Try again later' } }, often: { times: 1 } }], { jitter: 0.2 }, chances());
  const ids = await sim.sendAll(Array.from({ length: 20 }, (_, n) => ({ to: `ann@site${n}.test` })));
  await sim.queue.quiet();
  const dues = async () => (await Promise.all(ids.map(async (id) => (await sim.recipientOf(id)).due))).filter((due) => due !== null).sort((a, b) => a - b);
  // Two that would be tried together, the second of them after the end of the advance.
  const all = await dues();
  const n = all.findIndex((due, at) => at > 1 && due - all[at - 1]! > 200 && due - all[at - 1]! < 900 && all[at - 1]! - all[at - 2]! > 1_500);
  expect(n).toBeGreaterThan(0);
  const end = all[n - 1]! + 100;
  await sim.advance({ until: end - 150 });
  takes.rest = 4_000;
  const { attempts } = await sim.advance({ until: end });
  expect(attempts).toBeGreaterThan(0);
  expect((await dues()).filter((due) => due <= end)).toEqual([]);
});

test('what was tried of a message that is deleted meanwhile is not summed up: its recipient was cancelled', async () => {
  const sim = await open({ rest: 0, asking: 0 });
  const at = sim.clockOf('app').now() + HOUR;
  const [gone, stays] = await sim.sendAll(['ann@first.test', 'ben@second.test'].map((to) => ({ to, delivery: { sendAt: at } })));
  const { store } = sim;
  const { settle } = store;
  store.settle = async (outcomes) => {
    await store.delete({ kind: 'message', id: gone! });
    return settle(outcomes);
  };
  expect(await sim.advance({ to: 'idle' })).toMatchObject({ attempts: 1, delivered: 1, waiting: 0 });
  const ended = (await store.events({ after: 0, limit: 100 })).filter(({ type }) => type === 'recipient.delivered' || type === 'recipient.cancelled');
  expect(Object.fromEntries(ended.map((event) => [event.type, 'message' in event && event.message]))).toEqual({ 'recipient.cancelled': gone, 'recipient.delivered': stays });
  expect(ended).toHaveLength(2);
});

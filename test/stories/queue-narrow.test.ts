/** An advance of one message or one recipient: it moves alone, and in its own time nothing is early, late or made up. */
import { afterEach, expect, test } from 'vitest';
import { brief } from '../support/queue-told.ts';
import { HOUR, MIN, openSimHouse, type SimHouse, type SimOptions } from '../support/sim-house.ts';

let house: SimHouse | undefined;
const open = async (options?: SimOptions) => (house = await openSimHouse(options));
afterEach(async () => {
  await house?.[Symbol.asyncDispose]();
  house = undefined;
});

/** Its next lease of this destination does not answer before it is told to. */
function slowLease({ store }: SimHouse, destination: string) {
  const { lease } = store;
  let asked!: () => void;
  let answer!: () => void;
  const isAsked = new Promise<void>((resolve) => { asked = resolve; });
  const may = new Promise<void>((resolve) => { answer = resolve; });
  let isFirst = true;
  store.lease = async (query) => {
    const found = await lease(query);
    if (!isFirst || !query.destinations.includes(destination)) return found;
    isFirst = false;
    asked();
    await may;
    return found;
  };
  return { isAsked, answer };
}

test('an advance of one message leaves the others and the time of the stream alone', async () => {
  const sim = await open();
  const [mine, others] = await sim.sendAll([{ to: 'a+fail3.451@inbox.test' }, { to: 'b+fail3.451@inbox.test' }]);
  await sim.queue.quiet();
  const now = sim.queue.now('app');
  const summary = await sim.advance({ to: 'idle' }, { message: mine! });
  expect(summary).toMatchObject({ attempts: 3, delivered: 1, deferred: 2, waiting: 0 });
  expect(brief(await sim.history(mine!))).toEqual(['+0s 451', '+1m 451', '+3m 451', '+8m 250']);
  expect(brief(await sim.history(others!))).toEqual(['+0s 451']);
  expect(sim.queue.now('app')).toBe(now);
  await sim.advance({ to: 'idle' });
  expect(brief(await sim.history(others!))).toEqual(['+0s 451', '+1m 451', '+3m 451', '+8m 250']);
});

test('a narrowed advance meets a remote that hangs, and passes its deadline without the others', async () => {
  const sim = await open({ rules: [{ when: { domain: 'silent.test' }, what: { at: 'mail', fault: 'silence' } }] });
  const id = await sim.send({ to: 'ann@silent.test', delivery: { expiresAfter: HOUR } });
  const other = await sim.send({ to: 'bob@silent.test' });
  await sim.advance({ to: 'idle' }, { message: id });
  expect(sim.told(id).at(-1)).toBe('expired');
  expect((await sim.attemptsOf(id)).length).toBeGreaterThan(2);
  expect((await sim.recipientOf(other)).state).toBe('active');
});

test('what is moved alone while it connects or waits is tried again to the millisecond', async () => {
  const sim = await open({ rules: [
    { when: { domain: 'far.test' }, what: { at: 'greeting', fault: 'silence' }, often: { times: 1 } },
    { when: { domain: 'near.test' }, what: { at: 'mail', fault: 'silence' }, often: { times: 1, per: 'domain' } },
    { when: { domain: 'near.test' }, what: { at: 'rcpt', reply: { code: 451 } }, often: { times: 1 } },
  ] });
  const ids = await sim.sendAll(['ann@far.test', 'ann@near.test', 'bob@near.test'].map((to) => ({ to })));
  await sim.queue.quiet();
  for (const message of ids) expect(await sim.recipientOf(message)).toMatchObject({ state: 'active', attempts: 0 });
  for (const message of ids) await sim.advance({ by: 10_000 }, { message });
  await sim.advance({ by: 20 * MIN });
  for (const message of ids) {
    const attempts = await sim.attemptsOf(message);
    expect(attempts.length).toBeGreaterThan(1);
    for (const [i, { at }] of attempts.slice(1).entries()) expect(at).toBe(attempts[i]!.nextDue);
  }
});

test('an advance of one message does not go past a pause by a person, and counts what expires at its end', async () => {
  const sim = await open();
  const [a, b] = await sim.sendAll([{ to: 'a+fail1@x.test' }, { to: 'b+fail1@y.test' }]);
  await sim.queue.quiet();
  await sim.queue.pause({ stream: 'app', site: 'x.test' }, { reason: 'not now', until: null });
  expect(await sim.advance({ to: 'idle' }, { message: a! })).toMatchObject({ attempts: 0, expired: 1, waiting: 0, next: null });
  await sim.queue.pause({ stream: 'app' }, { reason: 'not now', until: null });
  expect(await sim.advance({ by: 25 * HOUR }, { message: b! })).toMatchObject({ attempts: 0, expired: 1, waiting: 0, next: null });
});

test('what waits behind another conversation is tried when that is over, by its own time', async () => {
  const sim = await open({ rules: [
    { when: { domain: 'near.test' }, what: { at: 'rcpt', delay: '2m' }, often: { times: 1, per: 'domain' } },
    { when: { domain: 'near.test' }, what: { at: 'rcpt', reply: { code: 451 } }, often: { times: 2, per: 'address' } },
  ] });
  const [, behind] = await sim.sendAll([{ to: 'ann@near.test' }, { to: ['bob@near.test', 'cat@near.test'] }]);
  await sim.queue.quiet();
  const [bob, cat] = await Promise.all([0, 1].map((n) => sim.recipientOf(behind!, n)));
  expect([bob!.state, cat!.state]).toEqual(['active', 'active']);
  await sim.advance({ by: 2 * HOUR }, { recipient: bob!.key });
  await sim.advance({ by: 20 * MIN });
  const tries = async (n: number) => (await sim.attemptsOf(behind!, n)).map(({ at }) => (at - bob!.queuedAt) / MIN);
  // Two minutes of the stream's time: for the one after two hours of its own, for the other as if nothing had been.
  expect([await tries(0), await tries(1)]).toEqual([[122, 123, 125], [2, 3, 5]]);
  expect([sim.told(behind!, 0).at(-1), sim.told(behind!, 1).at(-1)]).toEqual(['delivered', 'delivered']);
});

test('what is on its way from the store when its time is moved is tried as ever, and in no time but its own', async () => {
  const sim = await open({ rules: [{ when: { domain: 'slow.test' }, what: { at: 'mail', fault: 'silence' }, often: { times: 1, per: 'domain' } }] });
  await sim.queue.pause({ stream: 'app' }, { reason: 'not yet', until: null });
  const id = await sim.send({ to: ['a@slow.test', 'b@two.test'] });
  const leasing = slowLease(sim, 'two.test');
  await sim.queue.resume({ stream: 'app' });
  await leasing.isAsked;
  const moved = sim.advance({ by: 10 * MIN }, { message: id });
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
  leasing.answer();
  await moved;
  expect(await sim.attemptsOf(id, 1)).toMatchObject([{ outcome: 'delivered', took: 0, at: (await sim.recipientOf(id, 1)).queuedAt }]);
});

test('what was just leased beside others that end is moved with its message', async () => {
  const sim = await open({ rules: [
    { when: { domain: 'slow.test' }, what: { at: 'mail', fault: 'silence' }, often: { times: 1, per: 'domain' } },
    { when: { domain: 'two.test' }, what: { at: 'greeting', fault: 'silence' }, often: { times: 1, per: 'domain' } },
  ] });
  await sim.queue.pause({ stream: 'app' }, { reason: 'not yet', until: null });
  const [id] = await sim.sendAll([{ to: ['a@slow.test', 'b@two.test', 'c@two.test'] }, ...Array.from({ length: 10 }, () => ({ to: 'b@two.test' }))]);
  await sim.store.suppress([{ address: 'b@two.test', stream: 'app', mode: 'simulate', reason: 'manual', detail: '', message: null, createdAt: sim.wall.now(), expiresAt: null }], 'ann');
  const leasing = slowLease(sim, 'two.test');
  await sim.queue.resume({ stream: 'app' });
  await leasing.isAsked;
  const moved = sim.advance({ by: 10_000 }, { message: id! });
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
  leasing.answer();
  await moved;
  await sim.advance({ by: 20 * MIN });
  expect([sim.told(id!, 1), sim.told(id!, 2)]).toEqual([['suppressed'], ['deferred', 'delivered']]);
  const [first, second] = await sim.attemptsOf(id!, 2);
  expect(second!.at).toBe(first!.nextDue);
});

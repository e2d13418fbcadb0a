/** The queue of many: sites that fail or throttle, rates, priorities, and who waits for whom. */
import { afterEach, expect, test } from 'vitest';
import { manualClock } from '../../server/clock.ts';
import { ends } from '../support/queue-told.ts';
import { HOUR, MIN, openSimHouse, type SimHouse, type SimOptions } from '../support/sim-house.ts';

let house: SimHouse | undefined;
const open = async (options?: SimOptions) => (house = await openSimHouse(options));
afterEach(async () => {
  await house?.[Symbol.asyncDispose]();
  house = undefined;
});

test('a site that fails is paused and does not use up the attempts of the others that wait for it', async () => {
  const sim = await open({ rules: [{ when: { domain: 'down.test' }, what: { at: 'connect', fault: 'refused' } }] });
  const ids = await sim.sendAll(Array.from({ length: 20 }, (_, n) => ({ to: `user${n}@down.test` })));
  await sim.advance({ by: 10 * MIN });
  const attempts = (await Promise.all(ids.map((id) => sim.attemptsOf(id)))).map((those) => those.length);
  const sum = attempts.reduce((a, b) => a + b);
  // Without a pause it would be 20 × 4.
  expect(sum).toBeGreaterThanOrEqual(4);
  expect(sum).toBeLessThanOrEqual(12);
  const [view] = await sim.queue.sites('app');
  expect(view).toMatchObject({ site: 'down.test', waiting: 20, pause: { by: 'engine' } });
  expect(sim.events.filter(({ type }) => type === 'site.paused').length).toBeGreaterThan(0);
});

test('a site that comes back gets all that waits for it, opening up step by step', async () => {
  const sim = await open({ rules: [{ when: { domain: 'down.test' }, what: { at: 'connect', fault: 'refused' }, often: { times: 3, per: 'domain' } }] });
  await sim.sendAll(Array.from({ length: 50 }, (_, n) => ({ to: `user${n}@down.test` })));
  const summary = await sim.advance({ by: 30 * MIN });
  expect(summary).toMatchObject({ delivered: 50, waiting: 0 });
  expect(summary.attempts).toBeLessThanOrEqual(54);
  expect([...ends(sim).values()].every((n) => n === 1)).toBe(true);
});

test('a throttled site goes slower, and what it refused is delivered later', async () => {
  const sim = await open({ rules: [{ what: { at: 'rcpt', reply: { code: 450, enhanced: '4.7.1', text: 'Too many messages from your IP address, slow down' } }, often: { rate: { messages: 5, per: '1m' }, per: 'domain' } }] });
  await sim.sendAll(Array.from({ length: 20 }, (_, n) => ({ to: `user${n}@busy.test` })));
  await sim.queue.quiet();
  expect(sim.events.find(({ type }) => type === 'site.pace')).toMatchObject({ site: 'busy.test', pace: 0.5 });
  expect((await sim.advance({ to: 'idle' })).waiting).toBe(0);
  expect(await sim.tally()).toEqual({ delivered: 20 });
});

test('a blast of 5,000 in one stream does not delay a one-time code in another: it is among the first 300', async () => {
  const sim = await open({ streams: ['otp'] });
  await sim.queue.pause({ stream: 'app' }, { reason: 'until all is there', until: null });
  await sim.sendAll(Array.from({ length: 5_000 }, (_, n) => ({ to: `user${n}@site${n % 40}.test` })));
  await sim.queue.resume({ stream: 'app' });
  const code = await sim.send({ to: 'ann@inbox.test', stream: 'otp' });
  await sim.queue.quiet();
  const place = sim.taken.findIndex(({ message }) => message === code);
  expect(place).toBeGreaterThanOrEqual(0);
  expect(place).toBeLessThan(300);
  expect(await sim.tally()).toEqual({ delivered: 5_000 });
}, 60_000);

test('inside a stream the urgent goes first', async () => {
  const sim = await open({ delivery: { limits: { connections: 1, messagesPerConnection: 100, rate: null } } });
  await sim.queue.pause({ stream: 'app' }, { reason: 'until all is there', until: null });
  await sim.sendAll(Array.from({ length: 30 }, (_, n) => ({ to: `user${n}@inbox.test`, delivery: { priority: 'low' as const } })));
  const urgent = await sim.send({ to: 'ann@inbox.test', delivery: { priority: 'high' } });
  await sim.queue.resume({ stream: 'app' });
  await sim.queue.quiet();
  expect(sim.taken[0]!.message).toBe(urgent);
  expect(sim.taken).toHaveLength(31);
});

test('recipients of one message at one site share a transaction', async () => {
  const sim = await open();
  await sim.send({ to: ['ann@inbox.test', 'bob@inbox.test', 'eve@other.test'] });
  await sim.queue.quiet();
  expect(sim.taken.map(({ recipients }) => recipients.join(' ')).sort()).toEqual(['ann@inbox.test bob@inbox.test', 'eve@other.test']);
});

test('what waits too long raises an alert, which is cleared when it is gone', async () => {
  const sim = await open();
  await sim.send({ to: 'ann+fail9.451@inbox.test', delivery: { expiresAfter: 3 * HOUR } });
  await sim.advance({ to: 'idle' });
  await sim.advance({ by: HOUR });
  const alerts = sim.events.flatMap((event) => (event.type === 'alert.queue-age' ? [event.state] : []));
  expect(alerts).toEqual(['raised', 'cleared']);
});

test('inside a stream the urgent goes before what waits for a thousand other sites', async () => {
  const sim = await open({ queue: { slots: 8 } });
  await sim.queue.pause({ stream: 'app' }, { reason: 'until all is there', until: null });
  await sim.sendAll(Array.from({ length: 1_000 }, (_, n) => ({ to: `ann@site${n}.test` })));
  const urgent = await sim.send({ to: 'ann@bank.test', delivery: { priority: 'high' } });
  await sim.queue.resume({ stream: 'app' });
  await sim.queue.quiet();
  expect(sim.taken.findIndex(({ message }) => message === urgent)).toBeLessThan(16);
});

test('a rate counts transactions: a message with a return path for each recipient is as many', async () => {
  const sim = await open({
    delivery: { limits: { connections: 1, messagesPerConnection: 100, rate: { messages: 1, perMs: MIN, burst: 1 } } },
    queue: { returnPathOf: () => (_message, n) => `b${n}@returns.test` },
  });
  await sim.send({ to: 'first@x.test' });
  await sim.advance({ by: 2 * MIN });
  await sim.send({ to: Array.from({ length: 20 }, (_, n) => `user${n}@x.test`) });
  await sim.queue.quiet();
  expect(sim.taken).toHaveLength(2);
  await sim.advance({ by: 5 * MIN });
  expect(sim.taken).toHaveLength(7);
});

test('remotes that hang take up no more than so much, and no turn of others', async () => {
  const sim = await open();
  await sim.sendAll(Array.from({ length: 400 }, (_, n) => ({ to: `user${n}+hang.rcpt@x.test`, delivery: { expiresAfter: 4 * MIN } })));
  await sim.queue.quiet();
  expect(sim.pretend.open).toBeLessThan(300);
  const other = await sim.send({ to: 'ann@x.test' });
  await sim.queue.quiet();
  expect(sim.told(other)).toEqual(['delivered']);
  await sim.advance({ to: 'idle' });
  expect(await sim.tally()).toEqual({ delivered: 1, expired: 400 });
}, 30_000);

test('an attempt begins when its connection is asked for', async () => {
  const sim = await open();
  const id = await sim.send({ to: 'ann+slow.greeting.20s@x.test' });
  await sim.advance({ to: 'idle' });
  const [attempt] = await sim.attemptsOf(id);
  expect([attempt!.at - (await sim.recipientOf(id)).queuedAt, attempt!.took]).toEqual([0, 20_000]);
});

test('a connection that is refused does not use up the rate of those that it did not carry', async () => {
  const sim = await open({
    rules: [{ when: { domain: 'x.test' }, what: { fault: 'refused' }, often: { times: 1, per: 'all' } }],
    delivery: { limits: { connections: 1, messagesPerConnection: 100, rate: { messages: 10, perMs: 60 * MIN, burst: 10 } } },
  });
  await sim.sendAll(Array.from({ length: 10 }, (_, n) => ({ to: `user${n}@x.test` })));
  await sim.advance({ by: 10 * MIN });
  expect(await sim.tally()).toEqual({ delivered: 10 });
});

test('what is to be sent later raises no alert before it is late', async () => {
  const sim = await open();
  await sim.queue.pause({ stream: 'app' }, { reason: 'not now', until: null });
  await sim.send({ to: 'ann@x.test', delivery: { sendAt: sim.wall.now() + 10 * HOUR } });
  await sim.advance({ by: 10 * HOUR });
  const alerts = () => sim.events.flatMap((event) => (event.type === 'alert.queue-age' ? [event.state] : []));
  expect(alerts()).toEqual([]);
  await sim.advance({ by: 2 * HOUR });
  expect(alerts()).toEqual(['raised']);
});

test('a pause that a person sets as the one before it ends stays', async () => {
  const wall = manualClock();
  const sim = await open({ wall });
  await sim.queue.pause({ stream: 'app' }, { reason: 'first', until: wall.now() + MIN });
  await sim.send({ to: 'ann@inbox.test' });
  await sim.queue.quiet();
  wall.advance(MIN - 1);
  const again = sim.queue.pause({ stream: 'app' }, { reason: 'second', until: null });
  // Before it is in the store.
  wall.advance(1);
  await again;
  await sim.queue.quiet();
  expect(sim.streams.get('app')!.paused).toMatchObject({ reason: 'second' });
});

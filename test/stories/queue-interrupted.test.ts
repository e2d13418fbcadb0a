/** The queue when something comes between: a close, a restart, a change of the stream, a store that loses an answer. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { manualClock } from '../../server/clock.ts';
import { ends, noticesOf } from '../support/queue-told.ts';
import { HOUR, MIN, openSimHouse, type SimHouse, type SimOptions } from '../support/sim-house.ts';

let house: SimHouse | undefined;
const open = async (options?: SimOptions) => (house = await openSimHouse(options));
const dirs: string[] = [];
afterEach(async () => {
  await house?.[Symbol.asyncDispose]();
  house = undefined;
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
});
const onDisk = () => {
  const dir = mkdtempSync(join(tmpdir(), 'postern-queue-'));
  dirs.push(dir);
  return dir;
};

test('a pause of a site and of a stream outlive a restart, and end when a person says so', async () => {
  const dir = onDisk();
  const wall = manualClock();
  const first = await open({ dir, wall, streams: ['other'] });
  await first.queue.pause({ stream: 'app', site: 'inbox.test' }, { reason: 'they asked', until: null });
  await first.queue.pause({ stream: 'other' }, { reason: 'for today', until: null });
  const a = await first.send({ to: 'ann@inbox.test' });
  const b = await first.send({ to: 'ann@inbox.test', stream: 'other' });
  await first.queue.quiet();
  await first[Symbol.asyncDispose]();
  const second = await open({ dir, wall, streams: ['other'] });
  await second.queue.quiet();
  expect([(await second.recipientOf(a)).state, (await second.recipientOf(b)).state]).toEqual(['queued', 'queued']);
  expect(await second.queue.explain(await second.recipientOf(a))).toMatchObject({ reason: 'site-paused' });
  expect(await second.queue.explain(await second.recipientOf(b))).toMatchObject({ reason: 'stream-paused' });
  expect(await second.queue.resume({ stream: 'app', site: 'inbox.test' })).toBe(true);
  expect(await second.queue.resume({ stream: 'other' })).toBe(true);
  await second.queue.quiet();
  expect([second.told(a), second.told(b)]).toEqual([['delivered'], ['delivered']]);
  expect(await second.queue.resume({ stream: 'app', site: 'inbox.test' })).toBe(false);
});

test('closed in the midst, nothing is lost and nothing ends twice', async () => {
  const dir = onDisk();
  const wall = manualClock();
  const first = await open({ dir, wall });
  const ids = await first.sendAll(Array.from({ length: 400 }, (_, n) => ({ to: `user${n}@site${n % 5}.test` })));
  // A few of them are out; the rest is leased, queued, or in a conversation.
  await new Promise<void>((resolve) => {
    const stop = first.store.onCommit((events) => {
      if (!events.some(({ type }) => type === 'recipient.delivered')) return;
      stop();
      resolve();
    });
  });
  await first[Symbol.asyncDispose]();
  const early = ends(first);
  const second = await open({ dir, wall });
  await second.queue.quiet();
  const late = ends(second);
  for (const id of ids) expect((early.get(`${id} 0`) ?? 0) + (late.get(`${id} 0`) ?? 0)).toBe(1);
  expect(early.size).toBeLessThan(400);
  expect(first.taken.length + second.taken.length).toBe(400);
  expect(await second.tally()).toEqual({ delivered: 400 });
});

test('closing gives up on a remote that hangs before it was given anything, and tries it again after the restart', async () => {
  const dir = onDisk();
  const wall = manualClock();
  const first = await open({ dir, wall, rules: [{ what: { at: 'rcpt', fault: 'silence' } }] });
  const id = await first.send({ to: 'ann@silent.test' });
  await first.queue.quiet();
  expect((await first.recipientOf(id)).state).toBe('active');
  await first[Symbol.asyncDispose]();
  const second = await open({ dir, wall });
  await second.queue.quiet();
  expect(await second.attemptsOf(id)).toMatchObject([{ number: 1, outcome: 'delivered' }]);
  expect((await second.attemptsOf(id))[0]!.possibleDuplicate).toBeUndefined();
});

test('a remote that hangs in the midst of a message does not hold up closing; what it may have taken is marked', async () => {
  const dir = onDisk();
  const wall = manualClock();
  const first = await open({ dir, wall, rules: [{ what: { at: 'body', fault: 'silence' } }] });
  const id = await first.send({ to: 'ann@silent.test' });
  await first.queue.quiet();
  await first[Symbol.asyncDispose]();
  const second = await open({ dir, wall });
  await second.queue.quiet();
  expect(await second.attemptsOf(id)).toMatchObject([{ number: 1, outcome: 'delivered', possibleDuplicate: true }]);
});

test('a remote that begins to hang only while it closes is not waited for either', async () => {
  const dir = onDisk();
  const wall = manualClock();
  const first = await open({ dir, wall, rules: [{ what: { at: 'body', fault: 'silence' } }] });
  const begun = Promise.withResolvers<void>();
  first.pretend.dial = ((dial) => (...asked) => {
    begun.resolve();
    return dial(...asked);
  })(first.pretend.dial);
  const id = await first.send({ to: 'ann@silent.test' });
  await begun.promise;
  await first[Symbol.asyncDispose]();
  const second = await open({ dir, wall });
  await second.queue.quiet();
  expect(await second.attemptsOf(id)).toMatchObject([{ number: 1, outcome: 'delivered' }]);
});

test('what is committed while the scenario or the mode of the stream changes is tried all the same', async () => {
  const sim = await open();
  const sent = sim.send({ to: 'a@x.test' });
  const captures = sim.streams.change('app', { mode: 'capture' });
  const id = await sent;
  await captures;
  await sim.queue.quiet();
  await sim.streams.change('app', { mode: 'simulate' });
  await sim.advance({ by: MIN });
  expect(sim.told(id)).toEqual(['delivered']);
  // Kept under the whole address by the network of then, of which the one of now knows nothing.
  const shared = sim.pretend.destination;
  sim.pretend.destination = (_stream, address) => address;
  const alone = sim.send({ to: 'b@x.test' });
  sim.pretend.destination = shared;
  const other = await alone;
  await sim.queue.quiet();
  expect(sim.told(other)).toEqual(['delivered']);
});

test('a message whose octets cannot be read keeps its sender from being told, and nobody else from anything', async () => {
  const sim = await open({ streams: ['other'] });
  const { body } = sim.store;
  let broken = '';
  sim.store.body = (id, range) => (id === broken ? Promise.reject(new Error('the checksum is wrong')) : body(id, range));
  await sim.queue.pause({ stream: 'app' }, { reason: 'until it is broken', until: null });
  broken = await sim.send({ to: 'a+unknown@x.test' });
  await sim.queue.resume({ stream: 'app' });
  await sim.queue.quiet();
  const later = await sim.send({ to: 'b@y.test', stream: 'other' });
  await sim.queue.quiet();
  expect([sim.told(broken), sim.told(later), (await noticesOf(sim)).length]).toEqual([['bounced'], ['delivered'], 0]);
});

test('a lease whose answer is lost is made up for: its recipients are tried, once', async () => {
  const sim = await open();
  const { lease } = sim.store;
  let lost = 0;
  sim.store.lease = async (query) => {
    const answer = await lease(query);
    if (answer.messages.length > 0 && lost++ === 0) throw new Error('the thread died');
    return answer;
  };
  const ids = await sim.sendAll(Array.from({ length: 40 }, (_, n) => ({ to: `user${n}@site${n % 5}.test` })));
  await sim.advance({ by: MIN });
  expect(ids.map((id) => sim.told(id))).toEqual(ids.map(() => ['delivered']));
  expect(sim.taken).toHaveLength(40);
});

test('what was simulated goes on as it was in a stream that only captures by now', async () => {
  const wall = manualClock();
  const sim = await open({ wall });
  const [a, b] = await sim.sendAll(['a', 'b'].map((name) => ({ to: `${name}@x.test`, delivery: { sendAt: wall.now() + 20 * MIN, expiresAfter: HOUR } })));
  await sim.queue.quiet();
  await sim.streams.change('app', { mode: 'capture' });
  await sim.queue.quiet();
  expect(await sim.queue.explain(await sim.recipientOf(a!))).toMatchObject({ reason: 'scheduled' });
  expect(await sim.advance({ to: 'idle' }, { message: a! })).toMatchObject({ attempts: 1, delivered: 1, waiting: 0, next: null });
  expect(sim.told(b!)).toEqual([]);
  wall.advance(20 * MIN);
  await sim.queue.quiet();
  expect([sim.told(b!), sim.taken.length]).toEqual([['delivered'], 2]);
});

test('a stream that is deleted takes the conversations that hang with it', async () => {
  const sim = await open({ streams: ['gone'] });
  await sim.sendAll(Array.from({ length: 50 }, (_, n) => ({ to: `user${n}+hang.rcpt@x.test`, stream: 'gone' })));
  await sim.queue.quiet();
  expect(sim.pretend.open).toBe(50);
  await sim.streams.remove('gone');
  await sim.queue.quiet();
  expect(sim.pretend.open).toBe(0);
});

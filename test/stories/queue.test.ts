import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { manualClock } from '../../server/clock.ts';
import { TERMINAL_EVENTS } from '../../server/events/event.ts';
import { EVERYTHING } from '../../server/inbox/filter.ts';
import { bytesOf } from '../support/post.ts';
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
const brief = (history: string[]) => history.map((line) => line.split(' ').slice(0, 2).join(' '));

/** What came back to the sender. */
const noticesOf = async ({ store }: SimHouse) => (await store.list({ filter: EVERYTHING, stream: 'app', limit: 10 })).filter(({ envelopeFrom }) => envelopeFrom === '');

/** Terminal events of each recipient of a house. */
function ends({ events }: SimHouse): Map<string, number> {
  const count = new Map<string, number>();
  for (const event of events) if ((TERMINAL_EVENTS as readonly string[]).includes(event.type) && 'n' in event) count.set(`${event.message} ${event.n}`, (count.get(`${event.message} ${event.n}`) ?? 0) + 1);
  return count;
}

test('a message is delivered to the pretend remote, whole, at once', async () => {
  const sim = await open();
  const id = await sim.send({ to: 'ann@inbox.test', body: '.\r\n..hello\r\n' });
  await sim.queue.quiet();
  expect(await sim.history(id)).toEqual(['+0s 250 delivered']);
  expect(sim.told(id)).toEqual(['delivered']);
  expect(sim.taken).toMatchObject([{ from: 'app@shop.test', recipients: ['ann@inbox.test'], message: id, size: (await bytesOf(await sim.store.body(id))).length }]);
  expect(await sim.tally()).toEqual({ delivered: 1 });
});

test('a greylisted recipient is deferred, then delivered when the reply said it may come again', async () => {
  const sim = await open({ rules: [{ what: { at: 'rcpt', says: 'greylist' }, often: { greylist: { wait: '90s' } } }] });
  const id = await sim.send({ to: 'ann@inbox.test' });
  const summary = await sim.advance({ to: 'idle' });
  expect((await sim.history(id)).map((line) => line.replace(/ \d+/, ''))).toEqual(['+0s greylisted', '+1m30s delivered']);
  expect(sim.told(id)).toEqual(['deferred', 'delivered']);
  expect(summary).toMatchObject({ attempts: 2, delivered: 1, deferred: 1, waiting: 0, next: null });
});

test('+fail2.451 is tried at +0s, +1m and +3m, then delivered', async () => {
  const sim = await open();
  const id = await sim.send({ to: 'ann+fail2.451@inbox.test' });
  await sim.advance({ by: 10 * MIN });
  expect(brief(await sim.history(id))).toEqual(['+0s 451', '+1m 451', '+3m 250']);
});

test('what is refused for now until its time is over expires, and the sender is told', async () => {
  const sim = await open({ rules: [{ what: { at: 'rcpt', reply: { code: 452, enhanced: '4.2.2', text: 'The mailbox is full' } } }] });
  const id = await sim.send({ to: 'ann@full.test', delivery: { expiresAfter: 20 * MIN } });
  const summary = await sim.advance({ to: 'idle' });
  // 1, 2, 5, 10 min; the next would be after 38 min.
  expect(brief(await sim.history(id))).toEqual(['+0s 452', '+1m 452', '+3m 452', '+8m 452', '+18m 452']);
  expect(sim.told(id)).toEqual(['deferred', 'deferred', 'deferred', 'deferred', 'deferred', 'expired']);
  expect(summary).toMatchObject({ attempts: 5, expired: 1, waiting: 0 });
  expect(summary.to - summary.from).toBe(20 * MIN);
  const [notice] = await noticesOf(sim);
  expect(notice?.recipients).toEqual(['app@shop.test']);
});

test('a hard bounce suppresses the address, tells the sender by a DSN, and the next message is not sent', async () => {
  const sim = await open({ rules: [{ what: { at: 'rcpt', reply: { code: 550, enhanced: '5.1.1', text: 'No such user here' } } }] });
  const id = await sim.send({ to: 'Nobody@inbox.test' });
  await sim.queue.quiet();
  expect(sim.told(id)).toEqual(['bounced']);
  expect(await sim.store.suppressionOf('app', 'simulate', 'nobody@inbox.test', sim.wall.now())).toMatchObject({ mode: 'simulate', reason: 'hard_bounce', message: id });
  const notices = await noticesOf(sim);
  expect(notices).toHaveLength(1);
  const text = (await bytesOf(await sim.store.body(notices[0]!.id))).toString();
  expect(text).toContain(`X-Postern-Notice: ${id}`);
  expect(text).toMatch(/Status: 5\.1\.1/);
  const again = await sim.send({ to: 'nobody@inbox.test' });
  await sim.queue.quiet();
  expect(sim.told(again)).toEqual(['suppressed']);
  expect(await sim.attemptsOf(again)).toEqual([]);
});

test('a DSN is never answered by a DSN', async () => {
  const sim = await open({ rules: [{ what: { at: 'rcpt', reply: { code: 550, enhanced: '5.1.1', text: 'No such user here' } } }] });
  await sim.send({ to: 'nobody@inbox.test', from: '' });
  await sim.queue.quiet();
  expect(await sim.store.list({ filter: EVERYTHING, stream: 'app', limit: 10 })).toHaveLength(1);
});

test('an address that is suppressed while its mail waits is not tried again', async () => {
  const sim = await open();
  const id = await sim.send({ to: 'ann+fail9.451@inbox.test' });
  await sim.queue.quiet();
  await sim.store.suppress([{ address: 'ann+fail9.451@inbox.test', stream: 'app', mode: null, reason: 'manual', detail: 'asked to stop', message: null, createdAt: sim.wall.now(), expiresAt: null }], 'ops');
  await sim.advance({ to: 'idle' });
  expect(sim.told(id)).toEqual(['deferred', 'suppressed']);
});

test('a remote that never answers is given up at its deadline, and nobody waits for it', async () => {
  const sim = await open({ rules: [{ what: { at: 'rcpt', fault: 'silence' }, often: { times: 1 } }] });
  const began = performance.now();
  const id = await sim.send({ to: 'ann@silent.test' });
  await sim.advance({ by: HOUR });
  const [first, second] = await sim.attemptsOf(id);
  expect(first).toMatchObject({ stage: 'rcpt', answer: { kind: 'fault', fault: 'timeout' }, outcome: 'deferred', took: 5 * MIN });
  expect(second).toMatchObject({ outcome: 'delivered' });
  expect(second!.at - first!.at).toBe(6 * MIN);
  expect(performance.now() - began).toBeLessThan(5_000);
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

test('mail that is to be sent later waits for its moment', async () => {
  const sim = await open();
  const id = await sim.send({ to: 'ann@inbox.test', delivery: { sendAt: sim.wall.now() + 3 * HOUR } });
  await sim.queue.quiet();
  expect((await sim.recipientOf(id)).state).toBe('queued');
  expect(await sim.queue.explain(await sim.recipientOf(id))).toMatchObject({ reason: 'scheduled', until: sim.wall.now() + 3 * HOUR });
  await sim.advance({ by: 4 * HOUR });
  expect(brief(await sim.history(id))).toEqual(['+3h 250']);
});

test('held, released, cancelled, tried now: each as a person says', async () => {
  const sim = await open();
  const [a, b, c] = await sim.sendAll(['a', 'b', 'c'].map((name) => ({ to: `${name}+fail1.451@inbox.test` })));
  await sim.queue.quiet();
  expect(await sim.queue.hold({ message: a! }, 'ann')).toBe(1);
  expect(await sim.queue.cancel({ message: b! }, 'ann')).toBe(1);
  expect(await sim.queue.retryNow({ message: c! })).toBe(1);
  await sim.queue.quiet();
  expect(sim.told(c!)).toEqual(['deferred', 'delivered']);
  await sim.advance({ by: HOUR });
  expect(sim.told(a!)).toEqual(['deferred', 'held']);
  expect((await sim.queue.explain(await sim.recipientOf(a!))).reason).toBe('held');
  expect(await sim.queue.release({ message: a! }, 'ann')).toBe(1);
  await sim.queue.quiet();
  expect(sim.told(a!)).toEqual(['deferred', 'held', 'released', 'delivered']);
  expect(sim.told(b!)).toEqual(['deferred', 'cancelled']);
});

test('what is held expires all the same', async () => {
  const sim = await open();
  const id = await sim.send({ to: 'a+fail9.451@inbox.test' });
  await sim.queue.quiet();
  await sim.queue.hold({ message: id }, 'ann');
  await sim.advance({ by: 25 * HOUR });
  expect(sim.told(id)).toEqual(['deferred', 'held', 'expired']);
});

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

test('two advances of one stream go one after the other', async () => {
  const sim = await open();
  const from = sim.queue.now('app');
  const [a, b] = await Promise.all([sim.advance({ by: HOUR }), sim.advance({ by: HOUR })]);
  expect([a.from, a.to, b.from, b.to].map((at) => (at - from) / HOUR)).toEqual([0, 1, 1, 2]);
  expect(sim.streams.get('app')!.clockOffset).toBe(2 * HOUR);
});

test('the same scenario, seed and mail make the same history', async () => {
  const histories: string[][][] = [];
  for (let round = 0; round < 2; round++) {
    let n = 0;
    const sim = await openSimHouse({
      delivery: { jitter: 0.1 }, chance: (bytes) => void bytes.fill(n++ % 31),
      rules: [{ what: { at: 'rcpt', reply: { code: 451, enhanced: '4.3.0', text: 'Try later' } }, often: { probability: 0.6 } }],
    });
    const ids = await sim.sendAll(Array.from({ length: 60 }, (_, i) => ({ to: `user${i}@site${i % 7}.test` })));
    await sim.advance({ to: 'idle' });
    histories.push(await Promise.all(ids.map((id) => sim.history(id))));
    await sim[Symbol.asyncDispose]();
  }
  expect(histories[0]!.flat().length).toBeGreaterThan(100);
  expect(histories[1]).toEqual(histories[0]);
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

test('what waits too long raises an alert, which is cleared when it is gone', async () => {
  const sim = await open();
  await sim.send({ to: 'ann+fail9.451@inbox.test', delivery: { expiresAfter: 3 * HOUR } });
  await sim.advance({ to: 'idle' });
  await sim.advance({ by: HOUR });
  const alerts = sim.events.flatMap((event) => (event.type === 'alert.queue-age' ? [event.state] : []));
  expect(alerts).toEqual(['raised', 'cleared']);
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

test('the next moment is the deadline of a remote that hangs, and the end of a pause of what is due', async () => {
  const sim = await open();
  const from = sim.queue.now('app');
  const id = await sim.send({ to: 'a+hang.rcpt@x.test' });
  await sim.queue.quiet();
  expect((await sim.advance({ by: 1_000 })).next).toBe(from + 5 * MIN);
  expect((await sim.advance({ by: 1_000 }, { message: id })).next).toBe(from + 5 * MIN);
  await sim.queue.pause({ stream: 'app', site: 'y.test' }, { reason: 'not now', until: from + 2 * MIN });
  await sim.send({ to: 'b@y.test' });
  await sim.queue.quiet();
  expect(await sim.queue.next('app')).toBe(from + 2 * MIN);
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

test('recipients of one message that expire at the same moment are told of in one notice', async () => {
  for (const paused of [false, true]) {
    const sim = await openSimHouse({ rules: [{ what: { at: 'rcpt', reply: { code: 452, enhanced: '4.2.2', text: 'The mailbox is full' } } }] });
    await sim.send({ to: ['a@x.test', 'b@y.test', 'c@z.test'], delivery: { expiresAfter: 20 * MIN } });
    await sim.queue.quiet();
    if (paused) await sim.queue.pause({ stream: 'app' }, { reason: 'not now', until: null });
    await sim.advance({ to: 'idle' });
    expect([await sim.tally(), (await noticesOf(sim)).length]).toEqual([{ expired: 3 }, 1]);
    await sim[Symbol.asyncDispose]();
  }
});

test('an attempt begins when its connection is asked for', async () => {
  const sim = await open();
  const id = await sim.send({ to: 'ann+slow.greeting.20s@x.test' });
  await sim.advance({ to: 'idle' });
  const [attempt] = await sim.attemptsOf(id);
  expect([attempt!.at - (await sim.recipientOf(id)).queuedAt, attempt!.took]).toEqual([0, 20_000]);
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

test('a connection that is refused does not use up the rate of those that it did not carry', async () => {
  const sim = await open({
    rules: [{ when: { domain: 'x.test' }, what: { fault: 'refused' }, often: { times: 1, per: 'all' } }],
    delivery: { limits: { connections: 1, messagesPerConnection: 100, rate: { messages: 10, perMs: 60 * MIN, burst: 10 } } },
  });
  await sim.sendAll(Array.from({ length: 10 }, (_, n) => ({ to: `user${n}@x.test` })));
  await sim.advance({ by: 10 * MIN });
  expect(await sim.tally()).toEqual({ delivered: 10 });
});

test('a remote that was told of NOTIFY=SUCCESS answers for it; another does not, so we do', async () => {
  const sim = await open({ rules: [{ when: { domain: 'plain.test' }, what: { hide: ['DSN'] } }] });
  await sim.send({ to: [{ address: 'ann@x.test', notify: ['SUCCESS'] }] });
  await sim.queue.quiet();
  expect(await noticesOf(sim)).toHaveLength(0);
  await sim.send({ to: [{ address: 'ann@plain.test', notify: ['SUCCESS'] }] });
  await sim.queue.quiet();
  expect(await noticesOf(sim)).toHaveLength(1);
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

/** The queue: what becomes of a message, from its first attempt to its end. */
import { afterEach, expect, test } from 'vitest';
import { EVERYTHING } from '../../server/inbox/filter.ts';
import { bytesOf } from '../support/post.ts';
import { brief, noticesOf } from '../support/queue-told.ts';
import { HOUR, MIN, openSimHouse, type SimHouse, type SimOptions } from '../support/sim-house.ts';

let house: SimHouse | undefined;
const open = async (options?: SimOptions) => (house = await openSimHouse(options));
afterEach(async () => {
  await house?.[Symbol.asyncDispose]();
  house = undefined;
});

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

test('a remote that was told of NOTIFY=SUCCESS answers for it; another does not, so we do', async () => {
  const sim = await open({ rules: [{ when: { domain: 'plain.test' }, what: { hide: ['DSN'] } }] });
  await sim.send({ to: [{ address: 'ann@x.test', notify: ['SUCCESS'] }] });
  await sim.queue.quiet();
  expect(await noticesOf(sim)).toHaveLength(0);
  await sim.send({ to: [{ address: 'ann@plain.test', notify: ['SUCCESS'] }] });
  await sim.queue.quiet();
  expect(await noticesOf(sim)).toHaveLength(1);
});

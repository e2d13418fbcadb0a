/** Real mail beside simulated mail in one queue: each in its own time and world, behind the gate. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { manualClock } from '../../server/clock.ts';
import { TERMINAL_EVENTS } from '../../server/events/event.ts';
import { DEFAULT_DELIVERY, STREAM_MODES } from '../../server/mail/stream.ts';
import type { Prepare } from '../../server/outgoing/outgoing.ts';
import { handGate } from '../support/hand-gate.ts';
import { HOUR, MIN, openSimHouse, type SimHouse, type SimOptions } from '../support/sim-house.ts';

const DAY = 24 * HOUR;

let house: SimHouse | undefined;
const dirs: string[] = [];
afterEach(async () => {
  await house?.[Symbol.asyncDispose]();
  house = undefined;
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
});

/** A house with the world outside, whose stream `app` delivers. */
async function open({ real = {}, ...options }: SimOptions = {}) {
  const wall = manualClock();
  const sim = (house = await openSimHouse({ wall, real, ...options }));
  await sim.streams.change('app', { mode: 'deliver' });
  const used = options.wall ?? wall;
  return Object.assign(sim, {
    /** The wall goes on, and what is due by then is done. */
    async pass(ms: number) {
      used.advance!(ms);
      await sim.queue.quiet();
    },
    stateOf: async (id: string, n = 0) => (await sim.recipientOf(id, n)).state,
    why: async (id: string) => (await sim.queue.explain(await sim.recipientOf(id))).reason,
  });
}
function onDisk(): string {
  const dir = mkdtempSync(join(tmpdir(), 'postern-live-'));
  dirs.push(dir);
  return dir;
}

test('a stream that flips between its modes keeps each message in the mode that it was accepted under', async () => {
  const sim = await open();
  const sent: Promise<string[]>[] = [];
  for (let n = 0; n < 30; n++) {
    const flip = sim.streams.change('app', { mode: STREAM_MODES[n % 3]! });
    sent.push(sim.sendAll(Array.from({ length: 5 }, (_, i) => ({ to: `a${n}.${i}@site${n % 4}.test` }))));
    await flip;
    sent.push(sim.sendAll(Array.from({ length: 5 }, (_, i) => ({ to: `b${n}.${i}+fail1.451@site${n % 4}.test` }))));
  }
  const ids = (await Promise.all(sent)).flat();
  await sim.queue.quiet();
  await sim.advance({ by: 10 * MIN }).catch(() => undefined);
  await sim.pass(10 * MIN);
  await sim.streams.change('app', { mode: 'simulate' });
  await sim.advance({ to: 'idle' });
  await sim.streams.change('app', { mode: 'deliver' });
  await sim.pass(10 * MIN);
  expect(ids).toHaveLength(300);
  const [simulated, delivered] = [sim.taken, sim.delivered].map((those) => those.map(({ message }) => message!));
  const by: Record<string, number> = {};
  for (const id of ids) {
    const recipients = (await sim.store.delivery(id))!.recipients.map(({ recipient }) => recipient);
    const mode = recipients[0]?.mode ?? 'capture';
    by[mode] = (by[mode] ?? 0) + 1;
    expect(recipients.map(({ state }) => state)).toEqual(mode === 'capture' ? [] : ['delivered']);
    expect([simulated!.filter((one) => one === id).length, delivered!.filter((one) => one === id).length]).toEqual([mode === 'simulate' ? 1 : 0, mode === 'deliver' ? 1 : 0]);
  }
  for (const mode of STREAM_MODES) expect(by[mode]).toBeGreaterThanOrEqual(50);
  const ends = sim.events.filter(({ type }) => (TERMINAL_EVENTS as readonly string[]).includes(type));
  expect(ends).toHaveLength(by['simulate']! + by['deliver']!);
});

test('the switch leaves what no remote was given yet, and lets a message that is under way come to its end', async () => {
  const gate = handGate();
  const sim = await open({ real: { gate, rules: [{ when: { domain: 'mute.test' }, what: { at: 'rcpt', fault: 'silence' }, often: { times: 1 } }, { when: { domain: 'far.test' }, what: { at: 'connect', delay: '20s' }, often: { times: 1 } }, { when: { domain: 'slow.test' }, what: { at: 'body', delay: '30s' } }] } });
  const [mute, far, slow, quick] = await sim.sendAll(['mute', 'far', 'slow', 'quick'].map((name) => ({ to: `a@${name}.test` })));
  await sim.queue.quiet();
  expect(await Promise.all([mute!, far!, slow!, quick!].map((id) => sim.stateOf(id)))).toEqual(['active', 'active', 'active', 'delivered']);
  gate.set(false);
  await sim.queue.quiet();
  expect(await Promise.all([mute!, far!, slow!].map((id) => sim.stateOf(id)))).toEqual(['queued', 'queued', 'active']);
  const later = await sim.send({ to: 'b@quick.test' });
  await sim.pass(MIN);
  expect([await sim.stateOf(slow!), await sim.stateOf(later), sim.delivered.length]).toEqual(['delivered', 'queued', 2]);
  expect(await Promise.all([mute!, far!, later].map((id) => sim.why(id)))).toEqual(['gate', 'gate', 'gate']);
  expect((await sim.queue.sites('app')).every(({ why }) => why === 'Real delivery was stopped by ann')).toBe(true);
  await sim.pass(MIN);
  expect(sim.delivered).toHaveLength(2);
  gate.set(true);
  await sim.pass(MIN);
  for (const id of [mute!, far!, slow!, later]) {
    // Nothing was counted against what was left.
    expect(await sim.attemptsOf(id)).toMatchObject([{ number: 1, outcome: 'delivered' }]);
    expect((await sim.attemptsOf(id))[0]).not.toHaveProperty('possibleDuplicate');
    expect(sim.told(id)).toEqual(['delivered']);
  }
  expect(sim.delivered).toHaveLength(5);
});

test('a switch that is used all the time loses nothing, and nothing goes out twice or while it is off', async () => {
  const gate = handGate();
  const sim = await open({ real: { gate } });
  let isOff = true;
  gate.set(false);
  const begun: number[] = [];
  const { lease } = sim.store;
  sim.store.lease = (query) => {
    if (isOff) begun.push(query.now);
    return lease(query);
  };
  const ids = await sim.sendAll(Array.from({ length: 300 }, (_, n) => ({ to: `a${n}@site${n % 7}.test` })));
  for (let n = 0; n < 60; n++) {
    isOff = n % 2 === 1;
    gate.set(!isOff);
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
  const late = 300 - sim.delivered.length;
  isOff = false;
  gate.set(true);
  await sim.queue.quiet();
  await sim.pass(HOUR);
  expect(late).toBeGreaterThan(0);
  expect(begun).toEqual([]);
  expect(await sim.tally()).toEqual({ delivered: 300 });
  expect(new Set(sim.delivered.map(({ message }) => message))).toEqual(new Set(ids));
  expect(sim.delivered).toHaveLength(300);
  for (const id of ids) expect((await sim.attemptsOf(id)).map(({ number, outcome }) => [number, outcome])).toEqual([[1, 'delivered']]);
});

test('behind a gate that is shut mail waits where it is, through a restart, and expires in time', async () => {
  const [dir, wall, gate] = [onDisk(), manualClock(), handGate()];
  gate.set(false);
  const first = await open({ dir, wall, real: { gate } });
  const [soon, late] = [await first.send({ to: 'a@x.test', delivery: { expiresAfter: HOUR } }), await first.send({ to: 'b@x.test' })];
  const simulated = await (async () => {
    await first.streams.change('app', { mode: 'simulate' });
    const id = await first.send({ to: 'c@x.test' });
    await first.streams.change('app', { mode: 'deliver' });
    return id;
  })();
  await first.queue.quiet();
  expect([first.told(soon), first.told(late), first.told(simulated)]).toEqual([[], [], ['delivered']]);
  await first[Symbol.asyncDispose]();
  const second = await open({ dir, wall, real: { gate } });
  await second.pass(30 * MIN);
  expect([await second.why(soon), await second.why(late)]).toEqual(['gate', 'gate']);
  await second.pass(31 * MIN);
  await second.pass(2 * MIN);
  expect([second.told(soon), second.told(late)]).toEqual([['expired'], []]);
  gate.set(true);
  await second.queue.quiet();
  expect([second.told(late), second.delivered.map(({ message }) => message)]).toEqual([['delivered'], [late]]);
});

test('an address that is taken off the allow list while its mail waits is held, not tried; once it is back it can be released', async () => {
  const gate = handGate();
  const sim = await open({ real: { gate } });
  const ids = await sim.sendAll([{ to: ['a+fail1.451@x.test', 'b+fail1.451@x.test'] }, { to: 'c+fail1.451@x.test' }]);
  await sim.queue.quiet();
  gate.refuse('a+fail1.451@x.test');
  gate.refuse('c+fail1.451@x.test');
  await sim.pass(2 * MIN);
  const [both, alone] = ids as [string, string];
  expect([sim.told(both, 0), sim.told(both, 1), sim.told(alone)]).toEqual([['deferred', 'held'], ['deferred', 'delivered'], ['deferred', 'held']]);
  expect(await sim.recipientOf(both, 0)).toMatchObject({ state: 'held', attempts: 1, held: { reason: 'not-allowed', text: 'a+fail1.451@x.test is not on the allow list' } });
  expect((await sim.queue.explain(await sim.recipientOf(both, 0))).text).toMatch(/^a\+fail1\.451@x\.test is not on the allow list; it expires at /);
  // Asking again changes nothing while it is not allowed.
  gate.refuse('c+fail1.451@x.test', { reason: 'not-allowed', text: 'Nobody at x.test is' });
  expect(await sim.queue.release({ stream: 'app', heldFor: 'not-allowed' }, 'bo')).toBe(0);
  expect((await sim.recipientOf(alone)).held).toEqual({ reason: 'not-allowed', text: 'Nobody at x.test is' });
  gate.allow('a+fail1.451@x.test');
  expect(await sim.queue.release({ stream: 'app', heldFor: 'not-allowed' }, 'bo')).toBe(1);
  await sim.queue.quiet();
  expect([sim.told(both, 0), await sim.stateOf(alone), sim.delivered.length]).toEqual([['deferred', 'held', 'released', 'delivered'], 'held', 2]);
});

test('what has less time than all that waited before it ends at its own moment, whatever holds it up', async () => {
  const sim = await open({ real: { rules: [{ when: { recipient: 'deferred@x.test' }, what: { at: 'rcpt', reply: { code: 451 } } }] } });
  const late = await sim.send({ to: 'deferred@x.test' });
  await sim.pass(0);
  await sim.queue.pause({ stream: 'app', site: 'x.test' }, { reason: 'they asked', until: null });
  await sim.pass(5 * MIN);
  const soon = await sim.send({ to: 'a@x.test', delivery: { expiresAfter: HOUR } });
  await sim.pass(HOUR - 1);
  expect([sim.told(soon), sim.told(late)]).toEqual([[], ['deferred']]);
  await sim.pass(1);
  expect([sim.told(soon), sim.told(late)]).toEqual([['expired'], ['deferred']]);
  await sim.pass(23 * HOUR);
  expect(sim.told(late)).toEqual(['deferred', 'expired']);
});

test('what is being tried while others end is not forgotten: held up afterwards, it ends in time too', async () => {
  const sim = await open({ real: { rules: [{ when: { domain: 'slow.test' }, what: { at: 'rcpt', delay: 30 * MIN } }] } });
  await sim.queue.pause({ stream: 'app', site: 'x.test' }, { reason: 'they asked', until: null });
  const soon = await sim.send({ to: 'a@x.test', delivery: { expiresAfter: MIN } });
  await sim.send({ to: 'late@x.test' });
  const tried = await sim.send({ to: 'b@slow.test', delivery: { expiresAfter: HOUR } });
  await sim.queue.quiet();
  await sim.queue.pause({ stream: 'app', site: 'slow.test' }, { reason: 'they asked', until: null });
  await sim.queue.quiet();
  await sim.pass(2 * MIN);
  expect([sim.told(soon), await sim.stateOf(tried)]).toEqual([['expired'], 'active']);
  await sim.pass(29 * MIN);
  expect(sim.told(tried)).toEqual(['deferred']);
  await sim.pass(30 * MIN);
  expect(sim.told(tried)).toEqual(['deferred', 'expired']);
  expect(await sim.attemptsOf(tried)).toHaveLength(1);
});

test('who was held when the mail came in waits for a release, expires while it is held, and may be cancelled', async () => {
  const gate = handGate();
  const sim = await open({ real: { gate } });
  for (const name of ['b', 'c', 'd']) gate.refuse(`${name}@x.test`, { reason: 'canary', text: 'Held by the canary' });
  const id = await sim.send({ to: ['a@x.test', 'b@x.test', 'c@x.test', 'd@x.test'], delivery: { expiresAfter: HOUR } });
  await sim.queue.quiet();
  expect([sim.told(id, 0), sim.told(id, 1)]).toEqual([['delivered'], ['held']]);
  gate.allow('b@x.test');
  expect(await sim.queue.release({ message: id }, 'ann')).toBe(1);
  const { key } = await sim.recipientOf(id, 2);
  expect(await sim.queue.cancel({ key }, 'ann')).toBe(1);
  await sim.queue.quiet();
  await sim.pass(61 * MIN);
  expect([0, 1, 2, 3].map((n) => sim.told(id, n))).toEqual([['delivered'], ['held', 'released', 'delivered'], ['held', 'cancelled'], ['held', 'expired']]);
  expect(sim.delivered.flatMap(({ recipients }) => recipients)).toEqual(['a@x.test', 'b@x.test']);
});

test('what only held mail waits for is seen after a restart', async () => {
  const [dir, wall, gate] = [onDisk(), manualClock(), handGate()];
  gate.refuse('a@x.test');
  const first = await open({ dir, wall, real: { gate } });
  const id = await first.send({ to: 'a@x.test', delivery: { expiresAfter: HOUR } });
  await first.queue.quiet();
  await first[Symbol.asyncDispose]();
  const second = await open({ dir, wall, real: { gate } });
  await second.pass(HOUR + MIN);
  await second.pass(MIN);
  expect(second.told(id)).toEqual(['expired']);
});

/** Puts a line in front of what is stored. */
function copies(sim: () => SimHouse) {
  const calls: string[] = [];
  const behaves = new Map<string, 'held' | 'throws'>();
  const prepare: Prepare = async ({ message, size }, recipients) => {
    calls.push(`${message} ${recipients.map(({ address, original }) => `${address}${original ? ` for ${original.join(' ')}` : ''}`).join(',')}`);
    const how = behaves.get(message);
    if (how === 'throws') throw new Error('the checksum is wrong');
    if (how === 'held') return { held: { reason: 'unsigned', text: 'There is no DKIM key for shop.test' } };
    const head = Buffer.from(`X-For: ${recipients.map(({ address }) => address).join(',')}\r\n`);
    return {
      size: size + head.length,
      async open() {
        const body = await sim().store.body(message);
        return (async function* () {
          yield head;
          yield* body!;
        })();
      },
    };
  };
  return { calls, behaves, prepare };
}

test('the copy goes out, not what is stored; what cannot be signed is held, and what cannot be read is tried again', async () => {
  const made = copies(() => sim);
  const sim = await open({ queue: { prepareOf: (_stream, mode) => (mode === 'deliver' ? made.prepare : undefined) } });
  await sim.queue.pause({ stream: 'app' }, { reason: 'until all is there', until: null });
  const [plain, unsigned, broken, other] = await sim.sendAll(['a', 'b', 'c', 'd'].map((name) => ({ to: `${name}@x.test` })));
  made.behaves.set(unsigned!, 'held').set(broken!, 'throws');
  await sim.queue.resume({ stream: 'app' });
  await sim.queue.quiet();
  expect(sim.delivered.map(({ message }) => message)).toEqual([plain, other]);
  expect(sim.delivered[0]!.size).toBe((await sim.store.read(plain!))!.size + Buffer.byteLength('X-For: a@x.test\r\n'));
  expect(await sim.recipientOf(unsigned!)).toMatchObject({ state: 'held', attempts: 0, held: { reason: 'unsigned', text: 'There is no DKIM key for shop.test' } });
  expect(await sim.recipientOf(broken!)).toMatchObject({ state: 'queued', attempts: 0 });
  made.behaves.clear();
  await sim.queue.release({ message: unsigned! }, 'ann');
  await sim.pass(MIN);
  expect([sim.told(unsigned!), sim.told(broken!)]).toEqual([['held', 'released', 'delivered'], ['delivered']]);
  // Simulated mail is sent as it is stored.
  await sim.streams.change('app', { mode: 'simulate' });
  const simulated = await sim.send({ to: 'e@x.test' });
  await sim.queue.quiet();
  expect(sim.taken.map(({ message, size }) => [message, size])).toEqual([[simulated, (await sim.store.read(simulated))!.size]]);
  expect(made.calls.filter((call) => call.startsWith(simulated))).toEqual([]);
});

test('the next copy is made while a message is on its way', async () => {
  const made = copies(() => sim);
  const sim = await open({ real: { rules: [{ what: { at: 'body', delay: '5s' } }] }, queue: { prepareOf: () => made.prepare } });
  await sim.queue.pause({ stream: 'app' }, { reason: 'until all is there', until: null });
  await sim.sendAll(['a', 'b', 'c'].map((name) => ({ to: `${name}@x.test` })));
  await sim.queue.resume({ stream: 'app' });
  await sim.queue.quiet();
  expect([made.calls.length, sim.delivered.length]).toEqual([2, 0]);
  for (let n = 0; n < 4; n++) await sim.pass(5_000);
  expect([made.calls.length, sim.delivered.length]).toEqual([3, 3]);
});

test('recipients that stand for others have a copy each', async () => {
  const made = copies(() => sim);
  const sim = await open({ queue: { prepareOf: () => made.prepare } });
  await sim.streams.change('app', { mode: 'capture' });
  const id = await sim.send({ to: ['a@x.test', 'b@x.test', 'c@x.test'] });
  await sim.streams.change('app', { mode: 'deliver' });
  const now = sim.wall.now();
  const to = (address: string, original: string[] | null) => ({ address, original, destination: 'x.test', held: null });
  await sim.store.releaseMessage({ message: id, by: 'ann', priority: 'normal', queuedAt: now, expiresAt: now + HOUR, recipients: [to('qa@x.test', ['a@x.test']), to('qb@x.test', ['b@x.test']), to('b@x.test', null), to('c@x.test', null)] });
  await sim.queue.quiet();
  expect(made.calls.map((call) => call.slice(id.length + 1))).toEqual(['qa@x.test for a@x.test', 'qb@x.test for b@x.test', 'b@x.test,c@x.test']);
  expect(sim.delivered.map(({ recipients }) => recipients)).toEqual([['qa@x.test'], ['qb@x.test'], ['b@x.test', 'c@x.test']]);
});

test('captured and simulated mail goes out by a release alone, once for each, and is the same message', async () => {
  const sim = await open();
  await sim.streams.change('app', { mode: 'capture' });
  const captured = await sim.send({ to: 'a@x.test' });
  await sim.streams.change('app', { mode: 'simulate' });
  const simulated = await sim.send({ to: 'b@x.test' });
  await sim.queue.quiet();
  await sim.streams.change('app', { mode: 'deliver' });
  await sim.pass(HOUR);
  expect([sim.taken.length, sim.delivered.length]).toEqual([1, 0]);
  for (const [message, address] of [[captured, 'a@x.test'], [simulated, 'qa@y.test']] as const) {
    expect(await sim.store.releaseMessage({ message, by: 'ann', priority: 'normal', queuedAt: sim.wall.now(), expiresAt: sim.wall.now() + DAY, recipients: [{ address, original: address === 'qa@y.test' ? ['b@x.test'] : null, destination: address.split('@')[1]!, held: null }] })).toBe(1);
  }
  await sim.queue.quiet();
  expect(sim.delivered.map(({ message, recipients }) => [message, ...recipients])).toEqual([[captured, 'a@x.test'], [simulated, 'qa@y.test']]);
  expect((await sim.store.delivery(simulated))!.recipients.map(({ recipient: { n, mode, state } }) => [n, mode, state])).toEqual([[0, 'simulate', 'delivered'], [1, 'deliver', 'delivered']]);
  expect(sim.taken).toHaveLength(1);
});

test('a warm-up lets so many recipients go in a day, begins anew at midnight, through a restart, and ends', async () => {
  const [dir, wall] = [onDisk(), manualClock()];
  const delivery = { expiresAfter: 10 * DAY, live: { ...DEFAULT_DELIVERY.live, warmUp: { since: wall.now(), caps: [3, 5] } } };
  const first = await open({ dir, wall, delivery });
  await first.pass(20 * HOUR);
  const ids = await first.sendAll(Array.from({ length: 9 }, (_, n) => ({ to: [`a${n}@x.test`, `b${n}@y.test`], delivery: { expiresAfter: 10 * DAY } })));
  await first.queue.quiet();
  const went = () => first.delivered.flatMap(({ recipients }) => recipients).length;
  expect(went()).toBe(3);
  const waiting = (await first.store.recipients({ scope: { mode: 'deliver' }, limit: 99 }))[0]!;
  expect(await first.queue.explain(waiting)).toMatchObject({ reason: 'warm-up', until: Date.UTC(2026, 0, 2), text: "Today's share of the warm-up (3 recipients) is used up; it waits until 2026-01-02 00:00:00 (in 4 h)." });
  await first.pass(3 * HOUR);
  expect(went()).toBe(3);
  await first.pass(HOUR);
  expect(went()).toBe(3 + 5);
  await first[Symbol.asyncDispose]();
  const second = await open({ dir, wall, delivery });
  await second.pass(HOUR);
  expect(second.delivered).toEqual([]);
  await second.pass(23 * HOUR);
  expect(second.delivered.flatMap(({ recipients }) => recipients)).toHaveLength(ids.length * 2 - 8);
  expect(await second.tally()).toEqual({ delivered: 18 });
});

test('time is moved for simulated mail alone; a stream that only delivers has no time to move', async () => {
  const sim = await open();
  expect(await sim.queue.advance('app', { by: HOUR })).toBe('delivers');
  await sim.streams.change('app', { mode: 'simulate' });
  const simulated = await sim.send({ to: 'a+fail2.451@x.test' });
  await sim.queue.quiet();
  await sim.streams.change('app', { mode: 'deliver' });
  const real = await sim.send({ to: 'b+fail2.451@x.test' });
  await sim.queue.quiet();
  expect(await sim.advance({ to: 'idle' })).toMatchObject({ attempts: 2, delivered: 1, waiting: 0, next: null });
  expect([sim.told(simulated), sim.told(real)]).toEqual([['deferred', 'deferred', 'delivered'], ['deferred']]);
  expect(await sim.queue.advance('app', { to: 'idle' }, { message: real })).toBe('delivers');
  expect(sim.queue.now('app')).toBe(sim.wall.now());
  expect(sim.queue.now('app', 'simulate')).toBeGreaterThan(sim.wall.now());
  expect(await sim.queue.next('app')).toBe(sim.wall.now() + MIN);
  await sim.pass(MIN);
  await sim.pass(2 * MIN);
  expect(await sim.history(real)).toEqual(['+0s 451 generic_temporary', '+1m 451 generic_temporary', '+3m 250 delivered'].map((line) => expect.stringMatching(new RegExp(`^\\${line.split(' ').slice(0, 2).join(' ')}`)) as string));
});

test('a pause of a stream holds up both kinds of mail, each until the same moment of the world', async () => {
  const sim = await open();
  await sim.streams.change('app', { mode: 'simulate' });
  await sim.send({ to: 'z+fail1.451@x.test' });
  await sim.advance({ by: 5 * HOUR });
  await sim.queue.pause({ stream: 'app' }, { reason: 'for a while', until: sim.queue.now('app') + HOUR });
  const simulated = await sim.send({ to: 'a@x.test' });
  await sim.streams.change('app', { mode: 'deliver' });
  const real = await sim.send({ to: 'b@x.test' });
  await sim.queue.quiet();
  expect(await sim.queue.explain(await sim.recipientOf(real))).toMatchObject({ reason: 'stream-paused', until: sim.wall.now() + HOUR });
  await sim.pass(59 * MIN);
  expect([await sim.stateOf(simulated), await sim.stateOf(real)]).toEqual(['queued', 'queued']);
  await sim.pass(2 * MIN);
  expect([await sim.stateOf(simulated), await sim.stateOf(real)]).toEqual(['delivered', 'delivered']);
});

test('a site is paused for one kind of mail, and shown for each', async () => {
  const sim = await open();
  await sim.queue.pause({ stream: 'app', site: 'x.test' }, { reason: 'their maintenance', until: null });
  const real = await sim.send({ to: 'a@x.test' });
  await sim.streams.change('app', { mode: 'simulate' });
  const simulated = await sim.send({ to: 'a@x.test' });
  await sim.queue.quiet();
  expect([sim.told(real), sim.told(simulated)]).toEqual([[], ['delivered']]);
  expect((await sim.queue.sites('app')).map(({ mode, site, waiting, pause, why }) => [mode, site, waiting, pause?.reason, why])).toEqual([['deliver', 'x.test', 1, 'their maintenance', expect.stringContaining('their maintenance')], ['simulate', 'x.test', 0, undefined, null]]);
  expect(await sim.queue.resume({ stream: 'app', site: 'x.test' })).toBe(true);
  await sim.queue.quiet();
  expect(sim.told(real)).toEqual(['delivered']);
});

test('remotes that hang in the world outside do not take the place of simulated mail', async () => {
  const sim = await open({ streams: ['other'], queue: { deliverySlots: 2, slots: 2 }, real: { rules: [{ what: { at: 'rcpt', fault: 'silence' } }] } });
  await sim.sendAll(Array.from({ length: 30 }, (_, n) => ({ to: `a@site${n}.test` })));
  const id = await sim.send({ to: 'a@x.test', stream: 'other' });
  await sim.queue.quiet();
  expect(sim.told(id)).toEqual(['delivered']);
});

test('mail that has become too old raises one alert for its stream, whichever of the two it is', async () => {
  const sim = await open({ queue: { alertAfter: HOUR } });
  const heard = vi.fn();
  sim.store.onCommit((events) => {
    for (const event of events) if (event.type === 'alert.queue-age') heard(event.state);
  });
  await sim.queue.pause({ stream: 'app' }, { reason: 'night', until: null });
  await sim.send({ to: 'a@x.test' });
  await sim.streams.change('app', { mode: 'simulate' });
  await sim.send({ to: 'a@x.test' });
  await sim.pass(61 * MIN);
  await sim.pass(20 * MIN);
  expect(heard.mock.calls).toEqual([['raised']]);
  await sim.queue.resume({ stream: 'app' });
  await sim.queue.quiet();
  for (let n = 0; n < 3; n++) await sim.pass(20 * MIN);
  expect(heard.mock.calls).toEqual([['raised'], ['cleared']]);
});

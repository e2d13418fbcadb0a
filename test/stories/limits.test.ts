/**
 * What a provider that counts would see: with two streams at once, under
 * load, over restarts, never more than its profile says. The long form, over
 * TCP with a process that is killed, is limits-long.ts.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { type Clock, manualClock, wallClock } from '../../server/clock.ts';
import type { Network } from '../../server/network/network.ts';
import { pair } from '../../server/network/pair.ts';
import { profileOf, providerOf } from '../../server/queue/profiles/profiles.ts';
import { BATCH } from '../../server/queue/site.ts';
import { connectTo } from '../../server/transport/connect.ts';
import { beyond, countingSink } from '../support/counting-sink.ts';
import { openSimHouse, type SimOptions } from '../support/sim-house.ts';

const dirs: string[] = [];
afterEach(() => {
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
});

/** Mail hosts as those of real providers are named; all of them are the sink. */
const hostOf = (domain: string): string => {
  if (domain.startsWith('tenant')) return `${domain.replace('.', '-')}.mail.protection.outlook.com`;
  if (domain.startsWith('japan')) return 'mx1.mail.yahoo.co.jp';
  return `mx.${domain}`;
};

/** `hands` is the time by which the sink takes a message. */
function world(takes: number, hands: Clock = wallClock) {
  const wall = wallClock;
  const sink = countingSink({ clock: hands, takes });
  const network: Network = {
    destination: (_stream, address) => address.slice(address.lastIndexOf('@') + 1),
    resolve: async (destination) => ({ site: hostOf(destination), hosts: [{ name: hostOf(destination), address: '192.0.2.1', port: 25, preference: 10 }] }),
    async dial(host) {
      const [ours, theirs] = pair();
      sink.serve(theirs, providerOf([host.name]) ?? host.name);
      return ours;
    },
  };
  const dir = mkdtempSync(join(tmpdir(), 'postern-limits-'));
  dirs.push(dir);
  const open = async (options: Partial<SimOptions> = {}) => {
    const house = await openSimHouse({
      dir, wall, real: {}, streams: ['shop'], ...options,
      queue: { networkOf: (_stream, mode) => (mode === 'deliver' ? network : undefined), connectOf: () => connectTo(network), closeWithin: 0 },
    });
    for (const stream of ['app', 'shop']) await house.streams.change(stream, { mode: 'deliver' });
    return house;
  };
  return { sink, open };
}
const until = (is: () => boolean | Promise<boolean>) => vi.waitFor(async () => expect(await is()).toBe(true), { timeout: 30_000, interval: 10 });

test('connections, messages on one and rates of a profile are never exceeded: two streams, under load, over restarts', async () => {
  const { sink, open } = world(30);
  let house = await open();
  const letters = Array.from({ length: 400 }, (_, n) => ({ stream: n % 2 === 0 ? 'app' : 'shop', subject: `n${n}`, to: n % 10 === 9 || n % 10 === 4 ? `a${n}@japan.test` : `a${n}@tenant${n % 7}.test` }));
  await house.sendAll(letters);
  for (const after of [60, 150, 240]) {
    await until(() => sink.subjects.length >= after);
    await house[Symbol.asyncDispose]();
    expect(sink.open).toBe(0);
    house = await open();
  }
  const shares = new Map<string, number>();
  await until(async () => {
    for (const { stream, connections } of await house.queue.sites()) shares.set(stream, Math.max(shares.get(stream) ?? 0, connections.open));
    return (await house.tally('app')).delivered === 200 && (await house.tally('shop')).delivered === 200;
  });
  await house[Symbol.asyncDispose]();
  expect(new Set(sink.subjects).size).toBe(400);
  const [microsoft, japan] = [sink.of('microsoft365'), sink.of('yahoo-japan')];
  expect(microsoft.mostOpen).toBe(5);
  expect(japan.mostOpen).toBeLessThanOrEqual(2);
  expect(microsoft.mostOnOne).toBeLessThanOrEqual(profileOf('microsoft365')!.limits.messagesPerConnection!);
  expect(japan.mostOnOne).toBeLessThanOrEqual(20);
  // Late by less than one message at the sink, when the machine is busy.
  expect(beyond(japan.messages, { per: 10, perMs: 1_000, burst: 1 })).toBeLessThan(0.9);
  expect(japan.messages.length).toBeGreaterThanOrEqual(80);
  expect([...shares.values()].every((most) => most > 0)).toBe(true);
}, 60_000);

test('a stream that comes later gets its share of connections that another one keeps busy', async () => {
  const { sink, open } = world(10);
  const house = await open({ delivery: { limits: { connections: 1, messagesPerConnection: 1_000, rate: null } } });
  await house.sendAll(Array.from({ length: 300 }, (_, n) => ({ stream: 'app', subject: `app${n}`, to: `a${n}@busy.test` })));
  await until(() => sink.subjects.length >= 10);
  const before = sink.subjects.length;
  await house.send({ stream: 'shop', subject: 'shop', to: 'code@busy.test' });
  await until(() => sink.subjects.includes('shop'));
  // It waits for one run of the other, and has arrived during another at most.
  expect(sink.subjects.indexOf('shop') - before).toBeLessThanOrEqual(3 * BATCH);
  await until(async () => (await house.tally('app')).delivered === 300);
  expect(sink.of('mx.busy.test').mostOpen).toBe(1);
  await house[Symbol.asyncDispose]();
}, 60_000);

test('a site that nobody knows is given five connections, and more as it takes mail', async () => {
  // Nothing is taken before the five are counted: with the first that is, there may be more.
  const hands = manualClock();
  const { sink, open } = world(50, hands);
  const house = await open();
  await house.sendAll(Array.from({ length: 150 }, (_, n) => ({ stream: 'app', subject: `n${n}`, to: `a${n}@own.test` })));
  const own = sink.of('mx.own.test');
  await until(() => own.open >= 5);
  expect((await house.queue.sites('app')).find(({ mode, site }) => mode === 'deliver' && site === 'mx.own.test')?.why).toMatch(/^5 of 10 connections, as learned/);
  expect(own.mostOpen).toBe(5);
  await until(async () => {
    hands.advance(50);
    return (await house.tally('app')).delivered === 150;
  });
  expect(own.mostOpen).toBeGreaterThan(5);
  expect(own.mostOpen).toBeLessThanOrEqual(10);
  await house[Symbol.asyncDispose]();
}, 60_000);

/** What is counted of mail that an engine really tried, and the alerts of a live stream, over the real store. */
import { afterEach, expect, test } from 'vitest';
import { watchTelemetry } from '../../server/coming-back.ts';
import { defaults } from '../../server/config.ts';
import type { Clock } from '../../server/clock.ts';
import { createHub } from '../../server/events/hub.ts';
import { createLog } from '../../server/log.ts';
import { DEFAULT_DELIVERY } from '../../server/mail/stream.ts';
import { openStore } from '../../server/store/sqlite/open.ts';
import { compare, summarize } from '../../server/telemetry/compare.ts';
import { HOUR } from '../../server/telemetry/port.ts';
import { laneOf } from '../conformance/house.ts';
import { queueHouse } from '../conformance/queue-house.ts';
import { openSimHouse } from '../support/sim-house.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

test('an hour of greylisting, bounces and deliveries is counted as it was told, and two releases can be compared by it', async () => {
  const house = await openSimHouse({ rules: [
    { when: { recipient: 'grey*' }, often: { times: 1, per: 'recipient' }, what: { reply: { code: 451, enhanced: '4.7.1', text: 'Greylisted, try again in 5 minutes' } } },
    { when: { recipient: 'gone*' }, what: { reply: { code: 550, enhanced: '5.1.1', text: 'User unknown' } } },
  ] });
  closers.push(() => house[Symbol.asyncDispose]());
  const now = house.wall.now();
  const asked = (from: number, to: number) => house.store.telemetry({ from, to, step: HOUR, by: 'total', stream: 'app' });
  const sendAll = async (good: number, gone: number) => {
    await house.sendAll([...Array.from({ length: good }, (_, n) => ({ to: `${n % 10 === 0 ? 'grey' : 'ann'}${n}@one.test` })), ...Array.from({ length: gone }, (_, n) => ({ to: `gone${n}@one.test` }))]);
    await house.advance({ to: 'idle' });
  };
  await sendAll(200, 2);
  (house.wall as Clock & { advance(ms: number): void }).advance(2 * HOUR);
  await sendAll(200, 40);

  const [before, after] = [await asked(now, now + HOUR), await asked(now + 2 * HOUR, now + 4 * HOUR)];
  const first = summarize(before);
  expect(first.totals).toMatchObject({ delivered: 200, bounced: 2, expired: 0 });
  expect(first.totals.deferred).toBe(house.events.filter(({ type, at }) => type === 'recipient.deferred' && at < now + HOUR).length);
  expect(first.times!.p50.ms).toBeLessThan(1_000);
  expect(first.times!.p99.ms).toBeGreaterThan(60_000);
  const { rates } = compare(before, after);
  expect(rates.bounced.mark).toBe('higher');
  expect(rates.expired.mark).toBe('same');
  expect((await house.store.telemetry({ from: now, to: now + 4 * HOUR, step: 4 * HOUR, by: 'class', stream: 'app' })).counts.map((one) => `${one.class} ${one.measure} ${one.count}`)).toEqual(
    // The two that were gone before the release are suppressed after it.
    ['delivered delivered 400', 'greylisted deferred 40', 'invalid_recipient bounced 40', 'suppressed suppressed 2']);
});

test('a live stream whose mail bounces raises an alert, kept over a restart of what watches it, and cleared when its hour is over', async () => {
  const it = await queueHouse((options) => openStore({ dir: ':memory:', ...options }));
  const { store, at, clock, carry } = it;
  await store.createStream(laneOf('live', { mode: 'deliver', delivery: DEFAULT_DELIVERY }));
  closers.push(() => store[Symbol.asyncDispose]());
  const streams = { get: () => laneOf('live', { mode: 'deliver' }) } as never;
  const told = () => it.heard.flatMap((event) => (event.type === 'alert.rate' ? [`${event.state} ${event.measure} of ${event.of}`] : []));
  const watch = async () => {
    const own: (() => unknown)[] = [];
    await watchTelemetry({ config: defaults(), store, hub: createHub(store), streams, clock, tell: (event) => store.report({ events: [event], suppress: [], strikes: [] }), log: createLog({ level: 'silent', format: 'text' }), closers: own });
    return async () => {
      for (const close of own.reverse()) await close();
    };
  };
  const pass = async (ms: number) => {
    for (let left = ms; left > 0; left -= 30_000) {
      clock.advance(30_000);
      // The look asks the store, which is another thread.
      for (let n = 0; n < 3; n++) await store.lastEvent();
    }
  };
  let stop = await watch();
  await at.postAll(Array.from({ length: 90 }, (_, n) => ({ stream: 'live', to: [`a${n}@inbox.test`], queue: { mode: 'deliver' as const } })));
  await carry('delivered', { stream: 'live', mode: 'deliver', messages: 200 });
  await at.postAll(Array.from({ length: 30 }, (_, n) => ({ stream: 'live', to: [`b${n}@inbox.test`], queue: { mode: 'deliver' as const } })));
  await carry('bounced', { stream: 'live', mode: 'deliver', messages: 200 });
  await pass(60_000);
  expect(told()).toEqual(['raised bounced of 120']);
  await stop();
  stop = await watch();
  closers.push(() => stop());
  await pass(5 * 60_000);
  expect(told()).toHaveLength(1);
  await pass(2 * HOUR);
  expect(told().map((one) => one.slice(0, 15))).toEqual(['raised bounced ', 'cleared bounced']);
  // Old counts go by themselves.
  clock.advance(500 * 24 * HOUR);
  await expect.poll(async () => {
    clock.advance(HOUR);
    return (await store.telemetry({ from: 0, to: clock.now() + HOUR, step: 10_000 * HOUR, by: 'total' })).counts;
  }, { interval: 1, timeout: 5_000 }).toEqual([]);
});

import { expect, test } from 'vitest';
import { manualClock } from '../../server/clock.ts';
import type { EventBody } from '../../server/events/event.ts';
import { chanceOf } from '../../server/mail/chance.ts';
import { DEFAULT_DELIVERY, DEFAULT_RETENTION, type Stream, type StreamMode } from '../../server/mail/stream.ts';
import { createDaily, type Daily } from '../../server/preflight/daily.ts';
import { runPreflight } from '../../server/preflight/run.ts';
import { ASK, GOOD, NOW, resolverOf, type Zone } from './records.ts';

const DAY = 86_400_000;
const quiet = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A house with streams, a zone and a store that outlives its runs. */
function house() {
  const wall = manualClock(NOW);
  const kept = new Map<string, string>();
  const streams = new Map<string, Stream>();
  const at = { zone: GOOD as Zone, runs: [] as string[], open: 0, most: 0, failing: false };
  const events: EventBody[] = [];
  const warned: string[] = [];
  let daily: Daily | undefined;
  return {
    wall, kept, at, events, warned,
    daily: () => daily!,
    stream(name: string, mode: StreamMode) {
      streams.set(name, { name, mode, retention: DEFAULT_RETENTION, tags: [], createdAt: 0, delivery: DEFAULT_DELIVERY, clockOffset: 0, paused: null });
      daily?.changed();
    },
    remove(name: string) {
      streams.delete(name);
      daily?.changed();
    },
    async start() {
      daily = await createDaily({
        kept: {
          kept: (_, name) => Promise.resolve(kept.get(name)),
          keep: (_, name, json) => Promise.resolve(void (json === null ? kept.delete(name) : kept.set(name, json))),
          allKept: () => Promise.resolve([...kept].map(([name, json]) => ({ name, json }))),
        },
        streams: { all: () => [...streams.values()] }, wall, chance: chanceOf,
        tell: (told) => Promise.resolve(void events.push(...told)),
        log: { warn: (_, text) => void warned.push(text) },
        async run({ name }) {
          at.runs.push(name);
          at.most = Math.max(at.most, ++at.open);
          try {
            if (at.failing) throw new Error('out of luck');
            return await runPreflight({ ...ASK, stream: name }, { resolver: resolverOf(at.zone), wall, fetchPolicy: () => Promise.resolve({ mode: 'enforce', mx: ['*.shop.test'], maxAge: 604_800 }) });
          } finally {
            at.open--;
          }
        },
      });
    },
    async pass(ms: number) {
      // In steps, as time goes: what one timer begins may set the next.
      for (let left = ms; left > 0; left -= 600_000) {
        wall.advance(Math.min(left, 600_000));
        await quiet();
      }
      while (at.open > 0) await quiet(); // the first run loads what evaluates SPF, which takes as long as it takes
      for (let turn = 0; turn < 60; turn++) await quiet();
    },
  };
}

test('a stream that goes live is looked at once, and then about once a day; others never', async () => {
  const { stream, start, pass, at, daily } = house();
  stream('quiet', 'capture');
  await start();
  await pass(3 * DAY);
  expect(at.runs).toEqual([]);
  stream('shop', 'deliver');
  await pass(1000);
  expect(at.runs).toEqual(['shop']);
  expect(daily().last('shop')).toMatchObject({ domain: 'shop.test', verdict: 'pass', stream: 'shop' });
  await pass(10 * DAY);
  expect(at.runs.length).toBeGreaterThanOrEqual(10);
  expect(at.runs.length).toBeLessThanOrEqual(12);
  stream('shop', 'capture');
  const seen = at.runs.length;
  await pass(3 * DAY);
  expect(at.runs.length).toBe(seen);
});

test('what has changed since yesterday is one event, and what has not is none', async () => {
  const { stream, start, pass, at, events } = house();
  stream('shop', 'deliver');
  await start();
  await pass(2 * DAY);
  expect(events).toEqual([]);
  at.zone = { ...GOOD, 'p1._domainkey.shop.test': undefined, '_dmarc.shop.test': { TXT: ['v=DMARC1; p=none; rua=mailto:dmarc@shop.test'] } };
  await pass(2 * DAY);
  expect(events).toEqual([{
    type: 'preflight.changed', stream: 'shop', domain: 'shop.test', was: 'pass', now: 'fail',
    changes: [{ check: 'dkim', was: 'pass', now: 'fail' }, { check: 'dmarc', was: 'v=DMARC1; p=reject; rua=mailto:dmarc@shop.test', now: 'v=DMARC1; p=none; rua=mailto:dmarc@shop.test' }],
  }]);
});

test('a resolver that fails for a day is no news, and neither is its coming back', async () => {
  const { stream, start, pass, at, events, daily } = house();
  stream('shop', 'deliver');
  await start();
  await pass(DAY);
  at.zone = Object.fromEntries(Object.keys(GOOD).map((name) => [name, { fails: 'servfail' as const }]));
  await pass(2 * DAY);
  expect(daily().last('shop')).toMatchObject({ verdict: 'warn' });
  at.zone = GOOD;
  await pass(2 * DAY);
  expect(daily().last('shop')).toMatchObject({ verdict: 'pass' });
  expect(events).toEqual([]);
});

test('after a restart the last result is known, nothing is asked before its time, and what changed meanwhile is told', async () => {
  const { stream, start, pass, at, events, daily } = house();
  stream('shop', 'deliver');
  await start();
  await pass(60_000);
  await daily().close();
  at.runs.length = 0;
  at.zone = { ...GOOD, '_smtp._tls.shop.test': undefined };
  await start();
  expect(daily().last('shop')?.at).toBeGreaterThanOrEqual(NOW);
  await pass(0.85 * DAY);
  expect(at.runs).toEqual([]);
  await pass(0.3 * DAY);
  expect(at.runs).toEqual(['shop']);
  expect(events).toMatchObject([{ type: 'preflight.changed', changes: [{ check: 'tls-rpt', was: 'pass', now: 'skip' }] }]);
});

test('a damaged result is as none, and one that is overdue is made soon', async () => {
  const { stream, start, pass, at, kept } = house();
  kept.set('shop', '{"last":');
  kept.set('gone', JSON.stringify({ last: { at: 1, domain: 'x.test', findings: [] }, known: {} }));
  stream('shop', 'deliver');
  await start();
  await pass(60_000);
  expect(at.runs).toEqual(['shop']);
  expect([...kept.keys()]).toEqual(['shop']);
});

test('one that cannot be made is warned of and tried again within the hour', async () => {
  const { stream, start, pass, at, warned } = house();
  stream('shop', 'deliver');
  await start();
  at.failing = true;
  await pass(60_000);
  expect([at.runs.length, warned.length]).toEqual([1, 1]);
  at.failing = false;
  await pass(3_600_000);
  expect([at.runs.length, warned.length]).toEqual([2, 1]);
});

test('many streams are looked at one after another, not all in one minute', async () => {
  const { stream, start, pass, at } = house();
  for (let n = 0; n < 30; n++) stream(`s${n}`, 'deliver');
  await start();
  await pass(60_000);
  expect(new Set(at.runs).size).toBe(30);
  expect(at.most).toBe(1);
});

test('a result that somebody asked for is the last one, and tells what it changed', async () => {
  const { stream, start, pass, wall, events, daily } = house();
  stream('shop', 'deliver');
  await start();
  await pass(60_000);
  const asked = await runPreflight({ ...ASK }, { resolver: resolverOf({ ...GOOD, 'shop.test': { ...GOOD['shop.test'], MX: ['10 mx1.shop.test'] } }), wall, fetchPolicy: () => Promise.resolve({ mode: 'enforce', mx: ['*.shop.test'], maxAge: 604_800 }) });
  await daily().took({ ...asked, stream: 'shop' });
  expect(daily().last('shop')?.findings).toBe(asked.findings);
  expect(events).toMatchObject([{ changes: [{ check: 'mx', was: '10 mx1.shop.test · 20 mx2.shop.test', now: '10 mx1.shop.test' }] }]);
});

test('after closing nothing is looked at any more, and a stream that is gone is forgotten', async () => {
  const { stream, remove, start, pass, at, kept, daily } = house();
  stream('shop', 'deliver');
  stream('other', 'deliver');
  await start();
  await pass(60_000);
  remove('other');
  await quiet();
  expect([...kept.keys()]).toEqual(['shop']);
  await daily().close();
  const seen = at.runs.length;
  stream('late', 'deliver');
  await pass(3 * DAY);
  expect(at.runs.length).toBe(seen);
});

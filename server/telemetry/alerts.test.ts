import fc from 'fast-check';
import { expect, test } from 'vitest';
import { manualClock } from '../clock.ts';
import type { EventBody, PosternEvent } from '../events/event.ts';
import { createAlerts, shareOf, type Thresholds } from './alerts.ts';
import { type Count, HOUR, type Measure, type TelemetryQuery } from './port.ts';

const MIN = 60_000;
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A stream `shop` that counts what it is told to, and what was said of it. */
function house({ thresholds = { bounced: 0.05, complained: 0.001 } }: { thresholds?: Thresholds } = {}) {
  const wall = manualClock();
  let counts: Count[] = [];
  let asked = 0;
  let refuses = 0;
  const modes = new Map<string, 'deliver' | 'simulate'>([['shop', 'deliver'], ['test', 'simulate']]);
  const kept = new Map<string, string>();
  const told: Extract<EventBody, { type: 'alert.rate' }>[] = [];
  let hear: (events: PosternEvent[]) => void = () => {};
  const warned: unknown[] = [];
  const options = {
    store: {
      async telemetry({ stream, from }: TelemetryQuery) {
        asked++;
        if (refuses-- > 0) throw new Error('the disk is away');
        return { counts: counts.filter((one) => one.stream === stream && one.at + HOUR > from), times: [] };
      },
      keep: async (_kind: string, name: string, json: string | null) => void (json === null ? kept.delete(name) : kept.set(name, json)),
      allKept: async () => [...kept].map(([name, json]) => ({ name, json })),
    },
    hub: { onCommit: (heard: typeof hear) => { hear = heard; return () => { hear = () => {}; }; } },
    streams: { get: (name: string) => (modes.has(name) ? { mode: modes.get(name)! } : undefined) },
    wall, thresholds,
    tell: async (event: EventBody) => void told.push(event as (typeof told)[number]),
    log: { warn: (facts: unknown) => void warned.push(facts) },
  };
  return {
    wall, told, kept, modes, warned, open: () => createAlerts(options as never),
    asked: () => asked,
    refuse: (times: number) => { refuses = times; },
    happened(count: Partial<Record<Measure, number>>, stream = 'shop') {
      const at = Math.floor(wall.now() / HOUR) * HOUR;
      for (const [measure, n] of Object.entries(count)) counts.push({ at, stream, mode: 'deliver', site: '', class: '', measure: measure as Measure, count: n });
      hear([{ id: 1, at: wall.now(), type: 'recipient.bounced', stream } as PosternEvent]);
    },
    forget: () => { counts = []; },
    async pass(ms: number) {
      for (let left = ms; left > 0; left -= 10_000) {
        wall.advance(Math.min(left, 10_000));
        for (let n = 0; n < 4; n++) await turn();
      }
    },
  };
}

test('too many bounces raise an alert once, and it is over at half of the threshold', async () => {
  const it = house();
  await using alerts = it.open();
  await alerts.start();
  it.wall.advance(10 * MIN);
  it.happened({ delivered: 90, bounced: 10 });
  await it.pass(MIN);
  expect(it.told).toMatchObject([{ type: 'alert.rate', stream: 'shop', state: 'raised', measure: 'bounced', share: 0.1, threshold: 0.05, of: 100 }]);
  it.happened({ delivered: 150 });
  await it.pass(MIN);
  expect(it.told).toHaveLength(1); // 4 %: below, and not yet half
  it.happened({ delivered: 200 });
  await it.pass(MIN);
  expect(it.told.slice(1)).toMatchObject([{ state: 'cleared', measure: 'bounced' }]);
});

test('an alert is over, too, when its hour has passed without any more mail; then nobody looks any more', async () => {
  const it = house();
  await using alerts = it.open();
  await alerts.start();
  it.happened({ delivered: 90, bounced: 10 });
  await it.pass(MIN);
  await it.pass(2 * HOUR);
  expect(it.told.map(({ state }) => state)).toEqual(['raised', 'cleared']);
  const asked = it.asked();
  await it.pass(HOUR);
  expect(it.asked()).toBe(asked);
});

test('a few bounces of few mails, and any of a stream that is not live, raise nothing', async () => {
  const it = house();
  await using alerts = it.open();
  await alerts.start();
  it.happened({ delivered: 50, bounced: 49 });
  it.happened({ delivered: 50, bounced: 50, complained: 50 }, 'test');
  it.happened({ delivered: 5, bounced: 500 }, 'gone');
  await it.pass(MIN);
  expect(it.told).toEqual([]);
  // Two complaints of a hundred.
  it.happened({ delivered: 1_000, complained: 2 });
  await it.pass(MIN);
  expect(it.told).toEqual([]);
});

test('complaints are counted over a day, and what came back after it was delivered counts as a bounce', async () => {
  const it = house();
  await using alerts = it.open();
  await alerts.start();
  it.happened({ delivered: 1_500 });
  await it.pass(5 * HOUR);
  it.happened({ complained: 3 });
  await it.pass(MIN);
  expect(it.told).toMatchObject([{ measure: 'complained', state: 'raised', share: 0.002, of: 1_500 }]);
  it.happened({ delivered: 100, returned: 6 });
  await it.pass(MIN);
  expect(it.told.slice(1)).toMatchObject([{ measure: 'bounced', state: 'raised', share: 0.06 }]);
});

test('a restart tells nothing twice, and what stood is cleared after it', async () => {
  const it = house();
  {
    await using first = it.open();
    await first.start();
    it.happened({ delivered: 90, bounced: 10 });
    await it.pass(MIN);
  }
  await using second = it.open();
  await second.start();
  await it.pass(5 * MIN);
  expect(it.told).toHaveLength(1);
  it.forget();
  await it.pass(MIN);
  expect(it.told.map(({ state }) => state)).toEqual(['raised', 'cleared']);
  expect(it.kept.size).toBe(0);
});

test('a stream that is no longer live is cleared at once, one that is gone without a word; without a threshold nothing is told', async () => {
  const it = house();
  await using alerts = it.open();
  await alerts.start();
  it.modes.set('other', 'deliver');
  it.happened({ delivered: 90, bounced: 10 });
  it.happened({ delivered: 90, bounced: 10 }, 'other');
  await it.pass(MIN);
  it.modes.set('shop', 'simulate');
  it.modes.delete('other');
  await it.pass(MIN);
  expect(it.told.map(({ stream, state }) => `${stream} ${state}`).sort()).toEqual(['other raised', 'shop cleared', 'shop raised']);
  expect(it.kept.size).toBe(0);

  const silent = house({ thresholds: { bounced: null, complained: null } });
  await using none = silent.open();
  await none.start();
  silent.happened({ delivered: 90, bounced: 90, complained: 90 });
  await silent.pass(MIN);
  expect(silent.told).toEqual([]);
});

test('a store that is away for a moment is asked again', async () => {
  const it = house();
  await using alerts = it.open();
  await alerts.start();
  it.refuse(2);
  it.happened({ delivered: 90, bounced: 10 });
  await it.pass(3 * MIN);
  expect(it.warned).toHaveLength(2);
  expect(it.told).toHaveLength(1);
});

test('the window slides: what it holds of an hour never grows while time passes, and ends at nothing', () => {
  fc.assert(fc.property(fc.nat(10_000), fc.nat(10_000), fc.array(fc.nat(HOUR), { minLength: 1, maxLength: 20 }), (hits, rest, steps) => {
    const counts: Count[] = [['bounced', hits], ['delivered', rest]].map(([measure, count]) => ({ at: 0, stream: 's', mode: 'deliver', site: '', class: '', measure: measure as Measure, count: count as number }));
    let now = HOUR;
    let before = Infinity;
    for (const step of [0, ...steps]) {
      now += step;
      const { share, of } = shareOf('bounced', counts, now);
      expect(of).toBeLessThanOrEqual(before);
      expect(share >= 0 && share <= 1).toBe(true);
      before = of;
    }
    expect(shareOf('bounced', counts, 2 * HOUR).of).toBe(0);
  }));
});

/** What every store must do of what real mail has taught: it outlives its stream, and what simulated mail left goes with it. */
import { describe, expect, test } from 'vitest';
import type { QueueMode } from '../../server/mail/recipient.ts';
import type { StreamMode } from '../../server/mail/stream.ts';
import type { Suppression } from '../../server/mail/suppression.ts';
import { DAY, laneOf, type OpenStore, pruneAll } from './house.ts';
import { eachInQueueHouse, HOUR, type QueueHouse } from './queue-house.ts';

export function storeOutlives(name: string, open: OpenStore): void {
  describe(`${name}: what outlives its stream`, () => {
    let it: QueueHouse;
    eachInQueueHouse(open, (made) => { it = made; });

    const make = (lane: string, mode: StreamMode = 'deliver') => it.store.createStream(laneOf(lane, { mode }));
    const suppression = (address: string, more: Partial<Suppression> = {}): Suppression => ({ address, stream: 'news', mode: 'deliver', reason: 'unsubscribe', detail: '', message: null, createdAt: it.clock.now(), expiresAt: null, ...more });
    const listed = async (query: object = {}) => (await it.store.suppressions({ now: it.clock.now(), limit: 20, ...query })).map(({ address, stream, mode }) => `${address} ${stream} ${mode ?? 'both'}`);
    const reasonFor = async (address: string, stream = 'news', mode: QueueMode = 'deliver') => (await it.store.suppressionOf(stream, mode, address, it.clock.now()))?.reason;
    const every = ['simulate', 'deliver', null] as const;

    test('a suppression of real mail stays under the name of its stream, and holds when that is made anew', async () => {
      const { store } = it;
      await make('news');
      await store.suppress([suppression('ann@x.test'), suppression('ann@x.test', { mode: 'simulate', reason: 'hard_bounce' })], 'engine');
      await store.deleteStream('news');
      // Its number is given to nobody else.
      for (const lane of ['one', 'two']) await make(lane);
      expect([await listed(), await listed({ stream: 'news' }), await store.isKnown('news')]).toEqual([['ann@x.test news deliver'], ['ann@x.test news deliver'], true]);
      expect([await reasonFor('ann@x.test'), await reasonFor('ann@x.test', 'one'), await reasonFor('ann@x.test', 'two')]).toEqual(['unsubscribe', undefined, undefined]);
      await make('news');
      await make('three');
      expect([await listed(), await reasonFor('ann@x.test'), await reasonFor('ann@x.test', 'news', 'simulate'), await reasonFor('ann@x.test', 'three')]).toEqual([['ann@x.test news deliver'], 'unsubscribe', undefined, undefined]);
      await it.at.post({ stream: 'news', to: ['ann@x.test'], queue: { mode: 'deliver' } });
      expect(it.told('recipient.suppressed')).toMatchObject([{ stream: 'news', recipient: 'ann@x.test' }]);
    });

    test('nothing remains of a stream that only simulated, whatever a person set in it for all mail', async () => {
      const { store, carry, at } = it;
      await make('news', 'simulate');
      await store.suppress([suppression('a@x.test', { mode: 'simulate' }), suppression('b@x.test', { mode: null, reason: 'manual' })], 'ann');
      await at.post({ stream: 'news', to: ['ann@inbox.test'], queue: {} });
      await carry('delivered', { stream: 'news' });
      await store.deleteStream('news');
      expect([await listed(), await store.isKnown('news')]).toEqual([[], false]);
      expect(await store.telemetry({ from: 0, to: it.clock.now() + HOUR, step: HOUR, by: 'total' })).toEqual({ counts: [], times: [] });
      await make('news');
      expect([await listed(), await reasonFor('b@x.test')]).toEqual([[], undefined]);
    });

    test('what a person set for all mail of a stream that was ever live goes on for the real mail, as long as the longer of two', async () => {
      const { store, clock } = it;
      await make('news');
      await store.changeStream('news', { mode: 'simulate' });
      const until = clock.now() + DAY;
      await store.suppress([
        suppression('a@x.test', { mode: null, reason: 'manual' }),
        suppression('b@x.test', { mode: null, reason: 'manual' }), suppression('b@x.test', { expiresAt: until }),
        suppression('c@x.test', { mode: null, reason: 'manual', expiresAt: until }), suppression('c@x.test'),
        suppression('d@x.test', { mode: null, reason: 'manual', expiresAt: until + 1 }), suppression('d@x.test', { expiresAt: until }),
        suppression('e@x.test', { mode: null, reason: 'manual', expiresAt: until - 1 }), suppression('e@x.test', { expiresAt: until }),
      ], 'ann');
      await store.deleteStream('news');
      expect((await store.suppressions({ now: clock.now(), limit: 20 })).map((one) => [one.address, one.mode, one.reason, one.expiresAt])).toEqual([
        ['a@x.test', 'deliver', 'manual', null], ['b@x.test', 'deliver', 'manual', null], ['c@x.test', 'deliver', 'unsubscribe', null],
        ['d@x.test', 'deliver', 'manual', until + 1], ['e@x.test', 'deliver', 'unsubscribe', until],
      ]);
    });

    test('while the stream is gone they can be added for real mail, taken back one by one, and all at once', async () => {
      const { store, told } = it;
      await make('news');
      await store.deleteStream('news');
      expect(await store.isKnown('news')).toBe(false);
      expect(await store.suppress(['a', 'b', 'c'].flatMap((who) => every.map((mode) => suppression(`${who}@x.test`, { mode }))), 'recipient')).toBe(3);
      expect(await listed({ stream: 'news' })).toEqual(['a@x.test news deliver', 'b@x.test news deliver', 'c@x.test news deliver']);
      expect(await listed({ stream: 'news', limit: 1, after: { address: 'a@x.test', stream: 'news', mode: 'deliver' } })).toEqual(['b@x.test news deliver']);
      expect(await store.unsuppress({ address: 'a@x.test', stream: 'news' }, 'ann')).toBe(true);
      expect(await store.unsuppressAll('news', 'deliver', 'ann')).toBe(2);
      expect([told('suppression.added').length, told('suppression.removed')]).toMatchObject([3, [{ stream: 'news', address: 'a@x.test' }, { address: 'b@x.test' }, { address: 'c@x.test' }]]);
      expect(await listed()).toEqual([]);
    });

    test('the counts of its real mail stay, are asked for by its name, and go on with the stream of that name', async () => {
      const { store, at, carry, clock } = it;
      const once = async () => {
        for (const mode of ['simulate', 'deliver'] as const) {
          await at.post({ stream: 'news', queue: { mode } });
          await carry('delivered', { stream: 'news', mode });
        }
      };
      const told = async (stream?: string) => {
        const { counts, times } = await store.telemetry({ from: clock.now() - DAY, to: clock.now() + HOUR, step: 100 * DAY, by: 'total', ...(stream === undefined ? {} : { stream }) });
        return [counts.map((one) => `${one.stream} ${one.mode} ${one.measure} ${one.count}`), times.map((one) => `${one.stream} ${one.mode} ${one.counts.reduce((a, b) => a + b)}`)];
      };
      await make('news');
      await once();
      await store.deleteStream('news');
      await make('other');
      const stays = [['news deliver delivered 1'], ['news deliver 1']];
      expect([await told(), await told('news'), await told('other')]).toEqual([stays, stays, [[], []]]);
      await make('news');
      await once();
      expect(await told('news')).toEqual([['news simulate delivered 1', 'news deliver delivered 2'], ['news simulate 1', 'news deliver 2']]);
    });

    test('a strike of real mail counts on in the stream that is made anew; one of simulated mail does not', async () => {
      const { store, clock } = it;
      for (const at of [0, 2 * DAY]) {
        await make('news');
        await store.report({ events: [], suppress: [], strikes: (['simulate', 'deliver'] as const).map((mode) => ({ stream: 'news', mode, address: 'ann@x.test', kind: 'confirm' as const, at: clock.now() + at })) });
        await store.deleteStream('news');
      }
      expect(await listed()).toEqual(['ann@x.test news deliver']);
    });

    test('a name is forgotten when nothing is left of it', async () => {
      const { store, at, carry, clock } = it;
      for (const lane of ['counted', 'news']) {
        await make(lane);
        if (lane === 'counted') await at.post({ stream: lane, queue: { mode: 'deliver' } });
        await carry('delivered', { stream: lane, mode: 'deliver' });
        if (lane === 'news') await store.suppress([suppression('ann@x.test')], 'engine');
        await store.deleteStream(lane);
      }
      await store.pruneTelemetry(clock.now() - DAY);
      expect([await store.isKnown('counted'), await store.isKnown('news')]).toEqual([true, true]);
      clock.advance(2 * DAY);
      await store.unsuppressAll('news', 'deliver', 'ann');
      await store.pruneTelemetry(clock.now() - DAY);
      expect([await store.isKnown('counted'), await store.isKnown('news')]).toEqual([false, false]);
    });

    test('one whose time is over is not listed, and is taken out when it is over for all of its mail', async () => {
      const { store, clock, told } = it;
      await make('news', 'simulate');
      const now = clock.now();
      const soon = now + HOUR;
      await store.suppress([
        ...every.map((mode) => suppression(`${mode ?? 'both'}@x.test`, { mode, expiresAt: soon })), suppression('all@x.test', { stream: null, mode: null, expiresAt: soon }),
        suppression('later@x.test', { mode: 'simulate', expiresAt: soon + DAY }), suppression('ever@x.test', { mode: 'simulate' }),
      ], 'ann');
      const stand = ['all@x.test null both', 'both@x.test news both', 'deliver@x.test news deliver', 'ever@x.test news simulate', 'later@x.test news simulate', 'simulate@x.test news simulate'];
      await pruneAll(store, clock);
      expect(await listed()).toEqual(stand);
      // The time of its stream is moved on: of that, real mail and other streams know nothing.
      await store.changeStream('news', { clockOffset: 2 * HOUR });
      expect(await listed()).toEqual(stand.filter((one) => !/^(both|simulate)@/.test(one)));
      await pruneAll(store, clock);
      expect(told('suppression.removed')).toMatchObject([{ address: 'simulate@x.test', stream: 'news', global: false, by: 'expiry' }]);
      await store.changeStream('news', { mode: 'deliver' });
      expect(await listed()).toEqual(stand.filter((one) => !one.startsWith('simulate@')));
      clock.advance(HOUR);
      expect(await listed()).toEqual(['ever@x.test news simulate', 'later@x.test news simulate']);
      await pruneAll(store, clock);
      expect(told('suppression.removed').slice(1)).toMatchObject([{ address: 'all@x.test', stream: '', global: true }, { address: 'both@x.test' }, { address: 'deliver@x.test', mode: 'deliver' }]);
      // As they are on disk.
      expect(await listed({ now: 0 })).toEqual(['ever@x.test news simulate', 'later@x.test news simulate']);
    });
  });
}

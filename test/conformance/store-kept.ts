/** What every store must keep for others: JSON texts, promises of the pretend remote, pauses, policies and clocks of streams; and what mail that comes back may be about. */
import { describe, expect, test } from 'vitest';
import { DEFAULT_DELIVERY } from '../../server/mail/stream.ts';
import { laneOf, type OpenStore } from './house.ts';
import { eachInQueueHouse, type QueueHouse } from './queue-house.ts';

export function storeKeepsPromises(name: string, open: OpenStore): void {
  describe(`${name}: what it keeps for others`, () => {
    let it: QueueHouse;
    eachInQueueHouse(open, async (made) => {
      it = made;
      await it.store.createStream(laneOf('blue'));
    });

    test('a text is kept under its kind and name until it is replaced or dropped', async () => {
      const { store } = it;
      expect(await store.kept('scenario', 'default')).toBeUndefined();
      await store.keep('scenario', 'default', '{"a":1}');
      await store.keep('scenario', 'blue', '[]');
      await store.keep('cursor', 'default', '7');
      await store.keep('scenario', 'default', '{"a":2}');
      expect(await store.kept('scenario', 'default')).toBe('{"a":2}');
      expect(await store.allKept('scenario')).toEqual([{ name: 'blue', json: '[]' }, { name: 'default', json: '{"a":2}' }]);
      await store.keep('scenario', 'blue', null);
      await store.keep('scenario', 'never', null);
      expect(await store.allKept('scenario')).toHaveLength(1);
    });

    test('what was promised comes when it is due, in order, until it is done', async () => {
      const { store } = it;
      const planned = (id: string, due: number, message = 'm', stream = 'default') => ({ id, stream, due, message, json: `"${id}"` });
      await store.plan([planned('late', 20), planned('soon', 10), planned('blue', 1, 'm', 'blue'), planned('gone', 1, 'm', 'nowhere')]);
      expect(await store.nextPlanned('default')).toBe(10);
      expect(await store.nextPlanned('nowhere')).toBeNull();
      expect(await store.planned({ stream: 'default', now: 9, limit: 5 })).toEqual([]);
      expect(await store.planned({ stream: 'default', now: 20, limit: 5 })).toEqual([planned('soon', 10), planned('late', 20)]);
      expect(await store.planned({ stream: 'default', now: 20, limit: 1 })).toHaveLength(1);
      await store.plan([planned('other', 15, 'n')]);
      await store.shiftPlanned({ stream: 'default', message: 'm' }, 12);
      expect((await store.planned({ stream: 'default', now: 20, limit: 5 })).map(({ id, due }) => [id, due])).toEqual([['soon', -2], ['late', 8], ['other', 15]]);
      await store.unplan(['soon', 'late', 'never']);
      expect(await store.nextPlanned('default')).toBe(15);
    });

    test('what was promised about a message goes with it', async () => {
      const { store, at } = it;
      const id = await at.post({ queue: {} });
      await store.plan([{ id: 'p', stream: 'default', due: 5, message: id, json: '1' }]);
      await store.delete({ kind: 'message', id });
      expect(await store.nextPlanned('default')).toBeNull();
    });

    test('a pause is kept until it is cleared', async () => {
      const { store } = it;
      const pause = { stream: 'default', mode: 'simulate' as const, site: 'google', reason: 'blocked', until: 5, by: 'engine' as const };
      await store.setPause({ ...pause, reason: 'earlier', until: null });
      await store.setPause(pause);
      const real = { ...pause, mode: 'deliver' as const, reason: 'of the real one' };
      await store.setPause(real);
      expect(await store.pauses()).toEqual([pause, real]);
      expect(await store.clearPause('blue', 'simulate', 'google')).toBe(false);
      expect(await store.clearPause('gone', 'simulate', 'google')).toBe(false);
      expect(await store.clearPause('default', 'simulate', 'google')).toBe(true);
      expect(await store.pauses()).toEqual([real]);
      expect(await store.clearPause('default', 'simulate', 'google')).toBe(false);
      expect(await store.clearPause('default', 'deliver', 'google')).toBe(true);
    });

    test('mode, policy, clock and pause of a stream are changed and stay; a moved clock alone tells nothing', async () => {
      const { store, heard } = it;
      const delivery = { ...DEFAULT_DELIVERY, jitter: 0.5, siteLimits: { google: { connections: 1 } } };
      const before = heard.length;
      await store.changeStream('blue', { mode: 'simulate', delivery });
      await store.changeStream('blue', { clockOffset: 5_000 });
      await store.changeStream('blue', { paused: { reason: 'night', until: 9 } });
      const blue = (await store.streams()).find((stream) => stream.name === 'blue');
      expect(blue).toEqual(laneOf('blue', { mode: 'simulate', delivery, clockOffset: 5_000, paused: { reason: 'night', until: 9 } }));
      expect(await store.changeStream('blue', { paused: null })).toMatchObject({ paused: null });
      expect(heard.slice(before)).toMatchObject([{ type: 'stream.updated', stream: 'blue' }, { type: 'stream.mode', from: 'capture', to: 'simulate' }, { type: 'stream.paused', reason: 'night', until: 9 }, { type: 'stream.resumed' }]);
    });

    test('a report finds what was sent, by token, Message-ID or ENVID', async () => {
      const { store, at, clock, carry } = it;
      const first = await at.post({ headers: { 'Message-ID': '<same@app.test>' }, to: ['Ann@inbox.test', 'bo@other.test'], queue: {}, envelope: { envid: 'env-1', recipients: [{ address: 'Ann@inbox.test' }, { address: 'bo@other.test' }] } });
      await carry('delivered');
      const second = await at.post({ headers: { 'Message-ID': '<same@app.test>' }, queue: {} });
      await at.post({ headers: { 'Message-ID': '<same@app.test>' } }); // only captured: nothing of it went out
      await at.post({ stream: 'blue', headers: { 'Message-ID': '<same@app.test>' }, queue: {} });
      expect(await store.sentByToken(first, 1)).toEqual({ message: first, stream: 'default', mode: 'simulate', recipient: 'bo@other.test', n: 1, state: 'queued', at: clock.now() });
      expect(await store.sentByToken(first, 2)).toBeUndefined();
      expect(await store.sentByToken('gone', 0)).toBeUndefined();
      const found = async (query: object) => (await store.sentBy({ stream: 'default', limit: 9, ...query })).map(({ message, n }) => [message, n]);
      expect(await found({ messageId: 'same@app.test' })).toEqual([[second, 0], [first, 0], [first, 1]]);
      expect(await found({ messageId: 'same@app.test', recipient: 'ANN@inbox.test' })).toEqual([[second, 0], [first, 0]]);
      expect(await found({ messageId: 'same@app.test', limit: 1 })).toEqual([[second, 0]]);
      expect(await found({ envid: 'env-1', recipient: 'bo@other.test' })).toEqual([[first, 1]]);
      expect(await found({ messageId: '' })).toEqual([]);
      expect(await found({ messageId: 'same@app.test', stream: 'gone' })).toEqual([]);
    });
  });
}

/** What every store must write down about real delivery: an audit log that is only added to, and what changes of a stream go with it. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PosternEvent } from '../../server/events/event.ts';
import type { LivePolicy } from '../../server/mail/live.ts';
import { DEFAULT_DELIVERY } from '../../server/mail/stream.ts';
import type { Store } from '../../server/store/port.ts';
import { house, laneOf, type ManualClock, type OpenStore } from './house.ts';

const policy = (live: Partial<LivePolicy>) => ({ ...DEFAULT_DELIVERY, live: { ...DEFAULT_DELIVERY.live, ...live } });
const relay = { domains: ['*'], when: 'always' as const, host: 'smart.test', port: 587, tls: 'verified' as const, user: 'us', password: 'secret-1' };

export function storeWritesDown(name: string, open: OpenStore): void {
  describe(`${name}: what it writes down`, () => {
    let store: Store;
    let clock: ManualClock;
    let heard: PosternEvent[];
    beforeEach(async () => { ({ store, clock, heard } = await house(open)); });
    afterEach(() => store[Symbol.asyncDispose]());

    test('entries are read back newest first, by stream, by what, page by page', async () => {
      const made = [];
      for (const [n, stream] of [null, 'app', 'app', 'shop'].entries()) made.push(await store.audit({ at: n, what: n === 0 ? 'delivery.stopped' : 'message.released', stream, by: 'ann', text: `entry ${n}`, detail: { n } }));
      expect(made.map(({ id }) => id)).toEqual([1, 2, 3, 4]);
      expect(await store.audited({ limit: 10 })).toEqual([...made].reverse());
      expect(await store.audited({ stream: 'app', limit: 10 })).toEqual([made[2], made[1]]);
      expect(await store.audited({ what: 'delivery.stopped', limit: 10 })).toEqual([made[0]]);
      expect(await store.audited({ before: 4, limit: 2 })).toEqual([made[2], made[1]]);
      expect(await store.audited({ stream: 'app', before: 3, limit: 2 })).toEqual([made[1]]);
    });

    test('a switch of modes is told and written down with who did it, in the commit of the change', async () => {
      await store.createStream(laneOf('app'), 'configuration');
      expect(await store.audited({ limit: 10 })).toEqual([]);
      await store.changeStream('app', { mode: 'deliver' }, 'api 127.0.0.1');
      await store.changeStream('app', { mode: 'deliver' }, 'api 127.0.0.1');
      await store.changeStream('app', { mode: 'capture' });
      expect((await store.audited({ stream: 'app', limit: 10 })).map(({ what, by, text, detail }) => ({ what, by, text, detail }))).toEqual([
        { what: 'stream.mode', by: 'Postern', text: 'Stream app went from mode deliver to capture', detail: { from: 'deliver', to: 'capture' } },
        { what: 'stream.mode', by: 'api 127.0.0.1', text: 'Stream app went from mode capture to deliver', detail: { from: 'capture', to: 'deliver' } },
      ]);
      expect(heard.filter(({ type }) => type === 'stream.mode')).toMatchObject([
        { stream: 'app', from: 'capture', to: 'deliver', by: 'api 127.0.0.1' }, { stream: 'app', from: 'deliver', to: 'capture', by: 'Postern' },
      ]);
    });

    test('a stream that is made to deliver is written down from its first day', async () => {
      await store.createStream(laneOf('app', { mode: 'deliver', delivery: policy({ allow: ['a.test'] }) }), 'configuration');
      expect((await store.audited({ stream: 'app', limit: 10 })).map(({ what, by, at, detail }) => ({ what, by, at, detail }))).toEqual([
        { what: 'stream.mode', by: 'configuration', at: clock.now(), detail: { from: null, to: 'deliver' } },
        { what: 'stream.live', by: 'configuration', at: clock.now(), detail: { allow: { was: [], is: ['a.test'] } } },
      ]);
    });

    test('a change of what may be delivered says what it was and what it is, and no secret', async () => {
      await store.createStream(laneOf('app'));
      await store.changeStream('app', { delivery: policy({ allow: ['a.test'], relays: [relay] }) }, 'ann');
      await store.changeStream('app', { delivery: policy({ allow: ['a.test'], relays: [{ ...relay, password: 'secret-2' }] }) }, 'ann');
      // Of the policy of simulated mail nothing is written down.
      await store.changeStream('app', { delivery: { ...policy({ allow: ['a.test'], relays: [{ ...relay, password: 'secret-2' }] }), jitter: 0 } }, 'ann');
      const entries = await store.audited({ stream: 'app', what: 'stream.live', limit: 10 });
      const { password: _, ...shown } = { ...relay, hasPassword: true };
      expect(entries.map(({ detail }) => detail)).toEqual([
        { relays: { was: [shown], is: [shown], note: 'a password' } },
        { allow: { was: [], is: ['a.test'] }, relays: { was: [], is: [shown] } },
      ]);
      expect(JSON.stringify([entries, heard])).not.toContain('secret');
    });

    test('what was written down about a stream outlives it', async () => {
      await store.createStream(laneOf('app', { mode: 'deliver' }), 'ann');
      await store.deleteStream('app', 'bob');
      expect((await store.audited({ stream: 'app', limit: 10 })).map(({ what, by, text, detail }) => ({ what, by, text, detail }))).toEqual([
        { what: 'stream.mode', by: 'bob', text: 'Stream app was deleted in mode deliver, with all that waited in it', detail: { from: 'deliver', to: null } },
        { what: 'stream.mode', by: 'ann', text: 'Stream app was made in mode deliver', detail: { from: null, to: 'deliver' } },
      ]);
      await store.createStream(laneOf('tests'));
      await store.deleteStream('tests', 'bob');
      expect(await store.audited({ stream: 'tests', limit: 10 })).toEqual([]);
    });

    test('what may be delivered is written down from its first day, whatever the mode is by then', async () => {
      await store.createStream(laneOf('app', { delivery: policy({ allow: ['*'] }) }), 'ann');
      expect((await store.audited({ stream: 'app', limit: 10 })).map(({ what, by, detail }) => ({ what, by, detail }))).toEqual([{ what: 'stream.live', by: 'ann', detail: { allow: { was: [], is: ['*'] } } }]);
    });
  });
}

/** What every store must do of real mail when messages are deleted: nothing is cancelled that nobody wanted cancelled, and what went out still counts. */
import { describe, expect, test } from 'vitest';
import { DEFAULT_DELIVERY } from '../../server/mail/stream.ts';
import { DAY, idsOf, laneOf, type OpenStore, pruneAll } from './house.ts';
import { eachInQueueHouse, HOUR, type QueueHouse } from './queue-house.ts';

export function storeDeletesRealMail(name: string, open: OpenStore): void {
  describe(`${name}: deleting real mail`, () => {
    let it: QueueHouse;
    eachInQueueHouse(open, (made) => { it = made; });
    const real = { queue: { mode: 'deliver' as const } };
    const live = (change: Partial<typeof DEFAULT_DELIVERY.live>) => ({ ...DEFAULT_DELIVERY, live: { ...DEFAULT_DELIVERY.live, ...change } });

    test('an inbox whose time is over lets go of real mail that is on its way, and cancels none of it', async () => {
      const { store, at, clock, told } = it;
      await store.createInbox({ address: 'temp@inbox.test', stream: 'default', createdAt: clock.now(), expiresAt: clock.now() + HOUR });
      const [waits, held, over] = [await at.post({ to: ['temp@inbox.test'], ...real }), await at.post({ to: ['temp@inbox.test'], ...real }), await at.post({ to: ['temp@inbox.test'] })];
      await store.hold({ message: held }, clock.now(), 'ann');
      clock.advance(HOUR);
      await pruneAll(store, clock);
      expect(await store.inbox('temp@inbox.test')).toBeUndefined();
      expect(told('recipient.cancelled')).toEqual([]);
      expect(await Promise.all([waits, held, over].map(async (id) => (await store.delivery(id))?.recipients.map(({ recipient }) => recipient.state)))).toEqual([['queued'], ['held'], undefined]);
    });

    test('what a deletion would cancel is counted before it: who waits, who is in the midst of an attempt, and what another inbox keeps', async () => {
      const { store, at, clock, lease, carry } = it;
      const inbox = { kind: 'inbox', address: 'Ann@inbox.test' } as const;
      expect(await store.waiting(inbox)).toEqual({ messages: 0, recipients: 0, active: 0, kept: 0 });
      await at.post({ to: ['ann@inbox.test'], ...real });
      await carry('delivered', { mode: 'deliver' });
      await at.post({ to: ['ann@inbox.test'], ...real });
      await lease({ mode: 'deliver' });
      const [held] = [await at.post({ to: ['ann@inbox.test', 'bo@inbox.test'], ...real }), await at.post({ to: ['cy@inbox.test'], ...real }), await at.post({ to: ['ann@inbox.test'] })];
      await store.hold({ message: held! }, clock.now(), 'ann');
      expect(await store.waiting(inbox)).toEqual({ messages: 1, recipients: 1, active: 1, kept: 2 });
      expect(await store.waiting({ kind: 'message', id: held! })).toEqual({ messages: 1, recipients: 2, active: 0, kept: 0 });
      expect(await store.waiting({ kind: 'messages', ids: await idsOf(store), stream: 'default' })).toEqual({ messages: 3, recipients: 4, active: 1, kept: 0 });
    });

    test('what the canary let go counts although it was deleted; for a canary that begins later it does not', async () => {
      const { store, at, clock, carry } = it;
      const since = clock.now();
      await store.createStream(laneOf('blue', { mode: 'deliver', delivery: live({ canary: { first: 2, share: 0, since } }) }));
      const early = await at.post({ stream: 'blue', to: ['a@inbox.test', 'b@inbox.test'], ...real });
      await at.post({ stream: 'blue', to: ['c@inbox.test'], queue: { mode: 'deliver', held: [{ reason: 'canary', text: 'Held' }] } });
      await carry('delivered', { stream: 'blue', mode: 'deliver' });
      await store.delete({ kind: 'message', id: early });
      expect(await store.queuedSince('blue', since)).toBe(2);
      await at.post({ stream: 'blue', to: ['d@inbox.test'], ...real });
      expect(await store.queuedSince('blue', since)).toBe(3);
      await store.delete({ kind: 'messages', ids: await idsOf(store), stream: 'blue' });
      expect(await store.queuedSince('blue', since)).toBe(3);
      clock.advance(1);
      await store.changeStream('blue', { delivery: live({ canary: { first: 2, share: 0, since: clock.now() } }) });
      expect(await store.queuedSince('blue', clock.now())).toBe(0);
    });

    test('what was tried today counts for the warm-up although it was deleted; tomorrow it does not, nor for another stream of that name', async () => {
      const { store, at, clock, carry } = it;
      clock.advance(DAY - (clock.now() % DAY));
      const day = clock.now();
      const policy = live({ warmUp: { since: day, caps: [5, 5] } });
      await store.createStream(laneOf('blue', { mode: 'deliver', delivery: policy }));
      const [tried, waits] = [await at.post({ stream: 'blue', to: ['a@inbox.test', 'b@inbox.test'], ...real }), await at.post({ stream: 'blue', to: ['c@inbox.test'], queue: { mode: 'deliver', due: day + DAY } })];
      clock.advance(HOUR);
      await carry('delivered', { stream: 'blue', mode: 'deliver' });
      await store.delete({ kind: 'messages', ids: [tried, waits], stream: 'blue' });
      expect(await store.triedSince('blue', day)).toBe(2);
      expect(await store.triedSince('blue', day + DAY)).toBe(0);
      await store.deleteStream('blue');
      await store.createStream(laneOf('blue', { mode: 'deliver', delivery: policy }));
      expect(await store.triedSince('blue', day)).toBe(0);
    });
  });
}

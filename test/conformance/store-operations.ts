/** What every store must do when a person changes what waits: hold, release, cancel, retry, delete. */
import { describe, expect, test } from 'vitest';
import { laneOf, type OpenStore, pruneAll } from './house.ts';
import { eachInQueueHouse, HOUR, MIN, type QueueHouse } from './queue-house.ts';

export function storeObeys(name: string, open: OpenStore): void {
  describe(`${name}: operations on its queue`, () => {
    let it: QueueHouse;
    eachInQueueHouse(open, (made) => { it = made; });
    const stateOf = async (id: string) => (await it.store.delivery(id))!.recipients.map(({ recipient }) => recipient.state);

    test('held mail waits for its release, and is due then', async () => {
      const { store, at, clock, lease, told } = it;
      const id = await at.post({ queue: {} });
      expect(await store.hold({ message: id }, clock.now(), 'ann')).toBe(1);
      expect(await store.hold({ message: id }, clock.now(), 'ann')).toBe(0);
      expect(await stateOf(id)).toEqual(['held']);
      expect((await lease()).messages).toEqual([]);
      expect(await store.retryNow({ message: id }, clock.now())).toBe(0);
      clock.advance(MIN);
      expect(await store.release({ message: id }, clock.now(), 'bo')).toBe(1);
      expect(told('recipient.held')).toMatchObject([{ by: 'ann', n: 0 }]);
      expect(told('recipient.released')).toMatchObject([{ by: 'bo', time: clock.now() }]);
      expect((await lease()).messages[0]!.recipients[0]).toMatchObject({ due: clock.now() });
    });

    test('a cancelled recipient ends, whatever it waits for', async () => {
      const { store, at, clock, carry, told } = it;
      const held = await at.post({ queue: {} });
      await store.hold({ message: held }, clock.now(), 'ann');
      const deferred = await at.post({ queue: {} });
      await carry('deferred');
      const queued = await at.post({ queue: {} });
      expect(await store.cancel({ stream: 'default' }, clock.now(), 'ann')).toBe(3);
      for (const id of [held, deferred, queued]) expect(await stateOf(id)).toEqual(['cancelled']);
      expect(told('recipient.cancelled')).toHaveLength(3);
      expect(await store.cancel({}, clock.now(), 'ann')).toBe(0);
      expect(await store.nextMoment({ stream: 'default', mode: 'simulate' })).toBeNull();
    });

    test('scheduled mail that was held is released to its time, not before it', async () => {
      const { store, at, clock, lease } = it;
      const now = clock.now();
      const id = await at.post({ queue: { due: now + 2 * HOUR } });
      const dueOf = async () => (await store.delivery(id))!.recipients[0]!.recipient.due;
      await store.hold({ message: id }, now, 'ann');
      expect(await dueOf()).toBeNull();
      expect(await store.lanes()).toEqual([]);
      await store.release({ message: id }, now, 'ann');
      expect(await dueOf()).toBe(now + 2 * HOUR);
      // Beyond its time it goes at once.
      await store.hold({ message: id }, now, 'ann');
      clock.advance(3 * HOUR);
      await store.release({ message: id }, clock.now(), 'ann');
      expect(await dueOf()).toBe(clock.now());
      // Taken and given back untried while somebody holds it: the same.
      const [mail] = (await lease()).messages;
      await store.hold({ message: id }, clock.now(), 'ann');
      await store.settle([{ key: mail!.recipients[0]!.key, state: 'queued', due: clock.now() + HOUR, events: [] }]);
      expect([await stateOf(id), await dueOf()]).toEqual([['held'], null]);
      await store.release({ message: id }, clock.now(), 'ann');
      expect(await dueOf()).toBe(clock.now() + HOUR);
    });

    test('an active recipient is cancelled when its attempt did not end it', async () => {
      const { store, at, clock, lease, outcomeOf, told } = it;
      const ids = [await at.post({ queue: {} }), await at.post({ queue: {} }), await at.post({ queue: {} })];
      const leased = (await lease()).messages.flatMap(({ recipients }) => recipients);
      expect(await store.cancel({ stream: 'default' }, clock.now(), 'ann')).toBe(3);
      expect(await store.cancel({ stream: 'default' }, clock.now(), 'ann')).toBe(0);
      expect(told('recipient.cancelled')).toEqual([]);
      await store.settle([outcomeOf(leased[0]!, 'delivered'), outcomeOf(leased[1]!, 'deferred'), outcomeOf(leased[2]!, 'bounced')]);
      expect(await Promise.all(ids.map(stateOf))).toEqual([['delivered'], ['cancelled'], ['bounced']]);
      // What the attempt came to is told before the wish that it left.
      expect(it.heard.slice(3).map((event) => event.type)).toEqual(['recipient.delivered', 'recipient.deferred', 'recipient.cancelled', 'recipient.bounced']);
      expect((await store.delivery(ids[1]!))!.recipients[0]!.attempts).toHaveLength(1);
    });

    test('a cancel is not lost when the process is killed in the attempt', async () => {
      const { store, at, clock, lease, told } = it;
      const [cancelled, held, plain] = [await at.post({ queue: {} }), await at.post({ queue: {} }), await at.post({ queue: {} })];
      await lease();
      await store.cancel({ message: cancelled }, clock.now(), 'ann');
      await store.hold({ message: held }, clock.now(), 'ann');
      expect(await store.recover()).toBe(3);
      expect([await stateOf(cancelled), await stateOf(held), await stateOf(plain)]).toEqual([['cancelled'], ['held'], ['queued']]);
      expect(told('recipient.cancelled')).toMatchObject([{ message: cancelled, by: 'ann' }]);
    });

    test('an active recipient that is held stops after its attempt, unless it is released before', async () => {
      const { store, at, clock, lease, outcomeOf } = it;
      const ids = [await at.post({ queue: {} }), await at.post({ queue: {} }), await at.post({ queue: {} })];
      const leased = (await lease()).messages.flatMap(({ recipients }) => recipients);
      expect(await store.hold({ stream: 'default' }, clock.now(), 'ann')).toBe(3);
      expect(await store.release({ message: ids[2]! }, clock.now(), 'ann')).toBe(1);
      await store.settle([outcomeOf(leased[0]!, 'deferred'), outcomeOf(leased[1]!, 'bounced'), outcomeOf(leased[2]!, 'deferred')]);
      expect(await Promise.all(ids.map(stateOf))).toEqual([['held'], ['bounced'], ['deferred']]);
      expect(it.heard.slice(3).map((event) => event.type)).toEqual(['recipient.deferred', 'recipient.held', 'recipient.bounced', 'recipient.deferred']);
      // Granted once: after its release it waits for its next time like any other.
      await store.release({ message: ids[0]! }, clock.now(), 'ann');
      const [again] = (await lease()).messages;
      await store.settle([outcomeOf(again!.recipients[0]!, 'deferred')]);
      expect(await stateOf(ids[0]!)).toEqual(['deferred']);
    });

    test('a scope is a stream, a destination, a message, a recipient, states, or all', async () => {
      const { store, at, clock } = it;
      const now = clock.now();
      await store.createStream(laneOf('blue'));
      await at.post({ stream: 'blue', to: ['a@x.test'], queue: { due: now + HOUR } });
      const id = await at.post({ to: ['a@x.test', 'b@y.test'], queue: { due: now + HOUR } });
      const key = (await store.delivery(id))!.recipients[1]!.recipient.key;
      expect(await store.retryNow({ key }, now)).toBe(1);
      expect((await store.delivery(id))!.recipients.map(({ recipient }) => recipient.due)).toEqual([now + HOUR, now]);
      expect(await store.hold({ destination: 'x.test', stream: 'blue' }, now, 'ann')).toBe(1);
      expect(await store.hold({ destination: 'x.test' }, now, 'ann')).toBe(1);
      expect(await store.release({ states: ['queued'] }, now, 'ann')).toBe(0);
      expect(await store.cancel({ stream: 'gone' }, now, 'ann')).toBe(0);
      expect(await store.cancel({ message: 'gone' }, now, 'ann')).toBe(0);
      expect(await store.release({}, now, 'ann')).toBe(2);
      expect(await store.cancel({ stream: 'default', states: ['queued'] }, now, 'ann')).toBe(2);
    });

    test('more than one step of recipients is held, released, made due and cancelled', async () => {
      const { store, at, clock } = it;
      const many = 1_203;
      const id = await at.post({ to: Array.from({ length: many }, (_, i) => `r${i}@inbox.test`), queue: { due: clock.now() + HOUR } });
      expect(await store.hold({ message: id }, clock.now(), 'ann')).toBe(many);
      expect(await store.release({ message: id }, clock.now(), 'ann')).toBe(many);
      clock.advance(-MIN);
      expect(await store.retryNow({ message: id }, clock.now())).toBe(many);
      expect(await store.cancel({ message: id }, clock.now(), 'ann')).toBe(many);
      expect((await store.read(id))!.delivery).toEqual({ cancelled: many });
      clock.advance(MIN);
    });

    describe('deletion', () => {
      test('what still waits of a deleted message is cancelled first, and a late outcome is dropped', async () => {
        const { store, at, lease, outcomeOf, told, heard } = it;
        const id = await at.post({ to: ['a@inbox.test', 'b@other.test', 'c@third.test'], queue: {} });
        const one = (await lease()).messages[0]!.recipients[0]!;
        const third = (await lease({ destinations: ['third.test'] })).messages[0]!.recipients[0]!;
        await store.settle([outcomeOf(third, 'delivered')]);
        expect(await store.delete({ kind: 'message', id })).toBe(1);
        await store.settle([outcomeOf(one, 'delivered')]);
        expect(told('recipient.cancelled').map((event) => ('n' in event ? [event.n, event.message] : []))).toEqual([[0, id], [1, id]]);
        expect(heard.at(-1)!.type).toBe('messages.deleted');
        expect(await store.lanes()).toEqual([]);
        expect(await store.tally({})).toEqual({});
        // The log still tells how it was taken in.
        expect((await store.events({ after: 0, limit: 1 }))[0]).toMatchObject({ type: 'message.captured', queued: 3, summary: { delivery: { queued: 3 } } });
      });

      test('a deleted stream takes its queue with it', async () => {
        const { store, at, told } = it;
        await store.createStream(laneOf('blue'));
        await at.post({ stream: 'blue', queue: {} });
        await store.suppress([{ address: 'x@y.test', stream: 'blue', mode: null, reason: 'manual', detail: '', message: null, createdAt: 1, expiresAt: null }], 'ann');
        await store.setPause({ stream: 'blue', mode: 'simulate', site: 'y.test', reason: 'r', until: null, by: 'person' });
        expect(await store.deleteStream('blue')).toBe(true);
        expect(told('recipient.cancelled')).toHaveLength(1);
        await store.createStream(laneOf('blue'));
        expect(await store.lanes()).toEqual([]);
        expect(await store.pauses()).toEqual([]);
        expect(await store.suppressions({ now: 0, stream: 'blue', limit: 5 })).toEqual([]);
        await store.settle([]);
      });

      test('retention passes over mail of which a recipient waits, until it has ended', async () => {
        const { store, at, clock, carry } = it;
        await store.changeStream('default', { retention: { messages: 1, age: null, bytes: null } });
        const waiting = await at.post({ queue: {} });
        const plain = await at.post();
        const last = await at.post();
        expect(await pruneAll(store, clock)).toBe(2);
        expect(await store.read(waiting)).toBeDefined();
        expect(await store.read(plain)).toBeUndefined();
        expect(await store.read(last)).toBeUndefined();
        await carry('delivered');
        const newest = await at.post();
        expect(await pruneAll(store, clock)).toBe(1);
        expect(await store.read(waiting)).toBeUndefined();
        expect(await store.read(newest)).toBeDefined();
      });
    });
  });
}

/** What every store must say of what waits, on a clock that moves: when something is due or over, how much there is. */
import { describe, expect, test } from 'vitest';
import { DEFAULT_DELIVERY } from '../../server/mail/stream.ts';
import { DAY, laneOf, type OpenStore } from './house.ts';
import { eachInQueueHouse, HOUR, MIN, type QueueHouse } from './queue-house.ts';

export function storeTellsWhatWaits(name: string, open: OpenStore): void {
  describe(`${name}: the moments of its queue`, () => {
    let it: QueueHouse;
    eachInQueueHouse(open, (made) => { it = made; });
    const stateOf = async (id: string) => (await it.store.delivery(id))!.recipients.map(({ recipient }) => recipient.state);

    test('the next moment is the earliest of due and expiry; held ones only expire', async () => {
      const { store, at, clock, lease } = it;
      const now = clock.now();
      expect(await store.nextMoment({ stream: 'default', mode: 'simulate' })).toBeNull();
      const early = await at.post({ queue: { due: now + HOUR } });
      const late = await at.post({ queue: { due: now + 2 * HOUR, expiresAt: now + 90 * MIN } });
      expect(await store.nextMoment({ stream: 'default', mode: 'simulate' })).toBe(now + HOUR);
      expect(await store.nextMoment({ stream: 'default', mode: 'simulate', message: late })).toBe(now + 90 * MIN);
      await store.hold({ message: early }, now, 'ann');
      expect(await store.nextMoment({ stream: 'default', mode: 'simulate', message: early })).toBe(now + DAY);
      expect(await store.nextMoment({ stream: 'default', mode: 'simulate' })).toBe(now + 90 * MIN);
      await lease({ now: now + 3 * HOUR });
      expect(await store.nextMoment({ stream: 'default', mode: 'simulate', message: late })).toBeNull();
    });

    test('the next expiry is of all that waits, held or being tried, of one kind of mail', async () => {
      const { store, at, clock, lease } = it;
      const now = clock.now();
      const next = () => store.nextExpiry({ stream: 'default', mode: 'simulate' });
      expect(await next()).toBeNull();
      const late = await at.post({ queue: { due: now + MIN } });
      const held = await at.post({ queue: { due: now + MIN, expiresAt: now + 2 * HOUR } });
      await at.post({ to: ['z@z.test'], queue: { expiresAt: now + HOUR } });
      await store.hold({ message: held }, now, 'ann');
      const [mail] = (await lease({ destinations: ['z.test'] })).messages;
      expect(await next()).toBe(now + HOUR);
      await store.settle([it.outcomeOf(mail!.recipients[0]!, 'delivered')]);
      expect(await next()).toBe(now + 2 * HOUR);
      await store.shift({ stream: 'default', message: late }, DAY - HOUR);
      expect(await next()).toBe(now + HOUR);
      await store.cancel({ stream: 'default' }, now, 'ann');
      expect([await next(), await store.nextExpiry({ stream: 'no-stream', mode: 'simulate' }), await store.nextExpiry({ stream: 'default', mode: 'deliver' })]).toEqual([null, null, null]);
    });

    test('what is over is handed out whatever it waits for, once', async () => {
      const { store, at, clock, carry, lease } = it;
      const deferred = await at.post({ queue: { expiresAt: clock.now() + HOUR } });
      await carry('deferred');
      const held = await at.post({ to: ['a@x.test', 'b@y.test'], queue: { expiresAt: clock.now() + HOUR } });
      await store.hold({ message: held }, clock.now(), 'ann');
      await at.post({ queue: {} });
      const active = await at.post({ to: ['z@z.test'], queue: { expiresAt: clock.now() + HOUR } });
      await lease({ destinations: ['z.test'] });
      expect(await store.overdue({ stream: 'default', mode: 'simulate', now: clock.now() + HOUR - 1, limit: 10 })).toEqual([]);
      clock.advance(HOUR);
      const over = await store.overdue({ stream: 'default', mode: 'simulate', now: clock.now(), limit: 10 });
      expect(over.map(({ message, recipients }) => [message, recipients.length])).toEqual([[deferred, 1], [held, 2]]);
      expect(over[0]!.recipients[0]).toMatchObject({ state: 'active', attempts: 1, last: { class: 'greylisted' } });
      expect(await store.overdue({ stream: 'default', mode: 'simulate', now: clock.now(), limit: 10 })).toEqual([]);
      await store.settle(over.flatMap(({ recipients }) => recipients.map(({ key, stream, message, address, n }) => ({ key, state: 'expired' as const, events: [{ type: 'recipient.expired' as const, stream, message, recipient: address, n, time: clock.now() }] }))));
      expect(await stateOf(held)).toEqual(['expired', 'expired']);
      expect(await stateOf(active)).toEqual(['active']);
    });

    test('a message that is shifted is ahead of its stream, with all its times', async () => {
      const { store, at, clock, lease, outcomeOf } = it;
      const now = clock.now();
      const id = await at.post({ to: ['a@inbox.test', 'b@inbox.test'], queue: { due: now + HOUR } });
      const other = await at.post({ queue: { due: now + HOUR } });
      await store.shift({ stream: 'default', message: id }, HOUR);
      const [a] = (await store.delivery(id))!.recipients;
      expect(a!.recipient).toMatchObject({ offset: HOUR, due: now + HOUR, expiresAt: now + DAY, queuedAt: now });
      expect((await store.delivery(other))!.recipients[0]!.recipient).toMatchObject({ offset: 0, due: now + HOUR });
      expect(await store.nextMoment({ stream: 'default', mode: 'simulate', message: id })).toBe(now);
      const [mail] = (await lease()).messages;
      expect(mail).toMatchObject({ message: id, recipients: [{ offset: HOUR }, { offset: HOUR }] });
      // One that is being tried moves along: what it says of its next time is of its own clock.
      await store.shift({ stream: 'default', key: mail!.recipients[0]!.key }, HOUR);
      await store.settle([outcomeOf(mail!.recipients[0]!, 'deferred', { due: now + 3 * HOUR }), outcomeOf(mail!.recipients[1]!, 'deferred', { due: now + 3 * HOUR })]);
      expect((await store.delivery(id))!.recipients.map(({ recipient }) => [recipient.due, recipient.offset])).toEqual([[now + 3 * HOUR, 2 * HOUR], [now + 3 * HOUR, HOUR]]);
      expect(await store.nextMoment({ stream: 'default', mode: 'simulate', key: mail!.recipients[0]!.key })).toBe(now + HOUR);
      expect(await store.nextMoment({ stream: 'default', mode: 'simulate', key: mail!.recipients[1]!.key })).toBe(now + 2 * HOUR);
      await store.cancel({ message: id }, now, 'ann');
      expect(it.told('recipient.cancelled')).toMatchObject([{ time: now + 2 * HOUR }, { time: now + HOUR }]);
    });
  });

  describe(`${name}: views of its queue`, () => {
    let it: QueueHouse;
    eachInQueueHouse(open, (made) => { it = made; });

    test('depth counts what waits by stream and destination', async () => {
      const { store, at, clock, lease } = it;
      const now = clock.now();
      expect(await store.depth()).toEqual([]);
      await store.createStream(laneOf('blue'));
      await at.post({ queue: { queuedAt: now - HOUR, due: now - HOUR } });
      await at.post({ queue: { due: now + MIN } });
      const held = await at.post({ queue: {} });
      await store.hold({ message: held }, now, 'ann');
      await lease();
      await at.post({ stream: 'blue', to: ['a@x.test'], queue: {} });
      expect(await store.depth({ stream: 'default' })).toEqual([{ stream: 'default', mode: 'simulate', destination: 'inbox.test', queued: 1, deferred: 0, active: 1, held: 1, oldestAt: now - HOUR, nextDue: now + MIN }]);
      expect(await store.depth()).toHaveLength(2);
      expect(await store.tally({ stream: 'default' })).toEqual({ queued: 1, active: 1, held: 1 });
      expect(await store.tally({})).toEqual({ queued: 2, active: 1, held: 1 });
    });

    test('mail that was to be sent later is as old as its first due moment, before and after it was tried', async () => {
      const { store, at, clock, carry } = it;
      const now = clock.now();
      const oldestAt = async () => (await store.depth({ stream: 'default' }))[0]!.oldestAt;
      await at.post({ queue: { due: now + 10 * HOUR, expiresAt: now + 10 * HOUR + DEFAULT_DELIVERY.expiresAfter } });
      expect(await oldestAt()).toBe(now + 10 * HOUR);
      clock.advance(10 * HOUR);
      await carry('deferred');
      expect(await oldestAt()).toBe(now + 10 * HOUR);
      // One that lives longer than its stream allows now was due at its last attempt at the latest.
      await store.changeStream('default', { delivery: { ...DEFAULT_DELIVERY, expiresAfter: HOUR } });
      expect(await oldestAt()).toBe(now + 10 * HOUR);
    });

    test('recipients of a scope come in pages, those that wait unless states are asked for', async () => {
      const { store, at, carry } = it;
      const done = await at.post({ to: ['a@inbox.test'], queue: {} });
      await carry('delivered');
      const id = await at.post({ to: ['b@x.test', 'c@x.test', 'd@y.test'], queue: {} });
      const page = await store.recipients({ scope: { stream: 'default' }, limit: 2 });
      expect(page.map(({ address }) => address)).toEqual(['b@x.test', 'c@x.test']);
      expect((await store.recipients({ scope: { stream: 'default' }, after: page[1]!.key, limit: 2 })).map(({ address }) => address)).toEqual(['d@y.test']);
      expect((await store.recipients({ scope: { states: ['delivered'] }, limit: 9 })).map(({ message }) => message)).toEqual([done]);
      expect(await store.recipients({ scope: { message: id, destination: 'y.test' }, limit: 9 })).toHaveLength(1);
      expect(await store.recipients({ scope: { message: 'gone' }, limit: 9 })).toEqual([]);
    });
  });
}

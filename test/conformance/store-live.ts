/** What every store must do of mail that is delivered for real: it is kept apart by its mode, held for a reason, sent to somebody else instead, released from the inbox, and counted. */
import { describe, expect, test } from 'vitest';
import type { Held } from '../../server/mail/recipient.ts';
import type { Released } from '../../server/queue/port.ts';
import { DAY, laneOf, type OpenStore } from './house.ts';
import { eachInQueueHouse, HOUR, MIN, type QueueHouse } from './queue-house.ts';

const NOT_ALLOWED: Held = { reason: 'not-allowed', text: 'b.test is not on the allow list' };
const CANARY: Held = { reason: 'canary', text: 'Held by the canary' };

export function storeDelivers(name: string, open: OpenStore): void {
  describe(`${name}: real mail`, () => {
    let it: QueueHouse;
    eachInQueueHouse(open, (made) => { it = made; });
    const real = { queue: { mode: 'deliver' as const } };
    const recipientsOf = async (id: string) => (await it.store.delivery(id))!.recipients.map(({ recipient }) => recipient);

    describe('beside simulated mail', () => {
      test('each is leased, looked at and ended in its own mode', async () => {
        const { store, at, clock, lease } = it;
        const simulated = await at.post({ queue: {} });
        const id = await at.post(real);
        expect((await store.lanes()).map(({ mode, destination }) => `${mode} ${destination}`).sort()).toEqual(['deliver inbox.test', 'simulate inbox.test']);
        expect(await store.lanes({ mode: 'deliver' })).toHaveLength(1);
        expect((await lease({ mode: 'deliver' })).messages.map(({ message, recipients }) => [message, recipients[0]!.mode])).toEqual([[id, 'deliver']]);
        expect((await lease({ mode: 'deliver' })).left).toEqual([]);
        expect((await lease()).messages.map(({ message }) => message)).toEqual([simulated]);
        await store.recover();
        expect((await store.overdue({ stream: 'default', mode: 'deliver', now: clock.now() + DAY, limit: 9 })).map(({ message }) => message)).toEqual([id]);
      });

      test('a message that has both is leased for one of them alone', async () => {
        const { store, at, clock, lease } = it;
        const id = await at.post({ to: ['a@inbox.test', 'b@inbox.test'], queue: {} });
        await store.releaseMessage({ message: id, recipients: [{ address: 'a@inbox.test', original: null, destination: 'inbox.test', held: null }], queuedAt: clock.now(), expiresAt: clock.now() + DAY, priority: 'normal', by: 'ann' });
        expect((await lease({ mode: 'deliver' })).messages.map(({ recipients }) => recipients.map(({ n }) => n))).toEqual([[2]]);
        expect((await lease()).messages.map(({ recipients }) => recipients.map(({ n }) => n))).toEqual([[0, 1]]);
      });

      test('the next moment, the depth and the tally are of one mode; what is shifted is simulated', async () => {
        const { store, at, clock } = it;
        const now = clock.now();
        await at.post({ queue: { due: now + HOUR } });
        const id = await at.post({ queue: { mode: 'deliver', due: now + MIN } });
        expect(await store.nextMoment({ stream: 'default', mode: 'simulate' })).toBe(now + HOUR);
        expect(await store.nextMoment({ stream: 'default', mode: 'deliver' })).toBe(now + MIN);
        expect((await store.depth()).map(({ mode, queued, nextDue }) => `${mode} ${queued} ${nextDue! - now}`).sort()).toEqual([`deliver 1 ${MIN}`, `simulate 1 ${HOUR}`]);
        expect(await store.tally({ stream: 'default' })).toEqual({ queued: 2 });
        expect(await store.tally({ stream: 'default', mode: 'deliver' })).toEqual({ queued: 1 });
        await store.shift({ stream: 'default', message: id }, HOUR);
        expect((await recipientsOf(id))[0]).toMatchObject({ offset: 0, due: now + MIN });
        expect(await store.hold({ mode: 'deliver' }, now, 'ann')).toBe(1);
        expect(await store.cancel({ stream: 'default', mode: 'simulate' }, now, 'ann')).toBe(1);
      });

      test('what is cancelled with its message tells the time of its own clock', async () => {
        const { store, at, clock, told } = it;
        await store.createStream(laneOf('blue', { clockOffset: HOUR }));
        const id = await at.post({ stream: 'blue', to: ['a@x.test'], ...real });
        const other = await at.post({ stream: 'blue', to: ['a@x.test'], queue: {} });
        await store.delete({ kind: 'messages', ids: [id, other], stream: 'blue' });
        expect(told('recipient.cancelled').map((event) => 'time' in event && event.time - clock.now())).toEqual([0, HOUR]);
      });
    });

    describe('held', () => {
      test('who may not go is held from the start, with the reason, and the others wait', async () => {
        const { store, at, clock, told, lease } = it;
        const id = await at.post({ to: ['a@a.test', 'b@b.test', 'c@c.test'], queue: { mode: 'deliver', held: [null, NOT_ALLOWED, CANARY] } });
        expect((await store.read(id))!.delivery).toEqual({ queued: 1, held: 2 });
        expect((await recipientsOf(id)).map(({ state, held, due }) => [state, held, due])).toEqual([['queued', null, clock.now()], ['held', NOT_ALLOWED, null], ['held', CANARY, null]]);
        expect(told('message.captured')).toMatchObject([{ queued: 3, summary: { delivery: { queued: 1, held: 2 } } }]);
        expect(told('recipient.held')).toMatchObject([{ n: 1, by: 'gate', ...NOT_ALLOWED, time: clock.now() }, { n: 2, by: 'gate', ...CANARY }]);
        expect((await lease({ mode: 'deliver', destinations: ['a.test', 'b.test', 'c.test'] })).messages[0]!.recipients.map(({ n }) => n)).toEqual([0]);
        expect(await store.nextMoment({ stream: 'default', mode: 'deliver' })).toBe(clock.now() + DAY);
        expect(await store.queuedSince('default', clock.now())).toBe(1);
      });

      test('those held for one reason are found and released; then they are held for none', async () => {
        const { store, at, clock, lease } = it;
        const id = await at.post({ to: ['a@b.test', 'b@b.test', 'c@b.test'], queue: { mode: 'deliver', held: [NOT_ALLOWED, CANARY, null] } });
        await store.hold({ message: id }, clock.now(), 'ann');
        const found = async (heldFor: Held['reason']) => (await store.recipients({ scope: { stream: 'default', heldFor }, limit: 9 })).map(({ n }) => n);
        expect([await found('not-allowed'), await found('canary'), await found('person'), await found('unsigned')]).toEqual([[0], [1], [2], []]);
        expect((await recipientsOf(id))[2]!.held?.reason).toBe('person');
        expect(await store.release({ heldFor: 'canary' }, clock.now(), 'bo')).toBe(1);
        expect((await lease({ mode: 'deliver', destinations: ['b.test'] })).messages[0]!.recipients).toMatchObject([{ n: 1, held: null }]);
        // It was held at once, so it was never let go by itself.
        expect(await store.queuedSince('default', 0)).toBe(1);
      });

      test('an outcome may hold; a person may give another reason, and the keys alone say whom', async () => {
        const { store, at, clock, lease, told } = it;
        const id = await at.post({ to: ['a@b.test', 'b@b.test'], ...real });
        const [mail] = (await lease({ mode: 'deliver', destinations: ['b.test'] })).messages;
        const unsigned: Held = { reason: 'unsigned', text: 'There is no key' };
        await store.settle(mail!.recipients.map(({ key, n, address }) => ({ key, state: 'held', held: unsigned, events: [{ type: 'recipient.held', stream: 'default', message: id, recipient: address, n, time: clock.now(), by: 'gate', ...unsigned }] })));
        expect((await recipientsOf(id)).map(({ state, held, attempts }) => [state, held, attempts])).toEqual([['held', unsigned, 0], ['held', unsigned, 0]]);
        const [first, second] = mail!.recipients.map(({ key }) => key);
        expect(await store.hold({ keys: [first!] }, clock.now(), 'gate', NOT_ALLOWED)).toBe(1);
        expect(await store.hold({ keys: [first!] }, clock.now(), 'gate', NOT_ALLOWED)).toBe(0);
        expect((await recipientsOf(id)).map(({ held }) => held?.reason)).toEqual(['not-allowed', 'unsigned']);
        expect(await store.release({ stream: 'default', keys: [second!] }, clock.now(), 'ann')).toBe(1);
        expect((await recipientsOf(id)).map(({ state }) => state)).toEqual(['held', 'queued']);
        expect(told('recipient.held').map((event) => 'reason' in event && event.reason)).toEqual(['unsigned', 'unsigned', 'not-allowed']);
      });

      test('one that is to be held when its attempt is over is held once, for the reason of the attempt or else of the person', async () => {
        const { store, at, clock, lease, told, outcomeOf } = it;
        const id = await at.post({ to: ['a@b.test', 'b@b.test', 'c@b.test'], ...real });
        const [mail] = (await lease({ mode: 'deliver', destinations: ['b.test'] })).messages;
        expect(await store.hold({ message: id }, clock.now(), 'ann', CANARY)).toBe(3);
        const [a, b] = mail!.recipients;
        await store.settle([outcomeOf(a!, 'deferred'), { key: b!.key, state: 'held', held: NOT_ALLOWED, events: [{ type: 'recipient.held', stream: 'default', message: id, recipient: b!.address, n: 1, time: clock.now(), by: 'gate', ...NOT_ALLOWED }] }]);
        expect(await store.recover()).toBe(1);
        expect((await recipientsOf(id)).map(({ state, held }) => [state, held?.reason])).toEqual([['held', 'canary'], ['held', 'not-allowed'], ['held', 'canary']]);
        expect(told('recipient.held')).toHaveLength(3);
      });
    });

    describe('to somebody else', () => {
      test('who gets it instead is the recipient; the inbox is that of the envelope', async () => {
        const { store, at, told, lease } = it;
        const id = await at.post({ to: ['a@a.test', 'b@b.test'], queue: { mode: 'deliver', destinations: ['qa.test'], instead: [{ address: 'qa@qa.test', original: ['a@a.test', 'b@b.test'] }] } });
        expect(await recipientsOf(id)).toMatchObject([{ n: 0, address: 'qa@qa.test', original: ['a@a.test', 'b@b.test'], destination: 'qa.test' }]);
        expect(await store.read(id)).toMatchObject({ recipients: ['a@a.test', 'b@b.test'], delivery: { queued: 1 } });
        expect(told('message.captured')).toMatchObject([{ queued: 1, summary: { delivery: { queued: 1 } } }]);
        expect(told('message.captured')[0]).not.toHaveProperty('summary.delivery.suppressed');
        expect((await lease({ mode: 'deliver', destinations: ['qa.test'] })).messages[0]!.recipients).toMatchObject([{ original: ['a@a.test', 'b@b.test'] }]);
      });
    });

    describe('release', () => {
      const released = (message: string, recipients: Released['recipients'], more: Partial<Released> = {}): Released => ({ message, recipients, queuedAt: it.clock.now(), expiresAt: it.clock.now() + DAY, priority: 'high', by: 'ann', ...more });
      const to = (address: string, original: string[] | null = null, held: Held | null = null) => ({ address, original, destination: address.split('@')[1]!, held });

      test('captured mail is put on its way behind its envelope, and the queue hears of it first', async () => {
        const { store, at, clock, lease, told } = it;
        const id = await at.post({ to: ['a@a.test', 'b@b.test'], envelope: { recipients: [{ address: 'a@a.test', notify: ['NEVER'] }, { address: 'b@b.test' }], envid: 'e1', ret: 'HDRS' } });
        const order: string[] = [];
        store.onQueued((queued) => void order.push(...queued.map(({ stream, plan }) => `queued ${stream} ${plan.mode} ${plan.destinations.join(' ')}`)));
        store.onCommit((events) => void order.push(...events.map(({ type }) => type)));
        expect(await store.releaseMessage(released(id, [to('a@a.test'), to('qa@qa.test', ['b@b.test'])]))).toBe(2);
        expect(order).toEqual(['queued default deliver a.test qa.test', 'message.released']);
        expect(told('message.released')).toMatchObject([{ message: id, recipients: ['a@a.test', 'b@b.test'], to: ['a@a.test', 'qa@qa.test'], by: 'ann' }]);
        expect(await recipientsOf(id)).toMatchObject([{ n: 2, mode: 'deliver', address: 'a@a.test', original: null, priority: 'high', due: clock.now() }, { n: 3, address: 'qa@qa.test', original: ['b@b.test'] }]);
        expect((await store.read(id))!.delivery).toEqual({ queued: 2 });
        const [mail] = (await lease({ mode: 'deliver', destinations: ['a.test', 'qa.test'] })).messages;
        expect(mail).toMatchObject({ from: 'app@sender.test', envid: 'e1', ret: 'HDRS', recipients: [{ notify: ['NEVER'] }, {}] });
        expect(mail!.recipients[1]).not.toHaveProperty('notify');
        // A bounce of it is found by what it says.
        expect(await store.sentBy({ stream: 'default', envid: 'e1', limit: 9 })).toHaveLength(2);
        expect(await store.sentByToken(id, 3)).toMatchObject({ recipient: 'qa@qa.test' });
      });

      test('simulated mail is released beside its simulation, more than once, each time in the next free places', async () => {
        const { store, at, carry } = it;
        const id = await at.post({ to: ['a@inbox.test'], queue: {} });
        await carry('delivered');
        expect(await store.releaseMessage(released(id, [to('a@inbox.test')]))).toBe(1);
        expect(await store.releaseMessage(released(id, [to('a@inbox.test'), to('b@b.test', ['a@inbox.test'], NOT_ALLOWED)]))).toBe(2);
        expect((await recipientsOf(id)).map(({ n, mode, state }) => [n, mode, state])).toEqual([[0, 'simulate', 'delivered'], [1, 'deliver', 'queued'], [2, 'deliver', 'queued'], [3, 'deliver', 'held']]);
        await carry('delivered', { mode: 'deliver' });
        expect(it.told('recipient.delivered')).toHaveLength(3);
      });

      test('a suppressed address ends as such, and is not counted', async () => {
        const { store, at, clock, told } = it;
        await store.suppress([{ address: 'a@a.test', stream: null, mode: null, reason: 'manual', detail: 'asked', message: null, createdAt: clock.now(), expiresAt: null }], 'ann');
        const id = await at.post({ to: ['a@a.test'] });
        expect(await store.releaseMessage(released(id, [to('a@a.test'), to('b@b.test')]))).toBe(1);
        expect((await recipientsOf(id)).map(({ state }) => state)).toEqual(['suppressed', 'queued']);
        expect(told('recipient.suppressed')).toMatchObject([{ n: 1, reason: 'manual' }]);
        expect(await store.queuedSince('default', 0)).toBe(1);
      });

      test('of a message that is not there nothing is released; nor of more than a message can have', async () => {
        const { store, at } = it;
        expect(await store.releaseMessage(released('gone', [to('a@a.test')]))).toBeUndefined();
        const id = await at.post();
        await expect(store.releaseMessage(released(id, Array.from({ length: 65_536 }, (_, n) => to(`r${n}@a.test`))))).rejects.toMatchObject({ reason: 'full' });
        expect(await recipientsOf(id)).toEqual([]);
        expect(await store.delete({ kind: 'message', id })).toBe(1);
        expect(await store.releaseMessage(released(id, [to('a@a.test')]))).toBeUndefined();
      });

      test('how the message was taken in is told as it was, before and after it is deleted', async () => {
        const { store, at } = it;
        const id = await at.post({ to: ['a@a.test'] });
        const told = async () => (await store.events({ after: 0, limit: 1 }))[0];
        const before = await told();
        await store.releaseMessage(released(id, [to('a@a.test')]));
        expect(await told()).toEqual(before);
        await store.delete({ kind: 'message', id });
        expect(await told()).toEqual(before);
        expect(it.told('recipient.cancelled')).toHaveLength(1);
      });
    });

    test('what was queued and what was tried since a moment is counted for real mail alone', async () => {
      const { store, at, clock, carry } = it;
      const since = clock.now();
      await at.post({ queue: {} });
      for (let n = 0; n < 3; n++) await at.post(real);
      await carry('deferred', { mode: 'deliver', messages: 2 });
      await carry('deferred');
      clock.advance(MIN);
      await carry('delivered', { mode: 'deliver', messages: 1 });
      await at.post(real);
      expect([await store.queuedSince('default', since), await store.queuedSince('default', since + 1)]).toEqual([4, 1]);
      expect([await store.triedSince('default', since), await store.triedSince('default', since + 1), await store.triedSince('gone', 0)]).toEqual([2 + 1, 1, 0]);
    });
  });
}

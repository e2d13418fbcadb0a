/** What every store must do of suppressions: who gets no mail, why, and the strikes that lead there. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DEFAULT_DELIVERY } from '../../server/mail/stream.ts';
import type { Suppression } from '../../server/mail/suppression.ts';
import type { Outcome } from '../../server/queue/port.ts';
import { DAY, laneOf, type OpenStore } from './house.ts';
import { HOUR, type QueueHouse, queueHouse } from './queue-house.ts';

export function storeSuppresses(name: string, open: OpenStore): void {
  describe(`${name}: its suppressions`, () => {
    let it: QueueHouse;
    beforeEach(async () => {
      it = await queueHouse(open);
      await it.store.createStream(laneOf('blue'));
    });
    afterEach(async () => {
      await it.sane();
      await it.store[Symbol.asyncDispose]();
    });

    const suppression = (address: string, more: Partial<Suppression> = {}): Suppression => ({ address, stream: 'default', reason: 'manual', detail: 'asked for it', message: null, createdAt: it.clock.now(), expiresAt: null, ...more });
    const reasonFor = async (address: string, stream = 'default') => (await it.store.suppressionOf(stream, address, it.clock.now()))?.reason;

    test('an address is suppressed in its stream, whatever its spelling; a new reason replaces the old', async () => {
      const { store, told } = it;
      expect(await store.suppress([suppression('Ann@Inbox.TEST'), suppression('bo@inbox.test', { stream: 'gone' })], 'me')).toBe(1);
      expect(await store.suppress([suppression('ann@inbox.test', { reason: 'complaint' })], 'me')).toBe(0);
      expect(await store.suppressionOf('default', 'ANN@inbox.test', 0)).toEqual(suppression('ann@inbox.test', { reason: 'complaint' }));
      expect(await reasonFor('ann@inbox.test', 'blue')).toBeUndefined();
      expect(await reasonFor('bo@inbox.test')).toBeUndefined();
      expect(told('suppression.added')).toMatchObject([{ stream: 'default', address: 'ann@inbox.test', global: false, by: 'me', reason: 'manual' }]);
      expect(await store.unsuppress('ann@INBOX.test', 'default', 'me')).toBe(true);
      expect(await store.unsuppress('ann@inbox.test', 'default', 'me')).toBe(false);
      expect(told('suppression.removed')).toMatchObject([{ address: 'ann@inbox.test', global: false, by: 'me' }]);
      expect(await reasonFor('ann@inbox.test')).toBeUndefined();
    });

    test("a stream's own comes before the global one, an address before its domain, and what has expired does not count", async () => {
      const { store, clock } = it;
      await store.suppress([
        suppression('@inbox.test', { stream: null, reason: 'unsubscribe' }), suppression('ann@inbox.test', { stream: null, reason: 'complaint' }),
        suppression('@inbox.test', { reason: 'hard_bounce' }), suppression('ann@inbox.test', { reason: 'manual', expiresAt: clock.now() + HOUR }),
      ], 'me');
      expect([await reasonFor('ann@inbox.test'), await reasonFor('bo@inbox.test'), await reasonFor('ann@inbox.test', 'blue'), await reasonFor('bo@inbox.test', 'blue')]).toEqual(['manual', 'hard_bounce', 'complaint', 'unsubscribe']);
      expect(await reasonFor('ann@sub.inbox.test')).toBeUndefined();
      clock.advance(HOUR);
      expect(await reasonFor('ann@inbox.test')).toBe('hard_bounce');
      expect(await store.suppress([suppression('ann@inbox.test', { createdAt: clock.now() })], 'me')).toBe(1);
    });

    test('they are listed by address, in pages, and found by part, reason and stream', async () => {
      const { store } = it;
      await store.suppress([suppression('c@x.test'), suppression('a@x.test', { stream: null }), suppression('a@x.test'), suppression('a@x.test', { stream: 'blue' }), suppression('b@y.test', { reason: 'complaint' })], 'me');
      const list = async (query: object) => (await store.suppressions({ limit: 10, ...query })).map(({ address, stream }) => `${address} ${stream ?? '*'}`);
      expect(await list({})).toEqual(['a@x.test *', 'a@x.test default', 'a@x.test blue', 'b@y.test default', 'c@x.test default']);
      expect(await list({ limit: 2, after: 'a@x.test ' })).toEqual(['a@x.test default', 'a@x.test blue']);
      expect(await list({ limit: 2, after: 'a@x.test default' })).toEqual(['a@x.test blue', 'b@y.test default']);
      expect(await list({ after: 'a@x.test' })).toEqual(['b@y.test default', 'c@x.test default']);
      expect(await list({ stream: null })).toEqual(['a@x.test *']);
      expect(await list({ stream: 'blue' })).toEqual(['a@x.test blue']);
      expect(await list({ q: 'X.te', reason: 'manual', stream: 'default' })).toEqual(['a@x.test default', 'c@x.test default']);
    });

    test('at admission a suppressed recipient ends at once; the others are queued', async () => {
      const { store, at, heard, carry } = it;
      await store.suppress([suppression('ann@inbox.test', { reason: 'hard_bounce' }), suppression('@closed.test', { stream: null })], 'me');
      const id = await at.post({ to: ['Ann@inbox.test', 'bo@inbox.test', 'x@closed.test'], queue: {} });
      expect(heard.slice(-3)).toMatchObject([
        { type: 'message.captured', queued: 1, summary: { delivery: { queued: 1, suppressed: 2 } } },
        { type: 'recipient.suppressed', message: id, recipient: 'Ann@inbox.test', n: 0, reason: 'hard_bounce', detail: 'asked for it' },
        { type: 'recipient.suppressed', n: 2, reason: 'manual' },
      ]);
      expect((await store.read(id))!.delivery).toEqual({ queued: 1, suppressed: 2 });
      expect((await carry('delivered'))[0]!.recipients.map(({ n }) => n)).toEqual([1]);
    });

    test("whether a suppression has expired is asked of the stream's clock", async () => {
      const { store, at, clock } = it;
      await store.suppress([suppression('ann@inbox.test', { expiresAt: clock.now() + HOUR })], 'me');
      const ahead = await at.post({ queue: { queuedAt: clock.now() + HOUR } });
      const before = await at.post({ queue: {} });
      expect([(await store.read(ahead))!.delivery, (await store.read(before))!.delivery]).toEqual([{ queued: 1 }, { suppressed: 1 }]);
    });

    test('one that is suppressed while it waits is leased as suppressed', async () => {
      const { store, at, lease } = it;
      const id = await at.post({ queue: {} });
      await store.suppress([suppression('ann@inbox.test')], 'me');
      const one = (await lease()).messages[0]!.recipients[0]!;
      expect(one.suppressed).toMatchObject({ reason: 'manual', stream: 'default' });
      await store.settle([{ key: one.key, state: 'suppressed', events: [{ type: 'recipient.suppressed', stream: 'default', message: id, recipient: one.address, n: 0, time: 1, reason: 'manual', detail: '' }] }]);
      expect((await store.delivery(id))!.recipients[0]!.recipient.state).toBe('suppressed');
    });

    test('a hard bounce suppresses in the transaction that settles it', async () => {
      const { store, at, lease, outcomeOf, heard } = it;
      const id = await at.post({ queue: {} });
      const one = (await lease()).messages[0]!.recipients[0]!;
      await store.settle([outcomeOf(one, 'bounced', { suppress: suppression('ann@inbox.test', { reason: 'hard_bounce', message: id }) })]);
      expect(heard.slice(-2)).toMatchObject([{ type: 'recipient.bounced' }, { type: 'suppression.added', by: 'engine', message: id, reason: 'hard_bounce' }]);
      expect(await reasonFor('ann@inbox.test')).toBe('hard_bounce');
    });

    test('what the engine concludes does not undo what a person said or a recipient complained of', async () => {
      const { store, at, lease, outcomeOf, told } = it;
      // Accepted before, so they are tried all the same.
      for (const name of ['manual', 'complaint', 'hard', 'soft']) await at.post({ to: [`ann@${name}.test`], queue: {} });
      const leased = await Promise.all(['manual', 'complaint', 'hard', 'soft'].map((name) => lease({ destinations: [`${name}.test`] })));
      await store.suppress([
        suppression('ann@manual.test', { detail: 'ticket 7' }), suppression('ann@complaint.test', { reason: 'complaint' }),
        suppression('ann@hard.test', { reason: 'hard_bounce', detail: 'the first' }), suppression('ann@soft.test', { reason: 'soft_bounces' }),
      ], 'ann');
      for (const { messages } of leased) {
        const one = messages[0]!.recipients[0]!;
        await store.settle([outcomeOf(one, 'bounced', { suppress: suppression(one.address, { reason: 'hard_bounce', message: one.message, detail: 'User unknown' }) })]);
      }
      expect(await store.suppressionOf('default', 'ann@manual.test', 0)).toMatchObject({ reason: 'manual', detail: 'ticket 7', message: null });
      expect(await reasonFor('ann@complaint.test')).toBe('complaint');
      expect(await store.suppressionOf('default', 'ann@hard.test', 0)).toMatchObject({ detail: 'the first' });
      expect(await reasonFor('ann@soft.test')).toBe('hard_bounce');
      expect(told('suppression.added').slice(4)).toMatchObject([{ address: 'ann@soft.test', reason: 'hard_bounce', by: 'engine' }]);
    });

    test('an address without a domain is not looked up by its last letter', async () => {
      const { store } = it;
      await store.suppress([suppression('n')], 'ann');
      expect(await reasonFor('ann')).toBeUndefined();
      expect(await reasonFor('n')).toBe('manual');
    });

    /** A recipient that ends with such a strike, `hours` later. */
    async function strike(hours: number, kind: 'soft' | 'confirm', state: 'bounced' | 'delivered' = 'bounced', stream = 'default'): Promise<void> {
      const { store, at, lease, outcomeOf, clock } = it;
      clock.advance(hours * HOUR);
      await at.post({ stream, queue: {} });
      const one = (await lease({ stream })).messages[0]!.recipients[0]!;
      const more: Partial<Outcome> = state === 'delivered' ? { clears: 'Ann@inbox.test' } : { strike: { address: 'Ann@inbox.test', kind, at: clock.now() } };
      await store.settle([outcomeOf(one, state, more)]);
    }
    const allow = (count: number, days: number) => it.store.changeStream('default', { delivery: { ...DEFAULT_DELIVERY, softBounces: { count, within: days * DAY } } });

    test('soft bounces suppress when there are enough in the window, one counted a day', async () => {
      await allow(3, 7);
      for (const hours of [0, 1, 22, 24, 23]) await strike(hours, 'soft');
      expect(await reasonFor('ann@inbox.test')).toBeUndefined(); // at 0, 47 (24 after the first) and 70 h: the last is within a day of the one before
      await strike(2, 'soft');
      expect(await it.store.suppressionOf('default', 'ann@inbox.test', 0)).toMatchObject({ reason: 'soft_bounces', detail: '3 soft bounces within 7 days: 451 4.7.1 later' });
      expect(await reasonFor('ann@inbox.test', 'blue')).toBeUndefined();
    });

    test('soft bounces that lie too far apart, or before a success, do not suppress', async () => {
      await allow(2, 7);
      await strike(0, 'soft');
      await strike(8 * 24, 'soft');
      expect(await reasonFor('ann@inbox.test')).toBeUndefined();
      await strike(30, 'soft', 'delivered');
      await strike(30, 'soft');
      expect(await reasonFor('ann@inbox.test')).toBeUndefined();
      await strike(30, 'soft');
      expect(await reasonFor('ann@inbox.test')).toBe('soft_bounces');
    });

    test('a stream whose policy says so never suppresses for soft bounces', async () => {
      await it.store.changeStream('default', { delivery: { ...DEFAULT_DELIVERY, softBounces: null } });
      for (let i = 0; i < 7; i++) await strike(25, 'soft');
      expect(await reasonFor('ann@inbox.test')).toBeUndefined();
    });

    test('a doubtful hard bounce suppresses when it is confirmed a day later, not before', async () => {
      await strike(0, 'confirm');
      await strike(23, 'confirm');
      expect(await reasonFor('ann@inbox.test')).toBeUndefined();
      await strike(2, 'confirm');
      expect(await reasonFor('ann@inbox.test')).toBe('hard_bounce');
      await it.store.unsuppress('ann@inbox.test', 'default', 'me');
      await strike(25, 'confirm', 'bounced');
      expect(await reasonFor('ann@inbox.test')).toBeUndefined();
    });

    test('a report suppresses and strikes in one transaction with its events', async () => {
      const { store, at, clock, heard, carry } = it;
      const id = await at.post({ queue: {} });
      await carry('delivered');
      const event = { type: 'bounce.received' as const, stream: 'default', message: id, recipient: 'ann@inbox.test', report: 'r1', time: clock.now(), class: 'invalid_recipient', hard: true, status: '5.1.1', diagnostic: '550 no such user' };
      const reported = (time: number) => store.report({ events: [{ ...event, time }], suppress: [], strikes: [{ stream: 'default', address: 'ann@inbox.test', kind: 'confirm', at: time }] });
      await reported(clock.now());
      await reported(clock.now() + 2 * DAY);
      expect(heard.at(-1)).toMatchObject({ type: 'suppression.added', reason: 'hard_bounce', message: id, detail: 'Refused again a day or more later: 550 no such user' });
      await store.report({ events: [{ ...event, message: '' }], suppress: [suppression('bo@inbox.test', { stream: null, reason: 'complaint' })], strikes: [] });
      expect(await reasonFor('bo@inbox.test', 'blue')).toBe('complaint');
      expect((await store.returned(id)).map((one) => one.type)).toEqual(['bounce.received', 'bounce.received']);
      expect(await store.returned('gone')).toEqual([]);
    });
  });
}

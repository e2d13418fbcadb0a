/** What every store must do of suppressions: who gets no mail, why, and the strikes that lead there. */
import { describe, expect, test } from 'vitest';
import type { QueueMode } from '../../server/mail/recipient.ts';
import { DEFAULT_DELIVERY } from '../../server/mail/stream.ts';
import type { Suppression } from '../../server/mail/suppression.ts';
import type { Outcome } from '../../server/queue/port.ts';
import { DAY, laneOf, type OpenStore } from './house.ts';
import { eachInQueueHouse, HOUR, type QueueHouse } from './queue-house.ts';

export function storeSuppresses(name: string, open: OpenStore): void {
  describe(`${name}: its suppressions`, () => {
    let it: QueueHouse;
    eachInQueueHouse(open, async (made) => {
      it = made;
      await it.store.createStream(laneOf('blue'));
    });

    const suppression = (address: string, more: Partial<Suppression> = {}): Suppression => ({ address, stream: 'default', mode: null, reason: 'manual', detail: 'asked for it', message: null, createdAt: it.clock.now(), expiresAt: null, ...more });
    const reasonFor = async (address: string, stream = 'default', mode: QueueMode = 'simulate') => (await it.store.suppressionOf(stream, mode, address, it.clock.now()))?.reason;

    test('an address is suppressed in its stream, whatever its spelling; a new reason replaces the old', async () => {
      const { store, told } = it;
      expect(await store.suppress([suppression('Ann@Inbox.TEST'), suppression('bo@inbox.test', { stream: 'gone' })], 'me')).toBe(1);
      expect(await store.suppress([suppression('ann@inbox.test', { reason: 'complaint' })], 'me')).toBe(0);
      expect(await store.suppressionOf('default', 'simulate', 'ANN@inbox.test', 0)).toEqual(suppression('ann@inbox.test', { reason: 'complaint' }));
      expect(await reasonFor('ann@inbox.test', 'blue')).toBeUndefined();
      expect(await reasonFor('bo@inbox.test')).toBeUndefined();
      expect(told('suppression.added')).toMatchObject([{ stream: 'default', address: 'ann@inbox.test', global: false, by: 'me', reason: 'manual' }]);
      expect(await store.unsuppress({ address: 'ann@INBOX.test', stream: 'default' }, 'me')).toBe(true);
      expect(await store.unsuppress({ address: 'ann@inbox.test', stream: 'default' }, 'me')).toBe(false);
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
      const place = (address: string, stream: string | null) => ({ address, stream, mode: null });
      const list = async (query: object) => (await store.suppressions({ now: 0, limit: 10, ...query })).map(({ address, stream }) => `${address} ${stream ?? '*'}`);
      expect(await list({})).toEqual(['a@x.test *', 'a@x.test default', 'a@x.test blue', 'b@y.test default', 'c@x.test default']);
      expect(await list({ limit: 2, after: place('a@x.test', null) })).toEqual(['a@x.test default', 'a@x.test blue']);
      expect(await list({ limit: 2, after: place('a@x.test', 'default') })).toEqual(['a@x.test blue', 'b@y.test default']);
      expect(await list({ after: place('a@x.test', 'blue') })).toEqual(['b@y.test default', 'c@x.test default']);
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

    test("whether a suppression has expired is asked of the stream's clock, for when the mail is due", async () => {
      const { store, at, clock } = it;
      await store.suppress([suppression('ann@inbox.test', { expiresAt: clock.now() + HOUR })], 'me');
      const over = clock.now() + HOUR;
      const ids = [await at.post({ queue: { queuedAt: over, due: over } }), await at.post({ queue: {} }), await at.post({ queue: { due: over - 1 } }), await at.post({ queue: { due: over } })];
      expect(await Promise.all(ids.map(async (id) => (await store.read(id))!.delivery))).toEqual([{ queued: 1 }, { suppressed: 1 }, { suppressed: 1 }, { queued: 1 }]);
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
      expect(await store.suppressionOf('default', 'simulate', 'ann@manual.test', 0)).toMatchObject({ reason: 'manual', detail: 'ticket 7', message: null });
      expect(await reasonFor('ann@complaint.test')).toBe('complaint');
      expect(await store.suppressionOf('default', 'simulate', 'ann@hard.test', 0)).toMatchObject({ detail: 'the first' });
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
    async function strike(hours: number, kind: 'soft' | 'confirm', state: 'bounced' | 'delivered' = 'bounced', stream = 'default', mode: QueueMode = 'simulate'): Promise<void> {
      const { store, at, lease, outcomeOf, clock } = it;
      clock.advance(hours * HOUR);
      await at.post({ stream, queue: { mode } });
      const one = (await lease({ stream, mode })).messages[0]!.recipients[0]!;
      const more: Partial<Outcome> = state === 'delivered' ? { clears: 'Ann@inbox.test' } : { strike: { address: 'Ann@inbox.test', kind, at: clock.now() } };
      await store.settle([outcomeOf(one, state, more)]);
    }
    const allow = (count: number, days: number) => it.store.changeStream('default', { delivery: { ...DEFAULT_DELIVERY, softBounces: { count, within: days * DAY } } });

    test('soft bounces suppress when there are enough in the window, one counted a day', async () => {
      await allow(3, 7);
      for (const hours of [0, 1, 22, 24, 23]) await strike(hours, 'soft');
      expect(await reasonFor('ann@inbox.test')).toBeUndefined(); // at 0, 47 (24 after the first) and 70 h: the last is within a day of the one before
      await strike(2, 'soft');
      expect(await it.store.suppressionOf('default', 'simulate', 'ann@inbox.test', 0)).toMatchObject({ reason: 'soft_bounces', detail: '3 soft bounces within 7 days: 451 4.7.1 later' });
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
      await it.store.unsuppress({ address: 'ann@inbox.test', stream: 'default' }, 'me');
      await strike(25, 'confirm', 'bounced');
      expect(await reasonFor('ann@inbox.test')).toBeUndefined();
    });

    test('a report suppresses and strikes in one transaction with its events', async () => {
      const { store, at, clock, heard, carry } = it;
      const id = await at.post({ queue: {} });
      await carry('delivered');
      const event = { type: 'bounce.received' as const, stream: 'default', message: id, recipient: 'ann@inbox.test', report: 'r1', time: clock.now(), class: 'invalid_recipient', hard: true, status: '5.1.1', diagnostic: '550 no such user' };
      const reported = (time: number) => store.report({ events: [{ ...event, time }], suppress: [], strikes: [{ stream: 'default', mode: 'simulate', address: 'ann@inbox.test', kind: 'confirm', at: time }] });
      await reported(clock.now());
      await reported(clock.now() + 2 * DAY);
      expect(heard.at(-1)).toMatchObject({ type: 'suppression.added', reason: 'hard_bounce', message: id, detail: 'Refused again a day or more later: 550 no such user' });
      await store.report({ events: [{ ...event, message: '' }], suppress: [suppression('bo@inbox.test', { stream: null, reason: 'complaint' })], strikes: [] });
      expect(await reasonFor('bo@inbox.test', 'blue')).toBe('complaint');
      expect((await store.returned(id)).map((one) => one.type)).toEqual(['bounce.received', 'bounce.received']);
      expect(await store.returned('gone')).toEqual([]);
    });

    describe('of simulated and of real mail', () => {
      const modes = async (query: object = {}) => (await it.store.suppressions({ now: 0, limit: 10, ...query })).map(({ address, mode }) => `${address} ${mode ?? 'both'}`);

      test('what one mode has learnt keeps no mail of the other back; what is of both keeps back all', async () => {
        const { store, at, told } = it;
        expect(await store.suppress([suppression('sim@inbox.test', { mode: 'simulate' }), suppression('real@inbox.test', { mode: 'deliver' }), suppression('all@inbox.test'), suppression('real@inbox.test', { mode: 'simulate', stream: 'blue' })], 'me')).toBe(4);
        const to = ['sim@inbox.test', 'real@inbox.test', 'all@inbox.test'];
        const stateOf = async (id: string) => (await store.delivery(id))!.recipients.map(({ recipient }) => recipient.state);
        const simulated = await at.post({ to, queue: {} });
        expect(await stateOf(simulated)).toEqual(['suppressed', 'queued', 'suppressed']);
        expect(await stateOf(await at.post({ to, queue: { mode: 'deliver' } }))).toEqual(['queued', 'suppressed', 'suppressed']);
        const now = it.clock.now();
        expect(await store.releaseMessage({ message: simulated, by: 'me', queuedAt: now, expiresAt: now + DAY, priority: 'normal', recipients: to.map((address) => ({ address, original: null, destination: 'inbox.test', held: null })) })).toBe(1);
        expect(await stateOf(simulated)).toEqual(['suppressed', 'queued', 'suppressed', 'queued', 'suppressed', 'suppressed']);
        expect(told('suppression.added')).toMatchObject([{ mode: 'simulate' }, { mode: 'deliver' }, { address: 'all@inbox.test' }, { stream: 'blue' }]);
        expect(told('suppression.added')[2]).not.toHaveProperty('mode');
      });

      test('while it waits, too', async () => {
        const { store, at, lease } = it;
        for (const mode of ['simulate', 'deliver'] as const) await at.post({ queue: { mode } });
        await store.suppress([suppression('ann@inbox.test', { mode: 'simulate' })], 'me');
        const suppressed = async (mode: QueueMode) => (await lease({ mode })).messages[0]!.recipients[0]!.suppressed?.mode;
        expect([await suppressed('simulate'), await suppressed('deliver')]).toEqual(['simulate', undefined]);
      });

      test("each has its own, the mode's comes before that of both, and they are listed side by side, in pages", async () => {
        const { store } = it;
        await store.suppress([suppression('a@x.test', { mode: 'deliver', reason: 'complaint' }), suppression('a@x.test', { reason: 'unsubscribe' }), suppression('a@x.test', { mode: 'simulate', reason: 'hard_bounce' }), suppression('b@x.test')], 'me');
        expect([await reasonFor('a@x.test'), await reasonFor('a@x.test', 'default', 'deliver')]).toEqual(['hard_bounce', 'complaint']);
        expect(await modes()).toEqual(['a@x.test both', 'a@x.test simulate', 'a@x.test deliver', 'b@x.test both']);
        expect(await modes({ limit: 2, after: { address: 'a@x.test', stream: 'default', mode: null } })).toEqual(['a@x.test simulate', 'a@x.test deliver']);
        expect(await modes({ after: { address: 'a@x.test', stream: 'default', mode: 'deliver' } })).toEqual(['b@x.test both']);
        expect([await modes({ mode: 'deliver' }), await modes({ mode: null })]).toEqual([['a@x.test deliver'], ['a@x.test both', 'b@x.test both']]);
      });

      test('one is taken back, or all of an address', async () => {
        const { store, told } = it;
        const every = [null, 'simulate', 'deliver'] as const;
        const address = 'a@x.test';
        await store.suppress(every.map((mode) => suppression(address, { mode })), 'me');
        expect(await store.unsuppress({ address, stream: 'default', mode: 'deliver' }, 'me')).toBe(true);
        expect(await store.unsuppress({ address, stream: 'default', mode: 'deliver' }, 'me')).toBe(false);
        expect(await store.unsuppress({ address, stream: 'default', mode: null }, 'me')).toBe(true);
        expect(await modes()).toEqual(['a@x.test simulate']);
        await store.suppress([suppression(address, { mode: 'deliver' })], 'me');
        expect(await store.unsuppress({ address, stream: 'default' }, 'me')).toBe(true);
        expect(await modes()).toEqual([]);
        expect(told('suppression.removed').map((event) => ('mode' in event ? event.mode : 'both'))).toEqual(['deliver', 'both', 'simulate', 'deliver']);
      });

      test('what a person said of both is not said again by the engine for one', async () => {
        const { store, at, lease, outcomeOf } = it;
        await at.post({ queue: { mode: 'deliver' } });
        const one = (await lease({ mode: 'deliver' })).messages[0]!.recipients[0]!;
        await store.suppress([suppression('ann@inbox.test')], 'ann');
        await store.settle([outcomeOf(one, 'bounced', { suppress: suppression('ann@inbox.test', { mode: 'deliver', reason: 'hard_bounce' }) })]);
        expect(await modes()).toEqual(['ann@inbox.test both']);
      });

      test('strikes of one mode do not count in the other, nor does its success forget them', async () => {
        await allow(2, 7);
        await strike(0, 'soft');
        await strike(25, 'soft', 'bounced', 'default', 'deliver');
        await strike(1, 'soft', 'delivered', 'default', 'deliver');
        expect(await it.store.suppressions({ now: 0, limit: 9 })).toEqual([]);
        await strike(1, 'soft');
        expect(await it.store.suppressions({ now: 0, limit: 9 })).toMatchObject([{ mode: 'simulate', reason: 'soft_bounces' }]);
        expect(await reasonFor('ann@inbox.test', 'default', 'deliver')).toBeUndefined();
        for (const hours of [25, 25]) await strike(hours, 'soft', 'bounced', 'default', 'deliver');
        expect(await reasonFor('ann@inbox.test', 'default', 'deliver')).toBe('soft_bounces');
      });

      test('a report strikes in the mode of the mail that it is about', async () => {
        for (const at of [0, 2 * DAY]) {
          const time = it.clock.now() + at;
          await it.store.report({ events: [], suppress: [], strikes: [{ stream: 'default', mode: 'deliver', address: 'ann@inbox.test', kind: 'confirm', at: time }, ...(at === 0 ? [{ stream: 'default', mode: 'simulate' as const, address: 'bo@inbox.test', kind: 'confirm' as const, at: time }] : [])] });
        }
        expect(await modes()).toEqual(['ann@inbox.test deliver']);
      });

      test('all of a stream for one mode is taken back with its strikes; the rest stays', async () => {
        const { store, told } = it;
        await allow(2, 7);
        await store.suppress([
          ...Array.from({ length: 1_003 }, (_, n) => suppression(`s${n}@x.test`, { mode: 'simulate' })), suppression('both@x.test'),
          suppression('real@x.test', { mode: 'deliver' }), suppression('other@x.test', { stream: 'blue', mode: 'simulate' }), suppression('@every.test', { stream: null, mode: 'simulate' }),
        ], 'me');
        await strike(0, 'soft');
        await strike(0, 'soft', 'bounced', 'default', 'deliver');
        expect(await store.unsuppressAll('default', 'simulate', 'me')).toBe(1_004);
        expect(await modes()).toEqual(['@every.test simulate', 'other@x.test simulate', 'real@x.test deliver']);
        expect(told('suppression.removed')).toHaveLength(1_004);
        await strike(25, 'soft');
        await strike(0, 'soft', 'bounced', 'default', 'deliver');
        expect(await modes()).toEqual(['@every.test simulate', 'ann@inbox.test deliver', 'other@x.test simulate', 'real@x.test deliver']);
        expect(await store.unsuppressAll('default', 'simulate', 'me')).toBe(0);
        expect(await store.unsuppressAll('gone', 'simulate', 'me')).toBe(0);
      });
    });
  });
}

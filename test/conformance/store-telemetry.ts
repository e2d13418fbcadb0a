/** What every store must count: each end and each try once, in the hour, site and class where it was, and nothing of what did not happen. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EventBody } from '../../server/events/event.ts';
import { DEFAULT_DELIVERY } from '../../server/mail/stream.ts';
import { type Count, HOUR, OTHERS, type TelemetryQuery } from '../../server/telemetry/port.ts';
import { DAY, laneOf, type OpenStore } from './house.ts';
import { MIN, type QueueHouse, queueHouse } from './queue-house.ts';

const plain = ({ site, class: kind, measure, count }: Count) => [site, kind, measure, count].filter((one) => one !== '').join(' ');

export function storeCounts(name: string, open: OpenStore): void {
  describe(`${name}: what it counts`, () => {
    let it: QueueHouse;
    beforeEach(async () => {
      it = await queueHouse(open);
      await it.store.createStream(laneOf('blue', { mode: 'deliver', delivery: DEFAULT_DELIVERY }));
    });
    afterEach(() => it.store[Symbol.asyncDispose]());

    const asked = (query: Partial<TelemetryQuery> = {}) => it.store.telemetry({ from: it.clock.now() - 30 * DAY, to: it.clock.now() + HOUR, step: 1_000 * HOUR, by: 'total', ...query });
    const told = async (query: Partial<TelemetryQuery> = {}) => (await asked(query)).counts.map(plain);

    test('a try that is deferred and then delivered counts once each, with its site and class', async () => {
      const { at, carry, clock } = it;
      await at.post({ to: ['ann@inbox.test', 'bob@inbox.test'], queue: {} });
      await carry('deferred');
      clock.advance(2 * MIN);
      await carry('delivered');
      expect(await told()).toEqual(['delivered 2', 'deferred 2']);
      expect(await told({ by: 'site' })).toEqual(['inbox.test delivered 2', 'inbox.test deferred 2']);
      expect(await told({ by: 'class' })).toEqual(['greylisted delivered 2', 'greylisted deferred 2']);
      expect(await told({ by: 'class', site: 'inbox.test' })).toEqual(['greylisted delivered 2', 'greylisted deferred 2']);
      expect(await told({ site: 'elsewhere.test' })).toEqual([]);
      // Queued, two minutes, and the five milliseconds that the attempt took.
      expect((await asked()).times).toMatchObject([{ stream: 'default', mode: 'simulate', counts: [0, 0, 0, 0, 2, 0, 0, 0, 0, 0] }]);
      expect((await asked({ site: 'inbox.test' })).times).toEqual([]);
    });

    test('what is given back, held or cancelled is not counted; what ends without a try is', async () => {
      const { at, lease, store, clock, outcomeOf } = it;
      for (let n = 0; n < 4; n++) await at.post({ queue: {} });
      const [back, held, gone, over] = (await lease()).messages.flatMap(({ recipients }) => recipients);
      await store.settle([{ key: back!.key, state: 'queued', due: clock.now() + DAY, events: [] }, { key: held!.key, state: 'held', held: { reason: 'unsigned', text: 'x' }, events: [] }]);
      await store.cancel({ key: gone!.key }, clock.now(), 'ann');
      await store.settle([{ key: gone!.key, state: 'deferred', due: clock.now() + 1, events: [] }, { key: over!.key, state: 'expired', events: [{ type: 'recipient.expired', stream: 'default', message: over!.message, recipient: over!.address, n: 0, time: 1, site: 'slow.test', class: 'network' }] }]);
      // A second time: it has ended, and is not counted again.
      await store.settle([outcomeOf(over!, 'delivered')]);
      await store.suppress([{ address: 'no@inbox.test', stream: null, mode: null, reason: 'manual', detail: '', message: null, createdAt: clock.now(), expiresAt: null }], 'ann');
      await at.post({ to: ['no@inbox.test'], queue: {} });
      expect(await told({ by: 'site' })).toEqual(['suppressed 1', 'slow.test expired 1']);
      expect(await told({ by: 'class' })).toEqual(['network expired 1', 'suppressed suppressed 1']);
      expect((await asked()).times).toEqual([]);
    });

    test('what expires while it waits counts for the site where it was tried last', async () => {
      const { at, carry, lease, store, clock } = it;
      await at.post({ queue: {} });
      await carry('deferred');
      clock.advance(2 * MIN);
      const [over] = (await lease()).messages.flatMap(({ recipients }) => recipients);
      await store.settle([{ key: over!.key, state: 'expired', events: [{ type: 'recipient.expired', stream: 'default', message: over!.message, recipient: over!.address, n: 0, time: 1, class: 'greylisted' }] }]);
      expect(await told({ by: 'site' })).toEqual(['inbox.test deferred 1', 'inbox.test expired 1']);
    });

    test('streams, modes and hours are apart, steps begin where they are asked for, and a stream that goes takes those of its simulated mail with it', async () => {
      const { at, carry, store, clock } = it;
      const from = clock.now();
      await at.post({ queue: {} });
      await carry('bounced');
      clock.advance(HOUR);
      await at.post({ stream: 'blue', queue: { mode: 'deliver' } });
      await carry('delivered', { stream: 'blue', mode: 'deliver' });
      clock.advance(2 * HOUR);
      await at.post({ queue: {} });
      await carry('bounced');
      const rows = async (query: Partial<TelemetryQuery>) => (await asked({ from, step: HOUR, ...query })).counts.map((one) => [(one.at - from) / HOUR, one.stream, one.mode, one.measure, one.count].join(' '));
      expect(await rows({})).toEqual(['0 default simulate bounced 1', '1 blue deliver delivered 1', '3 default simulate bounced 1']);
      expect(await rows({ step: 2 * HOUR })).toEqual(['0 default simulate bounced 1', '0 blue deliver delivered 1', '2 default simulate bounced 1'].sort());
      expect(await rows({ step: 4 * HOUR, stream: 'default' })).toEqual(['0 default simulate bounced 2']);
      expect(await rows({ mode: 'deliver' })).toEqual(['1 blue deliver delivered 1']);
      expect(await rows({ stream: 'gone' })).toEqual([]);
      expect(await rows({ from: from + HOUR, to: from + 3 * HOUR, stream: 'default' })).toEqual([]);
      expect((await asked({ from, step: HOUR, stream: 'blue' })).times.map((one) => (one.at - from) / HOUR)).toEqual([1]);
      await at.post({ stream: 'blue', queue: {} });
      await carry('bounced', { stream: 'blue' });
      expect(await rows({ stream: 'blue' })).toEqual(['1 blue deliver delivered 1', '3 blue simulate bounced 1']);
      await store.deleteStream('blue');
      expect(await rows({ stream: 'blue' })).toEqual(['1 blue deliver delivered 1']);
    });

    test('what comes in after the end counts where the mail went: complaints, unsubscriptions, and bounces of what was delivered', async () => {
      const { at, carry, store } = it;
      const taken = await at.post({ to: ['Ann@inbox.test', 'bob@inbox.test'], queue: {} });
      await carry('delivered');
      const refused = await at.post({ queue: {} });
      await carry('bounced');
      const of = (message: string, recipient: string) => ({ stream: 'default', message, recipient, report: 'r', time: 1 });
      const bounce = { hard: true, class: 'invalid_recipient', status: '5.1.1', diagnostic: '' };
      const report = (...events: EventBody[]) => store.report({ events, suppress: [], strikes: [] });
      await report({ type: 'complaint.received', ...of(taken, 'Ann@inbox.test'), feedback: 'abuse' });
      await report({ type: 'bounce.received', ...of(taken, 'bob@inbox.test'), ...bounce }, { type: 'bounce.received', ...of(refused, 'ann@inbox.test'), ...bounce }, { type: 'bounce.received', ...of('', 'who@inbox.test'), ...bounce });
      await report({ type: 'unsubscribe.received', stream: 'default', message: taken, recipient: 'Ann@inbox.test', time: 1, via: 'one-click' }, { type: 'autoreply.received', ...of(taken, 'bob@inbox.test') });
      // A stream that captures sent nothing that anybody could complain about.
      await store.createStream(laneOf('plain'));
      await report({ type: 'complaint.received', ...of('', 'x@y.test'), stream: 'plain', feedback: 'abuse' });
      // Nobody knows of which mail; but somebody of a live stream complained.
      await report({ type: 'complaint.received', ...of('', 'x@y.test'), stream: 'blue', feedback: 'abuse' }, { type: 'complaint.received', ...of('', 'x@y.test'), stream: 'gone', feedback: 'abuse' });
      expect(await told({ by: 'site', stream: 'default' })).toEqual(['inbox.test delivered 2', 'inbox.test bounced 1', 'inbox.test complained 1', 'inbox.test unsubscribed 1', 'inbox.test returned 1']);
      expect(await told({ by: 'class', mode: 'deliver' })).toEqual(['complaint complained 1']);
      expect(await told({ by: 'class', stream: 'plain' })).toEqual([]);
    });

    test('of many sites the largest are named, and the rest is one; none is lost', async () => {
      const { at, lease, store, outcomeOf } = it;
      const many = Array.from({ length: 300 }, (_, n) => `a${n}@inbox.test`);
      await at.post({ to: [...many, 'b@inbox.test', 'c@inbox.test'], queue: {} });
      const recipients = (await lease({ recipients: 500 })).messages.flatMap((one) => one.recipients);
      await store.settle(recipients.map((one, n) => {
        const outcome = outcomeOf(one, 'delivered');
        return { ...outcome, attempt: { ...outcome.attempt!, site: n < 300 ? `s${n}.test` : 'large.test' } };
      }));
      const counts = await told({ by: 'site' });
      expect(counts).toHaveLength(101);
      expect(counts).toContain('large.test delivered 2');
      expect(counts).toContain(`${OTHERS} delivered 201`);
    });

    test('what is older than asked for is forgotten, and the rest stays', async () => {
      const { at, carry, store, clock } = it;
      for (let n = 0; n < 3; n++) {
        await at.post({ queue: {} });
        await carry('delivered');
        clock.advance(DAY);
      }
      await store.pruneTelemetry(clock.now() - 2 * DAY);
      expect(await told()).toEqual(['delivered 2']);
      expect((await asked()).times).toMatchObject([{ counts: [2, 0, 0, 0, 0, 0, 0, 0, 0, 0] }]);
      await store.pruneTelemetry(clock.now());
      expect(await told()).toEqual([]);
      await store.pruneTelemetry(clock.now());
    });

    test('whatever happens in whatever order, the counts are those of the events', async () => {
      const step = fc.record({ hours: fc.nat(3), take: fc.nat(3), states: fc.array(fc.constantFrom('delivered', 'deferred', 'bounced') as fc.Arbitrary<'delivered' | 'deferred' | 'bounced'>, { minLength: 1, maxLength: 4 }) });
      await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
        const own = await queueHouse(open);
        try {
          for (const { hours, take, states } of steps) {
            for (let n = 0; n <= take; n++) await own.at.post({ to: ['ann@inbox.test', 'bob@inbox.test'], queue: { expiresAt: own.clock.now() + 30 * DAY } });
            const leased = (await own.lease()).messages.flatMap(({ recipients }) => recipients);
            // In several calls at once, as connections do: they share a commit, which fails for one that comes along and is then done in parts.
            await Promise.all([...leased.map((one, n) => own.store.settle([own.outcomeOf(one, states[n % states.length]!)])), own.at.attempt({ stream: 'gone' })]);
            own.clock.advance(hours * HOUR + MIN);
          }
          const { counts, times } = await own.store.telemetry({ from: 0, to: own.clock.now() + HOUR, step: HOUR, by: 'total' });
          const sum = (measure: string) => counts.filter((one) => one.measure === measure).reduce((all, one) => all + one.count, 0);
          for (const measure of ['delivered', 'deferred', 'bounced']) expect(sum(measure)).toBe(own.told(`recipient.${measure}`).length);
          expect(times.flatMap((one) => one.counts).reduce((all, one) => all + one, 0)).toBe(sum('delivered'));
          const hourOf = (at: number) => Math.floor(at / HOUR) * HOUR;
          for (const one of counts) expect(own.heard.filter((event) => event.type === `recipient.${one.measure}` && hourOf(event.at) === one.at)).toHaveLength(one.count);
        } finally {
          await own.store[Symbol.asyncDispose]();
        }
      }), { numRuns: 15 });
    });
  });
}

/** Whatever is done to a queue, and in whatever order: each recipient ends, and is told to have ended, exactly once. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isTerminal } from '../../server/mail/recipient.ts';
import { TERMINAL_EVENTS } from '../../server/events/event.ts';
import type { LeasedRecipient } from '../../server/queue/port.ts';
import type { OpenStore } from './house.ts';
import { HOUR, MIN, queueHouse } from './queue-house.ts';

const step = fc.record({
  op: fc.constantFrom('post', 'lease', 'lease', 'settle', 'settle', 'settle', 'again', 'cancel', 'hold', 'release', 'retry', 'overdue', 'recover', 'delete', 'wait', 'shift'),
  pick: fc.nat(9),
  outcome: fc.constantFrom('delivered', 'deferred', 'bounced') as fc.Arbitrary<'delivered' | 'deferred' | 'bounced'>,
});

export function storeEndsOnce(name: string, open: OpenStore): void {
  describe(`${name}: one end for each recipient`, () => {
    test('each recipient has exactly one terminal event, whatever is done to it', async () => {
      await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        const it = await queueHouse(open);
        const { store, clock, at, outcomeOf } = it;
        const posted: string[] = [];
        let held: LeasedRecipient[] = [];
        const old: LeasedRecipient[] = [];
        const query = () => ({ stream: 'default', mode: 'simulate' as const, destinations: ['inbox.test', 'other.test'], now: clock.now(), messages: 2, recipients: 3 });
        const post = async () => { posted.push(await at.post({ to: ['a@inbox.test', 'b@other.test', 'c@inbox.test'], queue: { expiresAt: clock.now() + HOUR } })); };
        try {
          await post();
          for (const { op, pick, outcome } of steps) {
            const message = posted[pick % posted.length]!;
            const scope = pick % 3 === 0 ? { stream: 'default' } : { message };
            switch (op) {
              case 'post': await post(); break;
              case 'lease': held.push(...(await store.lease(query())).messages.flatMap(({ recipients }) => recipients)); break;
              case 'overdue': held.push(...(await store.overdue({ stream: 'default', mode: 'simulate', now: clock.now(), limit: 5 })).flatMap(({ recipients }) => recipients)); break;
              case 'settle': {
                const some = held.splice(0, 1 + (pick % 3));
                old.push(...some);
                // As it would be with others at the same moment: a cancel beside it.
                await Promise.all([store.settle(some.map((one) => outcomeOf(one, outcome))), pick === 5 ? store.cancel({ message }, clock.now(), 'ann') : undefined]);
                break;
              }
              case 'again': if (old.length > 0) await store.settle([outcomeOf(old[pick % old.length]!, outcome)]); break;
              case 'cancel': if (pick < 4) await store.cancel(scope, clock.now(), 'ann'); break;
              case 'hold': await store.hold(scope, clock.now(), 'ann'); break;
              case 'release': await store.release(scope, clock.now(), 'ann'); break;
              case 'retry': await store.retryNow(scope, clock.now()); break;
              case 'recover':
                await store.recover();
                old.push(...held);
                held = [];
                break;
              case 'delete': if (pick === 7) await store.delete({ kind: 'message', id: message }); break;
              case 'wait': clock.advance(pick * 10 * MIN); break;
              case 'shift': await store.shift({ stream: 'default', message }, pick * MIN); break;
            }
          }
          await store.cancel({}, clock.now(), 'ann');
          await store.settle(held.map((one) => outcomeOf(one, 'deferred')));
          const ends = it.heard.filter((event) => (TERMINAL_EVENTS as readonly string[]).includes(event.type)).map((event) => ('n' in event ? `${event.message} ${event.n}` : ''));
          expect([...ends].sort()).toEqual(posted.flatMap((id) => [0, 1, 2].map((n) => `${id} ${n}`)).sort());
          // What is told is what is kept.
          const left = Object.keys(await store.tally({}));
          expect(left.filter((state) => !isTerminal(state as 'queued'))).toEqual([]);
          expect(await store.lanes()).toEqual([]);
        } finally {
          await store[Symbol.asyncDispose]();
        }
      }), { numRuns: 20 });
    });
  });
}

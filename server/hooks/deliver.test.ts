import { expect, test } from 'vitest';
import { manualClock } from '../clock.ts';
import { deliverCalls } from './deliver.ts';
import type { Hook, HookCall } from './hook.ts';

/** Resolves when told. */
function gate(): { passed: Promise<void>; open(): void } {
  let open = () => {};
  const passed = new Promise<void>((resolve) => { open = resolve; });
  return { passed, open };
}

test('a call that ends while it is asked what is due is not made again', async () => {
  const waiting = { id: 'one', hook: 'h', event: 1, type: 'message.captured', webhookId: 'msg_one', body: '{}', state: 'waiting', tries: [], due: 0, createdAt: 0 } as unknown as HookCall;
  const rows = new Map([['one', waiting]]);
  const [receiver, written, store] = [gate(), gate(), gate()];
  let asked = 0;
  let made = 0;
  const deliverer = deliverCalls({
    hook: () => ({ id: 'h', url: 'http://hook.test/', headers: {}, secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', disabled: null }) as unknown as Hook,
    clock: manualClock(1_000), disable: () => {}, failed: (error) => { throw error; },
    store: {
      async dueCalls() {
        const found = [...rows.values()].filter(({ state }) => state === 'waiting');
        // The second answer is on its way while the call ends.
        if (++asked === 2) await store.passed;
        return found;
      },
      nextCall: async () => null,
      async saveCall(call) {
        rows.set(call.id, call);
        written.open();
      },
      call: async (id) => rows.get(id),
    },
    async call() {
      made++;
      await receiver.passed;
      return { tookMs: 1, status: 200, error: null, response: '' } as never;
    },
  });
  deliverer.wake();
  await expect.poll(() => made).toBe(1);
  deliverer.wake();
  await expect.poll(() => asked).toBe(2);
  receiver.open();
  await written.passed;
  await expect.poll(() => rows.get('one')!.state).toBe('delivered');
  // It is in flight until what follows the commit has run.
  await new Promise((resolve) => { setImmediate(resolve); });
  store.open();
  await deliverer.quiet();
  await deliverer.close();
  expect(made).toBe(1);
});

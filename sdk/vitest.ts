/**
 * `postern/sdk/vitest`: a `test` with a sandbox for each worker and an inbox
 * for each test, and matchers for both. Importing it raises the time-outs of
 * the tests in that file by a minute, so that a wait ends with its own words
 * before the runner's do; a wait longer than what is left of the test's time
 * ends just before it and says so.
 */
import { expect, test as base, vi } from 'vitest';
import type { Wanted } from './criteria.ts';
import { sayMs } from './duration.ts';
import * as delivery from './delivery-expectations.ts';
import type { AttemptsOptions, AttemptWanted, BouncedOptions, DeliveryOptions, HeldOptions } from './delivery-expectations.ts';
import * as matchers from './expectations.ts';
import type { NoneOptions, Patience, WaitOptions } from './reader.ts';
import { openInbox, type Inbox, type Sandbox } from './sandbox.ts';
import { sandboxOfWorker, TEST_INBOX } from './shared.ts';

export { from, on, type ReplyArguments, RuleBuilder, size, tagged } from './scenario.ts';

/** Milliseconds beside what the runner's configuration gives. */
const ROOM = 60_000;
/** Milliseconds before the runner's time-out at which a wait gives up. */
const MARGIN = 500;

const { testTimeout, hookTimeout } = (globalThis as { __vitest_worker__?: { config?: { testTimeout?: number; hookTimeout?: number } } }).__vitest_worker__?.config ?? {};
// 0 is no time-out at all.
vi.setConfig({
  ...(testTimeout === 0 ? {} : { testTimeout: (testTimeout ?? 5_000) + ROOM }),
  ...(hookTimeout === 0 ? {} : { hookTimeout: (hookTimeout ?? 10_000) + ROOM }),
});

let opening: number | undefined;

export const test = base.extend<{ $worker: { sandbox: Sandbox }; $test: { inbox: Inbox } }>({
  // oxlint-disable-next-line no-empty-pattern -- the runner reads the pattern to know what a fixture needs
  sandbox: [async ({}, use) => {
    opening = Date.now();
    const sandbox = await sandboxOfWorker();
    await use(sandbox);
    await sandbox.close();
  }, { scope: 'worker' }],
  inbox: async ({ sandbox, task }, use) => {
    // Starting the sandbox is part of the time of the first test that asks for it.
    const begun = Math.max(opening ?? Date.now(), task.result?.startTime ?? 0);
    opening = undefined;
    await use(await openInbox(sandbox.api, TEST_INBOX, within(task.timeout, begun)));
  },
});

export { expect };
export const it = test;

/** Vitest's own time-out cannot be moved once a test runs. */
export function within(limit: number, begun: number, now = Date.now): Patience {
  return (timeout) => {
    const left = limit - (now() - begun) - MARGIN;
    if (limit <= 0 || timeout <= left) return { timeout };
    return {
      timeout: Math.max(0, left),
      cutBy: `This wait was to take ${sayMs(timeout)}, but the test itself ends after ${sayMs(limit)}: give it more, test('…', { timeout: ${Math.ceil((limit + timeout) / 1000) * 1000} }, …).`,
    };
  };
}

expect.extend({
  async toReceive(received: unknown, wanted?: Wanted, options?: WaitOptions) { return matchers.toReceive(this.isNot, received, wanted, options); },
  async toReceiveNothing(received: unknown, options?: NoneOptions) { return matchers.toReceiveNothing(this.isNot, received, options); },
  toHaveLink(received: unknown, pattern?: RegExp | string) { return matchers.toHaveLink(received, pattern); },
  toHaveCode(received: unknown, code?: string | RegExp) { return matchers.toHaveCode(received, code); },
  async toBeDelivered(received: unknown, options?: DeliveryOptions) { return delivery.toBeDelivered(this.isNot, received, options); },
  async toBeDeferred(received: unknown, times?: number | DeliveryOptions, options?: DeliveryOptions) { return delivery.toBeDeferred(this.isNot, received, times, options); },
  async toBeBounced(received: unknown, options?: BouncedOptions) { return delivery.toBeBounced(this.isNot, received, options); },
  async toBeSuppressed(received: unknown, options?: DeliveryOptions) { return delivery.toBeSuppressed(this.isNot, received, options); },
  async toBeHeld(received: unknown, options?: HeldOptions) { return delivery.toBeHeld(this.isNot, received, options); },
  async toHaveAttempts(received: unknown, wanted: AttemptWanted[], options?: AttemptsOptions) { return delivery.toHaveAttempts(this.isNot, received, wanted, options); },
});

declare module 'vitest' {
  // eslint-disable-next-line no-unused-vars
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown> {
    /** A message that fits is there or comes (10 s, or `timeout`). Await it. */
    toReceive(wanted?: Wanted, options?: WaitOptions): Promise<void>;
    /** None that fits is there or comes (1 s, or `for`). Await it. */
    toReceiveNothing(options?: NoneOptions): Promise<void>;
    toHaveLink(pattern?: RegExp | string): R;
    toHaveCode(code?: string | RegExp): R;
    /** Of a message, `{ message, recipient }`, an inbox or `stream.recipient(…)`, as all of these. Waits for what is being tried right now. Await it. */
    toBeDelivered(options?: DeliveryOptions): Promise<void>;
    /** So many times, wherever it ended; without a number, at least once. Await it. */
    toBeDeferred(times?: number | DeliveryOptions, options?: DeliveryOptions): Promise<void>;
    /** Refused for good, or returned afterwards. Await it. */
    toBeBounced(options?: BouncedOptions): Promise<void>;
    toBeSuppressed(options?: DeliveryOptions): Promise<void>;
    /** By the gate of real delivery, or by a person: `{ reason: 'not-allowed' }`. Await it. */
    toBeHeld(options?: HeldOptions): Promise<void>;
    /** All attempts, in order: `[{ at: '+0s', code: 451 }, { at: '+1m', code: 250 }]`. Await it. */
    toHaveAttempts(wanted: AttemptWanted[], options?: AttemptsOptions): Promise<void>;
  }
}

/**
 * `postern/sdk/playwright`: Playwright's `test` with a sandbox for each
 * worker and an inbox for each test, and its `expect` with matchers for both.
 * A wait that is longer than what is left of the test's time raises it.
 */
import { expect as baseExpect, test as base } from '@playwright/test';
import type { Wanted } from './criteria.ts';
import * as delivery from './delivery-expectations.ts';
import type { AttemptsOptions, AttemptWanted, BouncedOptions, DeliveryOptions, HeldOptions } from './delivery-expectations.ts';
import * as matchers from './expectations.ts';
import type { NoneOptions, Patience, WaitOptions } from './reader.ts';
import { openInbox, type Inbox, type Sandbox } from './sandbox.ts';
import { sandboxOfWorker, TEST_INBOX } from './shared.ts';

export { from, on, type ReplyArguments, RuleBuilder, size, tagged } from './scenario.ts';

/** Milliseconds that a sandbox may take to start, beside the time of the first test that asks for it. */
const START = 60_000;
/** Milliseconds that a test has after a wait at least. */
const ROOM = 10_000;

export const test = base.extend<{ inbox: Inbox }, { sandbox: Sandbox }>({
  // oxlint-disable-next-line no-empty-pattern -- the runner reads the pattern to know what a fixture needs
  sandbox: [async ({}, use) => {
    const sandbox = await sandboxOfWorker();
    await use(sandbox);
    await sandbox.close();
  }, { scope: 'worker', timeout: START }],
  inbox: async ({ sandbox }, use, testInfo) => {
    await use(await openInbox(sandbox.api, TEST_INBOX, raising(testInfo, Date.now())));
  },
});

/** `timeout` counts from the test's begin; 0 is none. */
export function raising(testInfo: { timeout: number; setTimeout(ms: number): void }, begun: number, now = Date.now): Patience {
  return (timeout) => {
    const needed = now() - begun + timeout + ROOM;
    if (testInfo.timeout > 0 && testInfo.timeout < needed) testInfo.setTimeout(needed);
    return { timeout };
  };
}

export const expect = baseExpect.extend({
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

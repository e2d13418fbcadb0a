/** What becomes of the queue when the process, the disk or a thread of the store fails it. */
import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { manualClock } from '../../server/clock.ts';
import type { LeasedRecipient, Outcome } from '../../server/queue/port.ts';
import type { Store } from '../../server/store/port.ts';
import { postTo } from '../support/post.ts';
import { storeFolder } from './store-folder.ts';

const { open } = storeFolder();
const now = manualClock().now();
const lease = (store: Store) => store.lease({ stream: 'default', mode: 'simulate', destinations: ['inbox.test'], now, messages: 10, recipients: 10 });
const delivered = ({ key, message, address, n }: LeasedRecipient): Outcome => ({
  key, state: 'delivered',
  events: [{ type: 'recipient.delivered', stream: 'default', message, recipient: address, n, time: now, attempt: 1, site: 's', host: 'h', answer: { kind: 'reply', code: 250, text: 'ok' }, class: 'delivered', rule: 'r' }],
});
const statesOf = async (store: Store) => (await store.recipients({ scope: { states: ['queued', 'active', 'deferred', 'held', 'delivered', 'cancelled'] }, limit: 9 })).map(({ state, uncertain }) => `${state}${uncertain ? '?' : ''}`);

test('a new start goes on where the last one ended, and knows what was under way', async () => {
  const first = await open();
  const { post } = postTo(first);
  for (let i = 0; i < 3; i++) await post({ queue: {} });
  const [done, cut] = (await first.lease({ stream: 'default', mode: 'simulate', destinations: ['inbox.test'], now, messages: 2, recipients: 9 })).messages;
  await first.settle([delivered(done!.recipients[0]!)]);
  await first[Symbol.asyncDispose]();
  const second = await open();
  expect(await statesOf(second)).toEqual(['delivered', 'active', 'queued']);
  expect(await second.recover()).toBe(1);
  expect(await statesOf(second)).toEqual(['delivered', 'queued?', 'queued']);
  expect((await lease(second)).messages.map(({ message, recipients }) => [message, recipients[0]!.uncertain])).toEqual([[cut!.message, true], [expect.any(String), false]]);
});

test('on a full disk nothing new is tried, but what was tried is written', async () => {
  const first = await open();
  for (let i = 0; i < 2; i++) await postTo(first).post({ queue: {} });
  const [under] = (await first.lease({ stream: 'default', mode: 'simulate', destinations: ['inbox.test'], now, messages: 1, recipients: 1 })).messages;
  await first[Symbol.asyncDispose]();
  const store = await open({ keepFree: Infinity });
  await expect(lease(store)).rejects.toMatchObject({ reason: 'full' });
  await store.settle([delivered(under!.recipients[0]!)]);
  expect(await statesOf(store)).toEqual(['delivered', 'queued']);
});

test('work that cannot be done does not take what shares its commit with it', async () => {
  const store = await open();
  const { post } = postTo(store);
  const bad = { id: 'h', stream: 'gone', url: '', secret: '', types: [], headers: {}, createdAt: 1, disabled: null, cursor: 0, misbehave: null };
  const [id, failed, kept] = await Promise.allSettled([post({ queue: {} }), store.saveHook(bad), store.keep('k', 'n', '1')]);
  expect([id.status, failed.status, kept.status]).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(await store.kept('k', 'n')).toBe('1');
  expect(await statesOf(store)).toEqual(['queued']);
});

test('an outcome that was under way when the writing thread died can be written again', async () => {
  const threads: Worker[] = [];
  const store = await open({ started: (thread) => threads.push(thread) });
  for (let i = 0; i < 2; i++) await postTo(store).post({ queue: {} });
  const heard: string[] = [];
  store.onCommit((events) => heard.push(...events.map((event) => event.type)));
  const [one, other] = (await lease(store)).messages.flatMap(({ recipients }) => recipients);
  const gone = once(threads[0]!, 'exit');
  const during = store.settle([delivered(one!)]).catch((error: unknown) => error);
  await threads[0]!.terminate();
  await gone;
  await during;
  await expect.poll(() => store.health()).toEqual({ ok: true });
  await store.settle([delivered(one!)]);
  // What another lost lease might have taken is eligible again; what is in hand is not.
  expect(await store.recover([other!.key])).toBe(0);
  expect(await store.recover()).toBe(1);
  expect(await statesOf(store)).toEqual(['delivered', 'queued?']);
  const log = (await store.events({ after: 0, limit: 99 })).filter((event) => event.type === 'recipient.delivered');
  expect(log).toHaveLength(1);
});

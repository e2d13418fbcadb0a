import { expect, test } from 'vitest';
import { messageOf, pageOf, Refusal, scripted } from '../../test/support/scripted-api.ts';
import { Mailbox } from './mailbox.svelte.ts';

/** Messages n to 1 by pages of 100, newest first. */
const deep = (n: number) => scripted(({ query }) => {
  const from = Number(query['cursor'] ?? n);
  return { ...pageOf(...Array.from({ length: Math.min(100, from) }, (_, i) => from - i)), next: from > 100 ? String(from - 100) : null };
});

test('the list is loaded down to a message that was opened by its address, and no further', async () => {
  const { api, asked } = deep(1_000);
  const mailbox = new Mailbox(api);
  mailbox.reach(messageOf(650));
  await mailbox.open({});
  await expect.poll(() => mailbox.loading).toBe(false);
  expect([mailbox.indexOf('m650'), mailbox.count, asked.length]).toEqual([350, 400, 4]);
  mailbox.reach(undefined);
  await mailbox.more();
  expect(mailbox.count).toBe(500);
});

test('a message that is not in the list is looked for among those of its time only, and one that is far down not to the end', async () => {
  const { api, asked } = deep(1_000);
  const mailbox = new Mailbox(api);
  await mailbox.open({});
  mailbox.reach({ ...messageOf(650), id: 'elsewhere' });
  await expect.poll(() => mailbox.loading).toBe(false);
  expect([mailbox.count, asked.length]).toEqual([400, 4]);
  const far = new Mailbox(deep(9_000).api);
  await far.open({});
  far.reach(messageOf(1));
  await expect.poll(() => far.loading).toBe(false);
  expect([far.count, far.complete]).toEqual([5_000, false]);
});

test('a message that is far down is said to be, and is loaded down to when it is asked for', async () => {
  const mailbox = new Mailbox(deep(9_000).api);
  await mailbox.open({});
  mailbox.reach(messageOf(2_050));
  expect(mailbox.further).toBe('no');
  await expect.poll(() => mailbox.loading).toBe(false);
  expect([mailbox.further, mailbox.count]).toEqual(['stopped', 5_000]);
  mailbox.goOn();
  expect(mailbox.further).toBe('asked');
  await expect.poll(() => mailbox.loading).toBe(false);
  expect([mailbox.further, mailbox.indexOf('m2050'), mailbox.count]).toEqual(['no', 6_950, 7_000]);
  mailbox.reach(messageOf(50));
  expect([mailbox.further, mailbox.count]).toEqual(['stopped', 7_000]);
  mailbox.reach(undefined);
  expect(mailbox.further).toBe('no');
});

test('a page that cannot be had ends the looking', async () => {
  const { api, asked } = scripted(({ query }) => (query['cursor'] ? new Refusal(500) : { ...pageOf(9), next: 'c9' }));
  const mailbox = new Mailbox(api);
  await mailbox.open({});
  mailbox.reach(messageOf(1));
  await expect.poll(() => mailbox.loading).toBe(false);
  expect([mailbox.fault?.status, asked.length]).toEqual([500, 2]);
});

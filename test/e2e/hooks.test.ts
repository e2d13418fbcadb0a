import { beforeEach, expect, test } from 'vitest';
import type { Hook } from '../../sdk/contract.ts';
import { chrome } from './browser.ts';
import { ask, receiver, simulate, STREAM, submit, type Receiver } from './simulated.ts';
import { stage, until } from './stage.ts';

const at = stage();
const { open } = at;
let there: Receiver;
beforeEach(async () => {
  if (chrome) there = await receiver();
});
at.tidy(async () => {
  there.close();
  await fetch(`${at.house.http}/v1/streams/${STREAM}`, { method: 'DELETE' });
});
const hooks = async () => (await ask<{ hooks: Hook[] }>(at.house, 'GET', `/v1/streams/${STREAM}/hooks`)).hooks;

test.skipIf(!chrome)('a hook is made, called, its call read and replayed, its secret shown on demand, and it is switched off, made to misbehave, and deleted', async () => {
  await simulate(at.house);
  const page = await open(`#/hooks/${STREAM}`);
  await page.getByRole('button', { name: 'New hook' }).click();
  await page.getByLabel('Address').fill(there.url);
  await page.getByText(/^Hears/).click();
  await page.getByRole('checkbox', { name: 'recipient.delivered' }).check();
  await page.getByRole('button', { name: 'Create' }).click();
  const card = page.getByRole('region', { name: 'The hook' });
  await card.getByText(/^whsec_/).waitFor();
  await card.getByRole('button', { name: 'Hide' }).click();
  expect(await page.getByRole('main').innerText()).not.toContain('whsec_');
  await page.getByText('It has not been called yet.', { exact: false }).waitFor();

  await submit(at.house, 'ann@site.test');
  await until(async () => there.got.length, (n) => n === 1);
  const call = page.getByRole('button', { name: 'recipient.delivered', exact: false }).first();
  await call.click();
  await page.getByRole('region', { name: 'Body of the call' }).getByText('"ann@site.test"').waitFor();
  await page.getByRole('strong').filter({ hasText: '204' }).waitFor();
  await page.getByRole('button', { name: /^Replay recipient\.delivered/ }).click();
  await until(async () => there.got.length, (n) => n === 2);
  expect(there.got[1]!.id).toBe(there.got[0]!.id);

  await card.getByRole('slider').nth(2).fill('1');
  await card.getByText('Saved: it misbehaves.').waitFor();
  expect((await hooks())[0]!.misbehave).toMatchObject({ duplicate: 0, reorder: 0, lose: 1 });
  await card.getByRole('button', { name: 'Switch off' }).click();
  await card.getByRole('button', { name: 'Switch on' }).waitFor();
  expect((await hooks())[0]!.disabled).not.toBeNull();
  await card.getByRole('button', { name: 'Delete …' }).click();
  await page.getByRole('button', { name: 'Delete the hook' }).click();
  await page.getByText(`The stream ${STREAM} has no hooks.`).waitFor();
  expect(await hooks()).toEqual([]);
});

test.skipIf(!chrome)('a hook whose receiver fails says that it is paused, why, until when, and what waits for it; one click tries again', async () => {
  await simulate(at.house);
  there.status = 500;
  const { id } = await ask<Hook>(at.house, 'POST', `/v1/streams/${STREAM}/hooks`, { url: there.url, types: ['recipient.delivered'] });
  for (let n = 1; n <= 5; n++) await ask(at.house, 'POST', `/v1/hooks/${id}/test`);
  await until(async () => (await hooks())[0]!, ({ failures, pausedUntil }) => failures === 5 && pausedUntil !== null);
  await submit(at.house, 'ann@site.test');
  const page = await open(`#/hooks/${STREAM}`);
  await page.getByText(/^paused until/).waitFor();
  await page.getByRole('link', { name: there.url }).click();
  const card = page.getByRole('region', { name: 'The hook' });
  await card.getByText(/^5 failures in a row, the last: it answered 500; tried again at /).waitFor();
  await page.getByText(/^waits: the hook is paused until/).waitFor();
  there.status = 204;
  await card.getByRole('button', { name: 'Try again now' }).click();
  await until(async () => there.got.map(({ type }) => type), (types) => types.includes('recipient.delivered'));
  await card.getByText('on', { exact: true }).waitFor();
  expect((await hooks())[0]).toMatchObject({ failures: 0, lastError: null, pausedUntil: null });
});

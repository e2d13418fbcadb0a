import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Hook } from '../../sdk/contract.ts';
import { chrome } from './browser.ts';
import { ask, receiver, simulate, STREAM, submit, type Receiver } from './simulated.ts';
import { stage, until } from './stage.ts';

const at = stage();
let there: Receiver;
beforeEach(async () => void (there = await receiver()));
afterEach(() => there.close());
const hooks = async () => (await ask<{ hooks: Hook[] }>(at.house, 'GET', `/v1/streams/${STREAM}/hooks`)).hooks;

test.skipIf(!chrome)('a hook is made, called, its call read and replayed, its secret shown on demand, and it is switched off, made to misbehave, and deleted', async () => {
  await simulate(at.house);
  const page = await at.open(`#/hooks/${STREAM}`);
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

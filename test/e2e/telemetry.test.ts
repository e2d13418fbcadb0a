import { beforeAll, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import type { Telemetry } from '../../sdk/contract.ts';
import { barriersIn, type Room } from './barriers.ts';
import { chrome } from './browser.ts';
import { COUNTED, counted, ROUNDS, setBack } from './counted.ts';
import { stage } from './stage.ts';

const clock = setBack();
clock.to(48);
const at = stage({}, { clock });
const { open } = at;
beforeAll(async () => {
  if (chrome) await counted(at.house, clock);
}, 60_000);

const main = (page: Page) => page.getByRole('main');
/** What is shown answers what is asked. */
const settled = (page: Page) => page.waitForFunction(() => !document.querySelector('[aria-busy=true]') && document.querySelector('main h1'));
const cell = (page: Page, row: string | RegExp, nth: number) => main(page).getByRole('row', { name: row }).getByRole('cell').nth(nth).innerText();
const gone = (from: number, to: number) => ROUNDS.reduce((sum, [hoursAgo, n]) => sum + (hoursAgo < from && hoursAgo >= to ? 2 * n : 0), 0);

test.skipIf(!chrome)('what became of the mail is told in numbers, plots and words, for the period that is chosen', async () => {
  const page = await open(`#/telemetry?stream=${COUNTED}`);
  await page.getByRole('img', { name: new RegExp(`delivered, .* ${gone(24, 0)} bounced`) }).waitFor();
  expect(await page.getByRole('img').count()).toBe(3);
  expect(await page.getByRole('button', { name: 'Simulated' }).getAttribute('aria-pressed')).toBe('true');
  await page.getByRole('button', { name: '7 days' }).click();
  await page.getByRole('img', { name: new RegExp(` ${gone(99, 0)} bounced, 7 expired`) }).waitFor();
  expect(new URL(page.url()).hash).toBe(`#/telemetry?stream=${COUNTED}&period=7d`);
  const { sums } = await at.house.get<Telemetry>(`/v1/telemetry?stream=${COUNTED}&mode=simulate&from=7d`);
  await page.locator('.card.delivered').getByText(`${sums.delivered} of ${sums.delivered + sums.bounced + sums.expired + sums.suppressed} recipients that ended`).waitFor();
  await page.getByText('The numbers, step by step').click();
  const numbers = page.getByRole('region', { name: 'The numbers' });
  await numbers.waitFor();
  expect(await numbers.getByRole('row').count()).toBeGreaterThan(ROUNDS.length);
  await page.getByRole('button', { name: '30 days' }).click();
  await page.getByRole('heading', { name: 'Outcomes a day' }).waitFor();
  await page.getByRole('img', { name: new RegExp(` ${gone(99, 0)} bounced`) }).waitFor();
});

test.skipIf(!chrome)('the table tells site by site and class by class; a site that is clicked stands alone, and its times are not pretended', async () => {
  const page = await open(`#/telemetry?stream=${COUNTED}&period=7d`);
  await page.getByRole('button', { name: 'silent.test' }).waitFor();
  expect(await cell(page, /^gone\.test/, 3)).toContain(String(gone(99, 0)));
  expect(await cell(page, /^silent\.test/, 4)).toContain('7');
  await page.getByRole('button', { name: 'Class' }).click();
  await page.getByRole('rowheader', { name: 'invalid_recipient' }).waitFor();
  await page.getByRole('button', { name: 'Site', exact: true }).click();
  await page.getByRole('button', { name: 'gone.test' }).click();
  await page.getByText('Times are kept for all sites together.').waitFor();
  await page.getByRole('img', { name: new RegExp(`^0 delivered, 0 deferred, ${gone(99, 0)} bounced`) }).waitFor();
  await page.getByLabel('Site', { exact: true }).fill('nowhere.test');
  await page.keyboard.press('Enter');
  await page.getByText('No simulated mail of the stream receipts to nowhere.test has ended', { exact: false }).waitFor();
  await page.getByRole('button', { name: 'Show every site' }).click();
  await page.getByRole('button', { name: 'silent.test' }).waitFor();
});

test.skipIf(!chrome)('two periods around a release are judged in words, and what cannot be compared is objected to', async () => {
  const page = await open(`#/telemetry?stream=${COUNTED}`);
  await page.getByRole('tab', { name: 'Compare two periods' }).click();
  await page.getByText('Worse: delivered, bounced.').waitFor();
  const row = (name: RegExp) => main(page).getByRole('row', { name });
  await row(/^bounced/).getByText('worse').waitFor();
  await row(/^deferred/).getByText('no difference').waitFor();
  await row(/^complained/).getByText('too few to say').waitFor();
  expect(await cell(page, /^bounced/, 0)).toContain(`${gone(48, 24)} of 240`);
  expect(await cell(page, /^bounced/, 2)).toMatch(/^\+2\d/);
  // Before the release there was nothing to tell apart.
  const early = new Date(Date.now() - 36 * 3_600_000);
  const local = new Date(early.getTime() - early.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
  await page.getByLabel('Each as long as').selectOption('6h');
  await page.getByLabel(/^The moment between them/).fill(local);
  await page.getByText('There is too little mail to say whether anything has changed.').waitFor();
  await page.getByLabel('Each as long as').selectOption('own');
  const first = page.getByRole('group', { name: 'First period' });
  await first.getByLabel('to').fill(local.replace(/^\d{4}/, '2019'));
  await page.getByRole('alert').getByText('Before: It begins before it ends.').waitFor();
  await page.getByRole('tab', { name: 'By time' }).click();
  await page.getByRole('heading', { name: 'Outcomes an hour' }).waitFor();
});

test.skipIf(!chrome)('mail that ends while one looks is counted, and where there is none it is said what to do', async () => {
  const page = await open('#/telemetry?mode=deliver');
  await page.getByRole('heading', { name: 'No real mail has ended in the last 24 hours.' }).waitFor();
  await page.getByRole('link', { name: 'Going out' }).last().waitFor();
  await page.getByRole('button', { name: 'Look at simulated mail' }).click();
  const figure = page.locator('.card.delivered .quiet');
  const before = Number((await figure.innerText()).match(/^[\d,]+/)![0].replace(',', ''));
  await fetch(`${at.house.http}/v1/streams/${COUNTED}/messages`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ from: 'a@larkspur.test', to: ['one@big.test', 'two@small.test'], subject: 'Just now', text: 'Hello.' }) });
  await page.locator('.card.delivered').getByText(new RegExp(`^${before + 2} of \\d+ recipients that ended$`)).waitFor();
  expect((await at.house.get<Telemetry>('/v1/telemetry?mode=simulate&from=24h')).sums.delivered).toBeGreaterThanOrEqual(before + 2);
  await page.goto(`${at.house.http}/#/telemetry?stream=default&mode=simulate`);
  await page.getByText('A stream in mode simulate hands its mail to a pretend remote', { exact: false }).waitFor();
});

test.skipIf(!chrome)('the room is found from the keyboard, and its parts are reached with it', async () => {
  const page = await open();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('telemetry compare');
  await page.keyboard.press('Enter');
  await page.getByRole('tab', { name: 'Compare two periods', selected: true }).focus();
  await page.keyboard.press('ArrowLeft');
  await page.getByRole('tab', { name: 'By time', selected: true }).waitFor();
  await settled(page);
  await page.getByRole('button', { name: '30 days' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Outcomes a day' }).waitFor();
  expect(new URL(page.url()).hash).toBe('#/telemetry?period=30d');
});

test.skipIf(!chrome)('no part of the room has a barrier that axe finds, in either theme, or runs over the edge at 360 pixels', async () => {
  const page = await open(`#/telemetry?stream=${COUNTED}&period=7d`, { colorScheme: 'light' });
  const opened = async (one: Page) => {
    await one.getByRole('img').first().waitFor();
    await one.getByText('The numbers, step by step').click();
    await one.getByRole('region', { name: 'The numbers' }).waitFor();
  };
  const rooms: Room[] = [[`?stream=${COUNTED}&period=7d`, opened], [`?stream=${COUNTED}&period=7d&site=big.test`, opened], [`?stream=${COUNTED}&view=compare`], [`?stream=${COUNTED}&view=compare&length=own`], ['?period=own'], ['?mode=deliver']];
  const found = await barriersIn(page, at.house.http, rooms.map(([place, act]) => [`#/telemetry${place}`, async (one) => { await settled(one); await act?.(one); }]), 360);
  at.here.complaints.length = 0; // pages that were left while they asked
  expect(found).toEqual([]);
}, 120_000);

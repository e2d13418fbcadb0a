/**
 * Writes pictures of the main views to test/screenshots, at three widths and
 * in both themes, for a person to look at: `node test/e2e/screenshots.ts`.
 */
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import type { MessagePage } from '../../sdk/contract.ts';
import { running } from '../support/running.ts';
import { launch, visit } from './browser.ts';
import { builtUi } from './built.ts';
import { COUNTED, counted, setBack } from './counted.ts';
import { goneOut, outside } from './going-out.ts';
import { all, plain, send } from './mails.ts';
import { receiver, RECIPIENTS, simulated, STREAM } from './simulated.ts';

const folder = fileURLToPath(new URL('../screenshots/', import.meta.url));
const only = process.argv[2];
mkdirSync(folder, { recursive: true });
await builtUi();
const house = await running({ streams: [{ name: 'staging', retention: { messages: 5000, age: 7 * 86_400_000, bytes: null }, tags: [], credentials: [] }, { name: 'billing', retention: { messages: null, age: null, bytes: null }, tags: [], credentials: [{ user: 'billing', password: 'a-long-secret' }] }] });
const empty = await running();
const clock = setBack();
clock.to(48);
const past = await running({}, { clock });
const real = await outside();
const hooked = await receiver();
const browser = await launch();
try {
  await send(house.smtp, Array.from({ length: 40 }, (_, i) => plain(i)));
  await send(house.smtp, [plain(50), plain(51)], { user: 'staging', pass: 'x' });
  await send(house.smtp, all);
  const { message: receipt, hook } = await simulated(house, hooked);
  const { messages } = await house.get<MessagePage>('/v1/messages?limit=40');
  const id = (part: string) => messages.find(({ subject }) => subject.includes(part))!.id;
  const views: [string, string, ((page: Page) => Promise<unknown>)?][] = [
    ['list', '#/'],
    ['html', `#/messages/${id('Welcome')}`],
    ['html-phone', `#/messages/${id('Welcome')}`, async (page) => { await page.getByRole('button', { name: /^Phone/ }).click(); await page.getByRole('button', { name: /^Dark, as/ }).click(); }],
    ['newsletter', `#/messages/${id('bulbs')}`],
    ['code', `#/messages/${id('482913')}/links`],
    ['files', `#/messages/${id('Planting')}/files`],
    ['attached', `#/messages/${id('Planting')}/files`, async (page) => { await page.getByRole('button', { name: 'Show yesterday.eml' }).click(); await page.getByText('The old plan.').waitFor(); }],
    ['envelope', `#/messages/${id('Planting')}/envelope`],
    ['headers', `#/messages/${id('bulbs')}/headers`],
    ['source', `#/messages/${id('Invoice')}/source`],
    ['checks', `#/messages/${id('first_name')}/checks`],
    ['compat', `#/messages/${id('bulbs')}/checks`, async (page) => { await page.getByText('@media (prefers-color-scheme)', { exact: true }).click(); await page.getByText('HTML and CSS support').scrollIntoViewIfNeeded(); await page.locator('.compat').evaluate((one) => one.scrollIntoView()); }],
    ['garbled', `#/messages/${id('nightly')}`],
    ['search', '#/mail?q=tagg:x'],
    ['suggest', '#/', async (page) => { await page.getByRole('combobox').fill('has:'); }],
    ['selected', '#/', async (page) => { for (const i of [0, 1, 2]) await page.getByRole('checkbox').nth(i + 1).click(); }],
    ['undo', '#/', async (page) => { await page.getByRole('checkbox').nth(1).click(); await page.keyboard.press('#'); await page.getByRole('button', { name: 'Undo' }).waitFor(); }],
    ['sure', `#/mail?stream=${STREAM}`, async (page) => { await page.getByRole('checkbox').nth(0).click(); await page.keyboard.press('#'); await page.getByRole('dialog').waitFor(); }],
    ['inboxes', '#/inboxes'], ['streams', '#/streams'], ['stream', '#/streams/billing', async (page) => { await page.getByRole('button', { name: 'New credential' }).click(); await page.getByText('Shown once').waitFor(); }],
    ['log', '#/events', async (page) => { await send(house.smtp, [plain(60)]); await page.getByText(/Build 1060/).first().waitFor(); }],
    ['delivery', `#/messages/${receipt}/delivery`, (page) => page.getByText(RECIPIENTS[0]!).last().waitFor()],
    ['delivery-open', `#/messages/${receipt}/delivery`, async (page) => { await page.locator('summary').first().click(); await page.getByText('EHLO').first().waitFor(); }],
    ['simulated', `#/mail?stream=${STREAM}`],
    ['queue', '#/queue', (page) => page.getByRole('img').first().waitFor()],
    ['queue-site', `#/queue?stream=${STREAM}`, async (page) => { await page.getByRole('img').first().waitFor(); await page.getByRole('button', { name: 'Details of slow.test' }).click(); await page.getByText('Since the start').scrollIntoViewIfNeeded(); }],
    ['scenario', `#/scenarios/${STREAM}`, async (page) => { await page.getByLabel('Recipient', { exact: true }).fill('ann@full.test'); await page.getByRole('button', { name: 'What would happen?' }).click(); await page.getByText('mailbox_full').waitFor(); }],
    ['scenario-rule', `#/scenarios/${STREAM}`, async (page) => { await page.getByRole('button', { name: /full\.test 452/ }).click(); await page.getByLabel('Code', { exact: true }).fill('99'); await page.getByText(/must be a whole number/).first().waitFor(); }],
    ['scenario-json', `#/scenarios/${STREAM}`, async (page) => { await page.getByRole('tab', { name: 'JSON' }).click(); const area = page.getByLabel('The scenario as JSON'); await area.fill((await area.inputValue()).replace('452', '99')); await page.getByText(/must be a whole number/).waitFor(); }],
    ['personas', `#/scenarios/${STREAM}`, async (page) => { await page.getByRole('tab', { name: 'Personas' }).click(); await page.getByRole('button', { name: /^Gmail/ }).click(); }],
    ['magic', `#/scenarios/${STREAM}`, async (page) => { await page.getByRole('tab', { name: 'Magic addresses' }).click(); await page.getByText('+ok', { exact: true }).first().waitFor(); }],
    ['suppressions', '#/suppressions', async (page) => { await page.getByRole('button', { name: 'Remove hal@example.test' }).click(); }],
    ['suppress', '#/suppressions', (page) => page.getByRole('button', { name: 'Add', exact: true }).click()],
    ['hooks', `#/hooks/${STREAM}`], ['hook-new', `#/hooks/${STREAM}`, (page) => page.getByRole('button', { name: 'New hook' }).click()],
    ['hook', `#/hooks/${STREAM}/${hook}`, async (page) => { await page.getByRole('button', { name: /recipient\./ }).first().click(); await page.getByRole('heading', { name: 'Calls' }).scrollIntoViewIfNeeded(); }],
    ['stream-simulate', `#/streams/${STREAM}`],
    ['start', '#/start'],
    ['palette', '#/', (page) => page.keyboard.press('Control+k')],
    ['help', '#/', (page) => page.keyboard.press('?')],
    ['drawer', '#/', async (page) => { const menu = page.getByRole('button', { name: 'Navigation' }); if (await menu.isVisible()) await menu.click(); }],
  ];
  await counted(past, clock);
  const counts: typeof views = [
    ['telemetry', `#/telemetry?stream=${COUNTED}&period=7d`, (page) => page.getByRole('img').first().waitFor()],
    ['telemetry-table', `#/telemetry?stream=${COUNTED}&period=7d`, async (page) => { await page.getByRole('img').first().waitFor(); await page.getByRole('heading', { name: 'By site' }).evaluate((one) => one.scrollIntoView()); }],
    ['telemetry-site', `#/telemetry?stream=${COUNTED}&site=big.test`, (page) => page.getByRole('img').first().waitFor()],
    ['telemetry-compare', `#/telemetry?stream=${COUNTED}&view=compare`, (page) => page.getByText('Worse:').waitFor()],
    ['telemetry-own', `#/telemetry?stream=${COUNTED}&view=compare`, async (page) => { await page.getByText('Worse:').waitFor(); await page.getByLabel('Each as long as').selectOption('own'); }],
    ['telemetry-none', '#/telemetry?mode=deliver', (page) => page.getByText('No real mail').waitFor()],
  ];
  const { message: invoice, captured } = await goneOut(real);
  const live: typeof views = [
    ['live', '#/live', (page) => page.getByText('Started by').waitFor()],
    ['live-start', '#/live', async (page) => { await page.getByRole('button', { name: 'Stop everything' }).click(); await page.getByRole('button', { name: 'Start again …' }).click(); }],
    ['live-stopped', '#/live', (page) => page.getByRole('heading', { name: 'Real delivery is stopped' }).waitFor()],
    ['live-on', '#/live', async (page) => { await page.getByRole('button', { name: 'Start again …' }).click(); await page.getByLabel('Reason').fill('for the next picture'); await page.getByRole('dialog').getByRole('button', { name: 'Start' }).click(); await page.getByRole('heading', { name: 'Real delivery is on' }).waitFor(); }],
    ['live-gate', '#/live/newsletter', (page) => page.getByText('2 went').waitFor()],
    ['live-warm-up', '#/live/billing', async (page) => { await page.getByLabel(/Whom its mail/).fill('*'); await page.getByText(/of 50 today/).scrollIntoViewIfNeeded(); }],
    ['live-mode', '#/live/default', async (page) => { await page.getByRole('radio', { name: /^Deliver/ }).click(); await page.getByRole('dialog').waitFor(); }],
    ['live-way', '#/live/staging/way'],
    ['live-preflight', '#/live/billing/preflight', (page) => page.getByRole('heading', { name: 'SPF' }).waitFor()],
    ['live-keys', '#/live/billing/keys', (page) => page.getByText('prepared', { exact: true }).waitFor()],
    ['live-audit', '#/live/billing/audit', (page) => page.getByText('stream.mode').first().waitFor()],
    ['live-message', `#/messages/${invoice}/delivery`, async (page) => { await page.getByText('not on the allow list').first().waitFor(); await page.locator('summary').first().click(); }],
    ['live-release', `#/messages/${captured}`, async (page) => { await page.getByRole('button', { name: 'Release for real' }).click(); await page.getByLabel(/To other/).check(); await page.getByLabel(/Other addresses/).fill('cleo@strangers.test'); await page.getByRole('button', { name: 'Release', exact: true }).click(); await page.getByRole('alert').waitFor(); }],
    ['live-queue', '#/queue', (page) => page.getByRole('img').first().waitFor()],
    ['live-stream', '#/streams/billing'],
  ];
  for (const theme of ['light', 'dark']) for (const width of [1440, 900, 360]) {
    const look = async (name: string, url: string, act?: (page: Page) => Promise<unknown>) => {
      if (only && !`${name}-${width}-${theme}`.includes(only)) return;
      // The theme that a person chose: an emulated preference would reach into the frame of the mail, too.
      const { page, context, complaints } = await visit(browser, url, { viewport: { width, height: width === 360 ? 740 : 900 }, colorScheme: null, storageState: { cookies: [], origins: [{ origin: new URL(url).origin, localStorage: [{ name: 'postern.theme', value: theme }] }] } });
      await page.getByRole('main').waitFor();
      await page.waitForLoadState('networkidle', { timeout: 700 }).catch(() => {}); // the event stream stays open
      await act?.(page);
      await page.waitForFunction(() => document.getAnimations().length === 0 || document.getAnimations().every((one) => one.playState !== 'running')).catch(() => {});
      await page.screenshot({ path: `${folder}${name}-${width}-${theme}.png` });
      for (const complaint of complaints) console.log(`${name} ${width}: ${complaint}`);
      await context.close();
    };
    for (const [name, hash, act] of views) await look(name, `${house.http}/${hash}`, act);
    for (const [name, hash, act] of counts) await look(name, `${past.http}/${hash}`, act);
    for (const [name, hash, act] of live) await look(name, `${real.http}/${hash}`, act);
    await look('empty', `${empty.http}/`);
  }
} finally {
  await browser.close();
  await house.close();
  await empty.close();
  await past.close();
  await real[Symbol.asyncDispose]();
  hooked.close();
}

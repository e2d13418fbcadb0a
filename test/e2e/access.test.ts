import { expect, test } from 'vitest';
import { barriers, barriersIn, overflowing, type Room } from './barriers.ts';
import { all, invitation, invoice, newsletter, send } from './mails.ts';
import { items, row, stage } from './stage.ts';
import { chrome } from './browser.ts';
import { ask, receiver, simulated, STREAM } from './simulated.ts';

const at = stage({ streams: [{ name: 'billing', retention: { messages: null, age: null, bytes: null }, tags: [], credentials: [{ user: 'billing', password: 'a-long-secret' }] }] });
const { open, list } = at;

test.skipIf(!chrome)('no view has a barrier that axe finds, in either theme', async () => {
  await send(at.house.smtp, all);
  const messages = await list();
  const of = (part: string) => messages.find(({ subject }) => subject.includes(part))!.id;
  const page = await open('#/', { colorScheme: 'light' });
  await row(page, /Welcome/).waitFor();
  const places = ['#/', '#/mail?q=is:unread', `#/messages/${of('Welcome')}`, `#/messages/${of('482913')}/links`, `#/messages/${of('Planting')}/files`, `#/messages/${of('Planting')}/envelope`, `#/messages/${of('bulbs')}/headers`, `#/messages/${of('bulbs')}/checks`, `#/messages/${of('Invoice')}/source`, '#/inboxes', '#/streams', '#/streams/billing', '#/events', '#/start'];
  for (const place of places) {
    await page.goto(`${at.house.http}/${place}`);
    // Some rooms are fetched when they are entered.
    await page.waitForFunction(() => document.querySelector('h1') && !document.querySelector('[aria-busy=true]'));
    if (place.endsWith('source')) await page.getByRole('region', { name: 'Source' }).getByText('Invoice').first().waitFor();
    if (place.endsWith('checks')) await page.getByText('HTML and CSS support').waitFor();
    if (place.endsWith('events')) {
      await page.getByRole('region', { name: 'Events' }).getByRole('listitem').first().waitFor();
      await page.getByRole('button', { name: 'Pause' }).click(); // no event is to come under the eyes of axe
    }
    expect([place, await barriers(page)]).toEqual([place, []]);
  }
  await page.goto(`${at.house.http}/#/messages/${of('Planting')}/files`);
  await page.getByRole('button', { name: 'Show yesterday.eml' }).click();
  await page.getByText('The old plan.').waitFor();
  expect(['attached mail', await barriers(page)]).toEqual(['attached mail', []]);
  await page.keyboard.press('Escape');
  await page.goto(`${at.house.http}/#/`);
  await row(page, /Welcome/).waitFor();
  await page.keyboard.press('?');
  expect(['help', await barriers(page)]).toEqual(['help', []]);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+k');
  expect(['palette', await barriers(page)]).toEqual(['palette', []]);
  await page.keyboard.press('Escape');
  await page.getByRole('combobox', { name: 'Search mail' }).fill('is:');
  expect(['suggestions', await barriers(page)]).toEqual(['suggestions', []]);
}, 60_000);

test.skipIf(!chrome)('at 360 pixels there is one column, nothing runs over the edge, and everything can be reached', async () => {
  await send(at.house.smtp, [newsletter, invoice, invitation]);
  const [latest, , letter] = await list();
  const page = await open('#/', { viewport: { width: 360, height: 740 }, hasTouch: true });
  await row(page, /Planting/).click();
  await page.getByRole('heading', { name: 'Planting plan' }).waitFor();
  expect(await items(page).first().isVisible()).toBe(false);
  await page.getByRole('link', { name: 'Back to the list' }).click();
  await row(page, /Planting/).waitFor();
  await page.getByRole('button', { name: 'Navigation' }).click();
  await page.getByRole('link', { name: 'Event log' }).click();
  await page.getByRole('heading', { name: 'Event log' }).waitFor();
  for (const place of ['#/', '#/inboxes', '#/streams', '#/streams/billing', '#/events', '#/start', `#/messages/${letter!.id}/checks`, ...['text', 'links', 'files', 'headers', 'envelope', 'source', 'checks'].map((tab) => `#/messages/${latest!.id}/${tab}`)]) {
    await page.goto(`${at.house.http}/${place}`);
    await page.waitForFunction(() => !document.querySelector('[aria-busy=true]'));
    if (place.endsWith('checks')) await page.getByText(/to look at|good/).first().waitFor();
    expect([place, await overflowing(page)]).toEqual([place, []]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  }
});

test.skipIf(!chrome)('a stream with the longest of names makes no room wider than a phone', async () => {
  const name = 'l'.repeat(64);
  await ask(at.house, 'POST', '/v1/streams', { name });
  const page = await open('#/', { viewport: { width: 375, height: 740 } });
  for (const place of ['inboxes', 'suppressions'].map((room) => `#/${room}?stream=${name}`)) {
    await page.goto(`${at.house.http}/${place}`);
    await page.getByLabel('Stream').waitFor();
    expect([place, await overflowing(page)]).toEqual([place, []]);
    expect(await page.evaluate(() => [...document.querySelectorAll('.page')].map((one) => one.scrollWidth <= one.clientWidth))).toEqual([true]);
  }
  await ask(at.house, 'DELETE', `/v1/streams/${name}`);
});

test.skipIf(!chrome)('the theme is kept over a reload, and applied before the first paint', async () => {
  const page = await open('#/start');
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await ground();
  await page.getByRole('button', { name: 'Theme: system' }).click();
  await page.getByRole('button', { name: 'Theme: light' }).click();
  expect(await ground()).not.toBe(light);
  const dark = await ground();
  await page.reload();
  expect(await ground()).toBe(dark);
  await page.getByRole('button', { name: 'Theme: dark' }).waitFor();
  at.here.complaints.length = 0; // the event stream that the reload cut
});

test.skipIf(!chrome)('nothing moves once it is drawn', async () => {
  await send(at.house.smtp, all);
  const page = await open();
  await page.addInitScript(() => {
    const kept = window as unknown as { shift: number };
    kept.shift = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) kept.shift += (entry as unknown as { value: number }).value;
    }).observe({ type: 'layout-shift', buffered: true });
  });
  await page.reload();
  await row(page, /Welcome/).waitFor();
  await send(at.house.smtp, [invoice]);
  await page.getByTitle('2 attached').nth(1).waitFor();
  expect(await page.evaluate(() => (window as unknown as { shift: number }).shift)).toBeLessThan(0.02);
  at.here.complaints.length = 0;
});

/** Rooms of a stream that simulates, with something in each; what is opened in them before a look is taken. */
const rooms = ({ message, hook }: { message: string; hook: string }): Room[] => [
  [`#/messages/${message}/delivery`, async (page) => { await page.locator('summary').first().click(); await page.getByText('EHLO').first().waitFor(); }],
  [`#/mail?stream=${STREAM}`, (page) => page.getByRole('button', { name: '+24h' }).waitFor()],
  ['#/queue', async (page) => { await page.getByRole('img').first().waitFor(); await page.getByRole('button', { name: /^Details of slow\.test/ }).click(); }],
  [`#/scenarios/${STREAM}`, async (page) => { await page.getByRole('button', { name: 'What would happen?' }).click(); await page.getByText('goes on').first().waitFor(); await page.getByRole('button', { name: /full\.test 452/ }).click(); }],
  [`#/scenarios/${STREAM}?json`, async (page) => { await page.getByRole('tab', { name: 'JSON' }).click(); await page.getByLabel('The scenario as JSON').waitFor(); }],
  [`#/scenarios/${STREAM}?personas`, async (page) => { await page.getByRole('tab', { name: 'Personas' }).click(); await page.getByRole('button', { name: /^Gmail/ }).click(); }],
  [`#/scenarios/${STREAM}?magic`, async (page) => { await page.getByRole('tab', { name: 'Magic addresses' }).click(); await page.getByText('+ok', { exact: true }).first().waitFor(); }],
  ['#/suppressions', (page) => page.getByText('hal@example.test').waitFor()],
  [`#/hooks/${STREAM}`],
  [`#/hooks/${STREAM}/${hook}`, async (page) => { await page.getByText(/^Hears/).click(); await page.getByRole('button', { name: /recipient\./ }).first().click(); }],
  [`#/streams/${STREAM}`],
];

test.skipIf(!chrome)('no room of a stream that simulates has a barrier that axe finds, in either theme, or runs over the edge at 320 pixels', async () => {
  const hooked = await receiver();
  try {
    const there = await simulated(at.house, hooked);
    const page = await open('#/queue', { colorScheme: 'light' });
    const found = await barriersIn(page, at.house.http, rooms(there), 320);
    expect(found).toEqual([]);
  } finally {
    hooked.close();
    at.here?.complaints.splice(0); // pages that were left while they asked
    await fetch(`${at.house.http}/v1/streams/${STREAM}`, { method: 'DELETE' });
  }
}, 120_000);

import { expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import type { MessagePage } from '../../sdk/contract.ts';
import { plain } from './mails.ts';
import { row, stage, until } from './stage.ts';
import { chrome } from './browser.ts';

const at = stage({ retainMessages: null });
const { open } = at;

/** Over HTTP in batches: fast, and through the same gate. */
async function submit(from: number, to: number): Promise<void> {
  for (let i = from; i < to; i += 500) {
    const batch = Array.from({ length: Math.min(500, to - i) }, (_, k) => ({ from: 'ci@northwind.test', to: 'team@example.test', subject: plain(i + k).subject, text: 'x' }));
    const answer = await fetch(`${at.house.http}/v1/streams/default/messages`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(batch) });
    expect(answer.ok).toBe(true);
    await answer.arrayBuffer();
  }
}

const box = (page: Page) => page.getByRole('region', { name: 'Messages' });

/** From the top to the end, by less than a screen at a time: what the list holds, in its order, and how many rows were drawn at most. */
const walk = (page: Page, wanted: number) => box(page).evaluate(async (region, wanted) => {
  const builds: number[] = [];
  let [most, seen, still] = [0, 0, 0];
  region.scrollTop = 0;
  // Until all that should be there was seen; or, when some are lost, nothing new for hundreds of frames.
  while (seen < wanted && still < 600) {
    await new Promise((resolve) => requestAnimationFrame(resolve));
    const rows = [...region.querySelectorAll('[role=listitem]')];
    most = Math.max(most, rows.length);
    still++;
    for (const one of rows) {
      const place = Number(one.getAttribute('aria-posinset')) - 1;
      if (builds[place] !== undefined) continue;
      builds[place] = Number(/Build (\d+)/.exec(one.querySelector('.subject')!.textContent!)![1]);
      seen++;
      still = 0;
    }
    region.scrollTop += 2_000;
  }
  return { builds, most };
}, wanted);

test.skipIf(!chrome)('5,000 messages scroll to the last with a few rows drawn at a time, and none is missing', async () => {
  await submit(0, 5_000);
  const page = await open('', { viewport: { width: 1440, height: 2_400 } });
  await row(page, /Build 5999/).waitFor();
  const seen = await walk(page, 5_000);
  expect(seen.builds).toEqual(Array.from({ length: 5_000 }, (_, i) => 5_999 - i));
  expect(seen.most).toBeLessThan(60);
}, 30_000);

test.skipIf(!chrome)('a message far down that is opened by its address is shown in its place in the list', async () => {
  await submit(0, 1_500);
  const { messages: [deep] } = await at.house.get<MessagePage>(`/v1/messages?q=${encodeURIComponent('subject:"Build 1100"')}`);
  const page = await open(`#/messages/${deep!.id}`);
  await row(page, /Build 1100/).waitFor();
  await expect.poll(async () => await row(page, /Build 1100/).evaluate((one) => {
    const [{ top, bottom }, list] = [one.getBoundingClientRect(), one.closest('[role=region]')!.getBoundingClientRect()];
    return top >= list.top && bottom <= list.bottom;
  })).toBe(true);
  await page.getByText('1,400 of 1,500').waitFor();
});

test.skipIf(!chrome)('a message deeper than that is shown, the list says that it is further down, and goes there when asked, wherever it was scrolled to', async () => {
  await submit(0, 5_600);
  const { messages: [deep] } = await at.house.get<MessagePage>(`/v1/messages?q=${encodeURIComponent('subject:"Build 1100"')}`);
  const page = await open(`#/messages/${deep!.id}`);
  await page.getByRole('heading', { name: /Build 1100/ }).waitFor();
  await page.getByText('The open message is further down.').waitFor();
  await page.getByRole('region', { name: 'Messages' }).evaluate((list) => { list.scrollTop = 9_000; });
  await page.getByRole('button', { name: 'Go there' }).click();
  await row(page, /Build 1100/).waitFor();
  expect(await page.getByText('further down').count()).toBe(0);
}, 30_000);

test.skipIf(!chrome)('mail that arrives while someone reads further down moves nothing, is counted, and shows on request', async () => {
  await submit(0, 300);
  const page = await open();
  await row(page, /Build 1299/).waitFor();
  await box(page).evaluate((region) => { region.scrollTop = 58 * 40; });
  const looked = row(page, /Build 1255/);
  const before = (await looked.boundingBox())!.y;
  await submit(300, 310);
  await page.getByRole('button', { name: '10 new' }).waitFor();
  expect((await looked.boundingBox())!.y).toBe(before);
  await page.getByRole('button', { name: '10 new' }).click();
  await row(page, /Build 1309/).waitFor();
});

// How long the page is stuck meanwhile is measured by `npm run bench -- ui`: here other tests have the processor, too.
test.skipIf(!chrome)('at 300 messages a second while someone scrolls the list loses none, repeats none and keeps their order', { timeout: 60_000 }, async () => {
  await fetch(`${at.house.http}/v1/messages?stream=default`, { method: 'DELETE' });
  await submit(0, 500);
  const page = await open('', { viewport: { width: 1440, height: 2_400 } });
  page.setDefaultTimeout(30_000);
  await row(page, /Build 1499/).waitFor();
  const scrolling = box(page).evaluate(async (region) => {
    for (let i = 0; i < 150; i++) {
      region.scrollTop = Math.abs(((i * 97) % 2400) - 1200) + 60;
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
  });
  const begun = performance.now();
  for (let i = 0; i < 20; i++) {
    await submit(500 + i * 30, 530 + i * 30);
    const due = begun + (i + 1) * 100;
    await until(async () => performance.now(), (now) => now >= due);
  }
  await scrolling;
  await box(page).evaluate((region) => { region.scrollTop = 0; });
  await row(page, /Build 2099/).waitFor();
  await page.getByText('1,100 messages').waitFor();
  const { builds } = await walk(page, 1_100);
  expect(builds).toEqual(Array.from({ length: 1_100 }, (_, i) => 2_099 - i));
});

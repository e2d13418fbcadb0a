/**
 * The web inbox under load, in a real browser: 50,000 messages listed and
 * scrolled to the last, 300 a second arriving while someone scrolls, a 10 MB
 * source opened, and the time to the first paint. Without a browser there is
 * nothing to say.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as moment } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { chrome, launch, visit } from '../test/e2e/browser.ts';
import { builtUi } from '../test/e2e/built.ts';
import { running, type House } from '../test/support/running.ts';
import { round, type Row } from './figures.ts';

type Kept = { tasks: number[] };

export async function ui({ quick }: { quick: boolean }): Promise<{ rows: Row[]; raw: unknown }> {
  if (!chrome) return { rows: [], raw: null };
  const messages = quick ? 10_000 : Number(process.env['UI_MESSAGES'] ?? 50_000);
  const dist = await builtUi();
  const house = await running({ retainMessages: null });
  const browser = await launch();
  const rows: Row[] = [];
  const note = (what: string, value: number, unit: string, goal?: number) => rows.push({ what, figure: `${round(value, value < 10 ? 1 : 0)} ${unit}`, goal: goal === undefined ? '' : `under ${round(goal)} ${unit}`, met: goal === undefined ? undefined : value < goal });
  try {
    await measure(browser, house, dist, messages, quick ? 30 : 100, note);
  } finally {
    await browser.close();
    await house.close();
  }
  return { rows, raw: { messages } };
}

async function submit(house: House, from: number, to: number): Promise<void> {
  for (let i = from; i < to; i += 500) {
    const batch = Array.from({ length: Math.min(500, to - i) }, (_, k) => ({ from: 'ci@northwind.test', to: `team${(i + k) % 50}@example.test`, subject: `Build ${i + k}`, text: 'It passed.' }));
    const answer = await fetch(`${house.http}/v1/streams/default/messages`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(batch) });
    if (!answer.ok) throw new Error(await answer.text());
    await answer.arrayBuffer();
  }
}

async function measure(browser: Browser, house: House, dist: string, messages: number, tenths: number, note: (what: string, value: number, unit: string, goal?: number) => void): Promise<void> {
  const scripts = readdirSync(`${dist}/assets`).filter((name) => /^index.*\.js$/.test(name));
  note('web inbox: JavaScript before a source is opened (gzip)', scripts.reduce((sum, name) => sum + gzipSync(readFileSync(`${dist}/assets/${name}`)).length, 0) / 1024, 'kB', 150);
  await submit(house, 0, messages);
  const { page } = await visit(browser, `${house.http}/#/start`);
  await page.addInitScript(() => {
    const kept = window as unknown as Kept;
    kept.tasks = [];
    new PerformanceObserver((list) => kept.tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: 'longtask', buffered: true });
  });
  await page.goto(`${house.http}/?x#/`);
  await page.getByRole('listitem').nth(6).waitFor();
  const paint = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN);
  note(`web inbox: first contentful paint, ${round(messages)} messages kept`, paint, 'ms', 1_000);
  const box = page.getByRole('region', { name: 'Messages' });
  const worst = async () => Math.max(0, ...(await page.evaluate(() => (window as unknown as Kept).tasks.splice(0))));
  await worst();

  const scrolled = await box.evaluate(async (region, wanted) => {
    const begun = performance.now();
    const frames: number[] = [];
    let last = begun;
    while (region.scrollTop + region.clientHeight < wanted * 58 - 10) {
      region.scrollTop += 3_000;
      await new Promise((resolve) => requestAnimationFrame(resolve));
      frames.push(performance.now() - last);
      last = performance.now();
    }
    frames.sort((a, b) => a - b);
    return { took: last - begun, p99: frames[Math.floor(frames.length * 0.99)]!, last: [...region.querySelectorAll('.subject')].at(-1)!.textContent ?? '' };
  }, messages);
  if (!scrolled.last.includes('Build 0')) throw new Error(`Scrolled to the end, and the last row is ${scrolled.last}`);
  note(`web inbox: scrolled to the last of ${round(messages)}, loading them by pages`, scrolled.took / 1000, 's');
  note('web inbox: a frame while scrolling so (p99)', scrolled.p99, 'ms');
  note('web inbox: memory of the page then (JavaScript heap)', await page.evaluate(() => (performance as unknown as { memory: { usedJSHeapSize: number } }).memory.usedJSHeapSize / 1024 / 1024), 'MB');
  note('web inbox: longest task while scrolling so', await worst(), 'ms', 200);

  await box.evaluate((region) => { region.scrollTop = 600; });
  const begun = Date.now();
  const scrolling = box.evaluate(async (region, wanted) => {
    for (let i = 0; i < wanted; i++) {
      region.scrollTop = 600 + Math.abs(((i * 97) % 4000) - 2000);
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
  }, tenths * 6);
  for (let i = 0; i < tenths; i++) {
    await submit(house, messages + i * 30, messages + i * 30 + 30);
    await moment(Math.max(0, begun + (i + 1) * 100 - Date.now()));
  }
  await scrolling;
  await box.evaluate((region) => { region.scrollTop = 0; });
  await page.getByText(`Build ${messages + tenths * 30 - 1}`).first().waitFor();
  note('web inbox: longest task at 300 messages a second while scrolling', await worst(), 'ms', 200);

  const big = Buffer.concat([Buffer.from('From: a@x.test\r\nTo: b@x.test\r\nSubject: big\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n'), Buffer.from(`${'QUJD'.repeat(19)}\r\n`.repeat(134_000))]);
  const sent = await fetch(`${house.http}/v1/streams/default/messages`, { method: 'POST', headers: { 'content-type': 'message/rfc822' }, body: big });
  const { id } = (await sent.json()) as { id: string };
  await page.goto(`${house.http}/#/messages/${id}`);
  await page.getByRole('tab', { name: 'Source' }).waitFor();
  await worst();
  const opened = performance.now();
  await page.getByRole('tab', { name: 'Source' }).click();
  await page.getByRole('region', { name: 'Source' }).getByText('octet-stream').waitFor();
  note('web inbox: a source of 10 MB shown', performance.now() - opened, 'ms');
  note('web inbox: longest task meanwhile', await worst(), 'ms', 200);
}

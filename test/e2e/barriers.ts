/** What keeps somebody out of a page: what axe finds in it, and what stands beyond its right edge. */
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

type Violation = { id: string; nodes: { target: string[]; failureSummary: string }[] };

const ALL = `runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']`;
/** What a theme can change. */
const COLOURS = `runOnly: ['color-contrast', 'link-in-text-block', 'target-size']`;

/** By the DevTools protocol, since the page's policy lets no script in. */
async function violations(page: Page, rules: string): Promise<string[]> {
  await page.waitForFunction(() => document.getAnimations().every((one) => one.playState !== 'running'));
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe);
  const found = await page.evaluate(`axe.run(document, { ${rules}, iframes: false }).then((r) => r.violations)`) as Violation[];
  return found.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')} — ${failureSummary.split('\n')[1]?.trim()}`));
}

/** Of a page as it is, in both themes; it is left light. */
export async function barriers(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const [colorScheme, rules] of [['light', ALL], ['dark', COLOURS]] as const) {
    await page.emulateMedia({ colorScheme });
    found.push(...(await violations(page, rules)).map((one) => `${colorScheme}: ${one}`));
  }
  await page.emulateMedia({ colorScheme: 'light' });
  return found;
}

/** What stands beyond the right edge. */
export const overflowing = (page: Page): Promise<string[]> => page.evaluate(() => [...document.querySelectorAll('main *')].filter((one) => {
  const { right, width } = one.getBoundingClientRect();
  if (width === 0 || right <= innerWidth + 1) return false;
  // What is cut off or scrolls within its box is no overflow of the page.
  for (let box = one.parentElement; box && box.tagName !== 'MAIN'; box = box.parentElement) if (getComputedStyle(box).overflowX !== 'visible' && box.getBoundingClientRect().right <= innerWidth + 1 && (getComputedStyle(box).overflowX === 'hidden' || box.matches('pre, textarea, [role=tablist], [aria-label="The numbers"], .lines *'))) return false;
  return !one.matches('.unseen');
}).map((one) => `${one.tagName}.${one.className}`));

/** Where to go, and what to do or to wait for there before a look is taken. */
export type Room = [place: string, act?: (page: Page) => Promise<unknown>];

/**
 * Opens each room in a window of 1440 pixels, looks for barriers, and makes it
 * 900 wide; then opens it again, and does the same in it, at the `narrow`
 * width. Answers what is wrong, and where.
 */
export async function barriersIn(page: Page, house: string, rooms: Room[], narrow: number): Promise<string[]> {
  const found: string[] = [];
  for (const width of [1440, narrow]) {
    for (const [place, act] of rooms) {
      const note = (where: number, all: string[]) => found.push(...all.map((one) => `${place} at ${where}: ${one}`));
      await page.setViewportSize({ width, height: 800 });
      await page.goto('about:blank');
      await page.goto(`${house}/${place}`);
      await page.getByRole('main').waitFor();
      await page.waitForFunction(() => !document.querySelector('[aria-busy=true]'));
      await act?.(page);
      note(width, await overflowing(page));
      if (width !== narrow) {
        note(width, await barriers(page));
        await page.setViewportSize({ width: 900, height: 800 });
        note(900, await overflowing(page));
      }
      // A page with changes does not let go.
      const discard = page.getByRole('button', { name: 'Discard' });
      if (await discard.isVisible()) await discard.click();
    }
  }
  await page.goto('about:blank');
  return found;
}

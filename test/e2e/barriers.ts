/** What keeps somebody out of a page: what axe finds in it, and what stands beyond its right edge. */
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

type Violation = { id: string; nodes: { target: string[]; failureSummary: string }[] };

export const ALL = `runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']`;
/** What a theme can change. */
export const COLOURS = `runOnly: ['color-contrast', 'link-in-text-block', 'target-size']`;

/** By the DevTools protocol, since the page's policy lets no script in. */
export async function violations(page: Page, rules: string): Promise<string[]> {
  await page.waitForFunction(() => document.getAnimations().every((one) => one.playState !== 'running'));
  await page.evaluate(axe);
  const found = await page.evaluate(`axe.run(document, { ${rules}, iframes: false }).then((r) => r.violations)`) as Violation[];
  return found.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')} — ${failureSummary.split('\n')[1]?.trim()}`));
}

/** What stands beyond the right edge. */
export const overflowing = (page: Page): Promise<string[]> => page.evaluate(() => [...document.querySelectorAll('main *')].filter((one) => {
  const { right, width } = one.getBoundingClientRect();
  if (width === 0 || right <= innerWidth + 1) return false;
  // What is cut off or scrolls within its box is no overflow of the page.
  for (let box = one.parentElement; box && box.tagName !== 'MAIN'; box = box.parentElement) if (getComputedStyle(box).overflowX !== 'visible' && box.getBoundingClientRect().right <= innerWidth + 1 && (getComputedStyle(box).overflowX === 'hidden' || box.matches('pre, textarea, [role=tablist], .lines *'))) return false;
  return !one.matches('.unseen');
}).map((one) => `${one.tagName}.${one.className}`));

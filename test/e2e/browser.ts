/**
 * A real browser for stories in the web inbox: Chromium, the one given in
 * POSTERN_CHROMIUM or Debian's. On a user's machine without one the stories
 * are skipped; in CI that is a failure.
 */
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { program } from '../support/programs.ts';

export const chrome: string | undefined = process.env['POSTERN_CHROMIUM'] ?? program('chromium-headless-shell', 'chromium', 'google-chrome');

export const launch = (): Promise<Browser> => chromium.launch({ executablePath: chrome!, args: ['--no-sandbox', '--disable-dev-shm-usage'] });

export type Visit = { page: Page; context: BrowserContext; /** What the page complained about, and requests to any other host. */ complaints: string[] };

/** A fresh profile and page; every error and every foreign request is noted. */
export async function visit(browser: Browser, url: string, options: Parameters<Browser['newContext']>[0] = {}): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(8_000);
  const complaints: string[] = [];
  const origin = new URL(url).origin;
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('console', (said) => {
    // What the frame of a mail may not do is noted by the browser; that it may not is the point.
    if (said.type() === 'error' && !/\/html(\?|$)/.test(said.location().url) && !said.location().url.startsWith('blob:')) complaints.push(`console: ${said.text()}`);
  });
  const foreign = (url: string) => !url.startsWith(origin) && !/^(blob|data|about):/.test(url);
  context.on('response', (response) => {
    if (foreign(response.url())) complaints.push(`request: ${response.url()}`);
  });
  context.on('requestfailed', (request) => {
    if (foreign(request.url()) && !['csp', 'net::ERR_BLOCKED_BY_CSP'].includes(request.failure()?.errorText ?? '')) complaints.push(`request: ${request.url()} ${request.failure()?.errorText}`);
  });
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.goto(url);
  return { page, context, complaints };
}

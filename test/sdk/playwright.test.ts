/** The Playwright entry point under Playwright's own runner; no browser is needed for it. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { raising } from '../../sdk/playwright.ts';

test('fixtures, matchers and the raised time-out work in Playwright\'s runner', async () => {
  const cli = new URL('../../node_modules/@playwright/test/cli.js', import.meta.url).pathname;
  const config = new URL('./playwright/playwright.config.ts', import.meta.url).pathname;
  const env = { ...process.env, NODE_OPTIONS: '', VITEST: '', POSTERN_URL: '' };
  const { stdout } = await promisify(execFile)(process.execPath, [cli, 'test', '--config', config], { env, timeout: 50_000 }).catch((error: { stdout: string }) => error);
  const { stats } = JSON.parse(stdout) as { stats: { expected: number; unexpected: number } };
  const messages = [...stdout.matchAll(/"message": (".*")/g)].map(([, text]) => JSON.parse(text!) as string);
  expect({ ...stats, messages }).toMatchObject({ expected: 5, unexpected: 0, flaky: 0, skipped: 0 });
}, 60_000);

test('a wait that fits into its test leaves the time-out alone; one of no time-out too', () => {
  const raised: number[] = [];
  const info = (timeout: number) => ({ timeout, setTimeout: (ms: number) => void raised.push(ms) });
  expect(raising(info(60_000), 0, () => 5_000)(10_000)).toEqual({ timeout: 10_000 });
  expect(raising(info(0), 0, () => 5_000)(600_000)).toEqual({ timeout: 600_000 });
  expect(raised).toEqual([]);
  raising(info(20_000), 0, () => 5_000)(10_000);
  expect(raised).toEqual([25_000]);
});

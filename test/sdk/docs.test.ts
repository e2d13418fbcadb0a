/** The examples of the pages in docs/, run as they are written against a real sandbox. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { start } from '../../sdk/index.ts';
import { blocks } from '../support/pages.ts';
import { program } from '../support/programs.ts';

const run = promisify(execFile);
const sandbox = await start();
const dir = mkdtempSync(join(tmpdir(), 'postern-docs-'));
afterAll(async () => {
  await sandbox.close();
  rmSync(dir, { recursive: true });
});
const env = { ...process.env, NODE_OPTIONS: '', POSTERN_URL: sandbox.http, HTTP: sandbox.http, SMTP: `${sandbox.smtp.host}:${sandbox.smtp.port}` };

/** `postern/sdk` is the source here. */
function runnable(code: string): string {
  return code
    .replace(/from 'postern\/(sdk[^']*)'/g, (_, entry: string) => `from '${new URL(`../../${entry === 'sdk' ? 'sdk/index' : entry}.ts`, import.meta.url).href}'`)
    .replace(/from 'nodemailer'/g, `from '${import.meta.resolve('nodemailer')}'`)
    // `await using` is newer than the oldest Node that runs the server.
    .replace(/^await using sandbox = (.*);(.*)$/m, 'const sandbox = $1; /* $2 */');
}

const examples = ['sdk.md', 'quickstart.md', 'simulate.md'].flatMap((page) => blocks(page, 'ts').map((block, number) => ({ page, number: number + 1, ...block })));

test('there are examples', () => {
  expect(examples.length).toBeGreaterThan(7);
});

test.each(examples)('$page, example $number: $under', async ({ page, number, code }) => {
  const file = join(dir, `${page}-${number}.ts`);
  const end = code.includes('await using sandbox') ? '\nawait sandbox.close();\n' : '';
  writeFileSync(file, `${runnable(code)}${end}\nprocess.exit(0);\n`);
  await expect(run(process.execPath, [file], { env, timeout: 15_000 })).resolves.toBeDefined();
});

const inVitest = ['sdk.md', 'simulate.md', 'webhooks.md'].flatMap((page) => blocks(page, 'ts vitest'));
test('the Vitest examples, twice on the same sandbox', async () => {
  const vitest = new URL('../../node_modules/vitest/', import.meta.url);
  for (const [n, { code }] of inVitest.entries()) writeFileSync(join(dir, `example-${n + 1}.test.ts`), runnable(code));
  writeFileSync(join(dir, 'vitest.config.mjs'), `export default { root: ${JSON.stringify(dir)}, test: { include: ['*.test.ts'] }, server: { fs: { strict: false } } };`);
  expect(inVitest.length).toBeGreaterThan(2);
  for (let time = 1; time <= 2; time++) {
    const { stdout } = await run(process.execPath, [new URL('vitest.mjs', vitest).pathname, 'run', '--config', join(dir, 'vitest.config.mjs')], { env, cwd: dir, timeout: 30_000 });
    expect(stdout).toMatch(new RegExp(`Tests[^]*${inVitest.length} passed`));
  }
}, 70_000);

test('sdk.md, the Playwright example', async () => {
  const [{ code } = { code: '' }] = blocks('sdk.md', 'ts playwright');
  const cli = new URL('../../node_modules/@playwright/test/cli.js', import.meta.url).pathname;
  writeFileSync(join(dir, 'example.spec.mts'), runnable(code));
  writeFileSync(join(dir, 'playwright.config.mjs'), `export default { testDir: ${JSON.stringify(dir)}, testMatch: '*.spec.mts', workers: 1, reporter: 'line', outputDir: ${JSON.stringify(join(dir, 'results'))} };`);
  const { stdout } = await run(process.execPath, [cli, 'test', '--config', join(dir, 'playwright.config.mjs')], { env: { ...env, VITEST: '' }, cwd: dir, timeout: 50_000 });
  expect(stdout).toMatch(/1 passed/);
}, 60_000);

const curl = program('curl');
test.skipIf(!curl)('quickstart.md, curl', async () => {
  const answers = [];
  for (const { code } of blocks('quickstart.md', 'sh curl')) answers.push((await run('sh', ['-e', '-c', code], { env, timeout: 15_000 })).stdout);
  expect(JSON.parse(answers.at(-1)!)).toMatchObject({ messages: [{ subject: 'Hello' }] });
});

test.skipIf(!curl)('simulate.md, curl', async () => {
  const answers = [];
  for (const { code } of blocks('simulate.md', 'sh curl')) answers.push(JSON.parse((await run('sh', ['-e', '-c', code], { env, timeout: 15_000 })).stdout));
  const [stream, , summary, delivery, tried] = answers;
  expect(stream).toMatchObject({ name: 'try-out', mode: 'simulate' });
  expect(summary).toMatchObject({ delivered: 1, waiting: 0 });
  expect(delivery.recipients[0].history.map(({ outcome }: { outcome: string }) => outcome)).toEqual(['deferred', 'deferred', 'delivered']);
  expect(tried.verdict).toMatchObject({ class: 'mailbox_full' });
});

test.skipIf(!curl).each(['queue.md', 'events.md', 'webhooks.md'])('%s, curl', async (page) => {
  const all = blocks(page, 'sh curl');
  expect(all.length).toBeGreaterThan(0);
  for (const { code } of all) await expect(run('sh', ['-e', '-c', code], { env, timeout: 15_000 })).resolves.toBeDefined();
});

const python = program('python3');
test.skipIf(!python)('quickstart.md, pytest', async () => {
  const [{ code } = { code: '' }] = blocks('quickstart.md', 'python');
  const calls = [...code.matchAll(/^def (test_\w+)/gm)].map(([, name]) => `${name}()\n`);
  expect(calls.length).toBeGreaterThan(0);
  await expect(run(python!, ['-c', `${code}\n${calls.join('')}`], { env, timeout: 15_000 })).resolves.toBeDefined();
});

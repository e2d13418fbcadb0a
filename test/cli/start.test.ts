/** `postern start` as a process: what it prints, and how it ends. */
import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { dial } from '../support/dialogue.ts';

const SERVER = fileURLToPath(new URL('../../bin/postern.js', import.meta.url));

let dir: string;
let child: ChildProcessByStdio<null, Readable, Readable> | undefined;
beforeEach(() => { dir = mkdtempSync(join(tmpdir(), 'postern-start-')); });
afterEach(() => {
  child?.kill('SIGKILL');
  rmSync(dir, { recursive: true, force: true });
});

async function start(env: Record<string, string> = {}) {
  const one = spawn(process.execPath, [SERVER, 'start'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], POSTERN_SMTP_LISTEN: '127.0.0.1:0', POSTERN_HTTP_LISTEN: '127.0.0.1:0', POSTERN_DATA_DIR: dir, ...env },
  });
  child = one;
  const ended = once(one, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  const said = { out: '', err: '' };
  one.stdout.on('data', (chunk) => { said.out += chunk; });
  one.stderr.on('data', (chunk) => { said.err += chunk; });
  return { one, said, ended };
}
const ready = { timeout: 20_000 };
const smtp = () => (JSON.parse(readFileSync(join(dir, 'postern.json'), 'utf8')) as { smtp: { host: string; port: number } }).smtp;

test('when the reader of its log goes away, Postern goes on taking mail, and ends well', { timeout: 30_000 }, async () => {
  const { one, said, ended } = await start();
  await expect.poll(() => said.out, ready).toContain('Postern is ready.');
  one.stdout.destroy();
  const client = await dial(smtp());
  for (let n = 0; n < 3; n++) expect(await client.message('x\r\n')).toMatch(/^250 2\.6\.0 /);
  client.destroy();
  one.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
  expect(existsSync(join(dir, 'postern.json'))).toBe(false);
});

test('a data folder that no system makes is told, and not tried for ever', { timeout: 30_000 }, async () => {
  const { said, ended } = await start({ POSTERN_DATA_DIR: '/proc/nope/data' });
  expect(await ended).toEqual([64, null]);
  expect(said.err).toMatch(/^postern: dataDir: \/proc\/nope\/data cannot be made \(ENOENT/);
});

test('`postern help VERB` is `postern VERB --help`', { timeout: 30_000 }, () => {
  const run = (...args: string[]) => spawnSync(process.execPath, [SERVER, ...args], { encoding: 'utf8' });
  expect(run('help', 'send').stdout).toMatch(/^postern send /);
  expect(run('help', 'sned')).toMatchObject({ status: 64, stderr: expect.stringContaining('did you mean "send"?') });
  expect(run('help').stdout).toContain('postern VERB --help');
});

test('what the operator can mend is one sentence and exit code 64', { timeout: 30_000 }, async () => {
  const { said, ended } = await start({ POSTERN_TLS_CERT: join(dir, 'none.pem'), POSTERN_TLS_KEY: join(dir, 'none.pem') });
  expect(await ended).toEqual([64, null]);
  expect(said.err).toMatch(/^postern: The TLS key .*none\.pem.* cannot be used: [^\n]+\n$/);
});

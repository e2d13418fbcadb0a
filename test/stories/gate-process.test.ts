/** The gate of a process of its own: the signal that stops delivery, and what is not even loaded while nothing may be delivered. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const MAIN = fileURLToPath(new URL('../../server/main.ts', import.meta.url));

let dir: string;
let children: ChildProcess[] = [];
beforeEach(() => { dir = mkdtempSync(join(tmpdir(), 'postern-gate-')); });
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(dir, { recursive: true, force: true });
});

function start(env: Record<string, string>, flags: string[] = []) {
  const child = spawn(process.execPath, [...flags, MAIN], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], POSTERN_SMTP_LISTEN: '127.0.0.1:0', POSTERN_HTTP_LISTEN: '127.0.0.1:0', POSTERN_DATA_DIR: dir, POSTERN_STREAMS: '', POSTERN_MODE: 'deliver', POSTERN_LOG_FORMAT: 'json', ...env },
  });
  children.push(child);
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk) => { said.out += chunk; });
  child.stderr.on('data', (chunk) => { said.err += chunk; });
  return { child, said, ended: once(child, 'close') };
}
const soon = { timeout: 20_000 };

test('SIGUSR2 stops all delivery and nothing else; who did it is known after a restart', { timeout: 60_000 }, async () => {
  const first = start({ POSTERN_DELIVERY: 'on' });
  await expect.poll(() => first.said.out, soon).toContain('Postern is ready.');
  expect(first.said.out).toContain('  Live   default: mail goes out for real');
  first.child.kill('SIGUSR2');
  await expect.poll(() => first.said.out, soon).toContain('all real delivery is stopped; POST /v1/delivery/start starts it again');
  // It still takes mail.
  const http = /Inbox {2}(\S+)/.exec(first.said.out)![1]!;
  expect((await fetch(`${http}/readyz`)).status).toBe(200);
  first.child.kill('SIGTERM');
  expect(await first.ended).toEqual([0, null]);

  const second = start({ POSTERN_DELIVERY: 'on' });
  await expect.poll(() => second.said.out, soon).toContain('Postern is ready.');
  expect(second.said.out).toContain('  Live   default: real delivery was stopped by signal SIGUSR2; what comes is queued and waits.');
});

test('without POSTERN_DELIVERY the start says that mail waits, and neither the internet side nor what checks SPF is loaded', { timeout: 60_000 }, async () => {
  // Tells every module that is loaded.
  const hook = join(dir, 'hook.mjs');
  writeFileSync(hook, `import { registerHooks } from 'node:module';
    registerHooks({ load(url, context, next) { process.stderr.write('loaded ' + url + '\\n'); return next(url, context); } });`);
  const { said } = start({}, ['--import', hook]);
  await expect.poll(() => said.out, soon).toContain('Postern is ready.');
  expect(said.out).toContain('  Live   default: in mode deliver, but POSTERN_DELIVERY is not on; what comes is queued and waits');
  const http = /Inbox {2}(\S+)/.exec(said.out)![1]!;
  const sent = await fetch(`${http}/v1/streams/default/messages`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ from: 'a@a.test', to: 'b@b.test', subject: 'x', text: 'y' }) });
  expect(sent.status).toBe(202);
  const loaded = said.err.split('\n').filter((line) => line.startsWith('loaded '));
  expect(loaded.length).toBeGreaterThan(100);
  expect(loaded.filter((line) => /mailauth|dns-packet|internet\/(?:dns\/resolver|internet|dial|route)\.ts|preflight\/run|outgoing\/copy/.test(line))).toEqual([]);
});

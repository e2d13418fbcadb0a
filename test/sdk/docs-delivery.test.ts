/**
 * docs/delivery.md, walked through from the top as somebody new would: every
 * command as it is written, against a Postern that delivers for real, to
 * another one that stands for the rest of the world.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { type Config, readConfig } from '../../server/config.ts';
import { blocks } from '../support/pages.ts';
import { program } from '../support/programs.ts';
import { type House, running } from '../support/running.ts';
import { zones } from '../support/zones.ts';

const run = promisify(execFile);
const PAGE = 'delivery.md';
const dir = mkdtempSync(join(tmpdir(), 'postern-live-docs-'));
const ends: (() => unknown)[] = [() => rmSync(dir, { recursive: true })];
afterAll(async () => { for (const end of ends.reverse()) await end(); });

type Recipient = { address: string; state: string; held: { reason: string } | null; original: string[] | null; explanation: { text: string } };
type Answer = { recipients: Recipient[] };

/** `npx postern start --a b` of the page: what it sets, at any free port. */
function started(nth: number, more: Partial<Config>): Partial<Config> {
  const lines = blocks(PAGE, 'sh').map(({ code }) => /^npx postern start (.*)$/m.exec(code)?.[1]).filter((line) => line !== undefined);
  const { smtpListen: _smtp, httpListen: _http, ...said } = readConfig({ args: lines[nth]!.split(' '), env: {} });
  return { ...said, smtpListen: { host: '127.0.0.1', port: 0 }, httpListen: { host: '127.0.0.1', port: 0 }, logLevel: 'silent', ...more };
}

const curl = program('curl');
test.skipIf(!curl)('docs/delivery.md, from the top', async () => {
  const dns = await zones({
    'friends.test': { MX: ['10 mx.friends.test'] }, 'elsewhere.test': { MX: ['10 mx.friends.test'] }, 'mx.friends.test': { A: ['127.0.0.1'] },
    'app.test': { MX: ['10 mail.app.test'] }, 'mail.app.test': { A: ['192.0.2.10'] },
  });
  ends.push(() => dns[Symbol.asyncDispose]());
  const world = await running(started(0, { dataDir: ':memory:' }));
  ends.push(() => world.close());
  const dataDir = join(dir, 'postern-data');
  const house: House = await running(started(1, { dataDir, resolver: [{ host: dns.host, port: dns.port }], deliveryPort: world.smtp.port }));
  ends.push(() => house.close());
  const port = blocks(PAGE, 'sh')[0]!.code.match(/--smtp-listen \S+:(\d+)/)![1]!;

  const env = { ...process.env, NODE_OPTIONS: '', HTTP: house.http, POSTERN_DATA_DIR: dataDir, POSTERN_RESOLVER: dns.address, POSTERN_URL: house.http };
  const shell = (code: string) => run('sh', ['-e', '-c', `npx() { shift; '${process.execPath}' '${new URL('../../bin/postern.js', import.meta.url).pathname}' "$@"; }\n${code.replaceAll(port, String(world.smtp.port))}`], { env, cwd: dir, timeout: 20_000 });
  const delivery = (stream: string) => house.get<Answer>(`/v1/messages/latest/delivery?stream=${stream}`);
  const arrived = async (to: string) => (await fetch(`${world.http}/v1/messages/latest/raw?inbox=${to}`)).text();
  const until = async (stream: string, state: string) => {
    await expect.poll(async () => (await delivery(stream)).recipients.map((one) => one.state), { timeout: 10_000 }).toEqual([state]);
    return (await delivery(stream)).recipients[0]!;
  };

  // As they stand on the page: each must have something to run, and nothing may be left over.
  const all = blocks(PAGE, 'sh curl').map(({ code, under }) => ({ code, under: under.replace(/^\d+\. /, '') }));
  const next = async (under: string) => {
    const block = all.shift();
    expect(block?.under).toBe(under);
    return (await shell(block!.code)).stdout;
  };
  const [newKey, check, ...more] = blocks(PAGE, 'sh cli');
  expect(more).toEqual([]);

  expect((await shell(newKey!.code)).stdout).toContain('r._domainkey.app.test. 3600 IN TXT');
  await next('Rehearse it on one machine');
  const held = (await delivery('shop')).recipients[0]!;
  expect([held.state, held.held?.reason]).toEqual(['held', 'not-allowed']);
  expect(held.explanation.text).toContain(/\*(ann@friends\.test is not[^*]*)\*/.exec(readFileSync(new URL(`../../docs/${PAGE}`, import.meta.url), 'utf8'))![1]);
  await next('Rehearse it on one machine');
  await until('shop', 'delivered');
  const first = await arrived('ann@friends.test');
  expect(first.match(/^DKIM-Signature:/gm)).toHaveLength(2);
  expect(first).toMatch(/^Received: /);

  // The domain is none that is in order: 1, and what to publish.
  const looked = await shell(check!.code).then(() => undefined, (error: { code: number; stdout: string }) => error);
  expect(looked?.code).toBe(1);
  for (const line of ['✗ fail  SPF', 'app.test. IN TXT "v=spf1 ip4:192.0.2.10 ~all"', '_dmarc.app.test. IN TXT "v=DMARC1; p=none; rua=mailto:dmarc@app.test"']) expect(looked?.stdout).toContain(line);

  await next('The first real mail');
  await until('live', 'delivered');
  expect(await arrived('me@friends.test')).toContain('Subject: The first one');

  await next('The whole application, one mailbox');
  const instead = await until('live', 'delivered');
  expect([instead.address, instead.original]).toEqual(['me@friends.test', ['customer@elsewhere.test', 'other@elsewhere.test']]);
  expect(await arrived('me@friends.test')).toMatch(/^X-Postern-Original-To: customer@elsewhere\.test,\s+other@elsewhere\.test/m);

  await next('What comes back');
  await next('Open it step by step');
  await next('Open it step by step');
  await next('Open it step by step');
  expect(await house.get('/v1/delivery?stream=live')).toMatchObject({ streams: [{ live: true, allow: ['*'], intercept: null, canary: null, warmUp: { cap: 50 } }] });
  const watched = await next('Watch it');
  expect(watched).toContain('"judgement":"too-few"');
  await next('Watch it');

  await next('Stop');
  expect(await house.get('/v1/delivery?stream=live')).toMatchObject({ switch: { on: false }, streams: [{ live: false, shut: { why: 'stopped' } }] });
  expect(await next('Stop')).toContain('"by":"ann (api 127.0.0.1)"');
  expect(await house.get('/v1/delivery?stream=live')).toMatchObject({ switch: { on: true }, streams: [{ live: true }] });

  const released = await next('Mail that is in the inbox already');
  expect(JSON.parse(released)).toEqual({ queued: ['me@friends.test'], suppressed: [], waits: null });
  expect(all).toEqual([]);

  const { messages } = (await (await fetch(`${world.http}/v1/messages?inbox=customer@elsewhere.test`)).json()) as { messages: unknown[] };
  expect(messages).toEqual([]);
}, 60_000);

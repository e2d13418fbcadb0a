import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { dkim } from '../../server/cli/dkim.ts';
import { say } from '../support/verbs.ts';
import { keyFolder } from './house.ts';

async function desk() {
  const dir = await keyFolder();
  let now = Date.UTC(2026, 10, 20, 12);
  return {
    dir,
    wait: (ms: number) => { now += ms; },
    say: (line: string) => say((args, io) => dkim(args, io, () => now), line.split(' ').filter(Boolean), { env: { POSTERN_DKIM_DIR: dir } }),
  };
}

test('a key is made, rotated, activated and retired, and each says what comes next', async () => {
  const { say, wait } = await desk();
  const made = await say('new example.test');
  expect(made).toMatchObject({ code: 0, err: '' });
  expect(made.out).toMatch(/^; a pair of keys for example\.test: postern202611 .*\n; It signs from now on\. .*\npostern202611r\._domainkey\.example\.test\. 3600 IN TXT \( "v=DKIM1; k=rsa; .*\npostern202611e\._domainkey\.example\.test\. 3600 IN TXT "v=DKIM1; k=ed25519; .*\n$/);
  wait(60_000);
  expect((await say('rotate example.test')).out).toMatch(/postern dkim activate example\.test postern202611-2`:\npostern202611-2r\._domainkey/);
  expect((await say('list')).out).toBe('example.test  postern202611    active      from 2026-11-20 12:00 UTC\nexample.test  postern202611-2  prepared    made 2026-11-20 12:01 UTC\n');
  expect((await say('activate example.test postern202611-2 --in 2h')).out).toContain('from 2026-11-20 14:01 UTC on');
  wait(2 * 3_600_000);
  expect((await say('list example.test')).out).toMatch(/postern202611 +superseded[^]*postern202611-2 +active/);
  expect((await say('records example.test')).out.trim().split('\n')).toHaveLength(4);
  expect((await say('retire example.test postern202611')).out).toContain('may be taken out of the zone');
  expect((await say('records example.test')).out).not.toContain('postern202611r.');
});

test('programs get JSON without a private key', async () => {
  const { say } = await desk();
  await say('new example.test --selector main');
  const records = JSON.parse((await say('records example.test --json')).out) as { name: string; type: string; value: string }[];
  expect(records.map(({ name, type }) => `${name} ${type}`)).toEqual(['mainr._domainkey.example.test TXT', 'maine._domainkey.example.test TXT']);
  const { out } = await say('list --json');
  expect(JSON.parse(out)).toMatchObject([{ domain: 'example.test', selector: 'main', state: 'active', activeFrom: '2026-11-20T12:00:00.000Z', retiredAt: null, keys: [{ selector: 'mainr', algorithm: 'rsa' }, { selector: 'maine', algorithm: 'ed25519' }] }]);
  expect(out).not.toContain('PRIVATE');
});

test.each([
  ['', 64, 'takes one of new, list, records, rotate, activate, retire'],
  ['rotat example.test', 64, 'did you mean "rotate"?'],
  ['new', 64, 'new takes one domain'],
  ['activate example.test', 64, 'activate takes a domain and a selector'],
  ['new example.test --force', 64, '--force means nothing to new'],
  ['rotate example.test --in soon', 64, '--in must be a duration'],
  ['new localhost', 1, '"localhost" is no domain'],
  ['records example.test', 1, 'has no key: `postern dkim new example.test`'],
  ['retire example.test x', 1, 'has no key'],
])('"%s" ends with %i and a sentence', async (line, code, text) => {
  const { say } = await desk();
  const said = await say(line);
  expect(said.code).toBe(code);
  expect(said.err).toContain(text);
  expect(said.out).toBe('');
});

test('the folder is found as the server finds it', async () => {
  const dir = await keyFolder();
  const found = async (args: string[], env: Record<string, string> = {}) => {
    await say((a, io) => dkim(a, io, () => 0), ['new', 'example.test', ...args], { env });
    return stat(join(dir, 'dkim', 'example.test')).then((it) => it.isDirectory(), () => false);
  };
  expect(await found(['--data-dir', ':memory:'])).toBe(false);
  const config = join(dir, 'postern.yaml');
  await writeFile(config, `dataDir: ${dir}\n`);
  expect(await found(['--config', config], { POSTERN_DATA_DIR: '' })).toBe(true);
  expect((await say(dkim, ['list', '--data-dir', dir])).out).toMatch(/^example\.test/);
  expect((await say(dkim, ['list', '--data-dir', ':memory:'])).err).toContain('--dkim-dir');
});

test('a key that cannot be used is told beside the others', async () => {
  const { dir, say } = await desk();
  await say('new example.test');
  await say('new other.test');
  await writeFile(join(dir, 'other.test', 'postern202611r.pem'), 'rubbish');
  const { code, out, err } = await say('list');
  expect(code).toBe(0);
  expect(out).toMatch(/^example\.test .*\n$/);
  expect(err).toContain('postern202611r.pem holds no private key');
});

test('a folder that can hold no keys is said so, where the system gives no sign of it', async () => {
  const said = await say((args, io) => dkim(args, io, () => 0), ['new', 'example.test'], { env: { POSTERN_DKIM_DIR: '/proc/nope/dkim' } });
  expect(said).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/\/proc\/nope\/dkim\/example\.test cannot be made: ENOENT/) });
});

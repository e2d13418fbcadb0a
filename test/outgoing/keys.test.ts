import { chmod, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { manualClock } from '../../server/clock.ts';
import { OperatorError } from '../../server/operator-error.ts';
import { activate, keyDomain, newPair, retire, rotate } from '../../server/outgoing/keys/changes.ts';
import { readFolder } from '../../server/outgoing/keys/files.ts';
import { createKeyRing } from '../../server/outgoing/keys/ring.ts';
import { recordOf, zoneLine } from '../../server/outgoing/keys/zone.ts';
import { keyFolder } from './house.ts';

const NOW = Date.UTC(2026, 10, 20);
const ANY = { selector: null, parents: true };

async function ring({ every }: { every?: number } = {}) {
  const dir = await keyFolder();
  const clock = manualClock(NOW);
  const heard: string[] = [];
  const keys = createKeyRing({ dir, clock, ...(every === undefined ? {} : { every }), changed: (domain, { selector }, state) => heard.push(`${domain} ${selector} ${state}`) });
  const selectors = async (domain = 'example.test') => {
    const found = await keys.signerFor(domain, ANY);
    return 'held' in found ? found.held.text : found.keys.map(({ selector }) => `${found.domain} ${selector}`);
  };
  return { dir, clock, keys, heard, selectors };
}

test('a pair is three files that only their owner can read, and nothing half-written is left', async () => {
  const { dir } = await ring();
  await newPair(dir, 'Example.TEST.', NOW);
  expect((await readdir(join(dir, 'example.test'))).sort()).toEqual(['postern202611.json', 'postern202611e.pem', 'postern202611r.pem']);
  for (const name of await readdir(join(dir, 'example.test'))) expect((await stat(join(dir, 'example.test', name))).mode & 0o777).toBe(0o600);
  expect((await stat(join(dir, 'example.test'))).mode & 0o777).toBe(0o700);
  const [pair] = (await readFolder(dir, 'example.test')).pairs;
  expect(pair!.keys.map(({ algorithm, privateKey }) => [algorithm, privateKey.asymmetricKeyDetails?.modulusLength])).toEqual([['rsa', 2048], ['ed25519', undefined]]);
});

test('a key is published in strings of at most 255 octets, which make up the record again', async () => {
  const { dir } = await ring();
  await newPair(dir, 'example.test', NOW);
  const [rsa, ed25519] = (await readFolder(dir, 'example.test')).pairs[0]!.keys.map((key) => recordOf('example.test', key));
  const line = zoneLine(rsa!);
  expect(line).toMatch(/^postern202611r\._domainkey\.example\.test\. 3600 IN TXT \( "v=DKIM1; k=rsa; p=[^"]*" "[^"]*" \)$/);
  const strings = [...line.matchAll(/"([^"]*)"/g)].map(([, string]) => string!);
  expect(strings.map(({ length }) => length <= 255)).toEqual([true, true]);
  expect(strings.join('')).toBe(rsa!.value);
  expect(zoneLine(ed25519!)).toMatch(/^postern202611e\._domainkey\.example\.test\. 3600 IN TXT "v=DKIM1; k=ed25519; p=[\w+/]{43}="$/);
});

test('a rotation overlaps: prepared, active, superseded, retired', async () => {
  const { dir, clock, keys, heard } = await ring();
  const states = async () => (await keys.facts('example.test')).keys.filter(({ algorithm }) => algorithm === 'rsa').map(({ pair, state }) => `${pair} ${state}`);
  const at = () => (clock.advance(1_000), clock.now());
  await newPair(dir, 'example.test', at());
  expect(await states()).toEqual(['postern202611 active']);
  await rotate(dir, 'example.test', at());
  expect(await states()).toEqual(['postern202611 active', 'postern202611-2 prepared']);
  await activate(dir, 'example.test', 'postern202611-2', at());
  expect(await states()).toEqual(['postern202611 superseded', 'postern202611-2 active']);
  await retire(dir, 'example.test', 'postern202611', at());
  expect(await states()).toEqual(['postern202611 retired', 'postern202611-2 active']);
  // Taken back into use, as after a rotation that came too early.
  await activate(dir, 'example.test', 'postern202611r', at());
  expect(await states()).toEqual(['postern202611 active', 'postern202611-2 superseded']);
  expect(heard).toEqual([
    'example.test postern202611-2 prepared', 'example.test postern202611 superseded', 'example.test postern202611-2 active',
    'example.test postern202611 retired', 'example.test postern202611 active', 'example.test postern202611-2 superseded',
  ]);
});

test('a pair can be taken into use at a time to come', async () => {
  const { dir, clock, selectors } = await ring();
  await newPair(dir, 'example.test', NOW);
  await rotate(dir, 'example.test', NOW, NOW + 60_000, 'next');
  expect(await selectors()).toEqual(['example.test postern202611r', 'example.test postern202611e']);
  clock.advance(60_000);
  expect(await selectors()).toEqual(['example.test nextr', 'example.test nexte']);
});

test('what would leave a domain without a key, or with too many, is refused with what to do', async () => {
  const { dir } = await ring();
  await expect(rotate(dir, 'example.test', NOW)).rejects.toThrow('`postern dkim new example.test`');
  await newPair(dir, 'example.test', NOW, 'first');
  await expect(newPair(dir, 'example.test', NOW)).rejects.toThrow('has keys already (first): `postern dkim rotate example.test`');
  await expect(retire(dir, 'example.test', 'first', NOW)).rejects.toThrow('first `postern dkim rotate example.test`');
  await expect(activate(dir, 'example.test', 'first', NOW)).rejects.toThrow('already');
  await expect(activate(dir, 'example.test', 'other', NOW)).rejects.toThrow('it has first');
  await rotate(dir, 'example.test', NOW, null, 'second');
  await expect(rotate(dir, 'example.test', NOW)).rejects.toThrow('is made already (second)');
  await expect(retire(dir, 'example.test', 'first', NOW)).rejects.toThrow('`postern dkim activate example.test second`');
  await retire(dir, 'example.test', 'first', NOW, true);
  await expect(retire(dir, 'example.test', 'first', NOW)).rejects.toThrow('retired already');
  for (const domain of ['test', '../etc', 'a/b.test', '', 'x'.repeat(300)]) expect(() => keyDomain(domain)).toThrow(OperatorError);
  await expect(newPair(dir, 'other.test', NOW, '../x')).rejects.toThrow('is no selector');
  expect(keyDomain('bücher.test')).toBe('xn--bcher-kva.test');
});

test('two who make a first key at the same time do not overwrite each other', async () => {
  const { dir, keys } = await ring();
  const made = await Promise.allSettled(Array.from({ length: 4 }, () => newPair(dir, 'example.test', NOW)));
  expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const one of made) if (one.status === 'rejected') expect((one.reason as Error).message).toContain('already');
  const { flaws } = await keys.facts('example.test');
  expect(flaws).toEqual([]);
  expect((await readdir(join(dir, 'example.test'))).filter((name) => name.endsWith('.part'))).toEqual([]);
});

test('a key that others may read is refused until it is not, and the mail of other domains goes on', async () => {
  const { dir, keys, clock, selectors } = await ring();
  await newPair(dir, 'example.test', NOW);
  await newPair(dir, 'other.test', NOW);
  const file = join(dir, 'example.test', 'postern202611r.pem');
  await chmod(file, 0o640);
  expect(await selectors()).toMatch(/postern202611r\.pem can be read or changed by others \(mode 640\): after `chmod 600`/);
  expect((await keys.facts('example.test')).flaws).toHaveLength(1);
  expect(await selectors('other.test')).toHaveLength(2);
  await chmod(file, 0o600);
  clock.advance(1);
  expect(await selectors()).toHaveLength(2);
});

test.each([
  ['no key at all', 'postern202611e.pem', 'rubbish', 'holds no private key'],
  ['the record of something else', 'postern202611.json', '{"domain":"other.test"}', 'does not hold what `postern dkim` writes'],
  ['no JSON', 'postern202611.json', '{', 'does not hold what `postern dkim` writes'],
])('a file with %s is told, with its name', async (_, name, content, text) => {
  const { dir, selectors } = await ring();
  await newPair(dir, 'example.test', NOW);
  await writeFile(join(dir, 'example.test', name), content);
  expect(await selectors()).toContain(text);
});

test('keys of the wrong kind are refused', async () => {
  const { dir, selectors } = await ring();
  await newPair(dir, 'example.test', NOW);
  const folder = join(dir, 'example.test');
  await writeFile(join(folder, 'postern202611r.pem'), await readFile(join(folder, 'postern202611e.pem')));
  expect(await selectors()).toContain('a key of another kind (ed25519, not rsa)');
});

test('a change on disk is noticed within seconds, a first key at once', async () => {
  const { dir, clock, selectors } = await ring({ every: 3_000 });
  expect(await selectors()).toContain('no DKIM key');
  clock.advance(1);
  await newPair(dir, 'example.test', NOW);
  expect(await selectors()).toHaveLength(2);
  await retire(dir, 'example.test', 'postern202611', NOW, true);
  clock.advance(2_000);
  expect(await selectors()).toHaveLength(2);
  clock.advance(1_000);
  expect(await selectors()).toContain('No DKIM key of example.test is in use');
  await rm(join(dir, 'example.test'), { recursive: true });
  clock.advance(3_000);
  expect(await selectors()).toContain('There is no DKIM key');
});

test('a folder that cannot be read holds with the reason, and what is known goes on signing', async () => {
  const { dir, clock, selectors } = await ring();
  await newPair(dir, 'example.test', NOW);
  expect(await selectors()).toHaveLength(2);
  await rm(dir, { recursive: true });
  await mkdir(dir, { mode: 0o700 });
  // Root reads everything, but no loop of links.
  await symlink('loop.test', join(dir, 'loop.test'));
  clock.advance(3_000);
  expect(await selectors()).toHaveLength(2);
  await expect(selectors('other.test')).rejects.toThrow('ELOOP');
});

test('with data in memory there are no keys', async () => {
  const keys = createKeyRing({ dir: null, clock: manualClock(NOW) });
  expect(await keys.signerFor('example.test', ANY)).toMatchObject({ held: { reason: 'unsigned' } });
  expect(await keys.domains()).toEqual([]);
});

test('the nearest domain above that has keys signs, and only where it may', async () => {
  const { dir, keys, selectors } = await ring();
  await newPair(dir, 'example.test', NOW, 'top');
  await newPair(dir, 'eu.example.test', NOW, 'eu');
  expect(await selectors('mail.eu.example.test')).toEqual(['eu.example.test eur', 'eu.example.test eue']);
  expect(await selectors('us.example.test')).toEqual(['example.test topr', 'example.test tope']);
  expect(await selectors('notexample.test')).toContain('There is no DKIM key');
  expect(await keys.signerFor('us.example.test', { selector: null, parents: false })).toHaveProperty('held');
  expect(await keys.domains()).toEqual(['eu.example.test', 'example.test']);
});

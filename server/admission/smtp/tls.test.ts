import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { tlsMaterial } from './tls.ts';

const root = mkdtempSync(join(tmpdir(), 'postern-tls-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const made = { cert: null, key: null, name: 'postern.test' };

test('a made certificate is EC P-256, for its name and localhost, and is in memory only when data is', async () => {
  const material = tlsMaterial({ ...made, dir: null });
  const pair = await material();
  const certificate = new X509Certificate(pair.cert);
  expect(certificate.publicKey.asymmetricKeyDetails).toMatchObject({ namedCurve: 'prime256v1' });
  expect(certificate.checkHost('postern.test')).toBe('postern.test');
  expect(certificate.checkHost('localhost')).toBe('localhost');
  expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
  expect(await material()).toBe(pair);
});

test('a made pair is kept with mode 600 and used again', async () => {
  const dir = join(root, 'kept');
  const first = await tlsMaterial({ ...made, dir })();
  expect(statSync(join(dir, 'smtp-key.pem')).mode & 0o777).toBe(0o600);
  expect(await tlsMaterial({ ...made, dir })()).toEqual(first);
});

test('a kept pair that is broken, for another name, or about to end is made anew', async () => {
  const dir = join(root, 'renewed');
  const first = await tlsMaterial({ ...made, dir })();
  const other = await tlsMaterial({ ...made, name: 'other.test', dir })();
  expect(other).not.toEqual(first);
  writeFileSync(join(dir, 'smtp-cert.pem'), other.cert.slice(0, 300));
  const again = await tlsMaterial({ ...made, name: 'other.test', dir })();
  expect(again).not.toEqual(other);
  const later = await tlsMaterial({ ...made, name: 'other.test', dir, now: () => Date.now() + 10 * 365 * 24 * 3_600_000 })();
  expect(later).not.toEqual(again);
});

test('files of the operator are used, and wrong ones stop the start', async () => {
  const pair = await tlsMaterial({ ...made, dir: null })();
  const cert = join(root, 'cert.pem');
  const key = join(root, 'key.pem');
  writeFileSync(cert, pair.cert);
  writeFileSync(key, pair.key);
  expect(await tlsMaterial({ cert, key, dir: null, name: 'x.test' })()).toEqual(pair);
  expect(() => tlsMaterial({ cert: key, key: cert, dir: null, name: 'x.test' })).toThrow(/cannot be used/);
  expect(() => tlsMaterial({ cert, key: null, dir: null, name: 'x.test' })).toThrow(/go together/);
  expect(() => tlsMaterial({ cert, key: join(root, 'none.pem'), dir: null, name: 'x.test' })).toThrow(/none\.pem/);
});

test('a folder that cannot be made is told, and the next handshake may ask again', async () => {
  const material = tlsMaterial({ ...made, dir: '/proc/nope/tls' });
  await expect(material()).rejects.toThrow(/ENOENT.*\/proc\/nope/);
  await expect(material()).rejects.toThrow(/ENOENT.*\/proc\/nope/);
});

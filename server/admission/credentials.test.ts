import { expect, test } from 'vitest';
import { hashPassword, makePassword, passwordCheck } from './credentials.ts';

test('a password matches its hash and no other', async () => {
  const hash = await hashPassword('ĺetmein');
  expect(hash).toMatch(/^scrypt\$14\$8\$1\$[\w-]{22}\$[\w-]{43}$/);
  expect(hash).not.toContain('etmein');
  const check = passwordCheck();
  expect(await check.verify('ĺetmein', hash)).toBe(true);
  expect(await check.verify('letmein', hash)).toBe(false);
  expect(await check.verify('', hash)).toBe(false);
  expect(await check.verify('x'.repeat(100_000), hash)).toBe(false);
});

test('two hashes of one password differ', async () => {
  expect(await hashPassword('same')).not.toBe(await hashPassword('same'));
});

test('nobody has a password', async () => {
  expect(await passwordCheck().verify('anything', undefined)).toBe(false);
});

test('a login that was right is cheap the next time', async () => {
  const hash = await hashPassword('again');
  const check = passwordCheck();
  await check.verify('again', hash);
  const start = performance.now();
  for (let i = 0; i < 100; i++) expect(await check.verify('again', hash)).toBe(true);
  // A hash takes tens of milliseconds each.
  expect(performance.now() - start).toBeLessThan(500);
});

test('a made password has at least 128 bits of chance and needs no quoting', () => {
  const made = Array.from({ length: 200 }, makePassword);
  expect(new Set(made).size).toBe(200);
  for (const password of made) expect(password).toMatch(/^[A-Za-z0-9]{27}$/);
});

test('a hash of unknown form is an error and not a wrong password', async () => {
  await expect(passwordCheck().verify('x', 'md5$abc')).rejects.toThrow(/unknown form/);
});

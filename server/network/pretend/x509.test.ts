import { createPrivateKey, createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { certify } from './x509.ts';

const keys = () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' }));
  return { key, publicKey: createPublicKey(key) };
};
const root = { name: 'an authority', ...keys() };
const host = keys();
const FROM = Date.UTC(2026, 0, 1);

function made(name: string, from = FROM, to = FROM + 86_400_000): X509Certificate {
  return new X509Certificate(certify({ subject: { name, publicKey: host.publicKey }, issuer: root, from, to, use: 'server' }, root.publicKey));
}

test('a certificate names its host, its signer and its time, and bears the signature', () => {
  const one = made('mx.shop.test');
  expect(one.checkHost('mx.shop.test')).toBe('mx.shop.test');
  expect(one.checkHost('shop.test')).toBeUndefined();
  expect([one.subject, one.issuer, one.ca]).toEqual(['CN=mx.shop.test', 'CN=an authority', false]);
  expect([one.validFromDate.getTime(), one.validToDate.getTime()]).toEqual([FROM, FROM + 86_400_000]);
  expect(one.verify(root.publicKey)).toBe(true);
  expect(one.verify(host.publicKey)).toBe(false);
  expect(one.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
});

test('an authority is one, and signs for those that name it', () => {
  const authority = new X509Certificate(certify({ subject: root, issuer: root, from: FROM, to: Date.UTC(2055, 5, 1), use: 'authority' }, root.publicKey));
  expect(authority.ca).toBe(true);
  expect(authority.validToDate.getUTCFullYear()).toBe(2055);
  expect(made('mx.shop.test').checkIssued(authority)).toBe(true);
});

test('any name makes a certificate that can be read, each with a number of its own', () => {
  const numbers = new Set<string>();
  fc.assert(fc.property(fc.oneof(fc.domain(), fc.string({ minLength: 1, maxLength: 300, unit: 'grapheme' })), (name) => {
    const one = made(name);
    numbers.add(`${name} ${one.serialNumber}`);
    return one.verify(root.publicKey) && !one.serialNumber.startsWith('-');
  }));
  expect(new Set([...numbers].map((one) => one.slice(one.lastIndexOf(' ')))).size).toBe(numbers.size);
});

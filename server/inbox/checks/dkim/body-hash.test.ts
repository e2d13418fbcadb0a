import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bodyHasher, type BodyHashAsk } from './body-hash.ts';

const hashOf = (body: string | Buffer, ask: BodyHashAsk, pieces = 1) => {
  const hasher = bodyHasher(ask);
  const bytes = Buffer.from(body as string, 'latin1');
  const step = Math.max(1, Math.ceil(bytes.length / pieces));
  for (let at = 0; at < bytes.length; at += step) hasher.push(bytes.subarray(at, at + step));
  return hasher.end();
};
const sha256 = (text: string) => createHash('sha256').update(text, 'latin1').digest('base64');
const simple: BodyHashAsk = { canon: 'simple', algorithm: 'sha256' };
const relaxed: BodyHashAsk = { canon: 'relaxed', algorithm: 'sha256' };

test('the sample of RFC 6376 appendix A has its body hash', () => {
  const body = 'Hi.\r\n\r\nWe lost the game. Are you hungry yet?\r\n\r\nJoe.\r\n';
  expect(hashOf(body, simple).hash).toBe('2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=');
});

test('empty bodies have the hashes that RFC 6376 §3.4.3 and §3.4.4 print', () => {
  expect(hashOf('', simple).hash).toBe('frcCV1k9oG9oKj3dpUqdJg1PxRT2RSN/XKdLCPjaYaY=');
  expect(hashOf('', relaxed).hash).toBe('47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=');
  expect(hashOf('', { ...simple, algorithm: 'sha1' }).hash).toBe('uoq1oCgLlTqpdDX/iUbLy7J1Wic=');
  expect(hashOf('', { ...relaxed, algorithm: 'sha1' }).hash).toBe('2jmj7l5rSw0yVb/vlWAYkK/YBwk=');
});

test('the example of RFC 6376 §3.4.5 comes out as printed there', () => {
  const body = ' C \r\nD \t E\r\n\r\n\r\n';
  expect(hashOf(body, relaxed).hash).toBe(sha256(' C\r\nD E\r\n'));
  expect(hashOf(body, simple).hash).toBe(sha256(' C \r\nD \t E\r\n'));
});

test('l= ends the hash early and the whole size is known', () => {
  expect(hashOf('abcdef\r\nmore\r\n', { ...simple, length: 4 })).toEqual({ hash: sha256('abcd'), octets: 14 });
  expect(hashOf('abcdef\r\n', { ...simple, length: 0 }).hash).toBe(sha256(''));
});

/** The two forms over a whole text, said as plainly as the RFC does. */
function canonical(body: string, canon: 'simple' | 'relaxed'): string {
  const lines = body.split('\r\n').map((line) => (canon === 'relaxed' ? line.replace(/[ \t]+/g, ' ').replace(/ $/, '') : line));
  while (lines.length > 0 && lines.at(-1) === '') lines.pop();
  return lines.length === 0 ? (canon === 'simple' ? '\r\n' : '') : `${lines.join('\r\n')}\r\n`;
}

test('in pieces of any size, the hash is that of the canonical body', () => {
  const piece = fc.constantFrom('a', ' ', '\t', '\r\n', '\r', '\n', '\r\n\r\n', ' \r\n', 'é', '.');
  fc.assert(fc.property(fc.array(piece, { maxLength: 40 }), fc.constantFrom('simple' as const, 'relaxed' as const), fc.integer({ min: 1, max: 40 }), (parts, canon, pieces) => {
    const body = parts.join('');
    const text = canonical(body, canon);
    expect(hashOf(body, { canon, algorithm: 'sha256' }, pieces)).toEqual({ hash: sha256(text), octets: Buffer.byteLength(text, 'latin1') });
  }), { numRuns: 2_000 });
});

test('millions of empty lines cost no memory and do not count', () => {
  const hasher = bodyHasher(simple);
  hasher.push(Buffer.from('a\r\n'));
  const empty = Buffer.from('\r\n'.repeat(32_768));
  for (let i = 0; i < 64; i++) hasher.push(empty);
  expect(hasher.end()).toEqual({ hash: sha256('a\r\n'), octets: 3 });
});

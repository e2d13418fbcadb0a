import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bodyHash } from './body-hash.ts';

/** RFC 6376 §3.4.4, over the whole body at once. */
function reference(body: string): string {
  let relaxed = body.replace(/[ \t]+/g, ' ').replace(/ (?=\r\n)/g, '').replace(/ $/, '').replace(/(?:\r\n)+$/, '');
  if (relaxed !== '') relaxed += '\r\n';
  return createHash('sha256').update(relaxed, 'latin1').digest('base64');
}

function hashed(...chunks: string[]): string {
  const hash = bodyHash();
  for (const chunk of chunks) hash.push(Buffer.from(chunk, 'latin1'));
  return hash.digest();
}

test('the example of RFC 6376 §3.4.5 and the empty body', () => {
  expect(hashed(' C \r\nD \t E\r\n\r\n\r\n')).toBe(createHash('sha256').update(' C\r\nD E\r\n').digest('base64'));
  expect(hashed()).toBe('47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=');
  expect(hashed('\r\n\r\n \r\n')).toBe('47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=');
});

test('wherever a body is cut, its hash is that of the whole', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '\t', '\r\n', '\r\n', '\xe9', '\0'), maxLength: 80 });
  fc.assert(fc.property(text, fc.array(fc.nat(120), { maxLength: 10 }), (body, cuts) => {
    const at = [0, ...cuts.map((cut) => Math.min(cut, body.length)).sort((a, b) => a - b), body.length];
    expect(hashed(...at.slice(1).map((to, i) => body.slice(at[i], to)))).toBe(reference(body));
  }), { numRuns: 2_000 });
});

test('a hundred thousand empty lines count when something follows, over a chunk border or not', () => {
  const lines = '\r\n'.repeat(100_000);
  const whole = createHash('sha256').update(`a${lines}b\r\n`).digest('base64');
  expect(hashed('a', lines, 'b')).toBe(whole);
  expect(hashed(`a${lines}b`)).toBe(whole);
  expect(hashed('a', lines.slice(0, 8191), lines.slice(8191), '\r', '\n')).toBe(reference('a\r\n'));
});

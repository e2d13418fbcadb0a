import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { taking } from './taking.ts';

const sha256 = (octets: Uint8Array | string) => createHash('sha256').update(octets).digest('hex');
const piece = fc.constantFrom('\r\n', '\r', '\n', '.', '..', '\r\n.', '\r\n..', 'x', 'text', '\r\r\n', '.\r');

test('what was stuffed comes out as it was, wherever the octets were cut, and not one octet of what follows is taken', () => {
  fc.assert(fc.property(fc.array(piece, { maxLength: 30 }), fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }), (pieces, cuts) => {
    const message = `${pieces.join('')}\r\n`;
    const stuffed = Buffer.from(`${message.replace(/(^|\r\n)\./g, '$1..')}.\r\nQUIT\r\n`);
    const before = sha256(stuffed);
    const body = taking();
    let at = 0;
    for (let n = 0; at < stuffed.length; n++) {
      const chunk = stuffed.subarray(at, at + cuts[n % cuts.length]!);
      const end = body.take(chunk);
      if (end >= 0) {
        expect(stuffed.subarray(at + end).toString()).toBe('QUIT\r\n');
        break;
      }
      at += chunk.length;
    }
    expect(body.size).toBe(message.length);
    expect(body.head().toString()).toBe(message);
    expect(body.digest()).toBe(sha256(message));
    expect(sha256(stuffed)).toBe(before);
  }));
});

test('the first 64 KB are kept of a message of any length', () => {
  const body = taking();
  const chunk = Buffer.alloc(10_000, 'x');
  for (let n = 0; n < 100; n++) body.take(chunk);
  expect([body.size, body.head().length, body.headFull]).toEqual([1_000_000, 65_536, true]);
});

test.each([
  ['Message-ID: <a@b.test>\r\n\r\n', 'a@b.test'],
  ['Subject: x\r\nmessage-id:\r\n <folded@b.test>\r\n\r\n', 'folded@b.test'],
  ['Subject: x\r\n\r\nMessage-ID: <body@b.test>\r\n', ''],
  ['X-Message-ID: <other@b.test>\r\n\r\n', ''],
])('the Message-ID of %j is %j', (text, wanted) => {
  const body = taking();
  body.take(Buffer.from(text));
  expect(body.messageId()).toBe(wanted);
});

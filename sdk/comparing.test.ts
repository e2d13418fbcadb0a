import fc from 'fast-check';
import { expect, test } from 'vitest';
import { comparable as ofServer } from '../server/inbox/words.ts';
import { comparable, sameAddress } from './comparing.ts';

test('texts are compared as the server compares a subject', () => {
  expect(comparable('Cafe\u0301 ZOE\u0308')).toBe('café zoë');
  expect(() => fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => comparable(text) === ofServer(text)))).not.toThrow();
});

test('an address is the same in any case, in either form of its letters, and in angle brackets', () => {
  expect(sameAddress('Zoe\u0308@Shop.test', 'zoë@shop.test')).toBe(true);
  expect(sameAddress('<root>', 'Root')).toBe(true);
  expect(sameAddress('root', 'root@shop.test')).toBe(false);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nearest as ofServer } from '../server/nearest.ts';
import { meant } from './nearest.ts';

test.each([
  ['mailbox_fll', '; did you mean mailbox_full?'],
  ['TSL', '; did you mean tls?'],
  ['quite other', ''],
  ['', ''],
  ['no', ''],
])('what is meant by %j', (said, sentence) => {
  expect(meant(said, ['mailbox_full', 'tls', 'policy', '1', '0'])).toBe(sentence);
});

test('the server names the same word', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '_', 'é', 'A'), maxLength: 12 });
  expect(() => fc.assert(fc.property(word, fc.array(word, { maxLength: 6 }), (said, known) => meant(said, known) === ofServer(said, known, '; did you mean %?')))).not.toThrow();
});

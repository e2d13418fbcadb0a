import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cursorOf, seqOf } from './cursor.ts';

test('a cursor comes back as the place it was made of', () => {
  fc.assert(fc.property(fc.nat(), (seq) => { expect(seqOf(cursorOf(seq))).toBe(seq); }));
});

test('what is no cursor is not read as one', () => {
  for (const text of ['', '0', 'm', 'm-1', 'M1', 'm01', 'm1 ', 'mzzzzzzzzzzz', '12']) expect(seqOf(text)).toBeUndefined();
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lineEnds } from './line-ends.ts';

function mended(...chunks: string[]): string {
  const ends = lineEnds();
  return [...chunks.map((chunk) => ends.push(Buffer.from(chunk, 'latin1')).toString('latin1')), ends.end().toString('latin1')].join('');
}

test('each kind of line end becomes CR LF, and the last line gets one', () => {
  expect(mended('a\nb\rc\r\nd')).toBe('a\r\nb\r\nc\r\nd\r\n');
  expect(mended('a\r\r\nb')).toBe('a\r\nb\r\n');
  expect(mended('a\r')).toBe('a\r\n');
  expect(mended('\r\r\r\n')).toBe('\r\n\r\n');
  expect(mended('')).toBe('');
  expect(mended('\n\n')).toBe('\r\n\r\n');
});

test('a message within a message cannot be smuggled: no dot stands alone but between line ends of ours', () => {
  expect(mended('a\n.\nMAIL FROM:<x@y.test>')).toBe('a\r\n.\r\nMAIL FROM:<x@y.test>\r\n');
  expect(mended('a\r.\r', '\nb')).toBe('a\r\n.\r\nb\r\n');
});

test('a chunk that is right already is not copied', () => {
  const chunk = Buffer.from('a\r\nb');
  expect(lineEnds().push(chunk)).toBe(chunk);
});

const text = fc.string({ unit: fc.constantFrom('a', ' ', '.', '\r', '\n', '\r\n', '\0', '\xe9'), maxLength: 60 });

test('wherever the chunks are cut the result is the same, has no bare CR or LF, ends with a line end, and stays as it is', () => {
  fc.assert(fc.property(text, fc.array(fc.nat(60), { maxLength: 8 }), (whole, cuts) => {
    const at = [0, ...cuts.map((cut) => Math.min(cut, whole.length)).sort((a, b) => a - b), whole.length];
    const once = mended(whole);
    expect(mended(...at.slice(1).map((to, i) => whole.slice(at[i], to)))).toBe(once);
    expect(once).toMatch(/^(?:[^\r\n]*\r\n)*$/);
    expect(mended(once)).toBe(once);
    expect(once.replace(/\r\n/g, '')).toBe(whole.replace(/[\r\n]/g, ''));
  }));
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readSource, sourceText, tokens } from './source.ts';

const MAIL = 'From: Ann <a@x.test>\r\nContent-Type: multipart/mixed;\r\n boundary="b=1"\r\n\r\npreamble\r\n--b=1\r\nContent-Transfer-Encoding: base64\r\n\r\nQUJD\r\n--b=1\r\nContent-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\n<b>text</b>\r\n--b=1--\r\nepilogue\r\n';

test('header, folds, boundaries, base64 and a message within are told apart', async () => {
  const source = await readSource(MAIL);
  expect(Array.from({ length: source.rows }, (_, i) => source.row(i).kind)).toEqual([
    'field', 'field', 'folded', 'blank', 'text', 'boundary', 'field', 'blank', 'base64', 'boundary', 'field', 'blank', 'field', 'blank', 'text', 'boundary', 'text',
  ]);
  expect(source.lines).toBe(17);
  expect(source.bareLf).toBe(0);
});

test('the rows hold the text, whatever it is, and their tokens hold the rows', async () => {
  await fc.assert(fc.asyncProperty(fc.array(fc.oneof(fc.string(), fc.constantFrom('\r\n', '\n', '\r', 'A: b', '--x', 'Content-Type: multipart/mixed; boundary=x', 'y'.repeat(2_500))), { maxLength: 20 }), async (pieces) => {
    const text = pieces.join('');
    const source = await readSource(text);
    let whole = '';
    for (let i = 0; i < source.rows; i++) {
      const row = source.row(i);
      whole += row.text;
      expect(tokens(row.text, row.kind).map((token) => token.text).join('')).toBe(row.text);
      expect(row.text.length).toBeLessThanOrEqual(1_000);
    }
    const noEnds = (one: string) => one.replace(/\r?\n/g, '');
    expect(noEnds(whole)).toBe(noEnds(text));
  }));
});

test('a search goes forward and back, and round', async () => {
  const source = await readSource('a: one\r\n\r\ntwo\r\nTWO\r\nthree\r\n');
  expect(source.find('two', 0)).toBe(2);
  expect(source.find('two', 3)).toBe(3);
  expect(source.find('two', 4)).toBe(2);
  expect(source.find('two', 3, true)).toBe(2);
  expect(source.find('two', 2, true)).toBe(3);
  expect(source.find('t.o', 0)).toBe(-1);
});

test('10 MB are read in well under a second, in slices', async () => {
  const text = `Content-Transfer-Encoding: base64\r\n\r\n${`${'QUJD'.repeat(19)}\r\n`.repeat(135_000)}`;
  let breaths = 0;
  const begun = performance.now();
  const source = await readSource(text, async () => void breaths++);
  expect(performance.now() - begun).toBeLessThan(1_500);
  expect(source.rows).toBe(135_002);
  expect(breaths).toBeGreaterThan(1);
});

test('octets that are no UTF-8 are shown one by one', () => {
  expect(sourceText(new TextEncoder().encode('blå').buffer)).toBe('blå');
  expect(sourceText(new Uint8Array([0x62, 0x6c, 0xe5]).buffer)).toBe('blå');
});

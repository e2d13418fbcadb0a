import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csvLine, parseCsv } from './csv.ts';

test('what is written is read again, whatever stands in a cell', () => {
  // A record of one empty cell is an empty line, which is no record.
  const record = fc.array(fc.string({ unit: 'grapheme' }), { minLength: 2, maxLength: 5 });
  fc.assert(fc.property(fc.array(record, { maxLength: 6 }), (records) => {
    const read = parseCsv(records.map(csvLine).join(''));
    expect(Array.isArray(read) && read.map(({ cells }) => cells)).toEqual(records);
  }), { examples: [[[['a\nb', ' x ']]], [[['a\r', '']]], [[['"', ',']]]] });
});

test('nothing that is read makes it throw, and lines are counted', () => {
  fc.assert(fc.property(fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', 'a', '\ufeff') }), (text) => {
    const read = parseCsv(text);
    const lines = text.split('\n').length;
    for (const { line } of Array.isArray(read) ? read : [read]) expect(line >= 1 && line <= lines).toBe(true);
  }));
});

test('each record has the line on which it begins', () => {
  expect(parseCsv('a,b\n\n"x\ny",2\r\nlast')).toEqual([
    { line: 1, cells: ['a', 'b'] }, { line: 3, cells: ['x\ny', '2'] }, { line: 5, cells: ['last'] },
  ]);
});

test('a quote that is never closed, or is followed by something, is a fault', () => {
  expect(parseCsv('a\n"b')).toEqual({ line: 2, message: 'a quote is opened and never closed' });
  expect(parseCsv('"a"b')).toEqual({ line: 1, message: 'something stands behind a closing quote' });
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseJson } from './json.ts';

test('whatever can be said in JSON is read as JSON.parse reads it', () => {
  fc.assert(fc.property(fc.jsonValue({ maxDepth: 8, stringUnit: 'binary' }), fc.constantFrom(undefined, 1), (value, indent) => {
    const text = JSON.stringify(value, null, indent);
    expect(parseJson(Buffer.from(text))).toEqual({ value: JSON.parse(text) as unknown });
  }));
});

test('brackets, commas and quotes inside a text are not counted', () => {
  for (const text of ['['.repeat(1_000), ','.repeat(1_100_000), '\\"'.repeat(1_000), '\\\\'.repeat(1_001), '\u{1F600}', '\\ud83d\\ude00']) {
    expect(parseJson(Buffer.from(`{"a":"${text}","b":[1]}`))).toEqual({ value: JSON.parse(`{"a":"${text}","b":[1]}`) as unknown });
  }
});

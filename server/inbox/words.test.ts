import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fold, headerPhrase, headerWords } from './words.ts';

test('case, marks and compatibility forms make no difference to a word', () => {
  expect(fold('Café CAFÉ cafe\u0301 ｃａｆｅ')).toEqual(['cafe', 'cafe', 'cafe', 'cafe']);
  expect(fold('Straße STRASSE')).toEqual(['strasse', 'strasse']);
  expect(fold('ΣΊΣΥΦΟΣ σίσυφος')).toEqual(['σισυφοσ', 'σισυφοσ']);
});

test('addresses and punctuation are split into words', () => {
  expect(fold('Ann.O\'Neil+news@mail.example.test, No. 12-34')).toEqual(['ann', 'o', 'neil', 'news', 'mail', 'example', 'test', 'no', '12', '34']);
});

test('a text without spaces gives one word per character, so a part of it is a phrase', () => {
  expect(fold('確認コードは1234です')).toEqual([...['確', '認', 'コ', 'ー', 'ト\u3099', 'は'], '1234', ...['て\u3099', 'す']]);
  expect(fold('用户Ann你好').join(' ')).toContain('ann 你 好');
});

test('vowel signs of Indic scripts are part of the word', () => {
  expect(fold('नमस्ते दुनिया')).toHaveLength(2);
});

test('folding twice changes nothing, and a word never holds a space or ASCII punctuation', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => {
    const words = fold(text);
    expect(fold(words.join(' '))).toEqual(words);
    for (const word of words) expect(word).toMatch(/^[^\0-\x2f\x3a-\x60\x7b-\x7f]+$/);
  }), { numRuns: 1000 });
});

test('the words of a phrase are found in the field of that name and in no other', () => {
  const words = headerWords([{ name: 'X-Order', value: 'Blue Chair 42' }, { name: 'X-Order-Id', value: '42' }, { name: 'Subject', value: 'chair' }]).join(' ');
  const holds = (name: string, value?: string) => ` ${words} `.includes(` ${headerPhrase(name, value).join(' ')} `);
  expect(holds('x-order')).toBe(true);
  expect(holds('X-ORDER', 'chair 42')).toBe(true);
  expect(holds('X-Order', 'blue 42')).toBe(false);
  expect(holds('X-Order-Id', 'chair')).toBe(false);
  expect(holds('X')).toBe(false);
  expect(holds('Subject', '42')).toBe(false);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OPERATOR_NAMES } from '../../server/inbox/search.ts';
import { accept, OPERATORS, suggest, wordAt } from './search.ts';

const nothing = { tags: [], inboxes: [] };

test('the operators offered are those that the server knows', () => {
  expect(OPERATORS.map(({ name }) => name).sort()).toEqual(OPERATOR_NAMES.filter((name) => name !== 'since').sort());
});

test('the word at the caret ends at spaces, but not at those within quotes', () => {
  expect(wordAt('from:a subject:"your inv', 24)).toEqual({ from: 7, to: 24, text: 'subject:"your inv' });
  expect(wordAt('is:un has:link', 5)).toEqual({ from: 0, to: 5, text: 'is:un' });
  expect(wordAt('', 0)).toEqual({ from: 0, to: 0, text: '' });
});

test('an operator half written is offered whole, and its values behind the colon', () => {
  expect(suggest('su', nothing).map(({ insert }) => insert)).toEqual(['subject:']);
  expect(suggest('-ha', nothing).map(({ insert }) => insert)).toEqual(['-has:']);
  expect(suggest('is:un', nothing).map(({ insert }) => insert)).toEqual(['is:unread']);
  expect(suggest('tag:', { ...nothing, tags: [{ tag: 'two words', messages: 1 }] })[0]).toMatchObject({ insert: 'tag:"two words"', means: '1 message' });
  expect(suggest('to:b', { ...nothing, inboxes: [{ address: 'ben@x.test', messages: 2 }] }).map(({ insert }) => insert)).toEqual(['to:ben@x.test']);
});

test('a suggestion takes the place of the word and leaves the rest', () => {
  const word = wordAt('is:unread ha rest', 12);
  expect(accept('is:unread ha rest', word, suggest('ha', nothing)[0]!)).toEqual({ text: 'is:unread has: rest', caret: 14 });
  expect(accept('is:', wordAt('is:', 3), suggest('is:', nothing)[0]!)).toEqual({ text: 'is:unread ', caret: 10 });
});

test('whatever is typed, wherever the caret is, help does not get in the way', () => {
  fc.assert(fc.property(fc.string(), fc.nat(), (text, n) => {
    const caret = n % (text.length + 1);
    const word = wordAt(text, caret);
    expect(word.from).toBeLessThanOrEqual(caret);
    expect(word.to).toBeGreaterThanOrEqual(caret);
    for (const offer of suggest(word.text, nothing)) expect(accept(text, word, offer).text).toContain(offer.insert);
  }));
});

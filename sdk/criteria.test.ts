import { expect, test } from 'vitest';
import { createApi } from './api.ts';
import { compile, type Criteria } from './criteria.ts';
import { ReceivedMessage } from './message.ts';
import { detail } from '../test/support/detail.ts';
import { createWire } from './wire.ts';

const message = (facts: Parameters<typeof detail>[0] = {}) => new ReceivedMessage(createApi(createWire({ url: 'http://postern.invalid' })), detail(facts));

test('what the server can decide goes to the server, and nothing is left to decide here', () => {
  const { query, judge } = compile({ subject: 'Reset', from: 'shop@app.test', to: '*@shop.test', tag: 'money', q: 'has:link', after: 'm7' }, { inbox: 'ann@shop.test' });
  expect(query).toEqual({ inbox: 'ann@shop.test', subject: 'Reset', from: 'shop@app.test', to: '*@shop.test', tag: 'money', q: 'has:link', after: 'm7' });
  expect(judge).toBeUndefined();
});

test('a text or a pattern alone looks at the subject', () => {
  expect(compile('Reset').query).toEqual({ subject: 'Reset' });
  expect(compile(/reset/i).judge!(message())).toEqual([]);
});

test('a pattern stays here and says how a message differs', () => {
  const { query, judge } = compile({ subject: /^Verify/, to: /@shop\.test$/ });
  expect(query).toEqual({});
  expect(judge!(message())).toEqual([{ field: 'subject', wanted: '/^Verify/', got: 'Reset your password' }]);
});

test('a text is looked for across line breaks and in any case', () => {
  expect(compile({ text: 'ann, FOLLOW' }).judge!(message())).toEqual([]);
  expect(compile({ text: 'ann, leave' }).judge!(message())).toMatchObject([{ field: 'text', got: 'Hello Ann, follow the link.' }]);
});

test('letters with a mark are the same in one character or two, as they are for the server', () => {
  const nfd = message({ text: 'Cafe\u0301 de la Gare', html: '<b>Zoe\u0308</b>', headers: [{ name: 'X-Place', value: 'Cafe\u0301' }] });
  expect(compile({ text: 'CAFÉ de', html: 'zoë', headers: { 'x-place': 'café' } }).judge!(nfd)).toEqual([]);
  expect(compile({ text: 'Cafe\u0301' }).judge!(message({ text: 'Café' }))).toEqual([]);
  expect(compile({ text: 'Cafe de' }).judge!(nfd)).toMatchObject([{ field: 'text' }]);
});

test('header fields are compared whole, or by a pattern', () => {
  expect(compile({ headers: { 'x-campaign': 'Spring' } }).judge!(message())).toEqual([]);
  expect(compile({ headers: { 'x-campaign': 'Spr' } }).judge!(message())).toEqual([{ field: 'x-campaign', wanted: '"Spr"', got: 'spring' }]);
  expect(compile({ headers: { 'x-none': /./ } }).judge!(message())).toEqual([{ field: 'x-none', wanted: '/./', got: '(none)' }]);
});

test('a function that throws is a message that does not fit, and the error is told', () => {
  expect(compile({ where: (one) => one.code === '1' }).judge!(message())).toMatchObject([{ field: 'where', got: expect.stringMatching(/^threw No one-time code/) }]);
});

test('a message can be what to look after', () => {
  expect(compile({ after: message({ cursor: 'm42' }) }).query).toEqual({ after: 'm42' });
  expect(compile({ after: undefined }).query).toEqual({});
});

test('a criterion that is missing by accident is an error, not "anything"', () => {
  expect(() => compile({ to: undefined as unknown as string })).toThrow(/`to` is undefined: leave it out/);
  expect(() => compile({ subject: '' })).toThrow(/`subject` is empty/);
  expect(() => compile({ sujbect: 'x' } as object)).toThrow(/^A wait knows no `sujbect`; it knows subject, from, .*; did you mean subject\?$/);
});

test.each<[unknown, string | RegExp]>([
  [5, /^What is waited for is a text or a pattern of the subject, or an object like \{ subject: 'Welcome'.* It was given 5$/],
  [null, /It was given null$/],
  [['Welcome'], /It was given \["Welcome"\]$/],
  [() => true, 'A function alone is no criterion; say { where: (message) => … }'],
  [{ subject: 5 }, '`subject` must be a text or a pattern (/…/); it is 5'],
  [{ from: ['a@b.test'] }, '`from` must be a text or a pattern (/…/); it is ["a@b.test"]'],
  [{ q: /x/ }, '`q` must be a text; it is /x/'],
  [{ where: 'x' }, '`where` must be a function of the message; it is "x"'],
  [{ headers: { 'x-a': 1 } }, '`headers` must give \'x-a\' a text or a pattern; it is 1'],
  [{ headers: 'x-a' }, '`headers` must be an object'],
  [{ headers: {} }, '`headers` must be an object that names'], [{ headers: new Map([['x-none', '1']]) }, '`headers` must be an object that names'],
  [{ after: null }, '`after` is null'],
  [{ after: 7 }, '`after` must be a mark (`await inbox.mark()`) or a message; it is 7'],
  [{ timeout: 100 }, 'A wait knows no `timeout`: it is an option and stands apart, waitFor({ … }, { timeout })'],
])('what would look at any message, or at none, is an error (%j)', (wanted, sentence) => {
  expect(() => compile(wanted as Criteria)).toThrow(sentence);
});

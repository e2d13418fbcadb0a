import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Filter } from './filter.ts';
import { OPERATOR_NAMES, parseSearch } from './search.ts';

const now = Date.UTC(2026, 4, 20, 15, 30);
const filterOf = (text: string, timeZone?: string): Filter => {
  const result = parseSearch(text, { now, ...(timeZone ? { timeZone } : {}) });
  if (result.fault) throw new Error(`${text}: ${result.fault.message}`);
  return result.filter;
};
const faultOf = (text: string) => parseSearch(text, { now }).fault;

test('words that stand side by side must all be there; a bare word is the beginning of one', () => {
  expect(filterOf('reset pass')).toEqual({ kind: 'and', all: [{ kind: 'text', words: ['reset'], whole: false }, { kind: 'text', words: ['pass'], whole: false }] });
  expect(filterOf('"Reset your"')).toEqual({ kind: 'text', words: ['reset', 'your'], whole: true });
  expect(filterOf('')).toEqual({ kind: 'and', all: [] });
});

test('each operator is read into its term', () => {
  const cases: [string, Filter][] = [
    ['to:ann@example.test', { kind: 'to', address: 'ann@example.test' }],
    ['FROM:<ann@example.test>', { kind: 'from', address: 'ann@example.test' }],
    ['from:<>', { kind: 'from', address: '' }],
    ['cc:*@example.test', { kind: 'cc', address: '*@example.test' }],
    ['bcc:ann*', { kind: 'bcc', address: 'ann*' }],
    ['inbox:ann@example.test', { kind: 'inbox', address: 'ann@example.test' }],
    ['subject:"reset your"', { kind: 'subject', contains: 'reset your' }],
    ['header:X-Order', { kind: 'header', name: 'X-Order' }],
    ['header:x-order="blue chair"', { kind: 'header', name: 'x-order', value: 'blue chair' }],
    ['message-id:<1@example.test>', { kind: 'message-id', id: '1@example.test' }],
    ['tag:welcome', { kind: 'tag', tag: 'welcome' }],
    ['has:attachments', { kind: 'has', what: 'attachment' }],
    ['is:unread', { kind: 'read', read: false }],
    ['is:broken', { kind: 'parse-failed' }],
    ['before:2026-05-01', { kind: 'before', at: Date.UTC(2026, 4, 1) }],
    ['after:2h', { kind: 'since', at: now - 7_200_000 }],
    ['after:yesterday', { kind: 'since', at: Date.UTC(2026, 4, 19) }],
    ['larger:10k', { kind: 'larger', than: 10_240 }],
    ['smaller:2.5M', { kind: 'smaller', than: 2_621_440 }],
  ];
  for (const [text, filter] of cases) expect([text, filterOf(text)]).toEqual([text, filter]);
});

test('half an address is a name in any domain, a domain, or the address that has none; in angle brackets it is whole', () => {
  expect(filterOf('from:shop')).toEqual({ kind: 'or', any: [{ kind: 'from', address: 'shop' }, { kind: 'from', address: 'shop@*' }, { kind: 'from', address: '*@shop' }] });
  expect(filterOf('inbox:<root>')).toEqual({ kind: 'inbox', address: 'root' });
  expect(filterOf('-to:shop.test')).toMatchObject({ kind: 'not', not: { kind: 'or' } });
});

test('a colon between a field and its value is a fault that says what to write', () => {
  expect(faultOf('x header:x-mailer:foo')).toMatchObject({ at: 2, message: expect.stringContaining('write header:x-mailer=foo') });
  expect(faultOf('header:"x-mailer:foo bar"')?.message).toContain('write header:x-mailer="foo bar"');
  expect(faultOf('header:x-mailer:a=b')?.message).toContain('write header:x-mailer=a=b');
  expect(faultOf('header::x')?.message).toContain('needs the name');
  expect(filterOf('header:x-link=https://x.test')).toEqual({ kind: 'header', name: 'x-link', value: 'https://x.test' });
  expect(filterOf('header:Subject:')).toEqual({ kind: 'header', name: 'Subject' });
});

test('minus, OR and parentheses combine', () => {
  expect(filterOf('-is:read (tag:a OR tag:b) x')).toEqual({ kind: 'and', all: [
    { kind: 'not', not: { kind: 'read', read: true } },
    { kind: 'or', any: [{ kind: 'tag', tag: 'a' }, { kind: 'tag', tag: 'b' }] },
    { kind: 'text', words: ['x'], whole: false },
  ] });
  expect(filterOf('a b OR c')).toMatchObject({ kind: 'or', any: [{ kind: 'and' }, { kind: 'text' }] });
});

test('a day begins at midnight of the time zone', () => {
  expect(filterOf('after:today', 'Asia/Tokyo')).toEqual({ kind: 'since', at: Date.UTC(2026, 4, 20, 15) });
  expect(filterOf('after:2026-05-20', 'America/New_York')).toEqual({ kind: 'since', at: Date.UTC(2026, 4, 20, 4) });
  expect(filterOf('after:2026-05-20T10:00Z', 'America/New_York')).toEqual({ kind: 'since', at: Date.UTC(2026, 4, 20, 10) });
});

test('an unknown operator is a fault that names the nearest one', () => {
  expect(faultOf('x form:ann')).toMatchObject({ at: 2, near: 'from:' });
  expect(faultOf('subjct:hello')).toMatchObject({ near: 'subject:' });
  expect(faultOf('sender:ann')).toMatchObject({ near: 'from:' });
  expect(faultOf('has:atachment')).toMatchObject({ near: 'has:attachment' });
  expect(faultOf('before:31.01.2026')?.message).toContain('2026-01-31');
  expect(faultOf('constructor:x')?.message).toContain('no operator');
});

test('what is no operator is text: a URL, a time, the Re: of a subject', () => {
  expect(filterOf('https://example.test/a')).toEqual({ kind: 'text', words: ['https', 'example', 'test', 'a'], whole: false });
  expect(filterOf('12:30')).toEqual({ kind: 'text', words: ['12', '30'], whole: false });
  expect(filterOf('Re: hello')).toMatchObject({ kind: 'and', all: [{ words: ['re'] }, { words: ['hello'] }] });
});

test('a quote that is never closed is a fault at its place, not a phrase of all that follows', () => {
  for (const [text, at] of [['"your invoice', 0], ['from:ann "your -tag:done', 9], ['subject:"a b', 8], ['header:x-a="b c', 11], ['(chair OR "inv) x', 10], ['12" screen', 2], ['"ends in a quote\\"', 0], ['"', 0]] as const) {
    expect([text, faultOf(text)]).toEqual([text, { at, message: 'This quote is never closed; within quotes, \\" is a quote itself' }]);
  }
  expect(filterOf('subject:"12\\" screen"')).toEqual({ kind: 'subject', contains: '12" screen' });
  expect(filterOf("ann's chair")).toMatchObject({ kind: 'and', all: [{ words: ['ann', 's'] }, { words: ['chair'] }] });
});

test('a search that would silently find everything is a fault', () => {
  for (const text of ['!!!', 'OR', 'a OR', '()', '-', 'to:', '(a', '(', 'subject:', '- a OR']) expect([text, faultOf(text)?.message]).not.toEqual([text, undefined]);
  expect(filterOf('hello , you')).toMatchObject({ kind: 'and', all: [{ words: ['hello'] }, { words: ['you'] }] });
});

test('whatever is typed gives a filter or a fault inside the text, and never an exception', () => {
  const piece = fc.oneof(fc.constantFrom(...OPERATOR_NAMES.map((name) => `${name}:`), '"', '-', '(', ')', ' ', 'OR', '*', '2h', '10k', '=', '\\', '<>'), fc.string({ unit: 'binary', maxLength: 6 }));
  fc.assert(fc.property(fc.array(piece, { maxLength: 20 }).map((all) => all.join('')), (text) => {
    const { fault, filter } = parseSearch(text, { now });
    expect(fault === undefined).toBe(filter !== undefined);
    expect(fault?.at ?? 0).toSatisfy((at: number) => at >= 0 && at <= text.length);
  }), { numRuns: 2000 });
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addressKey } from '../mail/address.ts';
import type { MessageSummary } from '../mail/message.ts';
import { patternKey, patternTest } from './address-pattern.ts';
import { explain } from './explain.ts';
import type { Filter } from './filter.ts';
import { judge, matches } from './matches.ts';
import { waitIndex } from './wait-index.ts';
import { weaken } from './weaken.ts';

const summary = (change: Partial<MessageSummary> = {}): MessageSummary => ({
  id: '1', seq: 1, stream: 'default', via: 'smtp', receivedAt: 1_000, size: 500, envelopeFrom: 'bounce@shop.test', recipients: ['Ann@Inbox.test', 'hidden@inbox.test'],
  header: { subject: 'Reset your Password', from: [{ name: '', address: 'shop@shop.test' }], to: [{ name: 'Ann', address: 'ann@inbox.test' }], cc: [{ name: '', address: 'bob@inbox.test' }], replyTo: [], messageId: 'x@shop.test', tags: [] },
  tags: ['welcome'], read: false, parse: 'pending', ...change,
});

test('addresses match whole: exactly, or by wildcard', () => {
  const fits = (pattern: string, address: string) => patternTest(pattern)(addressKey(address));
  expect(fits('ANN@inbox.test', 'ann@INBOX.test')).toBe(true);
  for (const half of ['ann', 'inbox.test', 'inbox', 'an', '']) expect([half, fits(half, 'ann@inbox.test')]).toEqual([half, false]);
  expect(fits('Root', 'root')).toBe(true);
  expect(fits('root', 'root@inbox.test')).toBe(false);
  expect(fits('*@inbox.test', 'ann@inbox.test')).toBe(true);
  expect(fits('a*n*@*.test', 'ann@inbox.test')).toBe(true);
  expect(fits('*a*a*', 'ann@inbox.test')).toBe(false);
  expect(fits('*@bücher.test', 'x@xn--bcher-kva.test')).toBe(true);
});

test('a wildcard means what the same regular expression means', () => {
  const text = fc.stringMatching(/^[ab@.]{0,8}$/);
  fc.assert(fc.property(fc.stringMatching(/^[ab@.]{0,4}\*[ab@.*]{0,5}$/), text, (pattern, address) => {
    const regex = new RegExp(`^${addressKey(pattern).split('*').map((piece) => piece.replaceAll('.', '\\.')).join('.*')}$`);
    expect(patternTest(pattern)(addressKey(address))).toBe(regex.test(addressKey(address)));
  }), { numRuns: 1000 });
});

test('a message meets the waits for its addresses, and no others but those for none', () => {
  const index = waitIndex<string>();
  const filters: Record<string, Filter> = {
    ann: { kind: 'inbox', address: 'ANN@inbox.test' }, bob: { kind: 'and', all: [{ kind: 'subject', contains: 'x' }, { kind: 'and', all: [{ kind: 'cc', address: 'bob@inbox.test' }] }] },
    other: { kind: 'to', address: 'other@inbox.test' }, any: { kind: 'subject', contains: 'x' }, either: { kind: 'or', any: [{ kind: 'to', address: 'other@inbox.test' }] }, wild: { kind: 'to', address: '*@inbox.test' }, sender: { kind: 'from', address: 'bounce@shop.test' },
  };
  for (const [name, filter] of Object.entries(filters)) index.add(name, filter);
  expect(index.candidates(summary()).sort()).toEqual(['ann', 'any', 'bob', 'either', 'sender', 'wild']);
  for (const [name, filter] of Object.entries(filters)) index.remove(name, filter);
  expect([index.size, index.candidates(summary())]).toEqual([0, []]);
});

test('whatever fits a pattern without a wildcard is found under its key', () => {
  const address = fc.oneof(fc.constantFrom('a@b', 'b', 'A@B', '"a@b"@c', 'a@', '@a', 'ü@ü.test', 'c'), fc.stringMatching(/^[ab@]{0,4}$/));
  fc.assert(fc.property(address, address, (pattern, other) => {
    expect(patternTest(pattern)(addressKey(other))).toBe(patternKey(pattern) === addressKey(other));
  }), { numRuns: 1000 });
});

test('a subject is found however its marks are written, and the difference shown is one that can be seen', () => {
  const nfd = summary({ header: { ...summary().header, subject: 'Neue GRÖSSE größe'.normalize('NFD') } });
  for (const contains of ['größe', 'größe'.normalize('NFD'), 'NEUE GRÖSSE']) expect([contains, matches({ kind: 'subject', contains }, nfd)]).toEqual([contains, true]);
  expect(explain({ kind: 'and', all: [{ kind: 'subject', contains: 'größe' }, { kind: 'tag', tag: 'no' }] }, nfd).differs.map(({ field }) => field)).toEqual(['tag']);
  // The pair that only lower case composes.
  expect(matches({ kind: 'subject', contains: 'J\u030c' }, summary({ header: { ...summary().header, subject: '\u01f0' } }))).toBe(true);
});

test('a bcc recipient is one of the envelope that neither To nor Cc names', () => {
  expect(matches({ kind: 'bcc', address: 'hidden@inbox.test' }, summary())).toBe(true);
  expect(matches({ kind: 'bcc', address: 'ann@inbox.test' }, summary())).toBe(false);
});

const term = fc.constantFrom<Filter>({ kind: 'inbox', address: 'ann@inbox.test' }, { kind: 'subject', contains: 'RESET' }, { kind: 'subject', contains: 'no' }, { kind: 'tag', tag: 'welcome' }, { kind: 'read', read: true }, { kind: 'larger', than: 100 }, { kind: 'text', words: ['x'], whole: true }, { kind: 'header', name: 'x' }, { kind: 'has', what: 'link' }, { kind: 'has', what: 'attachment' }, { kind: 'parse-failed' });
const { filter } = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof({ depthSize: 'small' }, term, fc.record({ kind: fc.constant('and' as const), all: fc.array(tie('filter'), { maxLength: 3 }) }), fc.record({ kind: fc.constant('or' as const), any: fc.array(tie('filter'), { maxLength: 3 }) }), fc.record({ kind: fc.constant('not' as const), not: tie('filter') })),
}));

test('a weakened filter is true of whatever could still match, and every miss is explained', () => {
  fc.assert(fc.property(filter, fc.constantFrom<Partial<MessageSummary>>({}, { parse: 'done', attachments: 1 }, { parse: 'failed', read: true, tags: [] }), (wanted, change) => {
    const message = summary(change);
    const answer = judge(wanted, message);
    expect(answer === false || judge(weaken(wanted), message) === true).toBe(true);
    const { differs, distance } = explain(wanted, message);
    expect(distance).toBeGreaterThanOrEqual(0);
    for (const { field, wanted: said } of differs) expect([field, said]).not.toContain('');
  }), { numRuns: 1000 });
});

test('a miss says field, wanted and got, and a slip of the keyboard is nearer than another name', () => {
  const missed = (wanted: Filter) => explain(wanted, summary());
  expect(missed({ kind: 'and', all: [{ kind: 'inbox', address: 'anm@inbox.test' }, { kind: 'subject', contains: 'Welcome' }] }).differs).toEqual([
    { field: 'inbox', wanted: 'anm@inbox.test', got: 'Ann@Inbox.test, hidden@inbox.test' }, { field: 'subject', wanted: 'Welcome', got: 'Reset your Password' },
  ]);
  expect(missed({ kind: 'inbox', address: 'anm@inbox.test' }).distance).toBeLessThan(missed({ kind: 'inbox', address: 'zoe@other.test' }).distance);
  expect(missed({ kind: 'text', words: ['chair'], whole: true }).differs).toEqual([{ field: 'text', wanted: 'chair', got: 'not parsed yet' }]);
  expect(missed({ kind: 'not', not: { kind: 'tag', tag: 'welcome' } }).differs).toEqual([{ field: 'tag', wanted: 'not welcome', got: 'welcome' }]);
});

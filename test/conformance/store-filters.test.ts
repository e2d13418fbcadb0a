/** A store's lists and inbox/matches.ts answer the same filters: they must say the same of every message. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import fc from 'fast-check';
import { manualClock } from '../../server/clock.ts';
import type { Filter } from '../../server/inbox/filter.ts';
import { judge } from '../../server/inbox/matches.ts';
import type { MessageSummary } from '../../server/mail/message.ts';
import type { Store } from '../../server/store/port.ts';
import { openStore } from '../../server/store/sqlite/open.ts';
import { entryOf, type Letter, postTo } from '../support/post.ts';

// Few names, so that they meet; odd ones, since those are where two readings differ.
const LOCALS = ['ann', 'Ann', 'ann.b', '"a b"', 'a*b', 'a?b', 'a[b', 'ännchen', 'x'];
const DOMAINS = ['inbox.test', 'INBOX.test', 'bücher.test', 'x.inbox.test', 'ann', '[127.0.0.1]'];
const local = fc.constantFrom(...LOCALS);
const address = fc.oneof({ weight: 9, arbitrary: fc.tuple(local, fc.constantFrom(...DOMAINS)).map(([l, d]) => `${l}@${d}`) }, { weight: 1, arbitrary: fc.constantFrom('ann', 'postmaster') });
const mailboxes = fc.array(address, { maxLength: 2 }).map((list) => list.join(', '));
const subject = fc.constantFrom('Hello', 'HELLO world', 'Straße 100%', 'a_b', 'İstanbul', 'Größe', 'Größe'.normalize('NFD'), '');
const tag = fc.constantFrom('red', 'blue', 'Red');

const letter: fc.Arbitrary<Letter> = fc.record({
  from: fc.oneof(address, fc.constant('')),
  to: fc.uniqueArray(address, { minLength: 1, maxLength: 3 }),
  headers: fc.record({ From: mailboxes, To: mailboxes, Cc: mailboxes, Subject: subject, 'Message-ID': fc.constantFrom('<1@x.test>', '<2@x.test>') }),
  tags: fc.uniqueArray(tag, { maxLength: 2 }),
  text: fc.constantFrom('short', 'x'.repeat(400)),
});

const pattern = fc.oneof(
  address, local, fc.constantFrom(...DOMAINS),
  fc.constantFrom('*', '*@inbox.test', 'ann*', '*b*', 'a?b@*', 'a[b@*', '*[127*', 'ANN@*.test', '*@bücher.test', '*@*', 'a*b@inbox.test'),
);
const START = Date.UTC(2026, 0, 1);
const moment = fc.integer({ min: -1, max: 60 }).map((n) => START + n * 1_000);
const term: fc.Arbitrary<Filter> = fc.oneof(
  fc.record({ kind: fc.constantFrom('to' as const, 'from' as const, 'cc' as const, 'bcc' as const, 'inbox' as const), address: pattern }),
  fc.record({ kind: fc.constant('subject' as const), contains: fc.constantFrom('hello', 'O W', 'strasse', 'STRAßE', '%', '_', 'i', 'größe', 'GRÖßE'.normalize('NFD'), 'o', '\u0308', '') }),
  fc.record({ kind: fc.constant('message-id' as const), id: fc.constantFrom('1@x.test', '2@X.test') }),
  fc.record({ kind: fc.constant('tag' as const), tag }),
  fc.record({ kind: fc.constant('read' as const), read: fc.boolean() }),
  fc.record({ kind: fc.constantFrom('before' as const, 'since' as const), at: moment }),
  fc.record({ kind: fc.constant('larger' as const), than: fc.constantFrom(150, 500) }),
  fc.record({ kind: fc.constant('smaller' as const), than: fc.constantFrom(150, 500) }),
  fc.constant({ kind: 'parse-failed' as const }),
  fc.constant({ kind: 'has' as const, what: 'attachment' as const }),
  fc.constant({ kind: 'text' as const, words: [], whole: true }),
) as fc.Arbitrary<Filter>;
const { filter } = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { depthSize: 'small', withCrossShrink: true }, term,
    fc.record({ kind: fc.constant('and' as const), all: fc.array(tie('filter'), { maxLength: 3 }) }),
    fc.record({ kind: fc.constant('or' as const), any: fc.array(tie('filter'), { maxLength: 3 }) }),
    fc.record({ kind: fc.constant('not' as const), not: tie('filter') }),
  ),
}));

let store: Store;
let all: MessageSummary[];
beforeAll(async () => {
  const clock = manualClock(START);
  store = await openStore({ dir: ':memory:', clock });
  const { post } = postTo(store, clock);
  const letters = fc.sample(letter, { numRuns: 60, seed: 7 });
  for (const [i, one] of letters.entries()) {
    const id = await post(one);
    clock.advance(1_000);
    if (i % 3 === 0) await store.change({ kind: 'message', id }, { read: true, addTags: ['blue'] });
    // Parsed, all of them: what matches.ts cannot know yet is not compared.
    await store.index([entryOf(id, one, i % 5 === 0 ? { error: 'broken' } : {})]);
  }
  all = await store.list({ filter: { kind: 'and', all: [] }, limit: 500 });
});
afterAll(() => store[Symbol.asyncDispose]());

test('a list finds exactly the messages that a wait with the same filter would', async () => {
  expect(all).toHaveLength(60);
  await fc.assert(fc.asyncProperty(filter, async (one) => {
    const found = (await store.list({ filter: one, limit: 500, stream: 'default' })).map((message) => message.seq);
    expect(found).toEqual(all.filter((message) => judge(one, message)).map((message) => message.seq));
    // The first page is found another way than all of it.
    const page = await store.list({ filter: one, limit: 2 });
    expect(page.map((message) => message.seq)).toEqual(found.slice(0, 2));
  }), { numRuns: 400 });
});

test('a deletion by filter finds the same messages as a list', async () => {
  await fc.assert(fc.asyncProperty(filter, async (one) => {
    const listed = await store.list({ filter: one, limit: 500 });
    expect(await store.change({ kind: 'found', stream: 'default', filter: one }, {})).toBe(listed.length);
  }), { numRuns: 100 });
});

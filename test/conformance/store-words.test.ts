/** Full-text filters against a plain reading of the same words: phrases, beginnings, header fields, and any mixture with AND, OR and NOT. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import fc from 'fast-check';
import { manualClock } from '../../server/clock.ts';
import type { Filter } from '../../server/inbox/filter.ts';
import type { IndexEntry } from '../../server/inbox/port.ts';
import { headerPhrase } from '../../server/inbox/words.ts';
import type { Store } from '../../server/store/port.ts';
import { openStore } from '../../server/store/sqlite/open.ts';
import { entryOf, type Letter, postTo } from '../support/post.ts';

const WORDS = ['reset', 'resent', 're', 'код', 'code', '日', '本', 'a'];
const word = fc.constantFrom(...WORDS);
const phrase = fc.array(word, { minLength: 1, maxLength: 3 });
const said = fc.array(word, { maxLength: 6 }).map((words) => words.join(' '));
const letter: fc.Arbitrary<Letter & { text: string }> = fc.record({
  headers: fc.record({ Subject: said, 'X-Kind': said }), text: said,
  to: fc.constantFrom(['ann@inbox.test'], ['bo@inbox.test']), tags: fc.constantFrom([], ['red']),
});
const { filter } = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ kind: fc.constant('text' as const), words: phrase, whole: fc.boolean() }),
    fc.record({ kind: fc.constant('header' as const), name: fc.constantFrom('x-kind', 'Subject', 'x-none'), value: said }),
    fc.constantFrom<Filter>({ kind: 'inbox', address: 'ann@inbox.test' }, { kind: 'tag', tag: 'red' }),
    fc.record({ kind: fc.constant('and' as const), all: fc.array(tie('filter'), { maxLength: 3 }) }),
    fc.record({ kind: fc.constant('or' as const), any: fc.array(tie('filter'), { maxLength: 3 }) }),
    fc.record({ kind: fc.constant('not' as const), not: tie('filter') }),
  ),
}));

/** Whether `words` stand in `text` in this order, next to each other. */
function holds(text: string, words: string[], whole: boolean): boolean {
  const all = text === '' ? [] : text.split(' ');
  return all.some((_, at) => words.every((one, i) => {
    const other = all[at + i];
    return other !== undefined && (i === words.length - 1 && !whole ? other.startsWith(one) : other === one);
  }));
}

function says({ words }: IndexEntry, { to, tags }: Letter, wanted: Filter): boolean {
  const judge = (one: Filter): boolean => {
    switch (one.kind) {
      case 'and': return one.all.every(judge);
      case 'or': return one.any.some(judge);
      case 'not': return !judge(one.not);
      case 'text': return [words.subject, words.addresses, words.text, words.attachments].some((text) => holds(text, one.words, one.whole));
      case 'header': return holds(words.headers, headerPhrase(one.name, one.value), true);
      case 'inbox': return to!.includes(one.address);
      case 'tag': return tags!.includes(one.tag);
      default: throw new Error(`${one.kind} is not asked here`);
    }
  };
  return judge(wanted);
}

let store: Store;
const mail: { id: string; letter: Letter; entry: IndexEntry }[] = [];
beforeAll(async () => {
  const clock = manualClock();
  store = await openStore({ dir: ':memory:', clock });
  const { post } = postTo(store, clock);
  for (const one of fc.sample(letter, { numRuns: 50, seed: 11 })) {
    const id = await post(one);
    mail.unshift({ id, letter: one, entry: entryOf(id, one) });
  }
  await store.index(mail.map(({ entry }) => entry));
});
afterAll(() => store[Symbol.asyncDispose]());

test('a search finds exactly the messages whose words say so, newest first', async () => {
  await fc.assert(fc.asyncProperty(filter, async (one) => {
    const found = await store.list({ filter: one, limit: 500 });
    expect(found.map((message) => message.id)).toEqual(mail.filter(({ entry, letter: sent }) => says(entry, sent, one)).map(({ id }) => id));
  }), { numRuns: 500 });
});

test('whatever is searched for is an answer, never an error', async () => {
  await fc.assert(fc.asyncProperty(fc.array(fc.string({ unit: 'binary' }), { maxLength: 3 }), fc.string({ unit: 'binary' }), fc.boolean(), async (words, text, whole) => {
    const filters: Filter[] = [
      { kind: 'text', words, whole }, { kind: 'header', name: text, value: words.join(' ') }, { kind: 'to', address: text }, { kind: 'from', address: `${text}*` },
      { kind: 'subject', contains: text }, { kind: 'tag', tag: text }, { kind: 'message-id', id: text },
    ];
    for (const one of filters) await expect(store.list({ filter: { kind: 'or', any: [one, { kind: 'not', not: one }] }, limit: 500 })).resolves.toHaveLength(50);
  }), { numRuns: 100 });
});

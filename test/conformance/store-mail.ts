/** What every store must do with the mail that it has: list, find, change, delete, and let go in time. See store.ts. */
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PosternEvent } from '../../server/events/event.ts';
import { EVERYTHING, type Filter } from '../../server/inbox/filter.ts';
import type { Store } from '../../server/store/port.ts';
import { bytesOf, entryOf, type Letter, rawOf } from '../support/post.ts';
import { DAY, house, idsOf, laneOf, type ManualClock, type OpenStore, type Post, pruneAll } from './house.ts';

export function storeKeepsMail(name: string, open: OpenStore): void {
  describe(`${name}: its mail`, () => {
    let store: Store;
    let clock: ManualClock;
    let at: Post;
    let heard: PosternEvent[];
    beforeEach(async () => { ({ store, clock, at, heard } = await house(open)); });
    afterEach(() => store[Symbol.asyncDispose]());

    const ids = (filter?: Filter) => idsOf(store, filter);
    const inbox = (address: string): Filter => ({ kind: 'inbox', address });

    describe('reading', () => {
      test('lists are newest first, in pages, or oldest first above a cursor', async () => {
        const posted: string[] = [];
        for (let i = 0; i < 7; i++) posted.push(await at.post());
        const page = await store.list({ filter: EVERYTHING, limit: 3 });
        expect(page.map((one) => one.id)).toEqual(posted.slice(4).reverse());
        expect((await store.list({ filter: EVERYTHING, limit: 3, beforeSeq: page.at(-1)!.seq })).map((one) => one.id)).toEqual(posted.slice(1, 4).reverse());
        expect((await store.list({ filter: EVERYTHING, limit: 2, afterSeq: 2, order: 'oldest' })).map((one) => one.id)).toEqual(posted.slice(2, 4));
        expect(await store.list({ filter: EVERYTHING, limit: 3, stream: 'nowhere' })).toEqual([]);
      });

      test('reading marks nothing read', async () => {
        const id = await at.post();
        await store.read(id);
        await bytesOf(await store.body(id));
        expect((await store.read(id))?.read).toBe(false);
      });

      test('what is not there is undefined', async () => {
        expect(await store.read('nothing')).toBeUndefined();
        expect(await store.body('nothing')).toBeUndefined();
        expect(await store.inbox('nothing@inbox.test')).toBeUndefined();
        expect(await store.smallBodies(['nothing'], 100)).toEqual(new Map());
      });

      test('a parsed message leaves the backlog, has its findings and is found by its words', async () => {
        const letter: Letter = { headers: { Subject: 'Überraschung', 'X-Order': 'no 42' }, text: 'Please reset your password' };
        const first = await at.post(letter);
        const second = await at.post({ text: 'password' });
        expect(await store.backlog()).toBe(2);
        expect(await store.unparsed(1)).toEqual([{ id: first, seq: 1, size: rawOf(letter).length, envelopeFrom: 'app@sender.test', recipients: ['ann@inbox.test'] }]);
        expect(await store.smallBodies([first, second], 10_000)).toEqual(new Map([[first, new Uint8Array(rawOf(letter))], [second, new Uint8Array(rawOf({ text: 'password' }))]]));
        const entry = entryOf(first, letter, { links: [{ href: 'https://x.test/reset', text: '', from: 'text' }] });
        await store.index([entry, entryOf('gone', letter)]);
        expect(await store.backlog()).toBe(1);
        const read = await store.read(first);
        expect(read).toMatchObject({ parse: 'done', attachments: 0, snippet: 'Please reset your password' });
        expect(read?.parsed).toEqual(entry.parsed);
        expect((await store.read(second))?.parsed).toBeUndefined();
        expect(await store.trace(first)).toEqual({ session: read!.session, receivedAt: read!.receivedAt });
        expect(await store.trace('nothing')).toBeUndefined();

        const text = (words: string[], whole = true): Filter => ({ kind: 'text', words, whole });
        expect(await ids(text(['reset', 'your']))).toEqual([first]);
        expect(await ids(text(['your', 'reset']))).toEqual([]);
        expect(await ids(text(['passw'], false))).toEqual([first]);
        expect(await ids(text(['passw']))).toEqual([]);
        expect(await ids(text(['uberraschung']))).toEqual([first]);
        expect(await ids(text(['sender']))).toEqual([first]);
        expect(await ids(text(['42']))).toEqual([]);
        expect(await ids({ kind: 'header', name: 'x-order' })).toEqual([first]);
        expect(await ids({ kind: 'header', name: 'X-Order', value: 'NO 42' })).toEqual([first]);
        expect(await ids({ kind: 'header', name: 'X-Order', value: '42 no' })).toEqual([]);
        expect(await ids({ kind: 'header', name: 'x-other' })).toEqual([]);
        expect(await ids({ kind: 'has', what: 'link' })).toEqual([first]);
        expect(await ids({ kind: 'has', what: 'attachment' })).toEqual([]);
        expect(await ids({ kind: 'not', not: text(['reset']) })).toEqual([second]);
        expect(await ids({ kind: 'or', any: [text(['reset']), { kind: 'subject', contains: 'nothing' }] })).toEqual([first]);
        expect(await ids({ kind: 'and', all: [text(['reset']), { kind: 'not', not: text(['password']) }] })).toEqual([]);
        expect(await ids({ kind: 'and', all: [text(['reset']), inbox('ann@inbox.test'), { kind: 'read', read: false }] })).toEqual([first]);

        await store.index([entryOf(first, { ...letter, text: 'changed' }, { error: 'It is broken' })]);
        expect(await ids(text(['reset']))).toEqual([]);
        expect(await ids({ kind: 'parse-failed' })).toEqual([first]);
      });

      test('what waits for the parser is found in its order, whatever was parsed before its turn or is deleted', async () => {
        const waiting = async (limit = 9) => (await store.unparsed(limit)).map(({ id }) => id);
        const [a, b, c] = [await at.post(), await at.post(), await at.post()];
        await store.index([entryOf(c, {})]);
        expect(await waiting(1)).toEqual([a]);
        expect(await waiting()).toEqual([a, b]);
        await store.index([entryOf(a, {})]);
        expect(await waiting()).toEqual([b]);
        const d = await at.post();
        expect(await waiting(1)).toEqual([b]);
        expect(await store.backlog()).toBe(2);
        await store.index([entryOf(b, {}), entryOf(d, {}, { error: 'It is broken' })]);
        expect(await waiting()).toEqual([]);
        expect(await store.backlog()).toBe(0);
        await store.delete({ kind: 'messages', ids: [a, d] });
        const [e, f] = [await at.post(), await at.post()];
        expect(await waiting()).toEqual([e, f]);
        await store.delete({ kind: 'message', id: e });
        expect(await waiting()).toEqual([f]);
        expect(await store.backlog()).toBe(1);
      });

      test('words that look like a search language are only words', async () => {
        const id = await at.post();
        await store.index([entryOf(id, {})]);
        for (const odd of ['"', 'a"b', 'NEAR(', 'subject:', '*', '-', 'AND', "'", '^hello', '\u0000']) expect(await ids({ kind: 'text', words: [odd, 'zzz'], whole: false })).toEqual([]);
      });
    });

    describe('changing and deleting', () => {
      test('read and tags change by scope, and the counts follow', async () => {
        const a = await at.post({ tags: ['old'] });
        const b = await at.post({ to: ['bo@inbox.test'] });
        expect(await store.change({ kind: 'inbox', address: 'ANN@inbox.test' }, { read: true, tags: ['x', 'y'] })).toBe(1);
        expect(await store.read(a)).toMatchObject({ read: true, tags: ['x', 'y'] });
        expect(await store.counts()).toEqual([{ stream: 'default', messages: 2, unread: 1, bytes: 2 * rawOf({}).length }]);
        expect(await store.tags()).toEqual([{ tag: 'x', messages: 1 }, { tag: 'y', messages: 1 }]);
        expect(await store.change({ kind: 'messages', ids: [a, b, 'gone'] }, { addTags: ['z'], removeTags: ['x'] })).toBe(2);
        expect(await ids({ kind: 'tag', tag: 'z' })).toEqual([b, a]);
        expect(await ids({ kind: 'tag', tag: 'x' })).toEqual([]);
        expect(await store.change({ kind: 'found', stream: 'default', filter: { kind: 'read', read: true } }, { read: false })).toBe(1);
        expect(await ids({ kind: 'read', read: false })).toEqual([b, a]);
        const events = heard.length;
        expect(await store.change({ kind: 'message', id: a }, { read: false })).toBe(1);
        expect(heard).toHaveLength(events);
      });

      test('ids are deleted within their stream, or let go of by one inbox', async () => {
        await store.createStream(laneOf('blue'));
        const a = await at.post();
        const b = await at.post({ stream: 'blue' });
        const both = await at.post({ to: ['ann@inbox.test', 'bo@inbox.test'] });
        const bo = await at.post({ to: ['bo@inbox.test'] });
        expect(await store.delete({ kind: 'messages', ids: [a, b, both], stream: 'nowhere' })).toBe(0);
        expect(await store.delete({ kind: 'messages', ids: [a, b], stream: 'blue' })).toBe(1);
        expect(await store.delete({ kind: 'inbox', address: 'ann@inbox.test', ids: [a, both, bo], stream: 'blue' })).toBe(0);
        expect(await store.change({ kind: 'inbox', address: 'ann@inbox.test', ids: [a, both, bo] }, { read: true })).toBe(2);
        expect(await store.delete({ kind: 'inbox', address: 'ann@inbox.test', ids: [a, both, bo] })).toBe(2);
        expect(await ids()).toEqual([bo, both]);
        expect(await ids({ kind: 'inbox', address: 'ann@inbox.test' })).toEqual([]);
      });

      test('deleting a scope deletes nothing else, and everything of it', async () => {
        await store.createStream(laneOf('blue'));
        const a = await at.post({ tags: ['t'], raw: randomBytes(300_000) });
        const b = await at.post({ to: ['bo@inbox.test'] });
        const c = await at.post({ stream: 'blue' });
        await store.index([entryOf(a, { text: 'findme' }), entryOf(b, { text: 'findme' })]);
        expect(await store.delete({ kind: 'inbox', address: 'ann@inbox.test', stream: 'default' })).toBe(1);
        expect(await ids()).toEqual([c, b]);
        expect(await ids({ kind: 'text', words: ['findme'], whole: true })).toEqual([b]);
        expect(await store.body(a)).toBeUndefined();
        expect(await store.tags()).toEqual([]);
        expect(await store.delete({ kind: 'message', id: a })).toBe(0);
        expect(await store.delete({ kind: 'found', stream: 'blue', filter: { kind: 'subject', contains: 'no' } })).toBe(0);
        expect(await store.delete({ kind: 'stream', stream: 'default' })).toBe(1);
        expect(await ids()).toEqual([c]);
        expect((await store.counts()).map((one) => [one.stream, one.messages, one.unread])).toEqual([['blue', 1, 1], ['default', 0, 0]]);
      });

      test('clearing one inbox leaves a message in the other inboxes that it is for', async () => {
        const id = await at.post({ to: ['ann@inbox.test', 'bo@inbox.test'] });
        expect(await store.delete({ kind: 'inbox', address: 'ann@inbox.test' })).toBe(1);
        expect(await ids(inbox('ann@inbox.test'))).toEqual([]);
        expect(await ids(inbox('bo@inbox.test'))).toEqual([id]);
        expect(await store.delete({ kind: 'inbox', address: 'bo@inbox.test' })).toBe(1);
        expect(await store.read(id)).toBeUndefined();
      });

      test('what a filter finds in one inbox is cleared there, and stays in the others', async () => {
        const id = await at.post({ to: ['ann@inbox.test', 'bo@inbox.test'], tags: ['t'] });
        const other = await at.post({ to: ['ann@inbox.test'] });
        expect(await store.change({ kind: 'inbox', address: 'ann@inbox.test', filter: { kind: 'tag', tag: 't' } }, { read: true })).toBe(1);
        expect(await store.delete({ kind: 'inbox', address: 'Ann@inbox.test', stream: 'default', filter: { kind: 'tag', tag: 't' } })).toBe(1);
        expect(await ids(inbox('ann@inbox.test'))).toEqual([other]);
        expect(await ids(inbox('bo@inbox.test'))).toEqual([id]);
      });

      test('a seq is never given twice, even when the newest message is deleted', async () => {
        await at.post();
        const id = await at.post();
        await store.delete({ kind: 'message', id });
        await at.post();
        expect((await store.list({ filter: EVERYTHING, limit: 500 })).map((one) => one.seq)).toEqual([3, 1]);
      });

      test('more than one step of messages is deleted', async () => {
        await Promise.all(Array.from({ length: 1_100 }, () => at.post()));
        expect(await store.delete({ kind: 'stream', stream: 'default' })).toBe(1_100);
        const told = heard.filter((event) => event.type === 'messages.deleted');
        expect(told.every((event) => event.messages.length <= 500 && event.by === 'user')).toBe(true);
        expect(told.flatMap((event) => event.messages)).toHaveLength(1_100);
      });
    });

    describe('retention', () => {
      test('a stream keeps as many messages as it may, the newest', async () => {
        await store.changeStream('default', { retention: { messages: 2, age: null, bytes: null } });
        const posted: string[] = [];
        for (let i = 0; i < 5; i++) posted.push(await at.post());
        expect(await store.prune(clock.now(), 2)).toEqual({ deleted: 2, more: true });
        expect(await pruneAll(store, clock)).toBe(1);
        expect(await ids()).toEqual(posted.slice(3).reverse());
        expect(heard.filter((event) => event.type === 'messages.deleted').every((event) => event.by === 'retention')).toBe(true);
      });

      test('a stream keeps what is young enough, and no more octets than it may', async () => {
        await store.createStream(laneOf('aged', { retention: { messages: null, age: DAY, bytes: null } }));
        await store.createStream(laneOf('small', { retention: { messages: null, age: null, bytes: 250 } }));
        await at.post({ stream: 'aged' });
        clock.advance(DAY + 1);
        const young = await at.post({ stream: 'aged' });
        const raw = Buffer.alloc(100, 'x');
        const posted = [await at.post({ stream: 'small', raw }), await at.post({ stream: 'small', raw }), await at.post({ stream: 'small', raw })];
        expect(await pruneAll(store, clock)).toBe(2);
        expect(await ids()).toEqual([posted[2], posted[1], young]);
      });

      test('an inbox whose time is over goes with its mail, and its address can be handed out again', async () => {
        const record = { address: 'temp@inbox.test', stream: 'default', createdAt: clock.now(), expiresAt: clock.now() + 1_000 };
        expect(await store.createInbox(record)).toBe(true);
        expect(await store.createInbox({ ...record, address: 'TEMP@inbox.test' })).toBe(false);
        await at.post({ to: ['temp@inbox.test'] });
        const shared = await at.post({ to: ['temp@inbox.test', 'ann@inbox.test'] });
        expect(await pruneAll(store, clock)).toBe(0);
        expect(await store.inbox('Temp@inbox.test')).toEqual(record);
        clock.advance(1_000);
        await pruneAll(store, clock);
        expect(await ids()).toEqual([shared]);
        expect(await store.inbox('temp@inbox.test')).toBeUndefined();
        expect(await store.createInbox(record)).toBe(true);
      });
    });
  });
}

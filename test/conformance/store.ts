/**
 * What every store must do, whatever it is made of: one body of tests, run for
 * each implementation (store.test.ts). Says nothing of tables or files. Here:
 * taking in, telling, streams. Reading and deleting are in store-mail.ts.
 */
import { createHash, randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PosternEvent } from '../../server/events/event.ts';
import { EVERYTHING, type Filter } from '../../server/inbox/filter.ts';
import type { Store } from '../../server/store/port.ts';
import { bytesOf, entryOf, SESSION } from '../support/post.ts';
import { DAY, house, idsOf, laneOf, type ManualClock, type OpenStore, type Post, pruneAll } from './house.ts';

export function storeTakesIn(name: string, open: OpenStore): void {
  describe(`${name}: taking in`, () => {
    let store: Store;
    let clock: ManualClock;
    let at: Post;
    let heard: PosternEvent[];
    beforeEach(async () => { ({ store, clock, at, heard } = await house(open)); });
    afterEach(() => store[Symbol.asyncDispose]());

    const ids = (filter?: Filter) => idsOf(store, filter);

    describe('taking in', () => {
      test('a message is read back byte by byte, with its envelope, session and metadata', async () => {
        const raw = Buffer.from([...Buffer.from('Subject: b\xe9\r\n\r\n', 'latin1'), 0, 255, 13, 10, 46, 13, 10]);
        const id = await at.post({ raw, from: 'App@Sender.test', to: ['Ann@Inbox.test', 'bo@inbox.test'], metadata: { run: '7' }, tags: ['blue'] });
        expect(await bytesOf(await store.body(id))).toEqual(raw);
        expect(await store.read(id)).toEqual({
          id, seq: 1, stream: 'default', via: 'smtp', receivedAt: clock.now(), size: raw.length, read: false, parse: 'pending',
          header: { subject: 'bé', from: [], to: [], cc: [], replyTo: [], messageId: '', tags: [] },
          envelopeFrom: 'App@Sender.test', recipients: ['Ann@Inbox.test', 'bo@inbox.test'], tags: ['blue'], metadata: { run: '7' }, session: SESSION,
          envelope: { from: 'App@Sender.test', recipients: [{ address: 'Ann@Inbox.test' }, { address: 'bo@inbox.test' }] },
        });
      });

      test('an empty body is a body', async () => {
        const id = await at.post({ raw: new Uint8Array(0) });
        expect(await bytesOf(await store.body(id))).toHaveLength(0);
        expect((await store.read(id))?.size).toBe(0);
      });

      test('a message of any size is kept whole, and holds little memory on its way', async () => {
        for (const size of [131_071, 131_072, 131_073, 262_144, 1_000_003]) {
          const raw = randomBytes(size);
          const body = store.openBody();
          let held = 0;
          for (let from = 0; from < size; from += 50_000) {
            await body.write(raw.subarray(from, from + 50_000));
            held = Math.max(held, body.held);
          }
          expect(held).toBeLessThan(256 * 1024);
          body.abort();
          const id = await at.post({ raw, chunk: 33_333 });
          expect(createHash('sha256').update(await bytesOf(await store.body(id))).digest('hex')).toBe(createHash('sha256').update(raw).digest('hex'));
        }
      });

      test('a large message that is handed over in one piece is kept whole', async () => {
        const raw = randomBytes(700_000);
        const id = await at.post({ raw, chunk: 700_000 });
        expect((await bytesOf(await store.body(id))).equals(raw)).toBe(true);
      });

      test('a part of a body is the same part of the bytes, wherever it begins and ends', async () => {
        const raw = randomBytes(400_000);
        const large = await at.post({ raw });
        const small = await at.post({ raw: raw.subarray(0, 1_000) });
        for (const [start, end] of [[0, 1], [131_071, 131_073], [131_072, 262_144], [399_999, 400_000], [10, 399_990], [399_000, 500_000], [7, 7]] as const) {
          expect((await bytesOf(await store.body(large, { start, end }))).equals(raw.subarray(start, end))).toBe(true);
        }
        expect((await bytesOf(await store.body(small, { start: 5, end: 990 }))).equals(raw.subarray(5, 990))).toBe(true);
        expect(await bytesOf(await store.body(small, { start: 2_000, end: 3_000 }))).toHaveLength(0);
      });

      test('what arrives together shares a commit, and each has a seq of its own', async () => {
        const posted = await Promise.all(Array.from({ length: 100 }, (_, i) => at.post({ headers: { Subject: `n${i}` } })));
        const stats = store.stats();
        expect(stats.submissions).toBe(100);
        expect(stats.commits).toBeLessThanOrEqual(10);
        expect(new Set((await store.list({ filter: EVERYTHING, limit: 500 })).map((one) => one.seq)).size).toBe(100);
        expect(new Set(posted)).toEqual(new Set(await ids()));
      });

      test('a submission that cannot be kept leaves the others of its commit alone', async () => {
        await store.createStream(laneOf('doomed'));
        await store.deleteStream('doomed');
        const outcomes = await Promise.all([at.attempt({ headers: { Subject: 'a' } }), at.attempt({ stream: 'doomed' }), at.attempt({ headers: { Subject: 'b' } })]);
        expect(outcomes.map((one) => one.kind)).toEqual(['accepted', 'refused', 'accepted']);
        // It is the sender who is told, and told for good: nothing ails the store.
        expect(outcomes[1]).toMatchObject({ reason: 'unknown-stream', code: 550 });
        expect(await store.health()).toEqual({ ok: true });
        expect((await store.list({ filter: EVERYTHING, limit: 500 })).map((one) => one.header.subject).sort()).toEqual(['a', 'b']);
        expect((await store.counts()).find((one) => one.stream === 'default')?.messages).toBe(2);
      });

      test('of messages handed over in one request, all are kept or none', async () => {
        const outcome = await at.postAll([{}, { stream: 'nowhere' }, {}]);
        expect(outcome.kind).toBe('refused');
        expect(await ids()).toEqual([]);
        expect(heard).toEqual([]);
      });

      test('a repetition under the same key gets the first answer, and another body a conflict', async () => {
        const key = { stream: 'default', key: 'k1', fingerprint: 'f1', response: '{"ids":[1]}', expiresAt: clock.now() + DAY };
        expect(await at.postAll([{}, {}], key)).toEqual({ kind: 'accepted' });
        expect(await at.postAll([{}, {}], { ...key, response: 'other' })).toEqual({ kind: 'replayed', response: '{"ids":[1]}' });
        expect(await at.postAll([{}], { ...key, fingerprint: 'f2' })).toEqual({ kind: 'conflict' });
        expect(await store.idempotent('default', 'k1', clock.now())).toEqual(key);
        expect(await store.idempotent('other', 'k1', clock.now())).toBeUndefined();
        expect(await ids()).toHaveLength(2);
        clock.advance(DAY);
        expect(await store.idempotent('default', 'k1', clock.now())).toBeUndefined();
        expect(await at.postAll([{}], { ...key, expiresAt: clock.now() + DAY })).toEqual({ kind: 'accepted' });
      });

      test('two repetitions at the same moment are one', async () => {
        const key = { stream: 'default', key: 'k', fingerprint: 'f', response: 'r', expiresAt: clock.now() + DAY };
        const outcomes = await Promise.all([at.postAll([{}], key), at.postAll([{}], key), at.postAll([{}], key)]);
        expect(outcomes.map((one) => one.kind).sort()).toEqual(['accepted', 'replayed', 'replayed']);
        expect(await ids()).toHaveLength(1);
      });

      test('a body that was given up is gone, and its writer takes no more', async () => {
        const body = store.openBody();
        await body.write(randomBytes(500_000));
        body.abort();
        body.abort();
        expect(body.held).toBe(0);
        expect(() => body.write(Buffer.from('x'))).toThrow('closed');
      });
    });

    describe('events', () => {
      test('are told in order before the caller hears of the commit, and are in the log as they were told', async () => {
        const id = await at.post({ headers: { Subject: 'one' }, tags: ['t'] });
        expect(heard.map((event) => event.type)).toEqual(['message.captured']);
        expect(heard[0]).toMatchObject({ id: 1, stream: 'default', message: id, summary: { id, seq: 1, header: { subject: 'one' }, tags: ['t'], read: false, parse: 'pending' } });
        await store.index([entryOf(id, {})]);
        await store.change({ kind: 'message', id }, { read: true, addTags: ['x'] });
        await store.createStream(laneOf('blue'));
        await store.createInbox({ address: 'New@inbox.test', stream: 'blue', createdAt: clock.now() });
        await store.delete({ kind: 'message', id });
        await store.deleteStream('blue');
        expect(heard.map((event) => event.type)).toEqual(['message.captured', 'message.parsed', 'message.updated', 'stream.created', 'inbox.created', 'messages.deleted', 'stream.deleted']);
        expect(await store.events({ after: 0, limit: 100 })).toEqual(heard);
        expect(await store.events({ after: 3, limit: 1 })).toEqual([heard[3]]);
        expect(await store.events({ after: 0, limit: 100, stream: 'blue' })).toEqual(heard.filter((event) => event.stream === 'blue'));
        expect(await store.latestEvents({ limit: 100 })).toEqual(heard);
        expect(await store.latestEvents({ limit: 2 })).toEqual(heard.slice(-2));
        expect(await store.latestEvents({ limit: 1, stream: 'blue' })).toEqual(heard.filter((event) => event.stream === 'blue').slice(-1));
        expect(await store.lastEvent()).toBe(heard.at(-1)!.id);
      });

      test('are narrowed before they are counted: what fits comes however much lies in front of it or behind', async () => {
        await store.createStream(laneOf('blue'));
        const first = await at.post();
        for (let i = 0; i < 4; i++) await at.post({ stream: i % 2 ? 'blue' : 'default' });
        const id = await at.post({ stream: 'blue' });
        await store.index([entryOf(id, {})]);
        for (let i = 0; i < 4; i++) await at.post();
        const about = (message: string) => heard.filter((event) => ('message' in event && event.message === message) || (event.type === 'messages.deleted' && event.messages.includes(message)));
        expect(about(id).map(({ type }) => type)).toEqual(['message.captured', 'message.parsed']);
        expect(await store.events({ after: 0, limit: 2, message: id })).toEqual(about(id));
        expect(await store.events({ after: about(id)[0]!.id, limit: 1, message: id })).toEqual(about(id).slice(1));
        expect(await store.events({ after: 0, limit: 1, types: ['message.parsed'] })).toEqual(about(id).slice(1));
        expect(await store.latestEvents({ limit: 1, types: ['message.parsed', 'stream.created'] })).toEqual(about(id).slice(1));
        expect(await store.latestEvents({ limit: 2, types: ['message.parsed', 'stream.created'] })).toEqual([heard[0], ...about(id).slice(1)]);
        expect(await store.latestEvents({ limit: 9, message: first })).toEqual(about(first));
        expect(await store.events({ after: 0, limit: 9, message: id, types: ['message.captured'], stream: 'blue' })).toEqual(about(id).slice(0, 1));
        expect(await store.events({ after: 0, limit: 9, message: id, stream: 'default' })).toEqual([]);
        expect(await store.events({ after: 0, limit: 9, message: '' })).toEqual([]);
        // Deleted together, and asked for afterwards.
        await store.delete({ kind: 'message', id });
        expect(about(id).map(({ type }) => type)).toEqual(['message.captured', 'message.parsed', 'messages.deleted']);
        expect(await store.events({ after: 0, limit: 9, message: id })).toEqual(about(id));
        expect(await store.events({ after: 0, limit: 9, message: id.slice(1) })).toEqual([]);
      });

      test('the log keeps as many as it should, and numbers go on', async () => {
        for (let i = 0; i < 3; i++) await Promise.all(Array.from({ length: 500 }, () => at.post()));
        await pruneAll(store, clock);
        const kept = await store.events({ after: 0, limit: 5_000 });
        expect(kept).toHaveLength(1_000);
        expect(kept.at(-1)!.id).toBe(1_500);
      });
    });

    describe('streams', () => {
      test('default is there; others are made, changed and deleted with what is theirs', async () => {
        expect((await store.streams()).map((stream) => stream.name)).toEqual(['default']);
        const blue = laneOf('blue', { tags: ['t'], retention: { messages: 5, age: 6, bytes: 7 } });
        expect(await store.createStream(blue)).toBe(true);
        expect(await store.createStream(blue)).toBe(false);
        expect(await store.streams()).toContainEqual(blue);
        expect(await store.changeStream('blue', { tags: ['u'] })).toEqual({ ...blue, tags: ['u'] });
        expect(await store.changeStream('nowhere', {})).toBeUndefined();
        const login = { id: 'c1', stream: 'blue', user: 'app', hash: 'h', createdAt: 9 };
        expect(await store.createCredential(login)).toBe(true);
        expect(await store.createCredential({ ...login, id: 'c2', stream: 'default' })).toBe(false);
        expect(await store.createCredential({ ...login, id: 'c3', user: 'b', expiresAt: 20 })).toBe(true);
        expect(await store.credentials()).toEqual([login, { ...login, id: 'c3', user: 'b', expiresAt: 20 }]);
        expect(await store.deleteCredential('default', 'c3')).toBe(false);
        expect(await store.deleteCredential('blue', 'c3')).toBe(true);
        await store.createInbox({ address: 'x@inbox.test', stream: 'blue', createdAt: 1 });
        await at.post({ stream: 'blue' });
        const mine = await at.post();
        expect(await store.deleteStream('blue')).toBe(true);
        expect(await store.deleteStream('blue')).toBe(false);
        expect(await store.credentials()).toEqual([]);
        expect(await store.inbox('x@inbox.test')).toBeUndefined();
        expect(await ids()).toEqual([mine]);
      });

      test('default cannot be deleted', async () => {
        const id = await at.post();
        expect(await store.deleteStream('default')).toBe(false);
        expect(await ids()).toEqual([id]);
      });

      test('any address that got mail is an inbox, the newest first, by stream and by beginning', async () => {
        await store.createStream(laneOf('blue'));
        const id = await at.post({ to: ['Ann@inbox.test', 'bo@inbox.test'] });
        await at.post({ to: ['ann@inbox.test'] });
        await at.post({ to: ['cy@inbox.test', 'ann@inbox.test'], stream: 'blue' });
        await store.change({ kind: 'message', id }, { read: true });
        const count = (address: string, messages: number, unread: number) => ({ address, messages, unread, lastAt: clock.now() });
        const found = await store.inboxes({ limit: 10 });
        expect(found).toHaveLength(3);
        expect(found).toEqual(expect.arrayContaining([count('ann@inbox.test', 3, 2), count('cy@inbox.test', 1, 1), count('bo@inbox.test', 1, 0)]));
        expect(found.at(-1)!.address).toBe('bo@inbox.test');
        expect(await store.inboxes({ limit: 10, stream: 'default', prefix: 'AN' })).toEqual([count('ann@inbox.test', 2, 1)]);
        expect(await store.inboxes({ limit: 1, stream: 'default' })).toEqual([count('ann@inbox.test', 2, 1)]);
      });
    });

    test('it is healthy until it is closed, and then says so', async () => {
      expect(await store.health()).toEqual({ ok: true });
      await store[Symbol.asyncDispose]();
      expect(await store.health()).toMatchObject({ ok: false, reason: 'closed' });
      expect(() => store.openBody()).toThrow('closed');
      await expect(store.list({ filter: EVERYTHING, limit: 1 })).rejects.toMatchObject({ name: 'StoreFault', reason: 'closed' });
      await store[Symbol.asyncDispose]();
    });
  });
}

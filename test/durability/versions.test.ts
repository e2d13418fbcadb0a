/**
 * A database of every earlier version is brought up to this one and loses
 * nothing. For each migration that stands at the end of a release there is a
 * file of rows as that version wrote them (versions/<name of the migration>.sql).
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Sqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { manualClock } from '../../server/clock.ts';
import { EVERYTHING, type Filter } from '../../server/inbox/filter.ts';
import { DEFAULT_DELIVERY } from '../../server/mail/stream.ts';
import type { Store } from '../../server/store/port.ts';
import { migrate, migrationsFolder, readMigrations } from '../../server/store/sqlite/migrate.ts';
import { openStore } from '../../server/store/sqlite/open.ts';
import { bytesOf, entryOf, postTo } from '../support/post.ts';

const folder = fileURLToPath(new URL('./versions/', import.meta.url));
const versions = readdirSync(folder).map((name) => name.replace('.sql', ''));
const journal = JSON.parse(readFileSync(join(migrationsFolder(), 'meta/_journal.json'), 'utf8')) as { entries: { tag: string }[] };

test('the newest version has its rows on file', () => {
  expect(versions).toContain(journal.entries.at(-1)!.tag);
});

/** The first version that had a queue, and the first that delivered. */
const QUEUE = '0002_delivery';
const DELIVER = '0003_deliver';

/** A store of rows as a version wrote them, brought up to this one. */
async function storeOf(version: string, more = ''): Promise<{ store: Store; close(): Promise<void> }> {
  const dir = mkdtempSync(join(tmpdir(), 'postern-version-'));
  const db = new Sqlite(join(dir, 'postern.db'));
  migrate(db, readMigrations().slice(0, journal.entries.findIndex(({ tag }) => tag === version) + 1));
  db.exec(readFileSync(join(folder, `${version}.sql`), 'utf8'));
  db.exec(more);
  db.close();
  const store = await openStore({ dir, clock: manualClock() });
  return {
    store,
    async close() {
      await store[Symbol.asyncDispose]();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

describe.each(versions)('a database of %s', (version) => {
  test('is brought up to this version and keeps what it had', async () => {
    const { store, close } = await storeOf(version);
    try {
      const [large, small] = await store.list({ filter: EVERYTHING, limit: 10 });
      expect(small).toMatchObject({ stream: 'default', parse: 'done', tags: ['old'], read: false, header: { subject: 'Kept from before', from: [{ name: 'App', address: 'app@sender.test' }] } });
      expect((await bytesOf(await store.body(small!.id))).toString()).toContain('please reset your password');
      expect((await bytesOf(await store.body(large!.id))).equals(Buffer.alloc(200_000, 'From: a@b.test\r\nSubject: large\r\n\r\nlarge body\r\n'))).toBe(true);
      expect((await store.read(small!.id))?.parsed?.headers).toContainEqual({ name: 'X-Order', value: 'no 42' });
      const finds: Filter[] = [
        { kind: 'text', words: ['reset', 'your'], whole: true }, { kind: 'header', name: 'x-order', value: '42' }, { kind: 'tag', tag: 'old' },
        { kind: 'from', address: 'app@sender.test' }, { kind: 'inbox', address: 'ANN@inbox.test' },
      ];
      for (const filter of finds) expect((await store.list({ filter, limit: 10, stream: 'default' })).map((one) => one.id)).toEqual([small!.id]);
      expect((await store.streams()).find((stream) => stream.name === 'blue')).toMatchObject({ retention: { messages: 5, age: null, bytes: null }, tags: ['t'] });
      expect(await store.credentials()).toMatchObject([{ id: 'c1', stream: 'blue', user: 'app' }]);
      expect(await store.inbox('temp@inbox.test')).toMatchObject({ address: 'Temp@inbox.test', stream: 'blue' });
      expect(await store.idempotent('blue', 'k', 0)).toMatchObject({ fingerprint: 'f', response: 'r' });
      const events = await store.events({ after: 0, limit: 100 });
      expect(events.map((event) => event.type).filter((type) => !/^(recipient|suppression)\./.test(type))).toEqual(['message.captured', 'message.parsed', 'stream.created', 'inbox.created', 'message.captured', 'message.captured', 'messages.deleted']);
      expect(await store.counts()).toMatchObject([{ stream: 'blue', messages: 1, bytes: 200_000 }, { stream: 'default', messages: 1, unread: 1 }]);
      // Takes mail as a new one does, with numbers that go on; and lets go of what it had.
      await postTo(store).post();
      expect((await store.list({ filter: EVERYTHING, limit: 1 }))[0]!.seq).toBe(4);
      expect(await store.delete({ kind: 'stream', stream: 'default' })).toBe(2);
    } finally {
      await close();
    }
  });
});

describe.each(versions)('the mail of a database of %s', (version) => {
  test('shows how it came, is in its inboxes, is found by a part of an address, is let go of, and is parsed if it was not', async () => {
    const { store, close } = await storeOf(version);
    const found = async (filter: Filter, limit: number) => (await store.list({ filter, limit })).map(({ id }) => id);
    try {
      const [large, small] = await found(EVERYTHING, 2);
      expect((await store.read(small!))!.session).toMatchObject({ protocol: 'smtp', transcript: [{ at: 1, by: 'C', line: 'EHLO app.test' }, { at: 2, by: 'S', line: '250 ok' }] });
      expect(await store.inboxes({ limit: 9 })).toContainEqual(expect.objectContaining({ address: 'ann@inbox.test', messages: 2 }));
      expect(await found({ kind: 'inbox', address: 'ann*' }, 2)).toEqual([large, small]);
      expect(await found({ kind: 'from', address: '*@b.test' }, 1)).toEqual([large]);
      expect(await store.unparsed(9)).toMatchObject([{ id: large }]);
      await store.index([entryOf(large!, {})]);
      const id = await postTo(store).post({ to: ['ann@inbox.test', 'cy@inbox.test'] });
      expect(await store.unparsed(9)).toMatchObject([{ id }]);
      expect(await store.delete({ kind: 'inbox', address: 'ann@inbox.test' })).toBe(3);
      expect(await found({ kind: 'inbox', address: 'ann*' }, 1)).toEqual([]);
      expect(await found({ kind: 'inbox', address: 'cy*' }, 1)).toEqual([id]);
      expect(await store.read(small!)).toBeUndefined();
    } finally {
      await close();
    }
  });
});

describe.each(versions.filter((version) => version < QUEUE))('a database of %s, from before there was a queue', (version) => {
  test('has streams that capture, nothing that waits, and queues mail from now on', async () => {
    const { store, close } = await storeOf(version);
    try {
      expect(await store.streams()).toMatchObject([{ name: 'blue', mode: 'capture', delivery: DEFAULT_DELIVERY, clockOffset: 0, paused: null }, { name: 'default' }]);
      expect(await store.lanes()).toEqual([]);
      for (const { id, delivery } of await store.list({ filter: EVERYTHING, limit: 10 })) {
        expect(delivery).toBeUndefined();
        expect((await store.delivery(id))!.recipients).toEqual([]);
      }
      const id = await postTo(store).post({ queue: {} });
      expect((await store.read(id))!.delivery).toEqual({ queued: 1 });
      expect(await store.lanes()).toMatchObject([{ stream: 'default', destination: 'inbox.test' }]);
    } finally {
      await close();
    }
  });
});

describe.each(versions.filter((version) => version >= QUEUE))('a database of %s, with a queue', (version) => {
  test('goes on with what waits, and knows what was tried, suppressed, paused and promised', async () => {
    const { store, close } = await storeOf(version);
    const now = manualClock().now();
    try {
      const blue = (await store.streams()).find((stream) => stream.name === 'blue');
      expect(blue).toMatchObject({ mode: 'simulate', clockOffset: 60_000, delivery: { ...DEFAULT_DELIVERY, jitter: 0 } });
      const [large] = await store.list({ filter: EVERYTHING, limit: 1 });
      expect(large!.delivery).toEqual({ queued: 1, deferred: 1 });
      const [ann, bo] = (await store.delivery(large!.id))!.recipients;
      expect(ann).toMatchObject({ recipient: { address: 'ann@inbox.test', state: 'deferred', due: now + 60_000, last: { class: 'greylisted' } }, attempts: [{ number: 1, transcript: [{ line: '451 later' }] }] });
      expect(bo).toMatchObject({ recipient: { destination: 'other.test', state: 'queued', mode: 'simulate', held: null, original: null }, attempts: [] });
      const { messages } = await store.lease({ stream: 'blue', mode: 'simulate', destinations: ['inbox.test', 'other.test'], now: now + 60_000, messages: 1, recipients: 9 });
      expect(messages).toMatchObject([{ from: 'app@sender.test', recipients: [{ n: 0, attempts: 1 }, { n: 1, attempts: 0 }] }]);
      expect(await store.suppressionOf('default', 'simulate', 'no@inbox.test', now)).toMatchObject({ stream: null, mode: null, reason: 'manual' });
      expect(await store.pauses()).toMatchObject([{ stream: 'blue', mode: 'simulate', site: 'inbox.test', reason: 'night' }, ...(version >= DELIVER ? [{ mode: 'deliver', reason: 'real night' }] : [])]);
      expect(await store.kept('scenario', 'blue')).toBe('[1]');
      expect(await store.nextPlanned('blue')).toBe(now + 5);
      expect(await store.hooks('blue')).toMatchObject([{ id: 'h1', cursor: 8 }]);
      expect(await store.dueCalls('h1', now, 9)).toMatchObject([{ id: 'call1', type: 'recipient.deferred' }]);
    } finally {
      await close();
    }
  });
});

test('what was suppressed before there was real mail: what came of a message is of simulated mail, what a person said is of both', async () => {
  const suppressed = (address: string, message: string | null) => `INSERT INTO suppressions (address, stream, reason, detail, message, created_at, expires_at) VALUES ('${address}', 2, 'hard_bounce', '', ${message === null ? 'NULL' : `'${message}'`}, 1, NULL);`;
  const { store, close } = await storeOf(QUEUE, `${suppressed('bounced@inbox.test', 'm1')} ${suppressed('said@inbox.test', null)} INSERT INTO strikes (address, stream, kind, at) VALUES ('cat@inbox.test', 2, 'confirm', 1);`);
  try {
    expect(await store.suppressions({ now: 0, stream: 'blue', limit: 9 })).toMatchObject([{ address: 'bounced@inbox.test', mode: 'simulate', message: 'm1' }, { address: 'said@inbox.test', mode: null }]);
    for (const mode of ['deliver', 'simulate'] as const) await store.report({ events: [], suppress: [], strikes: [{ stream: 'blue', mode, address: 'cat@inbox.test', kind: 'confirm', at: 1e12 }] });
    expect(await store.suppressions({ now: 0, q: 'cat@', limit: 9 })).toMatchObject([{ mode: 'simulate', reason: 'hard_bounce' }]);
  } finally {
    await close();
  }
});

describe.each(versions.filter((version) => version >= DELIVER))('a database of %s, that delivered', (version) => {
  test('knows what is held for real delivery, why, and whom it was for', async () => {
    const { store, close } = await storeOf(version);
    try {
      const [held] = await store.recipients({ scope: { mode: 'deliver' }, limit: 9 });
      expect(held).toMatchObject({ stream: 'default', state: 'held', held: { reason: 'not-allowed' }, original: ['ann@inbox.test'], n: 1 });
      expect(await store.suppressions({ now: 0, stream: 'default', limit: 9 })).toMatchObject([{ address: 'gone@real.test', mode: 'deliver', reason: 'hard_bounce' }]);
      expect(await store.lanes({ mode: 'deliver' })).toEqual([]);
      expect(await store.release({ heldFor: 'not-allowed' }, manualClock().now(), 'ann')).toBe(1);
      expect(await store.lanes({ mode: 'deliver' })).toMatchObject([{ stream: 'default', mode: 'deliver', destination: 'real.test' }]);
    } finally {
      await close();
    }
  });
});

test.each(versions.filter((version) => version >= '0005_former'))('a database of %s knows what streams that are gone have left, and gives their numbers to nobody else', async (version) => {
  const { store, close } = await storeOf(version);
  try {
    for (const name of ['next', 'news']) await store.createStream({ name, mode: 'deliver', retention: { messages: null, age: null, bytes: null }, tags: [], createdAt: 0, delivery: DEFAULT_DELIVERY, clockOffset: 0, paused: null });
    expect(await Promise.all(['next', 'news'].map((stream) => store.suppressions({ now: 0, stream, limit: 9 })))).toMatchObject([[], [{ address: 'left@real.test', stream: 'news' }]]);
  } finally {
    await close();
  }
});

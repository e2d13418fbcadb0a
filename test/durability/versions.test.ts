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
import { migrate, migrationsFolder, readMigrations } from '../../server/store/sqlite/migrate.ts';
import { openStore } from '../../server/store/sqlite/open.ts';
import { bytesOf, postTo } from '../support/post.ts';

const folder = fileURLToPath(new URL('./versions/', import.meta.url));
const versions = readdirSync(folder).map((name) => name.replace('.sql', ''));
const journal = JSON.parse(readFileSync(join(migrationsFolder(), 'meta/_journal.json'), 'utf8')) as { entries: { tag: string }[] };

test('the newest version has its rows on file', () => {
  expect(versions).toContain(journal.entries.at(-1)!.tag);
});

describe.each(versions)('a database of %s', (version) => {
  test('is brought up to this version and keeps what it had', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'postern-version-'));
    const db = new Sqlite(join(dir, 'postern.db'));
    migrate(db, readMigrations().slice(0, journal.entries.findIndex(({ tag }) => tag === version) + 1));
    db.exec(readFileSync(join(folder, `${version}.sql`), 'utf8'));
    db.close();

    const store = await openStore({ dir, clock: manualClock() });
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
      expect(events.map((event) => event.type)).toEqual(['message.captured', 'message.parsed', 'stream.created', 'inbox.created', 'message.captured', 'message.captured', 'messages.deleted']);
      expect(await store.counts()).toMatchObject([{ stream: 'blue', messages: 1, bytes: 200_000 }, { stream: 'default', messages: 1, unread: 1 }]);
      // Takes mail as a new one does, with numbers that go on; and lets go of what it had.
      await postTo(store).post();
      expect((await store.list({ filter: EVERYTHING, limit: 1 }))[0]!.seq).toBe(4);
      expect(await store.delete({ kind: 'stream', stream: 'default' })).toBe(2);
    } finally {
      await store[Symbol.asyncDispose]();
      rmSync(dir, { recursive: true, force: true });
    }
  });
});

/** What the SQLite store does when its disk, its threads or its folder fail it. */
import { mkdirSync, readFileSync, statSync, writeFileSync, existsSync, rmSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import Sqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { EVERYTHING } from '../../server/inbox/filter.ts';
import type { Store } from '../../server/store/port.ts';
import { openStore } from '../../server/store/sqlite/open.ts';
import { bytesOf, entryOf, postTo } from '../support/post.ts';
import { storeFolder } from './store-folder.ts';

const at = storeFolder();
const { open } = at;
const idsOf = async (store: Store) => (await store.list({ filter: EVERYTHING, limit: 500 })).map((one) => one.id);
const lookInto = <T>(look: (db: Sqlite.Database) => T): T => {
  const db = new Sqlite(join(at.dir, 'postern.db'));
  try {
    return look(db);
  } finally {
    db.close();
  }
};

test('what was accepted is there after a new start, and numbers go on', async () => {
  const first = await open();
  const raw = randomBytes(300_000);
  const ids = [await postTo(first).post({ raw }), await postTo(first).post()];
  const last = await first.lastEvent();
  await first[Symbol.asyncDispose]();
  const second = await open();
  expect(await idsOf(second)).toEqual([...ids].reverse());
  expect((await bytesOf(await second.body(ids[0]!))).equals(raw)).toBe(true);
  await postTo(second).post();
  expect(await second.lastEvent()).toBe(last + 1);
  expect((await second.counts())[0]).toMatchObject({ messages: 3, unread: 3 });
});

test('what was not parsed is found after a new start, between mail that was', async () => {
  const first = await open();
  const ids: string[] = [];
  for (let i = 0; i < 5; i++) ids.push(await postTo(first).post());
  await first.index([entryOf(ids[0]!, {}), entryOf(ids[2]!, {}), entryOf(ids[4]!, {})]);
  await first[Symbol.asyncDispose]();
  const second = await open();
  expect(await second.backlog()).toBe(2);
  expect((await second.unparsed(9)).map(({ id }) => id)).toEqual([ids[1], ids[3]]);
  await second.index([entryOf(ids[1]!, {}), entryOf(ids[3]!, {})]);
  expect(await second.unparsed(9)).toEqual([]);
});

test('numbers of deleted mail are not given out again, after a new start either', async () => {
  const first = await open();
  await postTo(first).post();
  await postTo(first).post();
  const seqOf = async (store: Store) => (await store.list({ filter: EVERYTHING, limit: 1 }))[0]!.seq;
  const seq = await seqOf(first);
  await first.delete({ kind: 'stream', stream: 'default' });
  await first[Symbol.asyncDispose]();
  const second = await open();
  await postTo(second).post();
  expect(await seqOf(second)).toBe(seq + 1);
});

test('nor are those of events that the log let go', async () => {
  const first = await open({ keepEvents: 0 });
  await postTo(first).post();
  const last = await first.lastEvent();
  await first.prune(0, 500);
  expect(await first.events({ after: 0, limit: 10 })).toEqual([]);
  expect(await first.lastEvent()).toBe(last);
  await first[Symbol.asyncDispose]();
  const second = await open();
  expect(await second.lastEvent()).toBe(last);
  await postTo(second).post();
  expect(await second.lastEvent()).toBe(last + 1);
});

test('a full disk refuses with that reason, keeps what it has, and takes mail again once there is room', async () => {
  const store = await open({ maxPages: 400 });
  const { post, attempt } = postTo(store);
  const kept: string[] = [];
  let refused;
  for (let i = 0; i < 100 && !refused; i++) {
    const outcome = await attempt({ raw: randomBytes(50_000) });
    if (outcome.kind === 'refused') refused = outcome;
    else kept.push(outcome.id);
  }
  expect(refused).toMatchObject({ reason: 'disk-full', code: 452 });
  expect(kept.length).toBeGreaterThan(5);
  expect((await idsOf(store)).reverse()).toEqual(kept);
  expect((await store.counts())[0]!.messages).toBe(kept.length);
  // A body in pieces is told as soon as a piece cannot be kept.
  expect(await attempt({ raw: randomBytes(1_000_000) })).toMatchObject({ kind: 'refused', reason: 'disk-full' });
  await store.delete({ kind: 'messages', ids: kept.slice(0, 3) });
  const id = await post({ raw: randomBytes(50_000) });
  expect(await idsOf(store)).toContain(id);
  expect(await store.health()).toEqual({ ok: true });
});

test('a submission too large for the disk does not take the small ones of its commit with it', async () => {
  const store = await open({ maxPages: 150 });
  const { attempt } = postTo(store);
  const outcomes = await Promise.all([attempt(), attempt({ raw: randomBytes(130_000) }), ...Array.from({ length: 6 }, () => attempt({ raw: randomBytes(100_000) })), attempt()]);
  expect(outcomes[0]!.kind).toBe('accepted');
  expect(outcomes.at(-1)!.kind).toBe('accepted');
  expect(outcomes.some((one) => one.kind === 'refused')).toBe(true);
  expect(await idsOf(store)).toHaveLength(outcomes.filter((one) => one.kind === 'accepted').length);
});

test('when the writing thread dies its callers hear of it, and it comes back once', async () => {
  const threads: Worker[] = [];
  const store = await open({ started: (thread) => threads.push(thread) });
  const { post, attempt } = postTo(store);
  const kept = await post();
  const large = store.openBody();
  await large.write(randomBytes(500_000));
  const kill = async (thread: Worker) => {
    const gone = once(thread, 'exit');
    const during = attempt();
    await thread.terminate();
    await gone;
    return during;
  };
  // The mail under way is refused, or was committed before the end: never left without an answer.
  const during = await kill(threads[0]!);
  expect(['accepted', 'store-broken']).toContain(during.kind === 'refused' ? during.reason : during.kind);
  await expect.poll(() => store.health()).toEqual({ ok: true });
  const again = await post();
  expect(await idsOf(store)).toEqual(expect.arrayContaining([kept, again]));
  // Its pieces went with the thread.
  large.abort();
  await kill(threads.at(-1)!);
  expect(await attempt()).toMatchObject({ kind: 'refused', reason: 'store-broken' });
  expect(await store.health()).toMatchObject({ ok: false, reason: 'broken' });
  expect(await idsOf(store)).toContain(kept);
});

test('a store that is closed while its writing thread comes back lets that thread open first', async () => {
  const threads: Worker[] = [];
  const store = await open({ started: (thread) => threads.push(thread) });
  const gone = once(threads[0]!, 'exit');
  await threads[0]!.terminate();
  await gone;
  await once(threads[2]!, 'online');
  // One that is terminated ends with 1; while it loads better-sqlite3 that would end the process.
  const [[code]] = await Promise.all([once(threads[2]!, 'exit'), store[Symbol.asyncDispose]()]);
  expect(code).toBe(0);
});

test('a store in memory whose thread dies stays broken: it must not come back empty', async () => {
  const threads: Worker[] = [];
  const store = await open({ dir: ':memory:', started: (thread) => threads.push(thread) });
  await postTo(store).post();
  await threads[0]!.terminate();
  expect(await store.health()).toMatchObject({ ok: false, reason: 'broken' });
  await expect(store.list({ filter: EVERYTHING, limit: 1 })).rejects.toMatchObject({ name: 'StoreFault', reason: 'broken' });
  expect(existsSync(':memory:')).toBe(false);
});

test('bodies that were never accepted are swept at the next start', async () => {
  const store = await open();
  const body = store.openBody();
  await body.write(randomBytes(600_000));
  await store[Symbol.asyncDispose]();
  const rows = () => lookInto((db) => db.prepare('SELECT (SELECT count(*) FROM pieces) AS pieces, (SELECT count(*) FROM uploads) AS uploads').get());
  expect(rows()).toEqual({ pieces: 4, uploads: 1 });
  await (await open())[Symbol.asyncDispose]();
  expect(rows()).toEqual({ pieces: 0, uploads: 0 });
});

test('a body that is given up leaves nothing on the disk', async () => {
  const store = await open();
  const body = store.openBody();
  await body.write(randomBytes(600_000));
  body.abort();
  const late = store.openBody();
  const written = late.write(randomBytes(300_000));
  late.abort();
  await written;
  await store[Symbol.asyncDispose]();
  expect(lookInto((db) => db.prepare('SELECT count(*) AS n FROM pieces').get())).toEqual({ n: 0 });
});

test('the file shrinks when mail is deleted', async () => {
  const store = await open();
  const { post } = postTo(store);
  for (let i = 0; i < 20; i++) await post({ raw: randomBytes(1_000_000) });
  const file = join(at.dir, 'postern.db');
  await store.delete({ kind: 'stream', stream: 'default' });
  let steps = 0;
  while ((await store.prune(0, 500)).more) steps++;
  expect(steps).toBeGreaterThan(5);
  expect(statSync(file).size).toBeLessThan(4_000_000);
});

test('a second Postern on the same folder is told who has it', async () => {
  await open();
  await expect(openStore({ dir: at.dir })).rejects.toThrow(new RegExp(`in use by another Postern \\(pid ${process.pid}\\)`));
});

test('a folder that a newer Postern wrote is refused, with what to do', async () => {
  await (await open())[Symbol.asyncDispose]();
  lookInto((db) => db.exec("INSERT INTO __drizzle_migrations (hash, created_at) VALUES ('later', 9999999999999)"));
  const died: string[] = [];
  await expect(openStore({ dir: at.dir, log: { warn: (_facts, message) => died.push(message) } })).rejects.toMatchObject({ name: 'OperatorError', message: expect.stringContaining('newer Postern') });
  expect(died).toEqual([]);
  // And let go of again.
  lookInto((db) => db.exec("DELETE FROM __drizzle_migrations WHERE hash = 'later'"));
  expect(await (await open()).health()).toEqual({ ok: true });
});

test('a folder that cannot be written to is the operator\'s to mend, not a crash', async () => {
  mkdirSync(join(at.dir, 'postern.lock'));
  await expect(openStore({ dir: at.dir })).rejects.toMatchObject({ name: 'OperatorError', message: expect.stringContaining(`${at.dir} cannot be written to`) });
});

test('mail leaves some of the disk free, so that there is room to delete in', async () => {
  const first = await open();
  const kept = [await postTo(first).post(), await postTo(first).post()];
  await first[Symbol.asyncDispose]();
  const store = await open({ keepFree: Infinity });
  expect(await postTo(store).attempt()).toMatchObject({ kind: 'refused', reason: 'disk-full' });
  expect(await postTo(store).attempt({ raw: randomBytes(600_000) })).toMatchObject({ kind: 'refused', reason: 'disk-full' });
  expect(await store.health()).toMatchObject({ ok: false, reason: 'full' });
  expect(await store.delete({ kind: 'messages', ids: kept.slice(0, 1) })).toBe(1);
  expect(await idsOf(store)).toEqual(kept.slice(1));
});

test('when the folder is deleted under a running store nothing is accepted any more', async () => {
  const store = await open();
  await postTo(store).post();
  rmSync(at.dir, { recursive: true });
  expect(await postTo(store).attempt()).toMatchObject({ kind: 'refused', reason: 'store-broken' });
  expect(await store.health()).toMatchObject({ ok: false, reason: 'broken', detail: expect.stringContaining('was deleted or replaced') });
  // Another file of that name is not the database either.
  mkdirSync(at.dir);
  writeFileSync(join(at.dir, 'postern.db'), '');
  expect(await postTo(store).attempt()).toMatchObject({ kind: 'refused', reason: 'store-broken' });
});

test('a folder that cannot be made is told at once', async () => {
  await expect(openStore({ dir: '/proc/nope/data' })).rejects.toThrow(/The data folder \/proc\/nope\/data cannot be written to \(ENOENT/);
});

test('a file that is no database is a fault of the store, not a crash', async () => {
  writeFileSync(join(at.dir, 'postern.db'), randomBytes(20_000));
  await expect(openStore({ dir: at.dir })).rejects.toMatchObject({ name: 'StoreFault', reason: 'broken' });
});

test('a message lies as it came until it is indexed, then compressed, and reads the same: whatever it begins with, in pieces or whole', async () => {
  const store = await open();
  const bodies = [Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x20]), Buffer.from('{}'), Buffer.from(''), Buffer.alloc(50_000, 'compressible '), randomBytes(3_000), randomBytes(300_000), Buffer.alloc(2 * 128 * 1024, 1)];
  const ids: string[] = [];
  for (const raw of bodies) ids.push(await postTo(store).post({ raw }));
  const loose = () => lookInto((db) => db.prepare("SELECT count(*) FROM contents WHERE substr(data, 1, 1) = x'7b'").pluck().get());
  const look = async () => {
    const found = [];
    for (const [i, id] of ids.entries()) found.push({ same: (await bytesOf(await store.body(id))).equals(bodies[i]!), detail: await store.read(id).then((message) => ({ envelope: message?.envelope, session: message?.session })) });
    return found;
  };
  const before = await look();
  expect(before.every(({ same, detail }) => same && detail.envelope)).toBe(true);
  expect(loose()).toBe(bodies.length);
  for (const id of ids) await store.index([entryOf(id, {})]);
  expect(loose()).toBe(0);
  expect(await look()).toEqual(before);
});

test('bytes that rotted on the disk are a fault, never a different message', async () => {
  const store = await open();
  const id = await postTo(store).post({ text: 'x'.repeat(20_000) + randomBytes(20_000).toString('base64') });
  await store[Symbol.asyncDispose]();
  lookInto((db) => db.exec("UPDATE contents SET data = CAST(substr(data, 1, 5000) || x'00ff' || substr(data, 5003) AS BLOB)"));
  const again = await open();
  await expect(again.body(id)).rejects.toMatchObject({ name: 'StoreFault', reason: 'broken' });
  expect(await again.list({ filter: EVERYTHING, limit: 1 })).toHaveLength(1);
});

test('only its owner can read what is kept', async () => {
  const store = await open();
  await postTo(store).post();
  for (const file of ['postern.db', 'postern.db-wal', 'postern.pid', 'postern.lock']) expect(statSync(join(at.dir, file)).mode & 0o077).toBe(0);
  expect(readFileSync(join(at.dir, 'postern.pid'), 'utf8')).toBe(`${process.pid}\n`);
});

import { afterEach, beforeEach, expect, test } from 'vitest';
import type { EventPage, Inbox, NewCredential, Stream } from '../../sdk/contract.ts';
import { apiHouse, type ApiHouse } from '../support/api-house.ts';

let house: ApiHouse;
beforeEach(async () => { house = await apiHouse(); });
afterEach(() => house.close());

test('a stream is made, changed, counted and deleted with its mail', async () => {
  const made = await house.json<Stream>('/v1/streams', { json: { name: 'qa', retention: { age: '7d' }, tags: ['nightly'] } }, 201);
  expect(made).toMatchObject({ name: 'qa', mode: 'capture', retention: { age: 7 * 86_400_000, messages: 100_000 }, tags: ['nightly'], messages: 0 });
  const { id } = await house.send({}, 'qa');
  expect(await house.json<Stream>('/v1/streams/qa')).toMatchObject({ messages: 1, unread: 1 });
  expect(await house.json<Stream>('/v1/streams/qa', { method: 'PATCH', json: { retention: { messages: 10, bytes: null } } })).toMatchObject({ retention: { messages: 10, age: 7 * 86_400_000, bytes: null } });
  await house.json('/v1/streams/qa', { method: 'DELETE' }, 204);
  await house.json(`/v1/messages/${id}`, {}, 404);
  await house.json('/v1/streams/qa', {}, 404);
});

test('a stream name is plain, and taken once', async () => {
  for (const name of ['QA', 'a b', '', '../x', '-', 'a'.repeat(65)]) await house.json('/v1/streams', { json: { name } }, 422);
  expect(await house.json('/v1/streams', { json: { name: 'default' } }, 409)).toMatchObject({ type: '/problems/name-taken' });
  await house.json('/v1/streams', { json: { name: 'x', mode: 'send' } }, 422);
  await house.json('/v1/streams', { json: { name: 'x', retention: { age: 'soon' } } }, 422);
  // Taken and deleted at once would look like loss.
  for (const key of ['messages', 'age', 'bytes']) {
    expect(await house.json('/v1/streams/default', { method: 'PATCH', json: { retention: { [key]: 0 } } }, 422)).toMatchObject({ errors: [{ path: `retention.${key}`, message: 'must be at least 1; null keeps all; it is 0' }] });
  }
});

test('the default stream stays', async () => {
  expect(await house.json('/v1/streams/default', { method: 'DELETE' }, 409)).toMatchObject({ type: '/problems/default-stream' });
  const { streams } = await house.json<{ streams: Stream[] }>('/v1/streams');
  expect(streams.map(({ name }) => name)).toEqual(['default']);
});

test.each([[0, 'longer than nothing'], [Number.MAX_SAFE_INTEGER, 'too long'], ['36501d', 'too long'], ['soon', 'milliseconds or a text']])('a lifetime of %s is refused, and nothing is made', async (lifetime, why) => {
  expect(await house.json('/v1/streams/default/credentials', { json: { lifetime } }, 422)).toMatchObject({ errors: [{ path: 'lifetime', message: expect.stringContaining(why) as string }] });
  expect(await house.json('/v1/inboxes', { json: { address: 'mine@x.test', lifetime } }, 422)).toMatchObject({ errors: [{ path: 'lifetime' }] });
  expect((await house.json<Stream>('/v1/streams/default')).credentials).toEqual([]);
  await house.json('/v1/inboxes', { json: { address: 'mine@x.test', lifetime: '36500d' } }, 201);
});

test('a credential that an earlier version gave an end without a date is listed all the same', async () => {
  await house.streams.createCredential({ stream: 'default', expiresAt: Number.MAX_SAFE_INTEGER });
  expect((await house.json<Stream>('/v1/streams/default')).credentials).toMatchObject([{ expiresAt: '9999-12-31T23:59:59.999Z' }]);
});

test('a stream that is not there is said to be none, and an empty list of kinds or states is no list', async () => {
  for (const path of ['/v1/tags?stream=nope', '/v1/inboxes?stream=nope']) expect(await house.json(path, {}, 404)).toMatchObject({ type: '/problems/no-such-stream' });
  for (const path of ['/v1/events?types=', '/v1/events?types=,', '/v1/events/wait?types=', '/v1/queue/recipients?stream=default&states=,']) expect(await house.json(path, {}, 422)).toMatchObject({ detail: expect.stringContaining('leave it out for all') as string });
});

test('a password is shown once, and never stored in an answer or a cache', async () => {
  const response = await house.ask('/v1/streams/default/credentials', { method: 'POST' });
  expect([response.status, response.headers.get('cache-control')]).toEqual([201, 'no-store']);
  const made = (await response.json()) as NewCredential;
  expect(made.password.length).toBeGreaterThan(20);
  const shown = await (await house.ask('/v1/streams')).text();
  expect(shown).toContain(made.user);
  expect(shown).not.toContain(made.password);
  expect(shown).not.toContain('hash');
  await house.json('/v1/streams/default/credentials', { json: { user: made.user } }, 409);
  await house.json('/v1/streams/default/credentials', { json: { user: 'two words' } }, 422);
  await house.json(`/v1/streams/default/credentials/${made.id}`, { method: 'DELETE' }, 204);
  await house.json(`/v1/streams/default/credentials/${made.id}`, { method: 'DELETE' }, 404);
});

test('an inbox is an address that nobody else has, with the settings to send to it', async () => {
  const one = await house.json<Inbox>('/v1/inboxes', { method: 'POST' }, 201);
  const two = await house.json<Inbox>('/v1/inboxes', { json: { prefix: 'SignUp', lifetime: '10m' } }, 201);
  expect(one.address).toMatch(/^[0-9a-z]{12}@postern\.test$/);
  expect(two.address).toMatch(/^signup-[0-9a-z]{12}@postern\.test$/);
  expect(Date.parse(two.expiresAt!) - Date.parse(two.createdAt)).toBe(600_000);
  expect(one.smtp).toMatchObject({ host: '127.0.0.1', port: 1025, user: null, password: null, url: 'smtp://127.0.0.1:1025' });
});

test('an address asked for by name is handed out once, in any spelling', async () => {
  await house.json('/v1/inboxes', { json: { address: 'Ann@x.test' } }, 201);
  expect(await house.json('/v1/inboxes', { json: { address: 'ann@X.test' } }, 409)).toMatchObject({ type: '/problems/name-taken' });
  for (const json of [{ address: 'no at' }, { address: 'a\r\nb@x.test' }, { prefix: 'a b' }, { prefix: '..' }, { lifetime: 'x' }, { stream: 7 }]) await house.json('/v1/inboxes', { json }, 422);
  await house.json('/v1/inboxes', { json: { stream: 'nowhere' } }, 404);
});

test('an inbox of a named stream sends by the stream name, and one with logins gets its own', async () => {
  await house.json('/v1/streams', { json: { name: 'qa' } }, 201);
  expect((await house.json<Inbox>('/v1/inboxes', { json: { stream: 'qa' } }, 201)).smtp).toMatchObject({ user: 'qa', url: 'smtp://qa:any@127.0.0.1:1025' });
  await house.json('/v1/streams/qa/credentials', { method: 'POST' }, 201);
  const { smtp, expiresAt } = await house.json<Inbox>('/v1/inboxes', { json: { stream: 'qa', lifetime: 60_000 } }, 201);
  const credential = house.streams.credentials('qa').find(({ user }) => user === smtp.user)!;
  expect(await house.streams.verify(smtp.password!, credential)).toBe(true);
  expect(credential.expiresAt).toBe(Date.parse(expiresAt!));
});

test('addresses that got mail and tags in use are counted', async () => {
  await house.send({ to: ['x@b.test', 'y@b.test'], tags: ['t1'] });
  await house.send({ to: 'x@b.test', tags: ['t1', 't2'] });
  const { inboxes } = await house.json<{ inboxes: { address: string; messages: number }[] }>('/v1/inboxes?prefix=x');
  expect(inboxes).toMatchObject([{ address: 'x@b.test', messages: 2, unread: 2 }]);
  const { tags } = await house.json<{ tags: { tag: string; messages: number }[] }>('/v1/tags?stream=default');
  expect(tags.toSorted((a, b) => a.tag.localeCompare(b.tag))).toEqual([{ tag: 't1', messages: 2 }, { tag: 't2', messages: 1 }]);
});

test('everything that happens is one list with a cursor', async () => {
  await house.json('/v1/streams', { json: { name: 'qa' } }, 201);
  const { id } = await house.send({}, 'qa');
  await house.json(`/v1/messages/${id}`);
  await house.json(`/v1/messages/${id}`, { method: 'PATCH', json: { read: true } });
  await house.json(`/v1/messages/${id}`, { method: 'DELETE' }, 204);
  const page = await house.json<EventPage>('/v1/events?stream=qa');
  expect(page.events.map(({ type }) => type)).toEqual(['stream.created', 'message.captured', 'message.parsed', 'message.updated', 'messages.deleted']);
  expect(page.events[1]).toMatchObject({ message: id, summary: { id, subject: 'Hello', cursor: expect.any(String) } });
  const rest = await house.json<EventPage>(`/v1/events?stream=qa&after=${page.events[2]!.id}&types=messages.deleted`);
  expect(rest.events.map(({ type }) => type)).toEqual(['messages.deleted']);
  expect((await house.json<EventPage>(`/v1/events?after=${page.cursor}`)).events).toEqual([]);
  await house.json('/v1/events?types=message.eaten', {}, 422);
});

import { request } from 'node:http';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Inbox, UnexpectedMailProblem, WaitResult, WaitTimeoutProblem } from '../../sdk/contract.ts';
import { apiHouse, type ApiHouse } from '../support/api-house.ts';

let house: ApiHouse;
beforeEach(async () => { house = await apiHouse(); });
afterEach(() => house.close());

/** Resolves once so many waits are held. */
const held = (count: number) => vi.waitFor(() => expect(house.deps.waits.open()).toBe(count), { interval: 2, timeout: 10_000 });

test('a wait sees what is there and answers it parsed', async () => {
  const { id } = await house.send({ text: 'Your code is 482913' });
  const { messages, cursor } = await house.json<WaitResult>('/v1/wait?inbox=bob@b.test');
  expect(messages).toMatchObject([{ id, parse: 'done', codes: ['482913'], cursor }]);
});

test('a wait sees what is still to come, by its body too', async () => {
  const wait = house.json<WaitResult>('/v1/wait?to=bob@b.test&q=zanzibar&count=2');
  await held(1);
  await house.send({ text: 'zanzibar one' });
  await house.send({ text: 'something else' });
  await house.send({ text: 'zanzibar two' });
  expect((await wait).messages.map(({ text }) => text!.trim())).toEqual(['zanzibar one', 'zanzibar two']);
});

test('a wait after an inbox cursor does not see what was there before', async () => {
  await house.json<Inbox>('/v1/inboxes', { json: { address: 'ann@x.test' } }, 201);
  await house.send({ to: 'bob@b.test', subject: 'Old' });
  const { cursor } = await house.json<Inbox>('/v1/inboxes', { json: { address: 'bob@b.test' } }, 201);
  const wait = house.json<WaitResult>(`/v1/wait?inbox=bob@b.test&after=${cursor}`);
  await held(1);
  await house.send({ subject: 'New' });
  expect((await wait).messages.map(({ subject }) => subject)).toEqual(['New']);
});

test('a wait whose time runs out says what did arrive and how the nearest differs', async () => {
  const wait = house.json<WaitTimeoutProblem>('/v1/wait?inbox=bob@b.test&subject=Reset&timeout=30s', {}, 408);
  await held(1);
  await house.send({ subject: 'Welcome' });
  await house.send({ subject: 'Other', to: 'else@where.test' });
  house.clock.advance(30_000);
  const problem = await wait;
  expect(problem).toMatchObject({
    type: '/problems/wait-timeout', found: 0, wanted: 1, waited: 30_000, arrivedInAll: 2,
    arrived: [{ subject: 'Welcome', to: ['bob@b.test'], differs: [{ field: 'subject', wanted: 'Reset', got: 'Welcome' }] }, { subject: 'Other' }],
  });
  expect(problem.detail).toBe('Waited 30 s for 1 message with inbox="bob@b.test", subject="Reset"; none came. 2 other messages arrived; the nearest ("Welcome" to bob@b.test) differs in subject: wanted "Reset", got "Welcome".');
});

test('a wait that saw nothing at all says so', async () => {
  const wait = house.json<WaitTimeoutProblem>('/v1/wait?inbox=bob@b.test&timeout=1000', {}, 408);
  await held(1);
  house.clock.advance(1_000);
  expect((await wait).detail).toContain('No other mail arrived either');
});

test('a wait without any time sees what is there, always', async () => {
  const { id } = await house.send({ to: 'bob@b.test' });
  house.clock.advance(1_000);
  const wait = house.json<WaitResult>('/v1/wait?inbox=bob@b.test&timeout=0');
  await held(1);
  house.clock.advance(0); // its time is over before the store could answer
  expect((await wait).messages).toMatchObject([{ id }]);
});

test('a wait for a misspelt address tells of the mail that came just before it', async () => {
  await house.send({ subject: 'Long ago', to: 'bob@b.test' });
  house.clock.advance(120_000);
  await house.send({ subject: 'Reset', to: 'bob@b.test' });
  await house.send({ subject: 'Of another test', to: 'somebody@else.test' });
  house.clock.advance(50);
  const wait = house.json<WaitTimeoutProblem>('/v1/wait?inbox=bop@b.test&timeout=1000', {}, 408);
  await held(1);
  house.clock.advance(1_000);
  expect(await wait).toMatchObject({ arrivedInAll: 1, arrived: [{ subject: 'Reset', differs: [{ field: 'inbox', wanted: 'bop@b.test', got: 'bob@b.test' }] }] });
});

test('a wait whose mail went into another stream says so, and that the login chooses it', async () => {
  await house.json('/v1/streams', { json: { name: 'billing' } }, 201);
  await house.send({ to: 'bob@b.test', subject: 'Invoice' });
  await house.send({ to: 'somebody@else.test', subject: 'Of another test' });
  const wait = house.json<WaitTimeoutProblem>('/v1/wait?stream=billing&inbox=bob@b.test&timeout=1000', {}, 408);
  await held(1);
  house.clock.advance(1_000);
  const problem = await wait;
  expect(problem).toMatchObject({ arrivedInAll: 1, arrived: [{ subject: 'Invoice', differs: [{ field: 'stream', wanted: 'billing', got: 'default' }] }] });
  expect(problem.detail).toContain('differs in stream: wanted "billing", got "default". The login (its user name) chooses the stream.');
});

test('a wait that found some, and no others came, does not ask whether any was sent', async () => {
  await house.send({ to: 'bob@b.test' });
  const wait = house.json<WaitTimeoutProblem>('/v1/wait?inbox=bob@b.test&count=2&timeout=1000', {}, 408);
  await held(1);
  house.clock.advance(1_000);
  expect((await wait).detail).toMatch(/; 1 came\. No other mail arrived\.$/);
});

test('a wait for none answers once its time is over, and is a conflict as soon as one comes', async () => {
  const calm = house.json<WaitResult>('/v1/wait?inbox=bob@b.test&count=0&timeout=5s');
  await held(1);
  house.clock.advance(5_000);
  expect(await calm).toMatchObject({ messages: [], cursor: expect.any(String) });
  const hit = house.json<UnexpectedMailProblem>('/v1/wait?inbox=bob@b.test&count=0&timeout=5s', {}, 409);
  await held(1);
  const { id } = await house.send({});
  expect(await hit).toMatchObject({ type: '/problems/unexpected-mail', messages: [{ id }], detail: expect.stringContaining('"Hello" from ann@a.test to bob@b.test') });
});

test('a wait that cannot be read is refused at once', async () => {
  for (const query of ['timeout=11m', 'timeout=soon', 'count=-1', 'count=501', 'after=x', 'q=is:nonsense', 'subjet=x']) {
    expect([query, Math.floor((await house.ask(`/v1/wait?${query}`)).status / 100)]).toEqual([query, 4]);
  }
});

test('a client that leaves takes its wait with it', async () => {
  const { port } = await house.listen();
  const client = request({ port, host: '127.0.0.1', path: '/v1/wait?timeout=10m' }).on('error', () => {});
  client.end();
  await held(1);
  client.destroy();
  await held(0);
  expect(house.deps.waits.open()).toBe(0);
});

test('a server that closes answers the waits it holds', async () => {
  const { url } = await house.listen();
  const wait = fetch(`${url}/v1/wait?timeout=10m`);
  await held(1);
  const closed = house.http.close();
  const response = await wait;
  expect([response.status, await response.json()]).toMatchObject([503, { type: '/problems/shutting-down' }]);
  await closed;
});

test('four hundred waits are held at once and each gets its own mail', async () => {
  const { url } = await house.listen();
  const waits = Array.from({ length: 400 }, (_, i) => fetch(`${url}/v1/wait?inbox=user${i}@b.test&timeout=5m`));
  await held(400);
  await house.json('/v1/streams/default/messages', { json: Array.from({ length: 200 }, (_, i) => ({ from: 'a@a.test', to: [`user${i}@b.test`, `user${i + 200}@b.test`], subject: `For ${i}` })) }, 202);
  const answers = await Promise.all(waits.map(async (wait) => ((await (await wait).json()) as WaitResult).messages[0]!.subject));
  expect(answers).toEqual(Array.from({ length: 400 }, (_, i) => `For ${i % 200}`));
});

/** A request that is held until something happens. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { EventTimeoutProblem, PosternEvent } from '../../sdk/contract.ts';
import { EventTimeoutProblem as TimeoutSchema, PosternEvent as EventSchema } from '../../server/api/schemas/events.ts';
import { apiHouse, type ApiHouse } from '../support/api-house.ts';

let house: ApiHouse;
beforeEach(async () => {
  house = await apiHouse();
  await house.json('/v1/streams', { json: { name: 'shop', mode: 'simulate' } }, 201);
});
afterEach(() => house.close());

const wait = <T = PosternEvent>(query: string, status = 200) => house.json<T>(`/v1/events/wait?${query}`, {}, status);
const advance = (json: object) => house.json('/v1/streams/shop/clock/advance', { json });

test('what happened already is seen', async () => {
  const { id } = await house.send({ to: 'ann+full@x.test' }, 'shop');
  await advance({ by: 0 });
  const event = await wait(`message=${id}&types=recipient.deferred`);
  expect(event).toMatchObject({ type: 'recipient.deferred', message: id, recipient: 'ann+full@x.test', class: 'mailbox_full' });
  expect(EventSchema.parse(event)).toEqual(event);
});

test('what is still to come is seen, and a recipient in any case', async () => {
  const waiting = wait('recipient=ANN@x.test&types=recipient.delivered');
  await house.send({ to: 'ann@X.test' }, 'shop');
  await advance({ by: 0 });
  expect(await waiting).toMatchObject({ type: 'recipient.delivered', recipient: 'ann@X.test' });
});

test('a class, a stream and a place narrow it', async () => {
  await house.send({ to: ['a+full@x.test', 'b+unknown@x.test', 'c+full@x.test'] }, 'shop');
  await advance({ by: 0 });
  const first = await wait('stream=shop&class=mailbox_full');
  const second = await wait(`stream=shop&class=mailbox_full&after=${first.id}`);
  expect([first, second]).toMatchObject([{ recipient: 'a+full@x.test' }, { recipient: 'c+full@x.test' }]);
  expect(await wait('stream=shop&class=invalid_recipient')).toMatchObject({ recipient: 'b+unknown@x.test' });
  await wait('stream=default&class=mailbox_full&timeout=0', 408);
});

test('a cursor from before a fresh start means from now on: nothing old is handed out', async () => {
  await house.send({ subject: 'Old' }, 'shop');
  expect(await wait('after=999999&types=message.captured&timeout=0', 408)).toMatchObject({ happened: [] });
  const waiting = wait('after=999999&types=message.captured');
  await new Promise((resolve) => setImmediate(resolve));
  await house.send({ subject: 'New' }, 'shop');
  expect(await waiting).toMatchObject({ type: 'message.captured', summary: { subject: 'New' } });
});

test('a stream that is not there is told at once', async () => {
  expect(await wait('stream=nobody', 404)).toMatchObject({ type: '/problems/no-such-stream' });
});

test('a wait for delivery in a stream that captures is told why there is none', async () => {
  await house.json('/v1/inboxes', { json: { address: 'ann@x.test' } }, 201);
  expect(await wait('recipient=ann@x.test&types=recipient.delivered&timeout=0', 408)).toMatchObject({ detail: expect.stringMatching(/inbox\.created\..*"default" is in mode capture.*mode simulate/) });
  expect(await wait('stream=default&types=bounce.received&timeout=0', 408)).toMatchObject({ detail: expect.stringContaining('mode capture') });
  expect(await wait('stream=default&types=hook.disabled&timeout=0', 408)).not.toMatchObject({ detail: expect.stringContaining('mode capture') });
  expect(await wait('stream=shop&types=recipient.delivered&timeout=0', 408)).not.toMatchObject({ detail: expect.stringContaining('mode capture') });
});

test('what happened to a recipient instead is told with its own times', async () => {
  const { id } = await house.send({ to: 'ann+fail9.451@x.test' }, 'shop');
  await advance({ by: '2h' });
  const { detail, happened } = await wait<EventTimeoutProblem>(`message=${id}&types=recipient.delivered&timeout=0`, 408);
  const times = happened.flatMap((event) => (event.type === 'recipient.deferred' ? [event.time] : []));
  expect(times.length).toBeGreaterThan(2);
  expect([...detail!.matchAll(/recipient\.deferred at (\S+?Z)/g)].map(([, time]) => time)).toEqual(times.slice(-10));
});

test('a wait that runs out tells what did happen to the message, and nothing of others', async () => {
  const { id } = await house.send({ to: 'ann+fail9.451@x.test' }, 'shop');
  await house.send({ to: 'other@x.test' }, 'shop');
  await advance({ by: 0 });
  // What is done to it afterwards is told, too, and hides nothing.
  await house.json(`/v1/messages/${id}`, { method: 'PATCH', json: { read: true } });
  const waiting = house.ask(`/v1/events/wait?message=${id}&types=recipient.delivered&timeout=5s`);
  const clock = setInterval(() => house.clock.advance(1_000), 1);
  const response = await waiting.finally(() => clearInterval(clock));
  const problem = (await response.json()) as EventTimeoutProblem;
  expect(response.status).toBe(408);
  expect(TimeoutSchema.parse(problem)).toEqual(problem);
  expect(problem.happened.map(({ type }) => type)).toEqual(expect.arrayContaining(['message.captured', 'recipient.deferred']));
  expect(problem.happened.every((event) => 'message' in event && event.message === id)).toBe(true);
  expect(problem.detail).toMatch(/Waited 5 s for an event with .*none came\. What did happen: .*recipient\.deferred.* The next attempt is due at 2026-.*advance it/);
  expect(problem.waited).toBeGreaterThanOrEqual(5_000);
});

test('without any time, only the past is looked at', async () => {
  expect(await wait<EventTimeoutProblem>('message=01KAJQ00000000000000000001&timeout=0', 408)).toMatchObject({ happened: [], waited: 0, detail: expect.stringContaining('Nothing else happened') });
});

test('a kind that is none, and a parameter that is none, are told', async () => {
  expect(await wait('types=recipient.bonced', 422)).toMatchObject({ errors: [{ path: 'types' }] });
  expect(await wait('recipent=a@x.test', 422)).toMatchObject({ errors: [{ path: 'recipent' }] });
  expect(await wait('timeout=1h', 422)).toMatchObject({ errors: [{ path: 'timeout' }] });
});

test('a wait ends when the server closes, and when the client leaves', async () => {
  const stop = new AbortController();
  const left = house.ask('/v1/events/wait?types=inbox.created&timeout=10m', { signal: stop.signal });
  const held = house.ask('/v1/events/wait?types=inbox.created&timeout=10m');
  await new Promise((resolve) => setImmediate(resolve));
  stop.abort();
  expect((await left.catch(() => ({ status: 499 }))).status).toBe(499);
  await house.http.close();
  expect((await held).status).toBe(503);
});

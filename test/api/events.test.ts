/** Events as pages: what narrows them does so before they are counted. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { EventPage } from '../../sdk/contract.ts';
import { apiHouse, type ApiHouse } from '../support/api-house.ts';

let house: ApiHouse;
let message: string;
beforeEach(async () => {
  house = await apiHouse();
  for (let i = 0; i < 4; i++) await house.send({});
  ({ id: message } = await house.send({}));
  await house.json(`/v1/messages/${message}`, { method: 'PATCH', json: { read: true } });
  await house.json(`/v1/messages/${message}`, { method: 'PATCH', json: { read: false } });
  for (let i = 0; i < 4; i++) await house.send({});
});
afterEach(() => house.close());

const page = (query: string) => house.json<EventPage>(`/v1/events?${query}`);
const told = async (query: string) => (await page(query)).events.map((event) => ('read' in event ? `${event.type} ${event.read}` : event.type));

test('a page is filled with what fits, however far behind the cursor it is', async () => {
  const first = await page(`after=0&message=${message}&types=message.captured,message.updated&limit=2`);
  expect(first.events).toMatchObject([{ type: 'message.captured', message }, { type: 'message.updated', read: true }]);
  expect(first.cursor).toBe(first.events[1]!.id);
  const rest = await page(`after=${first.cursor}&message=${message}&types=message.updated&limit=2`);
  expect(rest.events).toMatchObject([{ type: 'message.updated', read: false }]);
  expect(await told('after=0&limit=1&types=message.updated')).toEqual(['message.updated true']);
});

test('a page that is not full is all there is up to its cursor, which is where to go on', async () => {
  const { cursor } = await page('latest=1');
  expect(await page('after=0&message=nobody&limit=1')).toEqual({ events: [], cursor });
  expect(await page(`after=0&message=${message}&types=message.updated&limit=3`)).toMatchObject({ events: [{}, {}], cursor });
  expect(await page('after=0&types=hook.disabled')).toEqual({ events: [], cursor });
  await house.json(`/v1/messages/${message}`, { method: 'PATCH', json: { read: true } });
  expect(await told(`after=${cursor}&message=${message}&limit=1`)).toEqual(['message.updated true']);
});

test('the latest are the newest of those that fit', async () => {
  expect(await told('latest=1&types=message.updated')).toEqual(['message.updated false']);
  expect(await told(`latest=2&message=${message}`)).toEqual(['message.updated true', 'message.updated false']);
  expect((await page('latest=1&types=message.updated')).cursor).toBe((await page('latest=1')).cursor);
});

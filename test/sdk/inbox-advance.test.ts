/** The time of the mail for one address, in whatever stream it came in. No sockets, and time stands still until it is moved. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Sandbox, StreamHandle } from '../../sdk/client.ts';
import { openSandbox } from '../../sdk/sandbox.ts';
import { apiHouse, type ApiHouse } from '../support/api-house.ts';

let house: ApiHouse;
let sandbox: Sandbox;
let shop: StreamHandle;
beforeEach(async () => {
  house = await apiHouse();
  sandbox = await openSandbox({ url: 'http://localhost:8025', fetch: async (input, init) => house.http.fetch(new Request(input as string, init)) });
  shop = await sandbox.stream('shop', { mode: 'simulate', delivery: { jitter: 0 } });
});
afterEach(async () => {
  await sandbox.close();
  await house.close();
});

const ADDRESS = 'a+fail2.451@full.test';
const send = (stream: StreamHandle, to = ADDRESS) => stream.send({ from: 'shop@app.test', to, subject: 'Hello', text: 'Hi.' });

test('an inbox of the sandbox moves its mail where it is, and no other', async () => {
  const inbox = await sandbox.inbox(ADDRESS);
  const message = await send(shop);
  const other = await send(shop, 'b+fail2.451@full.test');
  expect((await inbox.messages()).map(({ stream }) => stream)).toEqual(['shop']);
  expect(await inbox.advance('1h')).toMatchObject({ attempts: 3, delivered: 1 });
  expect((await message.attempts()).map(({ outcome }) => outcome)).toEqual(['deferred', 'deferred', 'delivered']);
  expect(await other.attempts()).toEqual([]);
});

test('mail in several streams is moved in each, and told together', async () => {
  const inbox = await shop.inbox(ADDRESS);
  const more = await sandbox.stream('more', { mode: 'simulate', delivery: { jitter: 0 } });
  const messages = [await send(shop), await send(more)];
  expect(await inbox.advance(0)).toMatchObject({ attempts: 2, deferred: 2, next: expect.any(String) });
  expect(await inbox.advance('idle')).toMatchObject({ delivered: 2, next: null });
  for (const message of messages) expect(await message.attempts()).toHaveLength(3);
});

test('what only captures it is left alone, and without mail nothing happens', async () => {
  const inbox = await sandbox.inbox(ADDRESS);
  expect(await inbox.advance('1h')).toMatchObject({ steps: 0 });
  await sandbox.send({ from: 'shop@app.test', to: ADDRESS, subject: 'Kept', text: 'Hi.' });
  await send(shop);
  expect(await inbox.advance('1h')).toMatchObject({ delivered: 1 });
});

test('a raw message says when it is to be sent, too, or that it is only kept', async () => {
  const sendAt = new Date((await shop.now()).getTime() + 3_600_000).toISOString();
  const bytes = `From: shop@app.test\r\nTo: ann@x.test\r\n\r\nHi.\r\n`;
  const { id } = await sandbox.api.submitRaw(bytes, { stream: 'shop', sendAt, expiresAfter: '2h', priority: 'high' });
  expect((await sandbox.api.delivery(id)).recipients).toMatchObject([{ due: sendAt, priority: 'high' }]);
  const kept = await sandbox.api.submitRaw(bytes, { stream: 'shop', mode: 'capture' });
  expect(await sandbox.api.read(kept.id)).toMatchObject({ delivery: null });
});

/** The time of the mail for one address, in whatever stream it came in. No sockets, and time stands still until it is moved. */
import { expect, test } from 'vitest';
import type { Sandbox, StreamHandle } from '../../sdk/client.ts';
import { eachInSdkHouse } from '../support/sdk-house.ts';

let sandbox: Sandbox;
let shop: StreamHandle;
eachInSdkHouse((made) => { ({ sandbox, shop } = made); });

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
  await shop.advance('24h');
  await send(shop);
  // Were the other stream moved, too, its time would be the earliest.
  expect(await inbox.advance('1h')).toMatchObject({ delivered: 1, from: (await shop.now()).toISOString() });
});

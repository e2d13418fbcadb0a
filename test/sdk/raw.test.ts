/** Finished messages, handed in byte for byte through the SDK. */
import { expect, test } from 'vitest';
import type { Sandbox, StreamHandle } from '../../sdk/client.ts';
import { eachInSdkHouse } from '../support/sdk-house.ts';

let sandbox: Sandbox;
let shop: StreamHandle;
eachInSdkHouse((made) => { ({ sandbox, shop } = made); });

test('a raw message says when it is to be sent, too, or that it is only kept', async () => {
  const sendAt = new Date((await shop.now()).getTime() + 3_600_000).toISOString();
  const bytes = `From: shop@app.test\r\nTo: ann@x.test\r\n\r\nHi.\r\n`;
  const { id } = await sandbox.api.submitRaw(bytes, { stream: 'shop', sendAt, expiresAfter: '2h', priority: 'high' });
  expect((await sandbox.api.delivery(id)).recipients).toMatchObject([{ due: sendAt, priority: 'high' }]);
  const kept = await sandbox.api.submitRaw(bytes, { stream: 'shop', mode: 'capture' });
  expect(await sandbox.api.read(kept.id)).toMatchObject({ delivery: null });
});

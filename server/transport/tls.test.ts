import { once } from 'node:events';
import { expect, test } from 'vitest';
import { pair } from '../network/pair.ts';
import { encrypt, type HelloShape } from './tls.ts';

async function helloOf(shape: HelloShape, name = 'mx.shop.test'): Promise<Buffer> {
  const [client, server] = pair();
  const encrypting = encrypt(client, { name, shape }, () => {});
  const [hello] = (await once(server, 'data')) as [Buffer];
  encrypting.abandon();
  expect(client.destroyed).toBe(true);
  return hello;
}

test('the smaller hello fits into one packet, the usual one is larger', async () => {
  const [usual, reduced] = [await helloOf('usual'), await helloOf('reduced')];
  expect(reduced.length).toBeLessThan(500);
  expect(usual.length).toBeGreaterThan(reduced.length);
});

test('the name goes out in the hello, an address does not', async () => {
  expect((await helloOf('usual')).includes('mx.shop.test')).toBe(true);
  expect((await helloOf('usual', '192.0.2.1')).includes('192.0.2.1')).toBe(false);
});

test('after it was abandoned nothing is told any more', async () => {
  const [client, server] = pair();
  let told = 0;
  const encrypting = encrypt(client, { name: 'mx.shop.test', shape: 'usual' }, () => { told++; });
  await once(server, 'data');
  encrypting.abandon();
  server.destroy();
  await new Promise((resolve) => setImmediate(resolve));
  expect(told).toBe(0);
});

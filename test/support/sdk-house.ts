/** The SDK over the HTTP side in this process, anew for each test of a file, with a stream `shop` that simulates. No sockets, and time stands still until it is moved. */
import { afterEach, beforeEach } from 'vitest';
import type { Sandbox, StreamHandle } from '../../sdk/client.ts';
import { openSandbox } from '../../sdk/sandbox.ts';
import { apiHouse, type ApiHouse } from './api-house.ts';

export type SdkHouse = { house: ApiHouse; sandbox: Sandbox; shop: StreamHandle };

export function eachInSdkHouse(take: (made: SdkHouse) => void): void {
  let house: ApiHouse;
  let sandbox: Sandbox;
  beforeEach(async () => {
    house = await apiHouse();
    sandbox = await openSandbox({ url: 'http://localhost:8025', fetch: async (input, init) => house.http.fetch(new Request(input as string, init)) });
    take({ house, sandbox, shop: await sandbox.stream('shop', { mode: 'simulate', delivery: { jitter: 0 } }) });
  });
  afterEach(async () => {
    await sandbox.close();
    await house.close();
  });
}

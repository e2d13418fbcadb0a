/** Addresses of loopback where nobody else is, all with one port that is free on each of them: one mail server of the world for each. */
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** `127.x.y.1` and so on: two runs at the same time hardly ever meet. Linux has all of 127.0.0.0/8 without further ado. */
export async function loopback(count: number): Promise<{ addresses: string[]; port: number }> {
  for (let tries = 0; tries < 50; tries++) {
    const block = `127.${randomInt(1, 255)}.${randomInt(255)}`;
    const addresses = Array.from({ length: count }, (_, n) => `${block}.${n + 1}`);
    const port = await freePort(addresses[0]!, 0);
    if (port === undefined) continue;
    const others = await Promise.all(addresses.slice(1).map((address) => freePort(address, port)));
    if (others.every((one) => one === port)) return { addresses, port };
  }
  throw new Error(`no port that is free on ${count} addresses of loopback`);
}

async function freePort(host: string, port: number): Promise<number | undefined> {
  const server = createServer();
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch {
    return undefined;
  }
  const at = server.address();
  server.close();
  await once(server, 'close');
  return typeof at === 'object' ? at?.port : undefined;
}

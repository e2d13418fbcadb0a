import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { Host } from '../../server/network/network.ts';
import { internetHouse } from './internet-house.ts';

async function listening(address = '127.0.0.1'): Promise<{ server: Server; port: number; peers: Socket[] }> {
  const peers: Socket[] = [];
  const server = createServer((socket) => peers.push(socket.on('error', () => {})));
  server.listen(0, address);
  await once(server, 'listening');
  onTestFinished(() => {
    for (const peer of peers) peer.destroy();
    server.close();
  });
  return { server, port: (server.address() as AddressInfo).port, peers };
}

const host = (address: string, port: number): Host => ({ name: 'mx.example.test', address, port, preference: 10 });
const ask = { stream: 'live', destination: 'example.test', site: 'mx.example.test' };

test('a connection is opened to the address of the host, from the stream\'s own', async () => {
  const { internet, talk } = await internetHouse({});
  const { server, port } = await listening();
  const came = once(server, 'connection');
  const socket = await internet.dial(host('127.0.0.1', port), { ...ask, talk, signal: new AbortController().signal, source: { ipv4: '127.0.0.9', ipv6: null, helo: null } });
  if ('kind' in socket) throw new Error(socket.detail);
  const [peer] = (await came) as [Socket];
  expect(peer.remoteAddress).toBe('127.0.0.9');
  // Reset by the peer when nobody listens: the process goes on.
  const closed = new Promise((done) => { socket.on('close', done); });
  socket.resume();
  peer.resetAndDestroy();
  await closed;
});

test('a host that refuses, a source that is not ours and a signal that gave up are told apart', async () => {
  const { internet, talk } = await internetHouse({});
  const { server, port } = await listening();
  const { signal } = new AbortController();
  expect(await internet.dial(host('127.0.0.1', port), { ...ask, talk, signal, source: { ipv4: '198.51.100.77', ipv6: null, helo: null } })).toMatchObject({ kind: 'fault', stage: 'connect', fault: 'unreachable', detail: expect.stringContaining('ours, not theirs: 198.51.100.77') });
  expect(await internet.dial(host('127.0.0.1', port), { ...ask, talk, signal, source: { ipv4: 'nonsense', ipv6: null, helo: null } })).toMatchObject({ fault: 'unreachable', detail: expect.stringContaining('nonsense') });
  expect(await internet.dial(host('127.0.0.1', port), { ...ask, talk, signal: AbortSignal.abort() })).toMatchObject({ fault: 'timeout' });
  server.close();
  await once(server, 'close');
  expect(await internet.dial(host('127.0.0.1', port), { ...ask, talk, signal })).toMatchObject({ kind: 'fault', stage: 'connect', fault: 'refused', host: 'mx.example.test' });
});

test('a connection that nobody waits for any more is given up at once', async () => {
  const { internet, talk } = await internetHouse({});
  const { port } = await listening();
  const giveUp = new AbortController();
  // Given up in the same turn: before the system can have said anything.
  const dialled = internet.dial(host('127.0.0.1', port), { ...ask, talk, signal: giveUp.signal });
  giveUp.abort();
  expect(await dialled).toMatchObject({ fault: 'timeout' });
});

test('an address that the guard refuses is not dialled, whatever the route says', async () => {
  const { internet, talk } = await internetHouse({}, { allowed: [] });
  const { server, port } = await listening();
  let came = 0;
  server.on('connection', () => came++);
  for (const address of ['127.0.0.1', '::ffff:127.0.0.1', 'localhost', '0.0.0.0']) {
    expect(await internet.dial(host(address, port), { ...ask, talk, signal: new AbortController().signal })).toMatchObject({ fault: 'unreachable', detail: expect.stringContaining('is not asked') });
  }
  expect(came).toBe(0);
});

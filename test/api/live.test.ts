import { request } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { createApi } from '../../sdk/api.ts';
import type { PosternEvent } from '../../sdk/contract.ts';
import { createWire } from '../../sdk/wire.ts';
import { HEARTBEAT } from '../../server/api/events.ts';
import { IDS_MOST } from '../../server/api/schemas/query.ts';
import { apiHouse, type ApiHouse, type HouseOptions } from '../support/api-house.ts';

let house: ApiHouse;
let port = 0;
const open = async (options: HouseOptions = {}) => {
  house = await apiHouse(options);
  ({ port } = await house.listen());
};
beforeEach(() => { port = 0; });
afterEach(() => house.close());

/** Reads server-sent events as they come. */
async function sse(path: string, headers: Record<string, string> = {}) {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  return {
    async until(pattern: RegExp): Promise<string> {
      while (!pattern.test(text)) {
        const { done, value } = await reader.read();
        if (done) throw new Error(`The stream ended before ${pattern}: ${text}`);
        text += value;
      }
      return text;
    },
    async end(): Promise<string> {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return text;
        text += value;
      }
    },
    leave: () => reader.cancel(),
  };
}

/** A WebSocket with its frames, or the status that refused it. */
function socket(path: string, headers: Record<string, string> = {}): Promise<{ frames: PosternEvent[]; ws: WebSocket } | number> {
  return new Promise((resolve, reject) => {
    const frames: PosternEvent[] = [];
    const ws = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers });
    ws.on('message', (data: Buffer) => frames.push(JSON.parse(data.toString()) as PosternEvent));
    ws.on('open', () => resolve({ frames, ws }));
    ws.on('unexpected-response', (_request, response) => { resolve(response.statusCode!); ws.terminate(); });
    ws.on('error', reject);
  });
}
async function opened(path: string, headers: Record<string, string> = {}) {
  const one = await socket(path, headers);
  if (typeof one === 'number') throw new Error(`refused with ${one}`);
  return one;
}

test('an event stream replays from its cursor, then goes on live', async () => {
  await open();
  await house.send({ subject: 'Before' });
  const stream = await sse('/v1/events/stream?after=0&types=message.captured');
  await stream.until(/"subject":"Before"/);
  await house.send({ subject: 'After' });
  const text = await stream.until(/"subject":"After"[^\n]*\n\n/);
  const blocks = text.split('\n\n').filter((block) => block.startsWith('id:'));
  expect(blocks.map((block) => block.split('\n').map((line) => line.split(':')[0]))).toEqual([['id', 'event', 'data'], ['id', 'event', 'data']]);
  await stream.leave();
  await vi.waitFor(() => expect(house.http.subscribers()).toBe(0), { interval: 2, timeout: 10_000 });
});

test('a client that comes back with Last-Event-ID misses nothing and hears nothing twice', async () => {
  await open();
  await house.send({ subject: 'One' });
  const { events } = await house.json<{ events: PosternEvent[] }>('/v1/events?types=message.captured');
  await house.send({ subject: 'Two' });
  const stream = await sse('/v1/events/stream?after=0', { 'last-event-id': String(events[0]!.id) });
  expect(await stream.until(/"subject":"Two"/)).not.toContain('"subject":"One"');
  await stream.leave();
});

test('the latest events are asked for without knowing a cursor, and say from where to go on', async () => {
  await open();
  for (const subject of ['One', 'Two', 'Three']) await house.json(`/v1/messages/${(await house.send({ subject })).id}`);
  const all = await house.json<{ events: PosternEvent[]; cursor: number }>('/v1/events?limit=500');
  const latest = await house.json<{ events: PosternEvent[]; cursor: number }>('/v1/events?latest=2');
  expect(latest).toEqual({ events: all.events.slice(-2), cursor: all.cursor });
  expect(await house.json('/v1/events?latest=5&stream=nowhere')).toEqual({ events: [], cursor: all.cursor });
  for (const query of ['latest=0', 'latest=501', 'latest=2&after=1', 'latest=2&limit=1']) await house.json(`/v1/events?${query}`, {}, 422);
});

test('as many ids as are allowed fit into a request, beside a token', async () => {
  await open();
  const { id } = await house.send({});
  const api = createApi(createWire({ url: `http://127.0.0.1:${port}`, token: 't'.repeat(64) }));
  expect(await api.deleteAll({ stream: 'default', id: Array.from({ length: IDS_MOST }, () => id).join(',') })).toEqual({ deleted: 1 });
});

test('without a cursor an event stream begins now, and a comment keeps it alive', async () => {
  await open();
  await house.send({ subject: 'Past' });
  const stream = await sse('/v1/events/stream');
  await stream.until(/retry/);
  house.clock.advance(HEARTBEAT);
  await stream.until(/\n:\n\n/);
  await house.send({ subject: 'Now' });
  expect(await stream.until(/"subject":"Now"/)).not.toContain('Past');
  await stream.leave();
});

test('a stream that breaks before its first event has told from where to go on', async () => {
  await open();
  await house.send({ subject: 'Past' });
  const { events } = await house.json<{ events: PosternEvent[] }>('/v1/events');
  const first = await sse('/v1/events/stream');
  const id = /^id: (\d+)$/m.exec(await first.until(/\n\n/))?.[1];
  await first.leave();
  expect(Number(id)).toBeGreaterThanOrEqual(events.at(-1)!.id);
  await house.send({ subject: 'Missed' });
  const again = await sse('/v1/events/stream?types=message.captured', { 'last-event-id': id! });
  expect(await again.until(/"subject":"Missed"/)).not.toContain('Past');
  await again.leave();
});

test('a cursor from before a fresh start hears all that is here, and is not deaf until the ids catch up', async () => {
  await open();
  await house.send({ subject: 'New here' });
  const stream = await sse('/v1/events/stream?after=100', { 'last-event-id': '900000' });
  await stream.until(/"subject":"New here"/);
  await stream.leave();
  const page = await house.json<{ events: PosternEvent[]; cursor: number }>('/v1/events?after=900000');
  expect(page.events.length).toBeGreaterThan(0);
  expect(page.cursor).toBe(page.events.at(-1)!.id);
});

test('a connection that never asked anything does not hold up the close', async () => {
  await open();
  const silent = connect(port, '127.0.0.1');
  const gone = new Promise((resolve) => silent.on('close', resolve));
  silent.on('error', () => {});
  await vi.waitFor(() => expect(house.http.connections()).toBe(1), { interval: 2, timeout: 10_000 });
  const begun = performance.now();
  await house.http.close();
  expect(performance.now() - begun).toBeLessThan(2_000); // requests in progress would have had 3,000 ms
  await gone;
});

test('event streams and sockets end when the server closes', async () => {
  await open();
  const stream = await sse('/v1/events/stream');
  const { ws } = await opened('/v1/events/socket');
  await vi.waitFor(() => expect(house.http.subscribers()).toBe(2), { interval: 2, timeout: 10_000 });
  const code = new Promise((resolve) => ws.on('close', resolve));
  await Promise.all([house.http.close(), stream.end()]);
  expect(await code).toBe(1001);
});

test('a socket replays from its cursor, then goes on live', async () => {
  await open();
  await house.send({ subject: 'Before' });
  const { frames, ws } = await opened('/v1/events/socket?after=0&types=message.captured');
  await vi.waitFor(() => expect(frames).toHaveLength(1), { interval: 2, timeout: 10_000 });
  await house.send({ subject: 'After' });
  await vi.waitFor(() => expect(frames.map((frame) => frame.type === 'message.captured' && frame.summary.subject)).toEqual(['Before', 'After']), { interval: 2, timeout: 10_000 });
  ws.close();
  await vi.waitFor(() => expect(house.http.subscribers()).toBe(0), { interval: 2, timeout: 10_000 });
});

test('a socket whose peer no longer answers is given up', async () => {
  await open();
  const { ws } = await opened('/v1/events/socket');
  await vi.waitFor(() => expect(house.http.subscribers()).toBe(1), { interval: 2, timeout: 10_000 });
  const pinged = new Promise((resolve) => ws.once('ping', resolve));
  house.clock.advance(HEARTBEAT);
  await pinged;
  (ws as unknown as { _socket: { pause(): void } })._socket.pause();
  house.clock.advance(HEARTBEAT);
  house.clock.advance(HEARTBEAT);
  await vi.waitFor(() => expect(house.http.subscribers()).toBe(0), { interval: 2, timeout: 10_000 });
  ws.terminate();
});

test('a socket is not opened for a page of another origin, however its path is spelt', async () => {
  await open({ allowedOrigins: ['https://app.test'] });
  for (const path of ['/v1/events/socket', '/v1/events/%73ocket', '/%76%31/events/socket', '/v1/events/socket?after=0', '/v1//events/socket', '//v1/events/socket', '/v1/events/../events/socket', '/V1/EVENTS/SOCKET', '/v1/events/stream', '/livez']) {
    for (const origin of ['https://evil.test', 'null', `http://127.0.0.1:${port}.evil.test`, `http://localhost:${port}`]) {
      const answer = await socket(path, { origin });
      expect([path, origin, typeof answer === 'number' && answer >= 400]).toEqual([path, origin, true]);
    }
  }
  for (const origin of [`http://127.0.0.1:${port}`, 'https://app.test']) (await opened('/v1/events/%73ocket', { origin })).ws.terminate();
});

test('a socket needs the token and a known host like everything else', async () => {
  await open({ token: 'right-token' });
  expect(await socket('/v1/events/socket')).toBe(401);
  expect(await socket('/v1/events/%73ocket', { authorization: 'Bearer wrong' })).toBe(401);
  expect(await socket('/v1/events/socket', { host: 'rebound.test' })).toBe(421);
  (await opened('/v1/events/socket', { authorization: 'Bearer right-token' })).ws.terminate();
});

test('a socket that is given up while it opens leaves no subscriber behind', async () => {
  await open();
  for (let i = 0; i < 5; i++) {
    const raw = connect(port, '127.0.0.1');
    raw.on('error', () => {});
    raw.write(`GET /v1/events/socket HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n${i % 2 ? 'Sec-WebSocket-Key: bad' : 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='}\r\n\r\n`);
    await new Promise((resolve) => raw.on('ready', resolve));
    raw.destroy();
  }
  const { frames } = await opened('/v1/events/socket');
  await house.send({});
  await vi.waitFor(() => expect(frames.length).toBeGreaterThan(0), { interval: 2, timeout: 10_000 });
  await vi.waitFor(() => expect(house.http.subscribers()).toBe(1), { interval: 2, timeout: 10_000 });
});

test('a raw message is taken as it streams in, and a client that leaves half-way leaves nothing', async () => {
  await open({ limits: { messageSize: 32 * 1024 * 1024 } });
  const post = (headers: Record<string, string | number> = {}) => request({ port, host: '127.0.0.1', method: 'POST', path: '/v1/streams/default/messages?to=r@r.test', headers: { 'content-type': 'message/rfc822', ...headers } });
  const piece = Buffer.alloc(1024 * 1024, 'x\r\n');
  const half = post();
  half.on('error', () => {});
  half.write(piece);
  await vi.waitFor(() => expect(house.http.connections()).toBe(1), { interval: 2, timeout: 10_000 });
  half.destroy();
  const status = await new Promise<number>((resolve, reject) => {
    const whole = post().on('response', (response) => { response.resume(); resolve(response.statusCode!); }).on('error', reject);
    for (let i = 0; i < 20; i++) whole.write(piece);
    whole.end();
  });
  expect(status).toBe(202);
  await vi.waitFor(() => expect(house.http.connections()).toBeLessThan(3), { interval: 2, timeout: 10_000 });
  const { messages } = await house.json<{ messages: { size: number }[] }>('/v1/messages');
  expect(messages.map(({ size }) => size)).toEqual([20 * 1024 * 1024]);
});

test('what is not HTTP, or hardly, is answered with a problem and never hangs', async () => {
  await open();
  const say = (head: string) => new Promise<string>((resolve, reject) => {
    let answer = '';
    const raw = connect(port, '127.0.0.1', () => raw.write(`${head}\r\n\r\n`));
    raw.on('data', (data) => { answer += data.toString(); if (answer.includes('\r\n\r\n')) raw.end(); });
    raw.on('close', () => resolve(answer));
    raw.on('error', reject);
  });
  for (const head of ['nonsense', 'GET / HTTP/1.1\r\nHost: a b', 'GET / HTTP/1.1', 'GET /\\..\\ HTTP/1.1\r\nHost: localhost', 'GET * HTTP/1.1\r\nHost: localhost', 'GET /v1/info HTTP/1.1\r\nHost: me@localhost']) {
    expect([head, await say(head)]).toEqual([head, expect.stringMatching(/^HTTP\/1\.1 400 [^]*content-type: application\/problem\+json/i)]);
  }
  expect(await say(`GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: localhost`)).toMatch(/^HTTP\/1\.1 431 [^]*header-too-large/);
  expect(await say('GET /v1/info HTTP/1.1\r\nHost: localhost\r\nHost: rebound.test')).toMatch(/^HTTP\/1\.1 421 /);
  expect(await say('GET /v1/info HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c')).toMatch(/^HTTP\/1\.1 (200|400) /);
});

test('a client that announces too much is refused before it sends', async () => {
  await open();
  const answer = await new Promise<number>((resolve, reject) => {
    const raw = connect(port, '127.0.0.1', () => raw.write('POST /v1/streams/default/messages?to=a@b.test HTTP/1.1\r\nHost: localhost\r\nContent-Type: message/rfc822\r\nContent-Length: 999999999\r\n\r\n'));
    raw.on('data', (data) => { resolve(Number(data.toString().split(' ')[1])); raw.destroy(); });
    raw.on('error', reject);
  });
  expect(answer).toBe(413);
});

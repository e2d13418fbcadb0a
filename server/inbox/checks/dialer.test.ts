import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import selfsigned from 'selfsigned';
import { afterEach, expect, test } from 'vitest';
import { manualClock, wallClock } from '../../clock.ts';
import { createDialer } from './dialer.ts';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => { server.close(resolve); });
  }
});

/** A server on loopback that notes what it was asked. */
async function serve(answer: RequestListener): Promise<{ port: number; asked: string[]; requests: IncomingMessage[] }> {
  const asked: string[] = [];
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    requests.push(request);
    answer(request, response);
  });
  servers.push(server);
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return { port: (server.address() as AddressInfo).port, asked, requests };
}
/** Names of tests lead to loopback, and only that port passes. */
const dialTo = (port: number, names: Record<string, string[]> = {}) => createDialer({
  clock: wallClock, resolve: async (host) => names[host] ?? ['127.0.0.1'], exempt: (address, asked) => address === '127.0.0.1' && asked === port,
});

test('without leave for it, nothing on loopback is asked, by whatever name or number', async () => {
  const { port, asked } = await serve((_, response) => response.end());
  const dial = createDialer({ clock: wallClock, resolve: async () => ['127.0.0.1'] });
  for (const host of ['127.0.0.1', 'localhost', 'shop.test', '0x7f.1', '2130706433', '[::1]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '0', '127.1']) {
    expect(await dial(`http://${host}:${port}/`)).toMatchObject({ kind: 'refused' });
    expect(await dial(`http://${host}/`)).toMatchObject({ kind: 'refused', why: expect.stringMatching(/not a public address/) as string });
  }
  expect(asked).toEqual([]);
});

test('a name with one private address among public ones is refused', async () => {
  const dial = createDialer({ clock: wallClock, resolve: async () => ['8.8.8.8', '10.0.0.1'] });
  expect(await dial('http://mixed.test/')).toMatchObject({ kind: 'refused', why: expect.stringContaining('10.0.0.1') as string });
});

test('other schemes, other ports and logins are refused', async () => {
  const dial = createDialer({ clock: wallClock, resolve: async () => ['8.8.8.8'] });
  for (const url of ['ftp://shop.test/', 'file:///etc/passwd', 'gopher://shop.test/', 'http://shop.test:22/', 'http://shop.test:6379/', 'http://shop.test:25/', 'http://ann:pw@shop.test/', 'nonsense']) {
    expect(await dial(url)).toMatchObject({ kind: 'refused' });
  }
});

test('a link that answers is asked by HEAD, by its name, once', async () => {
  const { port, asked, requests } = await serve((_, response) => response.end());
  expect(await dialTo(port)(`http://shop.test:${port}/a?b=1#c`)).toEqual({ kind: 'answer', status: 200, url: `http://shop.test:${port}/a?b=1#c`, redirects: 0 });
  expect(asked).toEqual(['HEAD /a?b=1']);
  expect(requests[0]!.headers.host).toBe(`shop.test:${port}`);
  expect(requests[0]!.headers.cookie ?? requests[0]!.headers.referer ?? requests[0]!.headers.authorization).toBeUndefined();
});

test('where HEAD is not taken, GET is tried, unless that was not wanted', async () => {
  const { port, asked } = await serve((request, response) => { response.statusCode = request.method === 'HEAD' ? 405 : 404; response.end(); });
  expect(await dialTo(port)(`http://shop.test:${port}/`)).toMatchObject({ status: 404 });
  expect(await dialTo(port)(`http://shop.test:${port}/`, { get: false })).toMatchObject({ status: 405 });
  expect(asked).toEqual(['HEAD /', 'GET /', 'HEAD /']);
});

test('redirects are followed, each judged anew, and no more than five', async () => {
  const { port, asked } = await serve((request, response) => {
    const step = Number(request.url!.slice(1));
    if (step > 0) response.writeHead(302, { location: `/${step - 1}` });
    response.end();
  });
  expect(await dialTo(port)(`http://shop.test:${port}/5`)).toMatchObject({ kind: 'answer', status: 200, redirects: 5 });
  expect(await dialTo(port)(`http://shop.test:${port}/6`)).toMatchObject({ kind: 'fault', why: 'more than 5 redirects' });
  expect(asked).toHaveLength(12);
});

test.each(['http://169.254.169.254/latest/meta-data', 'http://metadata.test/', 'file:///etc/passwd', 'http://[::1]/', 'http://shop.test:22/', '//10.0.0.1/'])('a redirect to %s is refused', async (location) => {
  const { port, asked } = await serve((_, response) => { response.writeHead(302, { location }); response.end(); });
  expect(await dialTo(port, { 'metadata.test': ['169.254.169.254'] })(`http://shop.test:${port}/`)).toMatchObject({ kind: 'refused' });
  expect(asked).toHaveLength(1);
});

test('a name that changes its mind between hops is judged each time', async () => {
  const { port } = await serve((_, response) => { response.writeHead(302, { location: '/again' }); response.end(); });
  const answers = [['127.0.0.1'], ['10.0.0.1']];
  const dial = createDialer({ clock: wallClock, resolve: async () => answers.shift()!, exempt: (address) => address === '127.0.0.1' });
  expect(await dial(`http://rebind.test:${port}/`)).toMatchObject({ kind: 'refused' });
});

test('an endless answer is left after 64 kB', async () => {
  let written = 0;
  const { port } = await serve((request, response) => {
    if (request.method === 'HEAD') { response.statusCode = 405; response.end(); return; }
    const more = () => { while (!response.destroyed && response.write(Buffer.alloc(16_384))) written += 16_384; };
    response.on('drain', more);
    more();
  });
  expect(await dialTo(port)(`http://shop.test:${port}/`)).toMatchObject({ kind: 'answer', status: 200 });
  expect(written).toBeLessThan(32 * 1024 * 1024);
});

test('a server or a name server that says nothing is left when the time is up', async () => {
  const clock = manualClock();
  let reached: () => void = () => {};
  const arrived = new Promise<void>((resolve) => { reached = resolve; });
  const { port } = await serve(() => reached());
  const silent = createDialer({ clock, resolve: async () => ['127.0.0.1'], exempt: () => true })(`http://shop.test:${port}/`);
  await arrived;
  clock.advance(5_000);
  expect(await silent).toEqual({ kind: 'fault', url: `http://shop.test:${port}/`, why: 'no answer within 5 s' });
  const nameless = createDialer({ clock, resolve: () => new Promise(() => {}) })('http://shop.test/');
  clock.advance(5_000);
  expect(await nameless).toMatchObject({ kind: 'fault', why: 'no answer within 5 s' });
});

test('a refused connection and a name without address are faults with a sentence', async () => {
  const { port } = await serve((_, response) => response.end());
  const closed = servers.pop()!;
  await new Promise((resolve) => { closed.close(resolve); });
  expect(await dialTo(port)(`http://shop.test:${port}/`)).toMatchObject({ kind: 'fault', why: 'the connection was refused' });
  const unknown = createDialer({ clock: wallClock, resolve: async () => { throw Object.assign(new Error('x'), { code: 'ENOTFOUND' }); } });
  expect(await unknown('http://nobody.invalid/')).toMatchObject({ kind: 'fault', why: 'the name cannot be resolved' });
});

test('over TLS the name is said, and a certificate that nobody vouches for is a fault', async () => {
  const { private: key, cert } = await selfsigned.generate([{ name: 'commonName', value: 'shop.test' }], { keyType: 'ec', algorithm: 'sha256' });
  const names: string[] = [];
  let asked = 0;
  const server = createTlsServer({ key, cert, SNICallback: (name, done) => { names.push(name); done(null); } }, (_, response) => { asked++; response.end(); });
  servers.push(server as unknown as Server);
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const { port } = server.address() as AddressInfo;
  expect(await dialTo(port)(`https://shop.test:${port}/`)).toMatchObject({ kind: 'fault', why: expect.stringMatching(/certificate/) as string });
  expect(names).toEqual(['shop.test']);
  expect(asked).toBe(0);
});

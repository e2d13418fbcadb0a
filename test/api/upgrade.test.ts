/** What leaves the ordinary way of HTTP, or tries to: upgrades, expectations, garbage behind a request. */
import { connect } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { SubmitResult } from '../../sdk/contract.ts';
import { apiHouse, type ApiHouse } from '../support/api-house.ts';

let house: ApiHouse;
let port = 0;
beforeEach(async () => {
  house = await apiHouse({ limits: { messageSize: 32 * 1024 * 1024 } });
  ({ port } = await house.listen());
});
afterEach(() => house.close());

type Said = { status: number; headers: Headers; body: string };

/** Says it, and hears all that is answered until the server ends it. */
function say(lines: string[], body = ''): Promise<Said> {
  return new Promise((resolve, reject) => {
    let heard = '';
    const raw = connect(port, '127.0.0.1', () => raw.write(`${lines.join('\r\n')}\r\n\r\n${body}`));
    raw.setEncoding('latin1');
    raw.on('data', (data) => { heard += data; });
    raw.on('error', reject);
    raw.on('end', () => raw.end());
    raw.on('close', () => {
      const [head = '', ...rest] = heard.split('\r\n\r\n');
      const [first = '', ...fields] = head.split('\r\n');
      resolve({ status: Number(first.split(' ')[1]), headers: new Headers(fields.map((field) => field.split(/: ?(.*)/s).slice(0, 2) as [string, string])), body: rest.join('\r\n\r\n') });
    });
  });
}
const problemIn = ({ status, headers, body }: Said) => {
  expect(headers.get('content-length')).toBe(String(body.length));
  return [status, headers.get('content-type'), JSON.parse(body) as unknown];
};

const CLOSE = ['Host: localhost', 'Connection: close, Upgrade'];
const WEBSOCKET = [...CLOSE, 'Upgrade: websocket'];
const KEY = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';
const VERSION = 'Sec-WebSocket-Version: 13';

test('a handshake that its route refuses is answered with a problem and its body', async () => {
  const answer = await say(['GET /v1/events/socket?after=x HTTP/1.1', ...WEBSOCKET, KEY, VERSION]);
  expect(problemIn(answer)).toEqual([422, 'application/problem+json', expect.objectContaining({ type: '/problems/invalid', errors: [expect.objectContaining({ path: 'after' })] })]);
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  expect(problemIn(await say(['GET /v1/events/socket HTTP/1.1', ...WEBSOCKET, KEY, VERSION, 'Origin: https://evil.test']))).toMatchObject([403, 'application/problem+json', { type: '/problems/cross-origin' }]);
});

test.each([
  ['without a key', [VERSION], /Sec-WebSocket-Key/],
  ['with a key that is none', [VERSION, 'Sec-WebSocket-Key: bad'], /Sec-WebSocket-Key/],
  ['of another version', [KEY, 'Sec-WebSocket-Version: 7'], /Sec-WebSocket-Version/],
  ['without a version', [KEY], /Sec-WebSocket-Version/],
  ['with a protocol that is none', [KEY, VERSION, 'Sec-WebSocket-Protocol: a,,b'], /Sec-WebSocket-Protocol/],
])('a handshake %s is answered with a problem, and leaves no subscriber', async (_how, fields, why) => {
  const answer = await say(['GET /v1/events/socket HTTP/1.1', ...WEBSOCKET, ...fields]);
  expect(problemIn(answer)).toEqual([400, 'application/problem+json', expect.objectContaining({ type: '/problems/bad-request', detail: expect.stringMatching(why) })]);
  expect(answer.headers.get('sec-websocket-version')).toBe('13, 8');
  expect(house.http.subscribers()).toBe(0);
});

test('elsewhere an upgrade is an offer that is passed over', async () => {
  // Older Nodes cannot: they hand over every upgrade.
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const can = major > 24 || (major === 24 && minor >= 9);
  const info = await say(['GET /v1/info HTTP/1.1', ...WEBSOCKET, KEY, VERSION]);
  if (!can) return expect(problemIn(info)).toMatchObject([400, 'application/problem+json', { type: '/problems/bad-request' }]);
  expect([info.status, JSON.parse(info.body)]).toMatchObject([200, { name: 'postern' }]);
  const body = JSON.stringify({ prefix: 'offer' });
  expect(await say(['POST /v1/inboxes HTTP/1.1', ...WEBSOCKET, 'Content-Type: application/json', `Content-Length: ${body.length}`], body)).toMatchObject({ status: 201, body: expect.stringContaining('offer') });
  expect(problemIn(await say(['GET /nowhere HTTP/1.1', ...WEBSOCKET, KEY, VERSION]))).toMatchObject([404, 'application/problem+json', { type: '/problems/unknown-route' }]);
  expect(problemIn(await say(['GET /v1/events/socket HTTP/1.1', ...CLOSE, 'Upgrade: h2c']))).toMatchObject([415, 'application/problem+json', { type: '/problems/unsupported-type' }]);
});

test('what is expected and cannot be is refused with a problem', async () => {
  expect(problemIn(await say(['GET /v1/info HTTP/1.1', 'Host: localhost', 'Connection: close', 'Expect: foo']))).toMatchObject([417, 'application/problem+json', { type: '/problems/expectation' }]);
});

test('garbage behind a request does not get into the answer that is on its way', async () => {
  const size = 24 * 1024 * 1024;
  const taken = await house.ask('/v1/streams/default/messages?from=s@s.test&to=r@r.test', { method: 'POST', body: Buffer.alloc(size, '0123456789abcde\n'), headers: { 'content-type': 'message/rfc822' } });
  const { id } = (await taken.json()) as SubmitResult;
  const raw = connect(port, '127.0.0.1', () => raw.write(`GET /v1/messages/${id}/raw HTTP/1.1\r\nHost: localhost\r\n\r\n`));
  const pieces: Buffer[] = [];
  raw.on('error', () => {});
  const gone = new Promise((resolve) => raw.on('close', resolve));
  await new Promise<void>((begun) => raw.on('data', (data: Buffer) => {
    pieces.push(data);
    if (pieces.length > 1) return;
    raw.pause();
    raw.write('not HTTP at all\r\n\r\n');
    begun();
  }));
  await vi.waitFor(() => expect(house.http.connections()).toBe(0), { interval: 2, timeout: 2_000 }).catch(() => {});
  raw.resume();
  await gone;
  const heard = Buffer.concat(pieces);
  expect(heard.subarray(0, 15).toString()).toBe('HTTP/1.1 200 OK');
  expect(heard.indexOf('HTTP/1.1 400')).toBe(-1);
  expect(heard.length).toBeLessThan(size);
});

test('a handshake behind a request that is not answered yet ends its connection, and nothing else', async () => {
  const { status } = await say(['GET /v1/wait?inbox=nobody@x.test&timeout=1m HTTP/1.1', 'Host: localhost', '', 'GET /v1/events/socket HTTP/1.1', ...WEBSOCKET, KEY, 'Sec-WebSocket-Version: 13']).catch(() => ({ status: 0 }));
  expect(status).not.toBe(101);
  expect((await fetch(`http://127.0.0.1:${port}/livez`)).status).toBe(200);
});

import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BatchResult, MessageDetail, MessagePage, Problem, SubmitResult } from '../../sdk/contract.ts';
import { apiHouse, type ApiHouse } from '../support/api-house.ts';

let house: ApiHouse;
beforeAll(async () => { house = await apiHouse({ limits: { messageSize: 64 * 1024, recipients: 5 } }); });
afterAll(() => house.close());

const POST = '/v1/streams/default/messages';
const message = { from: 'Ann <ann@a.test>', to: 'bob@b.test', subject: 'Hi', text: 'Hello' };
const raw = (body: string, { query = '', headers = {} }: { query?: string; headers?: Record<string, string> } = {}) =>
  house.ask(POST + query, { method: 'POST', body, headers: { 'content-type': 'message/rfc822', ...headers } });
const total = async () => (await house.json<MessagePage>('/v1/messages?limit=500')).messages.length;

test('a message handed in as JSON is captured with its envelope, tags and metadata', async () => {
  const { id, messageId, recipients } = await house.send({ ...message, cc: ['cc@c.test'], bcc: 'bcc@d.test', tags: ['signup'], metadata: { run: '7' } });
  expect(recipients).toEqual(['bob@b.test', 'cc@c.test', 'bcc@d.test']);
  const detail = await house.json<MessageDetail>(`/v1/messages/${id}`);
  expect(detail).toMatchObject({
    id, messageId, stream: 'default', via: 'http', subject: 'Hi', from: [{ name: 'Ann', address: 'ann@a.test' }], tags: ['signup'], metadata: { run: '7' },
    envelope: { from: 'ann@a.test', to: ['bob@b.test', 'cc@c.test', 'bcc@d.test'], bcc: ['bcc@d.test'] },
    session: { protocol: 'http' }, text: expect.stringContaining('Hello'), parse: 'done',
  });
});

test('a raw message is kept byte for byte, with the envelope of its header, Bcc included', async () => {
  const bytes = 'From: a@a.test\nTo: b@b.test\r\nBcc: c@c.test\n\n.\nno end of line \x00 bare\rCR';
  const response = await raw(bytes);
  expect(response.status).toBe(202);
  const { id, recipients } = (await response.json()) as SubmitResult;
  expect(recipients).toEqual(['b@b.test', 'c@c.test']);
  expect(await (await house.ask(`/v1/messages/${id}/raw`)).text()).toBe(bytes);
});

test('a raw message takes its envelope from the query when that says one', async () => {
  const response = await raw('Subject: x\r\n\r\n', { query: '?from=s@s.test&to=one@r.test&to=two@r.test' });
  expect(((await response.json()) as SubmitResult).recipients).toEqual(['one@r.test', 'two@r.test']);
  expect((await raw('Subject: x\r\n\r\n')).status).toBe(422);
  expect((await raw('', { query: '?to=a@b.test' })).status).toBe(422);
  expect((await raw('x: y\r\n\r\n', { query: '?to=a@b.test%0D%0ADATA' })).status).toBe(422);
});

test('everything that is wrong with a message is said with its path', async () => {
  const problem = await house.json<Problem>(POST, { json: { from: 'nobody', to: [], subject: 7, attachmnts: [] } }, 422);
  expect(problem.errors).toEqual(expect.arrayContaining([expect.objectContaining({ path: 'subject' }), { path: 'attachmnts', message: 'is not known here; did you mean `attachments`?' }]));
  const second = await house.json<Problem>(POST, { json: { ...message, from: 'a@', attachments: [{ content: '???' }] } }, 422);
  expect(second).toMatchObject({ type: '/problems/invalid', errors: [{ path: 'from' }, { path: 'attachments.0.content' }] });
});

test('what is missing, is no address or is misspelt beside a raw message is said as that', async () => {
  const errors = async (json: unknown) => (await house.json<Problem>(POST, { json }, 422)).errors;
  expect(await errors({ to: 'b@b.test' })).toEqual([{ path: 'from', message: 'is missing' }]);
  expect(await errors({ ...message, to: 'no address' })).toEqual([{ path: 'to', message: 'is not an address, like ann@example.test or "Ann" <ann@example.test>' }]);
  expect(await errors({ ...message, from: 'a@b.test\r\nBcc: x@y.test' })).toEqual([{ path: 'from', message: 'must not hold line breaks or NUL' }]);
  const misspelt = await raw('To: b@b.test\r\n\r\nx', { query: '?too=c@c.test' });
  expect([misspelt.status, ((await misspelt.json()) as Problem).errors]).toEqual([422, [{ path: 'too', message: 'is not known here; did you mean `to`?' }]]);
});

test('words beside an address are not taken for a name', async () => {
  for (const to of ['a b@x.test', 'c@x.test, a b@x.test', 'Ann ann@x.test']) expect(await house.json<Problem>(POST, { json: { ...message, to } }, 422)).toMatchObject({ errors: [{ path: 'to', message: expect.stringContaining('words beside the address') as string }] });
  for (const to of ['Ann <ann@x.test>', '"Ann" <ann@x.test>, b@x.test', 'Ann < ann@x.test >', 'ann@x.test (Ann)']) await house.json(POST, { json: { ...message, to } }, 202);
});

test('a tag can be seen', async () => {
  for (const tag of ['a\0', '\u0007', ' ', '']) expect(await house.json<Problem>(POST, { json: { ...message, tags: [tag] } }, 422)).toMatchObject({ errors: [{ path: 'tags.0' }] });
  await house.json(POST, { json: { ...message, tags: ['two words', 'größe'] } }, 202);
});

test('an attachment is never fetched from a path or a URL', async () => {
  for (const one of [{ path: '/etc/passwd' }, { href: 'http://x.test/' }, { content: { path: '/etc/passwd' } }]) {
    expect(await house.json(POST, { json: { ...message, attachments: [one] } }, 422)).toMatchObject({ type: '/problems/invalid' });
  }
});

test('what is not JSON, of another type, or of no stream gets its own problem', async () => {
  const send = (body: string, type: string) => house.ask(POST, { method: 'POST', body, headers: { 'content-type': type } });
  expect(await (await send('{"from":', 'application/json')).json()).toMatchObject({ status: 400, type: '/problems/malformed-json' });
  expect((await send('{}', 'text/plain')).status).toBe(415);
  expect((await send('a=b', 'application/x-www-form-urlencoded')).status).toBe(415);
  await house.json('/v1/streams/nowhere/messages', { json: message }, 404);
});

test('a message or request that is too large is refused, and nothing is kept', async () => {
  const before = await total();
  expect(await (await raw(`To: a@b.test\r\n\r\n${'x'.repeat(70_000)}`)).json()).toMatchObject({ status: 413, type: '/problems/message-too-large' });
  await house.json(POST, { json: { ...message, text: 'x'.repeat(66_000) } }, 413);
  expect(await house.json(POST, { json: { ...message, text: 'x'.repeat(300_000) } }, 413)).toMatchObject({ type: '/problems/body-too-large' });
  expect(await total()).toBe(before);
});

test('a client that sends all of its body before it listens hears why it was refused', async () => {
  const { port } = await house.listen();
  for (const type of ['message/rfc822', 'application/json', 'text/plain']) expect(await deafClient(port, type)).toMatch(type === 'text/plain' ? /^HTTP\/1.1 415 / : /^HTTP\/1.1 413 [^]*too-large/);
});

/** Sends 20 MB, and only then looks at the answer. */
async function deafClient(port: number, type: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const heard = text(socket);
  const size = 20_000_000;
  socket.write(`POST ${POST} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: ${type}\r\nContent-Length: ${size}\r\n\r\n`);
  const piece = Buffer.alloc(100_000, 'x');
  for (let left = size; left > 0; left -= piece.length) if (!socket.write(piece)) await once(socket, 'drain');
  return heard;
}

test('more recipients than the limit are refused', async () => {
  const to = Array.from({ length: 6 }, (_, i) => `r${i}@r.test`);
  expect((await house.ask(POST, { json: { ...message, envelope: { to } } })).status).toBe(422);
  expect((await raw(`To: ${to.join(', ')}\r\n\r\n`)).status).toBe(422);
});

test('a batch keeps what is right and says what is wrong with the rest, in order', async () => {
  const before = await total();
  const { results } = await house.json<BatchResult>(POST, { json: [message, { ...message, to: 'no address' }, { nonsense: true }, { ...message, subject: 'Last' }] }, 202);
  expect(results.map(({ status }) => status)).toEqual([202, 422, 422, 202]);
  expect(results[2]).toMatchObject({ problem: { type: '/problems/invalid', errors: expect.arrayContaining([{ path: 'nonsense', message: expect.stringContaining('is not known here; known are from, to') }]) } });
  expect(await total()).toBe(before + 2);
  const ids = results.flatMap((one) => ('messageId' in one ? [one.messageId] : []));
  expect(new Set(ids).size).toBe(2);
});

test('a batch of none or of more than 500 is refused', async () => {
  expect(await house.json(POST, { json: [] }, 422)).toMatchObject({ detail: expect.stringContaining('1 to 500') });
  await house.json(POST, { json: Array.from({ length: 501 }, () => ({})) }, 422);
});

test('the same key with the same message is kept once and answered the same', async () => {
  const before = await total();
  const send = (json: unknown) => house.ask(POST, { json, headers: { 'content-type': 'application/json', 'idempotency-key': 'order-1' } });
  const first = await send(message);
  const second = await send(message);
  expect(first.headers.get('idempotency-replayed')).toBeNull();
  expect(second.headers.get('idempotency-replayed')).toBe('true');
  expect(second.status).toBe(202);
  expect(await second.json()).toEqual(await first.json());
  expect(await (await send({ ...message, subject: 'Other' })).json()).toMatchObject({ status: 409, type: '/problems/idempotency-conflict' });
  expect(await total()).toBe(before + 1);
});

test('many at once with one key commit one message', async () => {
  const before = await total();
  const answers = await Promise.all(Array.from({ length: 8 }, () => house.ask(POST, { json: message, headers: { 'content-type': 'application/json', 'idempotency-key': 'order-2' } })));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
  expect(new Set(await Promise.all(answers.map((one) => one.text()))).size).toBe(1);
  expect(await total()).toBe(before + 1);
});

test('a raw message with a key is kept once', async () => {
  const before = await total();
  const headers = { 'idempotency-key': 'raw-1' };
  const first = await raw('To: a@b.test\r\n\r\nx', { headers });
  const second = await raw('To: a@b.test\r\n\r\nx', { headers });
  expect(await second.json()).toEqual(await first.json());
  expect((await raw('To: a@b.test\r\n\r\ny', { headers })).status).toBe(409);
  expect(await total()).toBe(before + 1);
});

test('a key is forgotten after 24 hours', async () => {
  const headers = { 'content-type': 'application/json', 'idempotency-key': 'order-3' };
  const first = await house.json<SubmitResult>(POST, { json: message, headers }, 202);
  house.clock.advance(24 * 3_600_000 + 1);
  expect((await house.json<SubmitResult>(POST, { json: message, headers }, 202)).id).not.toBe(first.id);
});

test('a packed body is refused rather than kept as noise', async () => {
  const before = await total();
  for (const type of ['message/rfc822', 'application/json']) {
    expect((await house.ask(`${POST}?to=a@b.test`, { method: 'POST', body: 'xx', headers: { 'content-type': type, 'content-encoding': 'gzip' } })).status).toBe(type === 'message/rfc822' ? 415 : 422);
  }
  expect((await house.ask(POST, { method: 'POST', body: 'xx', headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' } })).status).toBe(415);
  expect(await total()).toBe(before);
});

test('one line of the log is one message, without its content', async () => {
  const from = house.log.length;
  const { id } = await house.send({ subject: 'Very secret', text: 'very secret' });
  const lines = house.log.slice(from).filter((line) => line.includes('message accepted'));
  expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([{ id, stream: 'default', from: 'ann@a.test', recipients: 1 }]);
  expect(lines.join('')).not.toMatch(/very secret/i);
});

test('a full disk is a problem of its own, and nothing of the request is kept', async () => {
  const full = await apiHouse({ maxPages: 200, limits: { messageSize: 8 * 1024 * 1024 } });
  const body = Buffer.alloc(4 * 1024 * 1024);
  for (let i = 0; i < body.length; i += 4) body.writeUInt32LE(Math.imul(i, 2_654_435_761) >>> 0, i);
  const response = await full.ask(`${POST}?to=a@b.test`, { method: 'POST', body: new Uint8Array(body), headers: { 'content-type': 'message/rfc822' } });
  expect([response.status, await response.json()]).toMatchObject([507, { type: '/problems/disk-full' }]);
  expect((await full.json<MessagePage>('/v1/messages')).messages).toEqual([]);
  // Not ready, although the small row of a probe would fit; ready again with the first mail that is taken, or after a while.
  expect((await full.ask('/readyz')).status).toBe(503);
  full.clock.advance(10_000);
  expect((await full.ask('/readyz')).status).toBe(200);
  await full.close();
});

/** A body that comes in two halves; `begun` once the first was taken. */
function slowly(body: string): { stream: ReadableStream<Uint8Array>; begun: Promise<void>; finish(): void } {
  const [begun, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const half = Math.floor(body.length / 2);
  let pulls = 0;
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (pulls++ === 0) { controller.enqueue(Buffer.from(body.slice(0, half))); return; }
      begun.resolve();
      await go.promise;
      controller.enqueue(Buffer.from(body.slice(half)));
      controller.close();
    },
  }, { highWaterMark: 0 });
  return { stream, begun: begun.promise, finish: () => go.resolve() };
}

test('bodies that are still coming in count as in flight, as far as they came', async () => {
  const tight = await apiHouse({ limits: { inFlight: 4_000 } });
  const body = JSON.stringify({ ...message, text: 'x'.repeat(2_000) });
  const headers = { 'content-type': 'application/json', 'content-length': String(body.length) };
  const slow = slowly(body);
  const first = tight.ask(POST, { method: 'POST', body: slow.stream, duplex: 'half', headers } as RequestInit);
  await slow.begun;
  const second = await tight.ask(POST, { method: 'POST', body, headers });
  expect([second.status, second.headers.get('retry-after')]).toEqual([503, '1']);
  slow.finish();
  expect((await first).status).toBe(202);
  expect((await tight.ask(POST, { method: 'POST', body, headers })).status).toBe(202);
  await tight.close();
});

test('a large body that is announced and slow does not shut out the others', async () => {
  const most = JSON.stringify({ ...message, text: 'x'.repeat(3_000_000) });
  const tight = await apiHouse({ limits: { inFlight: 8_000_000, messageSize: 4_000_000 } });
  const slow = slowly(most);
  const first = tight.ask(POST, { method: 'POST', body: slow.stream, duplex: 'half', headers: { 'content-type': 'application/json', 'content-length': String(most.length) } } as RequestInit);
  await slow.begun;
  expect((await tight.ask(POST, { json: message })).status).toBe(202);
  await tight.json('/v1/streams', { json: { name: 'other' } }, 201);
  // Another large one has to wait.
  expect((await tight.ask(POST, { method: 'POST', body: most, headers: { 'content-type': 'application/json' } })).status).toBe(503);
  slow.finish();
  expect((await first).status).toBe(202);
  await tight.close();
});

test.each([
  ['[{}]'.replace('{}', Array(1_100_000).fill('[]').join()), 413, 'body-too-large'],
  [`${'['.repeat(5_000)}${']'.repeat(5_000)}`, 400, 'malformed-json'],
  ['{"to":"ann\\ud800@x.test"}', 400, 'malformed-json'], ['{"metadata":{"\\ud800":"x"}}', 400, 'malformed-json'],
  ['NaN', 400, 'malformed-json'], ['"', 400, 'malformed-json'], ['"\\', 400, 'malformed-json'],
  ['{"from":"a@x.test","to":"b@x.test","text":"x","metadata":{"__proto__":"x"}}', 422, 'invalid'],
])('a body like %.40s is refused', async (body, status, type) => {
  const problem = await house.json<Problem>(POST, { method: 'POST', body, headers: { 'content-type': 'application/json' } }, status);
  expect(problem.type).toBe(`/problems/${type}`);
  expect(problem.detail).toMatch(/^[A-Z`m]/);
});

test('when too much is in flight, a message is put off and told when to come back', async () => {
  const tight = await apiHouse({ limits: { inFlight: 0 } });
  const response = await tight.ask(`${POST}?to=a@b.test`, { method: 'POST', body: 'x: y\r\n\r\n', headers: { 'content-type': 'message/rfc822' } });
  expect([response.status, response.headers.get('retry-after'), await response.json()]).toMatchObject([503, '1', { type: '/problems/no-room' }]);
  const batch = await tight.ask(POST, { json: [message, message] });
  expect(batch.status).toBe(503);
  await tight.close();
});

test('a key that is no key is refused', async () => {
  const response = await house.ask(POST, { json: message, headers: { 'content-type': 'application/json', 'idempotency-key': 'x'.repeat(300) } });
  expect(response.status).toBe(422);
});

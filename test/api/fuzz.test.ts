import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SubmitResult } from '../../sdk/contract.ts';
import { apiHouse, type ApiHouse } from '../support/api-house.ts';

let house: ApiHouse;
let id = '';
beforeAll(async () => {
  house = await apiHouse({ limits: { messageSize: 64 * 1024 } });
  ({ id } = await house.send({ html: '<img src="cid:x">', attachments: [{ filename: 'x.png', content: 'AAAA', cid: 'x' }] }));
});
afterAll(() => house.close());

const STATED = new Set([503, 507]);
const RUNS = { numRuns: 80 };

/** Whatever was asked: an answer, no 5xx but a stated problem, and every error a problem. */
async function sane(path: string, init: RequestInit = {}): Promise<Response> {
  const answer = house.ask(path, init);
  // Waits end when the clock moves; nothing else looks at it here.
  const pump = setInterval(() => house.clock.advance(60_000), 1);
  await answer.finally(() => clearInterval(pump));
  const response = await answer;
  const { status, headers } = response;
  if (status >= 500 && !STATED.has(status)) throw new Error(`${init.method ?? 'GET'} ${path} answered ${status}: ${await response.text()} ${house.log.join('')}`);
  expect(status >= 400 ? headers.get('content-type') : 'application/problem+json').toBe('application/problem+json');
  return response;
}

const odd = fc.oneof(fc.string({ unit: 'binary', maxLength: 30 }), fc.constantFrom('', '*', '\0', '\r\n', '%', '%00', '%ff', '../', "'", '"', '-', 'OR', '(', ')', 'to:', 'has:x', 'a@b.test', '"a b"@c.test', '9'.repeat(40), '-1', '1e9', 'NaN', 'm1', 'latest', 'true', '2026-13-45', '10m', '__proto__', 'constructor'));
const FILTERS = ['stream', 'inbox', 'to', 'from', 'subject', 'tag', 'since', 'before', 'unread', 'q', 'cursor', 'limit', 'after', 'count', 'timeout', 'types', 'prefix', 'raw', 'inline', 'download'];
const query = fc.array(fc.tuple(fc.oneof(fc.constantFrom(...FILTERS), odd), odd), { maxLength: 5 })
  .map((pairs) => new URLSearchParams(pairs.map(([name, value]) => [name.toWellFormed(), value.toWellFormed()])).toString());

test('whatever is asked in a query, the answer is one or a stated problem', async () => {
  const paths = ['/v1/messages', '/v1/messages/latest', `/v1/messages/${id}`, `/v1/messages/${id}/raw`, `/v1/messages/${id}/html`, '/v1/inboxes', '/v1/tags', '/v1/events', '/v1/wait', '/v1/streams'];
  await expect(fc.assert(fc.asyncProperty(fc.constantFrom(...paths), query, async (path, text) => {
    const response = await sane(`${path}?${text}`);
    await response.body?.cancel();
  }), RUNS)).resolves.toBeUndefined();
});

test('whatever searches are typed, the answer is one or a stated problem', async () => {
  const words = fc.array(fc.oneof(odd, fc.constantFrom('subject:', 'from:', 'larger:', 'before:', 'is:unread', 'has:link', 'tag:a', '"', '-', 'OR', '(', ')', 'header:x=y', 'a*')), { maxLength: 12 });
  await expect(fc.assert(fc.asyncProperty(words, fc.constantFrom('', ' '), async (list, glue) => {
    await sane(`/v1/messages?q=${encodeURIComponent(list.join(glue).toWellFormed())}`);
  }), RUNS)).resolves.toBeUndefined();
});

test('whatever path and method are asked, the answer is one or a stated problem', async () => {
  const step = fc.oneof(odd, fc.constantFrom('v1', 'messages', 'streams', 'default', 'wait', 'events', 'parts', '1', id, 'credentials', 'inboxes', 'problems', 'docs', 'raw', 'livez'));
  await expect(fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 6 }), fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'), async (steps, method) => {
    const path = `/${steps.map((one) => encodeURIComponent(one.toWellFormed())).join('/')}`;
    if (path.startsWith('/v1/events/stream') || (method === 'DELETE' && path.startsWith('/v1/messages/'))) return;
    const response = await sane(path, { method });
    await response.body?.cancel();
  }), RUNS)).resolves.toBeUndefined();
});

test('whatever JSON is handed in, the answer is one or a stated problem', async () => {
  const value = fc.oneof(fc.jsonValue({ maxDepth: 3 }), odd, fc.array(odd, { maxLength: 4 }));
  const draft = fc.record({ from: value, to: value, cc: value, bcc: value, replyTo: value, subject: value, text: value, html: value, headers: fc.oneof(value, fc.dictionary(odd, odd)), attachments: fc.oneof(value, fc.array(fc.record({ content: odd, filename: odd, type: odd, cid: odd }, { requiredKeys: [] }), { maxLength: 3 })), tags: value, metadata: fc.oneof(value, fc.dictionary(odd, odd)), envelope: fc.oneof(value, fc.record({ from: odd, to: fc.array(odd) })) }, { requiredKeys: [] });
  const nearly = draft.map((one) => ({ from: 'a@a.test', to: 'b@b.test', ...one }));
  const plain = fc.record({ from: fc.constant('a@a.test'), to: fc.constant('b@b.test'), subject: fc.string({ unit: 'binary' }), text: fc.string({ unit: 'binary' }), html: fc.string({ unit: 'binary' }), headers: fc.dictionary(fc.stringMatching(/^X-[\w-]{1,20}$/), fc.string()), attachments: fc.array(fc.record({ content: fc.base64String({ maxLength: 40 }), filename: fc.string({ unit: 'grapheme' }) }), { maxLength: 2 }) }, { requiredKeys: ['from', 'to'] });
  await expect(fc.assert(fc.asyncProperty(fc.oneof(nearly, plain, fc.array(fc.oneof(nearly, plain), { maxLength: 4 }), fc.jsonValue()), async (body) => {
    const response = await sane('/v1/streams/default/messages', { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
    if (response.status !== 202 || Array.isArray(body)) return;
    const { id: made } = (await response.json()) as SubmitResult;
    for (const what of ['', '/raw', '/html', '/text', '/headers', '/parts/1', '/parts/2']) await (await sane(`/v1/messages/${made}${what}`)).text();
  }), RUNS)).resolves.toBeUndefined();
});

test('whatever bytes are handed in, they are kept as they are and can be read', async () => {
  const piece = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\r\n', '\n', '\r', 'Content-Type: multipart/mixed; boundary=b\r\n', '--b\r\n', '--b--', 'Content-Transfer-Encoding: base64\r\n', '\r\n\r\n', 'Subject: =?utf-8?q?=', 'To: ', 'a@b.test', '\0'));
  await expect(fc.assert(fc.asyncProperty(fc.array(piece, { minLength: 1, maxLength: 20 }).map((all) => Buffer.from(all.join(''))), async (bytes) => {
    if (bytes.length === 0) return;
    const response = await sane('/v1/streams/default/messages?from=&to=b@b.test', { method: 'POST', body: new Uint8Array(bytes), headers: { 'content-type': 'message/rfc822' } });
    expect(response.status).toBe(202);
    const { id: made } = (await response.json()) as SubmitResult;
    expect(Buffer.from(await (await sane(`/v1/messages/${made}/raw`)).arrayBuffer()).equals(bytes)).toBe(true);
    for (const what of ['', '/html', '/text', '/headers', '/parts/1']) await (await sane(`/v1/messages/${made}${what}`)).text();
  }), RUNS)).resolves.toBeUndefined();
});

test('whatever is sent to change things, the answer is one or a stated problem', async () => {
  const targets = fc.constantFrom('POST /v1/streams', 'PATCH /v1/streams/default', 'POST /v1/streams/default/credentials', 'POST /v1/inboxes', `PATCH /v1/messages/${id}`, 'PATCH /v1/messages?stream=default');
  const keys = fc.constantFrom('name', 'mode', 'retention', 'tags', 'user', 'password', 'lifetime', 'prefix', 'address', 'stream', 'read', 'addTags', 'removeTags');
  const body = fc.dictionary(keys, fc.oneof(odd, fc.jsonValue({ maxDepth: 2 }), fc.record({ messages: fc.jsonValue(), age: odd, bytes: fc.integer() }, { requiredKeys: [] })), { maxKeys: 4 });
  await expect(fc.assert(fc.asyncProperty(targets, fc.oneof(body.map((one) => JSON.stringify(one)), fc.string({ unit: 'binary' })), async (target, text) => {
    const [method, path] = target.split(' ') as [string, string];
    await sane(path, { method, body: text, headers: { 'content-type': 'application/json' } });
  }), RUNS)).resolves.toBeUndefined();
});

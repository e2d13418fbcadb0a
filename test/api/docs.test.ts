import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { z } from '@hono/zod-openapi';
import { apiPage } from '../../server/api/page.ts';
import { PROBLEMS } from '../../server/api/problems.ts';
import { MessageDetail, MessagePage } from '../../server/api/schemas/message.ts';
import { EventPage } from '../../server/api/schemas/events.ts';
import { Inbox, Info, StreamList, WaitResult, WaitTimeoutProblem } from '../../server/api/schemas/streams.ts';
import { EVENT_TYPES } from '../../server/api/wire-event.ts';
import { eventsPage } from '../../server/cli/events-page.ts';
import { TERMINAL_EVENTS } from '../../server/events/event.ts';
import { apiHouse, type ApiHouse } from '../support/api-house.ts';

let house: ApiHouse;
beforeAll(async () => { house = await apiHouse(); });
afterAll(() => house.close());

type Document = { openapi: string; paths: Record<string, Record<string, { operationId?: string; responses: Record<string, { content?: Record<string, unknown> }> }>>; components: { schemas: Record<string, unknown> } };

test('docs/api.md says what the code does (`npm run docs` writes it)', () => {
  expect(readFileSync(new URL('../../docs/api.md', import.meta.url), 'utf8')).toBe(apiPage());
});

test('docs/events.md says what the code does, and has every kind once', () => {
  const page = eventsPage();
  expect(readFileSync(new URL('../../docs/events.md', import.meta.url), 'utf8')).toBe(page);
  for (const type of EVENT_TYPES) expect([type, page.split(`\n| \`${type}\``).length - 1]).toEqual([type, 1]);
  for (const type of TERMINAL_EVENTS) expect(page).toContain(`| \`${type}\` **terminal** |`);
});

test('the document names every route, and every reference in it leads somewhere', async () => {
  const document = await house.json<Document>('/v1/openapi.json');
  expect(document.openapi).toBe('3.1.0');
  expect(Object.keys(document.paths)).toEqual(expect.arrayContaining(['/v1/messages/{id}', '/v1/wait', '/v1/events/socket', '/v1/streams/{stream}/messages']));
  for (const [, name] of JSON.stringify(document).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) expect(Object.keys(document.components.schemas)).toContain(name);
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const one of Object.values(methods)) expect([path, Object.keys(one.responses).length > 0]).toEqual([path, true]);
  }
});

test('what is answered has the shape that the document promises', async () => {
  const { id } = await house.send({ html: '<a href="https://x.test">x</a>', attachments: [{ filename: 'a.txt', content: 'YQ==' }], headers: { 'List-Unsubscribe': '<mailto:u@x.test>' } });
  const waiting = house.ask('/v1/wait?inbox=nobody@x.test&timeout=1');
  const clock = setInterval(() => house.clock.advance(1_000), 1);
  const missed = await waiting.finally(() => clearInterval(clock));
  const answers: [z.ZodType, unknown][] = [
    [MessageDetail, await house.json(`/v1/messages/${id}`)],
    [MessagePage, await house.json('/v1/messages')],
    [EventPage, await house.json('/v1/events')],
    [WaitResult, await house.json('/v1/wait?inbox=bob@b.test')],
    [WaitTimeoutProblem, await missed.json()],
    [StreamList, await house.json('/v1/streams')],
    [Inbox, await house.json('/v1/inboxes', { method: 'POST' }, 201)],
    [Info, await house.json('/v1/info')],
  ];
  // A field that the schema does not know would be stripped, so what comes out must be what came in.
  for (const [schema, answer] of answers) expect(schema.parse(answer)).toEqual(answer);
});

test('the page of the API needs no script and no other host', async () => {
  const response = await house.ask('/docs');
  const html = await response.text();
  expect(response.headers.get('content-security-policy')).not.toContain('script-src');
  expect(html).toContain('POST /v1/streams/{stream}/messages');
  expect(html).not.toMatch(/<script|\bsrc=|href="(?:https?:)?\/\//);
});

test('every problem has a page that says what it means', async () => {
  for (const name of Object.keys(PROBLEMS)) expect(await house.json(`/problems/${name}`)).toMatchObject({ type: `/problems/${name}`, means: expect.any(String) });
  await house.json('/problems/constructor', {}, 404);
  const { problems } = await house.json<{ problems: unknown[] }>('/problems');
  expect(problems).toHaveLength(Object.keys(PROBLEMS).length);
});

test('a path that is nearly one names it, and a wrong method says the right ones', async () => {
  expect(await house.json('/v1/mesages', {}, 404)).toMatchObject({ type: '/problems/unknown-route', detail: expect.stringContaining('/v1/messages') });
  expect(await house.json('/v1/stream/default/messages', { method: 'POST' }, 404)).toMatchObject({ detail: expect.stringContaining('/v1/streams/{stream}/messages') });
  const response = await house.ask('/v1/messages', { method: 'PUT' });
  expect([response.status, response.headers.get('allow'), response.headers.get('content-type')]).toEqual([405, 'GET, HEAD, DELETE, PATCH', 'application/problem+json']);
  expect((await house.ask('/v1/streams', { method: 'OPTIONS' })).headers.get('allow')).toBe('GET, HEAD, POST');
});

test('the probes say that the store takes mail, and the scraper gets its counters', async () => {
  const before = Number(/^postern_accepted_total\{via="http"\} (\d+)$/m.exec(await (await house.ask('/metrics')).text())![1]);
  await house.send({});
  await house.ask('/v1/streams/default/messages?to=a@b.test', { method: 'POST', body: 'x'.repeat(2 * 1024 * 1024), headers: { 'content-type': 'message/rfc822' } });
  expect(await house.json('/livez')).toEqual({ status: 'ok' });
  expect(await house.json('/readyz')).toEqual({ status: 'ok' });
  const response = await house.ask('/metrics');
  expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4');
  const text = await response.text();
  for (const line of [/^postern_refused_total\{reason="message-too-large"\} 1$/m, /^postern_accepted_bytes_total\{via="http"\} \d{3}/m, /^postern_commit_seconds_count [1-9]/m, /^postern_commit_seconds_bucket\{le="\+Inf"\} [1-9]/m, /^postern_event_loop_lag_seconds\{quantile="0\.99"\} /m, /^postern_parse_backlog \d/m, /^postern_waits 0$/m, /^postern_connections\{protocol="smtp"\} 0$/m]) {
    expect(text).toMatch(line);
  }
  const again = await (await house.ask('/metrics')).text();
  expect(again).toContain(`\npostern_accepted_total{via="http"} ${before + 1}\n`);
});

test('a store that is closed is not ready, and says why', async () => {
  const other = await apiHouse();
  await other.store[Symbol.asyncDispose]();
  expect(await other.json('/readyz', {}, 503)).toMatchObject({ type: '/problems/shutting-down' });
  expect((await other.ask('/livez')).status).toBe(200);
  expect((await other.ask('/v1/messages')).status).toBe(503);
  await other.json('/v1/streams/default/messages', { json: { from: 'a@a.test', to: 'b@b.test' } }, 503);
  await other.close();
});

test('what a client needs to know is said in one answer', async () => {
  expect(await house.json('/v1/info')).toMatchObject({ name: 'postern', http: 'http://127.0.0.1:8025', smtp: { host: '127.0.0.1', port: 1025, user: null, url: 'smtp://127.0.0.1:1025' }, inboxDomain: 'postern.test', limits: { recipients: 100 } });
});

test('every route that takes JSON says that a body can be too large', async () => {
  const { paths } = await house.json<{ paths: Record<string, Record<string, { requestBody?: { content: Record<string, unknown> }; responses: Record<string, unknown> }>> }>('/v1/openapi.json');
  const taking = Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods).filter(([, { requestBody }]) => requestBody?.content['application/json']).map(([method, { responses }]) => [method, path, '413' in responses] as const));
  expect(taking.length).toBeGreaterThan(15);
  expect(taking.filter(([, , has]) => !has)).toEqual([]);
  const response = await house.ask('/v1/inboxes', { json: { prefix: 'x'.repeat(300_000) } });
  expect(response.status).toBe(413);
});

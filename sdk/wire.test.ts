/** What answers at an address may be anything, or nothing. */
import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { connect, PosternError } from './client.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function listening(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`;
}

const failing = async (url: string, options?: Parameters<typeof connect>[1]) => connect(url, options).then(() => { throw new Error('connected'); }, (error: PosternError) => error);

test('a page instead of an answer is told as such', async () => {
  const url = await listening((_, response) => response.setHeader('content-type', 'text/html; charset=utf-8').end('<!doctype html>'));
  const error = await failing(url);
  expect(error).toBeInstanceOf(PosternError);
  expect(error.message).toBe(`GET /v1/info at ${url} answered 200 with text/html that is no JSON: no sandbox says that. Is that the HTTP address of a sandbox? It looks like http://127.0.0.1:8025, and is printed when the sandbox starts.`);
});

test.each(['{"name":"mailpit"}', 'null', '[]', '"postern"', '{"name":"postern"}'])('another service (%s) is no sandbox', async (said) => {
  const url = await listening((_, response) => response.setHeader('content-type', 'application/json').end(said));
  const error = await failing(url);
  expect(error).toBeInstanceOf(PosternError);
  expect(error.message).toMatch(`What answers at ${url} is no Postern: GET /v1/info gave JSON of another kind.`);
});

test.each([['application/json', '{"error":"no such page"}'], ['text/html', '<h1>Not Found</h1>']])('a service that knows no /v1/info (%s) is asked about', async (type, said) => {
  const error = await failing(await listening((_, response) => response.writeHead(404, { 'content-type': type }).end(said)));
  expect(error).toMatchObject({ name: 'PosternError', status: 404, problem: undefined, message: `GET /v1/info answered 404: ${said}. Is that the HTTP address of a sandbox? It looks like http://127.0.0.1:8025, and is printed when the sandbox starts.` });
});

test('a redirect is not followed; where it points to is said', async () => {
  let seen = 0;
  const elsewhere = await listening((_, response) => { seen++; response.end(); });
  const moved = await failing(await listening((_, response) => response.writeHead(308, { location: `${elsewhere}/mail/v1/info` }).end()));
  expect(moved).toBeInstanceOf(PosternError);
  expect(moved.message).toMatch(new RegExp(`sends /v1/info on to ${elsewhere}/mail/v1/info \\(308\\), which is not followed\\. If the sandbox is there, give that address: ${elsewhere}/mail$`));
  const login = await failing(await listening((_, response) => response.writeHead(302, { location: '/login' }).end()));
  expect(login.message).toMatch(/sends \/v1\/info on to http:\/\/127\.0\.0\.1:\d+\/login \(302\), which is not followed\. Is that the HTTP address/);
  expect(seen).toBe(0);
});

test('a silent server is left after a while, also in the midst of its answer', async () => {
  const url = await listening(() => {});
  const error = await failing(url, { timeout: 50 });
  expect(error).toBeInstanceOf(PosternError);
  expect(error.message).toMatch(`Postern did not answer at ${url} within 50 ms. Is that the HTTP address of a sandbox (not its SMTP port)?`);
  const half = await listening((_, response) => response.writeHead(200, { 'content-type': 'application/json' }).write('{'));
  expect((await failing(half, { timeout: '50ms' })).message).toMatch('within 50 ms');
});

test('connecting can be given up, and a wrong time is named', async () => {
  const url = await listening(() => {});
  const stop = new AbortController();
  const connecting = failing(url, { signal: stop.signal });
  stop.abort(new Error('enough'));
  expect((await connecting).message).toBe('enough');
  expect((await failing(url, { timeout: NaN })).message).toMatch('`timeout` must be milliseconds');
  expect((await failing(url, { signal: 5 as unknown as AbortSignal })).message).toMatch('`signal` is an AbortSignal');
});

test('an answer that breaks off is told as such', async () => {
  const url = await listening((request, response) => response.writeHead(200, { 'content-type': 'application/json', 'content-length': 100 }).write('{', () => request.socket.destroy()));
  const error = await failing(url);
  expect(error).toBeInstanceOf(PosternError);
  expect(error.message).toMatch(/broke off|cannot be reached/);
});

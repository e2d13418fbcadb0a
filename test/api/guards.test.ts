import { request } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { apiHouse, type ApiHouse, type HouseOptions } from '../support/api-house.ts';

let house: ApiHouse;
const open = async (options: HouseOptions = {}) => { house = await apiHouse(options); };
afterEach(() => house.close());

const status = async (path: string, headers: Record<string, string>, method = 'GET') => (await house.ask(path, { headers, method })).status;
const basic = (password: string) => `Basic ${Buffer.from(`anyone:${password}`).toString('base64')}`;

test('a host that is neither loopback, an address nor listed is unknown', async () => {
  await open({ allowedHosts: ['postern'] });
  for (const host of ['localhost', 'localhost:8025', 'app.localhost:8025', '127.0.0.1:1', '192.168.0.7:8025', '[::1]:8025', 'POSTERN:8025']) expect(await status('/v1/info', { host })).toBe(200);
  for (const host of ['rebound.test', 'localhost.rebound.test', 'postern.rebound.test', '127.0.0.1.rebound.test:8025', 'rebound.test:127']) {
    const response = await house.ask('/v1/messages', { headers: { host } });
    expect(response.status).toBe(421);
    expect(await response.json()).toMatchObject({ type: '/problems/unknown-host', detail: expect.stringContaining('POSTERN_HTTP_HOSTS=') });
  }
});

test('the right token vouches for an unknown host, a wrong one does not', async () => {
  await open({ token: 'right-token' });
  expect(await status('/v1/info', { host: 'other.test', authorization: 'Bearer right-token' })).toBe(200);
  expect(await status('/v1/info', { host: 'other.test', authorization: 'Bearer wrong-token' })).toBe(421);
});

test('with a token set, everything but the probes and the files of the UI asks for it', async () => {
  await open({ token: 'right-token' });
  for (const path of ['/v1/info', '/v1/messages', '/v1/openapi.json', '/docs', '/metrics', '/problems', '/v1/events/stream', '/nowhere', '/livez/x']) {
    const response = await house.ask(path);
    expect([path, response.status]).toEqual([path, 401]);
    expect(response.headers.get('www-authenticate')).toMatch(/Basic realm=.*Bearer/);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
  }
  expect(await status('/livez', {})).toBe(200);
  expect(await status('/readyz', {})).toBe(200);
  expect(await status('/', {})).toBe(200);
  expect(await status('/', {}, 'POST')).toBe(401);
  expect(await status('/assets/../v1/info', {})).toBe(401);
  expect((await house.ask('/v1/info', { headers: { 'sec-fetch-dest': 'empty' } })).headers.get('www-authenticate')).toBe('Bearer realm="Postern"');
  expect(await status('/v1/info', { authorization: 'Bearer right-token' })).toBe(200);
  expect(await status('/v1/info', { authorization: basic('right-token') })).toBe(200);
  for (const authorization of ['Bearer right-toke', 'Bearer right-token2', 'Bearer', basic('x'), 'Basic !!!', 'right-token', 'Digest right-token']) expect(await status('/v1/info', { authorization })).toBe(401);
});

test('no spelling of a path leads past the token', async () => {
  await open({ token: 'right-token', uiDir: 'ui' });
  const { port } = await house.listen();
  const asked = (path: string, method = 'GET') => new Promise<number>((resolve, reject) => {
    request({ host: '127.0.0.1', port, path, method, agent: false }, (answer) => { answer.resume(); resolve(answer.statusCode!); }).on('error', reject).end();
  });
  for (const path of [
    '//v1/info', '///v1/info', '/./v1/info', '/assets/../v1/info', '/assets/..%2fv1/info', '/assets/%2e%2e/v1/info', '/index.html/../v1/info', '/index.html/v1/info', '/livez/../v1/info', '/livez/..%2fv1%2finfo', '/livez;/v1/info',
    '/%2fv1/info', '/v1%2finfo', '/%761/info', '/v1/inf%6f', '/v1/info/', '/v1/info?x=/livez', '/v1/info#/livez', '/v1/info%00', '/V1/info', '/\\v1/info', '/assets/x/../../v1/info', '/assets/%252e%252e/v1/info', 'http://127.0.0.1/v1/info', 'http://127.0.0.1//assets/../v1/info', '/theme.js/../main.ts', '/main.ts', '/state/house.svelte.ts',
  ]) expect([path, await asked(path)]).toEqual([path, expect.toSatisfy((code: number) => code === 401 || code === 400)]);
  expect([await asked('/livez'), await asked('/index.html'), await asked('/favicon.svg'), await asked('/index.html', 'POST')]).toEqual([200, 200, 404, 401]);
});

test('a page of another origin can change nothing', async () => {
  await open({ allowedOrigins: ['https://app.test'] });
  const host = 'localhost:8025';
  const remove = (headers: Record<string, string>) => status('/v1/messages?stream=default', { host, ...headers }, 'DELETE');
  expect(await remove({})).toBe(200);
  expect(await remove({ origin: 'http://localhost:8025' })).toBe(200);
  expect(await remove({ origin: 'https://app.test', 'sec-fetch-site': 'cross-site' })).toBe(200);
  for (const headers of [{ origin: 'https://evil.test' }, { origin: 'null' }, { origin: 'http://localhost:3000' }, { origin: 'http://localhost:8025.evil.test' }, { 'sec-fetch-site': 'cross-site' }]) {
    expect([headers, await remove(headers)]).toEqual([headers, 403]);
  }
});

test('a listed origin may read what it asks for, and no other', async () => {
  await open({ token: 'right-token', allowedOrigins: ['https://app.test'] });
  const preflight = await house.ask('/v1/messages', { method: 'OPTIONS', headers: { origin: 'https://app.test', 'access-control-request-method': 'DELETE' } });
  expect([preflight.status, preflight.headers.get('access-control-allow-origin'), preflight.headers.get('access-control-allow-methods')]).toEqual([204, 'https://app.test', expect.stringContaining('DELETE')]);
  expect(preflight.headers.get('access-control-allow-credentials')).toBeNull();
  const answer = await house.ask('/v1/messages', { headers: { origin: 'https://app.test', authorization: 'Bearer right-token' } });
  expect([answer.status, answer.headers.get('access-control-allow-origin'), answer.headers.get('vary')]).toEqual([200, 'https://app.test', 'Origin']);
  expect((await house.ask('/v1/messages', { headers: { origin: 'https://app.test' } })).status).toBe(401);
  for (const origin of ['https://evil.test', 'null', 'https://app.test.evil.test']) {
    const other = await house.ask('/v1/messages', { method: 'OPTIONS', headers: { origin, authorization: 'Bearer right-token' } });
    expect([origin, other.headers.get('access-control-allow-origin')]).toEqual([origin, null]);
  }
});

test('a form of another page cannot submit as JSON', async () => {
  await open();
  const response = await house.ask('/v1/streams/default/messages', { method: 'POST', body: '{"from":"a@a.test","to":"b@b.test"}', headers: { 'content-type': 'text/plain' } });
  expect(response.status).toBe(415);
});

test('every answer says not to guess its type and who may embed it', async () => {
  await open();
  const { id } = await house.send({ html: '<b>x</b>' });
  for (const path of ['/v1/messages', '/nowhere', `/v1/messages/${id}/html`, `/v1/messages/${id}/raw`, '/docs', '/livez']) {
    const { headers } = await house.ask(path);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('access-control-allow-origin')).toBeNull();
  }
});

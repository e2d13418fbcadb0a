/** The page behind List-Unsubscribe links: open to the world, and to nobody without a link. */
import { request } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { apiHouse, type ApiHouse, type HouseOptions } from '../support/api-house.ts';

let house: ApiHouse;
let path = '';
afterEach(() => house.close());

async function open(options: HouseOptions = {}): Promise<void> {
  house = await apiHouse(options);
  path = new URL(house.unsubscribe.url({ stream: 'default', message: '01M7YDNZ2DACSZ7X8P8N4BF970', n: 0, address: 'Ann<b>@x.test' })).pathname;
}
const post = (body: BodyInit | null, headers: Record<string, string> = { 'content-type': 'application/x-www-form-urlencoded' }, at = path) => house.ask(at, { method: 'POST', body, headers });
const suppressed = async () => (await house.store.suppressions({ now: 0, limit: 10 })).map(({ address, stream, reason }) => `${address} ${stream} ${reason}`);
const DONE = ['ann<b>@x.test default unsubscribe'];

test('following a link shows a page and changes nothing, however often', async () => {
  await open();
  for (const method of ['GET', 'HEAD', 'GET']) {
    const answer = await house.ask(path, { method });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    const page = await answer.text();
    expect(page).not.toContain('<b>@');
    if (method === 'GET') expect(page).toContain('<form method="post">');
  }
  expect(await suppressed()).toEqual([]);
});

test('one click unsubscribes, in either form of body; a second one finds it done', async () => {
  await open();
  const form = new FormData();
  form.set('List-Unsubscribe', 'One-Click');
  expect((await post(form, {})).status).toBe(200);
  expect(await suppressed()).toEqual(DONE);
  const again = await post('List-Unsubscribe=One-Click');
  expect([again.status, await again.text()]).toEqual([200, expect.stringContaining('You are unsubscribed')]);
  expect(await suppressed()).toEqual(DONE);
  const events = await house.json<{ events: { type: string; via?: string; recipient?: string }[] }>('/v1/events?types=unsubscribe.received');
  expect(events.events).toMatchObject([{ via: 'one-click', recipient: 'Ann<b>@x.test' }]);
});

test('the button of the page unsubscribes; another body is only shown the page again', async () => {
  await open();
  for (const [body, type] of [['', 'application/x-www-form-urlencoded'], ['x=1', 'application/x-www-form-urlencoded'], ['{"List-Unsubscribe":"One-Click"}', 'application/json'], ['garbage', 'multipart/form-data; boundary=x'], ['a', 'multipart/form-data']] as const) {
    const answer = await post(body, { 'content-type': type });
    expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('<form method="post">')]);
  }
  expect(await suppressed()).toEqual([]);
  expect((await post('confirm=unsubscribe')).status).toBe(200);
  expect(await suppressed()).toEqual(DONE);
});

test('a link that is none is not found, and does nothing', async () => {
  await open();
  for (const at of ['/u/x', `${path.slice(0, -2)}AA`, `/u/${'A'.repeat(700)}`, `/u/${'A'.repeat(1_500)}`]) {
    expect([at.length, (await house.ask(at)).status, (await post('List-Unsubscribe=One-Click', undefined, at)).status]).toEqual([at.length, 404, 404]);
  }
  expect(await suppressed()).toEqual([]);
});

test('it is reached under the name of the world, without a token, from any mail program and page; nothing else is', async () => {
  await open({ token: 'right-token' });
  const world = { host: 'mail.example.test' };
  expect((await house.ask(path, { headers: world })).status).toBe(200);
  for (const path of ['/', '/v1/info', '/v1/messages', '/u', '/u/', '/u/x/y', '/u/../v1/info', '/v1/delivery']) expect([path, (await house.ask(path, { headers: world })).status]).toEqual([path, 421]);
  expect((await house.ask('/v1/audit')).status).toBe(401);
  // The form of a page without a referrer says `null`.
  for (const origin of ['null', 'https://mail.example.test', 'https://webmail.test']) {
    const answer = await post('confirm=unsubscribe', { ...world, origin, 'content-type': 'application/x-www-form-urlencoded' });
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([200, null]);
  }
  expect((await house.ask(path, { method: 'DELETE', headers: world })).status).toBe(405);
  expect(await suppressed()).toEqual(DONE);
});

test('no spelling of the path leads past the token', async () => {
  await open({ token: 'right-token' });
  const { port } = await house.listen();
  const asked = (at: string) => new Promise<number>((resolve, reject) => {
    request({ host: '127.0.0.1', port, path: at, agent: false }, (answer) => { answer.resume(); resolve(answer.statusCode!); }).on('error', reject).end();
  });
  for (const at of ['/u/../v1/info', '/u/%2e%2e/v1/info', '/u/..%2fv1%2finfo', '//u/x', '/u//v1/info', '/u/x/../../v1/info', '/u%2fx', '/U/x', '/u/x%2f..%2f..%2fv1%2finfo']) expect([at, await asked(at)]).toEqual([at, expect.toSatisfy((status: number) => status === 401 || status === 400)]);
  expect(await asked('/u/x')).toBe(404);
  expect(await asked(path)).toBe(200);
});

test('a body that is no click is not read to its end', async () => {
  await open();
  expect((await post(`List-Unsubscribe=One-Click&x=${'x'.repeat(1_100)}`)).status).toBe(413);
  expect(await suppressed()).toEqual([]);
});

test('who unsubscribes from a stream that is gone gets no mail of it when it is made anew', async () => {
  await open();
  const made = () => house.json('/v1/streams', { json: { name: 'news', mode: 'deliver', delivery: { live: { allow: ['x.test'] } } } }, 201);
  await made();
  await house.json('/v1/streams/news', { method: 'DELETE' }, 204);
  path = new URL(house.unsubscribe.url({ stream: 'news', message: '01M7YDNZ2DACSZ7X8P8N4BF970', n: 0, address: 'ann@x.test' })).pathname;
  expect(await (await post('confirm=unsubscribe')).text()).toContain('You are unsubscribed');
  expect(await suppressed()).toEqual(['ann@x.test news unsubscribe']);
  await made();
  expect(await suppressed()).toEqual(['ann@x.test news unsubscribe']);
  expect(await house.store.suppressionOf('news', 'deliver', 'ann@x.test', house.clock.now())).toMatchObject({ reason: 'unsubscribe' });
});

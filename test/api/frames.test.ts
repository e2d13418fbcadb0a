import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FrameAddress, MessageDetail } from '../../sdk/contract.ts';
import { PASS_LIFETIME } from '../../server/api/pass.ts';
import { apiHouse, type ApiHouse } from '../support/api-house.ts';

const TOKEN = { authorization: 'Bearer right-token', 'content-type': 'application/json' };
const LOGO = { filename: 'logo.png', content: 'iVBORw0KGgo=', type: 'image/png', cid: 'logo' };
const EML = { filename: 'within.eml', content: Buffer.from('From: Ann <a@a.test>\r\nTo: b@b.test\r\nSubject: =?utf-8?q?W=C3=ADthin?=\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=x\r\n\r\n--x\r\n\r\nplain words\r\n--x\r\nContent-Type: text/html\r\n\r\n<p>inner <img src="cid:logo"><script>1</script></p>\r\n--x--\r\n').toString('base64'), type: 'message/rfc822' };
const FILE = { filename: 'other.png', content: 'iVBORw0KGgo=', type: 'image/png' };

let house: ApiHouse;
beforeAll(async () => { house = await apiHouse({ token: 'right-token' }); });
afterAll(() => house.close());

async function mail(): Promise<{ id: string; detail: MessageDetail; part: (name: string) => string }> {
  const answer = await house.ask('/v1/streams/default/messages', { method: 'POST', headers: TOKEN, body: JSON.stringify({ from: 'a@a.test', to: 'b@b.test', html: '<p>outer <img src="cid:logo"></p>', attachments: [LOGO, EML, FILE] }) });
  const { id } = (await answer.json()) as { id: string };
  const detail = await house.json<MessageDetail>(`/v1/messages/${id}`, { headers: TOKEN });
  return { id, detail, part: (name) => detail.files.find(({ filename }) => filename === name)!.part };
}
const frame = async (id: string, query = '') => house.json<FrameAddress>(`/v1/messages/${id}/frame${query}`, { headers: TOKEN });
/** The address of the picture in a page, as house.ask takes it. */
async function pictureIn(page: Response): Promise<string> {
  const { pathname, search } = new URL(/<img src="([^"]+)"/.exec(await page.text())![1]!, 'http://localhost:8025');
  return pathname + search;
}
const status = async (path: string, init: RequestInit = {}) => (await house.ask(path, init)).status;

test('the address of a frame opens the HTML without the token, with its own policy, also under an unknown host', async () => {
  const { id } = await mail();
  const { url, expiresAt } = await frame(id);
  expect(Date.parse(expiresAt)).toBe(house.clock.now() + PASS_LIFETIME);
  const page = await house.ask(`${url}&remote=1`, { headers: { host: 'inbox.example.test' } });
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  expect(page.headers.get('content-security-policy')).toMatch(/^sandbox allow-popups.*img-src data: cid: \S+ http: https:/);
  expect(page.headers.get('content-security-policy')).not.toContain('allow-scripts');
});

test('pictures of the mail itself come with passes of their own, which end with that of the page', async () => {
  const { id } = await mail();
  const { url } = await frame(id);
  house.clock.advance(60_000);
  const picture = await pictureIn(await house.ask(url));
  expect(await status(picture)).toBe(200);
  expect((await house.ask(picture)).headers.get('content-type')).toBe('image/png');
  house.clock.advance(PASS_LIFETIME - 60_000);
  expect([await status(url), await status(picture)]).toEqual([401, 401]);
});

test('pictures of a page that was opened with the token come with passes too: a browser sends no login with them', async () => {
  const { id } = await mail();
  const picture = await pictureIn(await house.ask(`/v1/messages/${id}/html`, { headers: TOKEN }));
  expect((await house.ask(picture)).headers.get('content-type')).toBe('image/png');
  expect(await status(picture.replace(/[?&]pass=[^&]+/, '?'))).toBe(401);
  house.clock.advance(PASS_LIFETIME);
  expect(await status(picture)).toBe(401);
});

test('a pass opens nothing but its own path, is only for reading, and cannot be made or stretched', async () => {
  const [one, other] = [await mail(), await mail()];
  const { url } = await frame(one.id);
  const [path, query] = url.split('?') as [string, string];
  const base = `/v1/messages/${one.id}`;
  for (const there of [
    base, `${base}/raw`, `${base}/text`, `${base}/headers`, `${base}/checks`, `${base}/frame`, `${base}/parts/${one.part('other.png')}`, `${base}/parts/${one.part('within.eml')}/html`, `${base}/parts/${one.part('within.eml')}/message`,
    `/v1/messages/${other.id}/html`, '/v1/messages/latest/html', '/v1/messages', '/v1/info', '/v1/streams', '/v1/events', '/v1/events/stream', '/v1/wait', '/docs', '/metrics',
    `/${path}`, `${path}/`, `${base}/../${one.id}/raw`, `${base}/html/../raw`, `${base}/html%2f..%2fraw`,
  ]) expect([there, await status(`${there}?${query}`)]).toEqual([there, 401]);
  for (const method of ['POST', 'PATCH', 'DELETE']) expect(await status(url, { method })).toBe(401);
  const [until, signature] = query.slice('pass='.length).split('.') as [string, string];
  const later = (Number.parseInt(until, 36) + 1).toString(36);
  for (const pass of ['', 'x', until, `${later}.${signature}`, `${until}.${signature.slice(1)}`, `${until}.${'A'.repeat(43)}`, `${until}.${signature}.`, `${until}. ${signature}`]) expect([pass, await status(`${path}?pass=${encodeURIComponent(pass)}`)]).toEqual([pass, 401]);
  expect(await status(`${path}?pass=x&${query}`)).toBe(401);
  expect(await status(url)).toBe(200);
});

test('only who bears the token is given one, and a browser is not made to ask for it in a frame', async () => {
  const { id } = await mail();
  expect(await status(`/v1/messages/${id}/frame`)).toBe(401);
  const refused = await house.ask(`/v1/messages/${id}/html?pass=old.x`, { headers: { 'sec-fetch-dest': 'iframe' } });
  expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="Postern"']);
  expect(await status('/v1/messages/01ARZ3NDEKTSV4RRFFQ69G5FAV/frame', { headers: TOKEN })).toBe(404);
});

test('what a pass opened says, once it is over, until when it was good and where there is another; one that never opened it says that', async () => {
  const { id } = await mail();
  const { url, expiresAt } = await frame(id);
  const picture = await pictureIn(await house.ask(url));
  house.clock.advance(PASS_LIFETIME);
  for (const over of [url, picture]) expect(await house.json(over, {}, 401)).toMatchObject({ type: '/problems/token-required', detail: expect.stringMatching(new RegExp(`^The pass in this address was good until ${expiresAt}\\. GET /v1/messages/\\{id\\}/frame`)) });
  const longer = url.replace(/pass=[^.]+/, 'pass=zzzzzzzz');
  for (const none of [longer, `${url}x`, `/v1/streams?${url.split('?')[1]}`]) expect(await house.json(none, {}, 401)).toMatchObject({ detail: expect.stringMatching(/^The pass in this address is none for this/) });
  expect(await house.json('/v1/streams', {}, 401)).not.toHaveProperty('detail');
});

test('another process takes no pass of this one', async () => {
  const { id } = await mail();
  const { url } = await frame(id);
  const other = await apiHouse({ token: 'right-token' });
  try {
    expect((await other.ask(url)).status).toBe(401);
  } finally {
    await other.close();
  }
});

test('an attached message is read: its fields decoded, its text, its HTML in a frame without scripts', async () => {
  const { id, part } = await mail();
  const within = part('within.eml');
  expect(await house.json(`/v1/messages/${id}/parts/${within}/message`, { headers: TOKEN })).toMatchObject({
    part: within, headers: expect.arrayContaining([{ name: 'Subject', value: 'Wíthin' }]), text: expect.stringContaining('plain words'), html: expect.stringContaining('inner'), files: [], parseError: null,
  });
  const { url } = await frame(id, `?part=${within}`);
  const page = await house.ask(url);
  expect(await page.text()).toContain('<p>inner');
  expect(page.headers.get('content-security-policy')).toMatch(/^sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src data: cid:;/);
  expect(await status(url.replace('/html?', '/message?'))).toBe(401);
});

test('what is no message is not read as one', async () => {
  const { id, part } = await mail();
  const logo = part('logo.png');
  for (const [path, name] of [[`parts/${logo}/message`, 'no-such-part'], [`parts/${logo}/html`, 'no-such-part'], ['parts/99/message', 'no-such-part'], ['frame?part=99', 'no-such-part']] as const) {
    expect(await house.json(`/v1/messages/${id}/${path}`, { headers: TOKEN }, 404)).toMatchObject({ type: `/problems/${name}` });
  }
});

test('an attached message that is base64, garbled or empty is read as far as it goes', async () => {
  const eml = async (content: string | Buffer) => {
    const answer = await house.ask('/v1/streams/default/messages', { method: 'POST', headers: TOKEN, body: JSON.stringify({ from: 'a@a.test', to: 'b@b.test', text: 'x', attachments: [{ filename: 'a.eml', type: 'application/octet-stream', content: Buffer.from(content).toString('base64') }] }) });
    const { id } = (await answer.json()) as { id: string };
    const { files } = await house.json<MessageDetail>(`/v1/messages/${id}`, { headers: TOKEN });
    return house.json<{ headers: unknown[]; text: string | null }>(`/v1/messages/${id}/parts/${files[0]!.part}/message`, { headers: TOKEN });
  };
  expect(await eml('Subject: s\r\n\r\nbody')).toMatchObject({ headers: [{ name: 'Subject', value: 's' }], text: 'body' });
  expect((await eml(Buffer.from([0, 255, 254, 10, 13, 0, 58]))).headers).toBeInstanceOf(Array);
});

import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MessageDetail, SubmitResult } from '../../sdk/contract.ts';
import { apiHouse, type ApiHouse } from '../support/api-house.ts';

let house: ApiHouse;
beforeAll(async () => { house = await apiHouse({ limits: { messageSize: 8 * 1024 * 1024 } }); });
afterAll(() => house.close());

const submit = async (bytes: string | Buffer) => {
  const response = await house.ask('/v1/streams/default/messages?from=s@s.test&to=r@r.test', { method: 'POST', body: Buffer.from(bytes), headers: { 'content-type': 'message/rfc822' } });
  return ((await response.json()) as SubmitResult).id;
};
const get = (id: string, what: string, headers: Record<string, string> = {}, method = 'GET') => house.ask(`/v1/messages/${id}/${what}`, { headers, method });

test('raw has an ETag, ranges, HEAD, and a name to be saved under', async () => {
  const bytes = `Subject: x\r\n\r\n${'0123456789'.repeat(500_000)}`;
  const id = await submit(bytes);
  const whole = await get(id, 'raw');
  expect(whole.headers.get('content-type')).toBe('message/rfc822');
  expect(whole.headers.get('content-length')).toBe(String(bytes.length));
  expect(createHash('sha256').update(Buffer.from(await whole.arrayBuffer())).digest('hex')).toBe(createHash('sha256').update(bytes).digest('hex'));
  const etag = whole.headers.get('etag')!;
  for (const known of [etag, '*', `"other", W/${etag}`]) expect([known, (await get(id, 'raw', { 'if-none-match': known })).status]).toEqual([known, 304]);
  expect((await get(id, 'raw', { 'if-none-match': '"other"' })).status).toBe(200);
  const part = await get(id, 'raw', { range: 'bytes=14-23' });
  expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([206, `bytes 14-23/${bytes.length}`, '0123456789']);
  expect(await (await get(id, 'raw', { range: 'bytes=-4' })).text()).toBe('6789');
  expect((await get(id, 'raw', { range: 'bytes=14-23', 'if-range': '"other"' })).status).toBe(200);
  const beyond = await get(id, 'raw', { range: `bytes=${bytes.length}-` });
  expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, `bytes */${bytes.length}`]);
  const head = await get(id, 'raw', {}, 'HEAD');
  expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, String(bytes.length), '']);
  expect((await get(id, 'raw?download=1')).headers.get('content-disposition')).toBe(`attachment; filename="${id}.eml"`);
});

test('a part that the client has already is not sent again', async () => {
  const { id } = await house.send({ attachments: [{ filename: 'a.txt', content: 'YWJj', type: 'text/plain' }] });
  const { files: [file] } = await house.json<MessageDetail>(`/v1/messages/${id}`);
  const at = `parts/${file!.part}`;
  const etag = (await get(id, at)).headers.get('etag')!;
  for (const method of ['GET', 'HEAD']) {
    const again = await get(id, at, { 'if-none-match': etag }, method);
    expect([again.status, again.headers.get('etag'), await again.text()]).toEqual([304, etag, '']);
  }
  // Undecoded it is another text.
  expect((await get(id, `${at}?raw=1`, { 'if-none-match': etag })).status).toBe(200);
});

test('HTML is sandboxed, and its cid: images point to their parts', async () => {
  const { id } = await house.send({ html: '<script>alert(1)</script><img src="cid:logo"><img src="https://x.test/p">', attachments: [{ filename: 'logo.png', content: 'iVBORw0KGgo=', type: 'image/png', cid: 'logo' }] });
  const html = await get(id, 'html');
  const csp = html.headers.get('content-security-policy')!;
  expect(csp).toContain("default-src 'none'");
  expect(csp.split('; ')[0]).toMatch(/^sandbox/);
  expect(csp).not.toMatch(/allow-scripts|allow-same-origin|script-src|connect-src/);
  expect(csp).toContain(`img-src data: cid: http://localhost:8025/v1/messages/${id}/parts/;`);
  const image = /src="(\/v1\/messages\/[^"]+)"/.exec(await html.text())![1]!;
  const part = await house.ask(image);
  expect([part.headers.get('content-type'), part.headers.get('content-disposition')]).toEqual(['image/png', 'inline; filename="logo.png"']);
  expect(Buffer.from(await part.arrayBuffer()).toString('base64')).toBe('iVBORw0KGgo=');
  expect(await (await get(id, 'html?raw=1')).text()).toContain('cid:logo');
});

test('a part is decoded, saved and never run, whatever it calls itself', async () => {
  const { id } = await house.send({
    attachments: [
      { filename: 'évil".html', content: Buffer.from('<script>1</script>').toString('base64'), type: 'text/html' },
      { filename: 'x.svg', content: Buffer.from('<svg onload="1"/>').toString('base64'), type: 'image/svg+xml' },
      { filename: '../../etc/passwd', content: Buffer.from('plain').toString('base64'), type: 'text/plain' },
    ],
  });
  const { files } = await house.json<MessageDetail>(`/v1/messages/${id}`);
  expect(files).toHaveLength(3);
  for (const file of files) {
    const response = await house.ask(`${file.url}?inline=1`);
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(file.sha256);
    expect(response.headers.get('content-length')).toBe(String(file.size));
    expect(response.headers.get('content-security-policy')).toContain('sandbox');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('content-type')).toMatch(file.type === 'text/plain' ? /^text\/plain/ : /^application\/octet-stream$/);
    expect(response.headers.get('content-disposition')).toMatch(file.type === 'text/plain' ? /^inline/ : /^attachment/);
  }
  expect((await house.ask(files[0]!.url)).headers.get('content-disposition')).toContain("filename*=UTF-8''%C3%A9vil%22.html");
  expect((await house.ask(files[2]!.url)).headers.get('content-disposition')).not.toContain('/');
});

test('a part can be had as it is written', async () => {
  const { id } = await house.send({ attachments: [{ filename: 'a.bin', content: 'AAEC' }] });
  const { files } = await house.json<MessageDetail>(`/v1/messages/${id}`);
  const raw = await house.ask(`${files[0]!.url}?raw=1`);
  const text = await raw.text();
  expect(text.trim()).toBe('AAEC');
  expect(raw.headers.get('content-length')).toBe(String(text.length));
});

test('what a message does not have is a problem that says what it has', async () => {
  const { id } = await house.send({ text: 'only text' });
  const html = await get(id, 'html');
  expect([html.status, await html.json()]).toMatchObject([404, { type: '/problems/no-such-body', detail: expect.stringContaining('a text') }]);
  for (const part of ['9', '1.1.1', '-1', '%2e%2e', 'constructor']) expect((await get(id, `parts/${part}`)).status).toBe(404);
  expect(await (await get(id, 'text')).text()).toContain('only text');
  expect(await (await get(id, 'headers')).json()).toMatchObject({ headers: expect.arrayContaining([{ name: 'Subject', value: 'Hello' }]) });
});

test('a broken message is kept and read as far as it goes', async () => {
  const bytes = Buffer.concat([Buffer.from('Subject: br\xf6ken\nContent-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/html\n\n<b>\0', 'latin1'), Buffer.from([0xff, 0xfe, 0x80])]);
  const id = await submit(bytes);
  const detail = await house.json<MessageDetail>(`/v1/messages/${id}`);
  expect(detail.size).toBe(bytes.length);
  expect(detail.warnings.length + (detail.parseError ? 1 : 0)).toBeGreaterThan(0);
  expect(Buffer.from(await (await get(id, 'raw')).arrayBuffer())).toEqual(bytes);
});

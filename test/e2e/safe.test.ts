import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import type { SubmitResult } from '../../sdk/contract.ts';
import { PICTURE, send } from './mails.ts';
import { items, row, stage } from './stage.ts';
import { chrome } from './browser.ts';

const at = stage();
const { open, list } = at;

/** Each would leave a mark on the window it runs in, or open a dialog, which the visit notes. */
const MARK = 'window.top.marked=1;window.marked=1;alert(1)';
const PAYLOADS = [
  `<script>${MARK}</script>`,
  `<img src=x onerror="${MARK}">`,
  `<svg onload="${MARK}"><script>${MARK}</script><animate onbegin="${MARK}" attributeName=x dur=1s></svg>`,
  `<iframe srcdoc="<script>parent.${MARK}</script>"></iframe>`,
  `<iframe src="javascript:${MARK}"></iframe>`,
  `<a id=js href="javascript:${MARK}">click me</a>`,
  `<form id=f action="/v1/streams/default/messages" method=post enctype=text/plain><input name='{"from":"x@x.test","to":"y@y.test","a":"' value='"}'><button id=send>send</button></form>`,
  `<meta http-equiv=refresh content="0;url=javascript:${MARK}">`,
  `<meta http-equiv=refresh content="0;url=/v1/messages">`,
  `<link rel=stylesheet href="/v1/messages"><style>@import "/v1/info"; body { background: url(/v1/streams) }</style>`,
  `<object data="javascript:${MARK}"></object><embed src="data:text/html,<script>${MARK}</script>">`,
  `<details open ontoggle="${MARK}"><input autofocus onfocus="${MARK}"><video><source onerror="${MARK}"></video>`,
  `<base href="https://evil.invalid/"><math><mtext><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=${MARK}&gt;">`,
  `</title></textarea></style></noscript><script>${MARK}</script>`,
  `<template><script>${MARK}</script></template><noscript><p title="</noscript><img src=x onerror=${MARK}>">`,
];
const marks = `document.title + (window.marked ?? '')`;

test.skipIf(!chrome)('the HTML of a mail runs nothing, reads nothing, posts nothing and fetches nothing', async () => {
  await send(at.house.smtp, [{ from: 'evil@evil.test', to: 'ann@example.test', subject: 'payloads', html: `<!doctype html><title>t</title><body><p>before</p>${PAYLOADS.join('\n')}<p>after</p>` }]);
  const [message] = await list();
  const page = await open(`#/messages/${message!.id}`);
  const asked: string[] = [];
  at.here.context.on('response', (response) => asked.push(new URL(response.url()).pathname));
  const frame = page.frameLocator('iframe[title="HTML of the message"]');
  await frame.getByText('before').waitFor();
  const popup = at.here.context.waitForEvent('page', { timeout: 500 }).then((opened) => opened.close(), () => {});
  await frame.locator('#js').click();
  await frame.locator('#send').click();
  await popup;
  expect(await page.evaluate(marks)).toMatch(/ · Postern$/);
  const inner = page.frames().find((one) => one.url().endsWith('/html'))!;
  // Even asked from outside, the frame has no origin: no storage, no parent, no API.
  expect(await inner.evaluate(`(() => { try { return String(window.parent.document) } catch (e) { return e.name } })()`)).toBe('SecurityError');
  expect(await inner.evaluate(`(() => { try { return String(window.localStorage) } catch (e) { return e.name } })()`)).toBe('SecurityError');
  expect(await inner.evaluate(`fetch('/v1/messages').then(() => 'answered', (e) => e.name)`)).toBe('TypeError');
  expect(asked.filter((path) => !/^\/v1\/(events|messages\/[^/]+$|messages\/[^/]+\/html|streams$|messages$)/.test(path))).toEqual([]);
  expect(await list()).toHaveLength(1);
  // What the browser says about the frame and about our own attempt at the end: that it was refused.
  expect(at.here.complaints.splice(0).filter((said) => !/Content Security Policy|sandboxed/.test(said))).toEqual([]);
});

test.skipIf(!chrome)('markup in a subject, a name, an address, a file name, a tag or a header is text', async () => {
  const bad = `"><img src=x onerror="${MARK}"><script>${MARK}</script>`;
  await fetch(`${at.house.http}/v1/streams/default/messages`, {
    method: 'POST', headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ from: { name: bad, address: 'evil@evil.test' }, to: 'ann@example.test', subject: bad, text: `${bad} javascript:alert(1) https://x.test/"onmouseover=alert(1)`, tags: ['<b>tag</b>'], headers: { 'X-Evil': bad }, attachments: [{ filename: `${bad}../../etc/passwd.png`, type: 'image/png', content: PICTURE.toString('base64') }, { filename: 'x.svg', type: 'image/svg+xml', content: Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg"><script>${MARK}</script></svg>`).toString('base64') }, { filename: 'x.html', type: 'text/html', content: Buffer.from(`<script>${MARK}</script>`).toString('base64') }] }),
  }).then(async (answer) => answer.json() as Promise<SubmitResult>);
  const page = await open();
  await row(page, /img src=x/).waitFor();
  expect(await items(page).first().innerText()).toContain('<img src=x onerror=');
  await row(page, /img src=x/).click();
  for (const tab of ['Text', 'Links', 'Files', 'Headers', 'Envelope', 'Source', 'Checks']) {
    await page.getByRole('tab', { name: tab }).click();
    await page.locator(`[role=tabpanel][aria-labelledby="tab-${tab.toLowerCase()}"] > *`).first().waitFor();
  }
  await page.getByRole('tab', { name: 'Files' }).click();
  await page.getByRole('button', { name: 'Show x.html' }).click();
  await page.getByRole('dialog').getByText('window.top.marked=1').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Show x.svg' }).click();
  await page.getByRole('dialog').getByText('<script>').waitFor();
  await page.keyboard.press('Escape');
  expect(await page.locator('main script, main img[src=x]').count()).toBe(0);
  expect(await page.evaluate('window.marked')).toBeUndefined();
});

test.skipIf(!chrome)('the page itself runs no inline script, and is framed by nobody', async () => {
  const page = await open('#/start');
  await page.evaluate(`(() => { const s = document.createElement('script'); s.textContent = 'window.marked = 1'; document.body.append(s); })()`);
  expect(await page.evaluate('window.marked')).toBeUndefined();
  const policy = (await fetch(`${at.house.http}/`, { headers: { accept: 'text/html' } })).headers.get('content-security-policy')!;
  expect(policy).toContain("script-src 'self'");
  expect(policy).toMatch(/frame-ancestors '(none|self)'/);
  at.here.complaints.length = 0; // the refusal of the inline script
});

test.skipIf(!chrome)('remote pictures are asked for only when a person allows it, and for that message only', async () => {
  const asked: string[] = [];
  const far = createServer((request, answer) => {
    asked.push(`${request.url} ${request.headers.referer ?? 'no referrer'} ${request.headers.cookie ?? 'no cookie'}`);
    answer.writeHead(200, { 'content-type': 'image/png' }).end(PICTURE);
  });
  await new Promise<void>((resolve) => { far.listen(0, '127.0.0.1', resolve); });
  const there = `http://127.0.0.1:${(far.address() as { port: number }).port}`;
  try {
    const mail = (n: number) => ({ from: 'a@x.test', to: 'b@x.test', subject: `Remote ${n}`, html: `<p>text ${n}</p><img alt="far" src="${there}/${n}.png"><div style="background:url(${there}/bg.png)">x</div>` });
    await send(at.house.smtp, [mail(1), mail(2)]);
    const page = await open();
    await row(page, 'Remote 1').click();
    const frame = page.frameLocator('iframe');
    await frame.getByText('text 1').waitFor();
    expect(asked).toEqual([]);
    await page.getByRole('button', { name: 'Load', exact: true }).click();
    await page.getByText('Remote pictures are shown').waitFor();
    await frame.getByAltText('far').evaluate(async (img) => (img as HTMLImageElement).decode());
    expect(asked.toSorted()).toEqual(['/1.png no referrer no cookie', '/bg.png no referrer no cookie']);
    await row(page, 'Remote 2').click();
    await frame.getByText('text 2').waitFor();
    await page.getByText('Remote pictures are blocked').waitFor();
    expect(asked).toHaveLength(2);
    at.here.complaints.splice(0, Infinity, ...at.here.complaints.filter((said) => !said.startsWith(`request: ${there}`)));
  } finally {
    far.close();
    far.closeAllConnections();
  }
});

test.skipIf(!chrome)('a link in a mail opens in a tab of its own that knows nothing of where it came from', async () => {
  await send(at.house.smtp, [{ from: 'a@x.test', to: 'b@x.test', subject: 'A link', html: `<!doctype html><p>before</p><a href="${at.house.http}/livez">go</a>` }]);
  const [message] = await list();
  const page = await open(`#/messages/${message!.id}`);
  const opening = at.here.context.waitForEvent('page');
  await page.frameLocator('iframe').getByText('go').click();
  const opened = await opening;
  await opened.waitForURL('**/livez');
  expect(await opened.evaluate('[window.opener, document.referrer]')).toEqual([null, '']);
  expect(await page.frames().find((one) => one.url().endsWith('/html'))!.evaluate('document.compatMode')).toBe('CSS1Compat');
});

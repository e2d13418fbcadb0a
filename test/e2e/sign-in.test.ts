import { createServer, request } from 'node:http';
import { expect, test } from 'vitest';
import { PICTURE, plain, send } from './mails.ts';
import { setBack } from './counted.ts';
import { row, stage } from './stage.ts';
import { chrome, launch, visit } from './browser.ts';

const clock = setBack();
const at = stage({ token: 'right-token', smtpLogin: 'open' }, { clock });

test.skipIf(!chrome)('a sandbox with a token asks for it, keeps it for the tab, and then works throughout', async () => {
  const browser = await launch();
  try {
    const { page, complaints, context } = await visit(browser, at.house.http);
    await page.getByLabel('Token').fill('wrong-token');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('That is not the token of this sandbox.').waitFor();
    await page.getByLabel('Token').fill('right-token');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Waiting for the first message' }).waitFor();
    await send(at.house.smtp, [{ ...plain(1), html: `<p>Shown <img src="cid:pic" alt="a picture"></p><script>top.marked = 1</script><img src=x onerror="top.marked = 1"><form action="${at.house.http}/v1/streams"><button>send</button></form>`, attachments: [{ filename: 'pic.png', cid: 'pic', content: PICTURE }] }]);
    await row(page, /Build 1001/).click();
    const frame = page.frameLocator('iframe');
    await frame.getByText('Shown').waitFor();
    expect(await frame.getByAltText('a picture').evaluate(async (img) => { await (img as HTMLImageElement).decode(); return (img as HTMLImageElement).naturalWidth; })).toBe(240);
    await frame.getByText('send').click();
    expect(await page.evaluate('[window.marked ?? null, location.hash.slice(0, 11)]')).toEqual([null, '#/messages/']);
    await page.getByRole('tab', { name: /Files/ }).click();
    await page.getByRole('button', { name: 'Show pic.png' }).click();
    await page.getByRole('dialog').getByRole('img', { name: 'pic.png' }).waitFor();
    await page.keyboard.press('Escape');
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download the message (.eml)' }).click();
    await saved;
    await page.reload();
    await page.getByRole('tab', { name: /Files/ }).waitFor();
    expect(await page.evaluate(() => [sessionStorage.length, localStorage.length, document.cookie])).toEqual([1, 0, '']);
    expect(complaints.filter((said) => !/401|ERR_ABORTED|network/i.test(said))).toEqual([]);
    const other = await context.newPage();
    await other.goto(at.house.http);
    await other.getByLabel('Token').waitFor();
  } finally {
    await browser.close();
  }
});

test.skipIf(!chrome)('with a token, remote pictures load once they are allowed, and attached mail is shown in a frame of its own', async () => {
  const asked: string[] = [];
  const far = createServer((request, answer) => {
    asked.push(`${request.url} ${request.headers.referer ?? 'no referrer'}`);
    answer.writeHead(200, { 'content-type': 'image/png' }).end(PICTURE);
  });
  await new Promise<void>((resolve) => { far.listen(0, '127.0.0.1', resolve); });
  const there = `http://127.0.0.1:${(far.address() as { port: number }).port}`;
  const browser = await launch();
  try {
    const eml = 'Subject: Within\r\nContent-Type: text/html\r\n\r\n<p>inner words</p><script>top.marked = 1</script>';
    await send(at.house.smtp, [{ ...plain(2), html: `<p>outer</p><img alt="own" src="cid:pic"><img alt="far" src="${there}/far.png">`, attachments: [{ filename: 'pic.png', cid: 'pic', content: PICTURE }, { filename: 'within.eml', contentType: 'message/rfc822', content: eml }] }]);
    const { page, complaints } = await visit(browser, at.house.http);
    await page.getByLabel('Token').fill('right-token');
    await page.keyboard.press('Enter');
    await row(page, /Build 1002/).click();
    const frame = page.frameLocator('iframe[title="HTML of the message"]');
    const width = (alt: string) => frame.getByAltText(alt).evaluate(async (img) => { await (img as HTMLImageElement).decode(); return (img as HTMLImageElement).naturalWidth; });
    expect(await width('own')).toBe(240);
    expect(asked).toEqual([]);
    await page.getByRole('button', { name: 'Load', exact: true }).click();
    await page.getByText('Remote pictures are shown').waitFor();
    await expect.poll(() => asked).toEqual(['/far.png no referrer']);
    expect([await width('own'), await width('far')]).toEqual([240, 240]);
    await page.getByRole('tab', { name: /Files/ }).click();
    await page.getByRole('button', { name: 'Show within.eml' }).click();
    await page.getByRole('dialog').getByText('Within', { exact: true }).waitFor();
    await page.frameLocator('iframe[title="HTML of within.eml"]').getByText('inner words').waitFor();
    expect(await page.evaluate('window.marked ?? null')).toBeNull();
    expect(complaints.filter((said) => !said.startsWith(`request: ${there}`) && !/401|ERR_ABORTED/i.test(said))).toEqual([]);
  } finally {
    await browser.close();
    far.close();
    far.closeAllConnections();
  }
});

test.skipIf(!chrome)('with a token, HTML that has been open for an hour is shown again when its frame is reloaded, with what another width brings', async () => {
  const browser = await launch();
  try {
    const html = '<style>.narrow { display: none } @media (max-width: 500px) { .narrow { display: table } }</style><p>outer</p><table class="narrow" background="cid:ground"><tr><td>narrow</td></tr></table><div style="height: 40000px"></div><img alt="below" loading="lazy" src="cid:pic">';
    await send(at.house.smtp, [{ ...plain(3), html, attachments: [{ filename: 'pic.png', cid: 'pic', content: PICTURE }, { filename: 'ground.png', cid: 'ground', content: PICTURE }, { filename: 'within.eml', contentType: 'message/rfc822', content: 'Subject: Within\r\nContent-Type: multipart/alternative; boundary=x\r\n\r\n--x\r\n\r\nplain words\r\n--x\r\nContent-Type: text/html\r\n\r\n<p>inner words</p>\r\n--x--\r\n' }] }]);
    const { page } = await visit(browser, at.house.http);
    await page.getByLabel('Token').fill('right-token');
    await page.keyboard.press('Enter');
    const shown = new Set<string>();
    page.on('response', (answer) => { if (answer.ok() && answer.url().endsWith('&inline=1')) shown.add(new URL(answer.url()).pathname); });
    const frame = page.frameLocator('iframe[title="HTML of the message"]');
    const hourPasses = async (by: () => Promise<unknown>) => {
      clock.to(1);
      await by();
      clock.to(0);
    };
    await hourPasses(async () => {
      await row(page, /Build 1003/).click();
      // Without scripts a browser does not wait until it is scrolled to.
      await expect.poll(() => shown.size).toBe(1);
    });
    const inner = () => page.mainFrame().childFrames()[0]!;
    const old = inner().url();
    await inner().goto(old).catch(() => {}); // refused, and replaced
    await frame.getByText('outer').waitFor();
    expect(inner().url()).not.toBe(old);
    await hourPasses(async () => {
      await page.getByRole('tab', { name: /Files/ }).click();
      await page.getByRole('tab', { name: 'HTML' }).click();
      await frame.getByText('outer').waitFor();
    });
    await page.getByRole('button', { name: /^Phone/ }).click();
    await frame.getByText('narrow').waitFor();
    await expect.poll(() => shown.size).toBe(2);
    await page.getByRole('tab', { name: /Files/ }).click();
    await hourPasses(async () => {
      await page.getByRole('button', { name: 'Show within.eml' }).click();
      await page.frameLocator('iframe[title="HTML of within.eml"]').getByText('inner words').waitFor();
      await page.getByRole('button', { name: 'Text', exact: true }).click();
      await page.getByText('plain words').waitFor();
    });
    await page.getByRole('button', { name: 'HTML', exact: true }).click();
    await page.frameLocator('iframe[title="HTML of within.eml"]').getByText('inner words').waitFor();
  } finally {
    clock.to(0);
    await browser.close();
  }
});

test.skipIf(!chrome)('a login of something in front of Postern is told apart from a Postern that is gone', async () => {
  let over: 'sends on' | 'shows a page' | false = false;
  let shown = 0;
  const proxy = createServer((asked, answer) => {
    if (over === 'sends on') return void answer.writeHead(302, { location: 'http://login.invalid/' }).end();
    if (over && asked.url!.startsWith('/v1/')) return void answer.writeHead(200, { 'content-type': 'text/html' }).end(`<h1>Sign in</h1>${shown++}`);
    const behind = request(at.house.http + asked.url, { method: asked.method, headers: asked.headers }, (got) => {
      answer.writeHead(got.statusCode!, got.headers);
      got.pipe(answer);
    });
    behind.on('error', () => answer.destroy());
    answer.on('close', () => behind.destroy());
    asked.pipe(behind);
  });
  await new Promise<void>((resolve) => { proxy.listen(0, '127.0.0.1', resolve); });
  const browser = await launch();
  try {
    const { page } = await visit(browser, `http://127.0.0.1:${(proxy.address() as { port: number }).port}`);
    await page.getByLabel('Token').fill('right-token');
    await page.keyboard.press('Enter');
    await page.getByText('Live', { exact: true }).waitFor({ state: 'attached' });
    over = 'sends on';
    proxy.closeAllConnections();
    await page.getByText('Something in front of Postern asks for a login: reload the page.').waitFor();
    expect(await page.evaluate(() => sessionStorage.length)).toBe(1);
    over = false;
    await page.getByText('Live', { exact: true }).waitFor({ state: 'attached' });
    await page.getByText('Something in front of Postern').waitFor({ state: 'detached' });
    over = 'shows a page';
    proxy.closeAllConnections();
    await page.getByText('Something in front of Postern asks for a login: reload the page.').waitFor();
    expect(shown).toBeLessThan(10); // and is not asked without end
    over = false;
    await page.getByText('Live', { exact: true }).waitFor({ state: 'attached' });
    await page.getByText('Something in front of Postern').waitFor({ state: 'detached' });
    await page.route(/\/v1\/info/, (route) => { over = 'sends on'; return route.continue(); });
    await page.reload();
    await page.getByRole('heading', { name: 'A login is asked for' }).waitFor();
    await page.getByRole('button', { name: 'Reload' }).waitFor();
  } finally {
    await browser.close();
    proxy.close();
    proxy.closeAllConnections();
  }
});

import { expect, test } from 'vitest';
import type { SubmitResult } from '../../sdk/contract.ts';
import { chrome, launch } from '../e2e/browser.ts';
import { apiHouse } from '../support/api-house.ts';

const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

test.skipIf(!chrome).each([['when it asks', false], ['in the address', true]])('a browser that is told the token %s shows the images of a mail, and nothing else of it runs or is fetched', async (_, inAddress) => {
  const house = await apiHouse({ token: 'right-token' });
  const { url } = await house.listen();
  const { id } = await house.json<SubmitResult>('/v1/streams/default/messages', {
    headers: { authorization: 'Bearer right-token' },
    json: {
      from: 'a@a.test', to: 'b@b.test',
      html: `<script>document.title = 'ran'</script><img id="own" src="cid:pixel"><img id="ours" src="${url}/livez"><img id="far" src="http://far.invalid/x.png" onerror="document.title = 'ran'">
        <iframe src="${url}/v1/messages"></iframe><link rel="stylesheet" href="${url}/x.css"><form action="${url}/v1/messages"><button id="send">x</button></form>`,
      attachments: [{ filename: 'pixel.png', type: 'image/png', cid: 'pixel', content: PIXEL }],
    },
  }, 202);
  const browser = await launch();
  try {
    const page = await (await browser.newContext(inAddress ? {} : { httpCredentials: { username: 'any', password: 'right-token' } })).newPage();
    const answered: string[] = [];
    page.on('response', (response) => answered.push(new URL(response.url()).pathname));
    await page.goto(`${inAddress ? url.replace('//', '//any:right-token@') : url}/v1/messages/${id}/html`);
    const widths = await page.evaluate(`['own', 'ours', 'far'].map((one) => document.getElementById(one).naturalWidth)`);
    expect(widths).toEqual([1, 0, 0]);
    expect(await page.title()).toBe('');
    await page.click('#send');
    expect(new Set(answered)).toEqual(new Set([`/v1/messages/${id}/html`, `/v1/messages/${id}/parts/2`]));
  } finally {
    await browser.close();
    await house.close();
  }
});

import { expect, test } from 'vitest';
import type { Hook, Stream } from '../../sdk/contract.ts';
import { plain, send } from './mails.ts';
import { ask } from './simulated.ts';
import { row, stage, until } from './stage.ts';
import { chrome } from './browser.ts';

const at = stage();
const { open } = at;
const stream = (name: string) => at.house.get<Stream>(`/v1/streams/${name}`);

test.skipIf(!chrome)('a stream is made, given a credential that is shown once, told what to keep, and deleted by its name', async () => {
  const page = await open('#/streams', { permissions: ['clipboard-read', 'clipboard-write'] });
  await page.getByRole('button', { name: 'New stream' }).click();
  await page.getByLabel('Name').fill('Not A Name');
  await page.getByRole('button', { name: 'Create' }).click();
  await page.getByRole('alert').getByText(/lower/i).waitFor();
  at.here.complaints.length = 0; // the browser notes the 422
  await page.getByLabel('Name').fill('staging');
  await page.getByRole('button', { name: 'Create' }).click();
  await page.getByRole('heading', { name: 'staging' }).waitFor();

  await page.getByRole('button', { name: 'New credential' }).click();
  await page.getByRole('button', { name: 'Copy the URL' }).click();
  const url = new URL(await page.evaluate(() => navigator.clipboard.readText()));
  await send(at.house.smtp, [plain(1)], { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) });
  await until(() => stream('staging'), ({ messages }) => messages === 1);
  await page.getByRole('link', { name: '1 message' }).waitFor();
  await page.getByRole('button', { name: 'Done' }).click();
  expect(await page.getByRole('main').innerText()).not.toContain(decodeURIComponent(url.password));

  await page.getByLabel('Messages').fill('500');
  await page.getByLabel('For').fill('12h');
  await page.getByLabel('Bytes').fill('lots');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('alert').getByText(/Bytes is a size/).waitFor();
  await page.getByLabel('Bytes').fill('2G');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved.').waitFor();
  expect((await stream('staging')).retention).toEqual({ messages: 500, age: 12 * 3_600_000, bytes: 2 * 1024 ** 3 });

  await page.getByRole('button', { name: 'Delete …' }).click();
  const sure = page.getByRole('button', { name: 'Delete the stream' });
  expect(await sure.isDisabled()).toBe(true);
  await page.getByLabel('Type its name to go on').fill('staging');
  await sure.click();
  await page.getByRole('heading', { name: 'Streams', level: 1 }).waitFor();
  expect((await at.house.get<{ streams: Stream[] }>('/v1/streams')).streams.map(({ name }) => name)).toEqual(['default']);
});

test.skipIf(!chrome).each<[string, string, string, string, (hook: string) => string]>([
  ['stream', 'Messages', '250', 'Streams', () => '#/streams/default'],
  ['hook', 'Address', 'http://127.0.0.1:9/other', 'Hooks', (hook) => `#/hooks/default/${hook}`],
])('the form of a %s asks before what is typed and not saved is left, whatever leads away; not once it is saved', async (_of, label, text, room, hashOf) => {
  const { id } = await ask<Hook>(at.house, 'POST', '/v1/streams/default/hooks', { url: 'http://127.0.0.1:9/one' });
  const page = await open(`#/${room.toLowerCase()}`);
  await page.getByRole('main').locator(`a[href="${hashOf(id)}"]`).click();
  const field = page.getByLabel(label, { exact: true });
  await field.fill(text);
  const stays = async (leave: () => Promise<unknown>, says = 'not saved yet. Leave it?') => {
    await leave();
    await expect.poll(() => at.here.complaints.splice(0)).toEqual([expect.stringContaining(says)]);
    expect([await field.inputValue(), new URL(page.url()).hash]).toEqual([text, hashOf(id)]);
  };
  await stays(() => page.getByRole('navigation', { name: 'Postern' }).getByRole('link', { name: 'Queue' }).click());
  await stays(() => page.getByRole('main').getByRole('link', { name: /^All (streams|hooks)/ }).click());
  await stays(() => page.evaluate(() => history.back()));
  await stays(() => page.close({ runBeforeUnload: true }), 'dialog: ');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved.').waitFor();
  await page.evaluate(() => history.back());
  await page.getByRole('heading', { name: room, level: 1 }).waitFor();
  await ask(at.house, 'DELETE', `/v1/hooks/${id}`);
});

test.skipIf(!chrome)('what somebody else changes of a stream shows where nobody has typed, and what is typed stays', async () => {
  const page = await open('#/streams/default');
  await page.getByLabel('Messages').fill('250');
  await ask(at.house, 'PATCH', '/v1/streams/default', { tags: ['theirs'], retention: { messages: 100 } });
  await expect.poll(() => page.getByLabel('Tags on all its mail').inputValue()).toBe('theirs');
  expect(await page.getByLabel('Messages').inputValue()).toBe('250');
  await page.getByText('Changes are not saved yet.').waitFor();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved.').waitFor();
  expect(await stream('default')).toMatchObject({ tags: ['theirs'], retention: { messages: 250 } });
});

test.skipIf(!chrome)('the event log tells what happened last and what happens, as it happens, and can be held still', async () => {
  await send(at.house.smtp, [plain(20)]);
  const page = await open('#/events');
  const events = page.getByRole('region', { name: 'Events' });
  await events.getByRole('link', { name: /Build 1020/ }).waitFor();
  await send(at.house.smtp, [plain(21)]);
  await events.getByRole('link', { name: /Build 1021/ }).waitFor();
  await page.getByRole('button', { name: 'Pause' }).click();
  await send(at.house.smtp, [plain(22)]);
  await page.getByRole('button', { name: /Go on \(\d+\)/ }).waitFor();
  expect(await events.getByText('Build 1022').count()).toBe(0);
  await page.getByRole('button', { name: /Go on/ }).click();
  await events.getByRole('link', { name: /Build 1022/ }).click();
  await page.getByRole('heading', { name: /Build 1022/ }).waitFor();
});

test.skipIf(!chrome)('the page says when the connection is lost, and catches up by itself when it is back', async () => {
  await send(at.house.smtp, [plain(1)]);
  const page = await open();
  await page.route('**/v1/events/stream*', (route) => route.abort());
  await page.reload();
  await page.getByText('Connection lost; trying again').waitFor({ state: 'attached' });
  await send(at.house.smtp, [plain(2), plain(3)]);
  await page.unroute('**/v1/events/stream*');
  await row(page, /Build 1003/).waitFor();
  await page.getByText('Live', { exact: true }).waitFor({ state: 'attached' });
  expect(await page.getByRole('navigation').getByRole('link', { name: /^All mail/ }).innerText()).toContain('3');
  at.here.complaints.length = 0; // the browser notes what it could not reach
});

test.skipIf(!chrome)('without a connection the page says so at any width, and a room that was not there yet comes by itself when it is back', async () => {
  const page = await open('#/', { viewport: { width: 375, height: 740 } });
  await page.route('**/v1/events/stream*', (route) => route.abort());
  await page.route('**/assets/QueueRoom*', (route) => route.abort());
  await page.reload();
  await page.getByRole('status').getByText(/^No connection to Postern since/).waitFor();
  await page.goto(`${at.house.http}/#/queue`);
  await page.getByRole('alert').getByText(/comes by itself/).waitFor();
  expect(await page.getByText('older than the server').count()).toBe(0);
  await page.unrouteAll();
  await page.getByRole('heading', { name: 'Queue' }).waitFor();
  await page.getByText(/^No connection/).waitFor({ state: 'detached' });
  at.here.complaints.length = 0; // the browser notes what it could not reach
});

test.skipIf(!chrome)('an address that names no view leads to all mail, and says so', async () => {
  await send(at.house.smtp, [plain(1)]);
  const page = await open('#/nonsense/x');
  await page.getByText('There is no view “nonsense”: this is all mail.').first().waitFor();
  await row(page, /Build 1001/).waitFor();
  expect(page.url()).toMatch(/#\/mail$/);
});

test.skipIf(!chrome)('a list whose stream is deleted elsewhere says so at once, and is a list again when the stream is', async () => {
  await send(at.house.smtp, [plain(1)]);
  const of = (method: string, path: string, body?: object) => fetch(`${at.house.http}/v1/streams${path}`, { method, ...(body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}) });
  await of('POST', '', { name: 'gone2' });
  const page = await open('#/mail?stream=gone2');
  await page.getByText('No mail here yet').waitFor();
  await of('DELETE', '/gone2');
  await page.getByRole('alert').getByText('There is no stream "gone2".').waitFor();
  expect(await page.getByText('No mail here yet').count()).toBe(0);
  await of('POST', '', { name: 'gone2' });
  await page.getByText('No mail here yet').waitFor();
  await of('DELETE', '/gone2');
});

test.skipIf(!chrome)('what was wrong with a search is told as long as its text stands there', async () => {
  await send(at.house.smtp, [plain(1)]);
  const page = await open('#/mail?q=larger:abc');
  const search = page.getByRole('combobox', { name: 'Search mail' });
  const fault = page.getByRole('alert').getByText('is no size');
  await fault.waitFor();
  await search.fill('invoice');
  await fault.waitFor({ state: 'detached' });
  expect(await search.getAttribute('aria-invalid')).toBe('false');
  await search.fill('larger:abc ');
  await fault.waitFor();
  at.here.complaints.length = 0; // the browser notes the 400
});

import { expect, test, vi } from 'vitest';
import type { MessageDetail, PosternEvent } from '../../sdk/contract.ts';
import { messageOf, Refusal, scripted, type Asked } from '../../test/support/scripted-api.ts';
import { Reading, tabsOf } from './reading.svelte.ts';

const detail = (n: number, more: object = {}) => ({ ...messageOf(n), html: null, text: 'x', ...more });
const answers = ({ method, path, body }: Asked) => (method === 'PATCH' ? { ...messageOf(1), ...(body as object) } : detail(Number(path.slice(-1))));

test('opening marks a message read by a request of its own', async () => {
  const { api, asked } = scripted(answers);
  const marked: unknown[] = [];
  const reading = new Reading(api, (id, read) => marked.push([id, read]));
  await reading.open('m1');
  expect(reading.message).toMatchObject({ id: 'm1', read: true });
  expect(asked.map(({ method, path, body }) => [method, path, body])).toEqual([['GET', '/v1/messages/m1', undefined], ['PATCH', '/v1/messages/m1', { read: true }]]);
  expect(marked).toEqual([['m1', true]]);
});

test('of two that are opened in a row, the latter is shown, whichever answer comes first', async () => {
  const waiting: ((value: unknown) => void)[] = [];
  const reading = new Reading(scripted(({ method }) => (method === 'GET' ? new Promise((resolve) => { waiting.push(resolve); }) : messageOf(1))).api, () => {});
  const first = reading.open('m1');
  const second = reading.open('m2');
  waiting[1]!(detail(2));
  await second;
  waiting[0]!(detail(1));
  await first;
  expect([reading.message?.id, reading.loading]).toEqual(['m2', false]);
});

test('pictures from elsewhere are allowed for one message, not for the next', async () => {
  const reading = new Reading(scripted(answers).api, () => {});
  await reading.open('m1');
  reading.remote = true;
  await reading.open('m2');
  expect(reading.remote).toBe(false);
});

test('a message that is not there, or goes while it is read, is said to be gone', async () => {
  const missing = new Reading(scripted(() => new Refusal(404, 'no-such-message', { detail: 'There is no message "m1".' })).api, () => {});
  await missing.open('m1');
  expect(missing.fault).toEqual({ status: 404, message: 'There is no message "m1".' });
  const reading = new Reading(scripted(answers).api, () => {});
  await reading.open('m1');
  reading.hear([{ id: 1, at: '', stream: 'default', type: 'messages.deleted', messages: ['m1'], by: 'retention' }]);
  expect([reading.message, reading.fault?.message]).toEqual([undefined, expect.stringContaining('no longer keeps it')]);
});

test('a message opens with what it has: HTML, else text', () => {
  const tabs = (html: string | null, text: string | null) => tabsOf(detail(1, { html, text }) as unknown as MessageDetail);
  expect(tabs('<p>', 'x').slice(0, 2)).toEqual(['html', 'text']);
  expect(tabs('<p>', null)[0]).toBe('html');
  expect(tabs('<p>', null)).not.toContain('text');
  expect(tabs(null, 'x')[0]).toBe('text');
  expect(tabs(null, null)[0]).toBe('text');
});

test('captured mail that is released has a delivery to show from then on', async () => {
  let delivery: object | null = null;
  const reading = new Reading(scripted(({ path }) => detail(Number(path.slice(-1)), { delivery, read: true })).api, () => {});
  await reading.open('m1');
  delivery = { queued: 1 };
  const released = { id: 1, at: '', stream: 'default', type: 'message.released', message: 'm1', recipients: [], to: [], by: 'x' } satisfies PosternEvent;
  reading.hear([{ ...released, message: 'm2' }]);
  expect(reading.message?.delivery).toBeNull();
  reading.hear([released]);
  await vi.waitFor(() => expect(tabsOf(reading.message!)).toContain('delivery'));
});

import { expect, test } from 'vitest';
import type { Info } from '../../sdk/contract.ts';
import { captured, messageOf, scripted, type Asked } from '../../test/support/scripted-api.ts';
import { House } from './house.svelte.ts';
import { Notices } from './notices.svelte.ts';
import { Now } from './now.svelte.ts';
import { Whereabouts } from './place.svelte.ts';
import type { Drawer } from './session.svelte.ts';
import { Theme } from './theme.svelte.ts';

const drawer: Drawer = { getItem: () => null, setItem: () => {}, removeItem: () => {} };
const stream = (name: string, messages: number) => ({ name, mode: 'capture', retention: { messages: null, age: null, bytes: null }, tags: [], createdAt: '', messages, unread: 0, bytes: 0, credentials: [] });

/** A house at an address, with messages 3, 2 and 1 in it. */
async function houseAt(hash: string, smtpHost = '127.0.0.1') {
  const waiting = { messages: 0, recipients: 0, active: 0, kept: 0 };
  const { api, asked } = scripted(({ method, path, body }: Asked) => {
    if (path === '/v1/messages/waiting') return waiting;
    if (path === '/v1/streams') return { streams: [stream('default', 2), stream('other', 1)] };
    if (path === '/v1/messages' && method === 'GET') return { messages: [3, 2, 1].map((n) => messageOf(n)), next: null, unindexed: 0 };
    if (path === '/v1/messages') return method === 'DELETE' ? { deleted: 3 } : { changed: 3 };
    if (method === 'DELETE') return undefined;
    return { ...messageOf(Number(path.at(-1))), html: null, text: '', files: [], links: [], codes: [], ...(body as object) };
  });
  const bar = { steps: [hash], hash: () => bar.steps.at(-1)!, push: (to: string) => void bar.steps.push(to), replace: (to: string) => void bar.steps.splice(-1, 1, to), watch: () => () => {} };
  const house = new House({
    api, info: { smtp: { host: smtpHost } } as Info, token: undefined, whereabouts: new Whereabouts(bar), theme: new Theme(drawer, () => {}), now: new Now(),
    frame: (draw) => draw(), notices: new Notices(undefined, drawer, () => {}), signedOut: () => {},
  });
  const settled = async () => {
    house.arrive();
    await expect.poll(() => house.mailbox.ready && !house.reading.loading).toBe(true);
  };
  await house.streams.load();
  await settled();
  /** Until it is known whether anybody waits. */
  const remove = async () => {
    house.delete();
    await expect.poll(() => house.deletion.looking).toBeUndefined();
  };
  return { house, bar, settled, waiting, remove, changes: () => asked.filter(({ method }) => method !== 'GET').map(({ method, path, query }) => [method, path, query] as const) };
}

test('stepping through the list with a message open takes the place of that message: back leads to the list', async () => {
  const { house, bar, settled } = await houseAt('#/mail');
  house.step(1);
  expect([house.cursor, bar.steps]).toEqual(['m3', ['#/mail']]);
  house.openMessage('m3');
  await settled();
  house.step(1);
  house.step(1);
  house.step(1);
  await settled();
  expect([house.cursor, house.reading.message?.id, bar.steps]).toEqual(['m1', 'm1', ['#/mail', '#/messages/m1']]);
});

test('deleting the message that is open opens the next one, and the one before when it was the last', async () => {
  const { house, remove, settled } = await houseAt('#/messages/m2');
  await remove();
  await settled();
  expect([house.reading.id, house.mailbox.count]).toEqual(['m1', 2]);
  await remove();
  await settled();
  expect([house.reading.id, house.mailbox.count]).toEqual(['m3', 1]);
  await remove();
  await settled();
  expect([house.place, house.mailbox.count]).toEqual([{ at: 'mail', scope: {} }, 0]);
  house.deletion.undo();
  expect([house.mailbox.count, house.mailbox.at(0)?.id]).toEqual([1, 'm3']);
});

test('everything in all mail is deleted stream by stream, and nothing that came after it was said', async () => {
  const { house, remove, changes } = await houseAt('#/mail?q=is:unread');
  house.selectAll();
  await remove();
  expect(house.mailbox.count).toBe(0);
  house.deletion.send();
  await expect.poll(() => changes().length).toBe(2);
  const before = new Date(Date.parse(messageOf(3).receivedAt) + 1).toISOString();
  expect(changes()).toEqual([
    ['DELETE', '/v1/messages', { stream: 'default', q: 'is:unread', before }],
    ['DELETE', '/v1/messages', { stream: 'other', q: 'is:unread', before }],
  ]);
});

test('going to another list sends the deletion of a whole one', async () => {
  const { house, remove, settled, changes } = await houseAt('#/mail?stream=other');
  house.selectAll();
  await remove();
  house.go({ at: 'mail', scope: { stream: 'default' } });
  await settled();
  expect(changes()).toMatchObject([['DELETE', '/v1/messages', { stream: 'other' }]]);
});

test('marking a selection read turns the rows and leaves nothing selected', async () => {
  const { house, changes } = await houseAt('#/mail');
  house.selection.toggle('m1');
  house.selection.toggle('m3');
  await house.toggleRead();
  expect(changes()).toEqual([['PATCH', '/v1/messages', { stream: 'default', id: 'm1,m3' }]]);
  expect([house.mailbox.get('m1')?.read, house.mailbox.get('m2')?.read, house.selection.any]).toEqual([true, false, false]);
});

test('a selection over several streams is deleted within each of them', async () => {
  const { house, remove, changes } = await houseAt('#/mail');
  house.selectAll();
  house.selection.toggle('m2');
  await remove();
  house.deletion.send();
  expect(changes()).toEqual([['DELETE', '/v1/messages', { stream: 'default', id: 'm3,m1' }]]);
});

test('what was selected while another deletion was looked at stays selected', async () => {
  const { house } = await houseAt('#/mail');
  house.selection.toggle('m3');
  house.delete();
  house.selection.clear();
  house.selection.toggle('m1');
  await expect.poll(() => house.mailbox.count).toBe(2);
  expect([...house.selection.ids]).toEqual(['m1']);
});

test('a whole list is deleted as it was when that was said: what came since is neither shown as selected nor taken out of sight', async () => {
  const { house, remove } = await houseAt('#/mail');
  house.selectAll();
  house.mailbox.hear([captured(4)]);
  expect(['m4', 'm3'].map((id) => house.selection.has(house.mailbox.get(id)!))).toEqual([false, true]);
  await remove();
  expect([house.mailbox.count, house.mailbox.at(0)?.id]).toEqual([1, 'm4']);
});

test('an empty search is none, and one stays within its stream', async () => {
  const { house } = await houseAt('#/mail?stream=other');
  house.search('  is:unread ');
  expect(house.place).toEqual({ at: 'mail', scope: { stream: 'other', q: 'is:unread' } });
  house.search(' ');
  expect(house.place).toEqual({ at: 'mail', scope: { stream: 'other' } });
});

test('a count leaves out what is about to be deleted', async () => {
  const { house, remove } = await houseAt('#/mail?stream=default');
  expect(house.scopeCount).toBe(3);
  house.selection.toggle('m1');
  await remove();
  expect(house.scopeCount).toBe(2);
  house.deletion.undo();
  expect(house.scopeCount).toBe(3);
});

test('a listener on every interface is shown under the name that the page was asked by', async () => {
  expect((await houseAt('#/', '0.0.0.0')).house.info.smtp.host).toBe('postern.test');
  expect((await houseAt('#/', 'mail.lan')).house.info.smtp.host).toBe('mail.lan');
});

test('where somebody still waits for one of them, the message that is open stays open, and the selection stays, until the answer is yes', async () => {
  const { house, remove, waiting, changes, settled } = await houseAt('#/messages/m2');
  Object.assign(waiting, { messages: 1, recipients: 3 });
  await remove();
  expect([house.deletion.question?.waiting.recipients, house.mailbox.count, house.place]).toMatchObject([3, 3, { message: 'm2' }]);
  house.openMessage('m1');
  await settled();
  expect(house.deletion.question).toBeUndefined(); // it was asked about another message
  house.selectAll();
  await remove();
  expect([house.selection.any, house.mailbox.count, changes().filter(([method]) => method === 'DELETE')]).toEqual([true, 3, []]);
  house.deletion.confirm();
  await expect.poll(() => house.word).toBe('3 messages deleted.');
  expect([house.selection.any, house.mailbox.count, house.place]).toEqual([false, 0, { at: 'mail', scope: {} }]);
  expect(changes().filter(([method]) => method === 'DELETE').map(([, , query]) => query['stream'])).toEqual(['default', 'other']);
});

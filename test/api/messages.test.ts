import { afterAll, beforeAll, expect, test } from 'vitest';
import type { InboxCount, Message, MessageDetail, MessagePage, Problem, WaitResult } from '../../sdk/contract.ts';
import { apiHouse, type ApiHouse } from '../support/api-house.ts';

let house: ApiHouse;
beforeAll(async () => {
  house = await apiHouse();
  await house.json('/v1/streams', { json: { name: 'reading' } }, 201);
  for (let i = 1; i <= 5; i++) {
    await house.send({ subject: `Number ${i}`, to: i % 2 ? 'odd@b.test' : 'even@b.test', tags: i === 1 ? ['first'] : [], text: `Body with the word ${['alpha', 'bravo', 'charlie', 'delta', 'echo'][i - 1]}` }, 'reading');
    house.clock.advance(1_000);
  }
});
afterAll(() => house.close());

const list = async (query: string) => (await house.json<MessagePage>(`/v1/messages?${query}`)).messages.map(({ subject }) => subject);

test('messages are listed newest first and paged by cursor without gap or repetition', async () => {
  const seen: string[] = [];
  let cursor = '';
  for (;;) {
    const { messages, next } = await house.json<MessagePage>(`/v1/messages?stream=reading&limit=2${cursor}`);
    seen.push(...messages.map(({ subject }) => subject));
    if (next === null) break;
    cursor = `&cursor=${next}`;
  }
  expect(seen).toEqual(['Number 5', 'Number 4', 'Number 3', 'Number 2', 'Number 1']);
});

test('the largest page says whether there is more', async () => {
  await house.json('/v1/streams', { json: { name: 'large' } }, 201);
  const batch = (count: number) => house.json('/v1/streams/large/messages', { json: Array.from({ length: count }, () => ({ from: 'a@a.test', to: 'b@b.test' })) }, 202);
  await batch(500);
  const full = await house.json<MessagePage>('/v1/messages?stream=large&limit=500');
  expect([full.messages.length, full.next]).toEqual([500, null]);
  await batch(1);
  const first = await house.json<MessagePage>('/v1/messages?stream=large&limit=500');
  const second = await house.json<MessagePage>(`/v1/messages?stream=large&limit=500&cursor=${first.next}`);
  expect([first.messages.length, second.messages.length, second.next]).toEqual([500, 1, null]);
});

test('filters narrow a list, all of them together', async () => {
  expect(await list('stream=reading&to=odd@b.test')).toEqual(['Number 5', 'Number 3', 'Number 1']);
  expect(await list('inbox=EVEN@b.test')).toEqual(['Number 4', 'Number 2']);
  expect(await list('to=odd@*')).toEqual(['Number 5', 'Number 3', 'Number 1']);
  expect(await list('to=o*@b.test&subject=number%203')).toEqual(['Number 3']);
  expect(await list('tag=first')).toEqual(['Number 1']);
  expect(await list('stream=reading&since=2026-01-01T00:00:03Z')).toEqual(['Number 5', 'Number 4']);
  expect(await list('stream=reading&before=2026-01-01T00:00:01Z')).toEqual(['Number 1']);
  expect(await list('stream=default')).toEqual([]);
});

test('an address is compared whole; half of one is refused with what to write', async () => {
  await house.json('/v1/streams', { json: { name: 'halves' } }, 201);
  for (const to of ['bob@dom.test', 'ann@dom.test', 'root']) await house.send({ from: 'shop@app.test', to: to === 'root' ? 'ops@app.test' : to, envelope: { from: 'shop@app.test', to: [to] }, subject: `To ${to}` }, 'halves');
  for (const [name, half] of [['from', 'shop'], ['from', 'app.test'], ['to', 'bob'], ['to', 'dom.test'], ['inbox', 'dom.test'], ['inbox', 'bob'], ['inbox', 'root']] as const) {
    for (const [method, path] of [['GET', 'messages'], ['DELETE', 'messages'], ['GET', 'wait']] as const) {
      const { errors } = await house.json<Problem>(`/v1/${path}?stream=halves&${name}=${half}`, { method }, 422);
      expect(errors).toEqual([{ path: name, message: expect.stringContaining(`write *@${half} for a domain, ${half}@* for a name`) }]);
    }
  }
  expect((await list('inbox=*@dom.test')).length).toBe(2);
  expect(await list('to=BOB@*')).toEqual(['To bob@dom.test']);
  for (const query of ['inbox=<root>', 'to=<root>', 'to=<bob@dom.test>%20', 'q=to:<root>']) expect([query, (await list(query)).length]).toEqual([query, 1]);
  expect(await house.json('/v1/messages?inbox=%3Croot%3E', { method: 'DELETE' })).toEqual({ deleted: 1 });
  // What is typed may be half an address.
  expect((await list('stream=halves&q=from:shop%20inbox:dom.test')).length).toBe(2);
});

test('an inbox can be asked for as it is listed, also one that has no domain', async () => {
  await house.json('/v1/streams', { json: { name: 'listed', mode: 'simulate' } }, 201);
  const { id } = await house.send({ envelope: { from: 'foo.bar', to: ['foo.bar', 'ROOT', '"a b"@q.test', 'Zoë@xn--zo-jma.test'] }, subject: 'Listed' }, 'listed');
  const { inboxes } = await house.json<{ inboxes: InboxCount[] }>('/v1/inboxes?stream=listed');
  expect(inboxes.map(({ address }) => address).sort()).toEqual(expect.arrayContaining(['<foo.bar>', '<root>']));
  expect(inboxes).toHaveLength(4);
  for (const { address } of inboxes) {
    const said = encodeURIComponent(address);
    for (const name of ['inbox', 'to']) expect([address, name, await list(`stream=listed&${name}=${said}`)]).toEqual([address, name, ['Listed']]);
    expect(await house.json<WaitResult>(`/v1/wait?stream=listed&inbox=${said}`)).toMatchObject({ messages: [{ id }] });
    expect(await house.json(`/v1/events/wait?stream=listed&recipient=${said}&timeout=0`)).toMatchObject({ type: 'message.captured', message: id });
    expect(await house.json('/v1/queue/hold', { json: { message: id, recipient: address } })).toEqual({ changed: 1 });
  }
  expect(await list('stream=listed&from=<foo.bar>')).toEqual(['Listed']);
  expect((await house.json<{ inboxes: InboxCount[] }>('/v1/inboxes?stream=listed&prefix=<ro')).inboxes).toMatchObject([{ address: '<root>' }]);
  for (const { address } of inboxes) expect(await house.json(`/v1/messages?inbox=${encodeURIComponent(address)}&stream=listed`, { method: 'DELETE' })).toEqual({ deleted: 1 });
  expect(await list('stream=listed')).toEqual([]);
});

test('mail of the null sender is found by `<>`, and by an empty `from`', async () => {
  await house.send({ envelope: { from: '', to: ['b@null.test'] }, subject: 'Bounce' });
  for (const query of ['from=<>', 'from=%3C%3E', 'from=', 'q=from:<>']) expect([query, await list(`${query}&inbox=b@null.test`)]).toEqual([query, ['Bounce']]);
  expect(await list('from=<>&inbox=odd@b.test')).toEqual([]);
});

test('a search looks into bodies, those that just came included', async () => {
  await house.send({ subject: 'Fresh', text: 'a zanzibar of words' }, 'reading');
  const page = await house.json<MessagePage>('/v1/messages?q=zanzibar');
  expect(page.messages.map(({ subject }) => subject)).toEqual(['Fresh']);
  expect(page.unindexed).toBe(0);
  expect(await list('q=to:odd@b.test%20-alpha')).toEqual(['Number 5', 'Number 3']);
  await house.json(`/v1/messages/${page.messages[0]!.id}`, { method: 'DELETE' }, 204);
});

test('a search that cannot be read says where it breaks and what may be meant', async () => {
  const problem = await house.json<Problem>('/v1/messages?q=hello%20has:atachment', {}, 400);
  expect(problem).toMatchObject({ type: '/problems/bad-search', detail: expect.stringContaining('has:attachment'), errors: [{ path: expect.stringMatching(/^q\[\d+\]$/) }] });
});

test('a parameter that is misspelt, doubled or out of bounds is refused', async () => {
  expect((await house.json<Problem>('/v1/messages?subjet=x', {}, 422)).errors).toEqual([{ path: 'subjet', message: 'is not known here; did you mean `subject`?' }]);
  await house.json('/v1/messages?limit=0', {}, 422);
  await house.json('/v1/messages?limit=501', {}, 422);
  await house.json('/v1/messages?to=a&to=b', {}, 422);
  await house.json('/v1/messages?since=yesteryear', {}, 422);
  await house.json('/v1/messages?unread=maybe', {}, 422);
  expect(await house.json('/v1/messages?cursor=5', {}, 400)).toMatchObject({ type: '/problems/bad-cursor' });
});

test('latest is the newest that the filters find', async () => {
  expect((await house.json<MessageDetail>('/v1/messages/latest?to=even@b.test')).subject).toBe('Number 4');
  await house.json('/v1/messages/latest?to=nobody@b.test', {}, 404);
  const { id } = await house.json<MessageDetail>('/v1/messages/latest?stream=reading');
  await house.json(`/v1/messages/${id}?to=x`, {}, 422);
});

test('reading changes nothing; a change is asked for', async () => {
  const [message] = (await house.json<MessagePage>('/v1/messages?tag=first')).messages as [Message];
  await house.json(`/v1/messages/${message.id}`);
  for (const what of ['raw', 'text', 'headers']) await house.ask(`/v1/messages/${message.id}/${what}`);
  expect((await house.json<MessageDetail>(`/v1/messages/${message.id}`)).read).toBe(false);
  const changed = await house.json<Message>(`/v1/messages/${message.id}`, { method: 'PATCH', json: { read: true, addTags: ['seen'] } });
  expect(changed).toMatchObject({ read: true, tags: expect.arrayContaining(['first', 'seen']) });
  expect(await list('stream=reading&unread=false')).toEqual(['Number 1']);
  await house.json(`/v1/messages/${message.id}`, { method: 'PATCH', json: { reed: true } }, 422);
});

test('a deletion or change needs a stream or an inbox', async () => {
  for (const query of ['?inbox=*', '', '?to=odd@b.test', '?q=alpha', '?unread=true']) {
    expect(await house.json(`/v1/messages${query}`, { method: 'DELETE' }, 422)).toMatchObject({ type: '/problems/unscoped' });
    await house.json(`/v1/messages${query}`, { method: 'PATCH', json: { read: true } }, 422);
  }
  expect(await house.json('/v1/messages?stream=nowhere', { method: 'DELETE' }, 404)).toMatchObject({ type: '/problems/no-such-stream' });
});

test('a deletion takes what its scope and filters say and nothing else', async () => {
  await house.json('/v1/streams', { json: { name: 'doomed' } }, 201);
  for (const to of ['a@b.test', 'a@b.test', 'c@b.test']) await house.send({ to, subject: to, text: to === 'c@b.test' ? 'keep' : 'drop' }, 'doomed');
  await house.send({ to: 'a@b.test', subject: 'elsewhere' });
  expect(await house.json('/v1/messages?stream=doomed', { method: 'PATCH', json: { read: true } })).toEqual({ changed: 3 });
  expect(await house.json('/v1/messages?inbox=a@b.test&stream=doomed&q=nothing', { method: 'DELETE' })).toEqual({ deleted: 0 });
  expect(await house.json('/v1/messages?inbox=a@b.test&unread=false', { method: 'DELETE' })).toEqual({ deleted: 2 });
  expect(await house.json('/v1/messages?stream=doomed&q=keep', { method: 'DELETE' })).toEqual({ deleted: 1 });
  expect(await house.json('/v1/messages?inbox=a@b.test', { method: 'DELETE' })).toEqual({ deleted: 1 });
  expect(await list('inbox=a@b.test')).toEqual([]);
});

test('a deletion that is narrowed within an inbox leaves the mail of its other recipients alone', async () => {
  await house.send({ to: ['ann@shared.test', 'bob@shared.test'], subject: 'Shared' });
  expect(await house.json('/v1/messages?inbox=ann@shared.test&subject=Shared', { method: 'DELETE' })).toEqual({ deleted: 1 });
  expect(await list('inbox=ann@shared.test')).toEqual([]);
  expect(await list('inbox=bob@shared.test')).toHaveLength(1);
});

test('ids are deleted and marked within their stream or inbox, and never turn into everything', async () => {
  await house.json('/v1/streams', { json: { name: 'picked' } }, 201);
  const sent: string[] = [];
  for (let i = 0; i < 3; i++) sent.push((await house.send({ to: ['p@pick.test', 'q@pick.test'], subject: `Pick ${i}` }, 'picked')).id);
  const foreign = (await house.send({ to: 'r@pick.test' })).id;
  const act = (query: string, method: string, status = 200) => house.json<Problem>(`/v1/messages?${query}`, method === 'PATCH' ? { method, json: { read: true } } : { method }, status);
  expect(await act(`stream=picked&id=${sent[0]},${foreign}`, 'PATCH')).toEqual({ changed: 1 });
  expect(await act(`stream=picked&id=${sent[0]},${foreign},${sent[0]}`, 'DELETE')).toEqual({ deleted: 1 });
  expect(await act(`inbox=p@pick.test&id=${sent[1]},${foreign}`, 'DELETE')).toEqual({ deleted: 1 });
  expect([await list('inbox=p@pick.test'), (await list('inbox=q@pick.test')).length, await list('inbox=r@pick.test')]).toEqual([['Pick 2'], 2, ['Hello']]);
  for (const query of ['stream=picked&id=', 'stream=picked&id=,', 'stream=picked&id=x', `stream=picked&id=${sent[1]}&id=${sent[2]}`, `stream=picked&id=${Array.from({ length: 501 }, () => sent[2]).join(',')}`, `stream=picked&id=${sent[2]}&unread=true`, `stream=picked&inbox=*@pick.test&id=${sent[2]}`]) {
    expect([query.slice(0, 40), (await act(query, 'DELETE', 422)).errors?.[0]?.path]).toEqual([query.slice(0, 40), 'id']);
  }
  expect(await act(`id=${sent[2]}`, 'DELETE', 422)).toMatchObject({ type: '/problems/unscoped' });
  expect(await list('inbox=q@pick.test')).toHaveLength(2);
});

test('a time whose offset lost its plus sign on the way is read', async () => {
  expect((await house.ask('/v1/messages?since=2026-01-01T00:00:00+01:00&before=2026-01-01T00:00:00.5-0100')).status).toBe(200);
});

test('an empty filter is refused: it must not turn into any message', async () => {
  await house.send({ to: 'kept@empty.test' });
  for (const filter of ['subject=', 'tag=%20', 'to=', 'q=', 'q=%20']) {
    const { errors } = await house.json<Problem>(`/v1/messages?inbox=kept@empty.test&${filter}`, { method: 'DELETE' }, 422);
    expect(errors).toEqual([{ path: filter.split('=')[0], message: 'is empty; leave it out to look at any' }]);
    await house.json(`/v1/wait?${filter}`, {}, 422);
  }
  await house.json('/v1/messages?inbox=', { method: 'DELETE' }, 422);
  expect(await list('inbox=kept@empty.test')).toHaveLength(1);
});

test('an id that names nothing is a problem, whatever it looks like', async () => {
  for (const id of ['01ARZ3NDEKTSV4RRFFQ69G5FAV', 'x', '..', '%2e%2e', "'%20or%201=1", '%00', '%ff', 'a'.repeat(3_000)]) {
    const response = await house.ask(`/v1/messages/${id}/raw`);
    expect([id.slice(0, 30), response.status]).toEqual([id.slice(0, 30), 404]);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
  }
});

/** Addresses that get no mail, over HTTP and as files. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Delivery, EventPage, Problem, Suppression, SuppressionPage } from '../../sdk/contract.ts';
import { SuppressionPage as PageSchema } from '../../server/api/schemas/suppressions.ts';
import { apiHouse, type ApiHouse } from '../support/api-house.ts';

let house: ApiHouse;
beforeEach(async () => {
  house = await apiHouse();
  await house.json('/v1/streams', { json: { name: 'shop', mode: 'simulate' } }, 201);
});
afterEach(() => house.close());

const add = (json: object, status = 201) => house.json<Suppression>('/v1/suppressions', { json }, status);
const list = (query = '') => house.json<SuppressionPage>(`/v1/suppressions${query}`);
const load = <T>(body: string, type = 'text/csv', query = '', status = 200) => house.json<T>(`/v1/suppressions/import${query}`, { method: 'POST', body, headers: { 'content-type': type } }, status);

test('mail for a suppressed address ends as suppressed, with the reason, and is tried never', async () => {
  await add({ address: 'Ann@X.test', stream: 'shop', reason: 'complaint', detail: 'said so on the phone' });
  const { id } = await house.send({ to: ['ann@x.test', 'bob@x.test'] }, 'shop');
  await house.json('/v1/streams/shop/clock/advance', { json: { to: 'idle' } });
  expect((await house.json<Delivery>(`/v1/messages/${id}/delivery`)).recipients.map(({ state, history }) => [state, history.length])).toEqual([['suppressed', 0], ['delivered', 1]]);
  const { events } = await house.json<EventPage>(`/v1/events?types=recipient.suppressed,suppression.added`);
  expect(events).toMatchObject([{ type: 'suppression.added', address: 'ann@x.test', global: false, by: 'api 0.0.0.0' }, { type: 'recipient.suppressed', reason: 'complaint', detail: 'said so on the phone' }]);
});

test('what stands for one stream and what stands for all are listed, looked for and taken back apart', async () => {
  await add({ address: 'a@x.test' });
  await add({ address: 'a@x.test', stream: 'shop', lifetime: '7d' });
  await add({ address: '@bad.test', reason: 'unsubscribe' });
  const page = await list();
  expect(PageSchema.parse(page)).toEqual(page);
  expect(page.suppressions.map(({ address, stream }) => [address, stream])).toEqual([['@bad.test', null], ['a@x.test', null], ['a@x.test', 'shop']]);
  expect((await list('?stream=shop')).suppressions).toMatchObject([{ address: 'a@x.test', expiresAt: new Date(house.clock.now() + 7 * 86_400_000).toISOString() }]);
  expect((await list('?stream=*&reason=unsubscribe')).suppressions).toMatchObject([{ address: '@bad.test' }]);
  expect((await list('?q=X.TEST')).suppressions).toHaveLength(2);
  await house.json('/v1/suppressions?address=A@X.test&stream=shop', { method: 'DELETE' }, 204);
  expect(await house.json('/v1/suppressions?address=a@x.test&stream=shop', { method: 'DELETE' }, 404)).toMatchObject({ type: '/problems/no-such-suppression' });
  expect((await list('?q=a@x.test')).suppressions).toMatchObject([{ stream: null }]);
});

test('a list is gone through by its cursor', async () => {
  for (const n of [1, 2, 3, 4, 5]) await add({ address: `u${n}@x.test` });
  const seen: string[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: SuppressionPage = await list(`?limit=2${cursor ? `&cursor=${cursor}` : ''}`);
    seen.push(...page.suppressions.map(({ address }) => address));
    cursor = page.next;
  }
  expect(seen).toEqual([1, 2, 3, 4, 5].map((n) => `u${n}@x.test`));
  expect(await house.json('/v1/suppressions?cursor=nonsense', {}, 400)).toMatchObject({ type: '/problems/bad-cursor' });
});

test.each([[{ address: 'nobody' }, 'address'], [{ address: '@' }, 'address'], [{ address: 'a@x.test', reason: 'dislike' }, 'reason'], [{ address: 'a@x.test', lifetime: 'long' }, 'lifetime']])('%j is refused', async (json, path) => {
  expect(await add(json, 422)).toMatchObject({ errors: [{ path }] });
});

test('a file is exported and imported again', async () => {
  await add({ address: 'a@x.test', detail: 'said "no", twice' });
  await add({ address: 'b@x.test', stream: 'shop', reason: 'hard_bounce', lifetime: '1d' });
  for (const format of ['csv', 'jsonl']) {
    const response = await house.ask(`/v1/suppressions/export?format=${format}`);
    expect(response.headers.get('content-disposition')).toBe(`attachment; filename="suppressions.${format}"`);
    const file = await response.text();
    const before = await list();
    for (const { address, stream } of before.suppressions) await house.json(`/v1/suppressions?address=${address}${stream ? `&stream=${stream}` : ''}`, { method: 'DELETE' }, 204);
    expect(await load(file, format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson')).toEqual({ read: 2, added: 2 });
    expect(await list()).toEqual(before);
    expect(await load(file, format === 'csv' ? 'text/csv' : 'application/x-ndjson')).toEqual({ read: 2, added: 0 });
  }
});

test('a bare list of addresses will do; columns may stand in another order', async () => {
  expect(await load('a@x.test\r\n@y.test\r\n', 'text/csv', '?stream=shop')).toEqual({ read: 2, added: 2 });
  expect(await load('reason,address\ncomplaint,c@x.test\n')).toEqual({ read: 1, added: 1 });
  expect((await list()).suppressions.map(({ address, stream, reason }) => [address, stream, reason])).toEqual([['@y.test', 'shop', 'manual'], ['a@x.test', 'shop', 'manual'], ['c@x.test', null, 'complaint']]);
});

test('a file with a fault is not taken at all, and each fault has its line', async () => {
  const problem = await load<Problem>('address,stream,reason,detail,expires\nok@x.test\nnobody\nb@x.test,none\nc@x.test,,dislike\nd@x.test,,,,soon\ne@x.test,,,,,more\n', 'text/csv', '', 422);
  expect(problem.errors!.map(({ path }) => path).sort()).toEqual(['line 3', 'line 4', 'line 5', 'line 6', 'line 7']);
  expect((await load<Problem>('{"address":"a@x.test"}\n[]\n{"address":7}', 'application/x-ndjson', '', 422)).errors!.map(({ path }) => path)).toEqual(['line 2', 'line 3']);
  expect((await list()).suppressions).toEqual([]);
  expect(await load('a@x.test', 'text/plain', '', 415)).toMatchObject({ type: '/problems/unsupported-type' });
  expect(await load('a@x.test', 'text/csv', '?stream=none', 404)).toMatchObject({ type: '/problems/no-such-stream' });
});

test('a file that cannot mean what it says is refused whole', async () => {
  expect(await load('address,reason,address\na@x.test,manual,b@x.test\n', 'text/csv', '', 422)).toMatchObject({ errors: [{ path: 'line 1', message: expect.stringContaining('"address" twice') }] });
  const latin = new Uint8Array([...Buffer.from('j\u00f6rg@x.test', 'latin1')]);
  for (const type of ['text/csv', 'application/x-ndjson']) expect(await load(latin as never, type, '', 422)).toMatchObject({ errors: [{ message: expect.stringContaining('not UTF-8') }] });
  for (const type of ['text/csv; charset=iso-8859-1', 'text/csv; header=present; charset="latin1"']) expect(await load('a@x.test', type, '', 415)).toMatchObject({ detail: expect.stringContaining('UTF-8') });
  expect((await list()).suppressions).toEqual([]);
  expect(await load('\ufeffaddress\na@x.test\n', 'text/csv; charset="UTF-8"')).toEqual({ read: 1, added: 1 });
});

test('one may hold for simulated or for real mail alone: so it is listed, looked for, taken back, exported and imported', async () => {
  expect(await add({ address: 'a@x.test', stream: 'shop' })).toMatchObject({ mode: null });
  expect(await add({ address: 'a@x.test', stream: 'shop', mode: 'deliver', reason: 'complaint' })).toMatchObject({ mode: 'deliver' });
  expect(await add({ address: 'a@x.test', stream: 'shop', mode: 'simulate' })).toMatchObject({ mode: 'simulate' });
  const modes = async (query = '') => (await list(query)).suppressions.map(({ mode }) => mode);
  expect(await modes()).toEqual([null, 'simulate', 'deliver']);
  expect([await modes('?mode=*'), await modes('?mode=deliver'), await modes('?mode=simulate&reason=complaint')]).toEqual([[null], ['deliver'], []]);
  expect(await house.json('/v1/suppressions?mode=both', {}, 422)).toMatchObject({ errors: [{ path: 'mode' }] });
  expect(await add({ address: 'a@x.test', mode: 'capture' }, 422)).toMatchObject({ errors: [{ path: 'mode' }] });
  const first = await list('?limit=1');
  expect((await list(`?limit=1&cursor=${first.next}`)).suppressions).toMatchObject([{ mode: 'simulate' }]);
  const before = await list();
  for (const format of ['csv', 'jsonl']) {
    const file = await (await house.ask(`/v1/suppressions/export?format=${format}`)).text();
    await house.json('/v1/suppressions?address=a@x.test&stream=shop', { method: 'DELETE' }, 204);
    expect(await modes()).toEqual([]);
    expect(await load(file, format === 'csv' ? 'text/csv' : 'application/x-ndjson')).toEqual({ read: 3, added: 3 });
    expect(await list()).toEqual(before);
  }
  await house.json('/v1/suppressions?address=a@x.test&stream=shop&mode=*', { method: 'DELETE' }, 204);
  expect(await house.json('/v1/suppressions?address=a@x.test&stream=shop&mode=*', { method: 'DELETE' }, 404)).toMatchObject({ detail: expect.stringContaining('for both') });
  expect(await modes()).toEqual(['simulate', 'deliver']);
  const { events } = await house.json<EventPage>('/v1/events?types=suppression.removed&latest=1');
  expect(events[0]).not.toHaveProperty('mode');
});

test('a file from before there were modes is of both, and a mode that is none is told', async () => {
  expect(await load('address,stream,reason,detail,expires\na@x.test,shop,hard_bounce,gone,\n')).toEqual({ read: 1, added: 1 });
  expect(await load('b@x.test,shop,manual,asked,,Deliver\n')).toEqual({ read: 1, added: 1 });
  expect(await load('{"address":"c@x.test","mode":null}\n', 'application/x-ndjson')).toEqual({ read: 1, added: 1 });
  expect((await list()).suppressions.map(({ mode }) => mode)).toEqual([null, 'deliver', null]);
  expect(await load('address,mode\na@x.test,simulate\nb@x.test,capture\n', 'text/csv', '', 422)).toMatchObject({ errors: [{ path: 'line 3', message: '"capture" is no mode; leave it empty for both, or say simulate or deliver' }] });
});

test('all that a stream holds against mail of one mode is taken back at once', async () => {
  await add({ address: 'both@x.test', stream: 'shop' });
  await add({ address: 'real@x.test', stream: 'shop', mode: 'deliver' });
  await add({ address: 'every@x.test', mode: 'simulate' });
  const clear = (json: object, status = 200) => house.json('/v1/suppressions/clear', { json }, status);
  expect(await clear({ stream: 'shop' }, 422)).toMatchObject({ errors: [{ path: 'mode' }] });
  expect(await clear({ stream: 'none', mode: 'simulate' }, 404)).toMatchObject({ type: '/problems/no-such-stream' });
  expect(await clear({ stream: 'shop', mode: 'simulate' })).toEqual({ removed: 1 });
  expect(await clear({ stream: 'shop', mode: 'simulate' })).toEqual({ removed: 0 });
  expect((await list()).suppressions.map(({ address }) => address)).toEqual(['every@x.test', 'real@x.test']);
});

test('a cursor that was made up is none', async () => {
  for (const text of ['a@x.test shop', '[]', '["a@x.test",7,null]', '["a@x.test",null,"both"]', 'null', '{}']) {
    expect(await house.json(`/v1/suppressions?cursor=s${Buffer.from(text).toString('base64url')}`, {}, 400)).toMatchObject({ type: '/problems/bad-cursor' });
  }
});

test('a suppression that would last no time at all is refused', async () => {
  for (const lifetime of [0, '0s', -5]) expect(await add({ address: 'a@x.test', lifetime }, 422)).toMatchObject({ errors: [{ path: 'lifetime' }] });
});

test('what holds for real mail of a stream that is gone is listed with its name, exported, imported again, added to and taken back', async () => {
  for (const name of ['news', 'passing']) await house.json('/v1/streams', { json: { name, mode: name === 'news' ? 'deliver' : 'simulate' } }, 201);
  await add({ address: 'ann@x.test', stream: 'news', mode: 'deliver', reason: 'unsubscribe' });
  await add({ address: 'bo@x.test', stream: 'news', mode: 'simulate' });
  await add({ address: 'cat@x.test', stream: 'passing' });
  for (const name of ['news', 'passing']) await house.json(`/v1/streams/${name}`, { method: 'DELETE' }, 204);
  expect((await list()).suppressions.map(({ address, stream, mode }) => [address, stream, mode])).toEqual([['ann@x.test', 'news', 'deliver']]);
  expect((await list('?stream=news')).suppressions).toMatchObject([{ address: 'ann@x.test', stream: 'news', reason: 'unsubscribe' }]);
  for (const path of ['?stream=passing', '/export?stream=passing', '?stream=never']) expect(await house.json(`/v1/suppressions${path}`, {}, 404)).toMatchObject({ type: '/problems/no-such-stream' });
  const file = await (await house.ask('/v1/suppressions/export?stream=news')).text();
  await house.json('/v1/suppressions?address=ann@x.test&stream=news', { method: 'DELETE' }, 204);
  expect((await list('?stream=news')).suppressions).toEqual([]);
  expect(await load(file)).toEqual({ read: 1, added: 1 });
  expect(await load('address,stream,mode\nz@x.test,news,deliver\ny@x.test,news,\nx@x.test,never,deliver\n', 'text/csv', '', 422)).toMatchObject({ errors: [{ path: 'line 3', message: 'there is no stream "news"' }, { path: 'line 4', message: 'there is no stream "never"' }] });
  await add({ address: 'dan@x.test', stream: 'news', mode: 'deliver' });
  await add({ address: 'eve@x.test', stream: 'news' }, 404);
  expect(await house.json('/v1/suppressions/clear', { json: { stream: 'news', mode: 'deliver' } })).toEqual({ removed: 2 });
});

test('one whose time is over is neither listed nor exported, by the time of its stream', async () => {
  await add({ address: 'ann@x.test', stream: 'shop', lifetime: '1h' });
  await add({ address: 'bo@x.test', lifetime: '1h' });
  const seen = async () => [(await list()).suppressions.map(({ address }) => address), (await (await house.ask('/v1/suppressions/export')).text()).match(/\w+@x\.test/g)];
  await house.streams.change('shop', { clockOffset: 3_599_999 });
  expect(await seen()).toEqual([['ann@x.test', 'bo@x.test'], ['ann@x.test', 'bo@x.test']]);
  await house.streams.change('shop', { clockOffset: 3_600_000 });
  expect(await seen()).toEqual([['bo@x.test'], ['bo@x.test']]);
  house.clock.advance(3_600_000);
  expect(await seen()).toEqual([[], null]);
});

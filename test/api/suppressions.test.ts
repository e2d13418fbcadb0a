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
  expect(events).toMatchObject([{ type: 'suppression.added', address: 'ann@x.test', global: false, by: 'http 0.0.0.0' }, { type: 'recipient.suppressed', reason: 'complaint', detail: 'said so on the phone' }]);
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

test('a suppression that would last no time at all is refused', async () => {
  for (const lifetime of [0, '0s', -5]) expect(await add({ address: 'a@x.test', lifetime }, 422)).toMatchObject({ errors: [{ path: 'lifetime' }] });
});

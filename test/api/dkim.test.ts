import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { AuditPage, DkimKey, DkimList, Problem } from '../../sdk/contract.ts';
import { DkimList as ListSchema } from '../../server/api/schemas/going-out.ts';
import { apiHouse, type ApiHouse, type HouseOptions } from '../support/api-house.ts';

let house: ApiHouse;
let dir = '';
afterEach(async () => {
  await house.close();
  if (dir !== '') rmSync(dir, { recursive: true, force: true });
  dir = '';
});
async function open(options: HouseOptions = {}): Promise<void> {
  dir = mkdtempSync(join(tmpdir(), 'postern-dkim-api-'));
  house = await apiHouse({ dkimDir: dir, ...options });
}
const make = <T = DkimList>(body: unknown, status = 201) => house.json<T>('/v1/dkim', { json: body }, status);
const list = (query = '') => house.json<DkimList>(`/v1/dkim${query}`);
const act = <T = DkimList>(path: string, status = 200, body?: unknown) => house.json<T>(`/v1/dkim/${path}`, { method: 'POST', ...(body === undefined ? {} : { json: body }) }, status);
const states = ({ keys }: DkimList) => Object.fromEntries(keys.map(({ pair, state }: DkimKey) => [pair, state]));
const audited = async () => (await house.json<AuditPage>('/v1/audit')).entries.map(({ what, text }) => `${what}: ${text}`);

test('the first pair of a domain signs at once, with what is to be published and never a private key', async () => {
  await open();
  expect(await list()).toEqual({ keys: [], flaws: [] });
  const made = await make({ domain: 'Shop.test.' });
  expect(made.keys.map(({ domain, algorithm, state, selector, record }) => ({ domain, algorithm, state, selector, record }))).toEqual([
    { domain: 'shop.test', algorithm: 'rsa', state: 'active', selector: 'postern202601r', record: { name: 'postern202601r._domainkey.shop.test', type: 'TXT', value: expect.stringMatching(/^v=DKIM1; k=rsa; p=[\w+/=]{300,}$/), why: expect.any(String) } },
    { domain: 'shop.test', algorithm: 'ed25519', state: 'active', selector: 'postern202601e', record: { name: 'postern202601e._domainkey.shop.test', type: 'TXT', value: expect.stringMatching(/^v=DKIM1; k=ed25519; p=[\w+/]{43}=$/), why: expect.any(String) } },
  ]);
  const text = await (await house.ask('/v1/dkim?domain=shop.test')).text();
  expect(ListSchema.parse(JSON.parse(text))).toEqual(JSON.parse(text));
  expect(text).not.toMatch(/PRIVATE|privateKey/);
  for (const file of readdirSync(join(dir, 'shop.test'))) expect(statSync(join(dir, 'shop.test', file)).mode & 0o777).toBe(0o600);
  expect(await audited()).toEqual(['dkim.created: The DKIM keys postern202601 of shop.test are active (new)']);
});

test('a rotation is prepared, activated and ends with the retired one; each step done twice is done once', async () => {
  await open();
  await make({ domain: 'shop.test', selector: 'a1' });
  house.clock.advance(60_000);
  expect(states(await make({ domain: 'shop.test', selector: 'a2' }))).toEqual({ a2: 'prepared' });
  expect(await make<Problem>({ domain: 'shop.test', selector: 'a3' }, 409)).toMatchObject({ type: '/problems/key-exists', detail: expect.stringContaining('(a2)') });
  expect(await act<Problem>('shop.test/a1/retire', 409)).toMatchObject({ type: '/problems/key-in-use' });
  house.clock.advance(60_000);
  expect(states(await act('shop.test/a2r/activate'))).toEqual({ a2: 'active' });
  expect(states(await act('shop.test/a2/activate'))).toEqual({ a2: 'active' });
  expect(states(await list())).toEqual({ a1: 'superseded', a2: 'active' });
  expect(states(await act('SHOP.test/a1/retire'))).toEqual({ a1: 'retired' });
  expect(states(await act('shop.test/a1/retire', 200, {}))).toEqual({ a1: 'retired' });
  expect((await audited()).reverse().map((one) => one.split(':')[0])).toEqual(['dkim.created', 'dkim.created', 'dkim.activated', 'dkim.retired']);
  expect(states(await act('shop.test/a2/retire', 200, { force: true }))).toEqual({ a2: 'retired' });
  expect(states(await act('shop.test/a1/activate'))).toEqual({ a1: 'active' });
});

test('two requests at once make one pair that signs and one that waits, not two first ones', async () => {
  await open();
  await Promise.all([make({ domain: 'shop.test', selector: 'a1' }), make({ domain: 'shop.test', selector: 'a2' })]);
  expect(Object.values(states(await list())).sort()).toEqual(['active', 'prepared']);
});

test('what is no domain, no selector and no key is told, and a path out of the folder leads nowhere', async () => {
  await open();
  expect(await make<Problem>({ domain: '../x.test' }, 422)).toMatchObject({ errors: [{ path: 'domain' }] });
  expect(await make<Problem>({ domain: 'shop.test', selector: '../a' }, 422)).toMatchObject({ errors: [{ path: 'selector' }] });
  for (const body of [{}, { domain: '' }, { domain: 'shop.test', bits: 512 }]) await make(body, 422);
  expect(await act<Problem>('shop.test/a1/activate', 404)).toMatchObject({ type: '/problems/no-such-key', detail: 'shop.test has no keys.' });
  await make({ domain: 'shop.test', selector: 'a1' });
  expect(await act<Problem>('shop.test/b1/retire', 404)).toMatchObject({ detail: expect.stringContaining('it has a1') });
  expect(await act<Problem>('..%2f..%2fetc/passwd/activate', 422)).toMatchObject({ errors: [{ path: 'domain' }] });
  expect((await house.ask('/v1/dkim?domain=..')).status).toBe(422);
  expect(readdirSync(dir)).toEqual(['shop.test']);
});

test('a key that others can read is a flaw in the list, and does not stop the rest', async () => {
  await open();
  await make({ domain: 'a.test', selector: 'a1' });
  await make({ domain: 'b.test', selector: 'b1' });
  chmodSync(join(dir, 'a.test', 'a1r.pem'), 0o644);
  const { keys, flaws } = await list();
  expect([keys.map(({ domain }) => domain), flaws]).toEqual([['b.test', 'b.test'], [expect.stringContaining('a1r.pem can be read or changed by others')]]);
  mkdirSync(join(dir, 'c.test', 'c1r.pem'), { recursive: true });
  expect(await make<Problem>({ domain: 'c.test', selector: 'c1' }, 409)).toMatchObject({ type: expect.stringMatching(/key-(?:trouble|exists)/) });
});

test('with data in memory there is no folder for keys, which is told', async () => {
  house = await apiHouse();
  expect(await list()).toEqual({ keys: [], flaws: [] });
  expect(await make<Problem>({ domain: 'shop.test' }, 409)).toMatchObject({ type: '/problems/no-key-folder', detail: expect.stringContaining('dkimDir') });
  await act('shop.test/a1/activate', 409);
});

/** Hooks over HTTP: made, changed, looked at, and their calls. Who calls is tested with hooks/. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Hook, HookCall, HookCallPage } from '../../sdk/contract.ts';
import { Hook as HookSchema, HookCallPage as PageSchema } from '../../server/api/schemas/hooks.ts';
import { type PosternError, start } from '../../sdk/index.ts';
import { apiHouse, type ApiHouse } from '../support/api-house.ts';

let house: ApiHouse;
beforeAll(async () => { house = await apiHouse(); });
afterAll(() => house.close());

const callId = (n: number) => `01KAJQ0000000000000000000${n}`;
const add = (json: object, status = 201) => house.json<Hook>('/v1/streams/default/hooks', { json }, status);

test('a hook is made, listed without its secret, changed, switched off and deleted', async () => {
  const hook = await add({ url: 'http://127.0.0.1:9/hook', types: ['recipient.bounced'], misbehave: { duplicate: 0.5 } });
  expect(HookSchema.parse(hook)).toEqual(hook);
  expect(hook).toMatchObject({ stream: 'default', secret: expect.stringMatching(/^whsec_/), types: ['recipient.bounced'], disabled: null, misbehave: { duplicate: 0.5, lose: 0 }, waiting: 0, failures: 0, lastError: null, pausedUntil: null });
  expect((await house.json<{ hooks: Hook[] }>('/v1/streams/default/hooks')).hooks).toEqual([{ ...hook, secret: null }]);
  expect(await house.json(`/v1/hooks/${hook.id}`)).toEqual(hook);
  const patch = (json: object) => house.json<Hook>(`/v1/hooks/${hook.id}`, { method: 'PATCH', json });
  expect(await patch({ enabled: false, misbehave: null })).toMatchObject({ url: hook.url, disabled: { reason: expect.any(String) }, misbehave: null });
  expect(await patch({ enabled: true, types: [] })).toMatchObject({ disabled: null, types: [] });
  await house.json(`/v1/hooks/${hook.id}`, { method: 'DELETE' }, 204);
  for (const init of [{}, { method: 'DELETE' }, { method: 'PATCH', json: {} }]) expect(await house.json(`/v1/hooks/${hook.id}`, init, 404)).toMatchObject({ type: '/problems/no-such-hook' });
});

test.each([
  [{ url: 'ftp://x.test' }, 'url'], [{}, 'url'], [{ url: 'http://x.test', types: ['message.captured', 'message.lost'] }, 'types.1'], [{ url: 'http://x.test', misbehave: { lose: 2 } }, 'misbehave.lose'],
])('%j is refused', async (json, path) => {
  expect(await add(json, 422)).toMatchObject({ type: '/problems/invalid', errors: [{ path }] });
});

test('calls are listed newest first with what was sent and answered, and made again', async () => {
  const hook = await add({ url: 'http://127.0.0.1:9/hook' });
  const call = (n: number, state: HookCall['state']) => ({
    id: callId(n), hook: hook.id, event: n, type: 'message.captured' as const, webhookId: `w${n}`, body: JSON.stringify({ n }), state, due: null, createdAt: n,
    tries: [{ at: n, tookMs: 5, status: state === 'failed' ? 500 : 200, error: null, response: 'ok' }],
  });
  await house.store.addCalls(hook.id, 3, [call(1, 'delivered'), call(2, 'failed'), call(3, 'delivered')]);
  const page = await house.json<HookCallPage>(`/v1/hooks/${hook.id}/calls?limit=2`);
  expect(PageSchema.parse(page)).toEqual(page);
  expect(page).toMatchObject({ calls: [{ id: callId(3), body: { n: 3 } }, { id: callId(2) }], next: callId(2) });
  expect(await house.json(`/v1/hooks/${hook.id}/calls?cursor=${page.next}`)).toMatchObject({ calls: [{ id: callId(1) }], next: null });
  expect(await house.json(`/v1/hooks/${hook.id}/calls?cursor=garbage`, {}, 400)).toMatchObject({ type: '/problems/bad-cursor' });
  expect(await house.json(`/v1/hooks/${hook.id}/calls?state=failed`)).toMatchObject({ calls: [{ id: callId(2), tries: [{ status: 500 }] }] });
  expect(await house.json(`/v1/hook-calls/${callId(2)}/replay`, { method: 'POST' }, 202)).toMatchObject({ id: callId(2), webhookId: 'w2', state: 'waiting' });
  expect(await house.json(`/v1/hook-calls/${callId(2)}`)).toMatchObject({ state: 'waiting' });
  expect(await house.json(`/v1/hooks/${hook.id}`)).toMatchObject({ waiting: 1 });
  expect(await house.json(`/v1/hook-calls/${callId(9)}`, {}, 404)).toMatchObject({ type: '/problems/no-such-hook-call' });
  expect(await house.json(`/v1/hook-calls/${callId(9)}/replay`, { method: 'POST' }, 404)).toMatchObject({ type: '/problems/no-such-hook-call' });
});

test('a name that would be lost in silence is refused', async () => {
  const body = '{"url":"http://127.0.0.1:9/hook","headers":{"__proto__":"x"}}';
  const response = await house.ask('/v1/streams/default/hooks', { method: 'POST', body, headers: { 'content-type': 'application/json' } });
  expect([response.status, await response.json()]).toMatchObject([422, { errors: [{ path: 'headers.__proto__' }] }]);
  const patch = await house.ask('/v1/streams/default', { method: 'PATCH', body: '{"delivery":{"siteLimits":{"__proto__":{"connections":1}}}}', headers: { 'content-type': 'application/json' } });
  expect([patch.status, await patch.json()]).toMatchObject([422, { errors: [{ path: 'delivery.siteLimits.__proto__' }] }]);
});

test('a hook that is made while its stream is deleted is there, or its stream is not', async () => {
  const sandbox = await start();
  const sent: number[] = [];
  for (let n = 0; n < 20; n++) {
    const name = `gone-${n % 3}`;
    await sandbox.api.createStream({ name });
    const making = sandbox.api.createHook(name, { url: 'http://127.0.0.1:9/hook' }).then(() => 201, (error: PosternError) => error.status);
    const [status] = await Promise.all([making, sandbox.api.deleteStream(name)]);
    sent.push(status);
  }
  expect([...new Set(sent)].filter((status) => status !== 201 && status !== 404)).toEqual([]);
  // A new stream of that name has none of the old one's.
  await sandbox.api.createStream({ name: 'gone-0' });
  expect(await sandbox.api.hooks('gone-0')).toEqual([]);
  await sandbox.close();
});

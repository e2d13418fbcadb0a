/** The gate over HTTP: the switch, release, the canary, and who is written down for it. Nothing is tried here; see test/stories/going-out.test.ts. */
import { afterEach, expect, test } from 'vitest';
import type { AuditPage, DeliveryView, LiveStream, Problem, QueueReleased, ReleaseProblem, ReleaseResult } from '../../sdk/contract.ts';
import { DeliveryView as DeliverySchema } from '../../server/api/schemas/going-out.ts';
import { apiHouse, type ApiHouse, type HouseOptions } from '../support/api-house.ts';

let house: ApiHouse;
afterEach(() => house.close());

async function open(options: HouseOptions = {}): Promise<void> {
  house = await apiHouse(options);
  await house.json('/v1/streams', { json: { name: 'shop' } }, 201);
}
const live = (policy: Record<string, unknown>, mode = 'deliver') => house.json('/v1/streams/shop', { method: 'PATCH', json: { mode, delivery: { live: policy } } });
const shop = async (): Promise<LiveStream> => (await house.json<DeliveryView>('/v1/delivery?stream=shop')).streams[0]!;
const release = <T = ReleaseResult>(id: string, body: unknown = {}, status = 202) => house.json<T>(`/v1/messages/${id}/release`, { json: body }, status);
const audited = async (query = ''): Promise<string[]> => (await house.json<AuditPage>(`/v1/audit${query}`)).entries.map(({ what, by }) => `${what} ${by}`);

test('the view says of each stream whether it is live, or the first thing that is in the way', async () => {
  await open();
  expect(await shop()).toMatchObject({ mode: 'capture', live: false, shut: { why: 'mode' }, allow: [], canary: null, warmUp: null, tally: {}, heldFor: {}, preflight: null });
  await live({ allow: ['a.test'], intercept: 'qa@a.test', warmUp: { caps: [10, 20] }, canary: { first: 1, share: 0 } });
  expect(await shop()).toMatchObject({ live: true, shut: null, allow: ['a.test'], intercept: 'qa@a.test', canary: { first: 1, passed: 0 }, warmUp: { cap: 10, today: 0, until: '2026-01-02T00:00:00.000Z' } });
  house.clock.advance(2 * 86_400_000);
  expect((await shop()).warmUp).toEqual({ cap: null, today: 0, until: '2026-01-04T00:00:00.000Z' });
  const view = await house.json<DeliveryView>('/v1/delivery');
  expect(view.streams.map(({ stream }) => stream)).toEqual(['default', 'shop']);
  expect(DeliverySchema.parse(view)).toEqual(view);
  await house.json('/v1/delivery?stream=nobody', {}, 404);
});

test('without the key of the process nothing is live, and delivery cannot be started', async () => {
  await open({ permitted: false });
  await live({ allow: ['*'] });
  expect(await shop()).toMatchObject({ live: false, shut: { why: 'process' } });
  expect(await house.json<DeliveryView>('/v1/delivery')).toMatchObject({ permitted: false, switch: { on: true, since: null, by: null, reason: '' } });
  expect(await house.json<Problem>('/v1/delivery/start', { method: 'POST' }, 409)).toMatchObject({ type: '/problems/delivery-not-permitted' });
  const { id } = await house.send({ to: 'ann@a.test' }, 'default');
  expect(await release<Problem>(id, {}, 409)).toMatchObject({ type: '/problems/delivery-not-permitted', detail: expect.stringMatching(/^Nothing was released\. .*POSTERN_DELIVERY=on\.$/) });
});

test('one switch stops everything, twice is once, and who did it is told', async () => {
  await open();
  await live({ allow: ['*'] });
  const stop = (by?: string) => house.json<DeliveryView>('/v1/delivery/stop', { json: { reason: 'a bad template' }, ...(by === undefined ? {} : { headers: { 'x-postern-by': by } }) });
  expect(await stop('Ann Example')).toMatchObject({ switch: { on: false, by: 'Ann Example (api 0.0.0.0)', reason: 'a bad template' } });
  expect(await shop()).toMatchObject({ live: false, shut: { why: 'stopped', text: expect.stringContaining('a bad template') } });
  expect((await stop('Bob')).switch.by).toBe('Ann Example (api 0.0.0.0)');
  expect((await house.json<DeliveryView>('/v1/delivery/start', { method: 'POST' })).switch).toMatchObject({ on: true, by: 'api 0.0.0.0', reason: '' });
  expect(await audited()).toEqual(['delivery.started api 0.0.0.0', 'delivery.stopped Ann Example (api 0.0.0.0)', 'stream.mode api 0.0.0.0', 'stream.live api 0.0.0.0']);
  await house.json('/v1/delivery/stop', { json: { reason: 'x'.repeat(501) } }, 422);
  await house.json('/v1/delivery/stop', { json: { why: 'x' } }, 422);
});

test('a stop that cannot be kept counts all the same, and says that it was not kept', async () => {
  await open();
  await house.store[Symbol.asyncDispose]();
  const answer = await house.json<Problem>('/v1/delivery/stop', { method: 'POST' }, 503);
  expect(answer).toMatchObject({ type: '/problems/store-broken', detail: expect.stringContaining('Real delivery is stopped, but') });
  expect(house.deps.real.gate.switch.on).toBe(false);
});

test('whatever a caller calls itself is one short line beside its address', async () => {
  await open();
  const by = async (name: string) => {
    await house.json('/v1/delivery/stop', { method: 'POST', headers: { 'x-postern-by': name } });
    await house.json('/v1/delivery/start', { method: 'POST' });
    return (await audited('?what=delivery.stopped&limit=1'))[0]!.replace('delivery.stopped ', '');
  };
  expect(await by(Buffer.from('Zoë \u202e\u0000 Ω').toString('latin1').replace('\0', ''))).toBe('Zoë Ω (api 0.0.0.0)');
  expect(await by('configuration')).toBe('configuration (api 0.0.0.0)');
  expect(await by('x'.repeat(5_000))).toBe(`${'x'.repeat(100)} (api 0.0.0.0)`);
  expect(await by('   ')).toBe('api 0.0.0.0');
});

test('the latest message is released of those that the filters find, and of no other stream', async () => {
  await open();
  await live({ allow: ['*'] });
  await house.json('/v1/streams/default', { method: 'PATCH', json: { mode: 'deliver', delivery: { live: { allow: ['*'] } } } });
  const { id } = await house.send({ to: 'ann@a.test' }, 'shop');
  const { id: newer } = await house.send({ to: 'bo@b.test' }, 'default');
  const ask = (query: string, status: number) => house.json<ReleaseResult & Problem>(`/v1/messages/latest/release?${query}`, { json: { again: true } }, status);
  expect(await ask('stream=shop', 202)).toMatchObject({ queued: ['ann@a.test'] });
  expect(await ask('inbox=ann@a.test', 202)).toMatchObject({ queued: ['ann@a.test'] });
  await ask('stream=nobody', 404);
  await ask('steam=shop', 422);
  await house.json(`/v1/messages/${newer}/release?stream=shop`, { json: { again: true } }, 422);
  expect([await house.store.tally({ message: id }), await house.store.tally({ message: newer })]).toEqual([{ queued: 3 }, { queued: 1 }]);
});

test('real delivery is started for all streams: who names one is told so', async () => {
  await open();
  await house.json('/v1/delivery/stop', { method: 'POST' });
  await house.json('/v1/delivery/start?stream=shop', { method: 'POST' }, 422);
  expect(house.deps.real.gate.switch.on).toBe(false);
});

test('an allow list may have ten thousand long addresses, and no more', async () => {
  await open();
  const long = (n: number) => `${String(n).padStart(60, 'u')}@${'d'.repeat(60)}.${'e'.repeat(60)}.test`;
  const allow = Array.from({ length: 10_000 }, (_, n) => long(n));
  await live({ allow });
  expect((await shop()).allow).toHaveLength(10_000);
  expect(await house.json<Problem>('/v1/streams/shop', { method: 'PATCH', json: { delivery: { live: { allow: [...allow, long(10_000)] } } } }, 422)).toMatchObject({ errors: [{ path: 'delivery.live.allow' }] });
});

test('captured mail is released for real only while its stream delivers, and only to whom the list names', async () => {
  await open();
  const { id } = await house.send({ to: ['ann@a.test', 'bo@b.test'] }, 'shop');
  expect(await release<Problem>(id, {}, 409)).toMatchObject({ type: '/problems/stream-does-not-deliver' });
  await live({ allow: ['a.test'] });
  expect(await release<ReleaseProblem>(id, {}, 422)).toMatchObject({ type: '/problems/not-allowed', addresses: ['bo@b.test'], detail: expect.stringMatching(/allow list of stream shop.*: bo@b\.test\.$/) });
  expect(await house.store.tally({ stream: 'shop' })).toEqual({});
  expect(await release(id, { recipients: ['ANN@a.test'] })).toEqual({ queued: ['ann@a.test'], suppressed: [], waits: null });
  expect(await release<ReleaseProblem>(id, { recipients: ['ann@a.test'] }, 409)).toMatchObject({ type: '/problems/already-released', addresses: ['ann@a.test'] });
  expect(await release(id, { recipients: ['ann@a.test'], again: true })).toMatchObject({ queued: ['ann@a.test'] });
  expect(await release(id, { to: ['qa@a.test'] })).toMatchObject({ queued: ['qa@a.test'] });
  const { recipients } = await house.json<{ recipients: { address: string; mode: string; original: string[] | null; held: null }[] }>(`/v1/messages/${id}/delivery`);
  expect(recipients.map(({ address, mode, original, held }) => [address, mode, original, held])).toEqual([['ann@a.test', 'deliver', null, null], ['ann@a.test', 'deliver', null, null], ['qa@a.test', 'deliver', ['ann@a.test', 'bo@b.test'], null]]);
  expect((await audited('?what=message.released'))).toHaveLength(3);
});

test('a release that cannot be meant is told by its place, and releases nothing', async () => {
  await open();
  await live({ allow: ['*'] });
  const { id } = await house.send({ to: 'ann@a.test' }, 'default');
  await house.json('/v1/streams/default', { method: 'PATCH', json: { mode: 'deliver', delivery: { live: { allow: ['*'] } } } });
  for (const body of [{ recipients: [] }, { to: [] }, { to: ['x'.repeat(400)] }, { to: 'ann@a.test' }, { too: ['ann@a.test'] }, { again: 'yes' }, { to: Array.from({ length: 1_001 }, (_, n) => `u${n}@a.test`) }]) await release(id, body, 422);
  expect(await release<Problem>(id, { to: ['ok@a.test', 'no address', 'a@b@'] }, 422)).toMatchObject({ type: '/problems/invalid', errors: [{ path: 'to.1' }, { path: 'to.2' }] });
  expect(await release<Problem>(id, { recipients: ['eve@a.test'] }, 404)).toMatchObject({ type: '/problems/no-such-recipient', addresses: ['eve@a.test'] });
  await release('01M7YDNZ2DACSZ7X8P8N4BF970', {}, 404);
  expect(await house.store.tally({ stream: 'default' })).toEqual({});
});

test('an intercepted stream releases to its test address alone; suppressed ones are told; stopped mail waits', async () => {
  await open();
  await live({ allow: ['*'], intercept: 'qa@a.test' });
  const { id } = await house.send({ to: ['ann@a.test', 'bo@b.test'] }, 'default');
  await house.json('/v1/streams/default', { method: 'PATCH', json: { mode: 'deliver', delivery: { live: { allow: ['*'], intercept: 'qa@a.test' } } } });
  expect(await release<ReleaseProblem>(id, { to: ['eve@b.test'] }, 422)).toMatchObject({ type: '/problems/stream-intercepts', addresses: ['eve@b.test'] });
  expect(await release(id)).toMatchObject({ queued: ['qa@a.test'] });
  await house.json('/v1/streams/default', { method: 'PATCH', json: { delivery: { live: { intercept: null } } } });
  await house.json('/v1/suppressions', { json: { address: 'ANN@a.test' } }, 201);
  await house.json('/v1/suppressions', { json: { address: '@b.test' } }, 201);
  await house.json('/v1/delivery/stop', { method: 'POST' });
  expect(await release(id, { to: ['ann@a.test', 'bo@b.test', 'cleo@c.test'] })).toEqual({ queued: ['cleo@c.test'], suppressed: ['ann@a.test', 'bo@b.test'], waits: expect.stringContaining('stopped') });
});

test('real mail that is not allowed is held, with the reason in the list and in the counts', async () => {
  await open();
  await live({ allow: ['a.test'], canary: { first: 1, share: 0 } });
  const { id } = await house.send({ to: ['ann@a.test', 'bo@b.test', 'cleo@a.test'] }, 'shop');
  expect(await shop()).toMatchObject({ tally: { queued: 1, held: 2 }, heldFor: { 'not-allowed': 1, canary: 1 }, canary: { passed: 1 } });
  const list = async (query: string) => (await house.json<{ recipients: { address: string }[] }>(`/v1/queue/recipients?stream=shop&${query}`)).recipients.map(({ address }) => address);
  expect([await list('heldFor=canary'), await list('heldFor=not-allowed&mode=deliver'), await list('mode=simulate')]).toEqual([['cleo@a.test'], ['bo@b.test'], []]);
  await house.json('/v1/queue/recipients?stream=shop&heldFor=mood', {}, 422);
  const { recipients } = await house.json<{ recipients: { held: { reason: string; text: string } | null }[] }>(`/v1/messages/${id}/delivery`);
  expect(recipients.map(({ held }) => held?.reason ?? null)).toEqual([null, 'not-allowed', 'canary']);
});

test('approving a canary lets go what it held, once; with `rest` it is over', async () => {
  await open();
  await live({ allow: ['*'], canary: { first: 1, share: 0 } });
  await house.send({ to: ['ann@a.test', 'bo@a.test', 'cleo@a.test'] }, 'shop');
  const approve = (body: unknown = {}, status = 200) => house.json<unknown>('/v1/streams/shop/canary/approve', { json: body }, status);
  expect(await approve()).toEqual({ released: 2, held: 0 });
  expect(await approve({})).toEqual({ released: 0, held: 0 });
  expect((await shop()).canary).not.toBeNull();
  expect(await approve({ rest: true })).toEqual({ released: 0, held: 0 });
  expect((await shop()).canary).toBeNull();
  await approve({ all: true }, 422);
  await house.json('/v1/streams/nobody/canary/approve', { method: 'POST' }, 404);
  expect(await audited('?stream=shop&what=canary.approved')).toHaveLength(3);
});

test('a release of the queue is narrowed by its reason, and is written down', async () => {
  await open();
  await live({ allow: ['a.test'], canary: { first: 0, share: 0 } });
  await house.send({ to: ['ann@a.test', 'bo@b.test'] }, 'shop');
  const scoped = (body: Record<string, string>) => house.json<QueueReleased>('/v1/queue/release', { json: { stream: 'shop', ...body }, headers: { 'x-postern-by': 'Ann' } });
  expect((await scoped({ mode: 'simulate' })).changed).toBe(0);
  expect((await scoped({ heldFor: 'canary' })).changed).toBe(1);
  expect((await shop()).heldFor).toEqual({ 'not-allowed': 1 });
  expect(await audited('?what=queue.released')).toEqual(['queue.released Ann (api 0.0.0.0)']);
  await house.json('/v1/queue/release', { json: { stream: 'shop', heldFor: 'mood' } }, 422);
});

test('the audit log is read page by page, newest first, also of a stream that is gone', async () => {
  await open();
  await live({ allow: ['a.test'] });
  for (let n = 0; n < 3; n++) {
    await house.json('/v1/delivery/stop', { method: 'POST' });
    await house.json('/v1/delivery/start', { method: 'POST' });
  }
  const first = await house.json<AuditPage>('/v1/audit?limit=4');
  const second = await house.json<AuditPage>(`/v1/audit?limit=4&cursor=${first.next}`);
  expect([first.entries.length, second.entries.length, second.next]).toEqual([4, 4, null]);
  expect([...first.entries, ...second.entries].map(({ what }) => what)).toEqual(['delivery.started', 'delivery.stopped', 'delivery.started', 'delivery.stopped', 'delivery.started', 'delivery.stopped', 'stream.mode', 'stream.live']);
  expect(second.entries.at(-1)).toMatchObject({ stream: 'shop', detail: { allow: { was: [], is: ['a.test'] } } });
  await house.json('/v1/streams/shop', { method: 'DELETE' }, 204);
  expect(await audited('?stream=shop')).toHaveLength(3);
  expect((await audited('?stream=shop'))[0]).toContain('stream.mode');
  for (const query of ['cursor=zzz!', 'cursor=1']) expect(await house.json<Problem>(`/v1/audit?${query}`, {}, 400)).toMatchObject({ type: '/problems/bad-cursor' });
  for (const query of ['what=nonsense', 'limit=0', 'limit=501', 'by=ann']) await house.json(`/v1/audit?${query}`, {}, 422);
});

test('the clock of a stream that delivers is nobody\'s to move', async () => {
  await open();
  await live({ allow: ['*'] });
  expect(await house.json('/v1/streams/shop/clock')).toMatchObject({ movable: false });
});

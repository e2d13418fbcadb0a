/** Hooks: what is called, with what, in spite of restarts; which are refused, and when they are over. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { expect, onTestFinished, test } from 'vitest';
import { hookHouse, MIN, receiver, says } from '../support/hook-house.ts';

test('a call is signed so that the library verifies it, and says what happened', async () => {
  const at = await hookHouse();
  // The library holds the timestamp against its own clock.
  at.clock.advance(Date.now() - at.clock.now());
  const { url, heard } = await receiver();
  const hook = await at.hook(url, { headers: { 'X-Key': 'k1' } });
  await at.happen(1);
  await at.hooks.quiet();
  expect(new Webhook(hook.secret).verify(heard[0]!.body, heard[0]!.headers)).toMatchObject({ type: 'site.paused', timestamp: expect.stringMatching(/^\d{4}-.*Z$/) as string, data: { type: 'site.paused', stream: 'default', reason: 'n1' } });
  expect(() => new Webhook(hook.secret).verify(`${heard[0]!.body} `, heard[0]!.headers)).toThrow('signature');
  expect(heard[0]!.headers).toMatchObject({ 'x-key': 'k1', 'content-type': 'application/json' });
  const [call] = await at.hooks.calls({ hook: hook.id, limit: 10 });
  expect(call).toMatchObject({ state: 'delivered', due: null, webhookId: heard[0]!.headers['webhook-id'], tries: [{ status: 200, error: null }] });
});

test('a test call needs no event, is signed like any other, and is among the calls', async () => {
  const at = await hookHouse();
  at.clock.advance(Date.now() - at.clock.now());
  const { url, heard } = await receiver();
  const hook = await at.hook(url);
  expect(await at.hooks.test('nobody')).toBeUndefined();
  await at.hooks.test(hook.id);
  await at.hooks.quiet();
  expect(new Webhook(hook.secret).verify(heard[0]!.body, heard[0]!.headers)).toMatchObject({ type: 'hook.test', data: { hook: hook.id, stream: 'default' } });
  expect(await at.hooks.calls({ hook: hook.id, limit: 10 })).toMatchObject([{ type: 'hook.test', event: 0, state: 'delivered' }]);
});

test('a hook hears its own stream, the types that it asked for, and nothing from before it was made', async () => {
  const at = await hookHouse();
  await at.store.createStream({ ...(await at.store.streams())[0]!, name: 'other' });
  const { url, heard } = await receiver();
  await at.happen(1);
  await at.hook(url);
  await at.happenIn('other', 2);
  await at.store.report({ events: [{ type: 'stream.resumed', stream: 'default' }], suppress: [], strikes: [] });
  await at.happen(3);
  await at.hooks.quiet();
  expect(heard.map(({ seq }) => seq)).toEqual(['n3']);
});

test('calls that are lost, doubled and late on purpose are so as the seed says', async () => {
  const rounds: number[][] = [];
  for (let round = 0; round < 2; round++) {
    const at = await hookHouse();
    const { url, heard } = await receiver();
    const hook = await at.hook(url, { misbehave: { duplicate: 0.3, reorder: 0.3, lose: 0.2, seed: 7 } });
    await at.happen(...Array.from({ length: 100 }, (_, n) => n));
    await at.hooks.quiet();
    await at.pass(31_000, 1_000);
    const list = await at.states(hook.id);
    const lost = list.filter((state) => state === 'lost').length;
    const numbers = heard.map(({ seq }) => Number(String(seq).slice(1)));
    expect(lost).toBeGreaterThan(5);
    expect(new Set(numbers).size).toBe(100 - lost);
    expect(numbers.length).toBeGreaterThan(100 - lost + 10);
    expect(new Set(heard.map(({ headers }) => headers['webhook-id'])).size).toBe(100 - lost);
    expect(numbers.some((n, place) => place > 0 && n < numbers[place - 1]! - 10)).toBe(true);
    rounds.push([...numbers].sort((a, b) => a - b));
    // A lost call can be made after all.
    const gone = (await at.hooks.calls({ hook: hook.id, limit: 200, state: 'lost' }))[0]!;
    await at.hooks.replay(gone.id);
    await at.hooks.quiet();
    expect((await at.hooks.call(gone.id))?.state).toBe('delivered');
  }
  expect(rounds[1]).toEqual(rounds[0]);
});

test('a replay is made at once, even when the breaker is open, under the same id', async () => {
  const at = await hookHouse();
  let well = false;
  const { url, heard } = await receiver(says(() => (well ? 200 : 500)));
  const hook = await at.hook(url);
  await at.happen(1, 2, 3, 4, 5, 6);
  await at.hooks.quiet();
  const before = heard.length;
  well = true;
  const call = (await at.hooks.calls({ hook: hook.id, limit: 10 })).at(-1)!;
  expect(await at.hooks.replay(call.id)).toMatchObject({ id: call.id, state: 'waiting' });
  await at.hooks.quiet();
  expect(heard[before]!.headers['webhook-id']).toBe(call.webhookId);
  expect((await at.hooks.call(call.id))?.state).toBe('delivered');
  expect(await at.hooks.replay('no such call')).toBeUndefined();
});

test('a restart in the midst of it loses no event and keeps the tries', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'hooks-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const first = await hookHouse({ dir });
  const hung = await receiver((n, _request, response) => { if (n > 5) response.end(); });
  const hook = await first.hook(hung.url);
  await first.happen(...Array.from({ length: 500 }, (_, n) => n));
  await hung.got(4);
  await first.close();

  const second = await hookHouse({ dir });
  // What happened while nobody followed.
  await second.happen(500);
  await hung.got(8);
  second.clock.advance(15_000);
  await second.hooks.quiet();
  await second.pass(10 * MIN, 10_000);
  expect(await second.hooks.waiting(hook.id)).toBe(0);
  expect(new Set(hung.heard.map(({ seq }) => seq)).size).toBe(501);
  const calls = await second.hooks.calls({ hook: hook.id, limit: 1_000 });
  expect(new Set(calls.map(({ event }) => event)).size).toBe(501);
  expect(calls.every(({ state }) => state === 'delivered')).toBe(true);
});

test('done calls are pruned, the newest are kept, and what waits is kept always', async () => {
  const at = await hookHouse({ keep: 50 });
  const { url } = await receiver();
  const hook = await at.hook(url);
  for (let n = 0; n < 1_000; n += 250) {
    await at.happen(...Array.from({ length: 250 }, (_, i) => n + i));
    await at.hooks.quiet();
  }
  await at.store.pruneCalls(50);
  const left = await at.hooks.calls({ hook: hook.id, limit: 1_000 });
  expect(left.length).toBe(50);
  expect(JSON.parse(left[0]!.body)).toMatchObject({ data: { reason: 'n999' } });
});

test('where Postern serves more than this machine, a private address is refused when it is given, and again when it is called', async () => {
  const at = await hookHouse({ guarded: true });
  const { url, heard } = await receiver();
  for (const bad of [url, 'http://169.254.169.254/', 'http://[::1]/', 'http://0x7f.1/', 'ftp://shop.test/', 'http://ann:pw@shop.test/', 'nonsense', `http://shop.test/${'x'.repeat(3_000)}`]) {
    expect(await at.hooks.create('default', { url: bad })).toMatchObject({ faults: [{ path: 'url' }] });
  }
  const named = await at.hook(url.replace('127.0.0.1', 'localhost'));
  await at.happen(1);
  await at.hooks.quiet();
  expect(heard).toEqual([]);
  expect((await at.hooks.calls({ hook: named.id, limit: 1 }))[0]!.tries[0]!.error).toMatch(/not a public address/);
});

test('a wish that cannot be is told by its path', async () => {
  const at = await hookHouse();
  const faults = await at.hooks.create('default', { url: 'http://127.0.0.1:1/', secret: 'short', headers: { 'webhook-id': 'x', 'X-Ok': 'a\r\nX-Evil: 1', Host: 'x' }, misbehave: { lose: 2 } });
  expect('faults' in faults && faults.faults.map(({ path }) => path)).toEqual(['secret', 'headers.webhook-id', 'headers.X-Ok', 'headers.Host', 'misbehave.lose']);
  expect(await at.hooks.list()).toEqual([]);
  expect(await at.hooks.change('nobody', {})).toBeUndefined();
  expect(await at.hooks.remove('nobody')).toBe(false);
});

test('a hook that is deleted, or whose stream is, is not called again', async () => {
  const at = await hookHouse();
  const { url, heard } = await receiver();
  const hook = await at.hook(url);
  expect(await at.hooks.remove(hook.id)).toBe(true);
  await at.store.createStream({ ...(await at.store.streams())[0]!, name: 'other' });
  const made = await at.hooks.create('other', { url });
  expect('id' in made && (await at.hooks.list('other')).map(({ id }) => id)).toEqual(['id' in made && made.id]);
  await at.store.deleteStream('other');
  await at.hooks.quiet();
  await at.happen(1);
  await at.hooks.quiet();
  expect(await at.hooks.list()).toEqual([]);
  expect(heard.filter(({ seq }) => seq === 'n1')).toEqual([]);
  expect(await at.store.hooks()).toEqual([]);
});

import { randomFillSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { afterEach, expect, test } from 'vitest';
import { manualClock } from '../../server/clock.ts';
import type { EventBody } from '../../server/events/event.ts';
import { createHub } from '../../server/events/hub.ts';
import { createCall } from '../../server/hooks/call.ts';
import { createHooks, type HooksOptions } from '../../server/hooks/hooks.ts';
import type { HookWish } from '../../server/hooks/wish.ts';
import { idMaker } from '../../server/ids.ts';
import { openStore } from '../../server/store/sqlite/open.ts';

const MIN = 60_000;
const HOUR = 60 * MIN;
const endings: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

type Heard = { headers: Record<string, string>; body: string; seq: unknown };

/** A receiver on loopback that notes what it got. `answer` says what to do with the n-th call, from 0. */
async function receiver(answer: (n: number, ...of: Parameters<RequestListener>) => void = (_n, _request, response) => void response.end()) {
  const heard: Heard[] = [];
  const waiting: { count: number; wake: () => void }[] = [];
  const server: Server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const body = Buffer.concat(pieces).toString();
      const n = heard.push({ headers: request.headers as Record<string, string>, body, seq: (JSON.parse(body) as { data: { reason?: string } }).data.reason }) - 1;
      answer(n, request, response);
      for (const one of waiting) if (heard.length >= one.count) one.wake();
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  endings.push(() => new Promise<void>((resolve) => {
    server.closeAllConnections();
    server.close(() => resolve());
  }));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, heard,
    /** Resolves when so many calls have come in all. */
    got: (count: number) => new Promise<void>((wake) => { if (heard.length >= count) wake(); else waiting.push({ count, wake }); }),
  };
}

type House = Awaited<ReturnType<typeof house>>;
async function house({ dir = ':memory:', guarded = false, ...more }: { dir?: string; guarded?: boolean } & Partial<Pick<HooksOptions, 'keep'>> = {}) {
  const clock = manualClock();
  const store = await openStore({ dir, clock });
  const hub = createHub(store);
  const hooks = createHooks({
    store, hub, clock, makeId: idMaker(), guarded, call: createCall({ clock, guarded }), word: ({ at: _, ...rest }) => rest, fill: (bytes) => void randomFillSync(bytes),
    tell: (event) => store.report({ events: [event], suppress: [], strikes: [] }), log: { warn: () => {}, info: () => {} }, ...more,
  });
  await hooks.start();
  let closed = false;
  const close = async () => {
    if (closed) return;
    closed = true;
    await hooks[Symbol.asyncDispose]();
    await store[Symbol.asyncDispose]();
  };
  endings.push(close);
  const event = (n: number, stream = 'default'): EventBody => ({ type: 'site.paused', stream, site: 'x.test', reason: `n${n}`, until: null, by: 'engine' });
  return {
    clock, store, hooks, close,
    /** Things that happen. */
    happen: (...numbers: number[]) => store.report({ events: numbers.map((n) => event(n)), suppress: [], strikes: [] }),
    happenIn: (stream: string, n: number) => store.report({ events: [event(n, stream)], suppress: [], strikes: [] }),
    async hook(url: string, wish: HookWish = {}) {
      const made = await hooks.create('default', { url, types: ['site.paused'], ...wish });
      if ('faults' in made) throw new Error(JSON.stringify(made.faults));
      return made;
    },
    /** The stream's time goes on, in steps in which calls can be made. */
    async pass(ms: number, step = ms) {
      for (let left = ms; left > 0; left -= step) {
        clock.advance(Math.min(step, left));
        await hooks.quiet();
      }
    },
  };
}
const states = async ({ hooks }: House, hook: string) => (await hooks.calls({ hook, limit: 1_000 })).map(({ state }) => state).reverse();

test('a call is signed so that the library verifies it, and says what happened', async () => {
  const at = await house();
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
  const at = await house();
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
  const at = await house();
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

test('a receiver that answers 500 is called again after 5 seconds, then 30, under the same id', async () => {
  const at = await house();
  const { url, heard } = await receiver((n, _request, response) => {
    response.statusCode = n < 2 ? 500 : 200;
    response.end('said so');
  });
  const hook = await at.hook(url);
  await at.happen(1);
  await at.hooks.quiet();
  expect(heard).toHaveLength(1);
  await at.pass(4_400);
  expect(heard).toHaveLength(1);
  await at.pass(1_200);
  expect(heard).toHaveLength(2);
  await at.pass(26_000);
  expect(heard).toHaveLength(2);
  await at.pass(8_000);
  expect(heard).toHaveLength(3);
  expect(new Set(heard.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  expect((await at.hooks.calls({ hook: hook.id, limit: 1 }))[0]).toMatchObject({ state: 'delivered', tries: [{ status: 500, error: 'it answered 500', response: 'said so' }, { status: 500 }, { status: 200 }] });
});

test('after five failures in a row the breaker opens, lets one call through every ten minutes, and closes when that succeeds', async () => {
  const at = await house();
  let well = false;
  const { url, heard } = await receiver((_n, _request, response) => {
    response.statusCode = well ? 200 : 503;
    response.end();
  });
  const hook = await at.hook(url);
  await at.happen(...Array.from({ length: 20 }, (_, n) => n));
  await at.hooks.quiet();
  const atFirst = heard.length;
  expect(atFirst).toBeLessThanOrEqual(5 + 3); // those that were under way together
  await at.pass(9 * MIN, 10_000);
  expect(heard).toHaveLength(atFirst);
  await at.pass(90_000, 10_000);
  expect(heard).toHaveLength(atFirst + 1);
  well = true;
  await at.pass(11 * MIN, 10_000);
  expect((await states(at, hook.id)).filter((state) => state === 'delivered').length).toBeGreaterThanOrEqual(19);
  await at.pass(3 * HOUR, 10 * MIN);
  expect(await at.hooks.waiting(hook.id)).toBe(0);
  expect(new Set(await states(at, hook.id))).toEqual(new Set(['delivered']));
});

test('a hook that fails for a day is switched off, with an event; switched on again it goes on where it was', async () => {
  const at = await house();
  let well = false;
  const { url, heard } = await receiver((_n, _request, response) => {
    response.statusCode = well ? 200 : 500;
    response.end();
  });
  const hook = await at.hook(url);
  await at.happen(...Array.from({ length: 200 }, (_, n) => n));
  await at.pass(25 * HOUR, 5 * MIN);
  expect((await at.hooks.get(hook.id))?.disabled?.reason).toContain('for a day');
  const events = await at.store.latestEvents({ limit: 1 });
  expect(events).toMatchObject([{ type: 'hook.disabled', hook: hook.id }]);
  const before = heard.length;
  await at.happen(1_000);
  await at.pass(HOUR);
  expect(heard).toHaveLength(before);
  well = true;
  await at.hooks.change(hook.id, { enabled: true });
  await at.pass(11 * HOUR, HOUR);
  expect(await at.hooks.waiting(hook.id)).toBe(0);
  expect(heard.map(({ seq }) => seq)).toContain('n1000');
  expect((await at.store.events({ after: 0, limit: 1_000 })).filter(({ type }) => type.startsWith('hook.')).map(({ type }) => type)).toEqual(['hook.disabled', 'hook.enabled']);
});

test('a receiver that says it is gone is not called again', async () => {
  const at = await house();
  const { url, heard } = await receiver((_n, _request, response) => void response.writeHead(410).end());
  const hook = await at.hook(url);
  await at.happen(1);
  await at.hooks.quiet();
  await at.happen(2);
  await at.pass(HOUR);
  expect(heard).toHaveLength(1);
  expect((await at.hooks.get(hook.id))?.disabled?.reason).toContain('410');
  expect(await states(at, hook.id)).toEqual(['failed']);
});

test('calls that are lost, doubled and late on purpose are so as the seed says', async () => {
  const rounds: number[][] = [];
  for (let round = 0; round < 2; round++) {
    const at = await house();
    const { url, heard } = await receiver();
    const hook = await at.hook(url, { misbehave: { duplicate: 0.3, reorder: 0.3, lose: 0.2, seed: 7 } });
    await at.happen(...Array.from({ length: 100 }, (_, n) => n));
    await at.hooks.quiet();
    await at.pass(31_000, 1_000);
    const list = await states(at, hook.id);
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
  const at = await house();
  let well = false;
  const { url, heard } = await receiver((_n, _request, response) => {
    response.statusCode = well ? 200 : 500;
    response.end();
  });
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

test('a receiver that hangs is left after 15 seconds; meanwhile it has four calls and no more', async () => {
  const at = await house();
  const hung = await receiver(() => {});
  const hook = await at.hook(hung.url);
  await at.happen(...Array.from({ length: 30 }, (_, n) => n));
  await hung.got(4);
  at.clock.advance(14_000);
  expect(hung.heard).toHaveLength(4);
  at.clock.advance(1_000);
  await hung.got(8);
  // The second four make it more than five failures: the breaker keeps the others back.
  at.clock.advance(15_000);
  await at.hooks.quiet();
  const tried = (await at.hooks.calls({ hook: hook.id, limit: 100 })).filter(({ tries }) => tries.length > 0);
  expect(tried).toHaveLength(8);
  for (const { state, tries } of tried) expect([state, tries[0]!.status, tries[0]!.error, tries[0]!.tookMs]).toEqual(['waiting', null, 'no answer within 15 s', 15_000]);
});

test('of ten megabytes of answer four kilobytes are kept', async () => {
  const at = await house();
  const { url } = await receiver((_n, _request, response) => {
    response.writeHead(200);
    const send = () => { while (!response.destroyed && response.write(Buffer.alloc(65_536, 'x'))); };
    response.on('drain', send);
    send();
  });
  const hook = await at.hook(url);
  await at.happen(1);
  await at.hooks.quiet();
  const [call] = await at.hooks.calls({ hook: hook.id, limit: 1 });
  expect(call).toMatchObject({ state: 'delivered', tries: [{ status: 200, response: 'x'.repeat(4_096) }] });
});

test('a redirect is not followed, wherever it leads', async () => {
  const at = await house();
  const inside = await receiver();
  const { url } = await receiver((n, _request, response) => void response.writeHead(307, { location: n === 0 ? 'http://169.254.169.254/latest/meta-data' : inside.url }).end());
  const hook = await at.hook(url);
  await at.happen(1);
  await at.hooks.quiet();
  await at.pass(10_000);
  expect(inside.heard).toEqual([]);
  expect((await at.hooks.calls({ hook: hook.id, limit: 1 }))[0]!.tries).toMatchObject([{ status: 307, error: 'it redirects to http://169.254.169.254/latest/meta-data; redirects are not followed' }, { status: 307 }]);
});

test('a receiver that closes early, talks nonsense or is not there is a failed try with its reason', async () => {
  const at = await house();
  const sockets = new Set<Socket>();
  const server: TcpServer = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('data', () => (sockets.size === 1 ? socket.destroy() : socket.end('220 mail.test ESMTP\r\n')));
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const { port } = server.address() as AddressInfo;
  const hook = await at.hook(`http://127.0.0.1:${port}/`);
  await at.happen(1);
  await at.hooks.quiet();
  await at.pass(6_000);
  await new Promise((resolve) => { server.close(resolve); });
  await at.pass(40_000);
  const [call] = await at.hooks.calls({ hook: hook.id, limit: 1 });
  expect(call!.tries.map(({ status }) => status)).toEqual([null, null, null]);
  expect(call!.tries[0]!.error).toMatch(/closed|hang up/);
  expect(call!.tries[1]!.error).toMatch(/Parse Error/i);
  expect(call!.tries[2]!.error).toBe('the connection was refused');
});

test('a restart in the midst of it loses no event and keeps the tries', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'hooks-'));
  endings.push(() => rmSync(dir, { recursive: true, force: true }));
  const first = await house({ dir });
  const hung = await receiver((n, _request, response) => { if (n > 5) response.end(); });
  const hook = await first.hook(hung.url);
  await first.happen(...Array.from({ length: 500 }, (_, n) => n));
  await hung.got(4);
  await first.close();

  const second = await house({ dir });
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

test('10,000 events while the receiver hangs are rows: mail does not wait, and memory holds four', async () => {
  const at = await house();
  const hung = await receiver(() => {});
  const hook = await at.hook(hung.url);
  for (let n = 0; n < 10_000; n += 1_000) await at.happen(...Array.from({ length: 1_000 }, (_, i) => n + i));
  await hung.got(4);
  let rows = 0;
  // The follower is never waited for by those who write.
  while (rows < 10_000) rows = await at.hooks.waiting(hook.id);
  expect(rows).toBe(10_000);
  expect(hung.heard).toHaveLength(4);
});

test('done calls are pruned, the newest are kept, and what waits is kept always', async () => {
  const at = await house({ keep: 50 });
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
  const at = await house({ guarded: true });
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
  const at = await house();
  const faults = await at.hooks.create('default', { url: 'http://127.0.0.1:1/', secret: 'short', headers: { 'webhook-id': 'x', 'X-Ok': 'a\r\nX-Evil: 1', Host: 'x' }, misbehave: { lose: 2 } });
  expect('faults' in faults && faults.faults.map(({ path }) => path)).toEqual(['secret', 'headers.webhook-id', 'headers.X-Ok', 'headers.Host', 'misbehave.lose']);
  expect(await at.hooks.list()).toEqual([]);
  expect(await at.hooks.change('nobody', {})).toBeUndefined();
  expect(await at.hooks.remove('nobody')).toBe(false);
});

test('a hook that is deleted, or whose stream is, is not called again', async () => {
  const at = await house();
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

/** Receivers that fail, hang, or answer with what no receiver should: how often they are called again, and what is noted of it. */
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { HOUR, hookHouse, MIN, receiver, says } from '../support/hook-house.ts';

test('a receiver that answers 500 is called again after 5 seconds, then 30, under the same id', async () => {
  const at = await hookHouse();
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
  const at = await hookHouse();
  let well = false;
  const { url, heard } = await receiver(says(() => (well ? 200 : 503)));
  const hook = await at.hook(url);
  await at.happen(...Array.from({ length: 20 }, (_, n) => n));
  await at.hooks.quiet();
  const atFirst = heard.length;
  expect(atFirst).toBeLessThanOrEqual(5 + 3); // those that were under way together
  expect(at.hooks.standing(hook.id)).toEqual({ failures: atFirst, lastError: 'it answered 503', pausedUntil: at.clock.now() + 10 * MIN });
  await at.pass(9 * MIN, 10_000);
  expect(heard).toHaveLength(atFirst);
  await at.pass(90_000, 10_000);
  expect(heard).toHaveLength(atFirst + 1);
  well = true;
  await at.pass(11 * MIN, 10_000);
  expect((await at.states(hook.id)).filter((state) => state === 'delivered').length).toBeGreaterThanOrEqual(19);
  await at.pass(3 * HOUR, 10 * MIN);
  expect(await at.hooks.waiting(hook.id)).toBe(0);
  expect(new Set(await at.states(hook.id))).toEqual(new Set(['delivered']));
  expect(at.hooks.standing(hook.id)).toEqual({ failures: 0, lastError: null, pausedUntil: null });
});

test('a hook that fails for a day is switched off, with an event; switched on again it goes on where it was', async () => {
  const at = await hookHouse();
  let well = false;
  const { url, heard } = await receiver(says(() => (well ? 200 : 500)));
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
  const at = await hookHouse();
  const { url, heard } = await receiver(says(() => 410));
  const hook = await at.hook(url);
  await at.happen(1);
  await at.hooks.quiet();
  await at.happen(2);
  await at.pass(HOUR);
  expect(heard).toHaveLength(1);
  expect((await at.hooks.get(hook.id))?.disabled?.reason).toContain('410');
  expect(await at.states(hook.id)).toEqual(['failed']);
});

test('a receiver that hangs is left after 15 seconds; meanwhile it has four calls and no more', async () => {
  const at = await hookHouse();
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
  const at = await hookHouse();
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
  const at = await hookHouse();
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
  const at = await hookHouse();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
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

test('10,000 events while the receiver hangs are rows: mail does not wait, and memory holds four', async () => {
  const at = await hookHouse();
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

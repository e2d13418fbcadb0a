/** Hooks and those whom they call: what the stories of hooks begin with. All that calls is the real thing; time is moved by hand. */
import { randomFillSync } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { manualClock } from '../../server/clock.ts';
import type { EventBody } from '../../server/events/event.ts';
import { createHub } from '../../server/events/hub.ts';
import { createCall } from '../../server/hooks/call.ts';
import { createHooks, type HooksOptions } from '../../server/hooks/hooks.ts';
import type { HookWish } from '../../server/hooks/wish.ts';
import { idMaker } from '../../server/ids.ts';
import { openStore } from '../../server/store/sqlite/open.ts';

export const MIN = 60_000;
export const HOUR = 60 * MIN;

type Heard = { headers: Record<string, string>; body: string; seq: unknown };

/** What to do with the n-th call, from 0. */
type Answer = (n: number, ...of: Parameters<RequestListener>) => void;

/** Nothing but a status: the one that holds when the call comes. */
export const says = (status: () => number): Answer => (_n, _request, response) => void response.writeHead(status()).end();

/** A receiver on loopback that notes what it got, until the test is over. */
export async function receiver(answer: Answer = says(() => 200)) {
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
  onTestFinished(() => new Promise<void>((resolve) => {
    server.closeAllConnections();
    server.close(() => resolve());
  }));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, heard,
    /** Resolves when so many calls have come in all. */
    got: (count: number) => new Promise<void>((wake) => { if (heard.length >= count) wake(); else waiting.push({ count, wake }); }),
  };
}

/** Hooks over a store, on a clock that is moved by hand, until the test is over. */
export async function hookHouse({ dir = ':memory:', guarded = false, ...more }: { dir?: string; guarded?: boolean } & Partial<Pick<HooksOptions, 'keep'>> = {}) {
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
  onTestFinished(close);
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
    /** Of a hook's calls, in their order. */
    states: async (hook: string) => (await hooks.calls({ hook, limit: 1_000 })).map(({ state }) => state).reverse(),
    /** The stream's time goes on, in steps in which calls can be made. */
    async pass(ms: number, step = ms) {
      for (let left = ms; left > 0; left -= step) {
        clock.advance(Math.min(step, left));
        await hooks.quiet();
      }
    },
  };
}

/**
 * All hooks: who is called, and the two loops that each has. One follows the
 * log and makes calls (rows), one makes the calls (connections). Neither is
 * ever waited for by mail. Each change is in the store before it counts.
 */
import type { Clock } from '../clock.ts';
import type { EventBody } from '../events/event.ts';
import type { Hub } from '../events/hub.ts';
import type { EventStore } from '../events/port.ts';
import type { MakeId } from '../ids.ts';
import type { Log } from '../log.ts';
import type { Call } from './call.ts';
import { type Deliverer, deliverCalls } from './deliver.ts';
import { type Follower, followLog, hears, type Word } from './follow.ts';
import type { Hook, HookCall, HookStanding, HookStore } from './hook.ts';
import { makeSecret } from './sign.ts';
import { type HookFaults, type HookWish, misbehaviour, wishFaults } from './wish.ts';

export type HooksOptions = {
  store: HookStore & Pick<EventStore, 'events' | 'lastEvent'>;
  hub: Pick<Hub, 'onCommit'>;
  /** Wall time: receivers are real programs. */
  clock: Clock;
  makeId: MakeId;
  /** See call.ts. */
  call: Call;
  /** Refuses addresses that are not public already when they are given. */
  guarded: boolean;
  word: Word;
  /** Writes an event into the log. */
  tell: (event: EventBody) => Promise<void>;
  fill: (bytes: Uint8Array) => void;
  log: Pick<Log, 'warn' | 'info'>;
  /** Done calls of each hook that are kept, and after how many tries the others go. */
  keep?: number;
};

export interface Hooks extends AsyncDisposable {
  start(): Promise<void>;
  list(stream?: string): Promise<Hook[]>;
  get(id: string): Promise<Hook | undefined>;
  /** `gone` when its stream was deleted meanwhile. */
  create(stream: string, wish: HookWish & { url: string }): Promise<Hook | { faults: HookFaults; gone?: true }>;
  change(id: string, wish: HookWish & { enabled?: boolean }): Promise<Hook | { faults: HookFaults } | undefined>;
  remove(id: string): Promise<boolean>;
  /** Calls that are still to be made. */
  waiting(id: string): Promise<number>;
  /** Failures in a row, and whether calls are held back for them. Forgotten with a restart. */
  standing(id: string): HookStanding | undefined;
  calls(query: { hook: string; before?: string; limit: number; state?: HookCall['state'] }): Promise<HookCall[]>;
  call(id: string): Promise<HookCall | undefined>;
  /** At once, under the same webhook-id, whatever the breaker says. */
  replay(id: string): Promise<HookCall | undefined>;
  /** A call that no event stands behind, made at once: whether the receiver hears, and likes the signature. */
  test(id: string): Promise<HookCall | undefined>;
  /** Resolves when all that happened has its calls and none is being made. For tests. */
  quiet(): Promise<void>;
}

type Running = { hook: Hook; follower: Follower; deliverer: Deliverer };

const MOST = 50;
const KEEP = 1_000;
/** Tries between two prunings. */
const PRUNE_EVERY = 500;
/** Milliseconds until a log that could not be read is read again. */
const AGAIN = 5_000;

export function createHooks({ store, hub, clock, makeId, call, guarded, word, tell, fill, log, keep = KEEP }: HooksOptions): Hooks {
  const running = new Map<string, Running>();
  let closed = false;
  let tries = 0;
  /** Changes of hooks, one after the other. */
  let changing: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = changing.then(work);
    changing = done.catch(() => {});
    return done;
  };

  function run(hook: Hook): Running {
    const one: Running = {
      hook,
      follower: followLog({
        hook: () => one.hook, store, make: () => ({ word, makeId, now: clock.now() }),
        made(cursor, calls) {
          one.hook = { ...one.hook, cursor };
          if (calls > 0) one.deliverer.wake();
        },
        failed(error) {
          log.warn({ hook: hook.id, error: error.message }, 'calls of a hook could not be made; it will be tried again');
          clock.after(AGAIN, () => one.follower.wake());
        },
      }),
      deliverer: deliverCalls({
        hook: () => one.hook, store, call, clock, tried,
        disable: (reason) => void inTurn(() => switchOff(one, reason)).catch((error: unknown) => log.warn({ hook: hook.id, error: String(error) }, 'a hook could not be switched off')),
        failed: (error) => log.warn({ hook: hook.id, error: error.message }, 'a call could not be read or kept; it will be tried again'),
      }),
    };
    running.set(hook.id, one);
    one.follower.wake();
    one.deliverer.wake();
    return one;
  }

  function tried(): void {
    if (++tries % PRUNE_EVERY === 0) void store.pruneCalls(keep).catch((error: unknown) => log.warn({ error: String(error) }, 'old hook calls could not be pruned'));
  }

  async function save(one: Running, hook: Hook): Promise<void> {
    await store.saveHook(hook);
    one.hook = { ...hook, cursor: one.hook.cursor };
  }

  async function switchOff(one: Running, reason: string): Promise<void> {
    if (closed || one.hook.disabled || !running.has(one.hook.id)) return;
    await save(one, { ...one.hook, disabled: { reason, at: clock.now() } });
    await tell({ type: 'hook.disabled', stream: one.hook.stream, hook: one.hook.id, reason });
  }

  async function end(id: string): Promise<void> {
    const one = running.get(id);
    running.delete(id);
    await Promise.all([one?.follower.close(), one?.deliverer.close()]);
  }

  const stopHearing = hub.onCommit((events) => {
    for (const one of running.values()) if (!one.hook.disabled && events.some((event) => hears(one.hook, event))) one.follower.wake();
    for (const event of events) {
      if (event.type === 'stream.deleted') void inTurn(() => dropOf(event.stream, event.id)).catch((error: unknown) => log.warn({ stream: event.stream, error: String(error) }, 'the hooks of a stream that is gone could not be deleted'));
    }
  });

  /** Looked for in its turn: one that was being made is there by then. One of a new stream of that name began later. */
  async function dropOf(stream: string, deletion: number): Promise<void> {
    for (const { hook } of [...running.values()]) if (hook.stream === stream && hook.cursor <= deletion) await drop(hook.id);
  }

  async function drop(id: string): Promise<boolean> {
    await end(id);
    return store.deleteHook(id);
  }

  return {
    async start() {
      for (const hook of await store.hooks()) run(hook);
    },
    list: async (stream) => [...running.values()].map(({ hook }) => hook).filter((hook) => stream === undefined || hook.stream === stream).sort((a, b) => (a.id < b.id ? -1 : 1)),
    get: async (id) => running.get(id)?.hook,
    create: (stream, wish) => inTurn(async () => {
      const faults = wishFaults(wish, guarded);
      if ([...running.values()].filter(({ hook }) => hook.stream === stream).length >= MOST) faults.push({ path: 'url', message: `A stream has at most ${MOST} hooks` });
      if (faults.length > 0) return { faults };
      const now = clock.now();
      const hook: Hook = {
        id: makeId(now), stream, url: wish.url, secret: wish.secret ?? makeSecret(fill), types: [...new Set(wish.types ?? [])], headers: wish.headers ?? {},
        createdAt: now, disabled: null, cursor: await store.lastEvent(), misbehave: misbehaviour(wish.misbehave),
      };
      try {
        await store.saveHook(hook);
      } catch (error) {
        // What the store says when the stream was deleted between the look and the write.
        if (error instanceof Error && error.message.startsWith('There is no stream')) return { faults: [{ path: 'stream', message: 'is no longer there' }], gone: true as const };
        throw error;
      }
      return run(hook).hook;
    }),
    change: (id, wish) => inTurn(async () => {
      const one = running.get(id);
      if (!one) return undefined;
      const faults = wishFaults(wish, guarded);
      if (faults.length > 0) return { faults };
      const was = one.hook.disabled;
      const { url, types, headers, secret, misbehave, enabled } = wish;
      const disabled = enabled === undefined ? was : enabled ? null : was ?? { reason: 'Switched off', at: clock.now() };
      await save(one, {
        ...one.hook, disabled,
        ...(url === undefined ? {} : { url }), ...(types === undefined ? {} : { types: [...new Set(types)] }), ...(headers === undefined ? {} : { headers }),
        ...(secret === undefined ? {} : { secret }), ...(misbehave === undefined ? {} : { misbehave: misbehaviour(misbehave) }),
      });
      if (disabled && !was) await tell({ type: 'hook.disabled', stream: one.hook.stream, hook: id, reason: disabled.reason });
      if (!disabled && was) await tell({ type: 'hook.enabled', stream: one.hook.stream, hook: id, reason: 'Switched on' });
      // Another address, or a person who says go on: what was held against the old one is forgotten.
      if (url !== undefined || enabled === true) one.deliverer.reset();
      one.follower.wake();
      one.deliverer.wake();
      return one.hook;
    }),
    remove: (id) => inTurn(async () => running.has(id) && drop(id)),
    waiting: (id) => store.waitingCalls(id),
    standing: (id) => running.get(id)?.deliverer.standing(),
    calls: (query) => store.calls(query),
    call: (id) => store.call(id),
    async replay(id) {
      const known = await store.call(id);
      const one = known && running.get(known.hook);
      if (!known || !one) return undefined;
      const again: HookCall = { ...known, state: 'waiting', due: clock.now() };
      await store.saveCall(again);
      one.deliverer.force(again);
      return again;
    },
    async test(id) {
      const one = running.get(id);
      if (!one) return undefined;
      const now = clock.now();
      const made = makeId(now);
      const trial: HookCall = {
        id: made, hook: id, event: 0, type: 'hook.test', webhookId: `msg_${id}_test_${made}`, state: 'waiting', tries: [], due: now, createdAt: now,
        body: JSON.stringify({ type: 'hook.test', timestamp: new Date(now).toISOString(), data: { hook: id, stream: one.hook.stream } }),
      };
      await store.saveCall(trial);
      one.deliverer.force(trial);
      return trial;
    },
    async quiet() {
      await changing;
      await Promise.all([...running.values()].map(async ({ follower, deliverer }) => {
        await follower.quiet();
        await deliverer.quiet();
      }));
      await changing;
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      stopHearing();
      await changing;
      await Promise.all([...running.keys()].map(end));
    },
  };
}

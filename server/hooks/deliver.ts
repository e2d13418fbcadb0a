/**
 * Makes the due calls of one hook: at most four at a time, the oldest first,
 * again by the table below until one is answered with 2xx. All state but the
 * breaker's is in the rows: a call that a crash cut off is made again, under
 * the same webhook-id. One timer, for the earliest due call.
 */
import type { Cancel, Clock } from '../clock.ts';
import { chanceOf } from '../mail/chance.ts';
import { createBreaker } from './breaker.ts';
import type { Call } from './call.ts';
import type { Hook, HookCall, HookStanding, HookStore, HookTry } from './hook.ts';
import { signedHeaders } from './sign.ts';

const SEC = 1_000;
const MIN = 60 * SEC;
const HOUR = 60 * MIN;
/** Milliseconds after the n-th failed try; then the call has failed. */
export const RETRIES: readonly number[] = [5 * SEC, 30 * SEC, 2 * MIN, 10 * MIN, 30 * MIN, 2 * HOUR, 5 * HOUR, 10 * HOUR];
const JITTER = 0.1;
export const AT_ONCE = 4;
/** More than the table has: so many come only of replays. */
const TRIES_KEPT = 50;
/** Milliseconds until a store that could not take it is asked again. */
const AGAIN = 5_000;
/** HTTP: there is nobody here any more (Standard Webhooks: stop calling). */
const GONE = 410;

export type Deliverer = {
  /** Calls may have become due. */
  wake(): void;
  /** Makes this call now, whatever the breaker says. */
  force(call: HookCall): void;
  /** Closes the breaker. */
  reset(): void;
  /** What the breaker holds against the hook just now. */
  standing(): HookStanding;
  /** Resolves when no call is being made. */
  quiet(): Promise<void>;
  close(): Promise<void>;
};

export type DeliverOptions = {
  hook: () => Hook;
  store: Pick<HookStore, 'dueCalls' | 'nextCall' | 'saveCall' | 'call'>;
  call: Call;
  clock: Clock;
  /** It has failed too long, or says that it is gone. */
  disable: (reason: string) => void;
  /** After each try. */
  tried?: (call: HookCall) => void;
  failed: (error: Error) => void;
};

export function deliverCalls({ hook, store, call, clock, disable, tried, failed }: DeliverOptions): Deliverer {
  const breaker = createBreaker();
  const inFlight = new Map<string, Promise<void>>();
  /** Begun, or not ended, since it was asked what is due: the answer may be of before. */
  let touched = new Set<string>();
  const stop = new AbortController();
  let closed = false;
  let again = false;
  let looking: Promise<void> | undefined;
  let timer: Cancel = () => {};

  async function look(): Promise<void> {
    do {
      again = false;
      timer();
      if (closed || hook().disabled) return;
      const now = clock.now();
      const most = breaker.allows(now, AT_ONCE - inFlight.size, inFlight.size);
      if (most > 0) {
        touched = new Set(inFlight.keys());
        const due = await store.dueCalls(hook().id, now, AT_ONCE + inFlight.size);
        if (closed || hook().disabled) return;
        for (const one of due.filter(({ id }) => !touched.has(id)).slice(0, Math.min(most, AT_ONCE - inFlight.size))) begin(one);
      }
      // Whoever ends a call looks again; a timer is for what nobody will end.
      if (inFlight.size > 0) continue;
      const next = await store.nextCall(hook().id);
      if (next !== null && !closed) timer = clock.after(Math.max(next, breaker.until() ?? 0, clock.now()) - clock.now(), wake);
    } while (again);
  }

  function wake(): void {
    again = true;
    if (looking || closed) return;
    looking = look().catch(lateBy).finally(() => {
      looking = undefined;
      if (again && !closed) wake();
    });
  }

  function lateBy(error: unknown): void {
    again = false;
    if (closed) return;
    failed(error as Error);
    timer();
    timer = clock.after(AGAIN, wake);
  }

  function begin(one: HookCall): void {
    if (closed || inFlight.has(one.id)) return;
    touched.add(one.id);
    // A row that could not be written stays due: not to be asked again at once.
    let hurt: unknown;
    inFlight.set(one.id, make(one).catch((error: unknown) => {
      hurt = error;
    }).finally(() => {
      inFlight.delete(one.id);
      if (hurt === undefined) wake();
      else lateBy(hurt);
    }));
  }

  async function make(one: HookCall): Promise<void> {
    const { url, headers, secret } = hook();
    const at = clock.now();
    const { tookMs, status, error, response } = await call(url, { body: one.body, signal: stop.signal, headers: { ...headers, ...signedHeaders({ secret, id: one.webhookId, at, body: one.body }) } });
    // Cut off by us: it is made again after the restart, and this was no fault of the receiver.
    if (closed) return;
    const now = clock.now();
    const tries: HookTry[] = [...one.tries, { at, tookMs, status, error, response }].slice(-TRIES_KEPT);
    const wait = RETRIES[tries.length - 1];
    const after: HookCall = error === null ? { ...one, tries, state: 'delivered', due: null }
      : wait === undefined || status === GONE ? { ...one, tries, state: 'failed', due: null }
      : { ...one, tries, state: 'waiting', due: now + Math.round(wait * (1 + JITTER * (2 * chanceOf(one.id, tries.length) - 1))) };
    await store.saveCall(after);
    const verdict = breaker.tried(now, error);
    if (status === GONE) disable('It answered 410: nobody is there any more');
    else if (verdict === 'give-up') disable(`No call has succeeded for a day; the last: ${error}`);
    tried?.(after);
  }

  return {
    wake,
    force: begin,
    reset() {
      breaker.reset();
      wake();
    },
    standing: () => breaker.standing(clock.now()),
    async quiet() {
      for (;;) {
        if (!looking && inFlight.size === 0) return;
        await Promise.all([looking, ...inFlight.values()]);
      }
    },
    async close() {
      closed = true;
      timer();
      stop.abort(new Error('Postern is stopping'));
      await Promise.all([looking, ...inFlight.values()]);
    },
  };
}

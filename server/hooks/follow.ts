/**
 * Makes calls of events: reads the log from the hook's cursor in pages and
 * writes the calls of a page and the new cursor together, so that a crash
 * neither loses nor repeats one. Never waits for a receiver: a call is a row,
 * and memory holds one page.
 */
import type { PosternEvent } from '../events/event.ts';
import type { EventStore } from '../events/port.ts';
import { chanceOf } from '../mail/chance.ts';
import type { Hook, HookCall, HookStore } from './hook.ts';

const PAGE = 200;
/** Milliseconds by which a call on purpose comes late, at most. */
export const LATE = 30_000;

/** What an event is on the wire; worded by the API, so that both say the same. */
export type Word = (event: PosternEvent) => unknown;

const QUIET: readonly string[] = ['message.parsed', 'message.updated'];
export const hears = ({ stream, types }: Pick<Hook, 'stream' | 'types'>, event: PosternEvent): boolean => event.stream === stream && (types.length === 0 ? !QUIET.includes(event.type) : types.includes(event.type));

export type Making = { word: Word; makeId: (now: number) => string; now: number };

/** The call of an event; two, a late one or a lost one where the hook misbehaves on purpose. */
export function callsOf(hook: Hook, event: PosternEvent, { word, makeId, now }: Making): HookCall[] {
  const call = (): HookCall => ({
    id: makeId(now), hook: hook.id, event: event.id, type: event.type, webhookId: `msg_${hook.id}_${event.id}`,
    body: JSON.stringify({ type: event.type, timestamp: new Date(event.at).toISOString(), data: word(event) }),
    state: 'waiting', tries: [], due: now, createdAt: now,
  });
  const { misbehave } = hook;
  if (!misbehave) return [call()];
  const chance = (what: string) => chanceOf(misbehave.seed, what, event.id);
  if (chance('lose') < misbehave.lose) return [{ ...call(), state: 'lost', due: null }];
  const late = chance('reorder') < misbehave.reorder ? Math.ceil(chance('late') * LATE) : 0;
  const first: HookCall = { ...call(), due: now + late };
  return chance('duplicate') < misbehave.duplicate ? [first, { ...call(), due: now + late }] : [first];
}

export type Follower = {
  /** There is something new in the log. */
  wake(): void;
  /** Resolves when all that is in the log has its calls. */
  quiet(): Promise<void>;
  close(): Promise<void>;
};

export type FollowOptions = {
  hook: () => Hook;
  store: Pick<EventStore, 'events'> & Pick<HookStore, 'addCalls'>;
  make: () => Making;
  /** Calls were made, up to this event. */
  made: (cursor: number, calls: number) => void;
  /** The store could not take it now: calls `wake` later. */
  failed: (error: Error) => void;
};

export function followLog({ hook, store, make, made, failed }: FollowOptions): Follower {
  let closed = false;
  let again = false;
  let running: Promise<void> | undefined;

  async function run(): Promise<void> {
    let { cursor } = hook();
    do {
      again = false;
      for (;;) {
        const current = hook();
        if (closed || current.disabled) {
          again = false;
          return;
        }
        const page = await store.events({ after: cursor, limit: PAGE, stream: current.stream });
        const last = page.at(-1);
        if (!last) break;
        const making = make();
        const calls = page.filter((event) => hears(current, event)).flatMap((event) => callsOf(current, event, making));
        cursor = last.id;
        // A short page of nothing need not be written: it is read again after a crash, with the same result.
        if (calls.length > 0 || page.length === PAGE) {
          await store.addCalls(current.id, cursor, calls);
          made(cursor, calls.length);
        }
        if (page.length < PAGE) break;
      }
    } while (again);
  }

  const wake = () => {
    again = true;
    if (running || closed) return;
    running = run().catch((error: unknown) => {
      again = false;
      if (!closed) failed(error as Error);
    }).finally(() => {
      running = undefined;
      if (again) wake();
    });
  };
  return {
    wake,
    quiet: async () => {
      for (;;) {
        if (!running) return;
        await running;
      }
    },
    async close() {
      closed = true;
      await running;
    },
  };
}

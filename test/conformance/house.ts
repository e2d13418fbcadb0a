/** What the conformance tests of a store begin with. */
import { manualClock } from '../../server/clock.ts';
import type { PosternEvent } from '../../server/events/event.ts';
import { EVERYTHING, type Filter } from '../../server/inbox/filter.ts';
import { DEFAULT_DELIVERY, type Stream } from '../../server/mail/stream.ts';
import type { Store } from '../../server/store/port.ts';
import { postTo } from '../support/post.ts';

export type ManualClock = ReturnType<typeof manualClock>;
export type Post = ReturnType<typeof postTo>;
export type OpenStore = (options: { clock: ManualClock; keepEvents?: number }) => Promise<Store>;

export const DAY = 86_400_000;

/** A store, the hand that posts to it, and all that it told. */
export async function house(open: OpenStore): Promise<{ store: Store; clock: ManualClock; at: Post; heard: PosternEvent[] }> {
  const clock = manualClock();
  const store = await open({ clock, keepEvents: 1_000 });
  const heard: PosternEvent[] = [];
  store.onCommit((events) => heard.push(...events));
  return { store, clock, at: postTo(store, clock), heard };
}

export const laneOf = (name: string, more: Partial<Stream> = {}): Stream => ({ name, mode: 'capture', retention: { messages: null, age: null, bytes: null }, tags: [], createdAt: 5, delivery: DEFAULT_DELIVERY, clockOffset: 0, paused: null, ...more });

export async function idsOf(store: Store, filter: Filter = EVERYTHING): Promise<string[]> {
  return (await store.list({ filter, limit: 500 })).map((one) => one.id);
}

/** Until nothing is left to do; answers how many went. */
export async function pruneAll(store: Store, clock: ManualClock): Promise<number> {
  let deleted = 0;
  for (;;) {
    const step = await store.prune(clock.now(), 500);
    deleted += step.deleted;
    if (!step.more) return deleted;
  }
}

import { expect, test } from 'vitest';
import type { PosternEvent } from './event.ts';
import { createHub, LAG_LIMIT, LaggedError } from './hub.ts';
import type { EventStore } from './port.ts';

/** An event list in memory that commits when told, and can be held up while it reads. */
function ledger() {
  const all: PosternEvent[] = [];
  const hearers = new Set<(events: PosternEvent[]) => void>();
  const store: EventStore = {
    latestEvents: async () => [],
    events: async ({ after, limit, stream }) => all.filter((event) => event.id > after && (stream === undefined || event.stream === stream)).slice(0, limit),
    lastEvent: async () => all.at(-1)?.id ?? 0,
    onCommit: (hear) => { hearers.add(hear); return () => hearers.delete(hear); },
  };
  return {
    store,
    hearers,
    commit(count: number, stream = 'default') {
      const events = Array.from({ length: count }, (): PosternEvent => ({ id: (all.at(-1)?.id ?? 0) + 1, at: 0, type: 'stream.updated', stream }));
      for (const event of events) { event.id = all.length + 1; all.push(event); }
      for (const hear of hearers) hear(events);
    },
  };
}

async function take(events: AsyncIterator<PosternEvent>, count: number): Promise<number[]> {
  const ids: number[] = [];
  while (ids.length < count) {
    const next = await events.next();
    if (next.done) break;
    ids.push(next.value.id);
  }
  return ids;
}

const upTo = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, i) => first + i);

test('a subscriber gets the past from its cursor, then what comes, each once and in order', async () => {
  const { store, commit } = ledger();
  commit(1200);
  const subscription = createHub(store).subscribe({ after: 100 });
  const events = subscription[Symbol.asyncIterator]();
  expect(await take(events, 300)).toEqual(upTo(101, 400));
  commit(50); // in the middle of the replay: seen once, not twice
  expect(await take(events, 850)).toEqual(upTo(401, 1250));
  const next = take(events, 3);
  commit(3);
  expect(await next).toEqual([1251, 1252, 1253]);
  subscription.close();
});

test('a subscriber of one stream hears of no other', async () => {
  const { store, commit } = ledger();
  commit(2, 'billing');
  commit(2, 'default');
  const subscription = createHub(store).subscribe({ after: 0, stream: 'billing' });
  const events = subscription[Symbol.asyncIterator]();
  expect(await take(events, 2)).toEqual([1, 2]);
  const next = take(events, 1);
  commit(1, 'default');
  commit(1, 'billing');
  expect(await next).toEqual([6]);
  subscription.close();
});

test('closing ends a subscriber that waits, and nothing of it stays behind', async () => {
  const { store, hearers, commit } = ledger();
  const subscription = createHub(store).subscribe({ after: 0 });
  const ended = take(subscription[Symbol.asyncIterator](), 1);
  await new Promise((resolve) => setImmediate(resolve));
  subscription.close();
  expect(await ended).toEqual([]);
  expect(hearers.size).toBe(0);
  commit(1);
});

test('a subscriber too far behind is cut off with the cursor to come back with', async () => {
  const { store, commit } = ledger();
  const subscription = createHub(store).subscribe({ after: 0 });
  const events = subscription[Symbol.asyncIterator]();
  const first = take(events, 1);
  await new Promise((resolve) => setImmediate(resolve));
  commit(1);
  expect(await first).toEqual([1]);
  commit(LAG_LIMIT + 1);
  await expect(events.next()).rejects.toThrow(LaggedError);
});

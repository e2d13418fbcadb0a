/**
 * Who hears: replays from a cursor, then goes live, without a gap and without
 * a repetition. Subscribers are called in the order of commit; a slow one has
 * its own queue and is cut off rather than let memory grow.
 */
import type { PosternEvent } from './event.ts';
import type { EventStore } from './port.ts';

/** Events a subscriber may lag behind before it is dropped (it can come back with its cursor). */
export const LAG_LIMIT = 10_000;

export type Subscription = AsyncIterable<PosternEvent> & { close(): void };

export type Hub = {
  /** Live only, called synchronously at each commit. For waits and metrics. */
  onCommit(hear: (events: PosternEvent[]) => void): () => void;
  /** Everything after the cursor, then what comes. Ends when closed; throws LaggedError when too slow. */
  subscribe(query: { after: number; stream?: string }): Subscription;
};

export class LaggedError extends Error {
  override name = 'LaggedError';
}

const PAGE = 500;

export function createHub(store: EventStore): Hub {
  return {
    onCommit: (hear) => store.onCommit(hear),
    subscribe({ after, stream }) {
      let live: PosternEvent[] = [];
      let closed = false;
      let lagged = false;
      let wake: (() => void) | undefined;
      const stop = store.onCommit((events) => {
        for (const event of events) if (stream === undefined || event.stream === stream) live.push(event);
        if (live.length > LAG_LIMIT) {
          lagged = true;
          live = [];
          stop();
        }
        wake?.();
      });
      const close = () => {
        closed = true;
        stop();
        wake?.();
      };
      async function* run(): AsyncGenerator<PosternEvent> {
        let cursor = after;
        try {
          // The past: until a page comes back short. What is committed meanwhile is in `live`.
          for (;;) {
            const page = await store.events({ after: cursor, limit: PAGE, ...(stream === undefined ? {} : { stream }) });
            for (const event of page) {
              if (closed) return;
              yield event;
              cursor = event.id;
            }
            if (page.length < PAGE) break;
          }
          for (;;) {
            if (closed) return;
            if (lagged) throw new LaggedError(`More than ${LAG_LIMIT} events behind; come back with after=${cursor}`);
            if (live.length === 0) {
              await new Promise<void>((resolve) => { wake = resolve; });
              wake = undefined;
              continue;
            }
            const batch = live;
            live = [];
            for (const event of batch) {
              if (closed) return;
              if (event.id <= cursor) continue;
              yield event;
              cursor = event.id;
            }
          }
        } finally {
          close();
        }
      }
      const iterator = run();
      return { [Symbol.asyncIterator]: () => iterator, close };
    },
  };
}

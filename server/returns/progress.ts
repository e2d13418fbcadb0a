/**
 * How far the reader of returned mail has come, kept over a restart: the last
 * event it is done with, and which reports it told lately. Written with each
 * report and every thousand events, not with each: what a crash makes it read
 * again says itself, by its events, that it was told.
 */
import type { PosternEvent } from '../events/event.ts';
import type { EventStore } from '../events/port.ts';
import type { KeptStore } from '../queue/port.ts';

const KIND = 'cursor';
const NAME = 'returns';
const EVERY = 1_000;
/** Reports whose identity is remembered. */
const REMEMBERED = 500;
const PAGE = 500;

export type Progress = {
  readonly cursor: number;
  has(identity: string): boolean;
  /** A message whose event was written before a crash kept the cursor from being. */
  wasTold(message: string): boolean;
  /** Nothing to wait for, but now and then. */
  passed(event: number): Promise<void> | undefined;
  told(event: number, identity: string): Promise<void>;
  close(): Promise<void>;
};

type Kept = { event: number; told: string[] };

/** `waits` is told each event that came since. */
export async function createProgress(store: KeptStore & Pick<EventStore, 'events' | 'lastEvent'>, waits: (event: PosternEvent) => void): Promise<Progress> {
  const json = await store.kept(KIND, NAME);
  const kept: Kept = json === undefined ? { event: await store.lastEvent(), told: [] } : (JSON.parse(json) as Kept);
  const identities = new Set(kept.told);
  let cursor = kept.event;
  let saved = kept.event;

  const save = async () => {
    await store.keep(KIND, NAME, JSON.stringify({ event: cursor, told: [...identities] } satisfies Kept));
    saved = cursor;
  };
  if (json === undefined) await save();

  const before = new Set<string>();
  for (let after = cursor; ;) {
    const page = await store.events({ after, limit: PAGE });
    for (const event of page) {
      if ('report' in event) before.add(event.report);
      else waits(event);
    }
    if (page.length < PAGE) break;
    after = page.at(-1)!.id;
  }

  return {
    get cursor() { return cursor; },
    has: (identity) => identities.has(identity),
    wasTold: (message) => before.has(message),
    passed(event) {
      cursor = event;
      return cursor - saved >= EVERY ? save() : undefined;
    },
    async told(event, identity) {
      cursor = event;
      identities.add(identity);
      for (const oldest of identities) {
        if (identities.size <= REMEMBERED) break;
        identities.delete(oldest);
      }
      await save();
    },
    async close() {
      if (cursor > saved) await save();
    },
  };
}

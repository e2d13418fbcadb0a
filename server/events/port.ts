/** What the event hub asks of a store. */
import type { PosternEvent } from './event.ts';

/** Which events: of this stream, about this message (also when it is deleted), of one of these kinds. */
export type EventFilter = { stream?: string; message?: string; types?: readonly PosternEvent['type'][] };

export interface EventStore {
  /** Those that fit with an id above `after`, oldest first, at most `limit`. Fewer are all that there are. */
  events(query: { after: number; limit: number } & EventFilter): Promise<PosternEvent[]>;
  /** The newest that fit, at most `limit`, oldest first. */
  latestEvents(query: { limit: number } & EventFilter): Promise<PosternEvent[]>;
  /** The id of the newest event; 0 when there is none. */
  lastEvent(): Promise<number>;
  /**
   * Calls `hear` after each commit with the events of it, in order, before
   * the promises of the callers whose work was in it resolve. Must not throw.
   */
  onCommit(hear: (events: PosternEvent[]) => void): () => void;
}

/** What the event hub asks of a store. */
import type { PosternEvent } from './event.ts';

export interface EventStore {
  /** Events with an id above `after`, oldest first, at most `limit`; only of `stream` when given. With `message`: how it was taken in, what became of its recipients, and what came back, while the message is there. */
  events(query: { after: number; limit: number; stream?: string; message?: string }): Promise<PosternEvent[]>;
  /** The newest ones, at most `limit`, oldest first. */
  latestEvents(query: { limit: number; stream?: string }): Promise<PosternEvent[]>;
  /** The id of the newest event; 0 when there is none. */
  lastEvent(): Promise<number>;
  /**
   * Calls `hear` after each commit with the events of it, in order, before
   * the promises of the callers whose work was in it resolve. Must not throw.
   */
  onCommit(hear: (events: PosternEvent[]) => void): () => void;
}

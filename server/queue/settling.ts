/**
 * Hands outcomes to the store until it has taken them. A disk that is full
 * for an hour must not forget that a message was delivered: what cannot be
 * written is kept and tried again, and meanwhile nothing new is begun. Only a
 * process that ends gives them up; the rows are then still `active` in the
 * store, and come back marked as uncertain.
 */
import { StoreFault } from '../admission/port.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { createPauses } from './pauses.ts';
import type { Outcome, QueueStore } from './port.ts';

export type Settling = {
  /**
   * Resolves after the commit, or when it was given up ('lost'). 'late' when the store refused it
   * at first: what was asked of it meanwhile did not see this. `addNotices` is called
   * before each try: a message that was handed over is used up. `took` hears of those that took effect.
   */
  settle(outcomes: Outcome[], addNotices?: () => Promise<void>, took?: (outcomes: readonly Outcome[]) => void): Promise<'settled' | 'late' | 'lost'>;
  /** Outcomes not yet committed. */
  readonly unsettled: number;
  /** The store did not take the last ones. */
  readonly stuck: boolean;
  /** What cannot be written from now on is given up. */
  close(): void;
};

/** A notice that cannot be written is tried so often; then its sender is not told, and what became of the mail is. */
const NOTICE_TRIES = 2;

export function createSettling({ store, wall, log, settled = () => {} }: { store: Pick<QueueStore, 'settle'>; wall: Clock; log: Log; /** Committed, or given up. */ settled?(outcomes: readonly Outcome[]): void }): Settling {
  let unsettled = 0;
  let stuck = false;
  let closed = false;
  const pauses = createPauses(wall);

  /** False when they could not be. Nothing else waits for that: one body that cannot be read must not hold up all mail. */
  async function withNotices(outcomes: readonly Outcome[], addNotices: () => Promise<void>): Promise<boolean> {
    for (let tries = 1; ; tries++) {
      try {
        await addNotices();
        return true;
      } catch (error) {
        // What was handed over by an earlier try is used up.
        for (const outcome of outcomes) {
          outcome.notice?.body.abort();
          delete outcome.notice;
        }
        if (tries >= NOTICE_TRIES || closed) {
          log.error({ error: String(error) }, 'A notice to the sender could not be written, and is left out');
          return false;
        }
      }
    }
  }

  return {
    get unsettled() { return unsettled; },
    get stuck() { return stuck; },
    async settle(outcomes, addNotices, took = () => {}) {
      if (outcomes.length === 0) return 'settled';
      let refused = false;
      let wanted = addNotices !== undefined;
      unsettled += outcomes.length;
      try {
        for (;;) {
          try {
            if (wanted) wanted = await withNotices(outcomes, addNotices!);
            took(await store.settle(outcomes));
            stuck = false;
            return refused ? 'late' : 'settled';
          } catch (error) {
            if (!stuck) log.error({ error: String(error), recipients: outcomes.length }, 'What became of recipients could not be written; it is tried again');
            stuck = true;
            refused = true;
            // Without a fault of the store it is the notice that cannot be kept, most likely.
            if (wanted && !(error instanceof StoreFault)) {
              for (const outcome of outcomes) delete outcome.notice;
              wanted = false;
            }
            if (closed) return 'lost';
            await pauses.pause();
            if (closed) return 'lost';
          }
        }
      } finally {
        unsettled -= outcomes.length;
        settled(outcomes);
      }
    },
    close() {
      closed = true;
      pauses.end();
    },
  };
}

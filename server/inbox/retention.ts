/**
 * Keeps the streams within what they retain. Deletes in small steps with a
 * pause between them, so that taking mail never waits long behind it; a step
 * that fails (a full disk, say) is tried again at the next round.
 */
import type { Clock } from '../clock.ts';
import type { RetentionStore } from './port.ts';

/** Milliseconds between rounds, and between the steps of one. */
export const ROUND = 10_000;
const PAUSE = 20;
/** Messages of one step. */
const STEP = 500;

export type RetentionOptions = {
  store: RetentionStore;
  clock: Clock;
  log: { info(facts: object, text: string): void; warn(facts: object, text: string): void };
};

/** Starts at once. `close` waits for the step under way. */
export function createRetention({ store, clock, log }: RetentionOptions): { close(): Promise<void> } {
  let closed = false;
  let cancel = () => {};
  let step: Promise<void> = Promise.resolve();
  let deleted = 0;

  async function prune(): Promise<void> {
    let more = false;
    try {
      const done = await store.prune(clock.now(), STEP);
      deleted += done.deleted;
      more = done.more;
    } catch (error) {
      if (!closed) log.warn({ error: (error as Error).message }, 'retention could not delete; it will try again');
    }
    if (!more && deleted > 0) {
      log.info({ messages: deleted }, 'retention deleted old messages');
      deleted = 0;
    }
    plan(more ? PAUSE : ROUND);
  }

  function plan(ms: number): void {
    if (closed) return;
    cancel = clock.after(ms, () => { step = prune(); });
  }

  plan(ROUND);
  return {
    async close() {
      closed = true;
      cancel();
      await step;
    },
  };
}

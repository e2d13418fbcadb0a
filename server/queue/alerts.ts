/**
 * Tells when what waits in a stream has become too old, and when it is no
 * longer. Looked at only when something could have become too old: one timer
 * a stream, for the oldest that is known.
 */
import type { Cancel } from '../clock.ts';
import type { EventBody } from '../events/event.ts';
import type { QueueStore } from './port.ts';
import type { StreamQueue } from './stream-queue.ts';

/** Of the threshold: how soon it is looked at again while it is raised. */
const AGAIN = 1 / 4;

export type Alerts = {
  /** Something waits there. */
  arrived(of: StreamQueue): void;
  forget(stream: string): void;
  close(): void;
};

export function createAlerts({ store, tell, after }: { store: Pick<QueueStore, 'depth'>; tell(events: EventBody[]): void; after: number | null }): Alerts {
  const timers = new Map<string, Cancel>();
  const raised = new Set<string>();
  let closed = false;

  function lookIn(of: StreamQueue, ms: number): void {
    timers.set(of.name, of.clock.after(ms, () => void of.work(look(of)).catch(() => timers.delete(of.name))));
  }

  async function look(of: StreamQueue): Promise<void> {
    const { name, clock } = of;
    timers.delete(name);
    if (closed || after === null) return;
    const oldest = (await store.depth({ stream: name })).reduce<number | null>((least, { oldestAt }) => (oldestAt !== null && (least === null || oldestAt < least) ? oldestAt : least), null);
    // Counted from when it was first due: what is to be sent later is not late before that.
    const age = oldest === null ? 0 : Math.max(clock.now() - oldest, 0);
    const isOld = oldest !== null && age >= after;
    if (isOld !== raised.has(name)) {
      if (isOld) raised.add(name);
      else raised.delete(name);
      tell([{ type: 'alert.queue-age', stream: name, state: isOld ? 'raised' : 'cleared', oldest: age, threshold: after }]);
    }
    if (oldest !== null && !timers.has(name) && !closed) lookIn(of, isOld ? after * AGAIN : Math.max(oldest + after - clock.now(), 1));
  }

  return {
    arrived(of) {
      if (after !== null && !closed && !timers.has(of.name)) lookIn(of, after);
    },
    forget(stream) {
      timers.get(stream)?.();
      timers.delete(stream);
      raised.delete(stream);
    },
    close() {
      closed = true;
      for (const cancel of timers.values()) cancel();
      timers.clear();
    },
  };
}

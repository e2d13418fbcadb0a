/**
 * Tells when what waits in a stream has become too old, and when it is no
 * longer. Looked at only when something could have become too old: one timer
 * for each kind of mail of a stream (each has a clock of its own), for the
 * oldest that is known.
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
  forget(of: StreamQueue): void;
  close(): void;
};

export function createAlerts({ store, tell, after }: { store: Pick<QueueStore, 'depth'>; /** Resolves when it is told. */
  tell(events: EventBody[]): Promise<void>; after: number | null }): Alerts {
  const timers = new Map<StreamQueue, Cancel>();
  /** Raised for the stream as long as it is for one of its queues. */
  const raised = new Set<StreamQueue>();
  let closed = false;

  function lookIn(of: StreamQueue, ms: number): void {
    timers.set(of, of.clock.after(ms, () => void of.work(look(of)).catch(() => timers.delete(of))));
  }

  const isRaised = (stream: string) => [...raised].some(({ name }) => name === stream);

  async function look(of: StreamQueue): Promise<void> {
    const { name, mode, clock } = of;
    timers.delete(of);
    if (closed || after === null) return;
    const oldest = (await store.depth({ stream: name })).reduce<number | null>((least, { oldestAt, mode: other }) => (other === mode && oldestAt !== null && (least === null || oldestAt < least) ? oldestAt : least), null);
    // Counted from when it was first due: what is to be sent later is not late before that.
    const age = oldest === null ? 0 : Math.max(clock.now() - oldest, 0);
    const isOld = oldest !== null && age >= after;
    const was = isRaised(name);
    if (isOld) raised.add(of);
    else raised.delete(of);
    // An advance of time is over when its alerts are told.
    if (isRaised(name) !== was) await tell([{ type: 'alert.queue-age', stream: name, state: isOld ? 'raised' : 'cleared', oldest: age, threshold: after }]);
    if (oldest !== null && !timers.has(of) && !closed) lookIn(of, isOld ? after * AGAIN : Math.max(oldest + after - clock.now(), 1));
  }

  return {
    arrived(of) {
      if (after !== null && !closed && !timers.has(of)) lookIn(of, after);
    },
    forget(of) {
      timers.get(of)?.();
      timers.delete(of);
      raised.delete(of);
    },
    close() {
      closed = true;
      for (const cancel of timers.values()) cancel();
      timers.clear();
    },
  };
}

/**
 * Begins runs, fairly: a run is one lease of a few messages, and after each
 * the streams take turns. A stream that has nothing under way gets its first
 * run even when all slots are taken, so a blast never delays a one-time code
 * by more than that. Simulated and real mail have slots of their own.
 */
import type { QueueMode } from '../mail/recipient.ts';
import { isCrowded } from './crowded.ts';
import type { Holdups } from './holdup.ts';
import type { StreamQueue } from './stream-queue.ts';

/** While something is held up whose expiry nobody knows, it is looked at so often (the queue's clock). */
const LOOK_MS = 60_000;

export type BeginningDeps = {
  queues(): Iterable<StreamQueue>;
  /** Runs under way at once; with those that are a stream's first it may be twice as many. */
  slots: Record<QueueMode, number>;
  /** Nothing may begin at all: the store is in trouble. */
  isStuck(): boolean;
  holdupOf: Holdups;
  lookForOverdue(of: StreamQueue): void;
};

export function createBeginning({ queues, slots, isStuck, holdupOf, lookForOverdue }: BeginningDeps) {
  /** Those that may have something to begin, in turns. */
  const eager = new Set<StreamQueue>();

  function turn(): void {
    const touched = [...eager];
    const busy: Record<QueueMode, number> = { simulate: 0, deliver: 0 };
    for (const of of queues()) busy[of.mode] += of.busy;
    for (const of of touched) {
      const now = of.clock.now();
      of.seats.look(now);
      if (!of.alarm.endsOverdue && of.alarm.takeOverdue(now)) lookForOverdue(of);
    }
    const later: StreamQueue[] = [];
    for (const of of eager) {
      eager.delete(of);
      const mayAlone = !isCrowded(of, queues());
      // What is over ends first, and together: nobody leases a part of it.
      if (!of.seats.eager(mayAlone) || isStuck() || of.alarm.endsOverdue || holdupOf(of)) continue;
      if (busy[of.mode] >= slots[of.mode] * (of.busy === 0 ? 2 : 1)) {
        later.push(of);
        continue;
      }
      if (!of.beginNext(mayAlone)) continue;
      busy[of.mode]++;
      eager.add(of);
    }
    for (const of of later) eager.add(of);
    for (const of of touched) {
      if (!of.alarm.looksForOverdue && !of.alarm.endsOverdue && of.seats.holds) of.alarm.lookForOverdueAt(of.clock.now() + LOOK_MS);
      of.arm();
    }
  }

  return {
    turn,
    add: (of: StreamQueue) => void eager.add(of),
    forget: (of: StreamQueue) => void eager.delete(of),
    /** Nothing of it begins before something changes. */
    isIdle(of: StreamQueue): boolean {
      // What holds it up may have to be asked for: then it is pending.
      const mayBegin = of.seats.eager(!isCrowded(of, queues())) && holdupOf(of) === undefined;
      return !mayBegin && of.pending === 0 && of.busy === 0;
    },
  };
}

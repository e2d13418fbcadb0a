/**
 * The end of a queue: nothing new begins, what no remote was given yet goes
 * back untried, messages that are being handed over get a while to come to
 * their end, and what became of everything is written.
 */
import type { Clock } from '../clock.ts';
import { isParked, type Run } from './run.ts';
import type { Settling } from './settling.ts';
import type { StreamQueue } from './stream-queue.ts';

export type ClosingDeps = {
  queues(): StreamQueue[];
  wall: Clock;
  settling: Settling;
  /** Something of the engine's own is being written. */
  isTelling(): boolean;
  until(holds: () => boolean): Promise<void>;
  /** Milliseconds of the wall. */
  closeWithin: number;
};

export async function closeAll({ queues, wall, settling, isTelling, until, closeWithin }: ClosingDeps): Promise<void> {
  const runs = () => queues().flatMap((of) => [...of.runs]);
  const cut = (run: Run) => {
    run.cut = true;
    run.carrier?.close();
  };
  const cancel = wall.after(closeWithin, () => runs().forEach(cut));
  // A remote that waits on purpose is not waited for, whenever it begins to.
  await until(() => {
    for (const run of runs()) if (isParked(run)) cut(run);
    return runs().length === 0;
  });
  await until(() => (!isTelling() && settling.unsettled === 0 && queues().every(({ pending }) => pending === 0)) || settling.stuck);
  cancel();
}

/**
 * One stream's outcomes on their way to the store, and the lanes that they
 * lead back to. What is due later is in its lane at once: who asks the store
 * from then on comes after it. What is due soon is put there after its commit,
 * since a lease that overtook it would find nothing, and nobody would look
 * again. While time is advanced, deferrals are gathered until the leases of the
 * next step are back: so they are written while its conversations go on, and no
 * lease waits behind them that need not see them.
 */
import type { Clock } from '../clock.ts';
import type { Lanes } from './lanes.ts';
import type { Outcome } from './port.ts';
import type { Settling } from './settling.ts';

const GATHERED_MOST = 500;
/** Due again before its commit, perhaps. */
const SOON_MS = 1_000;

/** Of the stream's clock. */
export type Dues = { destination: string; due: number; rank?: number }[];

export function createWriting({ lanes, settling, clock, took, changed }: { lanes: Pick<Lanes, 'put'>; settling: Settling; clock: Clock; /** Committed, and in effect. */ took(outcomes: readonly Outcome[]): void; changed(): void }) {
  let isGathering = false;
  const gathered: { outcomes: Outcome[]; dues: Dues }[] = [];

  const put = (dues: Dues) => {
    for (const { destination, due, rank } of dues) lanes.put(destination, due, rank);
  };

  async function write(outcomes: Outcome[], dues: Dues, addNotices?: () => Promise<void>): Promise<void> {
    const soon = clock.now() + SOON_MS;
    if (!addNotices) put(dues.filter(({ due }) => due > soon));
    const how = await settling.settle(outcomes, addNotices, took);
    if (how !== 'lost') put(addNotices || how === 'late' ? dues : dues.filter(({ due }) => due <= soon));
    changed();
  }

  /**
   * Before anything is asked of the store that must see it: what is handed to
   * it in one turn it does in that order. `due`: only if some of it is due by
   * then, and would be missed.
   */
  function flush(due?: number): void {
    if (gathered.length === 0 || (due !== undefined && !gathered.some(({ dues }) => dues.some((one) => one.due <= due)))) return;
    const all = gathered.splice(0);
    void write(all.flatMap(({ outcomes }) => outcomes), all.flatMap(({ dues }) => dues));
  }

  return {
    write, flush,
    isSoon: (dues: Dues): boolean => dues.some(({ due }) => due <= clock.now() + SOON_MS),
    /** Of whom nobody but the queue needs to hear before time goes on. */
    deferrals(outcomes: Outcome[], dues: Dues): Promise<void> {
      if (!isGathering) return write(outcomes, dues);
      gathered.push({ outcomes, dues });
      put(dues);
      if (gathered.length >= GATHERED_MOST) flush();
      return Promise.resolve();
    },
    get gathered() { return gathered.length; },
    gather(on: boolean): void {
      isGathering = on;
      if (!on) flush();
    },
  };
}

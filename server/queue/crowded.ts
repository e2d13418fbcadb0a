/**
 * Conversations that a remote keeps waiting take no slot, but memory: so many
 * of them, and no more are begun to addresses that share a connection with
 * nobody (to a site there are its limits). A stream has a few in any case.
 */
import type { StreamQueue } from './stream-queue.ts';

const PARKED_MOST = { stream: 200, all: 500, least: 20 } as const;

/** As many as may wait for a slow remote do. */
export function isCrowded(of: StreamQueue, queues: Iterable<StreamQueue>): boolean {
  const mine = of.parked;
  if (mine >= PARKED_MOST.stream) return true;
  if (mine < PARKED_MOST.least) return false;
  let all = 0;
  for (const queue of queues) all += queue.parked;
  return all >= PARKED_MOST.all;
}

/**
 * What of one stream is due, by destination: kept in memory, so that choosing
 * costs the same with ten lanes as with ten thousand, and with one message
 * waiting as with a hundred thousand. The store has the truth; what is here
 * may be too early (a lease then finds nothing and says so), never too late.
 *
 *     absent ──put──▶ waiting ──due──▶ ripe ──claim──▶ absent ──left──▶ waiting …
 */
import { moments } from './heap.ts';

type Lane = { readonly destination: string; due: number; /** Place in PRIORITIES; the first goes first. */ rank: number; touched: number; place: 'absent' | 'waiting' | 'ripe' };

/** Nobody said how urgent it is. */
const USUAL = 1;

export type Lanes = {
  /** Something waits there from this moment on. */
  put(destination: string, due: number, rank?: number): void;
  /** Before a lease of these: they are looked after by who leases. Answers what `left` wants. */
  claim(destinations: readonly string[]): number;
  /** What a lease found still waiting. What was put since the claim counts as well. */
  left(destinations: readonly string[], found: readonly { destination: string; due: number; rank?: number }[], claimed: number): void;
  /** Destinations that have become due; each is told once, and again when something more urgent waits there. */
  ripen(now: number): string[];
  /** The next moment at which one becomes due. */
  next(): number | undefined;
  /** The lanes that are known to hold something. */
  readonly size: number;
  has(destination: string): boolean;
  rankOf(destination: string): number;
};

export function createLanes(): Lanes {
  const lanes = new Map<string, Lane>();
  const heap = moments<Lane>();
  /** What is more urgent than the lane that it joined, once it is due. */
  const raises = moments<{ lane: Lane; rank: number }>();
  let tick = 0;

  function wait(lane: Lane, due: number, rank: number): void {
    lane.due = due;
    lane.rank = rank;
    lane.place = 'waiting';
    heap.add(due, lane);
  }

  /** The first that still counts. */
  function first(): Lane | undefined {
    for (;;) {
      const entry = heap.first();
      if (!entry) return undefined;
      const { at, of } = entry;
      if (of.place === 'waiting' && of.due === at && lanes.get(of.destination) === of) return of;
      heap.take();
    }
  }

  return {
    put(destination, due, rank = USUAL) {
      let lane = lanes.get(destination);
      if (!lane) lanes.set(destination, (lane = { destination, due: Infinity, rank, touched: 0, place: 'absent' }));
      lane.touched = ++tick;
      if (lane.place === 'ripe' || (lane.place === 'waiting' && lane.due <= due)) {
        if (rank < lane.rank) raises.add(due, { lane, rank });
        return;
      }
      if (lane.place === 'waiting' && lane.rank < rank) raises.add(lane.due, { lane, rank: lane.rank });
      wait(lane, due, rank);
    },
    claim(destinations) {
      for (const destination of destinations) {
        const lane = lanes.get(destination);
        if (lane) {
          lane.place = 'absent';
          lane.due = Infinity;
        }
      }
      return tick;
    },
    left(destinations, found, claimed) {
      const dues = new Map(found.map((one) => [one.destination, one]));
      for (const destination of destinations) {
        const { due, rank = USUAL } = dues.get(destination) ?? {};
        const lane = lanes.get(destination);
        if (due === undefined) {
          if (lane?.place === 'absent' && lane.touched <= claimed) lanes.delete(destination);
          continue;
        }
        if (!lane) {
          const made: Lane = { destination, due, rank, touched: claimed, place: 'absent' };
          lanes.set(destination, made);
          wait(made, due, rank);
        } else if (lane.place === 'absent' || (lane.place === 'waiting' && due < lane.due)) wait(lane, due, lane.place === 'waiting' ? Math.min(lane.rank, rank) : rank);
        else if (rank < lane.rank) raises.add(due, { lane, rank });
      }
    },
    ripen(now) {
      const ripe: string[] = [];
      for (let lane = first(); lane && lane.due <= now; lane = first()) {
        heap.take();
        lane.place = 'ripe';
        ripe.push(lane.destination);
      }
      for (let next = raises.first(); next && next.at <= now; next = raises.first()) {
        raises.take();
        const { lane, rank } = next.of;
        if (lane.place !== 'ripe' || lane.rank <= rank || lanes.get(lane.destination) !== lane) continue;
        lane.rank = rank;
        ripe.push(lane.destination);
      }
      return ripe;
    },
    next: () => first()?.due,
    get size() { return lanes.size; },
    has: (destination) => lanes.has(destination),
    rankOf: (destination) => lanes.get(destination)?.rank ?? USUAL,
  };
}

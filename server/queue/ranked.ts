/**
 * A set whose members have a rank: the first rank goes first, and within one
 * the first that came. A member that comes again may move up, never down.
 */
import { PRIORITIES } from '../mail/recipient.ts';

export type Ranked<T> = Iterable<T> & {
  readonly size: number;
  /** The best rank in it; Infinity when it is empty. */
  readonly best: number;
  add(one: T, rank: number): void;
  delete(one: T): void;
  has(one: T): boolean;
  first(): T | undefined;
};

export function ranked<T>(): Ranked<T> {
  const ranks = PRIORITIES.map(() => new Set<T>());
  const placeOf = (one: T) => ranks.findIndex((set) => set.has(one));
  const best = () => {
    const place = ranks.findIndex((set) => set.size > 0);
    return place < 0 ? Infinity : place;
  };

  return {
    get size() { return ranks.reduce((sum, set) => sum + set.size, 0); },
    get best() { return best(); },
    add(one, rank) {
      const place = placeOf(one);
      if (place >= 0 && place <= rank) return;
      if (place >= 0) ranks[place]!.delete(one);
      ranks[Math.min(Math.max(rank, 0), ranks.length - 1)]!.add(one);
    },
    delete(one) {
      for (const set of ranks) set.delete(one);
    },
    has: (one) => placeOf(one) >= 0,
    first() {
      for (const set of ranks) for (const one of set) return one;
      return undefined;
    },
    *[Symbol.iterator]() {
      for (const set of ranks) yield* set;
    },
  };
}

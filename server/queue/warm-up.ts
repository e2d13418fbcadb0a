/**
 * Warm-up: so many recipients of a stream are tried in a day (UTC), by a
 * schedule that begins on the day of `since`; after its last day there is no
 * cap. What was tried before is asked of the store once a day (and at start);
 * from then on it is counted here. Retries count, since the receivers see them.
 */
import { type LivePolicy, warmUpDay } from '../mail/live.ts';

const DAY = 24 * 60 * 60_000;
/** Asked again after so long when it could not be read. */
const AGAIN_MS = 1_000;

export type WarmUpDeps = {
  policy(): LivePolicy['warmUp'];
  /** How many were tried since then. */
  triedSince(since: number): Promise<number>;
  /** In the background; when it is over there may be more to begin. */
  work(promise: Promise<void>): unknown;
};

export type WarmUp = {
  /** Until when nothing may be tried; undefined when something may. Null: until the store has answered. */
  restsUntil(now: number): number | null | undefined;
  /** How many recipients may be tried, of so many; they count as tried until they are given back. Infinity without a cap. */
  reserve(now: number, most: number): number;
  /** `at` is when they were reserved. */
  unused(n: number, at: number): void;
  /** Today's cap, and what of it is used; undefined without a cap. */
  today(now: number): { cap: number; tried: number } | undefined;
};

const dayOf = (at: number): number => Math.floor(at / DAY);

export function createWarmUp({ policy, triedSince, work }: WarmUpDeps): WarmUp {
  /** Of the day that is counted; `tried` is undefined while it is being asked for. */
  let counted: { day: number; tried: number | undefined; retryAt: number | undefined } | undefined;

  /** Null is no cap. */
  function capAt(now: number): number | null {
    const warmUp = policy();
    return warmUp ? warmUpDay(warmUp, now).cap : null;
  }

  async function ask(mine: NonNullable<typeof counted>, now: number): Promise<void> {
    try {
      mine.tried = await triedSince(mine.day * DAY);
    } catch {
      mine.retryAt = now + AGAIN_MS;
    }
  }

  function book(now: number): NonNullable<typeof counted> {
    const day = dayOf(now);
    if (counted?.day === day && (counted.retryAt === undefined || counted.retryAt > now)) return counted;
    const mine: NonNullable<typeof counted> = { day, tried: undefined, retryAt: undefined };
    counted = mine;
    work(ask(mine, now));
    return mine;
  }

  return {
    restsUntil(now) {
      const cap = capAt(now);
      if (cap === null) return undefined;
      const { tried, retryAt } = book(now);
      if (tried === undefined) return retryAt ?? null;
      return tried < cap ? undefined : (dayOf(now) + 1) * DAY;
    },
    reserve(now, most) {
      const cap = capAt(now);
      if (cap === null) {
        // One may be set during the day: then it is asked what was tried until then.
        counted = undefined;
        return Infinity;
      }
      const one = book(now);
      if (one.tried === undefined) return 0;
      const some = Math.max(Math.min(most, cap - one.tried), 0);
      one.tried += some;
      return some;
    },
    unused(n, at) {
      if (counted?.day === dayOf(at) && counted.tried !== undefined) counted.tried = Math.max(counted.tried - n, 0);
    },
    today(now) {
      const cap = capAt(now);
      return cap === null || counted?.day !== dayOf(now) || counted.tried === undefined ? undefined : { cap, tried: counted.tried };
    },
  };
}

/**
 * A rate as one number: the generic cell rate algorithm (ITU-T I.371). Kept
 * is the theoretical arrival time, the moment at which the next one would be
 * exactly on time; `burst` says how many may come at once before that.
 * Nothing is counted, nothing has to be reset, and it knows when to ask again.
 *
 * A meter adds what is promised and not gone yet: a message is let go when a
 * connection is asked for, and goes when the remote is ready for it. What
 * goes is metered when it has gone, so the rate holds at the far end however
 * long that took.
 */
export type Rate = { messages: number; perMs: number; burst: number };

/** Milliseconds between two that are exactly on time; Infinity lets none pass. */
const spacing = ({ messages, perMs }: Rate): number => (messages > 0 ? Math.max(perMs, 0) / messages : Infinity);
const burstOf = ({ burst }: Rate): number => Math.max(Math.floor(burst) || 1, 1);

/** The earliest moment at which one may go; not after `now` when it may go at once. `theoretical` is what `take` answered last; -Infinity at first. */
export function mayGoAt(rate: Rate, theoretical: number): number {
  const apart = spacing(rate);
  if (apart === Infinity) return Infinity;
  return theoretical - (burstOf(rate) - 1) * apart;
}

/** One goes now. Answers what to keep. */
export const take = (rate: Rate, theoretical: number, now: number): number => Math.max(theoretical, now) + spacing(rate);

export type Meter = {
  /** The earliest moment at which one more may be promised. */
  mayGoAt(rate: Rate, now: number): number;
  /** Whether one that was promised may go: not when the rate has become another meanwhile. */
  keeps(rate: Rate, now: number): boolean;
  promise(): void;
  /** Of what was promised, one has gone. It counts without a promise, too. */
  gone(rate: Rate | null, now: number): void;
  /** So many will not go. */
  takeBack(n: number): void;
  /** Nothing is promised, and nothing that went still counts. */
  isAtRest(now: number): boolean;
};

/** With `since`, what went before that moment is not known: it begins as if a burst had just gone. */
export function createMeter(since?: number): Meter {
  let theoretical = -Infinity;
  let isKnown = since === undefined;
  let promised = 0;

  /** No later than right after a whole burst, for what was let go while there was no rate. */
  function known(rate: Rate, now: number): number {
    const full = burstOf(rate) * spacing(rate);
    if (!isKnown) {
      isKnown = true;
      if (Number.isFinite(full)) theoretical = since! + full;
    }
    if (theoretical > now + full) theoretical = now + full;
    return theoretical;
  }

  return {
    mayGoAt(rate, now) {
      const kept = known(rate, now);
      return mayGoAt(rate, promised === 0 ? kept : Math.max(kept, now) + promised * spacing(rate));
    },
    // To the millisecond: the sum of many steps is not exact.
    keeps: (rate, now) => mayGoAt(rate, known(rate, now)) <= now + 1,
    promise: () => void promised++,
    gone(rate, now) {
      if (promised > 0) promised--;
      if (!rate || spacing(rate) === Infinity) return;
      theoretical = Math.min(take(rate, known(rate, now), now), now + burstOf(rate) * spacing(rate));
    },
    takeBack(n) {
      promised = Math.max(promised - n, 0);
    },
    isAtRest: (now) => promised === 0 && theoretical <= now,
  };
}

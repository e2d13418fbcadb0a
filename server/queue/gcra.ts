/**
 * A rate as one number: the generic cell rate algorithm (ITU-T I.371). Kept
 * is the theoretical arrival time, the moment at which the next one would be
 * exactly on time; `burst` says how many may come at once before that.
 * Nothing is counted, nothing has to be reset, and it knows when to ask again.
 */
export type Rate = { messages: number; perMs: number; burst: number };

/** Milliseconds between two that are exactly on time; Infinity lets none pass. */
const spacing = ({ messages, perMs }: Rate): number => (messages > 0 ? Math.max(perMs, 0) / messages : Infinity);

/** The earliest moment at which one may go; not after `now` when it may go at once. `theoretical` is what `take` answered last; -Infinity at first. */
export function mayGoAt(rate: Rate, theoretical: number): number {
  const apart = spacing(rate);
  if (apart === Infinity) return Infinity;
  return theoretical - (Math.max(Math.floor(rate.burst) || 1, 1) - 1) * apart;
}

/** One goes now. Answers what to keep. */
export const take = (rate: Rate, theoretical: number, now: number): number => Math.max(theoretical, now) + spacing(rate);

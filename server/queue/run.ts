/**
 * One run: what is leased at once for one connection, from the lease to the
 * outcomes. It has at most one conversation at a time; while that is parked
 * nothing happens in it before its talk's next timer.
 */
import type { Talk } from '../network/talk.ts';
import type { Carrier } from '../transport/carrier.ts';
import type { Load } from './loads.ts';

export type Run = {
  talk: Talk | undefined;
  carrier: Carrier | undefined;
  /** Destinations of which something is asked of the store just now. */
  leasing?: readonly string[] | undefined;
  /** What is being tried. */
  load: Load | undefined;
  /** The remote is being given the message: whether it took it may never be known if this is cut off. */
  inData: boolean;
  /** What is being tried was given to the remote, and what came of it is not settled. */
  handed: boolean;
  /** Cut off while it closes: what the remote took is not known. */
  cut: boolean;
  /** What it holds and has not begun. */
  rest: Load[];
  /** Gives back what it holds of its site; called when it breaks. */
  giveUp?: () => void;
};

export const newRun = (): Run => ({ talk: undefined, carrier: undefined, load: undefined, inData: false, handed: false, cut: false, rest: [] });

/** Nothing happens in it by itself. */
export const isParked = ({ talk }: Run): boolean => talk !== undefined && talk.parked;

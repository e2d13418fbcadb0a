/** What a run is sent for, and what it needs of its stream. */
import type { Verdict } from '../classify/verdict.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Held, QueueMode } from '../mail/recipient.ts';
import type { Answer } from '../mail/reply.ts';
import type { DeliveryPolicy } from '../mail/stream.ts';
import type { Network, Route } from '../network/network.ts';
import type { MovableClock, Talk } from '../network/talk.ts';
import type { Prepare } from '../outgoing/outgoing.ts';
import type { Carrier, Connect } from '../transport/carrier.ts';
import type { ComposeNotice } from './notices.ts';
import type { LeasedRecipient, LeaseQuery, Outcome, QueueStore } from './port.ts';
import type { Resting, Seat } from './seats.ts';

export type Errand = {
  destinations: string[];
  seat: Seat | undefined;
  reuse: Resting | undefined;
  only?: LeaseQuery['only'];
};

export type Carrying = {
  stream: string;
  mode: QueueMode;
  store: Pick<QueueStore, 'lease'>;
  network: Network;
  connect: Connect;
  clock: MovableClock;
  wall: Clock;
  log: Log;
  heloName: string;
  policy(): DeliveryPolicy;
  classify(answer: Answer): Verdict;
  compose: ComposeNotice | undefined;
  openBody(id: string): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** A return path of the recipient's own; absent, the envelope's sender stands. */
  returnPath(): ((message: string, n: number) => string) | undefined;
  /** Makes the copy that goes out. Undefined: what is stored goes out as it is. */
  prepare: Prepare | undefined;
  /** Why this one, which was let go, is not to be tried after all. */
  judge(recipient: LeasedRecipient): Held | null;
  /** How many recipients the stream may try now, of so many; what is not tried is given back, with the moment of the asking. */
  allow(now: number, most: number): number;
  unallow(n: number, at: number): void;
  makeId(): string;
  /** True from the moment on at which nothing new is begun. */
  stopping(): boolean;
  /** The promise, or `'left'` when everything is to be left that `may` be left. */
  orLeft<T extends object | undefined>(promise: Promise<T>, may?: () => boolean): Promise<T | 'left'>;
  /** In the background. Answers at once; too many of them, and it is worth waiting. */
  settle(load: { outcomes: Outcome[]; /** Due now again, or later: destination and moment of the stream's clock, once committed. */ dues: { destination: string; due: number; rank?: number }[]; addNotices?: (() => Promise<void>) | undefined }): Promise<void>;
  leased(destinations: string[], left: { destination: string; due: number; rank?: number }[], claimed: number): void;
  /** Recipients are over at this moment, and are not tried before. */
  overAt(moment: number): void;
  /** Hands over what was gathered: all of it, or (before a lease) only if some of it is due by then. */
  flush(due?: number): void;
  claim(destinations: string[]): number;
  routeOf(destination: string): Route | undefined;
  /** The seat that a route leads to, when it may begin there now; its connection counts from here on. */
  seatFor(destination: string, route: Route): Seat | 'wait';
  /** A person has paused the site. */
  isShut(site: string): boolean;
  /** The seat that stands for a name that was not resolved, or whose hosts may not be used; the way to it is found anew. */
  unresolved(destination: string): Seat;
  /** How many messages the site lets go now, of so many. */
  reserve(seat: Seat | undefined, most?: number): number;
  unused(seat: Seat | undefined, messages: number): void;
  /** One of those goes to the remote now. */
  sent(seat: Seat | undefined): void;
  /** Whether the next of those may go, after what was heard meanwhile. */
  goesOn(seat: Seat | undefined): boolean;
  /** The connection did not come about; recipients are due again at these moments. */
  failed(seat: Seat, answer: Answer, dues: number[]): void;
  /** What was told of a recipient (or of the connection) and is about the site. */
  heard(seat: Seat | undefined, answer: Answer, verdict: Verdict, outcome: Outcome['state'] | 'broken' | 'goodbye'): void;
  succeeded(seat: Seat): void;
  /** It may carry more: keep it a while. Or let go of it. */
  rest(seat: Seat, resting: { carrier: Carrier; talk: Talk }): void;
  /** `over` when the remote has seen it. */
  closed(seat: Seat, over?: Promise<unknown>): void;
};

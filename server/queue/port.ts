/**
 * What the queue asks of a store, in the queue's own terms. One method is one
 * transaction; all are async; no transaction handle crosses. Times are of the
 * stream's clock; the store never asks for the time itself. A recipient with
 * an offset of its own is kept with `due - offset` and `expires - offset`, so
 * that the stream's clock alone says what is due.
 */
import type { Submission } from '../admission/port.ts';
import type { EventBody, PosternEvent } from '../events/event.ts';
import type { DsnReturn, EnvelopeRecipient } from '../mail/envelope.ts';
import type { Attempt, Held, HeldReason, Priority, QueueMode, Recipient, RecipientKey, RecipientState, Terminal } from '../mail/recipient.ts';
import type { Suppression, SuppressionReason } from '../mail/suppression.ts';

/** Where the recipients of a submission go; decided by the gate, kept by `accept` in the same transaction. */
export type QueuePlan = {
  mode: QueueMode;
  priority: Priority;
  /** Of the stream's clock. */
  queuedAt: number;
  /** First attempt; later than queuedAt for `sendAt`. */
  due: number;
  expiresAt: number;
  /** In the order of the envelope (or of `instead`): Network.destination of each. */
  destinations: string[];
  /** Those that are not to be tried until somebody says so; in the same order. Absent, none. */
  held?: (Held | null)[];
  /** Who gets it in place of the envelope's recipients. */
  instead?: { address: string; original: string[] }[];
};

/** Mail that is in the inbox already and is now to be delivered for real: its recipients are added to those that it has. */
export type Released = { message: string; recipients: { address: string; original: string[] | null; destination: string; held: Held | null }[]; queuedAt: number; expiresAt: number; priority: Priority; by: string };

/** A message was taken in and waits. */
export type Queued = { stream: string; plan: QueuePlan };

/** Waiting recipients of one stream and destination. `rank` is the place in PRIORITIES of the most urgent that is due; absent, nobody looked. */
export type LaneDue = { stream: string; mode: QueueMode; destination: string; due: number; rank?: number };

export type LeaseQuery = {
  stream: string;
  mode: QueueMode;
  /** All of one site: recipients of one message in several of them share a transaction. */
  destinations: string[];
  now: number;
  /** Messages, and recipients of one message. */
  messages: number;
  recipients: number;
  /** Only these recipients or messages (a narrowed advance). */
  only?: { message?: string; key?: RecipientKey };
};

export type LeasedRecipient = Recipient & Pick<EnvelopeRecipient, 'notify' | 'orcpt'> & {
  /** The address is suppressed by now: nothing is sent. */
  suppressed: Suppression | null;
};

export type LeasedMessage = {
  message: string;
  seq: number;
  stream: string;
  size: number;
  from: string;
  ret?: DsnReturn;
  envid?: string;
  body?: '7BIT' | '8BITMIME';
  smtputf8?: true;
  requireTls?: true;
  messageId: string;
  tags: string[];
  recipients: LeasedRecipient[];
};

/** The urgent first, then by due time; recipients are `active` from now on. A crash makes them eligible again, marked `uncertain`. */
export type Lease = { messages: LeasedMessage[]; /** The destinations asked for that still have something waiting, with its due time. */ left: LaneDue[] };

/** What became of one recipient, written by `settle` in one transaction with everything that follows from it. */
export type Outcome = {
  key: RecipientKey;
  state: 'queued' | 'deferred' | 'held' | Terminal;
  /** With state held. */
  held?: Held;
  /** Of the recipient's own clock; for queued and deferred. */
  due?: number;
  /** Absent when nothing was tried (expired while it waited, suppressed, given back). */
  attempt?: Attempt;
  last?: Recipient['last'];
  /** The attempt may have delivered it, though nothing said so: the next one is marked. */
  uncertain?: true;
  events: EventBody[];
  /** Kept as a message of the same stream, for the return path. */
  notice?: Submission;
  suppress?: Suppression;
  /** Towards softBounces or a second confirmation, of the recipient's mode; the store counts one per address, kind and 24 h. */
  strike?: { address: string; kind: 'soft' | 'confirm'; at: number };
  /** A delivery: forgets the strikes of the address in the recipient's mode. */
  clears?: string;
};

export type QueueScope = {
  stream?: string;
  mode?: QueueMode;
  /** Held ones for this reason. */
  heldFor?: HeldReason;
  destination?: string;
  message?: string;
  key?: RecipientKey;
  /** These alone. */
  keys?: readonly RecipientKey[];
  /** Default: all that wait. */
  states?: RecipientState[];
};

export type QueueDepth = { stream: string; mode: QueueMode; destination: string; queued: number; deferred: number; active: number; held: number; oldestAt: number | null; nextDue: number | null };

/** A message's recipients with their attempts, oldest first. */
export type Delivery = { message: string; stream: string; recipients: { recipient: Recipient; attempts: Attempt[] }[] };

export type PauseRecord = { stream: string; mode: QueueMode; site: string; reason: string; until: number | null; by: 'person' | 'engine' };

export interface QueueStore {
  /** Makes what a killed process had leased eligible again, marked `uncertain`. Called once at start; and, with those that are `held` in hand, after a lease that failed: it may have been lost on its way back. Answers how many. */
  recover(held?: RecipientKey[]): Promise<number>;
  /** All lanes with something waiting; read once at start and after an operation on a scope. */
  lanes(scope?: { stream?: string; mode?: QueueMode; destination?: string }): Promise<LaneDue[]>;
  lease(query: LeaseQuery): Promise<Lease>;
  /** Told with each commit of mail that is to be delivered, before anybody else hears of it: what it is kept under, whatever the network would say by now. */
  onQueued(hear: (queued: readonly Queued[]) => void): () => void;
  /** Shares its commit with other outcomes (and with mail that comes in). Answers those that took effect: whose message was deleted meanwhile has ended already. */
  settle(outcomes: Outcome[]): Promise<Outcome[]>;
  /** Recipients whose time is over, whatever they wait for (held and paused ones too); the caller settles them. They are leased. */
  overdue(query: { stream: string; mode: QueueMode; now: number; limit: number }): Promise<LeasedMessage[]>;
  /** The earliest of due and expiry among what waits in the scope, held ones by their expiry only. Null when nothing waits. With `after`, what was due by then counts by its expiry only. */
  nextMoment(scope: { stream: string; mode: QueueMode; message?: string; key?: RecipientKey; after?: number }): Promise<number | null>;
  /** The earliest expiry of what waits or is being tried. Null when nothing does. */
  nextExpiry(scope: { stream: string; mode: QueueMode }): Promise<number | null>;
  /** Narrowed advance: moves the own clock of all waiting recipients of mode `simulate` in the scope by `ms`. */
  shift(scope: { stream: string; message?: string; key?: RecipientKey }, ms: number): Promise<void>;

  /** Due now, for all that wait in the scope (not held). Answers how many. */
  retryNow(scope: QueueScope, now: number): Promise<number>;
  hold(scope: QueueScope, at: number, by: string, held?: Held): Promise<number>;
  /** Held ones become due now; one that was never tried not before it was due. */
  release(scope: QueueScope, now: number, by: string): Promise<number>;
  /** Terminal: `cancelled`. Active ones are cancelled when their attempt did not end them. */
  cancel(scope: QueueScope, at: number, by: string): Promise<number>;

  /** Adds recipients to a message that is in the inbox, in mode `deliver`, with the event that tells it. Answers how many were queued, held ones included; undefined when there is no such message. */
  releaseMessage(released: Released): Promise<number | undefined>;
  /** How many recipients of mode `deliver` were queued since then and were not held at once: what the canary counts. Of the wall clock. */
  queuedSince(stream: string, since: number): Promise<number>;
  /** How many recipients of mode `deliver` the remote was asked about since then (by their last attempt): what warm-up counts. Of the wall clock. */
  triedSince(stream: string, since: number): Promise<number>;

  depth(query?: { stream?: string }): Promise<QueueDepth[]>;
  recipients(query: { scope: QueueScope; after?: RecipientKey; limit: number }): Promise<Recipient[]>;
  /** How many recipients of a stream are in each state. */
  tally(query: { stream?: string; mode?: QueueMode; message?: string; heldFor?: HeldReason }): Promise<Partial<Record<RecipientState, number>>>;
  delivery(message: string): Promise<Delivery | undefined>;

  pauses(): Promise<PauseRecord[]>;
  setPause(pause: PauseRecord): Promise<void>;
  /** False when there was none. */
  clearPause(stream: string, mode: QueueMode, site: string): Promise<boolean>;
}

/** What there is one of. */
export type SuppressionKey = Pick<Suppression, 'address' | 'stream' | 'mode'>;
/** `stream` and `mode` null: those for every stream, for both. `after`: one that was listed. `now`: of the wall; those that are over by the clock of their mail are left out. */
export type SuppressionQuery = { now: number; stream?: string | null; mode?: QueueMode | null; q?: string; reason?: SuppressionReason; after?: SuppressionKey; limit: number };

export interface SuppressionStore {
  /** Such a stream is there, or is gone and has left what its real mail has taught. */
  isKnown(stream: string): Promise<boolean>;
  suppressions(query: SuppressionQuery): Promise<Suppression[]>;
  /** What stands in the way of mail of this stream and mode to this address; the stream's own before the global one, then the address before its domain, then what is of the mode before what is of both. Expired ones do not count. */
  suppressionOf(stream: string, mode: QueueMode, address: string, now: number): Promise<Suppression | undefined>;
  /** Adds or replaces; tells an event each. Of a stream that is gone only what holds for real mail. Answers how many were new. */
  suppress(suppressions: Suppression[], by: string): Promise<number>;
  /** Without `mode`, whatever it holds for. Forgets the strikes that would lead back to it. */
  unsuppress(key: Omit<SuppressionKey, 'mode'> & { mode?: QueueMode | null }, by: string): Promise<boolean>;
  /** Takes back all that this stream itself holds against mail of this mode, and forgets its strikes. Answers how many. */
  unsuppressAll(stream: string, mode: QueueMode, by: string): Promise<number>;
}

/** Small JSON texts that must survive a restart: a scenario, its memory, a follower's cursor. */
export interface KeptStore {
  kept(kind: string, name: string): Promise<string | undefined>;
  keep(kind: string, name: string, json: string | null): Promise<void>;
  allKept(kind: string): Promise<{ name: string; json: string }[]>;
}

/** What the pretend remote promised to send later. Due on the stream's clock. */
export type Planned = { id: string; stream: string; due: number; message: string; json: string };
export interface PlannedStore {
  plan(planned: Planned[]): Promise<void>;
  planned(query: { stream: string; now: number; limit: number }): Promise<Planned[]>;
  nextPlanned(stream: string): Promise<number | null>;
  /** Done, or given up. */
  unplan(ids: string[]): Promise<void>;
  /** Narrowed advance. */
  shiftPlanned(scope: { stream: string; message: string }, ms: number): Promise<void>;
}

/** What a report that came back may be about. */
export type SentRecipient = { message: string; stream: string; mode: QueueMode; recipient: string; n: number; state: RecipientState; at: number };

export interface ReturnStore {
  /** By the id of a message and the place of the recipient (from a VERP token). */
  sentByToken(message: string, n: number): Promise<SentRecipient | undefined>;
  /** Of a stream, by Message-ID (without brackets) or ENVID; all recipients, or the one with this address. Newest message first. */
  sentBy(query: { stream: string; messageId?: string; envid?: string; recipient?: string; limit: number }): Promise<SentRecipient[]>;
  /** What came back about a message, oldest first: its *.received events. */
  returned(message: string): Promise<PosternEvent[]>;
  /** Events, suppressions and strikes that one report leads to, in one transaction. */
  report(found: { events: EventBody[]; suppress: Suppression[]; strikes: { stream: string; mode: QueueMode; address: string; kind: 'soft' | 'confirm'; at: number }[] }): Promise<void>;
}

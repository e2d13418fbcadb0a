/**
 * What crosses between the main thread and the writer for a commit: flat, so
 * that cloning it is cheap; texts that are only stored are JSON already.
 */
import type { Idempotency } from '../../admission/port.ts';
import type { PosternEvent } from '../../events/event.ts';
import type { QueueItem } from './enqueue.ts';
import type { WireError } from './fault.ts';
import type { Flat } from './flat.ts';
import type { RideName } from './rides.ts';
import type { Taken } from './row.ts';

/** Octets of a piece of a large body. On disk: never change. */
export const PIECE = 128 * 1024;
/** Pieces that one upload may have: 128 GB. On disk: never change. */
export const PIECES_MOST = 2 ** 20;

export type Item = {
  id: string;
  stream: string;
  receivedAt: number;
  size: number;
  /** JSON of the fixed part of the summary (see row.ts). */
  summary: string;
  subject: string;
  messageId: string;
  tags: string[];
  sender: string;
  recipients: string[];
  from: string[];
  to: string[];
  cc: string[];
  /**
   * Octets [start, end) of the batch's bytes, to be kept as they are: the detail (detail.ts),
   * the body when it is not in pieces, and room for a checksum (frame.ts).
   */
  start: number;
  detailSize: number;
  end: number;
  /** Octets of the body that are not in pieces yet. Of one in pieces they stand at `end`. */
  length: number;
  upload: { id: number; pieces: number } | undefined;
  /** Its recipients are to be delivered. */
  queue: QueueItem | undefined;
};

/** What one call of `accept` wants: all of it or nothing. */
export type Unit = { items: Item[]; idempotency?: Idempotency };
export type Piece = { upload: number; n: number; data: Uint8Array };

export type Batch = {
  /** Milliseconds since the epoch. */
  at: number;
  units: Flat;
  bytes: Uint8Array;
  pieces: Piece[];
  /** Uploads that were given up. */
  drops: number[];
  /** What else shares the commit: see rides.ts. */
  rides: Ride[];
};

/** `items` are messages that belong to it; their octets are in the batch's bytes. */
export type Ride = { op: RideName; args: unknown[]; items: Item[] };
export type RideOutcome = { value: unknown; events: PosternEvent[] } | { error: WireError };

export type UnitOutcome =
  /** Of its first item; the others count on from there. `queued` of each, and the events that follow, where anything was queued. */
  | { kind: 'accepted'; seq: number; event: number; queued?: (Taken | null)[]; events?: PosternEvent[] }
  | { kind: 'replayed'; response: string }
  | { kind: 'conflict' }
  | { kind: 'fault'; error: WireError };

export type BatchOutcome = { units: UnitOutcome[]; pieces: (WireError | null)[]; rides: RideOutcome[]; seconds: number };

/** The answer of a writing call that made events. */
export type Told<T> = { value: T; events: PosternEvent[] };

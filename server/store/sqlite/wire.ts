/**
 * What crosses between the main thread and the writer for a commit: flat, so
 * that cloning it is cheap; texts that are only stored are JSON already.
 */
import type { Idempotency } from '../../admission/port.ts';
import type { PosternEvent } from '../../events/event.ts';
import type { WireError } from './fault.ts';

/** Octets of a piece of a large body. On disk: never change. */
export const PIECE = 128 * 1024;
/** Pieces that one upload may have: 128 GB. On disk: never change. */
export const PIECES_MOST = 2 ** 20;

export type Item = {
  id: string;
  stream: string;
  receivedAt: number;
  size: number;
  /** JSON of the fixed part of the summary (see row.ts), and of envelope, session and metadata. */
  summary: string;
  detail: string;
  subject: string;
  messageId: string;
  tags: string[];
  sender: string;
  recipients: string[];
  from: string[];
  to: string[];
  cc: string[];
  /** Octets [start, start + length) of the batch's bytes: the whole body, or what came after the last full piece. */
  start: number;
  length: number;
  upload?: { id: number; pieces: number };
};

/** What one call of `accept` wants: all of it or nothing. */
export type Unit = { items: Item[]; idempotency?: Idempotency };
export type Piece = { upload: number; n: number; data: Uint8Array };

export type Batch = {
  /** Milliseconds since the epoch. */
  at: number;
  units: Unit[];
  bytes: Uint8Array;
  pieces: Piece[];
  /** Uploads that were given up. */
  drops: number[];
};

export type UnitOutcome =
  /** Of its first item; the others count on from there. */
  | { kind: 'accepted'; seq: number; event: number }
  | { kind: 'replayed'; response: string }
  | { kind: 'conflict' }
  | { kind: 'fault'; error: WireError };

export type BatchOutcome = { units: UnitOutcome[]; pieces: (WireError | null)[]; seconds: number };

/** The answer of a writing call that made events. */
export type Told<T> = { value: T; events: PosternEvent[] };

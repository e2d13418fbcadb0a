/** What the parser and its worker say to each other. */
import type { IndexEntry } from '../port.ts';
import type { Envelope } from './entry.ts';

export type ToWorker =
  /** Whole messages, to be read in order. */
  | { kind: 'read'; messages: { envelope: Envelope; bytes: Uint8Array }[] }
  /** One message in pieces. Each piece is answered by `taken`, the close by `entries`. */
  | { kind: 'open'; envelope: Envelope }
  | { kind: 'piece'; bytes: Uint8Array }
  | { kind: 'close' };

export type FromWorker = { kind: 'taken' } | { kind: 'entries'; entries: IndexEntry[] };

/**
 * Shared memory, so that a worker that died or hangs has still said where it
 * was: [0] the index of the message being read, [1] counts every step.
 */
export type WorkerData = { progress: Int32Array };

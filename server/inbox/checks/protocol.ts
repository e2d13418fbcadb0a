/** What the checks and their worker say to each other. One message at a time. */
import type { Examination } from './examine.ts';
import type { Subject } from './matter.ts';

export type ToWorker =
  | { kind: 'begin'; subject: Subject }
  /** Raw octets, in order; each is answered by `taken`. */
  | { kind: 'piece'; bytes: Uint8Array }
  | { kind: 'end' };

export type FromWorker = { kind: 'taken' } | { kind: 'done'; examination: Examination } | { kind: 'failed'; error: string };

/**
 * Rows of recipients and back, and the numbers in them that stand for words.
 * Rows keep the stream's clock; a Recipient has its own (its offset on top).
 */
import type { EnvelopeRecipient } from '../../mail/envelope.ts';
import { type Held, PRIORITIES, QUEUE_MODES, type QueueMode, RECIPIENT_STATES, type Recipient, type RecipientState } from '../../mail/recipient.ts';

/** Recipients that a message may have. In keys on disk: never change. */
export const WIDTH = 65_536;
/** Keys of a message: [from, to). */
export const keysOf = (seq: number): [number, number] => [seq * WIDTH, (seq + 1) * WIDTH];
export const seqOf = (key: number): number => Math.floor(key / WIDTH);

/** recipients.state; also written out in the conditions of the partial indexes. On disk: never renumber. */
export const STATE = Object.fromEntries(RECIPIENT_STATES.map((name, i) => [name, i])) as Record<RecipientState, number>;

/** recipients.mode, pauses.mode. On disk: never renumber. */
export const MODE = Object.fromEntries(QUEUE_MODES.map((name, i) => [name, i])) as Record<QueueMode, number>;

/** suppressions.mode: one of MODE, or this for all mail. On disk: never renumber. */
export const BOTH = -1;

/** Conditions in the words of the partial indexes, so that they are used. */
export const DUE = 'state in (0, 2)';
export const WAITING = 'state < 4';
/** The plus keeps SQLite from asking whether the value at hand would let the partial index of real mail be used: it would prepare the statement anew for each run (17 µs instead of 3). */
export const IN_MODE = 'mode = +?';

export type RecipientRow = {
  key: number; message: string; stream: string; address: string; destination: string; state: number; rank: number; due: number | null;
  expires: number; queuedAt: number; offset: number; attempts: number; uncertain: number; dsn: string | null; last: string | null;
  mode: number; held: string | null; original: string | null;
};

/** Of recipients r. */
const OWN = 'r.key, r.address, r.destination, r.state, r.rank, r.due, r.expires, r.queued_at AS queuedAt, r.offset, r.attempts, r.uncertain, r.dsn, r.last, r.mode, r.held, r.original';
export const OWN_COLUMNS = OWN;
/** Needs recipients r, messages m and streams s. */
export const RECIPIENT_COLUMNS = `${OWN}, m.id AS message, s.name AS stream`;
export const RECIPIENT_JOINS = `CROSS JOIN messages m ON m.seq = r.key / ${WIDTH} CROSS JOIN streams s ON s.id = r.stream`;

/** What a leased one was due at stays in its row; it is shown as long as it waits for a time. */
export function recipientOf(row: RecipientRow): Recipient {
  const state = RECIPIENT_STATES[row.state]!;
  return {
    key: row.key,
    message: row.message,
    n: row.key % WIDTH,
    stream: row.stream,
    mode: QUEUE_MODES[row.mode]!,
    address: row.address,
    destination: row.destination,
    state,
    priority: PRIORITIES[row.rank]!,
    attempts: row.attempts,
    queuedAt: row.queuedAt,
    due: row.due === null || row.state === STATE.held ? null : row.due + row.offset,
    expiresAt: row.expires + row.offset,
    offset: row.offset,
    last: row.last === null ? null : (JSON.parse(row.last) as Recipient['last']),
    uncertain: row.uncertain === 1,
    held: row.state === STATE.held ? heldOf(row.held) : null,
    original: row.original === null ? null : (JSON.parse(row.original) as string[]),
  };
}

/** What was held before there were reasons was held by a person. */
const heldOf = (json: string | null): Held => (json === null ? BY_PERSON : (JSON.parse(json) as Held));
export const BY_PERSON: Held = { reason: 'person', text: 'Held by a person until somebody releases it.' };

export type Dsn = Pick<EnvelopeRecipient, 'notify' | 'orcpt'>;
export const dsnOf = (row: RecipientRow): Dsn => (row.dsn === null ? {} : (JSON.parse(row.dsn) as Dsn));

/**
 * A recipient: the unit of delivery. One row, one state, one terminal event.
 *
 *              ┌────────── held ◀─────────┐
 *              ▼                          │
 *     queued ──▶ active ──▶ deferred ─────┤
 *                  │  ▲        │          │
 *                  │  └────────┘          │
 *                  ▼                      ▼
 *     delivered bounced expired suppressed cancelled       (terminal)
 *
 * In capture mode there is no recipient row: `message.captured` is the end.
 */
import type { Answer, Stage } from './reply.ts';
import type { TlsFacts, TranscriptLine } from './session.ts';

/** Waiting: queued (never tried), deferred (tried), held (by a person). Active: leased to a connection. */
export const RECIPIENT_STATES = ['queued', 'active', 'deferred', 'held', 'delivered', 'bounced', 'expired', 'suppressed', 'cancelled'] as const;
export type RecipientState = (typeof RECIPIENT_STATES)[number];
export const TERMINAL = ['delivered', 'bounced', 'expired', 'suppressed', 'cancelled'] as const;
export type Terminal = (typeof TERMINAL)[number];
export const isTerminal = (state: RecipientState): state is Terminal => (TERMINAL as readonly string[]).includes(state);

/** The mode that it was accepted under; a switch of the stream never changes it. */
export const QUEUE_MODES = ['simulate', 'deliver'] as const;
export type QueueMode = (typeof QUEUE_MODES)[number];

/** Why it is held: a person did it; it is not on the allow list; the canary keeps it back; it could not be signed. */
export const HELD_REASONS = ['person', 'not-allowed', 'canary', 'unsigned'] as const;
export type HeldReason = (typeof HELD_REASONS)[number];
/** `text` is a sentence for people: what would have to be done. */
export type Held = { reason: HeldReason; text: string };

/** Within a stream, the more urgent first. */
export const PRIORITIES = ['high', 'normal', 'low'] as const;
export type Priority = (typeof PRIORITIES)[number];

/** Grows with the message and its recipient; opaque outside of a store. */
export type RecipientKey = number;

/**
 * Times are of the recipient's own clock: the stream's, plus `offset` where a
 * narrowed advance moved this recipient alone.
 */
export type Recipient = {
  key: RecipientKey;
  message: string;
  /** Its place in the envelope, from 0. */
  n: number;
  stream: string;
  mode: QueueMode;
  /** As written in RCPT; or where it goes instead (`original`). */
  address: string;
  /** What is routed: its domain, or whatever the network told to keep apart (Network.destination). */
  destination: string;
  state: RecipientState;
  priority: Priority;
  /** Attempts that count. */
  attempts: number;
  queuedAt: number;
  /** Null when terminal or held. */
  due: number | null;
  expiresAt: number;
  offset: number;
  /** Why it is where it is, when known. */
  last: { answer: Answer; class: string; rule: string; at: number } | null;
  /** A crash came between an attempt's begin and its outcome, or the remote was gone before it answered to the whole message: it may have been delivered then. */
  uncertain: boolean;
  /** Null unless held. */
  held: Held | null;
  /** Whom the mail was for before it was intercepted or released to another address; null when that is `address`. */
  original: string[] | null;
};

/** One try, as it is kept and shown. */
export type Attempt = {
  /** 1 for the first. */
  number: number;
  /** Milliseconds, the recipient's clock; `wall` is the wall clock beside it. */
  at: number;
  wall: number;
  /** Milliseconds it took, in the recipient's time. */
  took: number;
  site: string;
  host: string;
  /** How far it got. */
  stage: Stage;
  answer: Answer;
  verdict: { class: string; scope: string; permanence: string; action: string; rule: string; facets: Record<string, unknown> };
  /** What became of it. */
  outcome: 'delivered' | 'deferred' | 'bounced' | 'expired';
  /** Milliseconds, the recipient's clock; when deferred. */
  nextDue?: number;
  tls?: TlsFacts;
  /** The connection; transactions over one connection share it. */
  connection: string;
  /** The dialogue of its transaction (connection set-up included in the first). */
  transcript: TranscriptLine[];
  /** An attempt before was cut off by a crash, or the remote was gone before it answered to the whole message: this one may be a second delivery. */
  possibleDuplicate?: true;
};

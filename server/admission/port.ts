/**
 * What admission asks of a store. One method is one transaction; all are
 * async; no transaction handle crosses.
 */
import type { Envelope } from '../mail/envelope.ts';
import type { HeaderSummary } from '../mail/message.ts';
import type { Session } from '../mail/session.ts';
import type { Credential, DeliveryPolicy, Retention, Stream, StreamMode } from '../mail/stream.ts';
import type { QueuePlan } from '../queue/port.ts';

/**
 * A body on its way in. Small ones stay in memory until `accept`; larger ones
 * are written away in pieces as they come, so that none is ever whole in
 * memory. Bytes are kept exactly as given.
 */
export interface BodyWriter {
  /** Octets so far. */
  readonly size: number;
  /** Octets of it that are in memory now. */
  readonly held: number;
  /** Takes the chunk (the caller must not change it afterwards). Await a promise before writing more: that is the back-pressure. Throws StoreFault. */
  write(chunk: Uint8Array): void | Promise<void>;
  /** Drops what was written. Allowed at any time; harmless after accept. */
  abort(): void;
}

export type Submission = {
  id: string;
  stream: string;
  via: 'smtp' | 'http';
  receivedAt: number;
  envelope: Envelope;
  header: HeaderSummary;
  tags: string[];
  metadata: Record<string, string>;
  session: Session;
  body: BodyWriter;
  /** Set when its recipients are to be delivered; kept in the same transaction. Those that are suppressed by then end there. */
  queue?: QueuePlan;
};

/** The answer to the submissions of one HTTP request, kept so that its repetition gets the same. */
export type Idempotency = {
  stream: string;
  key: string;
  /** Of the request body; another one under the same key is a conflict. */
  fingerprint: string;
  response: string;
  expiresAt: number;
};

export type AcceptOutcome = { kind: 'accepted' } | { kind: 'replayed'; response: string } | { kind: 'conflict' };

/**
 * The store cannot take it: the disk is full, or the file is broken or closed; the message says which. `no-stream`
 * says nothing of the store: the stream was deleted while the mail was on its way.
 */
export type StoreFaultReason = 'full' | 'broken' | 'closed' | 'no-stream';
export class StoreFault extends Error {
  override name = 'StoreFault';
  readonly reason: StoreFaultReason;
  constructor(reason: StoreFaultReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

export interface AdmissionStore {
  /** Opens a body. Cheap: nothing is written until it grows past what stays in memory. */
  openBody(): BodyWriter;
  /**
   * Commits bodies, envelopes, recipients and events of all submissions
   * together, synced to disk; resolves after that. Shares its commit with
   * whatever else arrives within about a millisecond. With `idempotency`, the
   * key is looked up and kept in the same transaction. Throws StoreFault;
   * then nothing of it is kept.
   */
  accept(submissions: Submission[], idempotency?: Idempotency): Promise<AcceptOutcome>;
  /** A kept answer, so that a repetition need not be composed again. `now` in ms since the epoch. */
  idempotent(stream: string, key: string, now: number): Promise<Idempotency | undefined>;
}

/** What may be changed of a stream. */
export type StreamChange = { mode?: StreamMode; retention?: Retention; tags?: string[]; delivery?: DeliveryPolicy; clockOffset?: number; paused?: Stream['paused'] };

/** An address handed out by POST /v1/inboxes. */
export type InboxRecord = { address: string; stream: string; createdAt: number; expiresAt?: number };

export interface StreamStore {
  streams(): Promise<Stream[]>;
  /** False when the name is taken. `by` is who is written down in the audit log, where what is delivered for real is concerned; in the same transaction. */
  createStream(stream: Stream, by?: string): Promise<boolean>;
  changeStream(name: string, change: StreamChange, by?: string): Promise<Stream | undefined>;
  /** With its messages, inboxes and credentials; what real mail has taught (suppressions, strikes, counts) stays under its name. False when there is none. */
  deleteStream(name: string, by?: string): Promise<boolean>;
  credentials(): Promise<Credential[]>;
  /** False when the user name is taken. */
  createCredential(credential: Credential): Promise<boolean>;
  deleteCredential(stream: string, id: string): Promise<boolean>;
  /** False when the address was handed out before. */
  createInbox(inbox: InboxRecord): Promise<boolean>;
  inbox(address: string): Promise<InboxRecord | undefined>;
}

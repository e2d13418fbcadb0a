/**
 * What a transport reports: one answer per recipient, and what was said. It
 * never says "bounced" and never says "retry".
 */
import type { Envelope } from '../mail/envelope.ts';
import type { Answer, Stage } from '../mail/reply.ts';
import type { TlsFacts, TranscriptLine } from '../mail/session.ts';

/** One message for recipients of one site. */
export type Transaction = {
  from: string;
  recipients: { address: string; notify?: Envelope['recipients'][number]['notify']; orcpt?: string }[];
  ret?: Envelope['ret'];
  envid?: string;
  body?: Envelope['body'];
  smtputf8?: true;
  requireTls?: true;
  /** Octets of the raw message, exactly: a chunk is promised by its size (RFC 3030). */
  size: number;
  /** The raw message; opened when the remote said 354, or has accepted somebody and takes chunks. CRLF is assumed, dot-stuffing is the session's. */
  open(): Promise<AsyncIterable<Uint8Array>>;
};

export type Told = {
  answer: Answer;
  /** The last stage that was entered for this recipient. */
  stage: Stage;
  /** All of the message was sent and nothing was answered: the remote may have taken it. */
  inDoubt?: true;
};

export type TransactionResult = {
  /** In the order of the recipients. */
  recipients: Told[];
  transcript: TranscriptLine[];
  tls?: TlsFacts;
  /** The host offers STARTTLS, and this connection is in plaintext all the same: its handshake breaks, or it was refused. */
  inPlain?: true;
  startedAt: number;
  endedAt: number;
  /** Whether the connection can carry another message. */
  alive: boolean;
  /** The answer that ended the connection, when one did before or beside the recipients': it is about the site. */
  broken?: Answer;
  /** A connection that had rested or carried turned out to be closed before anything was answered (or 421 was all that was said): nothing was tried, a new one may do. */
  stale?: true;
};

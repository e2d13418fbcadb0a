/**
 * A connection to a remote, as the queue sees it.
 */
import type { Answer } from '../mail/reply.ts';
import type { TlsFacts, TranscriptLine } from '../mail/session.ts';
import type { Host, Route } from '../network/network.ts';
import type { Talk } from '../network/talk.ts';
import type { Transaction, TransactionResult } from './attempted.ts';
import type { Extensions } from './extensions.ts';

/** A connection that is ready for MAIL. */
export interface Carrier {
  readonly id: string;
  readonly host: string;
  /** The host it was opened to, with what was demanded of it. */
  readonly to?: Host;
  readonly tls: TlsFacts | undefined;
  readonly carried: number;
  readonly talk: Talk;
  /** What the remote named in its answer to EHLO. */
  readonly offers: Extensions;
  /** Why it would answer this without asking the remote; undefined when it would ask. */
  unfit?(transaction: Transaction): string | undefined;
  /** False once it can carry nothing more; a remote may close it while it rests. */
  readonly alive: boolean;
  /** Resolves when the stream is gone; until then its talk may have a timer that ends it. */
  readonly closed: Promise<void>;
  /**
   * One message, one at a time. Never throws for what the remote does; the
   * connection is closed by itself when it is no longer usable. Rejects only
   * when the message cannot be read (`open` or its stream broke).
   */
  carry(transaction: Transaction): Promise<TransactionResult>;
  /** QUIT without waiting for its answer. In the midst of a message: the end, and a disconnect for whom it concerns. */
  close(): void;
}

/**
 * No host of the route let this message in: the last answer, with what was
 * said, and whom it concerns:
 *
 *   site          no host lets anybody in
 *   destination   a host was there, and did not fulfil what this destination (not the relay's setting) demands of TLS
 *   message       a host was there, and does not take what this message is made of: other mail to the same destination may well go there
 */
export type NotConnected = { answer: Answer; host: string; transcript: TranscriptLine[]; startedAt: number; endedAt: number; connection: string; concerns: 'site' | 'destination' | 'message' };

/** Why the message cannot go over this carrier. */
export type Unfit = (carrier: Carrier) => string | undefined | Promise<string | undefined>;

/** Tries the hosts of a route in order: dial, greeting, EHLO (or HELO), TLS where it is offered and as it is demanded, a login where one is known. Where the message is `unfit` for a host the next one may take it. */
export type Connect = (route: Route, ask: { stream: string; destination: string; talk: Talk; heloName: string; connection: string; unfit?: Unfit }) => Promise<Carrier | NotConnected>;

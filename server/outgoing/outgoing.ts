/**
 * The copy of a message that goes out for real: the stored octets, with lines
 * that end in CRLF, trace and signature headers in front. What is kept in the
 * inbox stays as it was received.
 */
import type { LeasedMessage, LeasedRecipient } from '../queue/port.ts';
import type { Held } from '../mail/recipient.ts';

export type Outgoing = {
  /** Octets of the copy, before dot-stuffing. */
  size: number;
  body?: '7BIT' | '8BITMIME';
  /** Its header holds octets beyond ASCII, and whoever handed it in asked for SMTPUTF8: it goes only where that is offered. Addresses are looked at by the session. */
  smtputf8?: true;
  /** May be asked for more than once (another host); each time from the beginning. */
  open(): Promise<AsyncIterable<Uint8Array>>;
};

/**
 * For recipients that share one transaction. `held`: it cannot be sent as the
 * stream wants it (no key to sign with). Throws when the octets cannot be
 * read; nothing was tried then.
 */
export type Prepare = (message: LeasedMessage, recipients: readonly LeasedRecipient[]) => Promise<Outgoing | { held: Held }>;

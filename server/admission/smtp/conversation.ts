/**
 * What is known of one connection, and the mail transaction on it. Plain
 * state: the verbs change it, the connection owns it, stages read it.
 */
import type { Envelope } from '../../mail/envelope.ts';
import type { TlsFacts } from '../../mail/session.ts';
import { DEFAULT_STREAM } from '../../mail/stream.ts';

export type Login = {
  method: string;
  user: string;
  /** Set when the login was checked against a credential; then it is looked at again at each MAIL. */
  credential?: string;
};

export type Transaction = {
  envelope: Envelope;
  /** Inbox keys of the recipients so far. */
  keys: Set<string>;
  /** Milliseconds since the epoch. */
  mailAt: number;
};

export type Conversation = {
  readonly id: string;
  readonly client: { address: string; port: number };
  readonly openedAt: number;
  /** As EHLO or HELO said it; absent before. */
  hello?: string;
  tls?: TlsFacts;
  login?: Login;
  stream: string;
  transaction?: Transaction;
  /** Ends the connection without a word: a scenario's fault. Set by the connection. */
  cut?: (how: 'close' | 'reset') => void;
  /** A scenario's silence: no answer will come, and nobody need wait for one at the end. */
  silent?: true;
};

export const conversation = (id: string, client: { address: string; port: number }, openedAt: number): Conversation =>
  ({ id, client, openedAt, stream: DEFAULT_STREAM });

/** RFC 3207 §4.2: after the handshake nothing that was said before it counts. */
export function forget(talk: Conversation): void {
  delete talk.hello;
  delete talk.login;
  delete talk.transaction;
  talk.stream = DEFAULT_STREAM;
}

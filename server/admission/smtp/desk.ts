/**
 * What all connections of a listener share: the gate, the streams, the limits
 * and the rules of the house. And the stages: each is asked for a verdict
 * after the listener's own checks and before its own answer. A verdict is a
 * reply to give instead (4xx and 5xx refuse, 421 closes, 2xx only changes the
 * words), or nothing to go ahead. In capture mode there are none.
 */
import type { Clock } from '../../clock.ts';
import type { EnvelopeRecipient } from '../../mail/envelope.ts';
import type { Admit } from '../admit.ts';
import type { Refusal } from '../refusal.ts';
import type { Streams } from '../streams.ts';
import type { Conversation } from './conversation.ts';
import type { Reply } from './reply.ts';

export type Verdict = Reply | undefined | Promise<Reply | undefined>;

export interface Stages {
  connect?(talk: Conversation): Verdict;
  /** `extensions` may be changed: it is what EHLO is about to list. */
  hello?(talk: Conversation, extensions: string[]): Verdict;
  login?(talk: Conversation, user: string): Verdict;
  mail?(talk: Conversation, sender: string): Verdict;
  rcpt?(talk: Conversation, recipient: EnvelopeRecipient): Verdict;
  /** Answers DATA itself, in place of 354. */
  data?(talk: Conversation): Verdict;
  /** Answers the final dot; the message is whole and not yet committed. */
  body?(talk: Conversation, size: number): Verdict;
}

/** The part of pino that is used here. */
export type Log = Record<'debug' | 'info' | 'warn' | 'error', (facts: object, message: string) => void>;

export type SmtpLimits = {
  /** Octets; announced in SIZE. The gate enforces it. */
  messageSize: number;
  recipients: number;
  /** Open connections of this listener; and those of one address, where that is to be less. */
  clients: number;
  clientsOfOne?: number;
  /** Milliseconds without a whole command, or without any octet of a message. RFC 5321 §4.5.3.2.7: at least 5 minutes. */
  idleMs: number;
  /** While a message comes in, at least so many octets in each such period. */
  slow: { octets: number; perMs: number };
  /** Commands that were none, or out of place, or logins that were wrong, before the connection is closed. */
  badCommands: number;
  /** Octets of a command line. RFC 4954 §4.5.2 wants 12,288 for AUTH. */
  commandLine: number;
};

export const SMTP_LIMITS: SmtpLimits = {
  messageSize: 50 * 1024 * 1024,
  recipients: 1_000,
  clients: 1_000,
  idleMs: 300_000,
  slow: { octets: 4_096, perMs: 60_000 },
  badCommands: 20,
  commandLine: 12_288,
};

export type Desk = {
  admit: Admit;
  streams: Streams;
  clock: Clock;
  log: Log;
  hostname: string;
  limits: SmtpLimits;
  /** Mail from the other side (bounces, complaints): there are no logins, and nothing of it is ever put on its way. */
  inward: boolean;
  requireLogin: boolean;
  requireTls: boolean;
  /**
   * `named` in EHLO, or `quiet`: done for who asks, but not named, since many
   * clients upgrade by themselves to what is named and then refuse a
   * certificate that nobody signed.
   */
  starttls: 'named' | 'quiet' | 'off';
  stages: Stages;
  /** The listener's own refusals, for metrics. Those of the gate are heard there. */
  heard: (refusal: Refusal) => void;
};

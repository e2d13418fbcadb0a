/**
 * Why a submission is not taken, in SMTP's words. SMTP sends `code enhanced
 * text`; HTTP maps `reason` to a problem. One table, so that both sides and
 * the metrics name the same things.
 */
import type { StoreFault } from './port.ts';

export type RefusalReason =
  | 'message-too-large' | 'no-room' | 'disk-full' | 'store-broken' | 'shutting-down'
  | 'too-many-recipients' | 'too-many-clients' | 'idle' | 'too-slow' | 'login-required' | 'wrong-login' | 'tls-required'
  | 'simulated' | 'relay-denied' | 'no-such-mailbox' | 'too-many-reports' | 'bad-address' | 'unknown-stream' | 'line-too-long' | 'bare-newline' | 'protocol';

export type Refusal = { kind: 'refused'; reason: RefusalReason; code: number; enhanced: string; text: string };

const refusal = (reason: RefusalReason, code: number, enhanced: string, text: string): Refusal => ({ kind: 'refused', reason, code, enhanced, text });

export const refusals = {
  tooLarge: (limit: number) => refusal('message-too-large', 552, '5.3.4', `Message is larger than the ${limit} octets taken here (POSTERN_MAX_MESSAGE_SIZE)`),
  noRoom: () => refusal('no-room', 452, '4.3.1', 'Too much mail is in flight right now, try again in a moment'),
  storeFault: (fault: StoreFault) =>
    fault.reason === 'full' ? refusal('disk-full', 452, '4.3.1', 'The disk is full, nothing more can be kept')
    : fault.reason === 'closed' ? refusal('shutting-down', 421, '4.3.2', 'Postern is shutting down')
    : fault.reason === 'no-stream' ? refusal('unknown-stream', 550, '5.7.1', fault.message)
    : refusal('store-broken', 452, '4.3.1', 'The store cannot take mail right now'),
  shuttingDown: () => refusal('shutting-down', 421, '4.3.2', 'Postern is shutting down'),
  tooManyRecipients: (limit: number) => refusal('too-many-recipients', 452, '4.5.3', `More than the ${limit} recipients taken in one transaction here`),
  tooManyClients: () => refusal('too-many-clients', 421, '4.7.0', 'Too many clients are connected, try again in a moment'),
  idle: () => refusal('idle', 421, '4.4.2', 'Nothing was heard for too long, closing the connection'),
  tooSlow: () => refusal('too-slow', 421, '4.4.2', 'The message comes too slowly, closing the connection'),
  loginRequired: () => refusal('login-required', 530, '5.7.0', 'A login is required, send AUTH first'),
  wrongLogin: (text = 'User name or password is wrong') => refusal('wrong-login', 535, '5.7.8', text),
  tlsRequired: () => refusal('tls-required', 530, '5.7.0', 'TLS is required, send STARTTLS first'),
  badAddress: (enhanced: string, text: string) => refusal('bad-address', 501, enhanced, text),
  unknownStream: (stream: string) => refusal('unknown-stream', 550, '5.7.1', `The stream ${stream} of this login is gone`),
  lineTooLong: (limit: number, inLogin = false) => refusal('line-too-long', 500, inLogin ? '5.5.6' : '5.5.2', `A line is longer than ${limit} octets`),
  relayDenied: () => refusal('relay-denied', 550, '5.7.1', 'Nothing is relayed here: only mail that comes back is taken'),
  noSuchMailbox: () => refusal('no-such-mailbox', 550, '5.1.1', 'There is no such mailbox here'),
  otherStream: () => refusal('too-many-recipients', 452, '4.5.3', 'This recipient goes into a transaction of its own'),
  tooManyReports: () => refusal('too-many-reports', 451, '4.7.1', 'Too much came for this address just now, try again later'),
  guessing: () => refusal('no-such-mailbox', 421, '4.7.0', 'Too many recipients that are none of ours, closing the connection'),
  /** What the stream's scenario says while mail is handed in. */
  simulated: (code: number, enhanced: string, text: string) => refusal('simulated', code, enhanced, text),
  protocol: (code: number, enhanced: string, text: string) => refusal('protocol', code, enhanced, text),
} as const;

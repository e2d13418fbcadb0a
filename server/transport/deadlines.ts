/**
 * How long the client waits for what (RFC 5321 §4.5.3.2), in milliseconds of
 * the conversation's own time. Each wait begins when we have said our part; a
 * reply that comes an octet at a time does not extend it. Beside them stand
 * one for the way to a connection and one for a whole transaction, so that a
 * remote which is just quick enough at every step cannot hold a message for
 * hours.
 */
export type Deadlines = Readonly<{
  /** From the first dial until a host is ready for MAIL, over all hosts of a route. */
  opening: number;
  connect: number;
  greeting: number;
  /** EHLO and HELO. */
  ehlo: number;
  starttls: number;
  handshake: number;
  /** Each step of a login. */
  auth: number;
  rset: number;
  mail: number;
  rcpt: number;
  /** Until 354. */
  data: number;
  /** Until a block of the message was taken. */
  block: number;
  /** Until the reply to the final dot. */
  dot: number;
  /** From MAIL to the last reply. */
  transaction: number;
  /** Until QUIT was handed over. */
  quit: number;
}>;

const MINUTE = 60_000;

export const DEADLINES: Deadlines = {
  opening: 15 * MINUTE,
  connect: 30_000,
  greeting: 5 * MINUTE,
  ehlo: 5 * MINUTE,
  starttls: 2 * MINUTE,
  handshake: MINUTE,
  auth: 2 * MINUTE,
  rset: 5 * MINUTE,
  mail: 5 * MINUTE,
  rcpt: 5 * MINUTE,
  data: 2 * MINUTE,
  block: 3 * MINUTE,
  dot: 10 * MINUTE,
  transaction: 30 * MINUTE,
  quit: 2_000,
};

/** `5 min`, `30 s`, `250 ms`. */
export function span(ms: number): string {
  if (ms >= MINUTE && ms % MINUTE === 0) return `${ms / MINUTE} min`;
  return ms >= 1000 && ms % 1000 === 0 ? `${ms / 1000} s` : `${ms} ms`;
}

/**
 * When a client has been waited for long enough. Between commands: too long
 * without a whole one. In a message: too long without an octet, or too few of
 * them in a period. What the client cannot help (it waits for us) never counts.
 */
import type { SmtpLimits } from './desk.ts';

export type Pace = {
  /** Milliseconds since the client was given the word, or since the period of a message began. */
  waited: number;
  /** A command is being worked on. */
  busy: boolean;
  /** A message is coming in: its octets in this period, and whether it is the client we wait for. */
  body: { octets: number; wanted: boolean } | undefined;
};

export function judgePace({ waited, busy, body }: Pace, { idleMs, slow }: Pick<SmtpLimits, 'idleMs' | 'slow'>): 'idle' | 'too-slow' | 'new-period' | 'fine' {
  if (!body) return !busy && waited >= idleMs ? 'idle' : 'fine';
  if (!body.wanted) return 'new-period';
  if (body.octets === 0) return waited >= idleMs ? 'idle' : 'fine';
  if (waited < slow.perMs) return 'fine';
  return body.octets < slow.octets ? 'too-slow' : 'new-period';
}

/**
 * An address that gets no mail: why, since when, for how long, and in which
 * world. What the pretend remote said of an address is no evidence about the
 * real one, and the other way round.
 */
import type { QueueMode } from './recipient.ts';

export const SUPPRESSION_REASONS = ['hard_bounce', 'complaint', 'manual', 'soft_bounces', 'unsubscribe'] as const;
export type SuppressionReason = (typeof SUPPRESSION_REASONS)[number];

export type Suppression = {
  /** addressKey of the address; or `@domain` for a whole domain. */
  address: string;
  /** Null suppresses it for every stream. */
  stream: string | null;
  /** What it is known from, and holds for: mail that is simulated, or mail that is delivered. Null, said by a person: both. */
  mode: QueueMode | null;
  reason: SuppressionReason;
  /** A sentence: the reply, or who did it. */
  detail: string;
  /** The message that led to it, where one did. */
  message: string | null;
  createdAt: number;
  /** Milliseconds since the epoch; null is for ever. */
  expiresAt: number | null;
};

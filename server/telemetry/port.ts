/**
 * What became of real (and simulated) mail, counted by the hour as it is
 * settled, in the same transaction: so that it can be asked for months later
 * without reading attempts.
 */
import type { QueueMode } from '../mail/recipient.ts';

/**
 * Outcomes that were given back, held or cancelled are in none. `complained`, `unsubscribed` and `returned` (delivered
 * first, and bounced later) are counted when they come in, beside the `delivered` that they were. Kept by place: only added to.
 */
export const MEASURES = ['delivered', 'deferred', 'bounced', 'expired', 'suppressed', 'complained', 'unsubscribed', 'returned'] as const;
export type Measure = (typeof MEASURES)[number];

/** Upper bounds of the classes of time to deliver, milliseconds (of the recipient's clock, from queued to delivered); the last class is above all of them. */
export const DELIVERY_BOUNDS = [1_000, 5_000, 30_000, 60_000, 300_000, 900_000, 3_600_000, 14_400_000, 86_400_000] as const;

/** What counts are kept by. */
export const HOUR = 3_600_000;
/** The site (or class) that stands for all that are not named apart. */
export const OTHERS = '(others)';

/** One hour of one stream, mode, site and verdict class. `site` is '' of mail that was never routed. */
export type Count = { /** Begin of the hour (or of the step that was asked for), wall clock. */ at: number; stream: string; mode: QueueMode; site: string; class: string; measure: Measure; count: number };
/** Time to deliver: how many in each class of DELIVERY_BOUNDS. */
export type Times = { at: number; stream: string; mode: QueueMode; counts: number[] };

/** Steps begin at `from`, which is taken down to its hour; `to` is not included. With `site`, times are not told: they are not kept by it. */
export type TelemetryQuery = { stream?: string; mode?: QueueMode; site?: string; from: number; to: number; /** Milliseconds; a multiple of an hour. */ step: number; by: 'total' | 'site' | 'class' };

export interface TelemetryStore {
  /** Sums over what is not asked apart: with `by: 'site'` class is '', with 'class' site is '', with 'total' both. The 100 largest are named, the rest is OTHERS. Oldest step first. */
  telemetry(query: TelemetryQuery): Promise<{ counts: Count[]; times: Times[] }>;
  /** Forgets hours before this. */
  pruneTelemetry(before: number): Promise<void>;
}

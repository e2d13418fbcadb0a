/**
 * The queue as others see it (api/, sdk in process, admission): what it
 * promises, without how.
 */
import type { QueueMode, Recipient, RecipientKey } from '../mail/recipient.ts';
import type { SiteLimits } from '../mail/stream.ts';
import type { QueueScope } from './port.ts';

export type SiteView = {
  stream: string;
  mode: QueueMode;
  site: string;
  provider: string | null;
  destinations: string[];
  waiting: number;
  active: number;
  held: number;
  oldestAt: number | null;
  nextDue: number | null;
  connections: { open: number; most: number };
  limits: SiteLimits;
  /** Share of the limits in use after a slow-down: 1 is all. */
  pace: number;
  pause: { reason: string; until: number | null; by: 'person' | 'engine' } | null;
  /** Since start. */
  counts: { delivered: number; deferred: number; bounced: number; connectFailures: number };
  lastAnswer: string | null;
  /** Why it is not faster now, in a sentence; null when nothing holds it up. */
  why: string | null;
};

/** Why something waits, the first reason that holds, and until when as far as it is known. */
export type Explanation = {
  state: Recipient['state'];
  reason: 'due' | 'scheduled' | 'retry' | 'site-paused' | 'stream-paused' | 'gate' | 'warm-up' | 'held' | 'site-connections' | 'site-rate' | 'busy' | 'active' | 'done';
  /** A sentence for people. */
  text: string;
  until: number | null;
};

export type AdvanceTarget = { by: number } | { until: number } | { to: 'idle' };
export type AdvanceScope = { message?: string; recipient?: RecipientKey };
export type AdvanceSummary = {
  /** Of the clock that was moved. */
  from: number;
  to: number;
  steps: number;
  attempts: number;
  delivered: number; deferred: number; bounced: number; expired: number; suppressed: number;
  /** What was sent later by the pretend remote (bounces, complaints, replies). */
  later: number;
  /** Recipients that still wait, and the next moment at which something happens. */
  waiting: number;
  next: number | null;
};

export interface Queue extends AsyncDisposable {
  /** Virtual (or wall) time of a stream: that of the mail that it takes now, unless a mode is named. */
  now(stream: string, mode?: QueueMode): number;
  /** The next moment at which something of its mail happens; of its clock. Null when nothing will. */
  next(stream: string, mode?: QueueMode): Promise<number | null>;
  sites(stream?: string): Promise<SiteView[]>;
  explain(recipient: Recipient): Promise<Explanation>;
  retryNow(scope: QueueScope): Promise<number>;
  hold(scope: QueueScope, by: string): Promise<number>;
  /** Of real mail only what the gate lets go; the others stay held, and say why from then on. Answers how many were released. */
  release(scope: QueueScope, by: string): Promise<number>;
  cancel(scope: QueueScope, by: string): Promise<number>;
  /**
   * Of a stream, or of one site of it. `until` is of the stream's clock. A site is
   * paused for the mail that the stream takes now, unless a mode is named.
   */
  pause(target: { stream: string; site?: string; mode?: QueueMode }, why: { reason: string; until: number | null }): Promise<void>;
  /** A site for both kinds of mail, unless one is named. */
  resume(target: { stream: string; site?: string; mode?: QueueMode }): Promise<boolean>;
  /** Simulated mail alone is moved. `'delivers'` when the stream delivers and nothing simulated is on its way. One advance of a stream at a time; others wait their turn. */
  advance(stream: string, target: AdvanceTarget, scope?: AdvanceScope): Promise<AdvanceSummary | 'delivers' | 'no-stream'>;
  /** Resolves when nothing is being tried and nothing is due. For tests and for closing. */
  quiet(): Promise<void>;
}

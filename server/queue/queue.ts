/**
 * The queue as others see it (api/, sdk in process, admission): what it
 * promises, without how.
 */
import type { Recipient, RecipientKey } from '../mail/recipient.ts';
import type { SiteLimits } from '../mail/stream.ts';
import type { QueueScope } from './port.ts';

export type SiteView = {
  stream: string;
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
};

/** Why something waits, the first reason that holds, and until when as far as it is known. */
export type Explanation = {
  state: Recipient['state'];
  reason: 'due' | 'scheduled' | 'retry' | 'site-paused' | 'stream-paused' | 'stream-captures' | 'held' | 'site-connections' | 'site-rate' | 'busy' | 'active' | 'done';
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
  /** Virtual (or wall) time of a stream. */
  now(stream: string): number;
  /** The next moment at which something of its mail happens; of its clock. Null when nothing will. */
  next(stream: string): Promise<number | null>;
  sites(stream?: string): Promise<SiteView[]>;
  explain(recipient: Recipient): Promise<Explanation>;
  retryNow(scope: QueueScope): Promise<number>;
  hold(scope: QueueScope, by: string): Promise<number>;
  release(scope: QueueScope, by: string): Promise<number>;
  cancel(scope: QueueScope, by: string): Promise<number>;
  /** Of a stream, or of one site of it. `until` is of the stream's clock. */
  pause(target: { stream: string; site?: string }, why: { reason: string; until: number | null }): Promise<void>;
  resume(target: { stream: string; site?: string }): Promise<boolean>;
  /** `'delivers'` when the stream runs on the wall clock. One advance of a stream at a time; others wait their turn. */
  advance(stream: string, target: AdvanceTarget, scope?: AdvanceScope): Promise<AdvanceSummary | 'delivers' | 'no-stream'>;
  /** Resolves when nothing is being tried and nothing is due. For tests and for closing. */
  quiet(): Promise<void>;
}

/**
 * When a deferred recipient is tried again. Pure arithmetic: whatever a
 * schedule says, a wait is a whole number of milliseconds between a second
 * and thirty days, and what is due is never after the expiry.
 */
import type { DeliveryPolicy, RetrySchedule } from '../mail/stream.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** Bounds of any wait. */
export const LEAST_WAIT = SECOND;
export const MOST_WAIT = 30 * 24 * HOUR;
/** Of a schedule that says nothing usable (RFC 5321 §4.5.4.1: at least 30 minutes). */
const USUAL_WAIT = 30 * MINUTE;

/** "Try again in …" of a reply is honoured within these. */
export const RETRY_AFTER = { least: 30 * SECOND, most: 6 * HOUR } as const;

const within = (ms: number, least: number, most: number): number => Math.min(Math.max(Math.round(ms), least), most);
const bounded = (ms: number): number => (Number.isNaN(ms) ? USUAL_WAIT : within(ms, LEAST_WAIT, MOST_WAIT));

/** Milliseconds after the n-th attempt (from 1). */
export function nextWait(schedule: RetrySchedule, attempt: number): number {
  const n = Math.max(1, Math.floor(attempt) || 1);
  switch (schedule.kind) {
    case 'steps': {
      const { steps } = schedule;
      return bounded(steps[Math.min(n, steps.length) - 1] ?? NaN);
    }
    case 'growing': {
      const most = bounded(schedule.most);
      // A power may be Infinity; the smaller of the two is still right. It never shrinks, whatever the factor is (NaN too).
      return Math.min(bounded(bounded(schedule.first) * Math.max(schedule.factor || 1, 1) ** (n - 1)), most);
    }
  }
}

/** Milliseconds, within what is honoured; undefined when the reply named none. Takes seconds, as the classifier tells them. */
export function retryAfterOf(seconds: number | undefined): number | undefined {
  return seconds === undefined || Number.isNaN(seconds) ? undefined : within(seconds * SECOND, RETRY_AFTER.least, RETRY_AFTER.most);
}

export type NextDue = {
  policy: Pick<DeliveryPolicy, 'schedule' | 'jitter'>;
  /** Attempts so far, with the one that was just deferred. */
  attempts: number;
  /** When it ended. */
  at: number;
  expiresAt: number;
  /** Milliseconds; the wait is not shorter. */
  retryAfter?: number | undefined;
  /** In [0, 1). */
  chance: number;
};

/** After `at` and not after `expiresAt`, as long as these allow it; due at its expiry means that it is not tried again. */
export function nextDue({ policy, attempts, at, expiresAt, retryAfter = 0, chance }: NextDue): number {
  const jitter = Math.min(Math.max(policy.jitter, 0), 0.5) || 0;
  const wait = nextWait(policy.schedule, attempts) * (1 + jitter * (2 * chance - 1));
  return Math.min(at + Math.max(within(wait, LEAST_WAIT / 2, MOST_WAIT * 1.5), retryAfter), expiresAt);
}

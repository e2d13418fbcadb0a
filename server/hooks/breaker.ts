/**
 * The circuit breaker of one hook: pure state, told of each try.
 *
 *     closed ── 5 failures in a row ──▶ open (10 min) ──▶ probing (one call)
 *        ▲                                ▲                  │     │
 *        │                                └──── it fails ────┘     │
 *        └─────────────────────── it succeeds ─────────────────────┘
 *
 * While it is open calls wait and use up none of their tries. Failing for a
 * day without one success is the end: whoever owns the hook must look at it.
 */
import type { HookStanding } from './hook.ts';

const FAILURES = 5;
const OPEN_MS = 10 * 60_000;
const GIVE_UP_MS = 24 * 3_600_000;

export type Breaker = {
  /** How many calls may be made now, of so many that would be. */
  allows(now: number, wanted: number, inFlight: number): number;
  /** When to ask again; null when nothing is to be waited for. */
  until(): number | null;
  /** `error` is null when it succeeded. `'give-up'` when it has failed for a day. */
  tried(now: number, error: string | null): 'go-on' | 'give-up';
  standing(now: number): HookStanding;
  reset(): void;
};

export function createBreaker(): Breaker {
  let failures = 0;
  let lastError: string | null = null;
  let since: number | null = null;
  let openUntil: number | null = null;
  return {
    allows(now, wanted, inFlight) {
      if (openUntil === null) return wanted;
      return now >= openUntil && inFlight === 0 ? Math.min(wanted, 1) : 0;
    },
    until: () => openUntil,
    tried(now, error) {
      if (error === null) {
        this.reset();
        return 'go-on';
      }
      failures++;
      lastError = error;
      since ??= now;
      if (failures >= FAILURES) openUntil = now + OPEN_MS;
      return openUntil !== null && now - since >= GIVE_UP_MS ? 'give-up' : 'go-on';
    },
    standing: (now) => ({ failures, lastError, pausedUntil: openUntil !== null && openUntil > now ? openUntil : null }),
    reset() {
      failures = 0;
      lastError = null;
      since = null;
      openUntil = null;
    },
  };
}

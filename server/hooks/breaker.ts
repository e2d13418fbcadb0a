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
const FAILURES = 5;
const OPEN_MS = 10 * 60_000;
const GIVE_UP_MS = 24 * 3_600_000;

export type Breaker = {
  /** How many calls may be made now, of so many that would be. */
  allows(now: number, wanted: number, inFlight: number): number;
  /** When to ask again; null when nothing is to be waited for. */
  until(): number | null;
  /** `'give-up'` when it has failed for a day. */
  tried(now: number, succeeded: boolean): 'go-on' | 'give-up';
  reset(): void;
};

export function createBreaker(): Breaker {
  let failures = 0;
  let since: number | null = null;
  let openUntil: number | null = null;
  return {
    allows(now, wanted, inFlight) {
      if (openUntil === null) return wanted;
      return now >= openUntil && inFlight === 0 ? Math.min(wanted, 1) : 0;
    },
    until: () => openUntil,
    tried(now, succeeded) {
      if (succeeded) {
        this.reset();
        return 'go-on';
      }
      failures++;
      since ??= now;
      if (failures >= FAILURES) openUntil = now + OPEN_MS;
      return openUntil !== null && now - since >= GIVE_UP_MS ? 'give-up' : 'go-on';
    },
    reset() {
      failures = 0;
      since = null;
      openUntil = null;
    },
  };
}

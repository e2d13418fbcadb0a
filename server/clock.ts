/**
 * Time as an argument. Everything that asks for the time, waits, or gives up
 * after a while is handed a Clock, so that a test and a simulated stream
 * can move time. Times are milliseconds since the Unix epoch.
 */

export type Cancel = () => void;

export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Calls `wake` once, `ms` milliseconds from now. The timer does not keep the process alive. */
  after(ms: number, wake: () => void): Cancel;
}

// setTimeout holds 31 bits; a longer wait is made of several.
const LONGEST = 2 ** 31 - 1;

export const wallClock: Clock = {
  now: () => Date.now(),
  after(ms, wake) {
    const due = Date.now() + ms;
    let timer: NodeJS.Timeout;
    const arm = () => {
      const left = due - Date.now();
      timer = setTimeout(left > LONGEST ? arm : wake, Math.min(Math.max(left, 0), LONGEST));
      timer.unref();
    };
    arm();
    return () => clearTimeout(timer);
  },
};

/** A clock that stands still until `advance` moves it; timers fire in order of their due time. */
export function manualClock(start = Date.UTC(2026, 0, 1)): Clock & { advance(ms: number): void } {
  let now = start;
  const timers = new Set<{ due: number; wake: () => void }>();
  return {
    now: () => now,
    after(ms, wake) {
      const timer = { due: now + Math.max(ms, 0), wake };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    advance(ms) {
      const target = now + ms;
      for (;;) {
        let next: { due: number; wake: () => void } | undefined;
        for (const timer of timers) if (timer.due <= target && (!next || timer.due < next.due)) next = timer;
        if (!next) break;
        timers.delete(next);
        now = next.due;
        next.wake();
      }
      now = target;
    },
  };
}

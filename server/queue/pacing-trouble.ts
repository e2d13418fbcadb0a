/**
 * How much of what a site may be asked at once it is asked: less after
 * trouble, more as it goes well. Three things, the least of which counts:
 *
 *     pace    halved when it tells us to slow down, doubled after a while without
 *     ramp    one connection after one that failed, then 2, 4, … until all
 *     window  of a site that nobody knows: begins at 5, and is learned
 *
 * The window is Postfix's feedback: one more for each window of deliveries,
 * one less for a connection that failed, broke or was slowed down.
 */
const LEAST_PACE = 1 / 64;
/** Nobody has tried it again since its rest was over so long ago: what it was like then says nothing any more. */
const STALE_MS = 3_600_000;
/** Without another slow-down for so long, it goes twice as fast. */
const RECOVERY_MS = 10 * 60_000;
/** What came in so short a time was on its way already, and counts once. */
const SLOWED_LATELY_MS = 10_000;
export const FIRST_WINDOW = 5;

export type Trouble = {
  /** Connections that did not come about, in a row. */
  readonly failures: number;
  /** 1 is the full limits. */
  pace(now: number): number;
  /** Connections that may be open, of so many; at least one. */
  most(now: number, limit: number): number;
  /** Whether it takes one message at a time. */
  isWary(now: number): boolean;
  /** Nothing is left of it, but for what was learned. */
  isOver(now: number): boolean;
  /** What was learned, of so many; undefined where nothing is learned. */
  window(limit: number): number | undefined;
  /** A run went well: it opens up a step. */
  succeeded(limit: number): void;
  /** A message was taken while so many connections were open. Answers whether one more may be open now. */
  delivered(open: number, limit: number): boolean;
  /** Rests: then it opens up from one connection. `until` is when it may be tried again. */
  failed(rests: boolean, until: number): void;
  /** A connection broke in the midst of a message. It may be that message's doing, so nothing rests; but fewer are opened. */
  broke(): void;
  /** After a rest that was ordered, from one connection. */
  restart(until: number): void;
  /** Answers the new pace, or undefined when it was slowed down a moment ago. */
  slowDown(now: number): number | undefined;
};

/** `learns` for a window that is learned. */
export function createTrouble(learns: () => boolean): Trouble {
  let failures = 0;
  let ramp = Infinity;
  let window = FIRST_WINDOW;
  let restsUntil = -Infinity;
  let slowed: { pace: number; at: number } | undefined;

  const pace = (now: number): number => {
    if (!slowed) return 1;
    const current = slowed.pace * 2 ** Math.max(Math.floor((now - slowed.at) / RECOVERY_MS), 0);
    if (current < 1) return current;
    slowed = undefined;
    return 1;
  };
  const shrink = () => {
    window = Math.max(window - 1, 1);
  };

  return {
    get failures() { return failures; },
    pace,
    most: (now, limit) => Math.max(1, Math.min(ramp, Math.floor(limit * pace(now)), learns() ? Math.floor(window) : Infinity)),
    isWary: (now) => ramp === 1 || pace(now) < 1,
    isOver: (now) => ((failures === 0 && ramp === Infinity) || restsUntil + STALE_MS <= now) && pace(now) === 1,
    window: (limit) => (learns() ? Math.min(Math.floor(window), limit) : undefined),
    succeeded(limit) {
      failures = 0;
      if (ramp !== Infinity) ramp = ramp * 2 >= limit ? Infinity : ramp * 2;
    },
    delivered(open, limit) {
      // What is not asked for is not learned.
      if (!learns() || window >= limit || window >= open + FIRST_WINDOW) return false;
      const before = Math.floor(window);
      window = Math.min(window + 1 / window, limit);
      return Math.floor(window) > before;
    },
    failed(rests, until) {
      failures++;
      restsUntil = Math.max(restsUntil, until);
      shrink();
      if (rests) ramp = 1;
    },
    broke: shrink,
    restart(until) {
      ramp = 1;
      restsUntil = Math.max(restsUntil, until);
    },
    slowDown(now) {
      if (slowed && now - slowed.at < SLOWED_LATELY_MS) return undefined;
      slowed = { pace: Math.max(pace(now) / 2, LEAST_PACE), at: now };
      shrink();
      return slowed.pace;
    },
  };
}

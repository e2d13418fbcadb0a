/**
 * Asks again when something may have changed: at once when it was quiet, at
 * most once in `every` milliseconds however much happens, one request at a
 * time, and once more when something happened while it was under way. What
 * cannot be had now is asked for at the next change.
 */
export type Again = {
  /** Something changed. */
  soon(): void;
  /** Asks now; resolves when answered. */
  now(): Promise<void>;
  stop(): void;
};

export function again(ask: () => Promise<unknown>, every = 500): Again {
  let running: Promise<void> | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last = -Infinity;
  let wanted = false;
  let stopped = false;

  function run(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    wanted = false;
    running = (async () => {
      try {
        await ask();
      } catch { /* whoever asks shows why */ } finally {
        last = performance.now();
        running = undefined;
        if (wanted) soon();
      }
    })();
    return running;
  }
  function soon(): void {
    wanted = true;
    if (stopped || running !== undefined || timer !== undefined) return;
    const wait = last + every - performance.now();
    if (wait <= 0) void run();
    else timer = setTimeout(() => void run(), wait);
  }
  return {
    soon,
    now: async () => {
      if (running) await running;
      if (!stopped) await run();
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

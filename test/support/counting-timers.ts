/** A clock that says how many of its timers still wait: what is left behind when all is over. */
import type { Clock } from '../../server/clock.ts';

export function countingTimers<Of extends Clock>(clock: Of): Of & { readonly timers: number } {
  let timers = 0;
  return {
    ...clock,
    get timers() { return timers; },
    after(ms, wake) {
      timers++;
      let isOver = false;
      const over = () => {
        if (!isOver) timers--;
        isOver = true;
      };
      const cancel = clock.after(ms, () => {
        over();
        wake();
      });
      return () => {
        over();
        cancel();
      };
    },
  };
}

/**
 * The wall's time, passing so many times as quickly: five minutes of silence
 * are over in half a second at 600. Real sockets keep their own speed, and a
 * few milliseconds of work look like seconds; so no wait that was meant for
 * one is over before the wall has given it a tenth of a second.
 */
import { type Cancel, type Clock, wallClock } from '../../server/clock.ts';

/** Milliseconds of the wall. */
const LEAST = 100;

export function quickClock(times: number): Clock {
  const [at, began] = [Date.now(), performance.now()];
  const now = () => Math.floor(at + (performance.now() - began) * times);
  return {
    now,
    after(ms, wake) {
      const due = now() + Math.max(ms, Math.min(ms, LEAST) * times);
      let cancel: Cancel;
      const arm = () => {
        // A timer of a whole millisecond may be too early by many of ours.
        cancel = wallClock.after(Math.max(Math.ceil((due - now()) / times), 0), () => (now() < due ? arm() : wake()));
      };
      arm();
      return () => cancel();
    },
  };
}

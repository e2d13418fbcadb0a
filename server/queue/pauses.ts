/** Waits before something is asked of the store again, which all end at once when there is nothing more to wait for. */
import type { Clock } from '../clock.ts';

const AGAIN_MS = 1_000;

export type Pauses = { pause(): Promise<void>; /** Nobody waits any more. */ end(): void };

export function createPauses(wall: Clock): Pauses {
  const waits = new Set<() => void>();
  return {
    pause: () => new Promise<void>((resolve) => {
      const wake = () => {
        waits.delete(wake);
        cancel();
        resolve();
      };
      const cancel = wall.after(AGAIN_MS, wake);
      waits.add(wake);
    }),
    end() {
      for (const wake of [...waits]) wake();
    },
  };
}

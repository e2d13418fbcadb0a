/** Forgets counts that are older than 400 days: once after the start, and once a day. */
import type { Cancel, Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { TelemetryStore } from './port.ts';

const DAY = 86_400_000;
export const KEPT = 400 * DAY;
/** Milliseconds after the start: it is busy enough. */
const FIRST = 60_000;

export function keepTelemetry({ store, wall, log }: { store: Pick<TelemetryStore, 'pruneTelemetry'>; wall: Clock; log: Pick<Log, 'warn'> }): AsyncDisposable {
  let closed = false;
  let running: Promise<void> = Promise.resolve();
  let cancel: Cancel = () => {};
  const plan = (ms: number) => {
    if (closed) return;
    cancel = wall.after(ms, () => {
      running = store.pruneTelemetry(wall.now() - KEPT)
        .catch((error: unknown) => closed || log.warn({ error: String(error) }, 'old counts could not be forgotten; it is tried again tomorrow'))
        .then(() => plan(DAY));
    });
  };
  plan(FIRST);
  return {
    async [Symbol.asyncDispose]() {
      closed = true;
      cancel();
      await running;
    },
  };
}

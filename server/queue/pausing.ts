/** What a person pauses and lets go on: a stream, or one site of it. What waits there expires in time all the same. */
import type { EventBody } from '../events/event.ts';
import { QUEUE_MODES, type QueueMode } from '../mail/recipient.ts';
import type { PauseRecord, QueueStore } from './port.ts';
import type { Queue } from './queue.ts';
import type { QueueOptions } from './options.ts';
import type { StreamQueue } from './stream-queue.ts';

export type PausingDeps = {
  store: Pick<QueueStore, 'setPause'> & Pick<QueueOptions['store'], 'report'>;
  streams: QueueOptions['streams'];
  queueOf(name: string, mode: QueueMode): StreamQueue | undefined;
  /** Of the mail that a stream takes now. */
  modeOf(name: string): QueueMode;
  /** There may be more to begin, or less. */
  look(of: StreamQueue): void;
};

export function createPausing({ store, streams, queueOf, modeOf, look }: PausingDeps): Pick<Queue, 'pause' | 'resume'> {
  const those = (stream: string, mode?: QueueMode) => (mode === undefined ? QUEUE_MODES : [mode]).flatMap((one) => queueOf(stream, one) ?? []);
  const watch = (of: StreamQueue) => {
    of.alarm.lookForOverdueAt(of.clock.now());
    look(of);
  };

  return {
    async pause({ stream, site, mode = modeOf(stream) }, { reason, until }) {
      if (!streams.get(stream)) return;
      if (site === undefined) {
        await streams.change(stream, { paused: { reason, until } });
        for (const of of those(stream)) watch(of);
        return;
      }
      const of = queueOf(stream, mode);
      if (!of) return;
      const pause: PauseRecord = { stream, mode, site, reason, until, by: 'person' };
      await store.setPause(pause);
      await store.report({ events: [{ type: 'site.paused', ...pause } satisfies EventBody], suppress: [], strikes: [] });
      of.putPause(site, { reason, until, by: 'person' });
      watch(of);
    },
    async resume({ stream, site, mode }) {
      let resumed = false;
      if (site === undefined) {
        if (!streams.get(stream)?.paused) return false;
        await streams.change(stream, { paused: null });
        resumed = true;
      }
      for (const of of those(stream, mode)) {
        if (site === undefined) of.alarm.resumesAt(null);
        else {
          const seat = of.seats.seats.get(site);
          if (!seat?.site.pause) continue;
          of.resumed(seat, 'person');
          resumed = true;
        }
        of.seats.rouseAll();
        look(of);
      }
      return resumed;
    },
  };
}

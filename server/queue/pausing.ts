/** What a person pauses and lets go on: a stream, or one site of it. What waits there expires in time all the same. */
import type { EventBody } from '../events/event.ts';
import type { PauseRecord, QueueStore } from './port.ts';
import type { Queue } from './queue.ts';
import type { QueueOptions } from './options.ts';
import type { StreamQueue } from './stream-queue.ts';

export type PausingDeps = {
  store: Pick<QueueStore, 'setPause'> & Pick<QueueOptions['store'], 'report'>;
  streams: QueueOptions['streams'];
  queueOf(name: string): StreamQueue | undefined;
  /** There may be more to begin, or less. */
  look(of: StreamQueue): void;
};

export function createPausing({ store, streams, queueOf, look }: PausingDeps): Pick<Queue, 'pause' | 'resume'> {
  return {
    async pause({ stream, site }, { reason, until }) {
      const of = queueOf(stream);
      if (!of) return;
      if (site === undefined) await streams.change(stream, { paused: { reason, until } });
      else {
        const pause: PauseRecord = { stream, site, reason, until, by: 'person' };
        await store.setPause(pause);
        await store.report({ events: [{ type: 'site.paused', ...pause } satisfies EventBody], suppress: [], strikes: [] });
        of.putPause(site, { reason, until, by: 'person' });
      }
      of.lookForOverdueAt(of.clock.now());
      look(of);
    },
    async resume({ stream, site }) {
      const of = queueOf(stream);
      if (!of) return false;
      if (site === undefined) {
        if (!streams.get(stream)?.paused) return false;
        await streams.change(stream, { paused: null });
        of.resumesAt(null);
      } else {
        const seat = of.seats.seats.get(site);
        if (!seat?.site.pause) return false;
        of.resumed(seat, 'person');
      }
      of.seats.rouseAll();
      look(of);
      return true;
    },
  };
}

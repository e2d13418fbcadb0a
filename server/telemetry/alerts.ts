/**
 * Tells when too much of a live stream's mail bounces (of the last hour) or
 * is complained about (of the last day), and when it is over. It is over at
 * half of the threshold, so that an alert does not flicker. Looked at a while
 * after something happened, and while an alert stands; a stream that is idle
 * costs nothing. What stands is kept, so that a restart tells nothing twice.
 *
 *            share > threshold, of enough mail
 *     quiet ─────────────────────────────────▶ raised
 *       ▲                                        │ share ≤ half of it, nothing left in
 *       └────────────────────────────────────────┘ the window, or no longer live
 */
import type { Cancel, Clock } from '../clock.ts';
import type { EventBody, EventType } from '../events/event.ts';
import type { Hub } from '../events/hub.ts';
import type { Log } from '../log.ts';
import type { Stream } from '../mail/stream.ts';
import type { KeptStore } from '../queue/port.ts';
import { type Count, HOUR, type Measure, type TelemetryStore } from './port.ts';

export type AlertMeasure = Extract<EventBody, { type: 'alert.rate' }>['measure'];
/** Shares, 0 to 1; null never tells. */
export type Thresholds = Record<AlertMeasure, number | null>;

export type AlertsOptions = {
  store: Pick<TelemetryStore, 'telemetry'> & Pick<KeptStore, 'allKept' | 'keep'>;
  hub: Pick<Hub, 'onCommit'>;
  streams: { get(name: string): Pick<Stream, 'mode'> | undefined };
  wall: Clock;
  /** Writes the event. */
  tell(event: EventBody): Promise<unknown>;
  thresholds: Thresholds;
  log: Pick<Log, 'warn'>;
};

export interface Alerts extends AsyncDisposable {
  start(): Promise<void>;
}

/** `returned` came back after it was delivered: it counts with what bounced, of the same mail. */
const WATCHED: Record<AlertMeasure, { window: number; of: readonly Measure[]; counts: readonly Measure[] }> = {
  bounced: { window: HOUR, counts: ['bounced', 'returned'], of: ['delivered', 'bounced', 'expired'] },
  complained: { window: 24 * HOUR, counts: ['complained'], of: ['delivered'] },
};
const NAMES = Object.keys(WATCHED) as AlertMeasure[];
/** Mails of the window below which a share says nothing; and one or two of a hundred are nobody's trend. */
const LEAST = 100;
const LEAST_HITS = 3;
/** Milliseconds after something happened, and between looks while an alert stands. */
const LOOK = 30_000;
const TELLING: ReadonlySet<EventType> = new Set<EventType>(['recipient.bounced', 'bounce.received', 'complaint.received', 'stream.mode', 'stream.deleted']);
const KIND = 'alert';

/**
 * The share within a window that ends now, of counts by the hour. Of the hour
 * in which the window begins, as much counts as lies within it, as if its mail
 * were spread evenly.
 */
export function shareOf(measure: AlertMeasure, counts: readonly Pick<Count, 'at' | 'measure' | 'count'>[], now: number): { share: number; of: number; hits: number } {
  const { window, of, counts: told } = WATCHED[measure];
  const from = now - window;
  let [hits, all] = [0, 0];
  for (const one of counts) {
    const part = Math.min(Math.max((one.at + HOUR - from) / HOUR, 0), 1);
    if (told.includes(one.measure)) hits += one.count * part;
    if (of.includes(one.measure)) all += one.count * part;
  }
  // More complaints than mail: about mail from before the window.
  return { share: all > 0 ? Math.min(hits / all, 1) : 0, of: Math.round(all), hits: Math.round(hits) };
}

export function createAlerts({ store, hub, streams, wall, tell, thresholds, log }: AlertsOptions): Alerts {
  const timers = new Map<string, Cancel>();
  const looking = new Map<string, Promise<void>>();
  const raised = new Set<string>();
  let closed = false;
  let stopHearing: Cancel = () => {};

  function soon(stream: string): void {
    if (closed || timers.has(stream)) return;
    timers.set(stream, wall.after(LOOK, () => {
      timers.delete(stream);
      // One at a time: the one before may still wait for the disk.
      const look = (looking.get(stream) ?? Promise.resolve()).then(() => lookAt(stream)).catch((error: unknown) => {
        log.warn({ error: String(error), stream }, 'the rates of a stream could not be looked at');
        soon(stream);
      });
      looking.set(stream, look);
      void look.then(() => looking.get(stream) === look && looking.delete(stream));
    }));
  }

  async function lookAt(stream: string): Promise<void> {
    if (closed) return;
    const now = wall.now();
    const isLive = streams.get(stream)?.mode === 'deliver';
    const counts = isLive ? (await store.telemetry({ stream, mode: 'deliver', from: now - 24 * HOUR, to: now + 1, step: HOUR, by: 'total' })).counts : [];
    for (const measure of NAMES) {
      const key = `${stream} ${measure}`;
      const threshold = thresholds[measure];
      const { share, of, hits } = shareOf(measure, counts, now);
      const stands = raised.has(key);
      const isOver = !isLive || threshold === null || of === 0 || share <= threshold / 2;
      if (stands ? !isOver : threshold === null || of < LEAST || hits < LEAST_HITS || share <= threshold) continue;
      if (stands) raised.delete(key);
      else raised.add(key);
      try {
        // A stream that is gone is told nothing of.
        if (streams.get(stream)) await tell({ type: 'alert.rate', stream, state: stands ? 'cleared' : 'raised', measure, share: Math.round(share * 1e6) / 1e6, threshold: threshold ?? 0, of });
        await store.keep(KIND, key, stands ? null : String(now));
      } catch (error) {
        // Once more: neither was kept, or only that it was told.
        if (stands) raised.add(key);
        else raised.delete(key);
        throw error;
      }
    }
    if (NAMES.some((measure) => raised.has(`${stream} ${measure}`))) soon(stream);
  }

  return {
    async start() {
      for (const { name } of await store.allKept(KIND)) {
        raised.add(name);
        soon(name.slice(0, name.lastIndexOf(' ')));
      }
      stopHearing = hub.onCommit((events) => {
        for (const { type, stream } of events) if (TELLING.has(type) && stream !== '') soon(stream);
      });
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      stopHearing();
      for (const cancel of timers.values()) cancel();
      timers.clear();
      await Promise.all(looking.values());
    },
  };
}

/**
 * What holds up all of a stream's mail of one mode, the first that does: the
 * gate is shut, there is nowhere to send it to, a person paused the stream, or
 * its day's share of a warm-up is used up. What waits expires all the same.
 */
import type { Clock } from '../clock.ts';
import type { Stream } from '../mail/stream.ts';
import type { QueueOptions } from './options.ts';
import type { StreamQueue } from './stream-queue.ts';

/** `until` is of the queue's own clock. `text` is a sentence without its end; of a pause, its reason. */
export type Holdup = { reason: 'gate' | 'stream-paused' | 'warm-up'; text: string; until: number | null };

export type HoldupDeps = Pick<QueueOptions, 'streams' | 'networkOf' | 'gate'> & {
  /** The stream's own clock, of which its pause is, whatever its mode. */
  clockOf(stream: string): Clock;
  inBackground(promise: Promise<unknown>): void;
};

export type Holdups = (of: StreamQueue) => Holdup | undefined;

export function createHoldups({ streams, networkOf, gate, clockOf, inBackground }: HoldupDeps): Holdups {
  /** Streams whose pause is being taken back because its time is over. */
  const resuming = new Set<string>();

  /** Undefined once it is over. */
  function pauseOf({ name, clock }: StreamQueue): Stream['paused'] | undefined {
    const paused = streams.get(name)?.paused;
    if (!paused || paused.until === null) return paused ?? undefined;
    const left = paused.until - clockOf(name).now();
    if (left > 0) return { reason: paused.reason, until: clock.now() + left };
    if (!resuming.has(name)) {
      resuming.add(name);
      inBackground(streams.change(name, (stands) => (stands.paused?.until === paused.until ? { paused: null } : undefined)).finally(() => resuming.delete(name)));
    }
    return undefined;
  }

  return (of) => {
    const { name, mode, alarm, clock } = of;
    const held = (reason: Holdup['reason'], text: string, until: number | null = null): Holdup => {
      alarm.resumesAt(until);
      return { reason, text, until };
    };
    const shut = mode === 'deliver' ? gate?.shut(name) : null;
    if (shut) return held('gate', shut.text);
    if (!networkOf(name, mode)) return held('gate', 'There is nowhere to send it to now');
    const paused = pauseOf(of);
    if (paused) return held('stream-paused', paused.reason, paused.until);
    const now = clock.now();
    const rests = of.warmUp?.restsUntil(now);
    if (rests !== undefined) {
      const today = of.warmUp!.today(now);
      return held('warm-up', today ? `Today's share of the warm-up (${today.cap} recipients) is used up` : "It is being counted what is left of today's share of the warm-up", rests);
    }
    alarm.resumesAt(null);
    return undefined;
  };
}

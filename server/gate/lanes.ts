/**
 * Streams as the gate sees them, for people: whether their real mail is tried
 * now or what is in the way, and what of it waits, is held or has gone. Only
 * reads; nothing is decided by it.
 */
import type { Clock } from '../clock.ts';
import { type LivePolicy, warmUpDay } from '../mail/live.ts';
import { HELD_REASONS, type HeldReason, type RecipientState } from '../mail/recipient.ts';
import type { Stream, StreamMode } from '../mail/stream.ts';
import type { QueueStore } from '../queue/port.ts';
import type { Gate, Shut } from './gate.ts';

export type LiveLane = {
  stream: string;
  mode: StreamMode;
  /** Null when it is live. */
  shut: Shut;
  policy: Pick<LivePolicy, 'allow' | 'intercept'>;
  canary: (NonNullable<LivePolicy['canary']> & { passed: number }) | null;
  /** `until` is when the next day begins. */
  warmUp: { cap: number | null; today: number; until: number } | null;
  /** Real mail only. */
  tally: Partial<Record<RecipientState, number>>;
  heldFor: Partial<Record<HeldReason, number>>;
};

export type LaneOptions = { gate: Pick<Gate, 'shut' | 'canaryPassed'>; store: Pick<QueueStore, 'tally' | 'triedSince'>; wall: Clock };

export async function laneOf({ name, mode, delivery: { live } }: Stream, { gate, store, wall }: LaneOptions): Promise<LiveLane> {
  const day = live.warmUp && warmUpDay(live.warmUp, wall.now());
  const [tally, today] = await Promise.all([store.tally({ stream: name, mode: 'deliver' }), day ? store.triedSince(name, day.begins) : 0]);
  const counts = tally.held ? await Promise.all(HELD_REASONS.map((heldFor) => store.tally({ stream: name, mode: 'deliver', heldFor }))) : [];
  return {
    stream: name, mode, tally,
    shut: gate.shut(name),
    policy: { allow: live.allow, intercept: live.intercept },
    canary: live.canary && { ...live.canary, passed: gate.canaryPassed(name) ?? 0 },
    warmUp: day && { cap: day.cap, today, until: day.ends },
    heldFor: Object.fromEntries(counts.flatMap(({ held = 0 }, i) => (held > 0 ? [[HELD_REASONS[i]!, held]] : []))),
  };
}

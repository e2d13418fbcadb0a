/**
 * The gate: what may go out for real. Three keys, all of them needed: the
 * process (`POSTERN_DELIVERY=on`), the stream's mode, and the stream's allow
 * list. Above them one switch that stops all of it at once, and survives a
 * restart. What is not allowed is held, never sent and never lost.
 */
import type { Cancel } from '../clock.ts';
import type { Held } from '../mail/recipient.ts';

export type Switch = { on: boolean; /** Milliseconds since the epoch. */ since: number; by: string; reason: string };

/** What stands between a stream and the world, the first that does; null when it may. */
export type Shut = { why: 'process' | 'stopped' | 'mode'; text: string } | null;

export interface Gate {
  /** POSTERN_DELIVERY. */
  readonly permitted: boolean;
  readonly switch: Switch;
  shut(stream: string): Shut;
  /** Whether an address is on the stream's allow list. */
  allows(stream: string, address: string): boolean;
  /** Asked when mail comes in or is released: null lets it go. `key` makes the canary's choice the same again (message and place). One that `isSuppressed` as far as is known takes no place of the canary: it ends, or else is held. */
  judge(stream: string, address: string, key: string, isSuppressed?: boolean): Held | null;
  /** Asked again right before an attempt, for mail that was let go: the list may be another by now. */
  judgeAgain(stream: string, address: string): Held | null;
  /** The address that all mail of the stream goes to instead. */
  interceptOf(stream: string): string | null;
  /** Of a stream with a canary, how many recipients it let go so far. */
  canaryPassed(stream: string): number | null;
  /** Kept before it resolves; nothing new is begun from the moment of the call. */
  stop(by: string, reason: string): Promise<void>;
  start(by: string, reason: string): Promise<void>;
  /** The switch was used, or a stream may do something else than before. */
  onChange(hear: () => void): Cancel;
}

/**
 * The canary: of a stream's real mail the first so many recipients go, and of
 * the rest a share; the others wait until somebody approves. How many went is
 * asked of the store once for each canary and counted in memory from then on,
 * so that a restart does not begin anew. Until the store has answered, the
 * first ones count as gone: rather one held too many than one let go.
 *
 * Which of the rest goes is no matter of luck: the same message is let go, or
 * is not, however often it is asked.
 */
import { chanceOf } from '../mail/chance.ts';
import type { LivePolicy } from '../mail/live.ts';

export type Canary = NonNullable<LivePolicy['canary']>;

export type CanaryCount = {
  /** Whether one more may go; it is counted when it may. */
  take(stream: string, canary: Canary, seed: number, key: string): boolean;
  /** Asks the store how many went since this canary began, unless that is known. Never rejects. */
  learn(stream: string, canary: Canary): Promise<void>;
  /** How many went so far; null while nobody knows. */
  passed(stream: string, canary: Canary): number | null;
  forget(stream: string): void;
};

type Went = { since: number; count: number; known: boolean };

export function canaryCount(queuedSince: (stream: string, since: number) => Promise<number>, failed: (error: unknown, stream: string) => void): CanaryCount {
  const streams = new Map<string, Went>();

  async function learn(stream: string, { since }: Canary): Promise<void> {
    if (streams.get(stream)?.since === since) return;
    const went: Went = { since, count: 0, known: false };
    streams.set(stream, went);
    try {
      const before = await queuedSince(stream, since);
      went.count += before;
      went.known = true;
    } catch (error) {
      // Asked again with the next mail.
      if (streams.get(stream) === went) streams.delete(stream);
      failed(error, stream);
    }
  }

  return {
    learn,
    take(stream, canary, seed, key) {
      void learn(stream, canary);
      const went = streams.get(stream)!;
      const isLet = (went.known && went.count < canary.first) || chanceOf(seed, 'canary', key) < canary.share;
      if (isLet) went.count++;
      return isLet;
    },
    passed(stream, { since }) {
      const went = streams.get(stream);
      return went?.since === since && went.known ? went.count : null;
    },
    forget: (stream) => void streams.delete(stream),
  };
}

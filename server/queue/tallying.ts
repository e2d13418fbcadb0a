/** What a stream's queue counts of its outcomes once they are in effect, and who hears when something is due again (an advance). */
import type { Cancel } from '../clock.ts';
import type { Outcome } from './port.ts';
import type { StreamTally } from './stream-deps.ts';
import type { Dues } from './writing.ts';

/** Due on the stream's clock, and after how long a wait. */
type HearDue = (due: number, wait: number) => void;

export function createTallying() {
  const tally: StreamTally = { attempts: 0, delivered: 0, deferred: 0, bounced: 0, expired: 0, suppressed: 0 };
  const hearers = new Set<HearDue>();

  return {
    tally,
    count(outcomes: readonly Outcome[]): void {
      for (const { state, attempt, due } of outcomes) {
        if (attempt) tally.attempts++;
        if (state === 'delivered' || state === 'bounced' || state === 'expired' || state === 'suppressed' || (state === 'deferred' && attempt && due !== undefined)) tally[state]++;
      }
    },
    /** On their way to the store, which hears of them before anybody asks it again. */
    due(outcomes: readonly Outcome[], dues: Dues): void {
      if (hearers.size === 0) return;
      const waiting = outcomes.filter(({ due }) => due !== undefined);
      dues.forEach(({ due }, i) => {
        const last = waiting[i]?.attempt && waiting[i].last;
        for (const hear of hearers) hear(due, last ? waiting[i]!.due! - last.at : 0);
      });
    },
    onOutcome(hear: HearDue): Cancel {
      hearers.add(hear);
      return () => hearers.delete(hear);
    },
  };
}

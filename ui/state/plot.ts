/**
 * The last hour of a queue, minute by minute, out of events: how many were
 * delivered, deferred, bounced, expired; and how deep the queue was, counted back from
 * what it is now. Minutes of which not all events are known are gaps, not
 * zeros. By the wall clock: an advance of days is a spike, which it is. Pure.
 */
import type { PosternEvent } from '../../sdk/contract.ts';

export const MINUTES = 60;
const MINUTE = 60_000;

export type Minute = { delivered: number; deferred: number; bounced: number; expired: number; /** Came in, less what ended. */ growth: number };
export type Plotted = {
  /** Begins of the minutes, seconds since the epoch. */
  times: number[];
  delivered: (number | null)[];
  deferred: (number | null)[];
  bounced: (number | null)[];
  expired: (number | null)[];
  /** At the end of each minute. */
  depth: (number | null)[];
};

const empty = (): Minute => ({ delivered: 0, deferred: 0, bounced: 0, expired: 0, growth: 0 });

/** Types of events that count here. */
export const COUNTED = ['message.captured', 'recipient.delivered', 'recipient.deferred', 'recipient.bounced', 'recipient.expired', 'recipient.suppressed', 'recipient.cancelled'] as const;

/** Counts of minutes by their number (minutes since the epoch). */
export class Tape {
  #minutes = new Map<number, Minute>();
  /** Before this, events are not known. */
  since: number;
  #last = 0;
  /** Messages of the latest commits, with the time of each. */
  #captured = new Map<string, string>();

  constructor(since: number) {
    this.since = since;
  }

  /** In their order; what was added already is passed over. */
  add(events: readonly PosternEvent[], stream: string | undefined): boolean {
    let counted = false;
    for (const event of events) {
      if (event.id <= this.#last) continue;
      this.#last = event.id;
      if (stream !== undefined && event.stream !== stream) continue;
      counted = this.#count(event) || counted;
    }
    return counted;
  }

  /** Up to the minute of `now`, when the depth is known. */
  plotted(now: number, depth: number | undefined): Plotted {
    const end = Math.floor(now / MINUTE);
    const first = Math.ceil(this.since / MINUTE);
    for (const minute of this.#minutes.keys()) if (minute < end - MINUTES) this.#minutes.delete(minute);
    const minutes = Array.from({ length: MINUTES }, (_, i) => end - MINUTES + 1 + i);
    const known = (of: (one: Minute) => number) => minutes.map((minute) => (minute < first ? null : of(this.#minutes.get(minute) ?? empty())));
    const depths: (number | null)[] = minutes.map(() => null);
    let at = depth;
    for (let i = MINUTES - 1; i >= 0 && at !== undefined && minutes[i]! >= first; i--) {
      depths[i] = Math.max(0, at);
      at -= this.#minutes.get(minutes[i]!)?.growth ?? 0;
    }
    return { times: minutes.map((minute) => minute * 60), delivered: known((one) => one.delivered), deferred: known((one) => one.deferred), bounced: known((one) => one.bounced), expired: known((one) => one.expired), depth: depths };
  }

  #count(event: PosternEvent): boolean {
    const minute = Math.floor(Date.parse(event.at) / MINUTE);
    const counts = this.#minutes.get(minute) ?? empty();
    switch (event.type) {
      case 'message.captured':
        counts.growth += event.queued ?? 0;
        if (this.#captured.size > 500) this.#captured.clear();
        this.#captured.set(event.message, event.at);
        break;
      case 'recipient.delivered': counts.delivered++; counts.growth--; break;
      case 'recipient.deferred': counts.deferred++; break;
      case 'recipient.bounced': counts.bounced++; counts.growth--; break;
      case 'recipient.expired': counts.expired++; counts.growth--; break;
      // Those that were suppressed as they came in never were in the queue.
      case 'recipient.suppressed': if (this.#captured.get(event.message) !== event.at) counts.growth--; break;
      case 'recipient.cancelled': counts.growth--; break;
      default: return false;
    }
    this.#minutes.set(minute, counts);
    return true;
  }
}

/** What the plot shows, in a sentence, for those who do not see it. */
export function plotText({ delivered, deferred, bounced, expired, depth }: Plotted): string {
  const sum = (all: readonly (number | null)[]) => all.reduce<number>((total, one) => total + (one ?? 0), 0);
  const deepest = Math.max(0, ...depth.map((one) => one ?? 0));
  return `In the last hour ${sum(delivered).toLocaleString()} delivered, ${sum(deferred).toLocaleString()} deferred, ${sum(bounced).toLocaleString()} bounced, ${sum(expired).toLocaleString()} expired; at most ${deepest.toLocaleString()} waited.`;
}

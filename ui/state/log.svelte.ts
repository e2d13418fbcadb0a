/** The latest events, newest first, in plain words: what the event log shows. Begins with those of before; keeps so many and no more; can be held still to be read. */
import type { EventPage, PosternEvent } from '../../sdk/contract.ts';

export const KEPT = 1_000;
/** Of what happened before the page was opened, so many. */
export const BEFORE = 200;

export class EventLog {
  events: PosternEvent[] = $state.raw([]);
  paused = $state(false);
  missed = $state(0);
  loading = $state(false);
  #behind: PosternEvent[] = [];
  #asked = false;
  #cleared = false;
  /** Those that `load` showed and the stream may yet tell of. */
  #known = new Set<number>();

  /** Once: what happened before. What came meanwhile stays on top, and nothing is told twice. */
  async load(ask: (latest: number) => Promise<EventPage>): Promise<void> {
    if (this.#asked) return;
    this.#asked = this.loading = true;
    try {
      const { events } = await ask(BEFORE);
      if (this.#cleared) return;
      const shown = new Set([...this.events, ...this.#behind].map(({ id }) => id));
      const before = events.filter(({ id }) => !shown.has(id));
      this.#known = new Set(before.map(({ id }) => id));
      this.events = joined([], [...before, ...this.events.toReversed()]);
    } catch (error) {
      this.#asked = false;
      throw error;
    } finally {
      this.loading = false;
    }
  }

  hear(told: PosternEvent[]): void {
    const events = this.#unknown(told);
    if (this.paused) {
      this.#behind = joined(this.#behind, events);
      this.missed += events.length;
    } else this.events = joined(this.events, events);
  }

  /** The stream tells in order: after the first that `load` did not show there is none that it did. */
  #unknown(events: PosternEvent[]): PosternEvent[] {
    if (this.#known.size === 0) return events;
    const unknown = events.filter(({ id }) => !this.#known.has(id));
    if (unknown.length > 0) this.#known.clear();
    return unknown;
  }

  pause(): void {
    this.paused = true;
  }

  go(): void {
    this.paused = false;
    this.events = [...this.#behind, ...this.events].slice(0, KEPT);
    this.#behind = [];
    this.missed = 0;
  }

  clear(): void {
    this.#cleared = true;
    this.events = [];
    this.#behind = [];
    this.missed = 0;
  }
}

const joined = (shown: readonly PosternEvent[], arrived: readonly PosternEvent[]): PosternEvent[] => [...arrived.toReversed(), ...shown].slice(0, KEPT);

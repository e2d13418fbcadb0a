/** The latest events, newest first, in plain words: what the event log shows. Begins with those of before; keeps so many and no more; can be held still to be read. */
import type { EventPage, PosternEvent } from '../../sdk/contract.ts';
import { plural } from './format.ts';

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

export function told(event: PosternEvent): string {
  switch (event.type) {
    case 'message.captured': return `${event.summary.subject || '(no subject)'} — to ${event.summary.envelope.to.slice(0, 3).join(', ')}${event.summary.envelope.to.length > 3 ? ` and ${event.summary.envelope.to.length - 3} more` : ''}`;
    case 'message.parsed': return event.parse === 'failed' ? 'could not be parsed' : `parsed${event.attachments > 0 ? `, ${plural(event.attachments, 'attachment')}` : ''}`;
    case 'message.updated': return [event.read === undefined ? '' : event.read ? 'marked read' : 'marked unread', event.tags === undefined ? '' : `tags: ${event.tags.join(', ') || 'none'}`].filter(Boolean).join('; ');
    case 'messages.deleted': return `${plural(event.messages.length, 'message')} deleted ${event.by === 'retention' ? 'by retention' : 'on request'}`;
    case 'stream.created': return 'created';
    case 'stream.updated': return 'settings changed';
    case 'stream.deleted': return 'deleted';
    case 'inbox.created': return event.address;
  }
}

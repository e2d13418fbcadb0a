/**
 * The streams with their counts, and the busiest inboxes of one. Counts follow
 * the events; what events do not say exactly (deletions, read marks made by
 * others) is asked for again, a moment after the last of them.
 */
import type { Api } from '../../sdk/api.ts';
import type { InboxCount, PosternEvent, Stream } from '../../sdk/contract.ts';

/** Milliseconds between a change and asking. */
const SETTLE = 250;
export const INBOXES_SHOWN = 200;
/** What changes counts, or streams themselves. Attempts come by the thousand and change neither. */
const CHANGES = new Set<PosternEvent['type']>(['message.updated', 'messages.deleted', 'stream.created', 'stream.updated', 'stream.deleted', 'stream.paused', 'stream.resumed', 'clock.advanced']);

export class Streams {
  all: Stream[] = $state.raw([]);
  ready = $state(false);
  #api: Api;
  #soon: ReturnType<typeof setTimeout> | undefined;

  constructor(api: Api) {
    this.#api = api;
  }

  get messages(): number {
    return this.all.reduce((sum, { messages }) => sum + messages, 0);
  }

  get unread(): number {
    return this.all.reduce((sum, { unread }) => sum + unread, 0);
  }

  named(name: string): Stream | undefined {
    return this.all.find((stream) => stream.name === name);
  }

  async load(): Promise<void> {
    this.all = (await this.#api.streams()).toSorted(byName);
    this.ready = true;
  }

  hear(events: PosternEvent[]): void {
    const more = new Map<string, { messages: number; bytes: number }>();
    for (const event of events) {
      if (event.type === 'message.captured') {
        const sum = more.get(event.stream) ?? { messages: 0, bytes: 0 };
        more.set(event.stream, { messages: sum.messages + 1, bytes: sum.bytes + event.summary.size });
      } else if (CHANGES.has(event.type)) this.#loadSoon();
    }
    if (more.size === 0) return;
    this.all = this.all.map((stream) => {
      const sum = more.get(stream.name);
      return sum ? { ...stream, messages: stream.messages + sum.messages, unread: stream.unread + sum.messages, bytes: stream.bytes + sum.bytes } : stream;
    });
    // Mail to a stream that is not known yet, or that retention trims, shows in the next answer.
    if ([...more.keys()].some((name) => !this.named(name))) this.#loadSoon();
  }

  #loadSoon(): void {
    clearTimeout(this.#soon);
    this.#soon = setTimeout(() => void this.load().catch(() => {}), SETTLE);
  }
}

export class Inboxes {
  all: InboxCount[] = $state.raw([]);
  ready = $state(false);
  #api: Api;
  #asked: { stream?: string; prefix?: string } = {};
  #soon: ReturnType<typeof setTimeout> | undefined;

  constructor(api: Api) {
    this.#api = api;
  }

  async load(asked: { stream?: string; prefix?: string } = this.#asked): Promise<void> {
    this.#asked = asked;
    const all = await this.#api.inboxes({ ...asked, limit: INBOXES_SHOWN });
    if (this.#asked !== asked) return;
    this.all = all;
    this.ready = true;
  }

  /** At most one request in a second, however much comes. */
  hear(events: PosternEvent[]): void {
    if (!events.some(({ type }) => type === 'message.captured' || type === 'messages.deleted' || type === 'message.updated')) return;
    if (this.#soon !== undefined) return;
    this.#soon = setTimeout(() => {
      this.#soon = undefined;
      void this.load().catch(() => {});
    }, 1_000);
  }
}

/** `default` first: it is where mail goes that says nothing else. */
const byName = (a: Stream, b: Stream): number => Number(b.name === 'default') - Number(a.name === 'default') || a.name.localeCompare(b.name);

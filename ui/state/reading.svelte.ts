/**
 * The message that is open. Opening marks it read, by a request of its own:
 * reading over the API changes nothing. How it is looked at (width, colours)
 * stays from one message to the next; pictures from elsewhere are allowed for
 * one message at a time.
 */
import type { Api } from '../../sdk/api.ts';
import type { MessageDetail, PosternEvent } from '../../sdk/contract.ts';
import { faultOf, type Fault } from './fault.ts';
import { TABS, type Tab } from './route.ts';

export const WIDTHS = { phone: 375, tablet: 768, desktop: 0 } as const;
export type Width = keyof typeof WIDTHS;
export type Colours = 'light' | 'dark' | 'forced';

export class Reading {
  id: string | undefined = $state();
  message: MessageDetail | undefined = $state.raw();
  fault: Fault | undefined = $state.raw();
  loading = $state(false);
  width: Width = $state('desktop');
  colours: Colours = $state('light');
  /** Pictures from elsewhere are shown. */
  remote = $state(false);

  #api: Api;
  #asking = new AbortController();
  #marked: (id: string, read: boolean) => void;

  constructor(api: Api, marked: (id: string, read: boolean) => void) {
    this.#api = api;
    this.#marked = marked;
  }

  async open(id: string | undefined): Promise<void> {
    if (id === this.id) return;
    this.#asking.abort();
    const asking = this.#asking = new AbortController();
    this.id = id;
    this.fault = undefined;
    this.remote = false;
    // The last one stays until the next is there: nothing flickers while one steps through a list.
    this.loading = id !== undefined;
    if (id === undefined) {
      this.message = undefined;
      return;
    }
    try {
      const message = await this.#api.read(id, { signal: asking.signal });
      if (asking.signal.aborted) return;
      this.message = message;
      this.loading = false;
      if (!message.read) void this.mark(true);
    } catch (error) {
      if (asking.signal.aborted) return;
      this.message = undefined;
      this.loading = false;
      this.fault = faultOf(error);
    }
  }

  async mark(read: boolean): Promise<void> {
    const { id } = this;
    if (id === undefined) return;
    this.#take(id, { read });
    this.#marked(id, read);
    await this.#api.change(id, { read }).catch(() => {});
  }

  async tag(tags: string[]): Promise<void> {
    const { id } = this;
    if (id === undefined) return;
    const { tags: set } = await this.#api.change(id, { tags });
    this.#take(id, { tags: set });
  }

  hear(events: PosternEvent[]): void {
    for (const event of events) {
      if (event.type === 'message.updated' && event.message === this.id) this.#take(event.message, { ...(event.read === undefined ? {} : { read: event.read }), ...(event.tags === undefined ? {} : { tags: event.tags }) });
      if (event.type === 'message.released' && event.message === this.id && this.message?.delivery === null) void this.#released(event.message);
      if (event.type === 'messages.deleted' && this.id !== undefined && event.messages.includes(this.id)) {
        this.fault = { message: event.by === 'retention' ? 'The message is gone: its stream no longer keeps it.' : 'The message was deleted.', status: 404 };
        this.message = undefined;
      }
    }
  }

  /** Mail that was only captured is on its way now: it has a delivery to show. */
  async #released(id: string): Promise<void> {
    const { delivery } = await this.#api.read(id).catch(() => ({ delivery: null }));
    if (delivery !== null && this.message?.id === id) this.message = { ...this.message, delivery };
  }

  #take(id: string, change: Partial<Pick<MessageDetail, 'read' | 'tags'>>): void {
    if (this.message?.id === id) this.message = { ...this.message, ...change };
  }
}

/** The tabs that have something to show; the first is the one that a message opens with. */
export function tabsOf({ html, text, delivery }: MessageDetail): Tab[] {
  return TABS.filter((tab) => (tab === 'html' ? html !== null : tab === 'text' ? text !== null || html === null : tab === 'delivery' ? (delivery ?? null) !== null : true));
}

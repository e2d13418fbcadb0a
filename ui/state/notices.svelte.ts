/**
 * Desktop notifications of new mail, on request only, and never while the
 * page is looked at. A burst is one notification.
 */
import type { Message, PosternEvent } from '../../sdk/contract.ts';
import type { Drawer } from './session.svelte.ts';

const KEY = 'postern.notices';

export type Desk = {
  allowed(): boolean;
  ask(): Promise<boolean>;
  seen(): boolean;
  show(title: string, body: string, open: () => void): void;
};

export class Notices {
  on = $state(false);
  refused = $state(false);
  #desk: Desk | undefined;
  #drawer: Drawer;
  #open: (id: string | undefined) => void;

  /** Without a desk (an old browser, a page that is not secure) there are none. */
  constructor(desk: Desk | undefined, drawer: Drawer, open: (id: string | undefined) => void) {
    this.#desk = desk;
    this.#drawer = drawer;
    this.#open = open;
    this.on = desk?.allowed() === true && drawer.getItem(KEY) === 'on';
  }

  get possible(): boolean {
    return this.#desk !== undefined;
  }

  async toggle(): Promise<void> {
    if (this.on) {
      this.on = false;
      this.#drawer.removeItem(KEY);
      return;
    }
    this.on = (await this.#desk?.ask()) === true;
    this.refused = !this.on;
    if (this.on) this.#drawer.setItem(KEY, 'on');
  }

  hear(events: PosternEvent[]): void {
    if (!this.on || !this.#desk || this.#desk.seen()) return;
    const arrived: Message[] = events.flatMap((event) => (event.type === 'message.captured' ? [event.summary] : []));
    const [only] = arrived;
    if (!only) return;
    if (arrived.length === 1) this.#desk.show(only.subject || '(no subject)', `To ${only.envelope.to.slice(0, 3).join(', ')}`, () => this.#open(only.id));
    else this.#desk.show(`${arrived.length} new messages`, `To ${[...new Set(arrived.flatMap(({ envelope }) => envelope.to))].slice(0, 3).join(', ')}`, () => this.#open(undefined));
  }
}

export function browserDesk(): Desk | undefined {
  if (typeof Notification === 'undefined' || !isSecureContext) return undefined;
  return {
    allowed: () => Notification.permission === 'granted',
    ask: async () => (await Notification.requestPermission()) === 'granted',
    seen: () => !document.hidden && document.hasFocus(),
    show(title, body, open) {
      const shown = new Notification(title, { body, tag: 'postern' });
      shown.addEventListener('click', () => {
        window.focus();
        shown.close();
        open();
      });
    },
  };
}

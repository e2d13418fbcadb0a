/**
 * Everything that is alive while someone is inside, and what happens between
 * the parts: events go to each, places open lists and messages, deletions
 * hide rows. Views read the parts and call the verbs below; they hold no
 * logic of their own.
 */
import { createContext } from 'svelte';
import type { Info, MessageQuery, PosternEvent } from '../../sdk/contract.ts';
import type { Api } from '../../sdk/api.ts';
import { readEvents } from '../../sdk/events.ts';
import { attend, type Hidden } from './attend.ts';
import { Checking } from './checking.svelte.ts';
import { byIds, Deletion, type Doomed } from './deletion.svelte.ts';
import { faultOf } from './fault.ts';
import { Feed, type Frame } from './feed.svelte.ts';
import type { Line } from './line.ts';
import { EventLog } from './log.svelte.ts';
import { Mailbox } from './mailbox.svelte.ts';
import type { Notices } from './notices.svelte.ts';
import type { Now } from './now.svelte.ts';
import type { Whereabouts } from './place.svelte.ts';
import { Reading } from './reading.svelte.ts';
import { sameScope, type Place, type Scope, type Tab } from './route.ts';
import { queryOf } from './scope.ts';
import { Selection } from './selection.svelte.ts';
import { Inboxes, Streams } from './streams.svelte.ts';
import type { Theme } from './theme.svelte.ts';

export type Furniture = {
  api: Api;
  info: Info;
  token: string | undefined;
  whereabouts: Whereabouts;
  theme: Theme;
  now: Now;
  frame: Frame;
  notices: Notices;
  hidden?: Hidden;
  signedOut: () => void;
};

export class House {
  readonly api: Api;
  readonly info: Info;
  readonly token: string | undefined;
  readonly whereabouts: Whereabouts;
  readonly theme: Theme;
  readonly now: Now;
  readonly notices: Notices;
  readonly feed: Feed;
  readonly mailbox: Mailbox;
  readonly streams: Streams;
  readonly inboxes: Inboxes;
  readonly reading: Reading;
  readonly checking: Checking;
  readonly selection = new Selection();
  readonly deletion: Deletion;
  readonly log = new EventLog();

  /** The row that the keyboard is on. */
  cursor: string | undefined = $state();
  /** Goes up with each step of a key, also one that ends on the same row: that row is then looked for again. */
  steps = $state(0);
  /** A sentence that passes, below; also said to screen readers. */
  word = $state('');
  overlay: 'none' | 'palette' | 'help' = $state('none');
  drawer = $state(false);
  /** A part of the page could not be fetched while the server was away. */
  torn = $state(false);
  #hidden: Hidden | undefined;
  #wordTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(furniture: Furniture) {
    const { api, frame, signedOut } = furniture;
    this.api = api;
    this.info = reachable(furniture.info, api.wire.http);
    this.token = furniture.token;
    this.whereabouts = furniture.whereabouts;
    this.theme = furniture.theme;
    this.now = furniture.now;
    this.notices = furniture.notices;
    this.#hidden = furniture.hidden;
    this.mailbox = new Mailbox(api);
    this.streams = new Streams(api);
    this.inboxes = new Inboxes(api);
    this.reading = new Reading(api, (id, read) => this.mailbox.patch(id, { read }));
    this.checking = new Checking(api);
    this.feed = new Feed((options) => readEvents(api.wire, options), frame, signedOut);
    this.deletion = new Deletion(api, { hide: (doomed) => this.#hide(doomed), show: (doomed) => this.#show(doomed) }, (message) => this.say(message));
  }

  get place(): Place {
    return this.whereabouts.now;
  }

  get scope(): Scope {
    return 'scope' in this.place ? this.place.scope : {};
  }

  /** Begins; ends when the returned function is called. */
  live(): () => void {
    const ends = [
      this.feed.listen((events) => this.#hear(events)),
      this.feed.opened(() => {
        void this.mailbox.refresh(true);
        void this.streams.load().catch(() => {});
      }),
      attend(() => this.feed.follow(), this.#hidden, () => this.notices.on),
      this.whereabouts.follow(),
      this.now.beat(),
    ];
    void this.streams.load().catch((error: unknown) => this.say(faultOf(error).message));
    return () => {
      for (const end of ends) end();
      this.mailbox.close();
    };
  }

  /** Called whenever the place has changed: loads what it shows. */
  arrive(): void {
    const { place } = this;
    this.drawer = false;
    this.deletion.question = undefined; // of where they were
    if (place.at === 'mail') {
      if (!this.mailbox.ready && !this.mailbox.loading || !sameScope(place.scope, this.mailbox.scope)) {
        this.deletion.leave();
        this.selection.clear();
        void this.mailbox.open(place.scope);
      }
      if (place.message !== undefined) this.cursor = place.message;
      void this.reading.open(place.message).then(() => this.mailbox.reach(this.reading.message));
    } else {
      void this.reading.open(undefined);
      this.mailbox.reach(undefined);
      if (place.at === 'log') void this.log.load((latest) => this.api.events({ latest })).catch((error: unknown) => this.say(faultOf(error).message));
      if (place.at === 'inboxes') void this.inboxes.load(place.scope.stream ? { stream: place.scope.stream } : {}).catch((error: unknown) => this.say(faultOf(error).message));
    }
  }

  go(place: Place): void {
    this.whereabouts.go(place);
  }

  openMessage(id: string, how: 'go' | 'swap' = 'go'): void {
    this.cursor = id;
    this.whereabouts[how]({ at: 'mail', scope: this.scope, message: id });
  }

  showTab(tab: Tab): void {
    if (this.place.at === 'mail' && this.place.message !== undefined) this.whereabouts.swap({ ...this.place, tab });
  }

  leaveMessage(): void {
    this.go({ at: 'mail', scope: this.scope });
  }

  search(q: string): void {
    const { q: _q, ...rest } = this.scope;
    this.go({ at: 'mail', scope: q.trim() === '' ? rest : { ...rest, q: q.trim() } });
  }

  /** Up and down the list; with a message open, opens the next one in its place. */
  step(by: number): void {
    const { mailbox } = this;
    const from = this.cursor === undefined ? -1 : mailbox.indexOf(this.cursor);
    const to = from < 0 ? 0 : Math.max(0, Math.min(mailbox.count - 1, from + by));
    const message = mailbox.at(to);
    if (!message) return;
    this.cursor = message.id;
    this.steps++;
    if (this.place.at === 'mail' && this.place.message !== undefined) this.openMessage(message.id, 'swap');
    if (to > mailbox.count - 50) void mailbox.more();
  }

  selectAll(): void {
    const newest = this.mailbox.at(0);
    if (newest) this.selection.everything(this.mailbox.ids(), newest.receivedAt);
  }

  /** The selection; without one, the message that is open or under the cursor. */
  delete(): void {
    const { selection } = this;
    if (selection.all !== undefined) return void this.deletion.ask({ kind: 'scopes', queries: this.#queries(selection.all.newest), newest: selection.all.newest, messages: this.scopeCount ?? this.mailbox.count });
    const one = this.place.at === 'mail' ? this.place.message ?? this.cursor : this.cursor;
    const ids = selection.size > 0 ? [...selection.ids] : one === undefined ? [] : [one];
    if (ids.length > 0) void this.deletion.ask({ kind: 'messages', ids, streams: this.#byStream(ids) });
  }

  async markSelected(read: boolean): Promise<void> {
    const { selection, api } = this;
    try {
      const queries = selection.all === undefined ? byIds(this.#byStream([...selection.ids])) : this.#queries(selection.all.newest);
      await Promise.all(queries.map((query) => api.changeAll(query, { read })));
    } catch (error) {
      this.say(faultOf(error).message);
    }
    for (const id of selection.ids) this.mailbox.patch(id, { read });
    selection.clear();
  }

  /** The selection, or the message at hand, the other way round. */
  async toggleRead(): Promise<void> {
    if (this.selection.any) {
      const anyUnread = [...this.selection.ids].some((id) => this.mailbox.get(id)?.read === false);
      return await this.markSelected(anyUnread);
    }
    if (this.reading.message) return await this.reading.mark(!this.reading.message.read);
    const message = this.cursor === undefined ? undefined : this.mailbox.get(this.cursor);
    if (!message) return;
    this.mailbox.patch(message.id, { read: !message.read });
    await this.api.change(message.id, { read: !message.read }).catch(() => {});
  }

  /** Messages in the scope, when that is known without counting. */
  get scopeCount(): number | undefined {
    const { stream, inbox, q } = this.scope;
    const { held } = this.deletion;
    const doomed = held?.kind === 'messages' ? held.ids.length : 0;
    if (q !== undefined || inbox !== undefined) return this.mailbox.complete ? this.mailbox.count : undefined;
    const kept = stream === undefined ? this.streams.messages : this.streams.named(stream)?.messages;
    return kept === undefined ? undefined : Math.max(this.mailbox.count, kept - doomed);
  }

  say(word: string): void {
    clearTimeout(this.#wordTimer);
    this.word = word;
    this.#wordTimer = setTimeout(() => (this.word = ''), 5_000);
  }

  #hear(events: PosternEvent[]): void {
    for (const one of [this.mailbox, this.streams, this.reading, this.notices, this.log]) one.hear(events);
    if (this.place.at === 'inboxes') this.inboxes.hear(events);
    for (const event of events) if (event.type === 'messages.deleted') this.selection.forget(event.messages);
  }

  /** One query for each stream: deletions and changes are always scoped. What came after the newest one shown stays. */
  #queries(newest: string): MessageQuery[] {
    const before = new Date(Date.parse(newest) + 1).toISOString();
    const query = { ...queryOf(this.scope), before };
    if (query.stream !== undefined || query.inbox !== undefined) return [query];
    return this.streams.all.map(({ name }) => ({ ...query, stream: name }));
  }

  #byStream(ids: readonly string[]): Map<string, string[]> {
    const streams = new Map<string, string[]>();
    for (const id of ids) {
      const stream = this.reading.message?.id === id ? this.reading.message.stream : this.mailbox.get(id)?.stream;
      if (stream !== undefined) streams.set(stream, [...(streams.get(stream) ?? []), id]);
    }
    return streams;
  }

  #hide(doomed: Doomed): void {
    if (doomed.kind === 'scopes') {
      if (this.place.at === 'mail' && this.place.message !== undefined) this.whereabouts.swap({ at: 'mail', scope: this.scope });
      this.cursor = undefined;
      this.mailbox.hideAll(doomed.newest);
      this.selection.clear();
    } else {
      this.#moveOff(new Set(doomed.ids));
      this.mailbox.hide(doomed.ids);
      this.selection.forget(doomed.ids); // others may have been selected meanwhile
    }
  }

  #show(doomed: Doomed): void {
    if (doomed.kind === 'scopes') this.mailbox.showAll();
    else this.mailbox.unhide(doomed.ids);
  }

  /** Before the message at hand goes: to the one after it, or back to the list. */
  #moveOff(ids: ReadonlySet<string>): void {
    const { mailbox, place } = this;
    const open = place.at === 'mail' ? place.message : undefined;
    const at = open ?? this.cursor;
    if (at === undefined || !ids.has(at)) return;
    const index = mailbox.indexOf(at);
    const next = nearest(mailbox, index, ids);
    this.cursor = next?.id;
    if (open === undefined) return;
    if (next && index >= 0) this.openMessage(next.id, 'swap');
    else this.whereabouts.swap({ at: 'mail', scope: this.scope });
  }
}

function nearest(mailbox: Mailbox, index: number, ids: ReadonlySet<string>): Line | undefined {
  for (let i = index + 1; i < mailbox.count; i++) if (!ids.has(mailbox.at(i)!.id)) return mailbox.at(i);
  for (let i = index - 1; i >= 0; i--) if (!ids.has(mailbox.at(i)!.id)) return mailbox.at(i);
  return undefined;
}

/** A listener on every interface is reached where this page was. */
function reachable(info: Info, http: string): Info {
  return ['0.0.0.0', '::', '[::]', ''].includes(info.smtp.host) ? { ...info, smtp: { ...info.smtp, host: new URL(http).hostname } } : info;
}

export const [getHouse, setHouse] = createContext<House>();

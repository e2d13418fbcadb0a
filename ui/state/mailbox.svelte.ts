/**
 * One list of mail: a scope, loaded page by page and kept current by events.
 * Newest first. While a person looks further down, new mail is held back and
 * counted, so that what they read stays where it is; `release` shows it. The
 * rows are a plain pile (pile.ts) behind one counter, `version`.
 */
import type { Api } from '../../sdk/api.ts';
import type { Message, PosternEvent } from '../../sdk/contract.ts';
import { faultOf, type Fault } from './fault.ts';
import { changeBy, lineOf, type Line } from './line.ts';
import { Pile } from './pile.ts';
import { inScope, queryOf } from './scope.ts';
import type { Scope } from './route.ts';
import { Sought } from './sought.svelte.ts';

/** Messages a request brings: the first screens at once, then larger pages. */
const FIRST = 100;
const PAGE = 500;
/** A search cannot be decided here: the newest are asked for again, at most so often (milliseconds). */
const AGAIN = 700;

export class Mailbox {
  scope: Scope = $state.raw({});
  /** Changes whenever any row does. */
  version = $state(0);
  held = $state(0);
  loading = $state(false);
  /** The first page has been answered. */
  ready = $state(false);
  complete = $state(false);
  fault: Fault | undefined = $state.raw();
  /** Whether new mail is shown as it comes. */
  following = $state(true);

  #api: Api;
  #pile = new Pile();
  /** While the first page is on its way. */
  #meanwhile: Message[] = [];
  /** Deleted since this scope was opened. */
  #gone = new Set<string>();
  /** What `hideAll` put aside. */
  #put: { next: string | null } | undefined;
  #next: string | null = null;
  #sought = new Sought(this.#pile);
  #asking = new AbortController();
  #again: ReturnType<typeof setTimeout> | undefined;

  constructor(api: Api) {
    this.#api = api;
  }

  get count(): number {
    void this.version;
    return this.#pile.count;
  }

  at(index: number): Line | undefined {
    void this.version;
    return this.#pile.at(index);
  }

  get(id: string): Line | undefined {
    void this.version;
    return this.#pile.get(id)?.line;
  }

  /** −1 when it is not shown. */
  indexOf(id: string): number {
    return this.#pile.indexOf(id);
  }

  /** Of what is shown. */
  ids(): string[] {
    return this.#pile.ids();
  }

  /** Shows another scope. What was shown stays until its first page is there. */
  async open(scope: Scope): Promise<void> {
    this.close();
    this.#again = undefined;
    const asking = this.#asking = new AbortController();
    this.scope = scope;
    this.ready = false;
    this.loading = true;
    this.fault = undefined;
    this.#gone.clear();
    this.#meanwhile = [];
    this.#put = undefined;
    try {
      const page = await this.#api.list({ ...queryOf(scope), limit: FIRST }, { signal: asking.signal });
      // What events brought meanwhile is newer than the page, unless it is in it.
      this.#pile.clear();
      this.#append(page.messages);
      this.#next = page.next;
      this.complete = page.next === null;
      this.ready = true;
      for (const message of this.#meanwhile) this.#add(message);
    } catch (error) {
      if (asking.signal.aborted) return;
      this.#fail(faultOf(error));
    }
    this.loading = false;
    this.#changed();
    this.#seek();
  }

  /** Loads down to a message that is open, page by page. */
  reach(message: Message | undefined): void {
    this.#sought.set(message && inScope(this.scope, message) ? message : undefined);
    this.#seek();
  }

  /** The message that is open is far down: not looked for until `goOn`, or still on the way. */
  get further(): 'no' | 'asked' | 'stopped' {
    return this.complete || this.fault || this.count === 0 ? 'no' : this.#sought.further;
  }

  goOn(): void {
    this.#sought.asked = true;
    this.#seek();
  }

  /** Loads what is further down. */
  async more(): Promise<void> {
    if (this.loading || this.#next === null || !this.ready) return;
    const { signal } = this.#asking;
    this.loading = true;
    try {
      const page = await this.#api.list({ ...queryOf(this.scope), cursor: this.#next, limit: PAGE }, { signal });
      if (signal.aborted) return;
      this.#append(page.messages);
      this.#next = page.next;
      this.complete = page.next === null;
      this.version++;
    } catch (error) {
      if (signal.aborted) return;
      this.fault = faultOf(error);
    }
    this.loading = false;
    this.#seek();
  }

  /**
   * Asks for the newest again and adds what is missing: for searches, for
   * snippets. After a lost connection (`anew`) it also drops what is no more.
   */
  async refresh(anew = false): Promise<void> {
    const { signal } = this.#asking;
    const { top } = this.#pile;
    if (!this.ready) return;
    // What failed may go well now, or the stream be there again; what cannot be read stays so.
    if (this.fault) return [400, 422].includes(this.fault.status) ? undefined : await this.open(this.scope);
    try {
      const { messages, next } = await this.#api.list({ ...queryOf(this.scope), limit: FIRST }, { signal });
      if (signal.aborted) return;
      const missing = messages.filter(({ id }) => !this.#pile.has(id) && !this.#gone.has(id));
      // Nothing in common: more came than one page holds, or it is another store altogether.
      if (missing.length === messages.length && (anew || messages.length === FIRST) && messages.length > 0 && this.count > 0) return await this.open(this.scope);
      if (anew && !this.scope.q) this.#pile.forget(messages, next === null, top);
      for (const message of messages) {
        const entry = this.#pile.get(message.id);
        if (entry) entry.line = lineOf(message);
      }
      for (const message of missing.reverse()) this.#add(message);
      this.#changed();
    } catch (error) {
      if (!signal.aborted && faultOf(error).status === 404) await this.open(this.scope); // else the next event or connection asks again
    }
  }

  hear(events: PosternEvent[]): void {
    let [touched, again] = [false, false];
    for (const event of events) {
      switch (event.type) {
        case 'message.captured':
          if ((this.ready && this.#pile.has(event.message)) || this.#gone.has(event.message)) break;
          if (this.scope.q) again = true;
          else if (!inScope(this.scope, event.summary)) break;
          else if (this.ready) touched = this.#add(event.summary) || touched;
          else this.#meanwhile.push(event.summary);
          break;
        case 'message.parsed': case 'message.updated': {
          const known = this.#set(event.message, changeBy(event));
          touched ||= known;
          if (event.type === 'message.parsed') again ||= known || this.scope.q !== undefined; // the list has snippets, events have none
          break;
        }
        case 'messages.deleted':
          for (const id of event.messages) this.#gone.add(id);
          touched = this.#pile.drop(event.messages) || touched;
          break;
        case 'recipient.delivered': case 'recipient.deferred': case 'recipient.bounced': case 'recipient.expired': case 'recipient.suppressed': case 'recipient.cancelled': case 'recipient.held': case 'recipient.released':
          // One of many: the tally of all is asked for again, with the newest messages.
          if ((this.#pile.get(event.message)?.line.others ?? 0) > 0) again = true;
          else touched = this.#set(event.message, changeBy(event)) || touched;
          break;
        case 'stream.created': case 'stream.deleted':
          if (event.stream !== this.scope.stream) break;
          if (event.type === 'stream.created') return void this.open(this.scope); // what else there is to hear comes with it
          this.close();
          this.#fail({ status: 404, message: `There is no stream "${event.stream}".` });
          touched = true;
          break;
        default: break; // nothing of a list of mail
      }
    }
    if (touched) this.#changed();
    if (again) this.#refreshSoon();
  }

  /** Where the person is: at the top, new mail is shown as it comes. */
  look(atTop: boolean): void {
    this.following = atTop;
    if (atTop) this.release();
  }

  release(): void {
    if (this.#pile.held === 0) return;
    this.#pile.release();
    this.#changed();
  }

  /** Takes messages out of sight (a deletion that may still be undone), also over a change of scope. */
  hide(ids: Iterable<string>): void {
    this.#pile.hide(ids);
    this.#changed();
  }

  unhide(ids: Iterable<string>): void {
    this.#pile.unhide(ids);
    this.#changed();
  }

  /** The same for the whole scope up to its newest of then, also for what is not loaded. Until `showAll`, or another scope. */
  hideAll(newest: string): void {
    this.#pile.hideAll(newest);
    this.#put = { next: this.#next };
    this.#next = null;
    this.complete = true;
    this.#changed();
  }

  showAll(): void {
    if (!this.#put) return;
    this.#pile.showAll();
    this.#next = this.#put.next;
    this.complete = this.#next === null;
    this.#put = undefined;
    this.#changed();
  }

  /** As the person just set it; the event that follows says the same. */
  patch(id: string, change: Partial<Pick<Line, 'read' | 'tags'>>): void {
    if (this.#set(id, change)) this.version++;
  }

  close(): void {
    this.#asking.abort();
    clearTimeout(this.#again);
  }

  /** Shows nothing but why. */
  #fail(fault: Fault): void {
    this.#pile.clear();
    this.#next = null;
    this.loading = false;
    this.complete = this.ready = true;
    this.fault = fault;
  }

  #set(id: string, change: Partial<Line>): boolean {
    const entry = this.#pile.get(id);
    if (entry) entry.line = { ...entry.line, ...change };
    return entry !== undefined;
  }

  #seek(): void {
    if (!this.fault && this.#sought.below && this.#sought.further !== 'stopped') void this.more();
  }

  #add(message: Message): boolean {
    return this.#pile.add(lineOf(message), this.following);
  }

  #append(messages: readonly Message[]): void {
    for (const message of messages) if (!this.#gone.has(message.id)) this.#pile.append(lineOf(message));
  }

  #changed(): void {
    this.held = this.#pile.held;
    this.version++;
  }

  #refreshSoon(): void {
    this.#again ??= setTimeout(() => {
      this.#again = undefined;
      void this.refresh();
    }, AGAIN);
  }
}

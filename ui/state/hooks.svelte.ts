/**
 * The hooks of one stream, and the calls of the one that is open: what was
 * sent, what was answered, replayed when asked for. A secret is fetched when
 * somebody wants to see it, and forgotten when they are done.
 */
import type { Api } from '../../sdk/api.ts';
import type { Hook, HookCall, HookInput, HookPatch, PosternEvent } from '../../sdk/contract.ts';
import { again, type Again } from './again.ts';
import { faultOf, type Fault } from './fault.ts';
import { hourText, plural } from './format.ts';

const PAGE = 50;
/** Milliseconds between looks at calls that are under way: what becomes of them is no event of the stream. */
export const BEAT = 2_000;

export class HookDesk {
  hooks: Hook[] = $state.raw([]);
  ready = $state(false);
  fault: Fault | undefined = $state.raw();
  calls: HookCall[] = $state.raw([]);
  next: string | null = $state(null);
  callsReady = $state(false);
  only: HookCall['state'] | undefined = $state();
  /** By hook, while it is shown. */
  secrets: Readonly<Record<string, string>> = $state.raw({});
  word = $state('');
  #api: Api;
  #stream = '';
  #hook: string | undefined;
  /** Being removed: its calls go with it, and are not asked for any more. */
  #going: string | undefined;
  #list: Again;
  #calls: Again;

  constructor(api: Api) {
    this.#api = api;
    this.#list = again(() => this.#loadHooks(), 700);
    this.#calls = again(() => this.#loadCalls(), 700);
  }

  async open(stream: string, hook: string | undefined): Promise<void> {
    const other = stream !== this.#stream;
    const otherHook = hook !== this.#hook;
    this.#stream = stream;
    this.#hook = hook;
    if (other) {
      this.hooks = [];
      this.ready = false;
      this.secrets = {};
    }
    if (otherHook) {
      this.calls = [];
      this.next = null;
      this.callsReady = false;
      this.word = '';
    }
    await Promise.all([other ? this.#list.now() : undefined, otherHook && hook !== undefined ? this.#calls.now() : undefined]);
  }

  async again(): Promise<void> {
    await Promise.all([this.#list.now(), this.#calls.now()]);
  }

  show(only: HookCall['state'] | undefined): Promise<void> {
    this.only = only;
    this.calls = [];
    this.next = null;
    return this.#calls.now();
  }

  hear(events: readonly PosternEvent[]): void {
    if (!events.some(({ stream }) => stream === this.#stream)) return;
    this.#list.soon();
    if (this.#hook !== undefined) this.#calls.soon();
  }

  /** Looks again while calls are still to be made, or held back. */
  beat(): () => void {
    const timer = setInterval(() => {
      if (this.hooks.some(({ waiting, pausedUntil }) => waiting > 0 || pausedUntil !== null)) this.#list.soon();
      if (this.calls.some(({ state }) => state === 'waiting')) this.#calls.soon();
    }, BEAT);
    return () => clearInterval(timer);
  }

  /** Throws what the API objects to. Its secret is shown until it is hidden. */
  async add(input: HookInput): Promise<Hook> {
    const made = await this.#api.createHook(this.#stream, input);
    if (made.secret !== null) this.secrets = { ...this.secrets, [made.id]: made.secret };
    await this.#list.now();
    return made;
  }

  async change(id: string, patch: HookPatch): Promise<void> {
    const { secret: _secret, ...changed } = await this.#api.changeHook(id, patch);
    this.hooks = this.hooks.map((one) => (one.id === id ? { ...changed, secret: null } : one));
  }

  async remove(id: string): Promise<void> {
    this.#going = id;
    try {
      await this.#calls.now(); // one that is under way
      await this.#api.deleteHook(id);
    } catch (error) {
      this.#going = undefined;
      throw error;
    }
    this.hooks = this.hooks.filter((one) => one.id !== id);
    this.hide(id);
  }

  async reveal(id: string): Promise<void> {
    const { secret } = await this.#api.hook(id);
    if (secret !== null) this.secrets = { ...this.secrets, [id]: secret };
  }

  hide(id: string): void {
    const { [id]: _gone, ...rest } = this.secrets;
    this.secrets = rest;
  }

  async replay(id: string): Promise<void> {
    const call = await this.#api.replayHookCall(id);
    this.calls = this.calls.map((one) => (one.id === id ? call : one));
    this.#calls.soon();
  }

  /** A call of its own, so that a receiver can be tried before anything happens. */
  async test(id: string): Promise<void> {
    await this.#api.testHook(id);
    this.#list.soon();
    this.#calls.soon();
  }

  async more(): Promise<void> {
    const { next } = this;
    const hook = this.#hook;
    if (next === null || hook === undefined) return;
    const page = await this.#api.hookCalls(hook, { ...(this.only === undefined ? {} : { state: this.only }), cursor: next, limit: PAGE });
    if (hook !== this.#hook || next !== this.next) return;
    this.calls = [...this.calls, ...page.calls];
    this.next = page.next;
  }

  close(): void {
    this.#list.stop();
    this.#calls.stop();
  }

  async #loadHooks(): Promise<void> {
    const stream = this.#stream;
    if (stream === '') return; // not opened yet
    try {
      const hooks = await this.#api.hooks(stream);
      if (stream !== this.#stream) return;
      this.hooks = hooks;
      this.fault = undefined;
    } catch (error) {
      if (stream === this.#stream) this.fault = faultOf(error);
    }
    if (stream === this.#stream) this.ready = true;
  }

  async #loadCalls(): Promise<void> {
    const hook = this.#hook;
    const { only } = this;
    if (hook === undefined || hook === this.#going) return;
    try {
      const { calls, next } = await this.#api.hookCalls(hook, { ...(only === undefined ? {} : { state: only }), limit: Math.min(200, Math.max(PAGE, this.calls.length)) });
      if (hook !== this.#hook || only !== this.only) return;
      this.calls = calls;
      this.next = next;
    } catch (error) {
      if (hook === this.#hook) this.word = faultOf(error).message;
    }
    if (hook === this.#hook) this.callsReady = true;
  }
}

/** What is held against a hook: `5 failures in a row, the last: it answered 500; tried again at 02:50`. Empty when nothing is. */
export function troubleText({ failures, lastError, pausedUntil }: Hook): string {
  if (failures === 0) return '';
  const error = lastError ?? 'no answer';
  const said = failures === 1 ? `Failed once: ${error}` : `${plural(failures, 'failure')} in a row, the last: ${error}`;
  return pausedUntil === null ? said : `${said}; tried again at ${hourText(pausedUntil)}`;
}

/** What keeps a call that is due from being made. */
export function heldText({ state, due }: HookCall, { disabled, pausedUntil }: Hook): string {
  if (state !== 'waiting') return '';
  if (disabled) return 'waits: the hook is off';
  return pausedUntil !== null && (due === null || due < pausedUntil) ? `waits: the hook is paused until ${hourText(pausedUntil)}` : '';
}

/** What was answered last, in a word or two. */
export function lastText(call: HookCall, hook?: Hook): string {
  const { state, tries, due } = call;
  const last = tries.at(-1);
  const held = hook && heldText(call, hook);
  if (held) return last ? `${last.status ?? last.error ?? 'no answer'}, ${held}` : held;
  if (!last) return state === 'lost' ? 'lost on purpose' : 'not tried yet';
  const said = last.status === null ? last.error ?? 'no answer' : String(last.status);
  return state === 'waiting' && due !== null ? `${said}, to be tried again` : said;
}

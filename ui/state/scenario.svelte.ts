/**
 * The scenario of one stream, while somebody changes it. What is shown is a
 * draft: the server judges it as it is typed (its try-out counts nothing),
 * and has it when it is saved, which begins all counters anew. Hits follow
 * the events; a change by somebody else does not take a draft away.
 */
import type { Api } from '../../sdk/api.ts';
import type { Persona, PosternEvent, Rule, RuleHits, Scenario, ScenarioTried, ScenarioTry, ScenarioView } from '../../sdk/contract.ts';
import { PosternError } from '../../sdk/errors.ts';
import { again, type Again } from './again.ts';
import { faultOf, type Fault } from './fault.ts';
import { parsePlace } from './json-place.ts';
import { freeName, idOf, isScenario, put, type Path } from './rules.ts';

export type Flaw = { path: string; message: string };
/** `was`: the name under which the saved scenario counts it. */
export type DraftRule = { key: number; rule: Rule; was: string | undefined };

/** Milliseconds of quiet before a draft is judged. */
const QUIET = 400;

export class ScenarioDesk {
  view: ScenarioView | undefined = $state.raw();
  rules: DraftRule[] = $state.raw([]);
  /** All but the rules. */
  rest: Omit<Scenario, 'rules'> = $state.raw({});
  flaws: Flaw[] = $state.raw([]);
  dirty = $state(false);
  /** Changed by somebody else while there is a draft. */
  overtaken = $state(false);
  fault: Fault | undefined = $state.raw();
  busy = $state(false);
  word = $state('');
  /** The JSON as it is typed while it cannot be read, and why. */
  typed: { text: string; message: string; line: number | undefined } | undefined = $state.raw();
  removed: { row: DraftRule; at: number } | undefined = $state.raw();
  #api: Api;
  #stream = '';
  #keys = 0;
  #hits: Again;
  #judging: ReturnType<typeof setTimeout> | undefined;
  #asked = 0;

  constructor(api: Api) {
    this.#api = api;
    this.#hits = again(() => this.#loadHits(), 1_000);
  }

  get scenario(): Scenario {
    return { ...this.rest, rules: this.rules.map(({ rule }) => rule) };
  }

  get json(): string {
    const { rules, ...rest } = this.scenario;
    return this.typed?.text ?? JSON.stringify({ rules, ...rest }, null, 2);
  }

  async open(stream: string): Promise<void> {
    if (stream === this.#stream) return;
    this.#stream = stream;
    this.view = undefined;
    this.word = '';
    await this.load();
  }

  /** As the server has it; a draft is given up. */
  async load(): Promise<void> {
    const stream = this.#stream;
    if (stream === '') return; // not opened yet
    try {
      const view = await this.#api.scenario(stream);
      if (stream === this.#stream) this.#take(view);
    } catch (error) {
      if (stream === this.#stream) this.fault = faultOf(error);
    }
  }

  /** Whatever was missed: the whole, unless there is a draft. */
  async again(): Promise<void> {
    if (this.dirty) this.#hits.soon();
    else await this.load();
  }

  hear(events: readonly PosternEvent[]): void {
    for (const { stream, type } of events) {
      if (stream !== this.#stream) continue;
      if (type === 'scenario.changed' && !this.busy) {
        if (this.dirty) this.overtaken = true;
        else void this.load();
      } else if (type === 'scenario.reset' || type.startsWith('recipient.') || type === 'message.captured') this.#hits.soon();
    }
  }

  hitsOf({ was }: DraftRule): RuleHits | undefined {
    return was === undefined ? undefined : this.view?.hits.find(({ id, from }) => from === 'rule' && id === was);
  }

  /** Objections to a part: `rules.2.what` has those of all that is in it. */
  flawAt(path: string): string {
    return this.flaws.filter((flaw) => flaw.path === path || flaw.path.startsWith(`${path}.`)).map(({ message }) => message).join('; ');
  }

  change(key: number, path: Path, value: unknown): void {
    this.replace(key, (rule) => put(rule, path, value));
  }

  replace(key: number, turn: (rule: Rule) => Rule): void {
    this.#edit(this.rules.map((row) => (row.key === key ? { ...row, rule: turn(row.rule) } : row)));
  }

  add(rule: Rule = { when: { recipient: '*@example.test' }, what: { reply: { code: 451, enhanced: '4.7.1', text: 'Try again later' } } }, at = this.rules.length): number {
    const row = { key: ++this.#keys, rule, was: undefined };
    this.#edit(this.rules.toSpliced(at, 0, row));
    return row.key;
  }

  /** By so many places up (negative) or down. */
  move(key: number, by: number): void {
    const from = this.rules.findIndex((row) => row.key === key);
    const to = Math.max(0, Math.min(this.rules.length - 1, from + by));
    if (from < 0 || from === to) return;
    const row = this.rules[from]!;
    this.#edit(this.rules.toSpliced(from, 1).toSpliced(to, 0, row));
  }

  remove(key: number): void {
    const at = this.rules.findIndex((row) => row.key === key);
    if (at < 0) return;
    this.removed = { row: this.rules[at]!, at };
    this.#edit(this.rules.toSpliced(at, 1));
  }

  bringBack(): void {
    const { removed } = this;
    if (!removed) return;
    this.removed = undefined;
    this.#edit(this.rules.toSpliced(removed.at, 0, removed.row));
  }

  /** The part of a scenario beside its rules. */
  changeRest(path: Path, value: unknown): void {
    this.rest = put(this.rest, path, value);
    this.#touched();
  }

  /** A copy of a persona to change; its domains are those of the original. Answers its name. */
  copyPersona(persona: Persona & { builtIn?: boolean }): string {
    const { builtIn: _builtIn, ...copy } = persona;
    const name = freeName(`my-${persona.name}`, (one) => this.rest.define?.[one] !== undefined);
    this.changeRest(['define'], { ...this.rest.define, [name]: { ...copy, name, label: `${persona.label}, changed` } });
    return name;
  }

  /** The whole as JSON. What cannot be read stays as it is typed, and is not saved. */
  type(text: string): void {
    try {
      const read: unknown = JSON.parse(text);
      if (!isScenario(read)) throw new SyntaxError('a scenario is an object with a list of rules: { "rules": [] }');
      const { rules, ...rest } = read;
      this.rest = rest;
      this.#edit(rules.map((rule, i) => ({ key: this.rules[i]?.key ?? ++this.#keys, rule, was: this.rules[i]?.was })));
      this.typed = { text, message: '', line: undefined };
    } catch (error) {
      this.dirty = true;
      this.typed = { text, ...parsePlace(text, error) };
    }
  }

  /** Whether it can be sent: the JSON can be read. */
  get readable(): boolean {
    return !this.typed?.message;
  }

  async save(): Promise<boolean> {
    if (this.busy || !this.readable) return false;
    return await this.#do(async () => {
      this.#take(await this.#api.setScenario(this.#stream, this.scenario));
      this.word = 'Saved. Counters begin anew.';
    });
  }

  async reset(): Promise<void> {
    await this.#do(async () => {
      const { hits } = await this.#api.resetScenario(this.#stream);
      if (this.view) this.view = { ...this.view, hits };
      this.word = 'Hits, greylists and rates are forgotten.';
    });
  }

  /** Back to none, or to the one of the configuration. */
  async takeAway(): Promise<void> {
    await this.#do(async () => {
      await this.#api.removeScenario(this.#stream);
      await this.load();
    });
  }

  /** Of the draft; throws what the API objects to. */
  async try(asked: Omit<ScenarioTry, 'scenario'>): Promise<ScenarioTried> {
    return await this.#api.tryScenario(this.#stream, this.dirty ? { ...asked, scenario: this.scenario } : asked);
  }

  close(): void {
    clearTimeout(this.#judging);
    this.#hits.stop();
  }

  async #do(act: () => Promise<void>): Promise<boolean> {
    this.busy = true;
    this.word = '';
    try {
      await act();
      return true;
    } catch (error) {
      this.#objected(error);
      return false;
    } finally {
      this.busy = false;
    }
  }

  #take(view: ScenarioView): void {
    const { rules, ...rest } = view.scenario;
    this.view = view;
    this.rest = rest;
    this.rules = rules.map((rule, i) => ({ key: this.rules[i]?.key ?? ++this.#keys, rule, was: idOf(rule, i) }));
    this.flaws = [];
    this.fault = undefined;
    this.typed = undefined;
    this.removed = undefined;
    this.dirty = this.overtaken = false;
  }

  #edit(rules: DraftRule[]): void {
    this.rules = rules;
    this.#touched();
  }

  #touched(): void {
    this.dirty = true;
    this.word = '';
    this.typed = undefined;
    clearTimeout(this.#judging);
    this.#judging = setTimeout(() => void this.#judge(), QUIET);
  }

  async #judge(): Promise<void> {
    const asked = ++this.#asked;
    try {
      await this.#api.tryScenario(this.#stream, { recipient: 'somebody@example.test', scenario: this.scenario });
      if (asked === this.#asked) this.flaws = [];
    } catch (error) {
      if (asked === this.#asked && error instanceof PosternError && error.problem?.errors) this.flaws = flawsOf(error);
    }
  }

  #objected(error: unknown): void {
    this.flaws = error instanceof PosternError ? flawsOf(error) : [];
    this.word = this.flaws.length > 0 ? 'Not saved: something in it cannot be meant.' : `Not saved: ${faultOf(error).message}`;
  }

  async #loadHits(): Promise<void> {
    const stream = this.#stream;
    const { hits } = await this.#api.scenario(stream);
    if (stream === this.#stream && this.view) this.view = { ...this.view, hits };
  }
}

const flawsOf = ({ problem }: PosternError): Flaw[] => (problem?.errors ?? []).map(({ path, message }) => ({ path: path.replace(/^scenario\.?/, ''), message }));

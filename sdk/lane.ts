/**
 * What a test does with a stream beside reading its mail: say how the remote
 * side behaves, move time, look at the queue, suppress, be called. The
 * sandbox itself has the first few of them for the stream `default`.
 */
import type { Api } from './api.ts';
import type { AdvanceSummary, Approved, ApproveInput, Comparison, ComparisonQuery, Hook, HookCall, HookInput, HookPatch, Preflight, PreflightInput, QueueMode, QueueView, Rule, RuleHits, Scenario, Suppression, SuppressionInput, Telemetry, TelemetryQuery } from './contract.ts';
import type { Duration } from './duration.ts';
import { PosternError } from './errors.ts';
import { type AdvanceBy, targetOf } from './moving.ts';
import { RuleBuilder } from './scenario.ts';
import type { SentMessage } from './sent.ts';

/** A rule, several in order, or a scenario; rules may be builders. */
export type ScenarioInput = Rule | RuleBuilder | (Rule | RuleBuilder)[] | (Omit<Scenario, 'rules'> & { rules: (Rule | RuleBuilder)[] });
/** Narrows to a message, to an address, or to both: the time of others stays. */
export type AdvanceOptions = { message?: string | Pick<SentMessage, 'id'>; recipient?: string };

export type Playing = {
  /** What the pretend remote side says from now on: rules in order, or a whole scenario. Replaces the one before; counters begin anew. */
  scenario(rules: ScenarioInput): Promise<void>;
  /** Which rule answered, how often, and what is left of it. */
  scenarioHits(): Promise<RuleHits[]>;
  /** Forgets what was counted: hits, greylist, rates. The rules stay. */
  resetScenario(): Promise<void>;
  /** Moves time and does all that is due on the way: `'72h'`, `{ until }`, or `'idle'` until nothing waits any more. */
  advance(by: AdvanceBy, options?: AdvanceOptions): Promise<AdvanceSummary>;
  /** The time of the stream. */
  now(): Promise<Date>;
};

export type HookHandle = Hook & {
  /** Its calls, newest first. */
  calls(query?: { state?: HookCall['state']; limit?: number }): Promise<HookCall[]>;
  change(change: HookPatch): Promise<HookHandle>;
  remove(): Promise<void>;
  replay(call: string | Pick<HookCall, 'id'>): Promise<HookCall>;
  /** A call of type `hook.test`, made at once. */
  test(): Promise<HookCall>;
};

export type Lane = Playing & {
  /** Nothing new is tried, in the stream or at one site of it, until it is resumed or the time is over. */
  pause(options?: { site?: string; reason?: string; for?: Duration }): Promise<void>;
  resume(site?: string): Promise<boolean>;
  queue(): Promise<QueueView>;
  suppress(address: string, options?: Omit<SuppressionInput, 'address' | 'stream'>): Promise<Suppression>;
  unsuppress(address: string): Promise<void>;
  /**
   * As at a test's begin: deletes the stream's mail with what waits of it, its own suppressions and what was counted
   * towards them, forgets what the scenario counted, resumes what is paused. Rules, settings, hooks and the time stay,
   * and so does what real mail alone has taught of addresses.
   */
  reset(): Promise<void>;
  /** Of this stream; at most 500. */
  suppressions(query?: { q?: string; reason?: Suppression['reason']; mode?: QueueMode | '*' }): Promise<Suppression[]>;
  /** What receivers would find out about the domain that the stream sends as, and what to publish. Takes seconds. */
  preflight(options?: Omit<PreflightInput, 'stream'>): Promise<Preflight>;
  /** The last one; undefined when nobody has looked yet. */
  lastPreflight(): Promise<Preflight | undefined>;
  /** Releases what the canary held. With `rest` it is over. */
  approveCanary(options?: ApproveInput): Promise<Approved>;
  /** What became of its mail; of the last day unless `from` is said. */
  telemetry(query?: Omit<TelemetryQuery, 'stream'>): Promise<Telemetry>;
  /** Two periods: `{ before: '2d..1d', after: '1d..now' }`. */
  compareTelemetry(query: Omit<ComparisonQuery, 'stream'>): Promise<Comparison>;
  readonly hooks: {
    add(hook: HookInput | string): Promise<HookHandle>;
    list(): Promise<HookHandle[]>;
  };
};

export function playing(api: Api, stream: string): Playing {
  return {
    async scenario(rules) {
      await api.setScenario(stream, plain(rules));
    },
    scenarioHits: async () => (await api.scenario(stream)).hits,
    async resetScenario() {
      await api.resetScenario(stream);
    },
    advance: async (by, { message, recipient } = {}) => api.advance(stream, {
      ...targetOf(by),
      ...(message === undefined ? {} : { message: typeof message === 'string' ? message : message.id }),
      ...(recipient === undefined ? {} : { recipient }),
    }),
    now: async () => new Date((await api.clock(stream)).now),
  };
}

export function laneOf(api: Api, stream: string): Lane {
  return {
    ...playing(api, stream),
    pause: (options = {}) => api.pause({ stream, ...options }),
    resume: async (site) => (await api.resume({ stream, ...(site === undefined ? {} : { site }) })).changed > 0,
    queue: () => api.queue({ stream }),
    suppress: (address, options = {}) => api.suppress({ ...options, address, stream }),
    unsuppress: (address) => api.unsuppress(address, stream),
    suppressions: async (query = {}) => (await api.suppressions({ ...query, stream, limit: 500 })).suppressions,
    async reset() {
      await api.deleteAll({ stream }); // first: what is still tried must not suppress again
      await api.resetScenario(stream);
      for (const { site, pause } of (await api.queue({ stream })).sites) if (pause) await api.resume({ stream, site });
      await api.resume({ stream });
      await api.clearSuppressions({ stream, mode: 'simulate' });
    },
    preflight: (options = {}) => api.preflight({ ...options, stream }),
    async lastPreflight() {
      return api.lastPreflight(stream).catch((error: unknown) => {
        if (error instanceof PosternError && error.problem?.type === '/problems/no-preflight') return undefined;
        throw error;
      });
    },
    approveCanary: (options = {}) => api.approveCanary(stream, options),
    telemetry: (query = {}) => api.telemetry({ ...query, stream }),
    compareTelemetry: (query) => api.compareTelemetry({ ...query, stream }),
    hooks: {
      add: async (hook) => hookHandle(api, await api.createHook(stream, typeof hook === 'string' ? { url: hook } : hook)),
      list: async () => (await api.hooks(stream)).map((hook) => hookHandle(api, hook)),
    },
  };
}

const hookHandle = (api: Api, hook: Hook): HookHandle => ({
  ...hook,
  calls: async (query = {}) => (await api.hookCalls(hook.id, query)).calls,
  change: async (change) => hookHandle(api, await api.changeHook(hook.id, change)),
  remove: () => api.deleteHook(hook.id),
  test: () => api.testHook(hook.id),
  replay: (call) => api.replayHookCall(typeof call === 'string' ? call : call.id),
});

const isRule = (input: Exclude<ScenarioInput, unknown[]>): input is Rule | RuleBuilder => input instanceof RuleBuilder || (typeof input === 'object' && input !== null && ['when', 'what', 'often', 'afterwards'].some((part) => Object.hasOwn(input, part)));

function plain(input: ScenarioInput): Scenario {
  const scenario = Array.isArray(input) ? { rules: input } : isRule(input) ? { rules: [input] } : input;
  // What is no scenario at all is for the server to say.
  if (!Array.isArray(scenario?.rules)) return scenario as unknown as Scenario;
  return { ...scenario, rules: scenario.rules.map((rule) => (rule instanceof RuleBuilder ? rule.toJSON() : rule)) };
}

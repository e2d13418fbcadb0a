/**
 * The scenarios of all streams, each with its memory: given by a request or
 * by the configuration, kept in the store, and made to run when first asked
 * for. What a run remembers (counters, greylist, rates) is kept a moment
 * after it changed and at the end: a kill loses a second of it at most.
 */
import type { Scenario, ScenarioTry } from '../../sdk/contract.ts';
import type { Cancel, Clock } from '../clock.ts';
import { OperatorError } from '../operator-error.ts';
import { type Flaw, NO_SCENARIO, readScenario } from './read.ts';
import { createRun, type Run } from './run.ts';
import { type Tried, tryScenario } from './try.ts';

/** Milliseconds between a change of a memory and its keeping; more for a large one, which costs more to write. */
const KEEP_MS = 1_000;
const KEEP_MS_PER_MB = 10_000;
const SCENARIO = 'scenario';
const MEMORY = 'scenario-memory';

export type ScenariosOptions = {
  kept: {
    allKept(kind: string): Promise<{ name: string; json: string }[]>;
    keep(kind: string, name: string, json: string | null): Promise<void>;
  };
  wall: Clock;
  /** Of a stream: its seed, whether magic acts at submission, its time. */
  seed(stream: string): number;
  magicAtSubmission(stream: string): boolean;
  now(stream: string): number;
  /** By stream, from the configuration; a flaw throws OperatorError. */
  configured: ReadonlyMap<string, unknown>;
  changed(stream: string, what: 'scenario.changed' | 'scenario.reset'): Promise<void>;
};

export type Scenarios = {
  run(stream: string): Run;
  /** Whether a rule of its scenario acts while mail is handed in. */
  actsAtSubmission(stream: string): boolean;
  of(stream: string): { scenario: Scenario; from: 'none' | 'config' | 'request'; hits: Run['hits'] };
  put(stream: string, scenario: unknown): Promise<{ faults: Flaw[] } | 'ok'>;
  remove(stream: string): Promise<void>;
  reset(stream: string): Promise<void>;
  try(stream: string, asked: Omit<ScenarioTry, 'scenario'> & { scenario?: unknown }): { faults: Flaw[] } | Tried;
  /** Of a stream that is gone. */
  forget(stream: string): Promise<void>;
  close(): Promise<void>;
};

type Held = { run: Run; from: 'none' | 'config' | 'request'; /** Run.changes when it was kept last. */ kept: number; actsAtSubmission: boolean };

export async function openScenarios(options: ScenariosOptions): Promise<Scenarios> {
  const { kept, wall, configured } = options;
  const asked = new Map((await kept.allKept(SCENARIO)).map(({ name, json }) => [name, JSON.parse(json) as unknown]));
  const memories = new Map((await kept.allKept(MEMORY)).map(({ name, json }) => [name, json]));
  const held = new Map<string, Held>();
  let timer: Cancel | undefined;

  for (const [stream, scenario] of configured) {
    const read = readScenario(scenario);
    if (!read.ok) throw new OperatorError(`The scenario of the stream "${stream}" has a flaw: ${read.flaws.slice(0, 3).map(({ path, message }) => (path ? `${path} ${message}` : message)).join('; ')}`);
  }

  function hold(stream: string, memory?: string): Held {
    const from = asked.has(stream) ? 'request' : configured.has(stream) ? 'config' : 'none';
    const input = asked.get(stream) ?? configured.get(stream) ?? NO_SCENARIO;
    const read = readScenario(input);
    // One that an earlier version took and this one does not: better none than a server that does not start.
    const run = createRun({ scenario: read.ok ? read.scenario : NO_SCENARIO, seed: options.seed(stream), memory, magicAtSubmission: () => options.magicAtSubmission(stream) });
    const one: Held = { run, from, kept: run.changes(), actsAtSubmission: run.scenario.rules.some(({ side }) => side !== 'remote') };
    held.set(stream, one);
    return one;
  }

  const heldOf = (stream: string): Held => held.get(stream) ?? hold(stream, memories.get(stream));

  let heaviest = 0;
  async function keepMemories(): Promise<void> {
    heaviest = 0;
    for (const [stream, one] of held) {
      const changes = one.run.changes();
      if (changes === one.kept) continue;
      one.kept = changes;
      const memory = one.run.memory();
      heaviest = Math.max(heaviest, memory.length);
      await kept.keep(MEMORY, stream, memory);
    }
  }

  /** Armed by the first question after a keeping: an idle server has no timer. */
  function arm(): void {
    timer ??= wall.after(KEEP_MS + (heaviest / 1e6) * KEEP_MS_PER_MB, () => {
      void keepMemories().catch(() => {}).finally(() => { timer = undefined; });
    });
  }

  async function renew(stream: string, what: 'scenario.changed' | 'scenario.reset'): Promise<void> {
    await kept.keep(MEMORY, stream, null);
    memories.delete(stream);
    hold(stream);
    await options.changed(stream, what);
  }

  return {
    run(stream) {
      arm();
      return heldOf(stream).run;
    },
    actsAtSubmission: (stream) => heldOf(stream).actsAtSubmission,
    of(stream) {
      const { run, from } = heldOf(stream);
      return { scenario: run.scenario.wire, from, hits: () => heldOf(stream).run.hits() };
    },
    async put(stream, scenario) {
      const read = readScenario(scenario);
      if (!read.ok) return { faults: read.flaws };
      await kept.keep(SCENARIO, stream, JSON.stringify(read.scenario.wire));
      asked.set(stream, read.scenario.wire);
      await renew(stream, 'scenario.changed');
      return 'ok';
    },
    async remove(stream) {
      await kept.keep(SCENARIO, stream, null);
      asked.delete(stream);
      await renew(stream, 'scenario.changed');
    },
    async reset(stream) {
      await renew(stream, 'scenario.reset');
    },
    try(stream, { scenario, ...question }) {
      const at = { stream, now: options.now(stream) };
      if (scenario === undefined) return tryScenario(heldOf(stream).run, question, at);
      const read = readScenario(scenario);
      if (!read.ok) return { faults: read.flaws };
      return tryScenario(createRun({ scenario: read.scenario, seed: options.seed(stream) }), question, at);
    },
    async forget(stream) {
      held.delete(stream);
      asked.delete(stream);
      memories.delete(stream);
      await kept.keep(SCENARIO, stream, null);
      await kept.keep(MEMORY, stream, null);
    },
    async close() {
      timer?.();
      await keepMemories();
    },
  };
}

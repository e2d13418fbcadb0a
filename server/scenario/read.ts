/**
 * Reads a scenario from JSON-like input (API, configuration, SDK) into one
 * that runs. Either it is whole and makes sense, or every flaw is told with
 * its path: `rules.2.what.reply.code`. Never throws.
 */
import type { Persona, Scenario } from '../../sdk/contract.ts';
import type { CompiledPersona, CompiledScenario, When } from './compiled.ts';
import { type Matcher, matcher } from './pattern.ts';
import { PERSONAS } from './personas/index.ts';
import { readPersona } from './read-persona.ts';
import { readRule } from './read-rule.ts';
import { type Fields, type Flaw, type Flaws, fields, list, number, pathOf, text, wrong } from './reading.ts';
import { nearest } from '../nearest.ts';

export type { Flaw };

export const NO_SCENARIO: Scenario = { rules: [] };
const MOST_RULES = 10_000;
/** Characters of patterns with `*` in all of it: what one recipient may cost to look up. */
const MOST_STARRED = 65_536;

export type ReadScenario = { ok: true; scenario: CompiledScenario } | { ok: false; flaws: Flaw[] };

export function readScenario(input: unknown, builtIn: readonly Persona[] = PERSONAS): ReadScenario {
  const flaws: Flaws = [];
  const said = fields(flaws, input, '', ['rules', 'personas', 'define', 'persona', 'seed']);
  if (!said) return { ok: false, flaws };

  const names = new Set(builtIn.map(({ name }) => name));
  const own = isFields(said['define']) ? said['define'] : {};
  if (said['define'] !== undefined && !isFields(said['define'])) wrong(flaws, said['define'], 'define', 'must be an object of name and persona');
  for (const name of Object.keys(own)) names.add(name);
  const isPersona = (name: string) => names.has(name);
  const personaNamed = (value: unknown, path: string): string | undefined => {
    const name = text(flaws, value, path);
    if (name === undefined || isPersona(name)) return name;
    flaws.push({ path, message: `there is no persona \`${name}\`${nearest(name, [...names], '; did you mean `%`?')}` });
    return undefined;
  };

  const personas = new Map(compiledBuiltIn(builtIn));
  for (const [name, one] of Object.entries(own)) {
    const path = pathOf('define', name);
    const persona = readPersona(flaws, isFields(one) ? { name, ...one } : one, path, isPersona);
    if (persona && persona.wire.name !== name) flaws.push({ path: pathOf(path, 'name'), message: `is \`${persona.wire.name}\`, and is defined as \`${name}\`` });
    if (persona) personas.set(name, persona);
  }

  const domains: CompiledScenario['domains'] = [];
  if (said['personas'] !== undefined && !isFields(said['personas'])) wrong(flaws, said['personas'], 'personas', 'must be an object of domain pattern and persona');
  for (const [pattern, one] of Object.entries(isFields(said['personas']) ? said['personas'] : {})) {
    const persona = personaNamed(one, pathOf('personas', pattern));
    if (persona !== undefined) domains.push({ matches: matcher(pattern), persona });
  }
  for (const name of [...Object.keys(own), ...builtIn.map((one) => one.name).filter((one) => !(one in own))]) {
    const persona = personas.get(name);
    if (persona && persona.wire.domains.length > 0) domains.push({ matches: matcher(persona.wire.domains), persona: name });
  }

  const read = said['rules'] === undefined ? [] : list(flaws, said['rules'], 'rules', MOST_RULES, (one, path) => readRule({ flaws, isPersona, from: 'rule' }, one, path, Number(path.slice(6)) + 1));
  const rules = read.filter((rule) => rule !== undefined);
  const seen = new Set<string>();
  for (const [n, rule] of read.entries()) {
    if (!rule) continue;
    if (seen.has(rule.id)) flaws.push({ path: `rules.${n}.id`, message: `there is another rule \`${rule.id}\`` });
    seen.add(rule.id);
  }
  const persona = said['persona'] === undefined ? 'plain' : personaNamed(said['persona'], 'persona');
  const seed = said['seed'] === undefined ? null : number(flaws, said['seed'], 'seed', 0, Number.MAX_SAFE_INTEGER);
  const starred = weightOf(domains.map(({ matches }) => matches)) + [...rules, ...Object.keys(own).flatMap((name) => personas.get(name)?.rules ?? [])].reduce((sum, { when }) => sum + weightOfWhen(when), 0);
  if (starred > MOST_STARRED) flaws.push({ path: 'rules', message: `hold ${starred} characters of patterns with \`*\`; at most ${MOST_STARRED} can be matched in good time` });
  if (flaws.length > 0) return { ok: false, flaws };
  return { ok: true, scenario: { wire: { ...said, rules: said['rules'] ?? [] } as Scenario, rules, personas, domains, persona: persona!, seed: seed ?? null } };
}

const weightOf = (matchers: readonly (Matcher | undefined)[]): number => matchers.reduce((sum, one) => sum + (one?.weight ?? 0), 0);
const weightOfWhen = ({ recipient, domain, site, sender, tag, header = [] }: When): number => weightOf([recipient, domain, site, sender, tag, ...header.map(([, matches]) => matches)]);

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

const compiled = new WeakMap<readonly Persona[], [string, CompiledPersona][]>();

/** Once for a list: every stream's scenario has them. A flaw in built-in data is a bug. */
function compiledBuiltIn(personas: readonly Persona[]): [string, CompiledPersona][] {
  let known = compiled.get(personas);
  if (!known) {
    const flaws: Flaws = [];
    const names = new Set(personas.map(({ name }) => name));
    const read = personas.map((one, n) => readPersona(flaws, one, `personas.${n}`, (name) => names.has(name)));
    if (flaws.length > 0) throw new Error(`built-in persona: ${flaws.map(({ path, message }) => `${path} ${message}`).join('; ')}`);
    known = read.map((one) => [one!.wire.name, one!]);
    compiled.set(personas, known);
  }
  return known;
}

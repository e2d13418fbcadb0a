/**
 * Every row of the simulator's vocabulary, from the tables that the code reads
 * by (and, where the code has only a type, from a record that the type holds
 * to be whole). A test asks a story of each.
 */
import type { Afterwards, CountPer, Persona, Rule, RuleHowOften, RuleWhat, RuleWhen, Scenario } from '../../sdk/contract.ts';
import { ALIASES } from '../../server/scenario/magic-aliases.ts';
import { MAGIC } from '../../server/scenario/magic-table.ts';
import { PERSONAS } from '../../server/scenario/personas/index.ts';
import { FAULT_STAGES } from '../../server/scenario/read-rule.ts';
import { SITUATIONS } from '../../server/scenario/scenario.ts';

const rows = (kind: string, names: object): string[] => Object.keys(names).map((name) => `${kind} ${name}`);

const WHEN = { recipient: 1, domain: 1, site: 1, host: 1, sender: 1, tag: 1, header: 1, size: 1, tls: 1, attempt: 1 } satisfies Record<keyof RuleWhen, 1>;
const WHAT = { at: 1, reply: 1, says: 1, fault: 1, delay: 1, drip: 1, accept: 1, hide: 1 } satisfies Record<keyof RuleWhat, 1>;
const RATE = { messages: 1, per: 1, connections: 1, messagesPerConnection: 1 } satisfies Record<keyof NonNullable<RuleHowOften['rate']>, 1>;
const OFTEN = { times: 1, sequence: 1, probability: 1, until: 1, window: 1, greylist: 1, rate: RATE, per: 1 } satisfies Record<keyof RuleHowOften, unknown>;
const PER = { recipient: 1, message: 1, address: 1, domain: 1, sender: 1, client: 1, all: 1 } satisfies Record<CountPer, 1>;
const SENDS = { dsn: 1, 'delay-dsn': 1, 'text-bounce': 1, complaint: 1, ooo: 1 } satisfies Record<Afterwards['send'], 1>;
const SIDES = { remote: 1, submission: 1, both: 1 } satisfies Record<NonNullable<Rule['side']>, 1>;
const SCENARIO = { rules: 1, personas: 1, define: 1, persona: 1, seed: 1 } satisfies Record<keyof Scenario, 1>;
const LIMITS = { connections: 1, messagesPerConnection: 1, recipientsPerMessage: 1, messages: 1 } satisfies Record<keyof NonNullable<Persona['limits']>, 1>;
const MANNERS = { site: 1, hide: 1, size: 1, requiresTls: 1, greylist: 1, replies: 1, rules: 1 } satisfies Partial<Record<keyof Persona, 1>>;

/** Rows that a story of their own name tells of. */
export const MAGIC_STORIES = MAGIC.map(({ story }) => story);

export const VOCABULARY: readonly string[] = [
  ...SITUATIONS.map((name) => `situation ${name}`),
  ...rows('fault', FAULT_STAGES),
  ...rows('when', WHEN), ...rows('what', WHAT), 'what afterwards',
  // `rate` and `per` stand for what they hold.
  ...rows('often', OFTEN).filter((row) => row !== 'often rate' && row !== 'often per'),
  ...rows('often', RATE).map((row) => row.replace(' ', ' rate.')).filter((row) => row !== 'often rate.per'),
  ...rows('per', PER), ...rows('send', SENDS), ...rows('side', SIDES),
  ...rows('scenario', SCENARIO).filter((row) => row !== 'scenario rules'),
  ...Object.keys(MANNERS).map((name) => `persona.${name}`), ...Object.keys(LIMITS).map((name) => `persona.limits.${name}`),
  ...PERSONAS.filter(({ name }) => name !== 'plain').map(({ name }) => `persona ${name}`),
  ...new Set([...ALIASES.map(({ of }) => of), 'Mailtrap']),
];

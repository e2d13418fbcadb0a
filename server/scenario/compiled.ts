/**
 * A scenario as it runs: what read.ts makes of the wire form. Durations are
 * milliseconds, patterns are matchers, every reply is complete, and a magic
 * address is a rule like any other.
 */
import type { Afterwards, CountPer, Persona, Scenario, ScenarioFault, Situation } from '../../sdk/contract.ts';
import type { Stage } from '../mail/reply.ts';
import type { Matcher } from './pattern.ts';

/** A reply with everything decided but its placeholders. */
export type Said = { code: number; enhanced: string | null; text: string; close: boolean };
/** The reply of a situation, in the words of a persona or of the one that is asked. */
export type Saying = { persona: string | null; situation: Situation };
export type Speech = { said: Said } | { saying: Saying };

/** `>=3`: how a number is compared. */
export type Comparison = { is: '<' | '<=' | '=' | '>=' | '>'; than: number };

export type When = {
  recipient?: Matcher; domain?: Matcher; site?: Matcher; host?: Matcher; sender?: Matcher; tag?: Matcher;
  header?: [name: string, Matcher][];
  size?: Comparison; tls?: boolean; attempt?: Comparison;
};

export type Act = {
  /** `said`: where the persona says what is `saying`. `any`: wherever it is asked (accept). */
  stage: Stage | 'said' | 'any';
  speech?: Speech;
  fault?: ScenarioFault;
  delayMs?: number;
  dripMs?: number;
  hide?: string[];
  accept?: true;
};

/** `per` absent is what is usual for each: recipient, or client for rates. */
export type Often = {
  times?: number;
  sequence?: (Speech | null)[];
  probability?: number;
  untilMs?: number;
  window?: { from: number; to: number };
  greylist?: { waitMs: number | null; passForMs: number };
  rate?: { messages?: { most: number; perMs: number }; connections?: number; messagesPerConnection?: number };
  per?: CountPer;
};

export type Follows = { send: Afterwards['send']; afterMs: number; speech?: Speech };

export type CompiledRule = {
  id: string;
  from: 'rule' | 'magic' | 'persona';
  side: 'remote' | 'submission' | 'both';
  when: When;
  act?: Act;
  often?: Often;
  afterwards?: Follows;
};

export type CompiledPersona = {
  wire: Persona;
  replies: Map<Situation, { at: Stage; said: Said }>;
  rules: CompiledRule[];
  greylist?: { waitMs: number; passForMs: number };
  messages?: { most: number; perMs: number };
};

export type CompiledScenario = {
  /** As it was given, for showing. */
  wire: Scenario;
  rules: CompiledRule[];
  personas: Map<string, CompiledPersona>;
  /** The scenario's own first, then the built-in domains. */
  domains: { matches: Matcher; persona: string }[];
  /** Of domains without one. */
  persona: string;
  seed: number | null;
};

/** postgrey and milter-greylist remember a pass for about five weeks. */
export const PASS_FOR = 36 * 86_400_000;
export const GREYLIST_WAIT = 5 * 60_000;

export const holds = ({ is, than }: Comparison, value: number): boolean => {
  switch (is) {
    case '<': return value < than;
    case '<=': return value <= than;
    case '=': return value === than;
    case '>=': return value >= than;
    case '>': return value > than;
  }
};

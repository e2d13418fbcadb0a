/**
 * A rule and the ordered table that rules make. The first rule that fits
 * wins: the table is tried in order of how much a rule knows (see
 * rules/index.ts), but only rules whose rarest word is in the reply are
 * looked at, so their number costs little.
 */
import type { Stage } from '../mail/reply.ts';
import { CLASSES } from './classes.ts';
import { LEXICON } from './lexicon.ts';
import { matches, type Phrase, type Reading, vocabulary } from './phrase.ts';
import type { Action, ReplyClass } from './verdict.ts';
import { wordsOf } from './words.ts';

export type Rule = {
  id: string;
  class: ReplyClass;
  /** Phrases, any of which must be there. */
  when?: readonly string[];
  /** Phrases, none of which may be there. */
  unless?: readonly string[];
  /** Enhanced codes without their class, `7.26`; `7.606-649` is a range of details. Any of them. */
  enhanced?: readonly string[];
  /** Provider codes as facets.ts finds them, any of them; a trailing `*` stands for the rest. */
  token?: readonly string[];
  /** Reply codes; 4 and 5 stand for all of theirs, 0 for none known. Any of them. */
  code?: readonly number[];
  stage?: readonly Stage[];
  /** Instead of what the class does. */
  action?: Action;
  /** Real replies (addresses and names made neutral) that this rule is for. */
  samples: readonly string[];
};

/** Combinations of codes that are remembered. */
const FITTING_LIMIT = 2_000;

/** Before RCPT nobody has been named whom a reply could be about: there, "no such user" means the sender or the login. */
const UNNAMED: ReadonlySet<Stage> = new Set(['ehlo', 'starttls', 'auth', 'mail']);

/** What of a reply, beside its words, a rule can ask for. */
export type Facts = { code?: number; enhanced?: string; token?: string; stage?: Stage };

export type RuleTable = {
  rules: readonly Rule[];
  find(words: readonly string[], facts: Facts): Rule | undefined;
};

type Compiled = { rule: Rule; order: number; unless: Phrase[]; when: Phrase[]; enhanced: ((status: string) => boolean) | undefined; token: ((token: string) => boolean) | undefined };

export function ruleTable(rules: readonly Rule[]): RuleTable {
  const words = vocabulary(LEXICON);
  const compiled = rules.map((rule, order): Compiled => ({
    rule, order,
    when: (rule.when ?? []).map((phrase) => words.compile(phrase)),
    unless: (rule.unless ?? []).map((phrase) => words.compile(phrase)),
    enhanced: rule.enhanced && anyStatus(rule.enhanced),
    token: rule.token && anyToken(rule.token),
  }));
  words.settle(compiled.flatMap(({ when }) => when), rules.flatMap(({ samples }) => samples.map((text) => wordsOf(text))));
  const byAnchor: { one: Compiled; phrase: Phrase }[][] = [];
  for (const one of compiled) for (const phrase of one.when) (byAnchor[phrase.anchor] ??= []).push({ one, phrase });
  const wordless = compiled.filter(({ when }) => when.length === 0);
  const fitting = new Map<string, Compiled[]>();
  /** Codes repeat: which of the rules without words fit them is kept, for a while. */
  function wordlessFor(facts: Facts): Compiled[] {
    const key = `${facts.code} ${facts.enhanced} ${facts.token} ${facts.stage}`;
    let list = fitting.get(key);
    if (!list) {
      if (fitting.size >= FITTING_LIMIT) fitting.clear();
      fitting.set(key, (list = wordless.filter((one) => fits(one, facts))));
    }
    return list;
  }

  return {
    rules,
    find(text, facts) {
      const reading = words.read(text);
      let best = wordlessFor(facts).find((one) => !excluded(one, reading));
      for (const atom of reading.anchors()) {
        const list = byAnchor[atom];
        if (!list) continue;
        for (const { one, phrase } of list) {
          if (best && one.order >= best.order) break;
          if (reading.covers(phrase) && fits(one, facts) && matches(phrase, reading) && !excluded(one, reading)) best = one;
        }
      }
      return best?.rule;
    },
  };
}

const excluded = ({ unless }: Compiled, reading: Reading): boolean => unless.some((phrase) => matches(phrase, reading));

function fits({ rule, enhanced, token }: Compiled, facts: Facts): boolean {
  if (enhanced && (facts.enhanced === undefined || !enhanced(facts.enhanced))) return false;
  if (token && (facts.token === undefined || !token(facts.token))) return false;
  if (rule.code && !rule.code.some((code) => code === (facts.code ?? 0) || (code < 10 && code === Math.floor((facts.code ?? 0) / 100)))) return false;
  if (facts.stage !== undefined && UNNAMED.has(facts.stage) && CLASSES[rule.class].permanence === 'hard') return false;
  return !rule.stage || (facts.stage !== undefined && rule.stage.includes(facts.stage));
}

function anyStatus(list: readonly string[]): (status: string) => boolean {
  const exact = new Set<string>();
  const ranges: { subject: string; from: number; to: number }[] = [];
  for (const one of list) {
    const [subject, details] = one.split('.') as [string, string];
    const [from, to] = details.split('-').map(Number);
    if (to === undefined) exact.add(one);
    else ranges.push({ subject, from: from!, to });
  }
  return (status) => {
    if (exact.has(status)) return true;
    if (ranges.length === 0) return false;
    const [subject, detail] = status.split('.') as [string, string];
    return ranges.some((range) => range.subject === subject && Number(detail) >= range.from && Number(detail) <= range.to);
  };
}

function anyToken(list: readonly string[]): (token: string) => boolean {
  const exact = new Set(list.filter((one) => !one.endsWith('*')));
  const starts = list.filter((one) => one.endsWith('*')).map((one) => one.slice(0, -1));
  return (token) => exact.has(token) || starts.some((start) => token.startsWith(start));
}

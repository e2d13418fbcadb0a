/** Holds the table of rules to what it promises: each has real texts, and gets them. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseReply } from '../mail/reply.ts';
import { CLASSES } from './classes.ts';
import { classify } from './classify.ts';
import { LEXICON } from './lexicon.ts';
import { MISSPELLED } from './misspelled.ts';
import { RULES } from './rules/index.ts';
import { fold } from './words.ts';

test('every rule has a text that it is for', () => {
  expect(RULES.filter(({ samples }) => samples.length === 0).map(({ id }) => id)).toEqual([]);
  expect(RULES.length).toBeGreaterThan(150);
});

test('no rule takes the text of a later one, and none leaves its own to an earlier one', () => {
  const taken = RULES.flatMap(({ id, stage, samples }) => samples.map((text) => ({ id, text, by: classify(parseReply(text, stage ? { stage: stage[0]! } : {})).rule })).filter(({ by }) => by !== id));
  expect(taken).toEqual([]);
});

test('names are given once', () => {
  expect(RULES.map(({ id }) => id).filter((id, n, all) => all.indexOf(id) !== n)).toEqual([]);
});

test('only hard rules may suppress or strike', () => {
  expect(RULES.filter((rule) => (rule.action === 'suppress' || rule.action === 'strike') && CLASSES[rule.class].permanence !== 'hard').map(({ id }) => id)).toEqual([]);
});

test('every group of the lexicon is used', () => {
  const used = RULES.flatMap(({ when = [], unless = [] }) => [...when, ...unless]).join(' ');
  expect(Object.keys(LEXICON).filter((group) => !new RegExp(`\\b${group}\\b`).test(used))).toEqual([]);
});

test('no word that a rule is written with is taken for a misspelled other', () => {
  const words = new Set([...Object.values<string>(LEXICON), ...RULES.flatMap(({ when = [], unless = [] }) => [...when, ...unless])].join(' ').toLowerCase().split(/[^\p{L}]+/u).map(fold));
  // These few are written in the rules as what they are: slips.
  const known = new Set(['unkown', 'unknow', 'exeeded', 'existant', 'nonexistant', 'exits', 'dosnt']);
  expect([...MISSPELLED].filter(([wrong]) => words.has(wrong) && !known.has(wrong))).toEqual([]);
});

test('no pattern of the classifier repeats a repetition', () => {
  const nested: string[] = [];
  for (const folder of ['./', './rules/', '../dsn/']) {
    for (const name of readdirSync(new URL(folder, import.meta.url)).filter((one) => one.endsWith('.ts') && !one.endsWith('.test.ts'))) {
      const source = readFileSync(new URL(folder + name, import.meta.url), 'utf8');
      // A group that holds + or * (or an open {n,}) and is itself repeated by one.
      for (const [found] of source.matchAll(/\((?:[^()\\\n]|\\.)*[^\\(](?:[+*]|\{\d+,\})(?:[^()\\\n]|\\.)*\)(?:[+*]|\{\d+,\})/g)) nested.push(`${name}: ${found}`);
    }
  }
  expect(nested).toEqual([]);
});

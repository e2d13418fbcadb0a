import { expect, test } from 'vitest';
import { classify } from '../../classify/classify.ts';
import { CLASSES } from '../../classify/classes.ts';
import { findEnhanced } from '../../mail/enhanced-status.ts';
import { readScenario } from '../read.ts';
import { SITUATIONS } from '../scenario.ts';
import { SITUATIONS_TABLE } from '../situations.ts';
import { spoken } from '../speech.ts';
import { PERSONAS } from './index.ts';

const read = readScenario({ rules: [] });
if (!read.ok) throw new Error('the built-in personas cannot be read');
const { personas } = read.scenario;
const words = () => ({ recipient: 'ann@site.test', sender: 'shop@sender.test', domain: 'site.test', client: '192.0.2.1', retryMs: 300_000 });
const REPLIES = [...personas].flatMap(([name, { replies }]) => [...replies].map(([situation, { at, said }]) => ({ name, situation, at, said })));

/** Mimecast greylists and throttles in the same words; the classifier takes the graver. */
const AMBIGUOUS: Record<string, string> = { 'mimecast.greylist': 'rate_limited', 'barracuda.policy': 'ip_blocked' };

test.each(REPLIES)("$name's $situation is classified as what it is", ({ name, situation, at, said }) => {
  const { code, enhanced, lines } = spoken(said, words);
  const status = enhanced === null ? undefined : findEnhanced(enhanced);
  const verdict = classify({ kind: 'reply', stage: at, code, text: lines.join('\n'), ...(status ? { enhanced: status } : {}) });
  const expected = AMBIGUOUS[`${name}.${situation}`] ?? SITUATIONS_TABLE[situation].classes;
  expect([expected].flat(), `${code} ${enhanced} ${lines.join(' ')} [${verdict.rule}]`).toContain(verdict.class);
});

test('every situation has plain words, and classes that there are', () => {
  for (const situation of SITUATIONS) {
    expect([...personas.get('plain')!.replies.keys()]).toContain(situation);
    for (const one of SITUATIONS_TABLE[situation].classes) expect(Object.keys(CLASSES)).toContain(one);
  }
  expect(Object.keys(SITUATIONS_TABLE).sort()).toEqual([...SITUATIONS].sort());
});

test('personas have names of their own, and no two claim a domain', () => {
  const domains = PERSONAS.flatMap((persona) => persona.domains);
  expect(new Set(PERSONAS.map(({ name }) => name)).size).toBe(PERSONAS.length);
  expect(new Set(domains).size).toBe(domains.length);
});

test('no line of a reply is longer than SMTP allows, and none is empty of placeholders that nobody fills', () => {
  for (const { name, situation, said } of REPLIES) {
    const lines = spoken(said, words).lines.map((line) => `${name}.${situation}: ${line}`);
    expect(lines.filter((line) => line.length > 500 || /\{\w+\}/.test(line))).toEqual([]);
  }
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EXAMPLE_RULES } from './page.ts';
import { PERSONAS } from './personas/index.ts';
import { readScenario } from './read.ts';

const flaws = (input: unknown) => {
  const read = readScenario(input);
  return read.ok ? [] : read.flaws;
};
const ruleFlaws = (rule: unknown) => flaws({ rules: [rule] }).map(({ path, message }) => `${path}: ${message}`);

test.each(EXAMPLE_RULES)('example of the page: $says', ({ rule }) => {
  expect(ruleFlaws(rule)).toEqual([]);
});

test('patterns with stars are bounded over the whole scenario, exact ones are not', () => {
  const rules = (pattern: (n: number) => string) => Array.from({ length: 10 }, (_, rule) => ({ when: { recipient: Array.from({ length: 100 }, (_, i) => pattern(rule * 100 + i)) }, what: { reply: { code: 550 } } }));
  expect(ruleFlaws(rules((n) => `${'a'.repeat(100)}${n}@x.test`)[0])).toEqual([]);
  expect(flaws({ rules: rules((n) => `${'a'.repeat(100)}${n}@x.test`) })).toEqual([]);
  expect(flaws({ rules: rules((n) => `*${'a'.repeat(100)}${n}@x.test`) })).toMatchObject([{ path: 'rules', message: expect.stringContaining('at most 65536') }]);
});

test('a scenario of nothing is one that accepts', () => {
  expect(flaws({})).toEqual([]);
  expect(flaws({ rules: [] })).toEqual([]);
});

test('all flaws are told at once, each with its path', () => {
  expect(flaws({
    rules: [
      {},
      { wen: {} },
      { what: { reply: { code: 600 } } },
      { id: 'a b', what: { accept: true }, often: { times: 0 } },
    ],
    persona: 'gmial', seed: -1, rule: [],
  }).map(({ path, message }) => `${path} ${message}`)).toEqual([
    'rule is not known; did you mean `rules`?',
    'rules.0 says nothing: it needs `what` or `afterwards`',
    'rules.1.wen is not known; did you mean `when`?',
    'rules.2.what.reply.code must be a whole number, 200 to 599; it is 600',
    'rules.3.id must be letters, digits, `_` and `-`; it is "a b"',
    'rules.3.often.times must be a whole number, 1 to 1000000000; it is 0',
    'persona there is no persona `gmial`; did you mean `gmail`?',
    'seed must be a whole number, 0 to 9007199254740991; it is -1',
  ]);
});

test.each<[string, unknown]>([
  ['rules.0.what.at: `nxdomain` happens at `resolve`', { what: { at: 'rcpt', fault: 'nxdomain' } }],
  ['rules.0.what.at: `silence` cannot happen at `connect`, only from `greeting` on', { what: { at: 'connect', fault: 'silence' } }],
  ['rules.0.what.at: DNS says no SMTP reply; `fault` and `delay` are for `resolve`', { what: { at: 'resolve', reply: { code: 550 } } }],
  ['rules.0.what: `reply` and `fault`: a rule says one thing', { what: { reply: { code: 550 }, fault: 'silence' } }],
  ['rules.0.when.sender: is not known at `greeting`, only from `mail` on', { when: { sender: 'a@b.test' }, what: { at: 'greeting', reply: { code: 421 } } }],
  ['rules.0.when.header: is not known at `rcpt`, only from `body` on', { when: { header: { Subject: '*' } }, what: { reply: { code: 550 } } }],
  ['rules.0.when.tls: nothing is encrypted yet at `greeting`', { when: { tls: true }, what: { at: 'greeting', reply: { code: 421 } } }],
  ['rules.0.what.says: there is no situation `fulll`; did you mean `full`?', { what: { says: 'fulll' } }],
  ['rules.0.what.says: there is no persona `acme`', { what: { says: 'acme.full' } }],
  ['rules.0.afterwards: follows only what was accepted; write it as a rule of its own', { what: { reply: { code: 550 } }, afterwards: { send: 'dsn', after: 1 } }],
  ['rules.0.afterwards.after: must be milliseconds or a duration such as `90s`, `5m`, `72h`; it is "soon"', { afterwards: { send: 'dsn', after: 'soon' } }],
  ['rules.0.afterwards.send: must be one of dsn, delay-dsn, text-bounce, complaint, ooo; it is "dns"; did you mean `dsn`?', { afterwards: { send: 'dns', after: 1 } }],
  ['rules.0.often.rate: `messages` and `per` go together', { often: { rate: { messages: 1 } } }],
  ['rules.0.often.window: ends before it begins', { what: { accept: true }, often: { window: { from: '2026-01-02', to: '2026-01-01' } } }],
  ['rules.0.what.reply.enhanced: must be like `5.1.1`, or null for none; it is "5.1"', { what: { reply: { code: 550, enhanced: '5.1' } } }],
  ['rules.0.what.reply.text: holds control characters; lines are separated by LF', { what: { reply: { code: 550, text: 'a\rb' } } }],
  ['rules.0.side: Postern\'s own port has no DNS, connection or certificate faults', { side: 'submission', what: { fault: 'refused' } }],
  ['rules.0.when.host: is a host of the remote side; nobody knows it while mail is handed in', { side: 'submission', when: { host: 'mx.*' }, what: { reply: { code: 550 } } }],
  ['rules.0.what.hide: extensions are named at `ehlo`', { what: { at: 'rcpt', hide: ['SIZE'] } }],
  ['rules.0.often.sequence.1: must be null, a reply, or a text such as `451` or `451 4.7.1 Try again later`; it is "99"', { often: { sequence: [451, '99'] } }],
])('%s', (flaw, rule) => {
  expect(ruleFlaws(rule)).toEqual([flaw]);
});

test('two rules of one name are told apart', () => {
  expect(flaws({ rules: [{ id: 'x', what: { accept: true } }, { id: 'x', what: { accept: true } }] })).toEqual([{ path: 'rules.1.id', message: 'there is another rule `x`' }]);
});

test('a persona can be copied, changed and given to a domain', () => {
  const gmail = PERSONAS.find(({ name }) => name === 'gmail')!;
  const read = readScenario(JSON.parse(JSON.stringify({ define: { acme: { ...gmail, name: 'acme', domains: ['acme.test'] } }, personas: { '*.sub.test': 'acme' }, rules: [{ what: { says: 'acme.full' } }] })));
  expect(read.ok).toBe(true);
  expect(flaws({ define: { acme: { ...gmail } } })).toEqual([{ path: 'define.acme.name', message: 'is `gmail`, and is defined as `acme`' }]);
  expect(flaws({ define: { acme: { ...gmail, name: 'acme', replies: { full: { code: 552 } }, limits: { conections: 1 } } } }).map(({ path }) => path)).toEqual(['define.acme.limits.conections', 'define.acme.replies.full.at']);
});

test('whatever is given, reading it answers, and what is not read has a flaw', () => {
  const key = fc.constantFrom('rules', 'personas', 'define', 'when', 'what', 'often', 'afterwards', 'reply', 'code', 'fault', 'recipient', 'times', 'sequence', 'rate', 'at', 'says', 'greylist', 'gmail');
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof({ depthSize: 'small' }, fc.jsonValue(), fc.array(tie('tree'), { maxLength: 3 }), fc.dictionary(key, tie('tree'), { maxKeys: 5 })),
  }));
  fc.assert(fc.property(tree, fc.array(fc.dictionary(key, tree)), (any, rules) => {
    const reads = [any, { rules }, { rules: [any] }].map((input) => readScenario(input));
    return reads.every((read) => (read.ok ? Array.isArray(read.scenario.rules) : read.flaws.length > 0));
  }), { numRuns: 500 });
  expect(flaws(null)).toEqual([{ path: '', message: 'must be an object; it is null' }]);
});

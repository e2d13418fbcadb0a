import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Persona, PosternEvent, Rule, Scenario } from '../../sdk/contract.ts';
import { Refusal, scripted, type Asked } from '../../test/support/scripted-api.ts';
import { parsePlace, placeOf } from './json-place.ts';
import { headerText, patternText, put, readHeader, readNumber, readPattern, readSequence, ruleText, saying, saysOf, sequenceText } from './rules.ts';
import { ScenarioDesk } from './scenario.svelte.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function thrown(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return error;
  }
}

const full: Rule = { id: 'full', when: { recipient: '*@full.test' }, what: { reply: { code: 452 } }, often: { times: 2 } };
const grey: Rule = { when: { domain: 'grey.test' }, often: { greylist: { wait: '5m' } } };

async function desk(answer: (asked: Asked) => unknown = () => undefined) {
  let kept: Scenario = { rules: [full, grey], seed: 7 };
  const { api, asked } = scripted((one) => {
    const said = answer(one);
    if (said !== undefined) return said;
    if (one.method === 'PUT') kept = one.body as Scenario;
    if (one.path.endsWith('/try')) return { persona: 'plain', site: 'x', stages: [], verdict: null, afterwards: [] };
    return { scenario: kept, hits: [{ id: 'full', from: 'rule', hits: 3, lastAt: null, left: 1 }, { id: 'rule-2', from: 'rule', hits: 1, lastAt: null, left: null }], from: 'request' };
  });
  const room = new ScenarioDesk(api);
  await room.open('default');
  return { room, asked, put: () => asked.find(({ method }) => method === 'PUT')?.body };
}

test('rules are moved, changed, added, removed and brought back in a draft, and saved as a whole', async () => {
  const { room, put: sent } = await desk();
  const [first, second] = room.rules;
  room.move(second!.key, -1);
  expect([room.hitsOf(room.rules[0]!)?.hits, room.hitsOf(room.rules[1]!)?.left]).toEqual([1, 1]);
  room.move(second!.key, -5);
  room.change(first!.key, ['often', 'times'], undefined);
  room.change(first!.key, ['what', 'reply', 'text'], 'No room');
  const added = room.add();
  room.remove(added);
  expect(room.rules).toHaveLength(2);
  room.bringBack();
  room.remove(added);
  expect([room.dirty, sent()]).toEqual([true, undefined]);
  expect(await room.save()).toBe(true);
  expect(sent()).toEqual({ seed: 7, rules: [grey, { id: 'full', when: { recipient: '*@full.test' }, what: { reply: { code: 452, text: 'No room' } } }] });
  expect([room.dirty, room.word]).toEqual([false, 'Saved. Counters begin anew.']);
});

test('a draft is judged while it is written, and what is wrong is told in its place', async () => {
  const { room } = await desk(({ path, body }) => (path.endsWith('/try') && JSON.stringify(body).includes('999') ? new Refusal(422, 'invalid', { errors: [{ path: 'scenario.rules.0.what.reply.code', message: 'is 200 to 599' }] }) : undefined));
  room.change(room.rules[0]!.key, ['what', 'reply', 'code'], 999);
  await vi.advanceTimersByTimeAsync(1_000);
  expect([room.flawAt('rules.0.what.reply.code'), room.flawAt('rules.0'), room.flawAt('rules.1')]).toEqual(['is 200 to 599', 'is 200 to 599', '']);
  room.change(room.rules[0]!.key, ['what', 'reply', 'code'], 450);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(room.flaws).toEqual([]);
});

test('JSON that cannot be read stays as it is typed and is not saved; what can be read is the draft', async () => {
  const { room, put: sent } = await desk();
  room.type('{ "rules": [ oops ] }');
  expect([room.readable, room.json, await room.save(), sent()]).toEqual([false, '{ "rules": [ oops ] }', false, undefined]);
  room.type('{ "nothing": 1 }');
  expect(room.typed?.message).toMatch(/list of rules/);
  room.type('{"rules":[{"what":{"accept":true}}]}');
  expect([room.readable, room.rules.map(({ rule }) => rule), room.json]).toEqual([true, [{ what: { accept: true } }], '{"rules":[{"what":{"accept":true}}]}']);
  room.add(grey);
  expect(JSON.parse(room.json).rules).toHaveLength(2);
});

test('a change by somebody else shows, unless there is a draft, which stays', async () => {
  const { room, asked } = await desk();
  const changed = { stream: 'default', type: 'scenario.changed' } as PosternEvent;
  room.hear([changed]);
  await vi.advanceTimersByTimeAsync(100);
  expect([asked.length, room.overtaken]).toEqual([2, false]);
  room.add();
  room.hear([{ ...changed, stream: 'other' }, changed]);
  expect([room.overtaken, room.rules.length]).toEqual([true, 3]);
  await room.load();
  expect([room.overtaken, room.rules.length, room.dirty]).toEqual([false, 2, false]);
});

test('hits follow what happens without touching the draft; the try-out is of the draft', async () => {
  const { room, asked } = await desk();
  await room.try({ recipient: 'a@full.test' });
  expect(asked.at(-1)!.body).toEqual({ recipient: 'a@full.test' });
  room.add();
  room.hear([{ stream: 'default', type: 'recipient.deferred' } as PosternEvent]);
  await vi.advanceTimersByTimeAsync(3_000);
  expect([room.rules.length, room.dirty]).toEqual([3, true]);
  await room.try({ recipient: 'a@full.test' });
  expect((asked.at(-1)!.body as { scenario: Scenario }).scenario.rules).toHaveLength(3);
});

test('a persona is copied under a name of its own', async () => {
  const { room } = await desk();
  const gmail = { name: 'gmail', label: 'Gmail', note: '', domains: ['gmail.com'], banner: '', replies: {}, builtIn: true } as Persona & { builtIn: boolean };
  expect([room.copyPersona(gmail), room.copyPersona(gmail)]).toEqual(['my-gmail', 'my-gmail-2']);
  expect(room.scenario.define?.['my-gmail']).toEqual({ name: 'my-gmail', label: 'Gmail, changed', note: '', domains: ['gmail.com'], banner: '', replies: {} });
});

test('a part is set, and goes when nothing is left of it', () => {
  expect(put<Rule>({}, ['when', 'recipient'], 'a@x.test')).toEqual({ when: { recipient: 'a@x.test' } });
  expect(put<Rule>({ when: { recipient: 'a@x.test' }, note: 'x' }, ['when', 'recipient'], undefined)).toEqual({ note: 'x' });
  expect(Object.keys(put<Rule>({ when: {}, what: {}, note: '' }, ['what', 'at'], 'data'))).toEqual(['when', 'what', 'note']);
});

test('patterns, headers and sequences are a line of text, and come back as they were', () => {
  for (const one of ['*@x.test', ['a@x.test', 'b@x.test']]) expect(readPattern(patternText(one))).toEqual(one);
  for (const one of [{ 'List-Id': '*' }, { 'X-A': 'b', 'X-C': ['d', 'e'] }]) expect(readHeader(headerText(one))).toEqual(one);
  for (const one of [[451, '451 4.7.1 Later', null], [{ code: 421, close: true as const }, null]]) expect(readSequence(sequenceText(one))).toEqual(one);
  expect([readPattern(' , '), readHeader(''), readSequence(' '), readNumber('12'), readNumber('twelve'), readNumber(' ')]).toEqual([undefined, undefined, undefined, 12, 'twelve', undefined]);
  expect(sequenceText([{ code: 452, enhanced: '4.2.2', text: 'Full' }, null])).toBe('452 4.2.2 Full, ok');
});

test('a rule says one thing; another takes its place', () => {
  expect([full, grey, { what: { fault: 'reset' } } as Rule].map(saysOf)).toEqual(['reply', 'none', 'fault']);
  expect(saying({ ...full, what: { at: 'mail', delay: '1s', reply: { code: 452 } } }, 'fault')).toEqual({ ...full, what: { delay: '1s', fault: 'disconnect' } });
  expect(saying(full, 'sequence')).toEqual({ id: 'full', when: full.when!, often: { times: 2, sequence: [451, 451, null] } });
});

test('a rule reads as a line', () => {
  expect(ruleText(full)).toEqual({ who: '*@full.test', says: '452', often: '2 times' });
  expect(ruleText(grey)).toEqual({ who: '@grey.test', says: '“greylist”', often: 'greylists 5m' });
  expect(ruleText({ side: 'submission', what: { at: 'data', fault: 'silence' }, often: { probability: 0.125 } })).toEqual({ who: 'everybody', says: 'silence at data', often: '12.5 %, at submission' });
  expect(ruleText({ afterwards: { send: 'complaint', after: '60s' } }).says).toBe('then a complaint after 60s');
});

test('an objection finds its place in the text', () => {
  const text = JSON.stringify({ rules: [{ id: 'a' }, { what: { reply: { code: 999, text: 'say "}"' } } }], personas: { 'acme.test': 'gmal' } }, null, 2);
  const at = (path: string) => {
    const place = placeOf(text, path)!;
    return [text.slice(place.from, place.to), text.split('\n')[place.line - 1]!.trim()];
  };
  expect(at('rules.1.what.reply.code')).toEqual(['999', '"code": 999,']);
  expect(at('personas.acme.test')).toEqual(['"gmal"', '"acme.test": "gmal"']);
  expect(at('rules.0.what.reply')[0]).toBe('{\n      "id": "a"\n    }');
  expect([placeOf(text, '')!.line, placeOf('{ nonsense', 'rules')]).toEqual([1, undefined]);
  const broken = '{\n  "rules": [\n    oops\n  ]\n}';
  expect(parsePlace(broken, thrown(() => JSON.parse(broken))).message).toMatch(/Unexpected token/);
  expect(parsePlace(broken, new SyntaxError('Expected a value at position 17 (line 3 column 5)'))).toEqual({ message: 'Expected a value', line: 3 });
});

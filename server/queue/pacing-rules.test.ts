import { expect, test } from 'vitest';
import type { Reply } from '../mail/reply.ts';
import type { SiteLimits } from '../mail/stream.ts';
import { actText, createRules, keyOf } from './pacing-rules.ts';

const MIN = 60_000;
const HOUR = 60 * MIN;
const LIMITS: SiteLimits = { connections: 10, messagesPerConnection: 100, rate: null };
const reply = (code: number, text: string): Reply => ({ kind: 'reply', code, text });
const ts02 = () => reply(421, '[TS02] Messages from 192.0.2.1 temporarily deferred due to user complaints');
const tooMany = () => reply(421, 'Too many connections');

test('a rule acts when it was said as often within an hour as it asks for, and not for longer than it lasts', () => {
  const rules = createRules();
  expect([rules.heard('yahoo.test', 'yahoo', ts02(), 0), rules.heard('yahoo.test', 'yahoo', ts02(), MIN)]).toEqual([[], []]);
  const begun = rules.heard('yahoo.test', 'yahoo', ts02(), 2 * MIN);
  expect(begun.map(({ rule, until, since }) => [rule, since, until])).toEqual([['yahoo.ts02', 2 * MIN, 32 * MIN]]);
  expect(rules.within('yahoo.test', LIMITS, 3 * MIN)).toEqual({ ...LIMITS, rate: { messages: 1, perMs: MIN, burst: 1 } });
  expect(rules.within('other.test', LIMITS, 3 * MIN)).toBe(LIMITS);
  expect(rules.within('yahoo.test', LIMITS, 32 * MIN)).toBe(LIMITS);
});

test('what was said longer than an hour ago does not count', () => {
  const rules = createRules();
  for (const at of [0, 30 * MIN, HOUR]) expect(rules.heard('yahoo.test', 'yahoo', ts02(), at)).toEqual([]);
  expect(rules.heard('yahoo.test', 'yahoo', ts02(), HOUR + 1)).toHaveLength(1);
});

test('one answer that is told for each of many recipients was said once', () => {
  const rules = createRules();
  const answer = tooMany();
  for (let n = 0; n < 50; n++) expect(rules.heard('gmx.test', 'gmx', answer, n)).toEqual([]);
});

test('said again while it is in force, it lasts longer, and is not told again', () => {
  const rules = createRules();
  for (const at of [0, 1, 2]) rules.heard('gmx.test', 'gmx', tooMany(), at);
  expect(rules.heard('gmx.test', 'gmx', tooMany(), 10 * MIN)).toEqual([]);
  expect(rules.inForce('gmx.test', 10 * MIN).map(({ since, until }) => [since, until])).toEqual([[2, 40 * MIN]]);
  expect(rules.within('gmx.test', LIMITS, 39 * MIN).connections).toBe(1);
});

test('of several the tightest holds, and a limit that is tighter anyway stays', () => {
  const rules = createRules();
  rules.heard('x.test', null, reply(451, 'Server busy. Please try again later from [192.0.2.2].'), 0);
  const { rate, connections } = rules.within('x.test', { ...LIMITS, rate: { messages: 1, perMs: HOUR, burst: 4 } }, 1);
  expect([rate, connections]).toEqual([{ messages: 1, perMs: HOUR, burst: 4 }, 1]);
});

test('a pause is for all that its key stands for, the longest one', () => {
  const rules = createRules();
  for (let n = 0; n < 2; n++) rules.heard('microsoft365', 'microsoft365', reply(421, 'Connection refused from 192.0.2.1 due to exceed max concurrent connections. IB007'), n);
  expect(rules.pauseOf('microsoft365', 5)).toBeUndefined();
  for (let n = 0; n < 5; n++) rules.heard('microsoft365', 'microsoft365', reply(451, 'Temporary server error. Please try again later. PRX6'), n);
  expect(rules.pauseOf('microsoft365', 5)).toMatchObject({ rule: 'microsoft365.error', until: HOUR + 4 });
});

test('what is in force survives a restart; what was only counted does not', () => {
  const kept = new Map<string, string>();
  const keep = (key: string, json: string | null) => void (json === null ? kept.delete(key) : kept.set(key, json));
  const before = createRules({ keep });
  for (const at of [0, 1, 2]) before.heard('gmx.test', 'gmx', tooMany(), at);
  for (const at of [0, 1]) before.heard('yahoo.test', 'yahoo', ts02(), at);
  const after = createRules({ keep, kept: [...kept].map(([key, json]) => ({ key, json })) });
  expect(after.inForce('gmx.test', MIN)).toEqual(before.inForce('gmx.test', MIN));
  expect(after.heard('yahoo.test', 'yahoo', ts02(), 2)).toEqual([]);
  expect(after.inForce('gmx.test', HOUR)).toEqual([]);
  expect(kept.size).toBe(0);
});

test.each(['', '{', 'null', '[null, 5, {"rule":"gone.rule","since":0,"until":9e15}, {"rule":"gmx.connections"}]', '{"rule":"gmx.connections","since":0,"until":1}'])('what was kept and cannot be read is passed over: %s', (json) => {
  expect(createRules({ keep() {}, kept: [{ key: 'gmx.test', json }] }).inForce('gmx.test', 0)).toEqual([]);
});

test('a provider that counts all its sites as one is the key of each; one address alone is its own', () => {
  expect([keyOf('a.mail.protection.test', 'microsoft365'), keyOf('mx.gmx.test', 'gmx'), keyOf('own.test', null), keyOf('ann@a.test', 'google')]).toEqual(['microsoft365', 'mx.gmx.test', 'own.test', 'ann@a.test']);
});

test('what a rule does is said in words', () => {
  expect(actText('pause')).toBe('pause');
  expect(actText({ connections: 1, rate: { messages: 10, perMs: MIN, burst: 1 } })).toBe('1 connection, 10 messages a minute');
  expect(actText({ messagesPerConnection: 2, connectionRate: { connections: 10_000, perMs: HOUR, burst: 1 } })).toBe('2 messages on a connection, 10000 new connections an hour');
});

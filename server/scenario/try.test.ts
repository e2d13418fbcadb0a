import { expect, test } from 'vitest';
import { classify } from '../classify/classify.ts';
import { createRun } from './run.ts';
import { answerOf, tryScenario } from './try.ts';

const AT = { stream: 'default', now: Date.UTC(2026, 0, 1) };
const run = createRun({ seed: 1, scenario: { rules: [
  { id: 'slow', when: { domain: 'slow.test' }, what: { at: 'mail', delay: '5s' } },
  { id: 'third', when: { domain: 'third.test', attempt: '<3' }, what: { reply: { code: 451 } } },
  { id: 'late', when: { domain: 'late.test' }, afterwards: { send: 'complaint', after: '1m' } },
  { id: 'news', when: { header: { 'List-Id': '*' } }, what: { at: 'body', says: 'spam' } },
] } });
const tried = (recipient: string, more = {}) => tryScenario(run, { recipient, ...more }, AT);
const verdict = (recipient: string) => classify(answerOf(tried(recipient))).class;

test('the conversation is told until the first stage that does not go on', () => {
  const { persona, site, stages } = tried('ann+unknown@gmail.com');
  expect([persona, site, stages.at(-1)]).toEqual(['gmail', 'gmail', expect.objectContaining({ stage: 'rcpt', rule: '+unknown', fault: null })]);
  expect(tried('ann@site.test').stages.map(({ stage }) => stage)).toEqual(['resolve', 'connect', 'greeting', 'ehlo', 'starttls', 'mail', 'rcpt', 'data', 'body']);
  expect(tried('ann@slow.test').stages.find(({ stage }) => stage === 'mail')).toMatchObject({ rule: 'slow', delay: 5_000, reply: null });
  expect(tried('ann+tls.none@site.test').stages.map(({ fault }) => fault)).toContain('tls-not-offered');
});

test('an attempt, header fields and what follows', () => {
  expect([1, 2, 3].map((attempt) => tried('ann@third.test', { attempt }).stages.at(-1)!.reply?.code)).toEqual([451, 451, undefined]);
  expect(tried('ann@late.test').afterwards).toEqual([{ send: 'complaint', after: 60_000, rule: 'late' }]);
  expect(tried('ann@site.test', { headers: { 'list-id': 'x' } }).stages.at(-1)).toMatchObject({ stage: 'body', rule: 'news' });
  expect(tried('a+fail2.451@site.test', { attempt: 3 }).stages.at(-1)!.reply).toBeNull();
});

test('what it comes to can be classified', () => {
  expect([verdict('a+unknown@site.test'), verdict('a+nxdomain@site.test'), verdict('a+hang.body@site.test'), verdict('a+tls.expired@site.test'), verdict('a+tls.none@site.test'), verdict('a@site.test'), verdict('a+starttls.454@site.test')])
    .toEqual(['invalid_recipient', 'invalid_domain', 'network', 'tls', 'delivered', 'delivered', 'delivered']);
});

test('nothing of it counts', () => {
  const before = run.memory();
  for (let n = 0; n < 3; n++) expect(tried('a+fail1.451@site.test').stages.at(-1)!.reply?.code).toBe(451);
  expect(run.memory()).toBe(before);
});

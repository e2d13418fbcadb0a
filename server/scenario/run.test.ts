import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Scenario } from '../../sdk/contract.ts';
import type { Stage } from '../mail/reply.ts';
import { createNotes } from './notes.ts';
import { overRate } from './often.ts';
import { PERSONAS } from './personas/index.ts';
import { type Run, createRun } from './run.ts';
import type { Asked } from './scenario.ts';

const T0 = Date.UTC(2026, 0, 1);
const MIN = 60_000;
const running = (scenario: Scenario, more: { memory?: string; magicAtSubmission?: () => boolean } = {}) => createRun({ scenario, seed: 1, ...more });
const asked = (over: Partial<Asked> = {}): Asked => {
  const recipient = over.recipient ?? over.recipients?.[0] ?? 'ann@site.test';
  return { stream: 'default', side: 'remote', stage: 'rcpt', connection: 'c1', client: '192.0.2.1', site: 'site.test', domain: recipient.slice(recipient.lastIndexOf('@') + 1), tls: true, sender: 'shop@sender.test', recipient, message: 'm1', now: T0, ...over };
};
const code = (run: Run, over: Partial<Asked> = {}) => run.ask(asked(over)).reply?.code ?? 250;
const codes = (run: Run, times: number, over: Partial<Asked> = {}) => Array.from({ length: times }, () => code(run, over));

test('without rules everything is accepted', () => {
  expect(running({ rules: [] }).ask(asked())).toEqual({});
});

test('the first rule that answers wins', () => {
  const run = running({ rules: [
    { when: { recipient: 'bob@*' }, what: { reply: { code: 550 } } },
    { when: { domain: 'SITE.test' }, what: { reply: { code: 452, enhanced: '4.2.2', text: '<{recipient}> from {sender}\nis full' } } },
    { what: { reply: { code: 421 } } },
  ] });
  expect(run.ask(asked({ recipient: 'bob@site.test' })).reply?.code).toBe(550);
  expect(run.ask(asked())).toEqual({ rule: 'rule-2', reply: { code: 452, enhanced: '4.2.2', lines: ['<ann@site.test> from shop@sender.test', 'is full'], close: false } });
  expect(run.ask(asked({ recipient: 'x@other.test' })).reply).toMatchObject({ code: 421, close: true });
  expect(run.hits()).toMatchObject([{ id: 'rule-1', hits: 1 }, { id: 'rule-2', hits: 1, lastAt: '2026-01-01T00:00:00.000Z' }, { id: 'rule-3', hits: 1 }]);
});

test('what comes from the other side cannot make one reply two', () => {
  const run = running({ rules: [{ what: { reply: { code: 550, text: '{sender}' } } }] });
  expect(run.ask(asked({ sender: 'a\r\n250 OK@x.test' })).reply?.lines).toEqual(['a??250 OK@x.test']);
});

test('a delay does not answer: the rules below are asked', () => {
  const run = running({ rules: [{ id: 'slow', what: { delay: '5s' } }, { id: 'no', what: { reply: { code: 550 } } }] });
  expect(run.ask(asked())).toMatchObject({ rule: 'no', delayMs: 5_000, reply: { code: 550 } });
});

test('accept stops the rules below and the persona, at every stage', () => {
  const run = running({ persona: 'mimecast', rules: [{ when: { recipient: 'vip@site.test' }, what: { accept: true } }, { what: { at: 'body', reply: { code: 554 } } }] });
  expect(code(run, { recipient: 'vip@site.test' })).toBe(250);
  expect(code(run, { stage: 'body', recipients: ['vip@site.test'] })).toBe(250);
  expect(code(run)).toBe(451);
  expect(run.hits()[0]).toMatchObject({ hits: 1 });
});

test('times counts per recipient of a message, and what is left is told', () => {
  const run = running({ rules: [{ what: { reply: { code: 451 } }, often: { times: 2 } }] });
  expect(run.hits()[0]!.left).toBe(2);
  expect(codes(run, 1)).toEqual([451]);
  expect(run.hits()[0]).toMatchObject({ hits: 1, left: 1 });
  expect(codes(run, 2)).toEqual([451, 250]);
  expect(codes(run, 3, { message: 'm2' })).toEqual([451, 451, 250]);
  expect(codes(run, 3, { recipient: 'bob@site.test' })).toEqual([451, 451, 250]);
  expect(run.hits()[0]).toMatchObject({ hits: 6, left: 0 });
  run.reset();
  expect(codes(run, 3)).toEqual([451, 451, 250]);
});

test.each([['all', 1], ['message', 1], ['address', 1], ['client', 1], ['recipient', 2]] as const)('times per %s', (per, answers) => {
  const run = running({ rules: [{ what: { reply: { code: 451 } }, often: { times: 1, per } }] });
  const second: Partial<Asked> = per === 'message' || per === 'recipient' ? { recipient: 'bob@site.test' } : { message: 'm2' };
  expect([code(run), code(run, second)].filter((one) => one === 451)).toHaveLength(answers);
});

test('a sequence goes in turn, and its last stays', () => {
  const run = running({ rules: [{ often: { sequence: ['451 4.7.1 Later', 452, null] } }] });
  expect(codes(run, 5)).toEqual([451, 452, 250, 250, 250]);
});

test('until is counted from the first attempt', () => {
  const run = running({ rules: [{ what: { reply: { code: 451, text: 'in {retry}' } }, often: { until: '90s' } }] });
  expect(run.ask(asked({ now: T0 + 5 * MIN })).reply?.lines).toEqual(['in 90 seconds']);
  expect(code(run, { now: T0 + 5 * MIN + 89_999 })).toBe(451);
  expect(code(run, { now: T0 + 5 * MIN + 90_000 })).toBe(250);
});

test('a window is of the time of the stream', () => {
  const run = running({ rules: [{ what: { reply: { code: 451 } }, often: { window: { from: '2026-01-01T00:01:00Z', to: '2026-01-01T00:02:00Z' } } }] });
  expect([T0, T0 + MIN, T0 + 2 * MIN - 1, T0 + 2 * MIN].map((now) => code(run, { now }))).toEqual([250, 451, 451, 250]);
});

test('a greylisted recipient is deferred until the wait is over, then known for 36 days after it was last heard of', () => {
  const run = running({ rules: [{ often: { greylist: { wait: '5m' } } }] });
  const day = 86_400_000;
  const at = (now: number, over: Partial<Asked> = {}) => code(run, { now: T0 + now, message: `m${now}`, ...over });
  expect([at(0), at(5 * MIN - 1), at(5 * MIN), at(5 * MIN + 1)]).toEqual([450, 450, 250, 250]);
  expect(at(6 * MIN, { client: '192.0.2.2' })).toBe(450);
  expect(at(6 * MIN, { sender: 'other@sender.test' })).toBe(450);
  expect([at(30 * day), at(60 * day)]).toEqual([250, 250]);
  expect(at(97 * day)).toBe(450);
});

test('a rate answers beyond so many in any period, and what it refuses does not count', () => {
  const run = running({ rules: [{ often: { rate: { messages: 10, per: '1m' } }, what: { at: 'mail', says: 'ratelimit' } }] });
  const mail = (now: number) => code(run, { stage: 'mail', now: T0 + now });
  expect(Array.from({ length: 12 }, () => mail(0))).toEqual([...Array.from({ length: 10 }, () => 250), 450, 450]);
  expect(mail(30_000)).toBe(450);
  expect(mail(MIN + 6_000)).toBe(250);
  expect(mail(3 * MIN)).toBe(250);
});

test('no window of time ever lets more than the rate through (of a large rate, twice), and after a wait that was told there is room', () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 30_000 }), { minLength: 1, maxLength: 200 }), fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 201, max: 220 })), (gaps, most) => {
    const notes = createNotes();
    let now = T0;
    const passed: number[] = [];
    const told = new Set<number>();
    let crowd = 0;
    for (const gap of gaps) {
      now += gap;
      const wait = overRate(notes, 'k', { most, perMs: MIN }, now);
      if (wait === 0) passed.push(now);
      told.add(wait === 0 ? 0 : overRate(notes.aside(), 'k', { most, perMs: MIN }, now + wait));
      crowd = Math.max(crowd, passed.filter((one) => one > now - MIN).length);
    }
    expect([...told]).toEqual([0]);
    expect(crowd).toBeLessThanOrEqual(most <= 200 ? most : 2 * most);
  }));
});

test('connections and messages on a connection are limited as the persona does', () => {
  const run = running({ rules: [{ when: { domain: 'site.test' }, often: { rate: { connections: 2 } } }, { when: { domain: 'site.test' }, often: { rate: { messagesPerConnection: 3 } } }] });
  expect([1, 2, 3].map((connectionsOpen) => code(run, { stage: 'greeting', connectionsOpen }))).toEqual([250, 250, 421]);
  expect([2, 3].map((messagesOnConnection) => code(run, { stage: 'mail', messagesOnConnection }))).toEqual([250, 421]);
});

test('probability is even, seeded, and the same again', () => {
  const scenario: Scenario = { rules: [{ what: { reply: { code: 451 } }, often: { probability: 0.25 } }] };
  const outcome = (seed: number) => {
    const run = createRun({ scenario, seed });
    return Array.from({ length: 4_000 }, (_, n) => code(run, { recipient: `u${n % 2_000}@site.test`, message: `random-${seed}-${n}` }));
  };
  const first = outcome(1);
  expect(first.filter((one) => one === 451).length / 4_000).toBeCloseTo(0.25, 1);
  expect(outcome(1)).toEqual(first);
  expect(outcome(2)).not.toEqual(first);
  expect(first.slice(0, 2_000)).not.toEqual(first.slice(2_000));
});

test('conditions on header, size, tag, attempt, sender and site', () => {
  const no = { reply: { code: 554 } };
  const run = running({ personas: { 'acme.test': 'gmail' }, rules: [
    { id: 'header', when: { header: { 'list-id': '*news*' } }, what: { at: 'body', ...no } },
    { id: 'size', when: { size: '>10kb' }, what: { at: 'mail', ...no } },
    { id: 'tag', when: { tag: 'bulk' }, what: no },
    { id: 'attempt', when: { attempt: '>=3' }, what: no },
    { id: 'sender', when: { sender: '*@bad.test' }, what: no },
    { id: 'site', when: { site: 'google' }, what: no },
  ] });
  const rule = (over: Partial<Asked>) => run.ask(asked(over)).rule;
  expect(rule({ stage: 'body', recipients: ['ann@site.test'], header: (name) => (name === 'list-id' ? ['<News.site.test>'] : []) })).toBe('header');
  expect([rule({ stage: 'mail', size: 10_241 }), rule({ stage: 'mail', size: 10_240 }), rule({ stage: 'mail' })]).toEqual(['size', undefined, undefined]);
  expect(rule({ tags: ['a', 'bulk'], message: 'm2' })).toBe('tag');
  expect([rule({}), rule({}), rule({}), rule({ message: 'm3' })]).toEqual([undefined, undefined, 'attempt', undefined]);
  expect(rule({ sender: 'x@bad.test', message: 'm4' })).toBe('sender');
  expect(rule({ recipient: 'ann@acme.test', message: 'm5' })).toBe('site');
});

test('a persona has its own limits and words, and its sizes are announced', () => {
  const run = running({ rules: [] });
  expect(run.manners({ domain: 'gmail.com' })).toMatchObject({ persona: 'gmail', banner: 'mx.google.com ESMTP mx.gmail.com - gsmtp', size: 157_286_400, hide: [] });
  expect(run.siteOf('googlemail.com')).toEqual({ site: 'gmail', provider: 'google' });
  expect(run.siteOf('Site.test')).toEqual({ site: 'site.test' });
  expect(run.siteOf('Ann+drop.data@gmail.com').site).toBe('ann+drop.data@gmail.com');
  expect(run.ask(asked({ stage: 'greeting', recipient: 'a@gmail.com', connectionsOpen: 6 })).rule).toBe('gmail.connections');
  expect(code(run, { stage: 'mail', recipient: 'a@gmail.com', messagesOnConnection: 50 })).toBe(421);
  expect(run.ask(asked({ stage: 'mail', recipient: 'a@icloud.com', size: 30_000_000 }))).toMatchObject({ rule: 'icloud.toolarge', reply: { code: 552 } });
  expect(run.ask(asked({ stage: 'mail', recipient: 'a@strict.test', tls: false })).rule).toBe('strict.tlsrequired');
  expect(run.ask(asked({ recipient: 'a@barracuda.test' })).reply?.lines[0]).toBe('<a@barracuda.test>: Recipient address rejected: Greylisted for 5 minutes');
});

test('a persona takes so many recipients of a transaction', () => {
  const run = running({ rules: [], persona: 'proofpoint', define: {} });
  run.ask(asked({ stage: 'mail' }));
  const answers = Array.from({ length: 501 }, (_, n) => code(run, { recipient: `u${n}@site.test` }));
  expect(answers.slice(-2)).toEqual([250, 452]);
  run.ask(asked({ stage: 'mail' }));
  expect(code(run)).toBe(250);
});

test('a magic address says what it says, whatever rules and personas want', () => {
  const run = running({ persona: 'strict', rules: [{ what: { reply: { code: 554 } } }] });
  expect(code(run, { recipient: 'ann+ok@site.test' })).toBe(250);
  expect(codes(run, 4, { recipient: 'ann+fail2.451@site.test' })).toEqual([451, 451, 250, 250]);
  expect(codes(run, 2, { recipient: 'ann+fail2.451@site.test', message: 'm2' })).toEqual([451, 451]);
  expect(run.ask(asked({ recipient: 'ann+gmail.full@site.test' })).reply).toMatchObject({ code: 452, enhanced: '4.2.2' });
  expect(code(run, { recipient: 'ann+newsletter@site.test' })).toBe(554);
  expect(run.hits().slice(1)).toMatchObject([{ id: '+ok', from: 'magic', hits: 1 }, { id: '+fail2.451', hits: 4 }, { id: '+gmail.full', hits: 1 }]);
});

test('situations are said in the words of the persona, where it says them', () => {
  const run = running({ rules: [] });
  expect(code(run, { recipient: 'a+unknown@yahoo.com' })).toBe(250);
  expect(code(run, { stage: 'body', recipients: ['a+unknown@yahoo.com'] })).toBe(552);
  expect(run.ask(asked({ recipient: 'a+unknown@gmail.com' })).reply?.lines).toHaveLength(4);
  expect(run.ask(asked({ recipient: 'a+policy@icloud.com', stage: 'body', recipients: ['a+policy@icloud.com'] })).reply?.lines[0]).toContain('[CS01]');
});

test('a greylist tag is a real greylist', () => {
  const run = running({ rules: [] });
  const at = (now: number) => code(run, { recipient: 'a+greylist.5m@site.test', now: T0 + now });
  expect([at(0), at(4 * MIN), at(5 * MIN), at(6 * MIN)]).toEqual([450, 450, 250, 250]);
});

test('TLS that is not offered is missing in EHLO', () => {
  const run = running({ rules: [] });
  const to = { destinationAddress: 'a+tls.none@site.test' };
  expect(run.ask(asked({ stage: 'ehlo', tls: false, ...to }))).toEqual({ rule: '+tls.none', hide: ['STARTTLS'] });
  expect(run.ask(asked({ stage: 'starttls', tls: false, ...to })).fault).toBe('tls-not-offered');
});

test('what comes afterwards is told for each recipient', () => {
  const run = running({ rules: [{ when: { recipient: 'late@*' }, afterwards: { send: 'dsn', after: '1h', says: 'gmail.disabled' }, often: { times: 1, per: 'address' } }] });
  const all = asked({ stage: 'body', recipients: ['a+dsn.30s.5-2-1@site.test', 'late@site.test', 'a+complaint.60s@site.test', 'bob@site.test', 'a+ooo@site.test', 'a+dsn@gmail.com'] });
  expect(run.afterwards(all).map(({ send, afterMs, recipient, reply, rule }) => [send, afterMs, recipient.split('@')[0], reply.enhanced, rule])).toEqual([
    ['dsn', 30_000, 'a+dsn.30s.5-2-1', '5.2.1', '+dsn.30s.5-2-1'],
    ['dsn', 3_600_000, 'late', '5.2.1', 'rule-1'],
    ['complaint', 60_000, 'a+complaint.60s', '2.0.0', '+complaint.60s'],
    ['ooo', 30_000, 'a+ooo', '2.0.0', '+ooo'],
    ['dsn', 30_000, 'a+dsn', '5.1.1', '+dsn'],
  ]);
  expect(run.afterwards(all)).toHaveLength(4);
  expect(run.hits()[0]).toMatchObject({ hits: 1, left: 0 });
});

test.each<[string, boolean]>([
  ['a@site.test', false], ['a+newsletter@site.test', false], ['a+ok@site.test', false], ['a+unknown@site.test', false], ['a+full@gmail.com', false],
  ['a+rcpt.550@site.test', false], ['a+fail2.451@site.test', false], ['a+until.90s@site.test', false], ['a+greylist@site.test', false], ['a+dsn@site.test', false], ['a+complaint@site.test', false], ['a+ooo@site.test', false],
  ['a+rcpt.421@site.test', true], ['a+mail.451@site.test', true], ['a+body.554@site.test', true], ['a+drop.data@site.test', true], ['a+slow.rcpt@site.test', true], ['a+hang.body@site.test', true], ['a+tls.none@site.test', true], ['a+nxdomain@site.test', true],
  ['a+ratelimit@site.test', true], ['a+blocklist@site.test', true], ['a+ptr@gmail.com', true], ['a+busy@site.test', true], ['a+tlsrequired@site.test', true], ['a+unknown@yahoo.com', true],
  ['early@site.test', true], ['slow@site.test', true], ['any@wide.test', false], ['refused@site.test', false], ['refused@alone.test', true],
])('%s: a connection of its own? %s', (address, alone) => {
  const run = running({ rules: [
    { when: { recipient: 'early@*' }, what: { at: 'mail', reply: { code: 550 } } },
    { when: { recipient: 'slow@*' }, what: { delay: '5s' } },
    { when: { recipient: '*@wide.test' }, what: { at: 'mail', reply: { code: 550 } } },
    { when: { recipient: 'refused@*', domain: 'site.test' }, what: { reply: { code: 550 } } },
    { when: { recipient: 'refused@*', domain: 'alone.test' }, what: { at: 'body', reply: { code: 550 } } },
  ] });
  expect(run.isAlone(address)).toBe(alone);
});

test('a pattern of a whole domain acts before a recipient is known', () => {
  const run = running({ rules: [{ when: { recipient: '*@wide.test' }, what: { at: 'mail', reply: { code: 550 } } }] });
  expect(run.ask({ ...asked({ stage: 'mail', domain: 'wide.test' }), recipient: undefined } as unknown as Asked).reply?.code).toBe(550);
});

test('while mail is handed in only its own rules act, and tags where the stream says so', () => {
  let magic = false;
  const run = running({ persona: 'strict', rules: [{ side: 'submission', when: { recipient: 'no@*' }, what: { reply: { code: 550 } } }, { when: { recipient: 'far@*' }, what: { reply: { code: 550 } } }] }, { magicAtSubmission: () => magic });
  const at = (recipient: string, stage: Stage = 'rcpt') => run.ask(asked({ side: 'submission', recipient, stage, ...(stage === 'body' ? { recipients: [recipient] } : {}) }));
  expect([at('no@site.test').reply?.code, at('far@site.test'), at('a@site.test'), at('a+full@site.test')]).toEqual([550, {}, {}, {}]);
  magic = true;
  expect(at('a+full@site.test').reply?.code).toBe(552);
  expect(at('a+ratelimit@site.test').reply?.code).toBe(450);
  expect(at('a+mail.451@site.test').reply?.code).toBe(451);
  expect(at('a+body.554@site.test', 'body').reply?.code).toBe(554);
  expect([at('a+nxdomain@site.test'), at('a+tls.expired@site.test')]).toEqual([{}, {}]);
  // What is counted here is not counted there.
  expect(at('a+fail1.451@site.test').reply?.code).toBe(451);
  expect(codes(run, 2, { recipient: 'a+fail1.451@site.test' })).toEqual([451, 250]);
});

test('a tag that speaks before RCPT speaks there where the address was not known before', () => {
  const run = running({ rules: [] });
  const at = (recipient: string, destinationAddress?: string) => {
    const { destinationAddress: _, ...rest } = asked({ recipient, stage: 'rcpt' });
    return run.ask({ ...rest, ...(destinationAddress === undefined ? {} : { destinationAddress }) });
  };
  expect(['connect.554', 'greeting.421', 'ehlo.502', 'auth.535', 'mail.451'].map((tag) => at(`a+${tag}@site.test`).reply?.code)).toEqual([554, 421, 502, 535, 451]);
  expect([at('a+drop.mail@site.test').fault, at('a+slow.mail.1s@site.test').delayMs]).toEqual(['disconnect', 1_000]);
  expect([at('a+nxdomain@site.test'), at('a+refused@site.test')]).toEqual([{}, {}]);
  // A connection of its own has heard it already.
  expect(at('a+mail.451@site.test', 'a+mail.451@site.test')).toEqual({});
});

const MIXED: Scenario = { seed: 9, persona: 'flaky', rules: [
  { when: { domain: 'a.test' }, what: { reply: { code: 451 } }, often: { times: 2 } },
  { when: { domain: 'b.test' }, often: { greylist: { wait: '2m' } } },
  { when: { domain: 'c.test' }, often: { rate: { messages: 3, per: '1m' } }, what: { at: 'rcpt', says: 'ratelimit' } },
  { what: { reply: { code: 450 } }, often: { probability: 0.3 } },
  { when: { attempt: 2 }, often: { sequence: [452, null] } },
] };
const questions = fc.array(fc.record({
  stage: fc.constantFrom<Stage>('greeting', 'mail', 'rcpt', 'body'), recipient: fc.constantFrom('x@a.test', 'y+fail1.451@b.test', 'y@b.test', 'z@c.test', 'w+until.1m@c.test'),
  message: fc.constantFrom('m1', 'm2'), after: fc.integer({ min: 0, max: 90_000 }),
}), { maxLength: 60 });

test('the same questions in the same order get the same answers, also when the memory went through a restart in between', () => {
  fc.assert(fc.property(questions, fc.nat(60), (list, cut) => {
    let now = T0;
    const all = list.map(({ after, ...one }) => asked({ ...one, recipients: [one.recipient], now: (now += after) }));
    const whole = running(MIXED);
    const expected = all.map((one) => whole.ask(one));
    const before = running(MIXED);
    const first = all.slice(0, cut).map((one) => before.ask(one));
    const after = running(MIXED, { memory: before.memory() });
    expect([...first, ...all.slice(cut).map((one) => after.ask(one))]).toEqual(expected);
    expect(after.hits()).toEqual(whole.hits());
  }), { numRuns: 200 });
});

test('looking aside changes nothing', () => {
  fc.assert(fc.property(questions, (list) => {
    const run = running(MIXED);
    for (const one of list) run.ask(asked({ ...one, recipients: [one.recipient], now: T0 + one.after }));
    const before = run.memory();
    const aside = run.aside();
    for (const one of list) aside.ask(asked({ ...one, recipients: [one.recipient], now: T0 + one.after }));
    expect(run.memory()).toBe(before);
  }), { numRuns: 50 });
});

test('memory that cannot be read is as good as none', () => {
  for (const memory of ['', '{', '[]', '{"version":9}', 'null']) expect(code(running({ rules: [{ what: { reply: { code: 451 } }, often: { times: 1 } }] }, { memory }))).toBe(451);
});

test('memory is bounded: who was not heard of for the longest is forgotten', () => {
  const notes = createNotes(undefined, 4);
  for (const key of ['a', 'b', 'c']) notes.set(key, 1);
  notes.get('a');
  notes.set('d', 1);
  expect(['b', 'd', 'c', 'a'].map((key) => notes.aside().get(key))).toEqual([undefined, 1, 1, 1]);
});

test('a scenario in its wire form that makes no sense is the operator\'s mistake', () => {
  expect(() => createRun({ scenario: { rules: [{}] }, seed: 1 })).toThrow('rules.0 says nothing');
});

test('every persona answers every situation of a tag somewhere', () => {
  const run = running({ rules: [] });
  for (const { name } of PERSONAS) {
    const said = (['greeting', 'mail', 'rcpt', 'body'] as const).filter((stage) => run.ask(asked({ stage, destinationAddress: `a+${name}.busy@site.test`, recipient: `a+${name}.busy@site.test`, recipients: [`a+${name}.busy@site.test`] })).reply);
    expect([name, said.length]).toEqual([name, 1]);
  }
});

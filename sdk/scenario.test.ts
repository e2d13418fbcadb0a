import { expect, test } from 'vitest';
import { readScenario } from '../server/scenario/read.ts';
import type { Rule } from './contract.ts';
import { from, on, RuleBuilder, size, tagged } from './scenario.ts';

/** As it goes over the wire. */
const wire = (rule: RuleBuilder): Rule => JSON.parse(JSON.stringify(rule)) as Rule;

test.each<[string, RuleBuilder, Rule]>([
  ['a reply at a stage, twice', on('*@full.test').at('rcpt').reply(452, '4.2.2', 'Mailbox full').times(2), { when: { recipient: '*@full.test' }, what: { at: 'rcpt', reply: { code: 452, enhanced: '4.2.2', text: 'Mailbox full' } }, often: { times: 2 } }],
  ['a reply with a text alone', on('*').reply(550, 'No'), { when: { recipient: '*' }, what: { reply: { code: 550, text: 'No' } } }],
  ['a reply without an enhanced code', on('*').reply(550, null, 'No'), { when: { recipient: '*' }, what: { reply: { code: 550, enhanced: null, text: 'No' } } }],
  ['a whole reply', on('*').reply({ code: 421, close: true }), { when: { recipient: '*' }, what: { reply: { code: 421, close: true } } }],
  ['the words of a persona', from('*@app.test').says('gmail.full').probability(0.1), { when: { sender: '*@app.test' }, what: { says: 'gmail.full' }, often: { probability: 0.1 } }],
  ['a fault after a delay', tagged('bulk').fault('silence').delay('20s'), { when: { tag: 'bulk' }, what: { fault: 'silence', delay: '20s' } }],
  ['a size', size('>10mb').says('toolarge'), { when: { size: '>10mb' }, what: { says: 'toolarge' } }],
  ['a sequence', on('a@x.test').sequence(451, '451 4.7.1 Later', null), { when: { recipient: 'a@x.test' }, often: { sequence: [451, '451 4.7.1 Later', null] } }],
  ['greylisting, in its usual words', on('*').greylist('5m', '1h'), { when: { recipient: '*' }, what: { says: 'greylist' }, often: { greylist: { wait: '5m', passFor: '1h' } } }],
  ['greylisting, in words of its own', on('*').greylist('5m').reply(450, '4.2.0', 'Greylisted'), { when: { recipient: '*' }, what: { reply: { code: 450, enhanced: '4.2.0', text: 'Greylisted' } }, often: { greylist: { wait: '5m' } } }],
  ['a rate', new RuleBuilder().domain('gmail.com').rate({ messages: 10, per: '1m' }).per('domain'), { when: { domain: 'gmail.com' }, what: { says: 'ratelimit' }, often: { rate: { messages: 10, per: '1m' }, per: 'domain' } }],
  ['the first of two hosts', new RuleBuilder().host('mx.*').at('mail').reply(451), { when: { host: 'mx.*' }, what: { at: 'mail', reply: { code: 451 } } }],
  ['a limit of connections', new RuleBuilder().site('x.test').rate({ connections: 2 }), { when: { site: 'x.test' }, what: { says: 'connections' }, often: { rate: { connections: 2 } } }],
  ['a bounce afterwards', on('*').afterwards.dsn('30s', { code: 550, enhanced: '5.1.1', text: 'Unknown' }), { when: { recipient: '*' }, afterwards: { send: 'dsn', after: '30s', reply: { code: 550, enhanced: '5.1.1', text: 'Unknown' } } }],
  ['a bounce in the words of a persona', on('*').afterwards.textBounce('30s', 'gmail.unknown'), { when: { recipient: '*' }, afterwards: { send: 'text-bounce', after: '30s', says: 'gmail.unknown' } }],
  ['a complaint, an out-of-office reply', on('*').afterwards.complaint().afterwards.ooo('2m'), { when: { recipient: '*' }, afterwards: { send: 'ooo', after: '2m' } }],
  ['everything beside', on('*').header('X-A', 'b').header('X-B', 'c').attempt('>=2').tls(false).at('ehlo').hide('STARTTLS').drip('5s').until('90s').window({ from: new Date(0) }).named('r').because('why').atSubmission(), {
    id: 'r', note: 'why', side: 'submission', when: { recipient: '*', header: { 'X-A': 'b', 'X-B': 'c' }, attempt: '>=2', tls: false },
    what: { at: 'ehlo', hide: ['STARTTLS'], drip: '5s' }, often: { until: '90s', window: { from: '1970-01-01T00:00:00.000Z' } },
  }],
])('%s', (_name, builder, rule) => {
  expect(wire(builder)).toEqual(rule);
});

test('what a builder makes is understood where scenarios are read', () => {
  const rules = [
    on('*@full.test').at('rcpt').reply(452, '4.2.2', 'Mailbox full').times(2), on('*@later.test').greylist('5m'), on('*@slow.test').rate({ messages: 10, per: '1m' }),
    on('*@gone.test').afterwards.dsn('30s', 'gmail.unknown'), on('*@silent.test').fault('silence').at('body'), on('*@sometimes.test').says('busy').probability(0.1),
    on(['a@x.test', 'b@x.test']).sequence(451, '451 4.7.1 Later', null), tagged('bulk').accept(), size('>10mb').says('toolarge'), from('*@spam.test').says('spam').onBothSides(),
  ];
  const read = readScenario(JSON.parse(JSON.stringify({ rules })));
  expect(read.ok ? [] : read.flaws).toEqual([]);
});

test('a common beginning can be used again: a verb changes nothing but its answer', () => {
  const full = on('*@full.test').reply(452);
  const twice = full.times(2);
  expect(wire(full)).toEqual({ when: { recipient: '*@full.test' }, what: { reply: { code: 452 } } });
  expect(wire(twice)).toMatchObject({ often: { times: 2 } });
});

test('a reply that is none is told where it is written', () => {
  expect(() => on('*').reply(99)).toThrow(/code from 200 to 599, not 99/);
  expect(() => on('*').reply(452, '4.2', 'Mailbox full')).toThrow(/"4\.2" is no enhanced code/);
});

test('a name that is none is told as a name, where it is written', () => {
  expect(() => on('*').named('gone for good')).toThrow('The name of a rule is letters, digits, `_` and `-` (64 at most), like .named(\'gone-for-good\'); it is "gone for good". A sentence goes into .because(\'…\')');
  expect(() => on('*').named('')).toThrow('it is ""');
  for (const id of ['gone-for-good', '_1', 'x'.repeat(64)]) expect(readScenario({ rules: [JSON.parse(JSON.stringify(on('*').reply(550).named(id)))] })).toMatchObject({ ok: true });
});

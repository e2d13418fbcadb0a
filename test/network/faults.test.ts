/** What a scenario says, seen from the client: every stage and every fault, in virtual time. */
import { connect as tlsConnect } from 'node:tls';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import type { RuleWhat, ScenarioFault } from '../../sdk/contract.ts';
import type { Stage } from '../../server/mail/reply.ts';
import type { ScenarioRun } from '../../server/scenario/scenario.ts';
import { type Client, settled, stage, START } from './stage.ts';

const LINES: Partial<Record<Stage, string>> = { ehlo: 'EHLO c', starttls: 'STARTTLS', auth: 'AUTH PLAIN AGEAYg==', mail: 'MAIL FROM:<ann@app.test>', rcpt: 'RCPT TO:<bob@shop.test>', data: 'DATA', body: 'Subject: x\r\n\r\nx\r\n.' };
const BEFORE: Partial<Record<Stage, Stage[]>> = { greeting: [], ehlo: [], starttls: ['ehlo'], auth: ['ehlo'], mail: ['ehlo'], rcpt: ['ehlo', 'mail'], data: ['ehlo', 'mail', 'rcpt'], body: ['ehlo', 'mail', 'rcpt', 'data'] };
const STAGES = Object.keys(BEFORE) as Stage[];

const acts = (what: RuleWhat) => stage({ rules: [{ what }] });

/** Dials, and says all that comes before the stage, and the stage's own line. */
async function upTo(postern: ReturnType<typeof stage>, at: Stage): Promise<Client> {
  const client = await postern.dial();
  if ('kind' in client) throw new Error(client.detail);
  if (at === 'greeting') return client;
  await client.expect(null, '220');
  for (const before of BEFORE[at]!) await client.expect(LINES[before]!, /^(?:250|354)/);
  client.send(`${LINES[at]!}\r\n`);
  return client;
}

test.each(STAGES)('a reply at %s is said in all its lines, and the conversation goes on', async (at) => {
  await using postern = acts({ at, reply: { code: 452, enhanced: '4.9.9', text: 'first\nsecond' } });
  const client = await upTo(postern, at);
  expect(await client.reply()).toBe('452-4.9.9 first\n452 4.9.9 second');
  if (at === 'greeting') await client.expect('EHLO c', '503');
  await client.expect('QUIT', '221');
  expect(postern.accepted).toEqual([]);
});

test.each(STAGES)('421 at %s closes', async (at) => {
  await using postern = acts({ at, reply: { code: 421, text: 'later' } });
  const client = await upTo(postern, at);
  expect(await client.reply()).toMatch(/^421 .*later$/);
  await client.gone();
  expect(client.error).toBeUndefined();
});

test.each(STAGES)('a delay at %s passes in virtual time, with the talk parked', async (at) => {
  await using postern = acts({ at, delay: '20s' });
  const client = await upTo(postern, at);
  await settled();
  expect(client.talk!.parked).toBe(true);
  const before = client.heard;
  postern.clock.jump(START + 19_999);
  await settled();
  expect(client.heard).toBe(before);
  postern.clock.jump(START + 20_000);
  expect(client.talk!.parked).toBe(false);
  expect(await client.reply()).toMatch(/^(?:2|354)/);
  expect(postern.clock.nextTimer()).toBeUndefined();
});

test.each(STAGES)('silence at %s lasts until the client gives up, and costs no time', async (at) => {
  await using postern = acts({ at, fault: 'silence' });
  const client = await upTo(postern, at);
  client.talk!.after(300_000, () => client.destroy());
  const before = client.heard;
  await settled();
  expect(client.talk!.parked).toBe(true);
  expect(postern.clock.nextTimer()).toBe(START + 300_000);
  await postern.next();
  expect(client.heard).toBe(before);
  expect([client.talk!.parked, postern.clock.now(), postern.pretend.open]).toEqual([false, START + 300_000, 0]);
});

test.each(STAGES)('a disconnect at %s comes without a reply', async (at) => {
  await using postern = acts({ at, fault: 'disconnect' });
  const client = await upTo(postern, at);
  await client.gone();
  expect(client.error).toBeUndefined();
  await expect(client.reply()).rejects.toThrow('Closed (quietly)');
  expect(postern.accepted).toEqual([]);
  client.end();
  await expect.poll(() => postern.pretend.open).toBe(0);
});

test.each(STAGES)('a reset at %s is a reset', async (at) => {
  await using postern = acts({ at, fault: 'reset' });
  const client = await upTo(postern, at);
  await client.gone();
  await expect.poll(() => client.error).toBe('ECONNRESET');
  expect(postern.pretend.open).toBe(0);
});

test.each(STAGES)('garbage at %s is no reply', async (at) => {
  await using postern = acts({ at, fault: 'garbage' });
  const client = await upTo(postern, at);
  const before = client.heard;
  await settled();
  expect(client.heard.length).toBeGreaterThan(before.length);
  expect(client.heard.slice(before.length)).toMatch(/\r\n$/);
  expect(client.heard.slice(before.length)).not.toMatch(/^\d{3}/m);
});

test('a reply that drips comes an octet at a time', async () => {
  await using postern = acts({ at: 'rcpt', reply: { code: 450, enhanced: '4.2.0', text: 'wait' }, drip: '17s' });
  const client = await upTo(postern, 'rcpt');
  const whole = '450 4.2.0 wait\r\n';
  const before = client.heard;
  await postern.next(5);
  expect(client.heard.slice(before.length)).toBe(whole.slice(0, 5));
  expect(client.talk!.parked).toBe(true);
  await postern.next(whole.length - 5);
  expect(client.heard.slice(before.length)).toBe(whole);
  expect([client.talk!.parked, postern.clock.now()]).toEqual([false, START + 17_000]);
  await client.expect(null, '450');
  await client.expect('RSET', '250');
});

test('what was said before a wait has reached the client before the talk is parked', async () => {
  await using postern = acts({ at: 'rcpt', delay: '20s' });
  const client = await postern.greeted();
  await client.expect('EHLO c', '250');
  let heardWhenParked = '';
  postern.clock.onChange(() => { if (client.talk!.parked) heardWhenParked ||= client.heard; });
  client.send('MAIL FROM:<ann@app.test>\r\nRCPT TO:<bob@shop.test>\r\nDATA\r\n');
  await settled();
  expect(heardWhenParked).toMatch(/250 2\.1\.0 Sender ok\r\n$/);
  await postern.next();
  await client.expect(null, '250 2.1.0');
  await client.expect(null, '250 2.1.5');
  await client.expect(null, '354');
});

test('a client that leaves during a delay is not waited for', async () => {
  for (const leave of ['end', 'destroy'] as const) {
    await using postern = acts({ at: 'rcpt', delay: '10m' });
    const client = await upTo(postern, 'rcpt');
    await settled();
    client[leave]();
    await expect.poll(() => postern.pretend.open).toBe(0);
    expect([client.talk!.parked, postern.clock.nextTimer()]).toEqual([false, undefined]);
  }
});

test('a long message is cut off in the midst of it', async () => {
  await using postern = acts({ at: 'body', fault: 'disconnect' });
  const client = await postern.greeted();
  await client.toData();
  client.send(`Subject: long\r\n\r\n${'x'.repeat(200_000)}\r\n`);
  await client.gone();
  expect(client.heard).toMatch(/354 [^\n]*\n$/);
  expect(postern.accepted).toEqual([]);
});

test('a disconnect after the dot: the remote has the message, and the client cannot know', async () => {
  await using postern = acts({ at: 'body', fault: 'disconnect-after-dot' });
  const client = await upTo(postern, 'body');
  await client.gone();
  expect(client.heard).toMatch(/354 [^\n]*\n$/);
  expect(postern.accepted).toMatchObject([{ recipients: ['bob@shop.test'], acknowledged: false }]);
});

test('a handshake that breaks', async () => {
  await using postern = acts({ at: 'starttls', fault: 'tls-handshake' });
  const client = await upTo(postern, 'starttls');
  await expect(client.startTls().catch((error: NodeJS.ErrnoException) => { throw new Error(`broken: ${error.code}`); })).rejects.toThrow('broken');
  await expect.poll(() => postern.pretend.open).toBe(0);
});

test.each<[ScenarioFault, string]>([
  ['tls-expired', 'CERT_HAS_EXPIRED'], ['tls-self-signed', 'DEPTH_ZERO_SELF_SIGNED_CERT'], ['tls-wrong-host', 'ERR_TLS_CERT_ALTNAME_INVALID'],
])('%s shows to a client that looks, and mail goes on for one that does not', async (fault, code) => {
  await using postern = acts({ at: 'starttls', fault });
  const strict = await upTo(postern, 'starttls');
  await strict.expect(null, '220');
  const secure = tlsConnect({ socket: strict.duplex as never, servername: 'mx.shop.test', ca: await postern.pretend.authority() });
  const [error] = await once(secure, 'error') as [NodeJS.ErrnoException];
  expect(error.code).toBe(code);
  const lax = await postern.greeted();
  await lax.expect('EHLO c', '250');
  await lax.startTls();
  expect(await lax.message('Subject: x\r\n\r\nx\r\n')).toMatch(/^250/);
});

test('TLS that is not offered is not named, and not given', async () => {
  await using postern = acts({ at: 'starttls', fault: 'tls-not-offered' });
  const client = await postern.greeted();
  expect(await client.say('EHLO c')).not.toMatch('STARTTLS');
  await client.expect('STARTTLS', '502');
});

test('what is hidden is not named and not known', async () => {
  await using postern = acts({ at: 'ehlo', hide: ['size', 'DSN', 'PIPELINING', 'AUTH', 'ENHANCEDSTATUSCODES'] });
  const client = await postern.greeted();
  expect((await client.say('EHLO c')).split('\n').map((line) => line.slice(4)).slice(1)).toEqual(['STARTTLS', '8BITMIME', 'SMTPUTF8']);
  await client.expect('MAIL FROM:<a@app.test> SIZE=5', /^555 Unsupported/);
  await client.expect('AUTH PLAIN AGEAYg==', '502');
  await client.expect('MAIL FROM:<a@app.test> BODY=8BITMIME', /^250 Sender ok/);
});

test.each<[ScenarioFault, string]>([['nxdomain', 'nxdomain'], ['servfail', 'dns-error'], ['no-mx', 'no-mx'], ['null-mx', 'null-mx']])('%s at resolve is the fault %s', async (fault, wanted) => {
  await using postern = acts({ at: 'resolve', fault });
  expect(await postern.dial()).toMatchObject({ kind: 'fault', stage: 'resolve', fault: wanted });
});

test('a slow name server and a slow handshake take their virtual time', async () => {
  await using postern = stage({ rules: [{ what: { at: 'resolve', delay: '5s' } }, { what: { at: 'connect', delay: '3s' } }] });
  const dialled = postern.dial();
  await postern.next(2);
  const client = await dialled;
  if ('kind' in client) throw new Error(client.detail);
  await client.expect(null, '220');
  expect(postern.clock.now()).toBe(START + 8_000);
});

test('a refused connection is refused', async () => {
  await using postern = acts({ at: 'connect', fault: 'refused' });
  expect(await postern.dial()).toMatchObject({ stage: 'connect', fault: 'refused', host: 'mx.shop.test' });
  expect(postern.pretend.traffic()).toMatchObject([{ open: 0 }]);
});

test('a host that is unreachable keeps the client until its deadline', async () => {
  await using postern = acts({ at: 'connect', fault: 'unreachable' });
  const talk = postern.clock.talk('t');
  const given = new AbortController();
  talk.after(30_000, () => given.abort());
  const dialled = postern.dial('bob@shop.test', { signal: given.signal, talk });
  await settled();
  expect(talk.parked).toBe(true);
  await postern.next();
  expect(await dialled).toMatchObject({ stage: 'connect', fault: 'timeout' });
  expect([postern.clock.now(), talk.parked]).toEqual([START + 30_000, false]);
  expect(await postern.dial('bob@shop.test', { signal: AbortSignal.abort() })).toMatchObject({ fault: 'timeout' });
});

test('who answers on a connection that is one too many', async () => {
  await using postern = stage({ rules: [{ what: { at: 'greeting', reply: { code: 421, text: 'too many' } }, often: { rate: { connections: 2 } } }] });
  const first = await postern.greeted();
  await postern.greeted();
  const third = await postern.dial() as Client;
  await third.expect(null, /^421 .*too many/);
  await first.expect('QUIT', '221');
  await postern.greeted();
  expect(postern.pretend.traffic()).toMatchObject([{ site: 'shop.test', connections: 4, mostOpen: 3 }]);
});

test('messages on one connection are counted', async () => {
  await using postern = stage({ rules: [{ what: { at: 'mail', reply: { code: 421, text: 'enough' } }, often: { rate: { messagesPerConnection: 2 } } }] });
  const client = await postern.greeted();
  await client.message('Subject: 1\r\n\r\n');
  await client.message('Subject: 2\r\n\r\n');
  await client.expect('MAIL FROM:<ann@app.test>', /^421 .*enough/);
  expect(postern.pretend.traffic()).toMatchObject([{ messages: 2, mostOnConnection: 2 }]);
});

test('a message that is carried again counts again for the same recipient, another does not', async () => {
  await using postern = stage({ rules: [{ what: { at: 'rcpt', reply: { code: 451, text: 'again' } }, often: { times: 2, per: 'recipient' } }] });
  const answers: string[] = [];
  for (const message of ['one', 'one', 'two', 'one']) {
    const client = await postern.greeted();
    client.talk!.carrying = message;
    await client.expect('EHLO c', '250');
    await client.expect('MAIL FROM:<ann@app.test>', '250');
    answers.push(`${message} ${(await client.say('RCPT TO:<bob@shop.test>')).slice(0, 3)}`);
    client.destroy();
  }
  expect(answers).toEqual(['one 451', 'one 451', 'two 451', 'one 250']);
});

test('what breaks in the scenario closes that conversation, is logged, and reaches nobody else', async () => {
  const base = stage().run;
  const run: ScenarioRun = { ...base, ask(asked) { if (asked.stage === 'rcpt') throw new Error('a bug'); return {}; } };
  await using postern = stage({ run });
  const other = await postern.greeted();
  const client = await upTo(postern, 'rcpt');
  await client.gone();
  expect(postern.logged.join()).toMatch('a bug');
  await other.expect('NOOP', '250');
});

test('a scenario that cannot be asked at all is a fault of the network, not of the process', async () => {
  const run = { ...stage().run, ask() { throw new Error('a bug'); } } as ScenarioRun;
  await using postern = stage({ run });
  expect(await postern.dial()).toMatchObject({ kind: 'fault', stage: 'resolve', fault: 'dns-error' });
});

/**
 * A wall of bad remotes, over real sockets: whatever they do, an attempt ends
 * at its deadline at the latest with an answer that says what is known, and
 * leaves neither a timer nor a socket. Time is moved by hand.
 */
import type { Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { Answer } from '../../server/mail/reply.ts';
import type { Host, Network, TlsDemand } from '../../server/network/network.ts';
import type { Transaction } from '../../server/transport/attempted.ts';
import { DEADLINES } from '../../server/transport/deadlines.ts';
import { foundAuthority } from './authority.ts';
import { calm, connecting, type CountedClock, countedClock, EHLO, host, message, octets, over } from './house.ts';
import { dials, type Material, type Remote, remote } from './script.ts';
import { deadPort, sockets, tcpPair } from './sockets.ts';

const authority = foundAuthority();
const materials: Record<string, Material> = { good: authority.issue('mx.script.test'), expired: authority.expired('mx.script.test') };
const VERIFIED: TlsDemand = { kind: 'verified', by: 'mta-sts', names: ['mx.script.test'], note: 'MTA-STS: enforce' };

let open: Socket[] = [];
afterEach(() => {
  for (const socket of open) socket.destroy();
  open = [];
});

/** A remote at the other end of a real connection. */
async function there(script: string, clock: CountedClock): Promise<Remote & { client: Socket }> {
  const ends = await tcpPair();
  open.push(ends[1]);
  return remote(script, clock, { between: () => ends, materials }) as Remote & { client: Socket };
}

/** The sockets need turns of the loop, however much time the clock says. */
async function until(isSo: () => boolean): Promise<void> {
  for (let turn = 0; turn < 2_000 && !isSo(); turn++) await calm();
  expect(isSo()).toBe(true);
}

type Attempt = { answers: Answer[]; took: number; clock: CountedClock; remotes: (Remote & { client: Socket })[] };

/** One message to a route of such remotes; `move` goes on with the time while it is under way. */
async function attempt(scripts: string[], { hosts, transaction = message(), move = (clock) => { clock.advance(1_000); }, network }: { hosts?: Partial<Host>[]; transaction?: Transaction; move?: (clock: CountedClock, remotes: Remote[]) => void; network?: Partial<Network> } = {}): Promise<Attempt> {
  const clock = countedClock();
  const startedAt = clock.now();
  const remotes = await Promise.all(scripts.map((script) => there(script, clock)));
  const dialling = dials(...remotes);
  const whole = (async () => {
    const found = await connecting({ ...dialling, authorities: () => [authority.rootPem], ...network }, clock, { site: 'script.test', hosts: (hosts ?? [{}]).map((more) => host('mx.script.test', more)) });
    if (!('carry' in found)) return [found.answer];
    const { recipients } = await found.carry(transaction);
    found.close();
    await found.closed;
    return recipients.map(({ answer }) => answer);
  })();
  const isOver = over(whole);
  while (!isOver()) {
    // Time stands still while there is something to be said.
    const heard = () => remotes.map(({ client }) => `${client.bytesRead} ${client.bytesWritten}`).join();
    for (let before = ''; before !== heard() && !isOver();) {
      before = heard();
      await calm();
    }
    if (!isOver()) move(clock, remotes);
  }
  const answers = await whole;
  const dialled = remotes.slice(0, dialling.dialled.length);
  await until(() => dialled.every(({ client }) => client.destroyed));
  return { answers, took: clock.now() - startedAt, clock, remotes: dialled };
}

const TO_MAIL = `${EHLO()}\nC: MAIL*`;
const TO_RCPT = `${TO_MAIL}\nS: 250 ok\nC: RCPT*`;
const TO_DATA = `${TO_RCPT}\nS: 250 ok\nC: DATA`;
const TO_BODY = `${TO_DATA}\nS: 354 go`;

test('refuses', async () => {
  const clock = countedClock();
  const found = await connecting(sockets, clock, { site: 'x', hosts: [host('mx.script.test', { address: '127.0.0.1', port: await deadPort() })] });
  expect(found).toMatchObject({ answer: { kind: 'fault', stage: 'connect', fault: 'refused', host: 'mx.script.test' } });
  expect(clock.timers).toBe(0);
});

const SILENCES: [string, string, number, Partial<Answer>][] = [
  ['greeting', '! silence', DEADLINES.greeting, { stage: 'greeting' }],
  ['ehlo', 'S: 220 hi\nC: EHLO*\n! silence', DEADLINES.ehlo, { stage: 'ehlo' }],
  ['starttls', `${EHLO('STARTTLS')}\nC: STARTTLS\n! silence`, DEADLINES.starttls, { stage: 'starttls' }],
  ['mail', `${TO_MAIL}\n! silence`, DEADLINES.mail, { stage: 'mail' }],
  ['rcpt', `${TO_RCPT}\n! silence`, DEADLINES.rcpt, { stage: 'rcpt' }],
  ['data', `${TO_DATA}\n! silence`, DEADLINES.data, { stage: 'data' }],
  ['dot', `${TO_BODY}\nC.\n! silence`, DEADLINES.dot, { stage: 'body' }],
];
test.each(SILENCES)('hangs at %s', async (_stage, script, due, wanted) => {
  const { answers, took, clock } = await attempt([script]);
  expect(answers).toEqual([expect.objectContaining({ kind: 'fault', fault: 'timeout', ...wanted })]);
  expect(took).toBe(due);
  expect(clock.timers).toBe(0);
});

test('hangs in the handshake: with each hello, and then there is one without TLS', async () => {
  const hanging = `${EHLO('STARTTLS')}\nC: STARTTLS\nS: 220 go\n! silence`;
  const { answers, took, clock } = await attempt([hanging, hanging, `${TO_BODY}\nC.\nS: 250 taken`]);
  expect(answers).toEqual([expect.objectContaining({ code: 250 })]);
  expect(took).toBe(2 * DEADLINES.handshake);
  expect(clock.timers).toBe(0);
});

test('hangs in the handshake, and TLS is demanded', async () => {
  const hanging = `${EHLO('STARTTLS')}\nC: STARTTLS\nS: 220 go\n! silence`;
  const { answers, took } = await attempt([hanging, hanging], { hosts: [{ tls: VERIFIED }] });
  expect(answers).toEqual([expect.objectContaining({ kind: 'fault', fault: 'timeout', stage: 'starttls' })]);
  expect(took).toBe(2 * DEADLINES.handshake);
});

test('takes a part of the message, and then nothing: when its buffers are full there is an end', async () => {
  let read = 0;
  const size = 256 * 65_536;
  async function* large() {
    for (; read < 256; read++) yield Buffer.alloc(65_536, 'x');
  }
  const { answers, took, clock } = await attempt([`${TO_BODY}\nC~ 1000\n! silence`], { transaction: message(['b@x.test'], { size, open: async () => large() }) });
  expect(answers).toEqual([expect.objectContaining({ kind: 'fault', fault: 'timeout', stage: 'body', detail: 'took no more of the message for 3 min: the final dot was not sent' })]);
  expect(took).toBe(DEADLINES.block);
  expect(read).toBeLessThan(256);
  expect(clock.timers).toBe(0);
});

const WORDS = '220 this greeting comes an octet at a time, and it would be a fine one if only somebody had the patience to wait for its end. '.repeat(4);
test.each([
  ['in its greeting', `! drip 1000 ${WORDS}`, DEADLINES.greeting, 'greeting'],
  ['after the dot', `${TO_BODY}\nC.\n! drip 1000 250${WORDS.repeat(2).slice(3)}`, DEADLINES.dot, 'body'],
])('drips an octet a second %s', async (_where, script, due, stage) => {
  const { answers, took, remotes } = await attempt([script]);
  expect(answers).toEqual([expect.objectContaining({ kind: 'fault', fault: 'timeout', stage })]);
  expect(took).toBe(due);
  expect(remotes[0]!.client.bytesRead).toBeGreaterThan(due / 1_000 - 5);
});

test.each([
  ['closes after DATA', `${TO_DATA}\n! close`, 'data', 'the remote closed the connection'],
  ['closes after 354', `${TO_BODY}\n! close`, 'body', /before the final dot$|reset|closed/],
  ['closes after the dot', `${TO_BODY}\nC.\n! close`, 'body', /after the final dot: it may have been delivered$/],
  ['resets after the dot', `${TO_BODY}\nC.\n! reset`, 'body', /the remote reset the connection, after the final dot: it may have been delivered$/],
  ['closes at once', '! close', 'greeting', /closed|reset/],
])('%s', async (_what, script, stage, detail) => {
  const { answers, took, clock } = await attempt([script]);
  expect(answers).toEqual([expect.objectContaining({ kind: 'fault', fault: 'disconnect', stage, detail: expect.stringMatching(detail) })]);
  expect(took).toBe(0);
  expect(clock.timers).toBe(0);
});

test.each([
  ['sends garbage', '! raw "\\u0000\\u00ff\\u0007 not mail\\r\\n\\r\\n"', 'greeting'],
  ['speaks HTTP', '! raw "HTTP/1.1 400 Bad Request\\r\\nServer: x\\r\\n\\r\\n"', 'greeting'],
  ['sends garbage for an answer', `${TO_MAIL}\n! raw "\\u0015\\u0003\\u0001\\u0000\\u0002\\u0002\\n"`, 'mail'],
  ['has an endless banner', '! flood "220 hello and "', 'greeting'],
  ['has an endless multi-line banner', '! flood "220-hello\\r\\n"', 'greeting'],
  ['has an endless reply', `${TO_RCPT}\n! flood "250-ok\\r\\n"`, 'rcpt'],
  ['answers before it is asked', '! raw "220 hi\\r\\n250 hello\\r\\n250 ok\\r\\n"', 'ehlo'],
  ['takes the message before it was sent', `${TO_BODY}\nS: 250 taken`, 'body'],
])('%s', async (_what, script, stage) => {
  // A body that does not come, so that an early answer is early.
  const transaction = message(['b@x.test'], { open: async () => new Promise<never>(() => {}) });
  const { answers, took, clock, remotes } = await attempt([script], { transaction });
  expect(answers).toEqual([expect.objectContaining({ kind: 'fault', fault: 'malformed-reply', stage })]);
  expect(took).toBe(0);
  expect(remotes[0]!.client.bytesRead).toBeLessThan(1 << 20);
  expect(clock.timers).toBe(0);
});

const tls = (shows: string) => `${EHLO('STARTTLS')}\nC: STARTTLS\nS: 220 go\n! tls ${shows}\nC: EHLO*\nS: 250 inside\nC: MAIL*\nS: 250 ok\nC: RCPT*\nS: 250 ok\nC: DATA\nS: 354 go\nC.\nS: 250 taken`;
test('shows a wrong certificate: encrypted is better than not, for mail that demands nothing', async () => {
  const { answers, remotes } = await attempt([tls('expired')]);
  expect(answers).toEqual([expect.objectContaining({ code: 250 })]);
  expect(remotes[0]!.messages).toHaveLength(1);
});

test('shows a wrong certificate where a right one is demanded: nothing is said to it any more', async () => {
  const { answers, remotes, clock } = await attempt([tls('expired')], { hosts: [{ tls: VERIFIED }] });
  expect(answers).toEqual([expect.objectContaining({ kind: 'fault', fault: 'tls', detail: expect.stringContaining('CERT_HAS_EXPIRED') })]);
  expect(remotes[0]!.heard.filter((line) => line.startsWith('MAIL'))).toEqual([]);
  expect(clock.timers).toBe(0);
});

test.each(['! tls-garbage', '! close', '! reset', '! half-close', '! flood "not TLS at all\\r\\n"'])('breaks in STARTTLS (%s): in plaintext where nothing is demanded, not at all where it is', async (does) => {
  const broken = `${EHLO('STARTTLS')}\nC: STARTTLS\nS: 220 go\nC~ 1\n${does}`; // after the hello has come
  const lax = await attempt([broken, broken, `${TO_BODY}\nC.\nS: 250 taken`]);
  expect(lax.answers).toEqual([expect.objectContaining({ code: 250 })]);
  const strict = await attempt([broken, broken], { hosts: [{ tls: VERIFIED }] });
  expect(strict.answers).toEqual([expect.objectContaining({ kind: 'fault', stage: 'starttls' })]);
  expect(strict.remotes.flatMap(({ heard }) => heard).filter((line) => line.startsWith('MAIL'))).toEqual([]);
  expect(lax.took + strict.took).toBe(0);
});

test('injects an answer behind the 220 of STARTTLS', async () => {
  const { answers } = await attempt([`${EHLO('STARTTLS')}\nC: STARTTLS\n! raw "220 go\\r\\n250 no need\\r\\n"`]);
  expect(answers).toEqual([expect.objectContaining({ kind: 'fault', stage: 'starttls', fault: 'tls' })]);
});

test('10 hosts of which 9 are dead, each in a way of its own: the tenth gets the message', async () => {
  const dead = await deadPort();
  const bad = [
    '! silence', '! close', 'S: 554 no', '! raw "garbage\\r\\n"', 'S: 220 hi\nC: EHLO*\nS: 421 bye', '! flood "220-"', `${EHLO('STARTTLS')}\nC: STARTTLS\nS: 220 go\n! tls expired`,
  ];
  const scripts = [...bad, tls('good')];
  const clock = countedClock();
  const remotes = await Promise.all(scripts.map((script) => there(script, clock)));
  const answering = dials(...remotes);
  const never = new Promise<never>(() => {});
  // The first refuses, the second does not answer at all.
  const dial: Network['dial'] = (to, ask) => (to.port === dead ? sockets.dial(to, ask) : to.address === '192.0.2.99' ? never : answering.dial(to, ask));
  const hosts = [
    host('a.test', { address: '127.0.0.1', port: dead }), host('b.test', { address: '192.0.2.99' }),
    // The last bad one has nothing but a wrong certificate.
    ...scripts.map((_, n) => host('mx.script.test', n < bad.length - 1 ? {} : { tls: VERIFIED })),
  ];
  const found = connecting({ dial, authorities: () => [authority.rootPem] }, clock, { site: 'x', hosts });
  const isOver = over(found);
  while (!isOver()) {
    await calm();
    await calm();
    if (!isOver()) clock.advance(1_000);
  }
  const carrier = await found;
  if (!('carry' in carrier)) throw new Error(JSON.stringify(carrier, null, 1));
  const result = await carrier.carry(message());
  expect(result.recipients[0]!.answer).toMatchObject({ code: 250 });
  expect(result.transcript.filter(({ line }) => line.startsWith('connecting to'))).toHaveLength(10);
  expect(clock.now() - Date.UTC(2026, 0, 1)).toBeLessThan(DEADLINES.opening);
  carrier.close();
  await carrier.closed;
  await until(() => remotes.every(({ client }) => client.destroyed));
  expect(clock.timers).toBe(0);
});

test('10 hosts that all hang: the attempt ends when the time for all of them is over', async () => {
  const { answers, took, clock, remotes } = await attempt(Array.from({ length: 10 }, () => '! silence'), { hosts: Array.from({ length: 10 }, () => ({})), move: (clock) => { clock.advance(30_000); } });
  expect(answers).toEqual([expect.objectContaining({ kind: 'fault', fault: 'timeout', stage: 'greeting' })]);
  expect(took).toBe(DEADLINES.opening);
  expect(remotes).toHaveLength(3);
  expect(clock.timers).toBe(0);
});

test('a message with line ends of its own making arrives as it is, on a connection that reads strictly', async () => {
  const raw = Buffer.from('a\n.\nb\r\n.\r\n..\r\n.\nc\r\n');
  const { answers, remotes } = await attempt([`${TO_BODY}\nC.\nS: 250 taken`], { transaction: message(['b@x.test'], { size: raw.length, open: async () => octets(raw) }) });
  expect(answers).toEqual([expect.objectContaining({ code: 250 })]);
  expect(remotes[0]!.messages[0]!.equals(raw)).toBe(true);
});

/** From a route to a connection: hosts in their order, greeting, EHLO or HELO, TLS, and what is told when nobody lets us in. */
import { expect, test } from 'vitest';
import { createBrokenTls } from '../../server/transport/broken-tls.ts';
import { createTlsSessions } from '../../server/transport/tls-sessions.ts';
import { calm, carrierOf, connecting, countedClock, EHLO, failureOf, host, message, over, route, short, spoken } from './house.ts';
import { dials, remote } from './script.ts';

const TLS = `${EHLO('STARTTLS', 'SIZE 5')}
  C: STARTTLS
  S: 220 go on
  ! tls
  C: EHLO client.test
  S& 250-mx.script.test
  S: 250 PIPELINING`;

test('the hosts of a route are tried in their order, and the first that is ready carries', async () => {
  const clock = countedClock();
  const full = remote('S: 421 4.3.2 too busy\n! close');
  const good = remote(EHLO('PIPELINING'));
  const network = dials('refused', full, good);
  const carrier = carrierOf(await connecting(network, clock, route('one.test', 'two.test', 'three.test', 'four.test')));
  expect(network.dialled).toEqual(['one.test', 'two.test', 'three.test']);
  expect(carrier).toMatchObject({ host: 'three.test', id: 'c-1', alive: true, carried: 0, tls: undefined });
  carrier.close();
});

test('when no host lets us in the last answer is the answer, and the transcript holds all tries', async () => {
  const clock = countedClock();
  const found = failureOf(await connecting(dials('unreachable', remote('S: 554 5.7.1 no service\nC: QUIT')), clock, route('one.test', 'two.test')));
  expect(found).toMatchObject({ host: 'two.test', connection: 'c-1', startedAt: clock.now(), endedAt: clock.now(), answer: { kind: 'reply', stage: 'greeting', code: 554, enhanced: { class: 5, subject: 7, detail: 1 }, host: 'two.test' } });
  expect(spoken(found.transcript)).toEqual(['* connecting to one.test [192.0.2.1]:25', '* one.test unreachable', '* connecting to two.test [192.0.2.1]:25', 'S 554 5.7.1 no service']);
});

test('a host that does not answer the dial is left after 30 s, and what comes late is closed', async () => {
  const clock = countedClock();
  const late = remote('S: 220 hi');
  let answer!: (stream: typeof late.client) => void;
  let aborted = false;
  const found = connecting({ dial: (_host, { signal }) => new Promise((resolve) => {
    answer = resolve;
    signal.addEventListener('abort', () => { aborted = true; });
  }) }, clock);
  clock.advance(29_999);
  await calm();
  expect(aborted).toBe(false);
  clock.advance(1);
  expect(failureOf(await found).answer).toEqual({ kind: 'fault', stage: 'connect', fault: 'timeout', detail: 'no connection to mx.script.test within 30 s', host: 'mx.script.test' });
  expect(aborted).toBe(true);
  answer(late.client);
  await calm();
  expect(late.client.destroyed).toBe(true);
  expect(clock.timers).toBe(0);
});

test.each([500, 502, 504])('HELO is said where EHLO is answered with %i', async (code) => {
  const there = remote(`S: 220 old\nC: EHLO client.test\nS: ${code} what?\nC: HELO client.test\nS: 250 old.test PIPELINING`);
  const carrier = carrierOf(await connecting(dials(there), countedClock()));
  await there.done;
  expect(carrier.offers.sizeLimit).toBeUndefined();
  carrier.close();
});

test.each(['450 4.7.1 not now', '550 5.7.1 not you', '421 4.7.0 bye'])('an EHLO that is refused with %s is the answer', async (said) => {
  const found = failureOf(await connecting(dials(remote(`S: 220 hi\nC: EHLO client.test\nS: ${said}`)), countedClock()));
  expect(found.answer).toMatchObject({ kind: 'reply', stage: 'ehlo', code: Number(said.slice(0, 3)) });
});

test('a refused HELO is the answer too', async () => {
  const found = failureOf(await connecting(dials(remote('S: 220 hi\nC: EHLO client.test\nS: 502 no\nC: HELO client.test\nS: 550 no')), countedClock()));
  expect(found.answer).toMatchObject({ stage: 'ehlo', code: 550 });
});

test('TLS is taken where it is offered, and only what is said inside it counts', async () => {
  const clock = countedClock();
  const there = remote(`${TLS}\nC: MAIL*\nC: RCPT*\nC: DATA\nS& 250 ok\nS& 250 ok\nS: 354 go\nC.\nS: 250 taken`, clock);
  const carrier = carrierOf(await connecting(dials(there), clock));
  expect(carrier.tls).toEqual({ version: 'TLSv1.3', cipher: expect.stringContaining('TLS_'), servername: 'mx.script.test', unverified: 'DEPTH_ZERO_SELF_SIGNED_CERT', certificate: { subject: expect.stringContaining('CN=mx.script.test'), issuer: expect.any(String), validTo: expect.stringMatching(/^\d{4}-.*Z$/), fingerprint256: expect.stringMatching(/^(?:[0-9A-F]{2}:){31}/) } });
  expect(carrier.offers.sizeLimit).toBeUndefined();
  const result = await carrier.carry(message());
  await there.done;
  expect(short(result)).toEqual(['250 body']);
  expect(result.tls).toEqual(carrier.tls);
  expect(spoken(result.transcript).filter((line) => line.includes('not trusted'))).toHaveLength(1);
  expect(clock.timers).toBe(0);
  carrier.close();
  await carrier.closed;
});

test.each([
  ['close', 'disconnect'],
  ['reset', 'disconnect'],
  ['half-close', 'disconnect'],
  ['silence', 'timeout'],
  ['raw "HTTP/1.1 400\\r\\n"', 'malformed-reply'],
])('inside TLS %s is heard as outside of it', async (step, fault) => {
  const clock = countedClock();
  const there = remote(`${TLS}\nC: MAIL*\nC: RCPT*\nC: DATA\n! ${step}`, clock);
  const carrier = carrierOf(await connecting(dials(there), clock));
  const carried = carrier.carry(message());
  const isOver = over(carried);
  await there.done;
  await calm();
  expect(isOver()).toBe(step !== 'silence');
  clock.advance(300_000);
  expect((await carried).broken).toMatchObject({ kind: 'fault', fault, stage: 'mail' });
  await carrier.closed;
  await calm();
  expect(there.client.destroyed).toBe(true);
  expect(clock.timers).toBe(0);
});

test('inside TLS a remote that reads slowly is not run over, and one that answers early is heard', async () => {
  const clock = countedClock();
  const there = remote(`${TLS}\nC: MAIL*\nC: RCPT*\nC: DATA\nS& 250 ok\nS& 250 ok\nS: 354 go\nC~ 300000\nS: 552 5.3.4 too large`, clock);
  const carrier = carrierOf(await connecting(dials(there), clock));
  let read = 0;
  async function* endless() {
    for (; read < 320; read++) yield Buffer.alloc(64 * 1024, 'x');
  }
  const result = await carrier.carry(message(['b@x.test'], { size: 320 * 64 * 1024, open: async () => endless() }));
  expect(short(result)).toEqual(['552 body']);
  expect(read).toBeLessThan(40);
  await carrier.closed;
  expect(clock.timers).toBe(0);
});

test('a name is sent to be proved, an address is not', async () => {
  const carrier = carrierOf(await connecting(dials(remote(TLS)), countedClock(), { site: 'x', hosts: [host('192.0.2.1')] }));
  expect(carrier.tls).not.toHaveProperty('servername');
  carrier.close();
});

test('a message that requires TLS waits for it where it is offered and does not come about, and is refused where it is not', async () => {
  const broken = () => remote(`${EHLO('STARTTLS')}\nC: STARTTLS\nS: 220 go\n! tls-garbage`);
  const answerOf = async (...there: ReturnType<typeof remote>[]) => {
    const carrier = carrierOf(await connecting(dials(...there), countedClock()));
    const { recipients, alive } = await carrier.carry(message(['b@x.test'], { requireTls: true }));
    expect(alive).toBe(true);
    carrier.close();
    return recipients[0]!.answer;
  };
  const later = { kind: 'fault', stage: 'starttls', fault: 'tls', detail: expect.stringContaining('requires TLS'), host: 'mx.script.test' };
  expect(await answerOf(broken(), broken(), remote(`${EHLO('STARTTLS', 'REQUIRETLS')}\nC: QUIT`))).toEqual(later);
  expect(await answerOf(remote(`${EHLO('STARTTLS')}\nC: STARTTLS\nS: 454 4.7.0 not now\nC: QUIT`))).toEqual(later);
  expect(await answerOf(remote(`${EHLO('PIPELINING')}\nC: QUIT`))).toMatchObject({ code: 530, enhanced: { subject: 7, detail: 10 } });
});

test.each(['454 4.7.0 no TLS now', '502 5.5.1 no such thing'])('where STARTTLS is refused (%s) it goes on without', async (said) => {
  const there = remote(`${EHLO('STARTTLS', 'PIPELINING')}\nC: STARTTLS\nS: ${said}\nC: MAIL*\nC: RCPT*`);
  const carrier = carrierOf(await connecting(dials(there), countedClock()));
  expect(carrier.tls).toBeUndefined();
  void carrier.carry(message());
  await there.done;
});

test.each([['STARTTLS', true], ['SIZE', undefined]])('a message that goes in plaintext is told apart where TLS was offered (%s)', async (offered, inPlain) => {
  const starttls = offered === 'STARTTLS' ? '\nC: STARTTLS\nS: 454 4.7.0 no TLS now' : '';
  const carrier = carrierOf(await connecting(dials(remote(`${EHLO(offered)}${starttls}\nC: MAIL*\nS: 530 5.7.0 Must issue a STARTTLS command first`)), countedClock()));
  const result = await carrier.carry(message());
  expect([result.recipients[0]!.answer, result.inPlain]).toEqual([expect.objectContaining({ code: 530 }), inPlain]);
});

test('421 at STARTTLS ends it', async () => {
  const found = failureOf(await connecting(dials(remote(`${EHLO('STARTTLS')}\nC: STARTTLS\nS: 421 bye`)), countedClock()));
  expect(found.answer).toMatchObject({ stage: 'starttls', code: 421 });
});

const BROKEN = { garbage: '! tls-garbage', close: '! close', reset: '! reset', 'half-close': '! half-close' };

test.each(Object.entries(BROKEN))('a handshake that breaks (%s) is tried once more with a smaller hello, then without TLS, and that is remembered', async (_name, step) => {
  const clock = countedClock();
  const brokenTls = createBrokenTls({ lifetime: 1_000 });
  const broken = () => remote(`${EHLO('STARTTLS')}\nC: STARTTLS\nS: 220 go\n${step}`);
  const plain = () => remote(`${EHLO('STARTTLS', 'PIPELINING')}\nC: QUIT`);
  const deps = { brokenTls };
  const first = dials(broken(), broken(), plain());
  const carrier = carrierOf(await connecting(first, clock, undefined, deps));
  expect(first.dialled).toHaveLength(3);
  expect(carrier.tls).toBeUndefined();
  carrier.close();

  const second = dials(plain());
  carrierOf(await connecting(second, clock, undefined, deps)).close();
  expect(second.dialled).toHaveLength(1);

  clock.advance(1_001);
  const third = dials(broken(), broken(), plain());
  carrierOf(await connecting(third, clock, undefined, deps)).close();
  expect(third.dialled).toHaveLength(3);

  brokenTls.forget('default');
  const fourth = dials(broken(), remote(TLS));
  const reduced = carrierOf(await connecting(fourth, clock, undefined, deps));
  expect(reduced.tls).toMatchObject({ version: 'TLSv1.3' });
  reduced.close();
  await calm();
});

test('a handshake that breaks while a session is resumed is tried once more with a new one, and nothing is held against the host', async () => {
  const clock = countedClock();
  const brokenTls = createBrokenTls();
  const deps = { brokenTls, tlsSessions: createTlsSessions() };
  const first = carrierOf(await connecting(dials(remote(TLS)), clock, undefined, deps));
  await calm();
  first.close();
  const network = dials(remote(`${EHLO('STARTTLS')}\nC: STARTTLS\nS: 220 go\n! close`), remote(`${TLS}\nC: MAIL*\nC: RCPT*\nC: DATA\nS& 550 no\nS& 503 no\nS: 503 no`));
  const second = carrierOf(await connecting(network, clock, undefined, deps));
  expect(network.dialled).toHaveLength(2);
  expect(second.tls).toEqual(first.tls);
  const { transcript } = await second.carry(message());
  expect(spoken(transcript)).toContain('* once more, with a new TLS session');
  second.close();
  const third = dials(remote(TLS));
  carrierOf(await connecting(third, clock, undefined, deps)).close();
  expect(third.dialled).toHaveLength(1);
  await calm();
});

test('a handshake that never ends is left after 60 s', async () => {
  const clock = countedClock();
  const silent = () => remote(`${EHLO('STARTTLS')}\nC: STARTTLS\nS: 220 go\n! silence`);
  const [one, two] = [silent(), silent()];
  const found = connecting(dials(one, two, remote('S: 554 no')), clock);
  for (const silence of [one, two]) {
    await silence.atEnd;
    await calm();
    clock.advance(59_999);
    await calm();
    expect(silence.client.destroyed).toBe(false);
    clock.advance(1);
    expect(silence.client.destroyed).toBe(true);
  }
  const { answer, transcript } = failureOf(await found);
  expect(answer).toMatchObject({ code: 554 });
  expect(spoken(transcript).filter((line) => line.includes('no end of the TLS handshake within 1 min'))).toHaveLength(2);
});

test('a remote that refuses us only behind the handshake has broken TLS as well', async () => {
  const refusing = () => remote(`${EHLO('STARTTLS')}\nC: STARTTLS\nS: 220 go\n! tls\n! close`);
  const network = dials(refusing(), refusing(), remote(EHLO()));
  carrierOf(await connecting(network, countedClock())).close();
  expect(network.dialled).toHaveLength(3);
});

test('octets behind the 220 of STARTTLS are an injection: no TLS, no plaintext, no second try', async () => {
  for (const more of ['250 ok', '2', '']) {
    const network = dials(remote(`${EHLO('STARTTLS')}\nC: STARTTLS\n! raw ${JSON.stringify(`220 go\r\n${more}\r\n`)}`));
    const { answer } = failureOf(await connecting(network, countedClock()));
    expect(answer).toMatchObject({ kind: 'fault', stage: 'starttls', fault: 'tls', detail: expect.stringContaining('in plaintext after it had agreed to TLS') });
    expect(network.dialled).toHaveLength(1);
  }
});

test('a remote that speaks before it is asked is not trusted', async () => {
  for (const more of ['250-mx.script.test\r\n250 PIPELINING', 'x']) {
    const { answer } = failureOf(await connecting(dials(remote(`! raw ${JSON.stringify(`220 hi\r\n${more}\r\n`)}`)), countedClock()));
    expect(answer).toMatchObject({ kind: 'fault', stage: 'ehlo', fault: 'malformed-reply', detail: expect.stringContaining('before it was asked') });
  }
});

test('a stream that is gone before anybody listened is a disconnect', async () => {
  const { client } = remote('! silence');
  client.destroy();
  expect(failureOf(await connecting(dials(client), countedClock())).answer).toMatchObject({ stage: 'greeting', fault: 'disconnect' });
});

test('a connection to nobody leaves nothing behind', async () => {
  const clock = countedClock();
  for (const script of ['S: 554 no\nC: QUIT\n! close', '! close', '! reset', 'S: 220 hi\nC: EHLO*\n! close', 'nonsense'].map((text) => (text === 'nonsense' ? '! raw "HTTP/1.1 400 Bad\\r\\n"' : text))) {
    const there = remote(script);
    const { answer } = failureOf(await connecting(dials(there), clock));
    expect(answer).toBeDefined();
    await calm();
    expect(clock.timers).toBe(0);
    expect(there.client.destroyed).toBe(true);
    expect(there.client.listenerCount('data')).toBe(0);
  }
});

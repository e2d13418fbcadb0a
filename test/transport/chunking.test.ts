/** Messages in chunks (RFC 3030): as they are, no dot stuffed, and a refusal at any of them leaves nobody in doubt. */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { CHUNK } from '../../server/transport/chunks.ts';
import { calm, countedClock, connecting, EHLO, message, octets, over, ready, short, spoken } from './house.ts';
import { dials, remote } from './script.ts';

const ODD = Buffer.from('.\r\n..\r\na\n.\nb\r.\rc\n.\r\nMAIL FROM:<evil@x.test>\r\n\0\xff no line end', 'latin1');
const odd = (to = ['b@x.test']) => message(to, { size: ODD.length, open: async () => octets(ODD.subarray(0, 7), ODD.subarray(7)) });
const big = (size: number) => message(['b@x.test'], { size, open: async () => octets(...Array.from({ length: Math.ceil(size / 100_000) }, (_, i) => Buffer.alloc(Math.min(100_000, size - i * 100_000), i))) });

test('a small message is one chunk, after its recipients were accepted, and arrives octet by octet', async () => {
  const { carrier, remote: there, clock } = await ready(`
    C: MAIL FROM:<a@app.test>
    C: RCPT TO:<b@x.test>
    C: RCPT TO:<c@x.test>
    S& 250 ok
    S& 550 5.1.1 who?
    S: 250 ok
    C: BDAT ${ODD.length} LAST
    C# ${ODD.length}
    S: 250 2.0.0 taken
    C: MAIL*`, ['PIPELINING', 'CHUNKING']);
  const result = await carrier.carry(odd(['b@x.test', 'c@x.test']));
  expect(short(result)).toEqual(['550 rcpt', '250 body']);
  expect(there.messages[0]!.equals(ODD)).toBe(true);
  expect(spoken(result.transcript).slice(-2)).toEqual([`C BDAT ${ODD.length} LAST`, 'S 250 2.0.0 taken']);
  expect(clock.timers).toBe(0);
  void carrier.carry(odd());
  await there.done;
});

test('without PIPELINING it goes one by one, too, and a message without any octets is a chunk of none', async () => {
  const { carrier, remote: there } = await ready('C: MAIL*\nS: 250 ok\nC: RCPT*\nS: 250 ok\nC: BDAT 0 LAST\nS: 250 taken', ['CHUNKING']);
  expect(short(await carrier.carry(message(['b@x.test'], { size: 0, open: async () => octets() })))).toEqual(['250 body']);
  await there.done;
});

test('where nobody is accepted nothing is handed over', async () => {
  const { carrier, remote: there } = await ready('C: MAIL*\nC: RCPT*\nS& 250 ok\nS: 550 5.1.1 who?\nC: RSET\nC: MAIL*\nC: RCPT*\nS& 250 ok\nS& 451 4.7.1 greylisted\nS: 503 no sender\nC: RSET', ['PIPELINING', 'CHUNKING']);
  let isOpened = false;
  const unread = { ...odd(), open: () => { isOpened = true; throw new Error('not now'); } };
  expect(short(await carrier.carry(unread))).toEqual(['550 rcpt']);
  expect(short(await carrier.carry(unread))).toEqual(['451 mail']);
  expect(isOpened).toBe(false);
  void carrier.carry(odd());
  await there.done;
});

test('it can be switched off', async () => {
  const { carrier, remote: there } = await ready('C: MAIL*\nC: RCPT*\nC: DATA\nS& 250 ok\nS& 250 ok\nS: 354 go\nC.\nS: 250 taken', ['PIPELINING', 'CHUNKING'], { chunking: false });
  expect(short(await carrier.carry(odd()))).toEqual(['250 body']);
  await there.done;
});

test('a large message waits after each chunk until it was taken', async () => {
  const size = 2 * CHUNK + 12_345;
  const { carrier, remote: there, clock } = await ready(`C: MAIL*\nS: 250 ok\nC: RCPT*\nS: 250 ok
    C: BDAT ${CHUNK}
    C# ${CHUNK}
    S: 250 one
    C: BDAT ${CHUNK}
    C# ${CHUNK}
    S: 250 two
    C: BDAT 12345 LAST
    C# 12345
    S: 250 taken`, ['CHUNKING']);
  expect(short(await carrier.carry(big(size)))).toEqual(['250 body']);
  const wanted = createHash('sha256');
  for await (const chunk of await big(size).open()) wanted.update(chunk);
  expect(createHash('sha256').update(Buffer.concat(there.messages)).digest('hex')).toBe(wanted.digest('hex'));
  expect(clock.timers).toBe(0);
});

test.each([1, 2])('a chunk that is refused (the %i. of two) is the answer for all, the rest is not sent, and the next message begins with RSET', async (which) => {
  const first = `C: BDAT ${CHUNK}\nC# ${CHUNK}\n`;
  const { carrier, remote: there } = await ready(`C: MAIL*\nS: 250 ok\nC: RCPT*\nS: 250 ok\n${first}${which === 1 ? '' : 'S: 250 one\nC: BDAT 5 LAST\nC# 5\n'}S: 552 5.3.4 too large\nC: RSET\nS: 250 ok\nC: MAIL*`, ['CHUNKING']);
  const result = await carrier.carry(big(CHUNK + 5));
  expect(short(result)).toEqual(['552 body']);
  expect(result).toMatchObject({ alive: true });
  void carrier.carry(odd());
  await there.done;
});

test.each([
  ['! close', 'disconnect', 'after the last chunk: it may have been delivered'],
  ['S: 421 4.3.2 down', '421', ''],
  ['S: 354 what?', 'malformed-reply', 'after the last chunk'],
])('%s after the last chunk ends the connection, and it is told what is known', async (does, kind, known) => {
  const { carrier } = await ready(`C: MAIL*\nS: 250 ok\nC: RCPT*\nS: 250 ok\nC: BDAT*\nC# ${ODD.length}\n${does}`, ['CHUNKING']);
  const result = await carrier.carry(odd());
  expect(short(result)).toEqual([`${kind} body`]);
  expect(result.alive).toBe(false);
  const { answer } = result.recipients[0]!;
  if (answer.kind === 'fault') expect(answer.detail).toContain(known);
});

test('a disconnect between chunks: it was not delivered', async () => {
  for (const upTo of [`C# ${CHUNK}\n! close`, 'C~ 1000\n! close', `C# ${CHUNK}\nS: 250 one\n! close`]) {
    const { carrier } = await ready(`C: MAIL*\nS: 250 ok\nC: RCPT*\nS: 250 ok\nC: BDAT ${CHUNK}\n${upTo}`, ['CHUNKING']);
    expect((await carrier.carry(big(3 * CHUNK))).recipients[0]!.answer).toMatchObject({ kind: 'fault', fault: 'disconnect', stage: 'body', detail: expect.stringMatching(/, before the last chunk$/) });
  }
});

test.each([
  ['S: 552 5.3.4 enough', '552 body'],
  ['S: 250 2.0.0 taken, I am sure', 'malformed-reply body'],
])('%s in the midst of a chunk is heard, and the rest is not sent', async (said, told) => {
  const { carrier, clock } = await ready(`C: MAIL*\nS: 250 ok\nC: RCPT*\nS: 250 ok\nC: BDAT*\nC~ 200000\n${said}`, ['CHUNKING']);
  const result = await carrier.carry(big(CHUNK));
  expect(short(result)).toEqual([told]);
  expect(result.alive).toBe(false);
  await calm();
  expect(clock.timers).toBe(0);
});

test('an answer that nobody asked for is not one to a chunk', async () => {
  for (const more of ['250 one\r\n250 two\r\n', '250 one\r\n25']) {
    const { carrier } = await ready(`C: MAIL*\nS: 250 ok\nC: RCPT*\nS: 250 ok\nC: BDAT ${CHUNK}\nC# ${CHUNK}\n! raw ${JSON.stringify(more)}`, ['CHUNKING']);
    expect((await carrier.carry(big(CHUNK + 5))).recipients[0]!.answer).toMatchObject({ fault: 'malformed-reply', stage: 'body', detail: expect.stringMatching(/, before the last chunk$/) });
  }
});

test.each([[-1, 'was said to have'], [1, 'more than']])('a source that does not keep to its size (%i) is broken: nothing of it counts as a message', async (wrong, why) => {
  const { carrier, remote: there } = await ready(`C: MAIL*\nS: 250 ok\nC: RCPT*\nS: 250 ok\nC: BDAT*\nC# ${ODD.length + 1}`, ['CHUNKING']);
  await expect(carrier.carry({ ...odd(), size: ODD.length - wrong })).rejects.toThrow(why);
  await expect(there.done).rejects.toBeInstanceOf(Error);
  expect(carrier.alive).toBe(false);
});

test.each([
  [`C: BDAT*\n! silence`, 180_000, 'took no more of the message for 3 min: the last chunk was not sent'],
  [`C: BDAT*\nC# ${CHUNK}\n! silence`, 180_000, 'no reply to a chunk within 3 min, before the last chunk'],
  [`C: BDAT*\nC# ${CHUNK}\nS: 250 one\nC: BDAT*\nC# ${CHUNK}\n! silence`, 600_000, 'no reply to the last chunk within 10 min, after the last chunk: it may have been delivered'],
])('silence (%s) is left after its time', async (script, ms, detail) => {
  const { carrier, remote: there, clock } = await ready(`C: MAIL*\nS: 250 ok\nC: RCPT*\nS: 250 ok\n${script}`, ['CHUNKING']);
  const carried = carrier.carry(big(2 * CHUNK));
  const isOver = over(carried);
  await there.atEnd;
  await calm();
  clock.advance(ms - 1);
  await calm();
  expect(isOver()).toBe(false);
  clock.advance(1);
  expect((await carried).recipients[0]!.answer).toMatchObject({ fault: 'timeout', stage: 'body', detail });
  expect(clock.timers).toBe(0);
});

test('2,000 messages in chunks over one connection leave no timer and no listener', async () => {
  const clock = countedClock();
  const script = Array.from({ length: 2_000 }, () => `C: MAIL*\nC: RCPT*\nS& 250 ok\nS: 250 ok\nC: BDAT 5 LAST\nC# 5\nS: 250 ok`).join('\n');
  const there = remote(`${EHLO('PIPELINING', 'CHUNKING')}\n${script}`);
  const carrier = await connecting(dials(there), clock);
  if (!('carry' in carrier)) throw new Error('not connected');
  for (let i = 0; i < 2_000; i++) expect(short(await carrier.carry(message(['b@x.test'], { size: 5, open: async () => octets('hello') })))).toEqual(['250 body']);
  await there.done;
  expect(clock.timers).toBe(0);
  expect(there.client.listenerCount('drain')).toBe(1);
});

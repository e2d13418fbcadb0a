/** Messages on their way out: large, slow, interrupted, and answered before their end. */
import { createHash } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { expect, test } from 'vitest';
import type { Transaction } from '../../server/transport/attempted.ts';
import { calm, message, octets, over, ready, short } from './house.ts';

const TO_DATA = 'C: MAIL*\nS: 250 ok\nC: RCPT*\nS: 250 ok\nC: DATA\nS: 354 go';
const MB = 1 << 20;

/** So many chunks of a kind, made only when they are asked for, and how many were. */
function source(chunks: number, chunk: Uint8Array = Buffer.alloc(64 * 1024, 'x')): { open: Transaction['open']; read: () => number; isClosed: () => boolean } {
  let read = 0;
  let isClosed = false;
  async function* pull() {
    try {
      for (; read < chunks; read++) yield chunk;
    } finally {
      isClosed = true;
    }
  }
  return { open: async () => pull(), read: () => read, isClosed: () => isClosed };
}

test('a message of 20 MB arrives octet by octet', async () => {
  const lines = Buffer.from(`.${'y'.repeat(70)}\r\n..\r\n.\r\n${'z'.repeat(40)}\n.\n`);
  const { carrier, remote } = await ready(`${TO_DATA}\nC.\nS: 250 taken`);
  const chunk = Buffer.concat(Array.from({ length: 500 }, () => lines));
  const count = Math.ceil((20 * MB) / chunk.length);
  const body = source(count, chunk);
  expect(short(await carrier.carry(message(['b@x.test'], { size: count * chunk.length, open: body.open })))).toEqual(['250 body']);
  const wanted = createHash('sha256');
  for (let i = 0; i < count; i++) wanted.update(chunk);
  wanted.update('\r\n');
  expect(createHash('sha256').update(remote.messages[0]!).digest('hex')).toBe(wanted.digest('hex'));
});

test('a message that is one chunk of 20 MB is sent in blocks', async () => {
  const { carrier, remote } = await ready(`${TO_DATA}\nC.\nS: 250 taken`);
  const write = remote.client.write.bind(remote.client);
  let largest = 0;
  remote.client.write = ((chunk: Buffer) => {
    largest = Math.max(largest, chunk.length);
    return write(chunk);
  }) as Duplex['write'];
  const whole = Buffer.alloc(20 * MB, 'x');
  whole.write('\r\n', whole.length - 2);
  await carrier.carry(message(['b@x.test'], { size: whole.length, open: source(1, whole).open }));
  expect(remote.messages[0]!.equals(whole)).toBe(true);
  expect(largest).toBeLessThanOrEqual(128 * 1024);
});

test('a remote that reads slowly is not run over: little is held, and the source waits', async () => {
  const { carrier, remote, clock } = await ready(`${TO_DATA}\nC~ 1000000\n! silence`);
  const body = source(320);
  const carried = carrier.carry(message(['b@x.test'], { size: 20 * MB, open: body.open }));
  await remote.atEnd;
  await calm();
  expect(body.read() * 64 * 1024).toBeLessThan(1_000_000 + 600 * 1024);
  expect(remote.client.writableLength).toBeLessThan(256 * 1024);
  const held = body.read();
  clock.advance(179_999);
  await calm();
  expect(body.read()).toBe(held);
  clock.advance(1);
  const result = await carried;
  expect(result.recipients[0]!.answer).toEqual({ kind: 'fault', stage: 'body', fault: 'timeout', detail: 'took no more of the message for 3 min: the final dot was not sent', host: 'mx.script.test' });
  await calm();
  expect(body.isClosed()).toBe(true);
  expect(clock.timers).toBe(0);
});

test.each([
  ['552 5.3.4 too large', { kind: 'reply', code: 552, stage: 'body' }, false],
  ['421 4.3.2 going down', { kind: 'reply', code: 421, stage: 'body' }, true],
  ['250 2.0.0 taken, I am sure', { kind: 'fault', fault: 'malformed-reply', stage: 'body' }, true],
])('a remote that says %s in the midst of a message is heard, and the rest is not sent', async (said, wanted, isBroken) => {
  const { carrier, remote, clock } = await ready(`${TO_DATA}\nC~ 200000\nS: ${said}`);
  const body = source(320);
  const result = await carrier.carry(message(['b@x.test'], { size: 20 * MB, open: body.open }));
  expect(result.recipients[0]!.answer).toMatchObject(wanted);
  expect(result.alive).toBe(false);
  expect('broken' in result).toBe(isBroken);
  await calm();
  expect(body.isClosed()).toBe(true);
  expect(body.read()).toBeLessThan(20);
  expect(remote.client.destroyed).toBe(true);
  expect(clock.timers).toBe(0);
});

test('an answer that comes with the 354 is heard as well', async () => {
  const { carrier } = await ready('C: MAIL*\nS: 250 ok\nC: RCPT*\nS: 250 ok\nC: DATA\nS& 354 go\nS: 554 5.7.1 no, do not');
  expect(short(await carrier.carry(message()))).toEqual(['554 body']);
});

test('a 250 that was begun before the final dot is not taken for an answer to it', async () => {
  const { carrier, remote, clock } = await ready(`${TO_DATA}\n! drip 1000 250 taken`);
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const carried = carrier.carry(message(['b@x.test'], { open: () => begun.then(() => octets('Subject: hi\r\n\r\nhello\r\n')) }));
  await remote.atEnd;
  await calm();
  begin();
  for (let octet = 0; octet < 12; octet++) {
    await calm();
    clock.advance(1_000);
  }
  const result = await carried;
  expect(result.recipients[0]!.answer).toMatchObject({ kind: 'fault', fault: 'malformed-reply', stage: 'body', detail: expect.stringContaining('250 taken') });
  expect(result.alive).toBe(false);
});

test.each(['close', 'reset', 'half-close'])('a disconnect (%s) in the midst of a message: it was not delivered', async (how) => {
  const { carrier } = await ready(`${TO_DATA}\nC~ 200000\n! ${how}`);
  const result = await carrier.carry(message(['b@x.test'], { size: 20 * MB, open: source(320).open }));
  expect(result.recipients[0]!.answer).toMatchObject({ kind: 'fault', fault: 'disconnect', stage: 'body', detail: expect.stringMatching(/, before the final dot$/) });
});

test.each(['close', 'reset', 'half-close'])('a disconnect (%s) after the final dot: it may have been delivered', async (how) => {
  const { carrier } = await ready(`${TO_DATA}\nC.\n! ${how}`);
  const result = await carrier.carry(message());
  expect(result.recipients[0]!.answer).toMatchObject({ kind: 'fault', fault: 'disconnect', stage: 'body', detail: expect.stringMatching(/, after the final dot: it may have been delivered$/) });
  expect(result).toMatchObject({ alive: false, broken: { fault: 'disconnect' } });
  expect(result).not.toHaveProperty('stale');
});

test('a source that is slow is nobody else’s fault: only the limit of the whole transaction ends it', async () => {
  const { carrier, remote, clock } = await ready(`${TO_DATA}\n! silence`);
  const carried = carrier.carry(message(['b@x.test'], { open: () => new Promise(() => {}) }));
  const isOver = over(carried);
  await remote.atEnd;
  await calm();
  clock.advance(1_799_999);
  await calm();
  expect(isOver()).toBe(false);
  clock.advance(1);
  expect((await carried).recipients[0]!.answer).toMatchObject({ fault: 'timeout', detail: 'the transaction took longer than 30 min, before the final dot' });
});

test('in the world outside a dot behind a bare line end cannot end the message of a careless remote', async () => {
  const raw = 'a\n.\r\nMAIL FROM:<evil@x.test>\r\n';
  const heardBy = async (guardBareLines: boolean) => {
    const { carrier, remote } = await ready(`${TO_DATA}\nC.\nS: 250 taken`, [], { guardBareLines });
    await carrier.carry(message(['b@x.test'], {}, raw));
    return remote.messages[0]!.toString();
  };
  expect(await heardBy(true)).toBe(raw.replace('\n.\r', '\n..\r'));
  expect(await heardBy(false)).toBe(raw);
});

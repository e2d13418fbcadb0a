/** Transactions with a remote that does as it should, or says no: who gets which answer. */
import { Duplex } from 'node:stream';
import { expect, test } from 'vitest';
import { calm, connecting, countedClock, message, octets, ready, short, spoken } from './house.ts';
import { dials } from './script.ts';

test('a message is delivered one command at a time where nothing else is offered', async () => {
  const { carrier, remote } = await ready(`
    C: MAIL FROM:<a@app.test>
    S: 250 2.1.0 sender ok
    C: RCPT TO:<b@shop.test>
    S: 250 2.1.5 recipient ok
    C: DATA
    S: 354 go on
    C.
    S: 250 2.0.0 taken as 42`);
  const result = await carrier.carry(message());
  await remote.done;
  expect(result.recipients).toEqual([{ stage: 'body', answer: { kind: 'reply', stage: 'body', code: 250, enhanced: { class: 2, subject: 0, detail: 0 }, text: 'taken as 42', host: 'mx.script.test' } }]);
  expect(remote.messages.map(String)).toEqual(['Subject: hi\r\n\r\nhello\r\n']);
  expect(result).toMatchObject({ alive: true, startedAt: Date.UTC(2026, 0, 1) });
  expect(result).not.toHaveProperty('broken');
  expect(spoken(result.transcript)).toEqual([
    '* connecting to mx.script.test [192.0.2.1]:25', 'S 220 mx.script.test ready', 'C EHLO client.test', 'S 250 mx.script.test',
    'C MAIL FROM:<a@app.test>', 'S 250 2.1.0 sender ok', 'C RCPT TO:<b@shop.test>', 'S 250 2.1.5 recipient ok', 'C DATA', 'S 354 go on',
    '* 22 octets of message', 'S 250 2.0.0 taken as 42',
  ]);
});

test('with PIPELINING the commands go out in one write, before any is answered', async () => {
  const { carrier, remote } = await ready(`
    C: MAIL FROM:<a@app.test>
    C: RCPT TO:<b@shop.test>
    C: RCPT TO:<c@shop.test>
    C: DATA
    S& 250 ok
    S& 250 ok
    S& 251 goes elsewhere
    S: 354 go on
    C.
    S: 250 taken`, ['PIPELINING']);
  const result = await carrier.carry(message(['b@shop.test', 'c@shop.test']));
  await remote.done;
  expect(short(result)).toEqual(['250 body', '250 body']);
});

for (const pipelined of [true, false]) {
  const how = pipelined ? 'pipelined' : 'one by one';
  const offered = pipelined ? ['PIPELINING'] : [];

  test(`some recipients are refused and the others get the message (${how})`, async () => {
    const dialogue = pipelined
      ? 'C: MAIL*\nC: RCPT*<a@x.test>\nC: RCPT*<b@x.test>\nC: RCPT*<c@x.test>\nC: DATA\nS: 250 ok\nS: 550 5.1.1 who?\nS: 250 ok\nS: 452 4.2.2 full\nS: 354 go'
      : 'C: MAIL*\nS: 250 ok\nC: RCPT*<a@x.test>\nS: 550 5.1.1 who?\nC: RCPT*<b@x.test>\nS: 250 ok\nC: RCPT*<c@x.test>\nS: 452 4.2.2 full\nC: DATA\nS: 354 go';
    const { carrier, remote } = await ready(`${dialogue}\nC.\nS: 250 taken`, offered);
    const result = await carrier.carry(message(['a@x.test', 'b@x.test', 'c@x.test']));
    await remote.done;
    expect(short(result)).toEqual(['550 rcpt', '250 body', '452 rcpt']);
    expect(result.alive).toBe(true);
  });

  test(`a refused sender is the answer for everyone, and the next message begins with RSET (${how})`, async () => {
    const { carrier, remote } = await ready(pipelined
      ? `C: MAIL*
         C: RCPT*
         C: RCPT*
         C: DATA
         S: 550 5.7.1 not you
         S: 503 5.5.1 no sender
         S: 503 5.5.1 no sender
         S: 503 5.5.1 no recipients
         C: RSET
         C: MAIL*
         C: RCPT*
         C: DATA
         S& 250 reset
         S& 250 ok
         S& 250 ok
         S: 354 go
         C.
         S: 250 taken`
      : `C: MAIL*
         S: 550 5.7.1 not you
         C: RSET
         S: 250 reset
         C: MAIL*
         S: 250 ok
         C: RCPT*
         S: 250 ok
         C: DATA
         S: 354 go
         C.
         S: 250 taken`, offered);
    const first = await carrier.carry(message(['b@x.test', 'c@x.test']));
    expect(short(first)).toEqual(['550 mail', '550 mail']);
    expect(first.alive).toBe(true);
    const second = await carrier.carry(message());
    await remote.done;
    expect(short(second)).toEqual(['250 body']);
    expect(second.transcript[0]!.line).toBe('RSET');
    expect(carrier.carried).toBe(2);
  });

  test(`a refused DATA is the answer for those who were accepted (${how})`, async () => {
    const { carrier } = await ready(pipelined
      ? 'C: MAIL*\nC: RCPT*\nC: RCPT*\nC: DATA\nS: 250 ok\nS: 550 5.1.1 who\nS: 250 ok\nS: 451 4.3.0 not now'
      : 'C: MAIL*\nS: 250 ok\nC: RCPT*\nS: 550 5.1.1 who\nC: RCPT*\nS: 250 ok\nC: DATA\nS: 451 4.3.0 not now', offered);
    const result = await carrier.carry(message(['b@x.test', 'c@x.test']));
    expect(short(result)).toEqual(['550 rcpt', '451 data']);
    expect(result.alive).toBe(true);
  });

  test(`a refusal after the final dot is the answer for all, and needs no RSET (${how})`, async () => {
    const { carrier, remote } = await ready(pipelined
      ? 'C: MAIL*\nC: RCPT*\nC: DATA\nS: 250 ok\nS: 250 ok\nS: 354 go\nC.\nS: 554 5.7.1 spam\nC: MAIL*'
      : 'C: MAIL*\nS: 250 ok\nC: RCPT*\nS: 250 ok\nC: DATA\nS: 354 go\nC.\nS: 554 5.7.1 spam\nC: MAIL*', offered);
    expect(short(await carrier.carry(message()))).toEqual(['554 body']);
    void carrier.carry(message());
    await remote.done;
  });
}

test('where nobody was accepted but DATA was, a lone dot ends it and nobody gets a message', async () => {
  const { carrier, remote } = await ready(`
    C: MAIL*
    C: RCPT*
    C: DATA
    S: 250 ok
    S: 550 5.1.1 who?
    S: 354 go
    C: .
    S: 554 no valid recipients
    C: MAIL*`, ['PIPELINING']);
  const result = await carrier.carry(message());
  expect(short(result)).toEqual(['550 rcpt']);
  expect(result.alive).toBe(true);
  void carrier.carry(message());
  await remote.done;
});

test('a lone dot follows a refused sender too', async () => {
  const { carrier, remote } = await ready('C: MAIL*\nC: RCPT*\nC: DATA\nS: 451 4.7.1 greylisted\nS: 250 ok\nS: 354 go\nC: .\nS: 250 taken, whatever', ['PIPELINING']);
  const result = await carrier.carry(message());
  await remote.done;
  expect(short(result)).toEqual(['451 mail']);
  expect(result.alive).toBe(true);
});

test('a multi-line reply is one answer', async () => {
  const { carrier } = await ready(`
    C: MAIL*
    S: 250 ok
    C: RCPT*
    S& 550-5.7.26 This mail is unauthenticated
    S: 550 5.7.26 and that is all`);
  const [told] = (await carrier.carry(message())).recipients;
  expect(told!.answer).toMatchObject({ code: 550, enhanced: { class: 5, subject: 7, detail: 26 }, text: 'This mail is unauthenticated\nand that is all' });
});

test('421 ends the connection and is the answer for whoever has none yet', async () => {
  const { carrier, remote } = await ready('C: MAIL*\nC: RCPT*\nC: RCPT*\nC: RCPT*\nC: DATA\nS: 250 ok\nS: 550 who\nS: 250 ok\nS: 421 4.7.0 too many, bye', ['PIPELINING']);
  const result = await carrier.carry(message(['a@x.test', 'b@x.test', 'c@x.test']));
  await remote.done;
  expect(short(result)).toEqual(['550 rcpt', '421 rcpt', '421 rcpt']);
  expect(result).toMatchObject({ alive: false, broken: { kind: 'reply', code: 421 } });
  expect(carrier.alive).toBe(false);
});

test('an address cannot say a command of its own', async () => {
  const { carrier, remote } = await ready('C: MAIL*\nS: 250 ok\nC: RCPT TO:<b@x.test>\nS: 550 no');
  const result = await carrier.carry(message(['b@x.test', 'c@x.test>\r\nRCPT TO:<evil@x.test']));
  await remote.done;
  expect(short(result)).toEqual(['550 rcpt', '553 mail']);
  const other = await ready('C: nothing');
  expect(short(await other.carrier.carry(message(['b@x.test'], { from: 'a@app.test>\nDATA' })))).toEqual(['553 mail']);
});

test('a message whose source breaks is not ended by a dot, and whoever asked hears of it', async () => {
  const { carrier, remote } = await ready('C: MAIL*\nS: 250 ok\nC: RCPT*\nS: 250 ok\nC: DATA\nS: 354 go\nC.');
  async function* breaking() {
    yield Buffer.alloc(100_000, 'x');
    throw new Error('the disk is gone');
  }
  await expect(carrier.carry(message(['b@x.test'], { open: async () => breaking() }))).rejects.toThrow('the disk is gone');
  await expect(remote.done).rejects.toThrow('no end');
  expect(carrier.alive).toBe(false);
});

test('a message whose source does not open breaks the connection in the same way', async () => {
  const { carrier } = await ready('C: MAIL*\nS: 250 ok\nC: RCPT*\nS: 250 ok\nC: DATA\nS: 354 go');
  await expect(carrier.carry(message(['b@x.test'], { open: () => Promise.reject(new Error('deleted')) }))).rejects.toThrow('deleted');
  expect(carrier.alive).toBe(false);
});

test('closing says QUIT and does not wait for its answer', async () => {
  const { carrier, remote, clock } = await ready('C: QUIT\nS: 221 bye\n! close');
  carrier.close();
  await remote.done;
  await carrier.closed;
  expect(clock.timers).toBe(0);
  expect(carrier.alive).toBe(false);
});

test('a remote that takes not even QUIT is left after a short while', async () => {
  const clock = countedClock();
  let isDeaf = false;
  const client: Duplex = new Duplex({ read() {}, write: (chunk: Buffer, _encoding, done) => {
    if (isDeaf) return;
    if (chunk.toString().startsWith('EHLO')) client.push('250 hi\r\n');
    done();
  } });
  client.push('220 hi\r\n');
  const carrier = await connecting(dials(client), clock);
  if (!('carry' in carrier)) throw new Error('not connected');
  isDeaf = true;
  carrier.close();
  await calm();
  expect(client.destroyed).toBe(false);
  clock.advance(2_000);
  await carrier.closed;
  expect(client.destroyed).toBe(true);
  expect(clock.timers).toBe(0);
});

test('closing in the midst of a message is a disconnect for whom it concerns', async () => {
  const { carrier, remote } = await ready('C: MAIL*\n! silence');
  const result = carrier.carry(message());
  await remote.atEnd;
  carrier.close();
  expect(short(await result)).toEqual(['disconnect mail']);
});

test('a connection that the remote closes while it rests is known to be dead', async () => {
  for (const goodbye of ['S: 421 4.4.2 idle\n! close', '! close', '! reset', '! half-close', 'S: 250 what?']) {
    const { carrier, remote, clock } = await ready(goodbye);
    await remote.done;
    await calm();
    expect(carrier.alive).toBe(false);
    expect(short(await carrier.carry(message()))).toEqual(['disconnect mail']);
    expect(clock.timers).toBe(0);
  }
});

test('a used connection that was closed before MAIL was answered is stale, not a failure of the remote', async () => {
  const { carrier } = await ready('C: MAIL*\nS: 550 no\nC: RSET\n! close');
  expect(await carrier.carry(message())).not.toHaveProperty('stale');
  expect(await carrier.carry(message())).toMatchObject({ stale: true, alive: false, broken: { fault: 'disconnect' } });
  const answered = await ready('C: MAIL*\nS: 550 no\nC: RSET\nS: 250 ok\nC: MAIL*\n! close');
  await answered.carrier.carry(message());
  expect(await answered.carrier.carry(message())).not.toHaveProperty('stale');
  const fresh = await ready('C: MAIL*\n! close');
  expect(await fresh.carrier.carry(message())).not.toHaveProperty('stale');
});

test('421 in place of a first answer is the end of a used connection, where that is told apart, and never of a new one', async () => {
  const used = 'C: MAIL*\nS: 550 no\nC: RSET\nS: 421 4.7.0 Too many messages on this connection';
  for (const goodbyes of [true, false]) {
    const { carrier } = await ready(used, [], { goodbyes });
    await carrier.carry(message());
    const { stale, alive, broken } = await carrier.carry(message());
    expect([stale, alive, broken]).toEqual([goodbyes || undefined, false, expect.objectContaining({ code: 421 })]);
  }
  const fresh = await ready('C: MAIL*\nS: 421 bye', [], { goodbyes: true });
  expect(await fresh.carrier.carry(message())).not.toHaveProperty('stale');
  const later = await ready('C: MAIL*\nS: 550 no\nC: RSET\nS: 250 ok\nC: MAIL*\nS: 421 bye', [], { goodbyes: true });
  await later.carrier.carry(message());
  expect(await later.carrier.carry(message())).not.toHaveProperty('stale');
});

test('one connection carries one message at a time', async () => {
  const { carrier } = await ready('C: MAIL*\n! silence');
  void carrier.carry(message());
  expect(() => carrier.carry(message())).toThrow('carries a message already');
});

test('a message without any octets ends with its dot', async () => {
  const { carrier, remote } = await ready('C: MAIL*\nS: 250 ok\nC: RCPT*\nS: 250 ok\nC: DATA\nS: 354 go\nC.\nS: 250 taken');
  expect(short(await carrier.carry(message(['b@x.test'], { size: 0, open: async () => octets() })))).toEqual(['250 body']);
  expect(remote.messages[0]).toHaveLength(0);
});

/** Ends: a listener that closes, and hooks that break. Nothing is lost, nothing hangs. */
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import type { Stages } from '../../server/admission/smtp/listener.ts';
import { manualClock } from '../../server/clock.ts';
import { dial } from '../support/dialogue.ts';
import { reception } from '../support/reception.ts';

test('a listener that closes lets open transactions end, and tells idle clients 421 4.3.2', async () => {
  let commit!: () => void;
  const committed = new Promise<void>((resolve) => { commit = resolve; });
  let asked = false;
  await using postern = await reception({ before: { accept: () => { asked = true; return committed; } } });
  const idle = await dial(postern.at);
  const sending = await dial(postern.at);
  const waiting = await dial(postern.at);
  const begun = await dial(postern.at);
  await sending.toData();
  await sending.send('first half\r\n');
  await waiting.toData();
  await waiting.send('x\r\n.\r\n');
  await begun.expect('EHLO c.test', '250');
  await begun.expect('MAIL FROM:<a@app.test>', '250');
  await expect.poll(() => asked).toBe(true);

  const closing = postern.listener.close(5_000);
  await idle.expect(null, '421 4.3.2');
  idle.end();
  await expect(dial(postern.at)).rejects.toThrow(/closed/);
  await begun.expect('RCPT TO:<b@shop.test>', '250');
  await sending.send('second half\r\n.\r\n');
  commit();
  await waiting.expect(null, '250 2.6.0');
  await waiting.expect(null, '421 4.3.2');
  waiting.end();
  await sending.expect(null, '250 2.6.0');
  await sending.expect(null, '421 4.3.2');
  sending.end();
  await begun.expect('RSET', '250');
  await begun.expect(null, '421 4.3.2');
  begun.end();
  await closing;
  expect(postern.listener.connections()).toBe(0);
  expect(postern.accepted).toHaveLength(2);
});

for (const how of ['reset', 'close', 'silence'] as const) {
  test(`a message that is met with ${how} when it is whole is not held on to`, async () => {
    const body: Stages['body'] = (talk) => {
      if (how === 'silence') talk.silent = true;
      else talk.cut!(how);
      return new Promise(() => {}); // as of a scenario's fault
    };
    await using postern = await reception({ stages: { body } });
    const client = await dial(postern.at);
    await client.toData();
    await client.send(`${'x'.repeat(300_000)}\r\n.\r\n`);
    if (how === 'silence') {
      await expect.poll(() => postern.inFlight()).toBeGreaterThan(0);
      client.reset();
    }
    await expect.poll(() => postern.listener.connections()).toBe(0);
    expect(postern.inFlight()).toBe(0);
    expect(postern.accepted).toEqual([]);
  });
}

test('a message whose client is gone before its answer is kept all the same', async () => {
  let go!: () => void;
  const delay = new Promise<undefined>((resolve) => { go = () => resolve(undefined); });
  await using postern = await reception({ stages: { body: () => delay } });
  const client = await dial(postern.at);
  await client.toData();
  await client.send('x\r\n.\r\n');
  await expect.poll(() => postern.inFlight()).toBeGreaterThan(0);
  client.reset();
  await expect.poll(() => postern.listener.connections()).toBe(0);
  go();
  await expect.poll(() => postern.accepted).toHaveLength(1);
});

test('who does not come to an end in time is cut off', async () => {
  const clock = manualClock();
  await using postern = await reception({ clock });
  const client = await dial(postern.at);
  await client.toData();
  const closing = postern.listener.close(5_000);
  clock.advance(5_000);
  await client.expect(null, '421 4.3.2');
  await closing;
  expect(postern.inFlight()).toBe(0);
});

test('a client that does not hang up after its last answer holds the end up for half a second', async () => {
  const clock = manualClock();
  await using postern = await reception({ clock });
  const client = connect({ ...postern.at, allowHalfOpen: true });
  let heard = '';
  client.on('data', (chunk) => { heard += chunk.toString(); });
  client.on('error', () => {});
  await expect.poll(() => heard).toContain('220 ');
  let closed = false;
  const close = async () => {
    await postern.listener.close(10_000);
    closed = true;
  };
  const closing = close();
  await expect.poll(() => heard).toMatch(/\r\n421 4\.3\.2 .*\r\n$/);
  clock.advance(499);
  await new Promise(setImmediate);
  expect([closed, postern.listener.connections()]).toEqual([false, 1]);
  clock.advance(1);
  await closing;
  client.destroy();
});

test('a port that is taken is an error of listen', async () => {
  await using postern = await reception();
  await expect(reception({ port: postern.at.port })).rejects.toThrow(/EADDRINUSE/);
});

const boom = () => { throw new Error('boom'); };
const boomLater = () => Promise.reject(new Error('boom'));

const script = [
  ['hello', 'EHLO c.test', '250'],
  ['login', `AUTH PLAIN ${Buffer.from('\0a\0b').toString('base64')}`, '235'],
  ['mail', 'MAIL FROM:<a@app.test>', '250'],
  ['rcpt', 'RCPT TO:<b@shop.test>', '250'],
  ['data', 'DATA', '354'],
  ['body', 'x\r\n.', '250 2.6.0'],
] as const;

test.each(script.flatMap(([stage]) => [[stage, boom] as const, [stage, boomLater] as const]))(
  'a throw at %s is answered 451 4.3.0 and logged, and the connection goes on', async (stage, throws) => {
    let on = true;
    await using postern = await reception({ stages: { [stage]: () => (on ? throws() : undefined) } as Stages });
    const client = await dial(postern.at);
    for (const [name, line, wanted] of script) {
      if (name === stage) {
        await client.expect(line, '451 4.3.0');
        on = false;
        if (name === 'body') break; // the transaction is over with it
      }
      await client.expect(line, wanted);
    }
    await client.expect('RSET', '250');
    expect(await client.message('again\r\n')).toMatch(/^250 2\.6\.0/);
    expect(postern.accepted).toHaveLength(stage === 'body' ? 1 : 2);
    const errors = postern.logged.filter((line) => line.includes('"error"'));
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain('boom');
  },
);

test.each([[boom], [boomLater]])('a throw at the greeting is 451 4.3.0, and the end of that connection', async (throws) => {
  await using postern = await reception({ stages: { connect: throws } });
  const client = await dial(postern.at, { greeting: false });
  await client.expect(null, '451 4.3.0');
  await client.closed;
  expect(postern.logged.join()).toContain('boom');
});

test.each(['open', 'write', 'accept'] as const)('a bug in the store at %s is 451 4.3.0 and never a hang', async (place) => {
  let on = true;
  await using postern = await reception({ before: { [place]: () => { if (on) boom(); } } });
  const client = await dial(postern.at);
  await client.expect('EHLO c.test', '250');
  await client.expect('MAIL FROM:<a@app.test>', '250');
  await client.expect('RCPT TO:<b@shop.test>', '250');
  if (place === 'open') await client.expect('DATA', '451 4.3.0');
  else {
    await client.expect('DATA', '354');
    await client.send('x\r\n'.repeat(100_000) + '.\r\n');
    await client.expect(null, '451 4.3.0');
  }
  on = false;
  await client.expect('RSET', '250');
  expect(await client.message('x\r\n')).toMatch(/^250 2\.6\.0/);
  expect(postern.openBodies()).toBe(0);
  expect(postern.logged.join()).toContain('boom');
});

/** Limits: each with its own clear reply, none that loses what was accepted, and the connection goes on where it may. */
import { expect, test } from 'vitest';
import { StoreFault } from '../../server/admission/port.ts';
import { manualClock } from '../../server/clock.ts';
import { dial } from '../support/dialogue.ts';
import { reception } from '../support/reception.ts';

test('a recipient beyond the limit gets 452 4.5.3 and the others are kept', async () => {
  await using postern = await reception({ limits: { recipients: 2 } });
  const client = await dial(postern.at);
  await client.expect('EHLO c.test', '250');
  await client.expect('MAIL FROM:<ann@app.test>', '250');
  await client.expect('RCPT TO:<a@shop.test>', '250');
  await client.expect('RCPT TO:<b@shop.test>', '250');
  await client.expect('RCPT TO:<c@shop.test>', '452 4.5.3');
  await client.expect('RCPT TO:<A@shop.test>', '250');
  await client.expect('DATA', '354');
  await client.send('x\r\n.\r\n');
  await client.expect(null, '250 2.6.0');
  expect(postern.accepted[0]!.envelope.recipients.map(({ address }) => address)).toEqual(['a@shop.test', 'b@shop.test']);
  expect(postern.refusals.map(({ reason }) => reason)).toEqual(['too-many-recipients']);
});

test('a message that is too large gets 552 5.3.4, announced or not, and the connection goes on', async () => {
  await using postern = await reception({ limits: { messageSize: 1_000 } });
  const client = await dial(postern.at);
  await client.expect('EHLO c.test', '250');
  await client.expect('MAIL FROM:<ann@app.test> SIZE=1001', '552 5.3.4');
  expect(await client.message('x'.repeat(200_000) + '\r\n')).toMatch(/^552 5\.3\.4 /);
  expect(postern.openBodies()).toBe(0);
  expect(await client.message('x'.repeat(998) + '\r\n')).toMatch(/^250 2\.6\.0/);
  expect(postern.accepted).toHaveLength(1);
  expect(postern.refusals.map(({ reason }) => reason)).toEqual(['message-too-large', 'message-too-large']);
});

test('a message that is refused is one line in the log, with its reason', async () => {
  await using postern = await reception({ limits: { messageSize: 1_000 } });
  const client = await dial(postern.at);
  await client.expect('EHLO c.test', '250');
  expect(await client.message(`Subject: a secret\r\n\r\n${'x'.repeat(2_000)}\r\n`)).toMatch(/^552/);
  expect(postern.logged.filter((line) => line.includes('"warn"'))).toEqual([expect.stringMatching(/"message refused","reason":"message-too-large","stream":"default","from":"[^"]+","recipients":1,"size":20\d\d/)]);
  expect(postern.logged.join()).not.toContain('a secret');
});

test('the octets beyond the limit of a message are swallowed and not held', async () => {
  await using postern = await reception({ limits: { messageSize: 1_000 } });
  const client = await dial(postern.at);
  await client.toData();
  const piece = Buffer.alloc(1 << 20, 'x');
  for (let i = 0; i < 64; i++) {
    await client.send(piece);
    expect(postern.inFlight()).toBeLessThanOrEqual(1_000);
  }
  await client.send('\r\n.\r\n');
  await client.expect(null, '552 5.3.4');
});

test('a client beyond the limit is sent away with 421 4.7.0', async () => {
  await using postern = await reception({ limits: { clients: 1 } });
  const first = await dial(postern.at);
  const second = await dial(postern.at, { greeting: false });
  await second.expect(null, '421 4.7.0');
  await second.closed;
  expect(await first.message('x\r\n')).toMatch(/^250/);
  expect(postern.refusals.map(({ reason }) => reason)).toEqual(['too-many-clients']);
});

test('a client that is silent gets 421 4.4.2, in the middle of a line as well', async () => {
  const clock = manualClock();
  await using postern = await reception({ clock, limits: { idleMs: 300_000 } });
  const silent = await dial(postern.at);
  const trickling = await dial(postern.at);
  clock.advance(200_000);
  await silent.expect('NOOP', '250');
  await trickling.send('NOO');
  clock.advance(101_000);
  await trickling.expect(null, '421 4.4.2');
  await trickling.closed;
  await silent.expect('NOOP', '250');
  clock.advance(301_000);
  await silent.expect(null, '421 4.4.2');
  expect(postern.refusals.map(({ reason }) => reason)).toEqual(['idle', 'idle']);
});

test('a message that drips gets 421 4.4.2 and leaves nothing behind', async () => {
  const clock = manualClock();
  await using postern = await reception({ clock, limits: { slow: { octets: 100, perMs: 60_000 } } });
  const client = await dial(postern.at);
  await client.toData();
  await client.send('x'.repeat(200));
  await expect.poll(() => postern.inFlight()).toBe(200);
  clock.advance(61_000);
  await client.send('x'.repeat(50));
  await expect.poll(() => postern.inFlight()).toBe(250);
  clock.advance(60_000);
  await client.expect(null, '421 4.4.2');
  await client.closed;
  expect(postern.inFlight()).toBe(0);
  expect(postern.openBodies()).toBe(0);
  expect(postern.refusals.map(({ reason }) => reason)).toEqual(['too-slow']);
});

test('a client that stops in the middle of a message is idle', async () => {
  const clock = manualClock();
  await using postern = await reception({ clock, limits: { idleMs: 100_000 } });
  const client = await dial(postern.at);
  await client.toData();
  clock.advance(101_000);
  await client.expect(null, '421 4.4.2');
  expect(postern.refusals.map(({ reason }) => reason)).toEqual(['idle']);
});

test('a client that waits for a slow store is neither idle nor slow', async () => {
  const clock = manualClock();
  let open!: () => void;
  let accept!: () => void;
  let asked = false;
  const written = new Promise<void>((resolve) => { open = resolve; });
  const committed = new Promise<void>((resolve) => { accept = resolve; });
  await using postern = await reception({ clock, before: { write: () => written, accept: () => {
    asked = true;
    return committed;
  } } });
  const client = await dial(postern.at);
  await client.toData();
  await client.send('x\r\n');
  await expect.poll(() => postern.inFlight()).toBeGreaterThan(0);
  clock.advance(3_600_000);
  open();
  await client.send('.\r\n');
  await expect.poll(() => asked).toBe(true);
  clock.advance(3_600_000);
  accept();
  await client.expect(null, '250 2.6.0');
});

test('when too much is in flight DATA gets 452 4.3.1 before anything is sent, and later it is taken', async () => {
  await using postern = await reception({ inFlight: 100 });
  const first = await dial(postern.at);
  await first.toData();
  await first.send('x'.repeat(150));
  await expect.poll(() => postern.inFlight()).toBe(150);
  const second = await dial(postern.at);
  await second.expect('EHLO c.test', '250');
  await second.expect('MAIL FROM:<ann@app.test>', '250');
  await second.expect('RCPT TO:<bob@shop.test>', '250');
  await second.expect('DATA', '452 4.3.1');
  await first.send('\r\n.\r\n');
  await first.expect(null, '250 2.6.0');
  await second.expect('DATA', '354');
  await second.send('y\r\n.\r\n');
  await second.expect(null, '250 2.6.0');
});

test.each([['full', '452 4.3.1'], ['broken', '452 4.3.1']] as const)('a store that is %s is answered %s, wherever it shows', async (reason, wanted) => {
  let where = '';
  const fail = (place: string) => { if (where === place) throw new StoreFault(reason, 'told to'); };
  await using postern = await reception({ before: { open: () => fail('open'), write: () => fail('write'), accept: () => fail('accept') } });
  const client = await dial(postern.at);
  await client.expect('EHLO c.test', '250');
  for (where of ['write', 'accept']) expect(await client.message('x\r\n')).toMatch(wanted);
  where = 'open';
  await client.expect('MAIL FROM:<ann@app.test>', '250');
  await client.expect('RCPT TO:<bob@shop.test>', '250');
  await client.expect('DATA', wanted);
  where = '';
  await client.expect('DATA', '354');
  await client.send('x\r\n.\r\n');
  await client.expect(null, '250 2.6.0');
  expect(postern.accepted).toHaveLength(1);
  expect(postern.openBodies()).toBe(0);
});

test('a command line that is too long gets 500 and is not collected; in a login 5.5.6', async () => {
  await using postern = await reception();
  const client = await dial(postern.at);
  await client.expect('EHLO c.test', '250');
  await client.send('NOOP ' + 'x'.repeat(1_000_000));
  await client.expect('', '500 5.5.2');
  await client.expect('NOOP', '250');
  await client.expect('AUTH PLAIN', '334');
  await client.expect('x'.repeat(20_000), '500 5.5.6');
  await client.expect('NOOP', '250');
  expect(postern.refusals.map(({ reason }) => reason)).toEqual(['line-too-long', 'line-too-long']);
});

test('who sends too much that is no command is sent away, and a message wipes the slate', async () => {
  await using postern = await reception({ limits: { badCommands: 5 } });
  const client = await dial(postern.at);
  for (let i = 0; i < 4; i++) await client.expect('WHAT', '500 5.5.1');
  expect(await client.message('x\r\n')).toMatch(/^250/);
  for (let i = 0; i < 4; i++) await client.expect('WHAT', '500 5.5.1');
  await client.send('WHAT\r\nMAIL FROM:<a@app.test>\r\n');
  await client.expect(null, '500 5.5.1');
  await client.expect(null, '421 4.7.0');
  await client.closed;
});

test('a browser that is made to talk to the port gets no further than its first line', async () => {
  await using postern = await reception();
  const client = await dial(postern.at);
  await client.send('POST / HTTP/1.1\r\nHost: x\r\n\r\nEHLO x\r\nMAIL FROM:<a@app.test>\r\nRCPT TO:<b@shop.test>\r\nDATA\r\nx\r\n.\r\n');
  await client.expect(null, '421 4.7.0');
  await client.closed;
  expect(postern.accepted).toHaveLength(0);
});

test('with a wait before the greeting, a client that talks first is sent away', async () => {
  const clock = manualClock();
  await using postern = await reception({ clock, earlyTalkerMs: 1_000 });
  const early = await dial(postern.at, { greeting: false });
  const patient = await dial(postern.at, { greeting: false });
  await early.send('EHLO c.test\r\n');
  await early.expect(null, '421 4.7.0');
  await expect.poll(() => postern.listener.connections()).toBeGreaterThan(0);
  clock.advance(1_000);
  await patient.expect(null, '220 ');
});

/** The pretend remote on a port, met by the clients that people have. */
import { execFile } from 'node:child_process';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { createTransport } from 'nodemailer';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { program } from '../support/programs.ts';
import { overTcp, settled, stage } from './stage.ts';

const run = promisify(execFile);
const FULL = { when: { recipient: 'full@*' }, what: { at: 'rcpt' as const, reply: { code: 452, enhanced: '4.2.2', text: 'Mailbox full' } } };

test('nodemailer hands mail over, with TLS and a login, and hears of each recipient', async () => {
  await using postern = stage({ rules: [FULL] });
  const at = await postern.listen();
  const transport = createTransport({ ...at, tls: { rejectUnauthorized: false }, auth: { user: 'ann', pass: 'secret' } });
  const sent = await transport.sendMail({ from: 'ann@app.test', to: ['bob@shop.test', 'full@shop.test'], subject: 'Hello', text: '.\n..dots\n', messageId: '<1@app.test>' });
  expect(sent.accepted).toEqual(['bob@shop.test']);
  expect(sent.rejectedErrors?.map(({ response }) => response)).toEqual(['452 4.2.2 Mailbox full']);
  expect(postern.accepted).toMatchObject([{ recipients: ['bob@shop.test'], messageId: '1@app.test', tls: true, site: 'shop.test', from: 'ann@app.test' }]);
  transport.close();
});

const python = program('python3');
test.skipIf(!python)('smtplib hands mail over, also the last recipient only', async () => {
  await using postern = stage({ rules: [FULL] });
  const { port } = await postern.listen();
  const script = `
import smtplib, ssl
context = ssl._create_unverified_context()
with smtplib.SMTP('127.0.0.1', ${port}) as s:
    s.starttls(context=context)
    s.login('ann', 'secret')
    refused = s.sendmail('ann@app.test', ['full@shop.test', 'bob@shop.test'], 'Subject: hi\\r\\n\\r\\n.dot\\r\\n')
    print(sorted(refused.items()))
`;
  const { stdout } = await run(python!, ['-c', script], { timeout: 15_000 });
  expect(stdout).toMatch("[('full@shop.test', (452, b'4.2.2 Mailbox full'))]");
  expect(postern.accepted).toMatchObject([{ recipients: ['bob@shop.test'], tls: true }]);
});

const swaks = program('swaks');
test.skipIf(!swaks)('swaks hands mail over, pipelined and in TLS', async () => {
  await using postern = stage();
  const { port } = await postern.listen();
  const { stdout } = await run(swaks!, ['--server', `127.0.0.1:${port}`, '--tls', '--pipeline', '--from', 'ann@app.test', '--to', 'bob@shop.test,eve@shop.test', '--helo', 'client.test'], { timeout: 15_000 });
  expect(stdout).toMatch(/250 2\.0\.0 Ok: taken as/);
  expect(postern.accepted).toMatchObject([{ recipients: ['bob@shop.test', 'eve@shop.test'], tls: true }]);
});

test('the port is the first host of every domain, and of which one is known from the first recipient on', async () => {
  const off = (host: string, at: 'mail' | 'rcpt') => ({ when: { host }, what: { at, reply: { code: 451, enhanced: '4.3.0', text: `${host} at ${at}` } } });
  const heard = async (...rules: ReturnType<typeof off>[]) => {
    await using postern = stage({ rules });
    const client = await overTcp(await postern.listen());
    await client.expect(null, '220');
    await client.expect('EHLO c', '250');
    const answers = [await client.say('MAIL FROM:<ann@app.test>'), await client.say('RCPT TO:<bo@two.test>')];
    client.end();
    return answers.map((answer) => answer.slice(10));
  };
  expect(await heard(off('mx.two.test', 'rcpt'))).toEqual(['Sender ok', 'mx.two.test at rcpt']);
  expect((await heard(off('mx.*', 'mail')))[0]).toBe('mx.* at mail');
  expect(await heard(off('mx.two.test', 'mail'), off('mx2.*', 'rcpt'))).toEqual(['Sender ok', 'Recipient ok']);
});

test('a fault over TCP is a fault of TCP', async () => {
  await using postern = stage({ rules: [
    { when: { recipient: 'reset@*' }, what: { at: 'rcpt', fault: 'reset' } }, { when: { recipient: 'gone@*' }, what: { at: 'rcpt', fault: 'disconnect' } },
  ] });
  const at = await postern.listen();
  for (const [name, error] of [['reset', 'ECONNRESET'], ['gone', undefined]] as const) {
    const client = await overTcp(at);
    await client.expect(null, '220');
    await client.expect('EHLO c', '250');
    await client.expect('MAIL FROM:<ann@app.test>', '250');
    client.send(`RCPT TO:<${name}@shop.test>\r\n`);
    await client.gone();
    await settled();
    expect(client.error).toBe(error);
    client.end();
  }
  await expect.poll(() => postern.pretend.open).toBe(0);
});

test('a refused connection is reset, and a wait is of the stream\'s clock', async () => {
  await using postern = stage({ rules: [
    { what: { at: 'connect', fault: 'refused' }, often: { times: 1, per: 'all' } }, { what: { at: 'greeting', delay: '1h' } },
  ] });
  const at = await postern.listen();
  const refused = await overTcp(at).catch((error: NodeJS.ErrnoException) => error);
  if (!(refused instanceof Error)) {
    await refused.gone();
    expect(refused.heard).toBe('');
  }
  const client = await overTcp(at);
  await expect.poll(() => postern.clock.nextTimer()).toBeDefined();
  postern.clock.jump(postern.clock.nextTimer()!);
  await client.expect(null, '220');
});

test('the first recipient says whose manners these are', async () => {
  await using postern = stage({ scenario: { define: { small: { name: 'small', label: 'Small', note: 'Takes little.', domains: ['small.test'], site: 'small', banner: '{host} small', size: 1_000, replies: {} } } } });
  const client = await overTcp(await postern.listen());
  await client.expect(null, /^220 mx\.postern\.invalid/);
  await client.expect('EHLO c', '250');
  await client.expect('MAIL FROM:<ann@app.test>', '250');
  await client.expect('RCPT TO:<bob@small.test>', '250');
  await client.expect('DATA', '354');
  client.send(`${'x'.repeat(900)}\r\n${'x'.repeat(900)}\r\n.\r\n`);
  await client.expect(null, '552');
  expect(postern.pretend.traffic().find(({ site }) => site === 'small')).toMatchObject({ open: 1, connections: 1 });
});

test('random octets from the network neither wedge nor break it', { timeout: 60_000 }, async () => {
  await using postern = stage();
  const at = await postern.listen();
  await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 2_000 }), fc.boolean(), async (octets, rude) => {
    await new Promise<void>((resolve, reject) => {
      const socket = connect({ ...at, allowHalfOpen: true }, () => {
        socket.write(octets);
        if (rude) socket.resetAndDestroy();
        else socket.end();
      });
      socket.resume().on('error', () => {}).on('close', () => resolve()).setTimeout(5_000, () => reject(new Error('hangs')));
    });
  }), { numRuns: 150 });
  await expect.poll(() => postern.pretend.open).toBe(0);
  expect(postern.logged).toEqual([]);
});

test('who says nothing for five minutes is sent away, who is kept waiting is not', async () => {
  await using postern = stage({ rules: [{ when: { recipient: 'mute@*' }, what: { at: 'rcpt', fault: 'silence' } }], wallStands: true });
  const at = await postern.listen();
  const [idle, mute] = [await overTcp(at), await overTcp(at)];
  await idle.expect(null, '220');
  await mute.expect(null, '220');
  await mute.expect('EHLO c', '250');
  await mute.expect('MAIL FROM:<>', '250');
  mute.send('RCPT TO:<mute@shop.test>\r\n');
  await settled();
  postern.wall.advance(299_000);
  await idle.expect('NOOP', '250');
  postern.wall.advance(299_000);
  await idle.expect('NOOP', '250');
  postern.wall.advance(400_000);
  await idle.expect(null, '421');
  await idle.gone();
  expect(mute.ended).toBe(false);
});

test('closing says goodbye to those who are there', async () => {
  const postern = stage();
  const client = await overTcp(await postern.listen());
  await client.expect(null, '220');
  await postern.pretend.close();
  await client.expect(null, '421 4.3.2');
  await client.gone();
});

test('a port that is taken is the operator\'s mistake', async () => {
  await using postern = stage();
  const at = await postern.listen();
  await expect(postern.pretend.listen({ ...at, stream: 'default' })).rejects.toThrow(/The pretend remote cannot listen on 127\.0\.0\.1:\d+/);
});

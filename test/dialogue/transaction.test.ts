/** A mail transaction over the wire: what is answered, what is kept, what a session tells afterwards. */
import { expect, test } from 'vitest';
import { dial } from '../support/dialogue.ts';
import { reception } from '../support/reception.ts';

test('a message is answered 250 with its id and kept byte for byte', async () => {
  await using postern = await reception();
  const client = await dial(postern.at);
  const answer = await client.message('Subject: hi\r\n\r\nÄ\0 bare\nLF and\rCR\r\n');
  const [kept] = postern.accepted;
  expect(answer).toBe(`250 2.6.0 Message accepted as ${kept!.id}`);
  expect(kept!.id).toHaveLength(26);
  expect(kept!.raw.toString()).toBe('Subject: hi\r\n\r\nÄ\0 bare\nLF and\rCR\r\n');
  expect(kept!.envelope).toEqual({ from: 'ann@app.test', recipients: [{ address: 'bob@shop.test' }] });
  expect(kept!.stream).toBe('default');
  expect(kept!.header.subject).toBe('hi');
  await client.expect('QUIT', '221 2.0.0');
  await client.closed;
});

test('EHLO lists what is offered, and HELO nothing', async () => {
  await using postern = await reception({ limits: { messageSize: 12_345 } });
  const client = await dial(postern.at);
  expect((await client.say('EHLO client.test')).split('\n')).toEqual([
    '250-postern.test greets you', '250-PIPELINING', '250-SIZE 12345', '250-8BITMIME', '250-SMTPUTF8',
    '250-ENHANCEDSTATUSCODES', '250-DSN', '250 AUTH PLAIN LOGIN CRAM-MD5',
  ]);
  expect(await client.say('HELO client.test')).toBe('250 postern.test greets you');
});

test('a session tells the dialogue of its own transaction, with the beginning of the connection', async () => {
  await using postern = await reception();
  const client = await dial(postern.at);
  await client.message('first\r\n', 'one@app.test');
  await client.expect('NOOP', '250 2.0.0');
  const answer = await client.message('second message\r\n', 'two@app.test');
  const { session } = postern.accepted[1]!;
  expect(session.transcript.map(({ by, line }) => `${by} ${line}`)).toEqual([
    'S 220 postern.test ESMTP Postern',
    'C EHLO client.test',
    'S 250-postern.test greets you', 'S 250-PIPELINING', `S 250-SIZE ${50 * 1024 * 1024}`, 'S 250-8BITMIME', 'S 250-SMTPUTF8',
    'S 250-ENHANCEDSTATUSCODES', 'S 250-DSN', 'S 250 AUTH PLAIN LOGIN CRAM-MD5',
    'C NOOP', 'S 250 2.0.0 Ok',
    'C MAIL FROM:<two@app.test>', 'S 250 2.1.0 Sender ok',
    'C RCPT TO:<bob@shop.test>', 'S 250 2.1.5 Recipient ok',
    'C DATA', 'S 354 End data with <CR><LF>.<CR><LF>',
    '* 16 octets of message',
    `S ${answer}`,
  ]);
  expect(session).toMatchObject({ protocol: 'smtp', hello: 'client.test', client: { address: '127.0.0.1' } });
  const { opened, mail, data, received } = session.times;
  expect([opened, mail, data, received]).toEqual([opened, mail, data, received].toSorted((a, b) => a! - b!));
});

test('a message for 10,000 recipients keeps the beginning and the end of its dialogue', async () => {
  await using postern = await reception({ limits: { recipients: 20_000 } });
  const client = await dial(postern.at);
  await client.expect('EHLO client.test', '250');
  const lines = Array.from({ length: 10_000 }, (_, i) => `RCPT TO:<r${i}@shop.test>\r\n`).join('');
  await client.send(`MAIL FROM:<ann@app.test>\r\n${lines}DATA\r\n`);
  for (let i = 0; i < 10_001; i++) await client.expect(null, '250 2.1.');
  await client.expect(null, '354');
  await client.send('x\r\n.\r\n');
  await client.expect(null, '250 2.6.0');
  const { envelope, session } = postern.accepted[0]!;
  expect(envelope.recipients).toHaveLength(10_000);
  expect(session.transcript.length).toBeLessThanOrEqual(2_200);
  const lines2 = session.transcript.map(({ line }) => line);
  expect(lines2).toContain('MAIL FROM:<ann@app.test>');
  expect(lines2).toContain('DATA');
  expect(lines2.find((line) => line.endsWith('lines left out'))).toMatch(/^18\d{3} lines/);
});

test('a recipient that is given twice counts once and is answered 250', async () => {
  await using postern = await reception({ limits: { recipients: 1 } });
  const client = await dial(postern.at);
  await client.toData('ann@app.test', 'Bob@Shop.test', 'bob@shop.test', '"bob"@SHOP.test');
  await client.send('x\r\n.\r\n');
  await client.expect(null, '250 2.6.0');
  expect(postern.accepted[0]!.envelope.recipients).toEqual([{ address: 'Bob@Shop.test' }]);
});

test('pipelined commands are answered in order', async () => {
  await using postern = await reception();
  const client = await dial(postern.at);
  await client.send('EHLO c.test\r\nMAIL FROM:<a@app.test>\r\nRCPT TO:<b@shop.test>\r\nRCPT TO:<>\r\nDATA\r\nhello\r\n.\r\nMAIL FROM:<c@app.test>\r\nRSET\r\nNOOP\r\nQUIT\r\n');
  const codes = [];
  for (let i = 0; i < 10; i++) codes.push((await client.reply()).slice(-200).match(/(?:^|\n)(\d{3} (?:\d\.\d\.\d)?)/)![1]);
  expect(codes).toEqual(['250 ', '250 2.1.0', '250 2.1.5', '501 5.1.3', '354 ', '250 2.6.0', '250 2.1.0', '250 2.0.0', '250 2.0.0', '221 2.0.0']);
  await client.closed;
  expect(postern.accepted).toHaveLength(1);
});

test('replies to pipelined commands go out together', async () => {
  await using postern = await reception();
  const client = await dial(postern.at);
  await client.expect('EHLO c.test', '250');
  let chunks = 0;
  client.socket.on('data', () => chunks++);
  await client.send('MAIL FROM:<a@app.test>\r\n' + 'RCPT TO:<b@shop.test>\r\n'.repeat(20) + 'NOOP\r\n');
  for (let i = 0; i < 22; i++) await client.reply();
  expect(chunks).toBe(1);
});

test('a client that sends everything and closes its side still gets its answers', async () => {
  await using postern = await reception({ before: { accept: () => new Promise((resolve) => setImmediate(resolve)) } });
  const client = await dial(postern.at);
  await client.send('EHLO c.test\r\nMAIL FROM:<a@app.test>\r\nRCPT TO:<b@shop.test>\r\nDATA\r\nhello\r\n.\r\n');
  client.end();
  await client.closed;
  expect(client.heard).toMatch(/250 2\.6\.0 Message accepted as \w{26}\r\n$/);
  expect(postern.accepted).toHaveLength(1);
});

test('a client that goes away in the middle of a message leaves nothing behind', async () => {
  await using postern = await reception();
  const client = await dial(postern.at);
  await client.toData();
  await client.send('Subject: half\r\n');
  client.destroy();
  await expect.poll(() => postern.listener.connections()).toBe(0);
  expect(postern.openBodies()).toBe(0);
  expect(postern.inFlight()).toBe(0);
  expect(postern.accepted).toHaveLength(0);
});

test('RSET, EHLO and a finished message begin a new transaction; a second MAIL does not', async () => {
  await using postern = await reception();
  const client = await dial(postern.at);
  await client.expect('MAIL FROM:<a@app.test>', '503 5.5.1');
  await client.expect('EHLO c.test', '250');
  await client.expect('RCPT TO:<b@shop.test>', '503 5.5.1');
  await client.expect('DATA', '503 5.5.1');
  await client.expect('MAIL FROM:<a@app.test>', '250 2.1.0');
  await client.expect('MAIL FROM:<b@app.test>', '503 5.5.1');
  await client.expect('DATA', '554 5.5.1');
  await client.expect('RSET', '250 2.0.0');
  await client.expect('MAIL FROM:<c@app.test>', '250 2.1.0');
  await client.expect('EHLO c.test', '250');
  await client.expect('MAIL FROM:<d@app.test>', '250 2.1.0');
  await client.expect('RCPT TO:<b@shop.test>', '250 2.1.5');
  await client.expect('DATA', '354');
  await client.send('.\r\n');
  await client.expect(null, '250 2.6.0');
  expect(postern.accepted[0]!.raw).toHaveLength(0);
  await client.expect('RCPT TO:<b@shop.test>', '503 5.5.1');
});

test('VRFY, HELP, EXPN and what is no command are answered with enhanced codes', async () => {
  await using postern = await reception();
  const client = await dial(postern.at);
  await client.expect('VRFY bob@shop.test', '252 2.1.5');
  await client.expect('VRFY', '501 5.5.4');
  await client.expect('HELP', '214 2.0.0');
  await client.expect('EXPN list', '502 5.5.1');
  await client.expect('FROBNICATE', '500 5.5.1');
  await client.expect('', '500 5.5.1');
  await client.expect('constructor', '500 5.5.1');
  await client.expect('XCLIENT ADDR=1.2.3.4', '500 5.5.1');
  await client.expect('PROXY TCP4 1.2.3.4 5.6.7.8 1 2', '500 5.5.1');
  await client.expect('WIZ', '500 5.5.1');
  await client.expect('EHLO', '501 5.5.4');
  await client.expect('STARTTLS', '502 5.5.1');
  expect(postern.refusals.every(({ reason }) => reason === 'protocol')).toBe(true);
});

test('a stage can answer in place of the listener, in several lines and with its own code', async () => {
  const later = <T>(value: T) => new Promise<T>((resolve) => setImmediate(() => resolve(value)));
  await using postern = await reception({
    stages: {
      connect: () => later({ code: 220, enhanced: '', text: ['mx.test ESMTP', 'no spam please'] }),
      login: () => ({ code: 454, enhanced: '4.7.0', text: ['Not now', 'come again'] }),
      hello: (_talk, extensions) => {
        extensions.splice(0, extensions.length, 'SIZE 7');
        return undefined;
      },
      mail: (_talk, sender) => (sender.startsWith('slow') ? later({ code: 451, enhanced: '4.7.1', text: ['Greylisted', 'try later'] }) : undefined),
      rcpt: (_talk, { address }) => (address.startsWith('gone') ? { code: 550, enhanced: '5.1.1', text: 'No such user' } : { code: 250, enhanced: '2.1.5', text: 'Forwarding' }),
      data: (talk) => (talk.transaction!.envelope.from.startsWith('no') ? { code: 554, enhanced: '5.7.1', text: 'Not today' } : undefined),
      body: (_talk, size) => (size > 10 ? { code: 452, enhanced: '4.2.2', text: 'Mailbox full' } : undefined),
    },
  });
  const client = await dial(postern.at);
  expect(client.heard).toBe('220-mx.test ESMTP\r\n220 no spam please\r\n');
  expect(await client.say('EHLO c.test')).toBe('250-postern.test greets you\n250 SIZE 7');
  expect(await client.say('AUTH PLAIN AGEAYg==')).toBe('454-4.7.0 Not now\n454 4.7.0 come again');
  expect(await client.say('MAIL FROM:<slow@app.test>')).toBe('451-4.7.1 Greylisted\n451 4.7.1 try later');
  await client.expect('MAIL FROM:<no@app.test>', '250 2.1.0');
  await client.expect('RCPT TO:<gone@shop.test>', '550 5.1.1 No such user');
  await client.expect('RCPT TO:<bob@shop.test>', '250 2.1.5 Forwarding');
  await client.expect('DATA', '554 5.7.1 Not today');
  await client.expect('RSET', '250');
  expect(await client.message('12345678901\r\n')).toBe('452 4.2.2 Mailbox full');
  await client.expect('MAIL FROM:<a@app.test>', '250');
  await client.expect('RCPT TO:<bob@shop.test>', '250');
  await client.expect('DATA', '354');
  await client.send('x\r\n.\r\n');
  await client.expect(null, '250 2.6.0');
  expect(postern.accepted[0]!.envelope.recipients).toEqual([{ address: 'bob@shop.test' }]);
  expect(postern.openBodies()).toBe(0);
});

test('one line is logged for a message, with no word of its body', async () => {
  await using postern = await reception();
  const client = await dial(postern.at);
  await client.expect('EHLO c.test', '250');
  await client.expect(`AUTH PLAIN ${Buffer.from('\0ann\0opensesame').toString('base64')}`, '235 2.7.0');
  await client.message('Subject: hush\r\n\r\nquiet\r\n');
  expect(postern.logged).toHaveLength(1);
  expect(JSON.parse(postern.logged[0]!)).toMatchObject({ level: 'info', message: 'message accepted', id: postern.accepted[0]!.id, stream: 'default', from: 'ann@app.test', recipients: 1, size: 24 });
  expect(postern.logged[0]).not.toMatch(/hush|quiet|opensesame/);
});

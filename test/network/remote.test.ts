/** The pretend remote where its scenario says nothing: a correct SMTP server, over a pair. */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { overTcp, settled, stage } from './stage.ts';

const sha256 = (text: string | Uint8Array) => createHash('sha256').update(text).digest('hex');

test('a message is taken, counted and digested as it was meant, its dots un-stuffed', async () => {
  await using postern = stage();
  const client = await postern.greeted();
  const body = 'Message-ID: <1@app.test>\r\nSubject: dots\r\n\r\n.one\r\n..\r\n. \r\ntext\r\n';
  expect(await client.message(body.replace(/^\./gm, '..'))).toMatch(/^250 2\.0\.0 /);
  expect(postern.accepted).toEqual([{
    at: postern.clock.now(), stream: 'default', connection: client.talk!.id, site: 'shop.test', from: 'ann@app.test', recipients: ['bob@shop.test'],
    size: body.length, digest: sha256(body), messageId: '1@app.test', tls: false, acknowledged: true,
  }]);
  await client.expect('QUIT', '221 ');
  await client.gone();
});

test('EHLO names what is offered, and what is asked of it is understood', async () => {
  await using postern = stage();
  const client = await postern.greeted();
  expect((await client.say('EHLO client.test')).split('\n').map((line) => line.slice(4))).toEqual([
    'mx.shop.test greets you', 'PIPELINING', expect.stringMatching(/^SIZE \d+$/), 'STARTTLS', 'AUTH PLAIN LOGIN', 'ENHANCEDSTATUSCODES', '8BITMIME', 'DSN', 'SMTPUTF8',
  ]);
  await client.expect('MAIL FROM:<ann@app.test> SIZE=100 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=QQ314159', '250 2.1.0');
  await client.expect('RCPT TO:<bøb@shop.test> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;bob@shop.test', '250 2.1.5');
  await client.expect('RCPT TO:<"a > b"@shop.test>', '250 2.1.5');
  await client.expect('RCPT TO:<c@shop.test> NOTIFY=SOMETIMES', '501 5.5.4');
  await client.expect('RCPT TO:<c@shop.test> WHAT=1', '555 5.5.4');
});

test('commands that come together are answered together, in order', async () => {
  await using postern = stage();
  const client = await postern.greeted();
  await client.expect('EHLO client.test', '250');
  client.send('MAIL FROM:<ann@app.test>\r\nRCPT TO:<bob@shop.test>\r\nRCPT TO:<broken\r\nDATA\r\n');
  expect([await client.reply(), await client.reply(), await client.reply(), await client.reply()].map((line) => line.slice(0, 3))).toEqual(['250', '250', '501', '354']);
  client.send('Subject: x\r\n\r\nx\r\n.\r\nMAIL FROM:<>\r\nRSET\r\nNOOP\r\nVRFY bob\r\nQUIT\r\n');
  const codes = [];
  for (let n = 0; n < 6; n++) codes.push((await client.reply()).slice(0, 3));
  expect(codes).toEqual(['250', '250', '250', '250', '252', '221']);
});

test.each([
  ['a transaction without EHLO', ['MAIL FROM:<a@app.test>'], '503 5.5.1'],
  ['RCPT before MAIL', ['EHLO c', 'RCPT TO:<b@shop.test>'], '503 5.5.1'],
  ['DATA before MAIL', ['EHLO c', 'DATA'], '503 5.5.1'],
  ['DATA without a recipient', ['EHLO c', 'MAIL FROM:<>', 'DATA'], '554 5.5.1'],
  ['a second MAIL', ['EHLO c', 'MAIL FROM:<>', 'MAIL FROM:<>'], '503 5.5.1'],
  ['DATA with a parameter', ['EHLO c', 'MAIL FROM:<>', 'RCPT TO:<b@shop.test>', 'DATA x'], '501 5.5.4'],
  ['EHLO without a name', ['EHLO'], '501 5.5.4'],
  ['an unknown command', ['FROBNICATE'], '500 5.5.2'],
  ['BDAT, which is not offered', ['EHLO c', 'BDAT 3 LAST'], '502 5.5.1'],
  ['an address beyond ASCII without SMTPUTF8', ['EHLO c', 'MAIL FROM:<ä@app.test>'], '553 5.6.7'],
  ['a size above the limit', ['EHLO c', 'MAIL FROM:<a@app.test> SIZE=99999999999'], '552 5.3.4'],
  ['an extension after HELO', ['HELO c', 'MAIL FROM:<a@app.test> SIZE=5'], '555 5.5.4'],
  ['AUTH of a kind that is not known', ['EHLO c', 'AUTH CRAM-MD5'], '504 5.5.4'],
])('%s is refused', async (_, lines, wanted) => {
  await using postern = stage();
  const client = await postern.greeted();
  for (const line of lines.slice(0, -1)) await client.expect(line, '250');
  await client.expect(lines.at(-1)!, wanted);
});

test('a line that is too long is refused once, and the conversation goes on', async () => {
  await using postern = stage();
  const client = await postern.greeted();
  await client.expect(`NOOP ${'x'.repeat(20_000)}`, '500 5.5.2');
  await client.expect('NOOP', '250');
});

test('a client that only makes mistakes is sent away', async () => {
  await using postern = stage();
  const client = await postern.greeted();
  for (let n = 0; n < 100; n++) await client.expect('WHAT', '500');
  await client.expect('WHAT', '421 4.7.0');
  await client.gone();
});

test('any login is right', async () => {
  await using postern = stage();
  const plain = await postern.greeted();
  await plain.expect('EHLO c', '250');
  await plain.expect('AUTH PLAIN', '334 ');
  await plain.expect('*', '501');
  await plain.expect('AUTH PLAIN AGFubgBzZWNyZXQ=', '235 2.7.0');
  await plain.expect('AUTH PLAIN AGFubgBzZWNyZXQ=', '503');
  const login = await postern.greeted();
  await login.expect('EHLO c', '250');
  await login.expect('AUTH LOGIN', '334 VXNlcm5hbWU6');
  await login.expect('!!', '501 5.5.2');
  await login.expect('AUTH LOGIN YW5u', '334 UGFzc3dvcmQ6');
  await login.expect('c2VjcmV0', '235 2.7.0');
});

test.each(['pair', 'tcp'])('TLS is started, forgets what was said before, and nothing in clear is carried over it (%s)', async (kind) => {
  await using postern = stage();
  const client = kind === 'pair' ? await postern.greeted() : await overTcp(await postern.listen());
  if (kind === 'tcp') await client.expect(null, '220');
  await client.expect('EHLO c', /STARTTLS/);
  client.send('STARTTLS\r\nMAIL FROM:<evil@app.test>\r\n');
  await client.expect(null, '220 2.0.0');
  client.destroy();
  const other = kind === 'pair' ? await postern.greeted() : await overTcp(await postern.listen());
  if (kind === 'tcp') await other.expect(null, '220');
  await other.expect('EHLO c', /STARTTLS/);
  await other.startTls(await postern.pretend.authority(), kind === 'pair' ? 'mx.shop.test' : 'mx.postern.invalid');
  await other.expect('MAIL FROM:<ann@app.test>', '503');
  expect(await other.say('EHLO c')).not.toMatch('STARTTLS');
  await other.expect('MAIL FROM:<ann@app.test> REQUIRETLS', '250');
  await other.expect('RSET', '250');
  expect(await other.message(`Subject: x\r\n\r\n${'long '.repeat(40_000)}\r\n`)).toMatch('250 2.0.0');
  expect(postern.accepted).toMatchObject([{ tls: true, size: 200_016 }]);
  await other.expect('QUIT', '221');
  await other.gone();
});

test('what is slipped in behind STARTTLS in clear is never answered', async () => {
  await using postern = stage();
  const client = await postern.greeted();
  await client.expect('EHLO c', '250');
  client.send('STARTTLS\r\nNOOP\r\n');
  await client.expect(null, '220');
  await settled();
  expect(client.heard).toMatch(/220 2\.0\.0 Ready to start TLS\r\n$/);
});

test('a message larger than the limit is read to its end and refused', async () => {
  await using postern = stage({ scenario: { define: { small: { name: 'small', label: 'Small', note: 'Takes little.', domains: ['shop.test'], banner: '{host} ESMTP', size: 1_000, replies: {} } } } });
  const client = await postern.greeted();
  expect(await client.message(`${'x'.repeat(998)}\r\n`.repeat(300))).toMatch(/^552 5\.3\.4/);
  await client.expect('NOOP', '250');
  expect(postern.accepted).toEqual([]);
});

test('a client that leaves at any moment leaves nothing behind', async () => {
  await using postern = stage();
  for (const leave of ['end', 'destroy'] as const) for (const lines of ['', 'EHLO c\r\n', 'EHLO c\r\nMAIL FROM:<>\r\nRCPT TO:<b@shop.test>\r\nDATA\r\nhalf']) {
    const client = await postern.greeted();
    client.send(lines);
    await settled();
    client[leave]();
  }
  await expect.poll(() => postern.pretend.open).toBe(0);
  expect(postern.pretend.traffic()).toMatchObject([{ open: 0, connections: 6, messages: 0 }]);
  expect(postern.logged).toEqual([]);
});

test('a client that does not listen to the answers is not read any further', async () => {
  await using postern = stage();
  const client = await postern.greeted();
  client.duplex.pause();
  for (let n = 0; n < 40; n++) client.send('NOOP\r\n'.repeat(2_000));
  await settled();
  expect(client.duplex.writableNeedDrain).toBe(true);
  client.duplex.resume();
  await expect.poll(() => client.heard.length, { timeout: 5_000 }).toBeGreaterThan(80_000 * '250 2.0.0 Ok\r\n'.length);
});

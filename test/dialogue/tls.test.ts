/** STARTTLS and TLS from the first octet. */
import { expect, test } from 'vitest';
import { tlsMaterial } from '../../server/admission/smtp/tls.ts';
import { dial } from '../support/dialogue.ts';
import { reception } from '../support/reception.ts';

const material = tlsMaterial({ cert: null, key: null, dir: null, name: 'postern.test' });

test('STARTTLS is offered, taken, and seen in the session', async () => {
  await using postern = await reception({ tls: material });
  const client = await dial(postern.at);
  await client.expect('EHLO before.test', /\n250-STARTTLS\n/);
  await client.expect('STARTTLS now', '501 5.5.4');
  await client.startTls();
  await client.expect('MAIL FROM:<a@app.test>', '503 5.5.1');
  const answer = await client.say('EHLO after.test');
  expect(answer).not.toContain('STARTTLS');
  expect(answer).toContain('250-REQUIRETLS\n');
  await client.expect('STARTTLS', '503 5.5.1');
  await client.expect('MAIL FROM:<a@app.test> REQUIRETLS', '250');
  await client.expect('RCPT TO:<b@shop.test>', '250');
  await client.expect('DATA', '354');
  await client.send('x\r\n.\r\n');
  await client.expect(null, '250 2.6.0');
  const { session, envelope } = postern.accepted[0]!;
  expect(session).toMatchObject({ hello: 'after.test', tls: { version: 'TLSv1.3', cipher: expect.stringMatching(/^TLS_/) } });
  expect(envelope.requireTls).toBe(true);
  const lines = session.transcript.map(({ by, line }) => `${by} ${line}`);
  expect(lines).toEqual(expect.arrayContaining(['C STARTTLS', 'S 220 2.0.0 Ready to start TLS', expect.stringMatching(/^\* TLSv1\.3 started, TLS_/)]));
  await client.expect('QUIT', '221 2.0.0');
  await client.closed;
});

test('what was said in clear text after STARTTLS is thrown away (RFC 3207 §6)', async () => {
  await using postern = await reception({ tls: material });
  const client = await dial(postern.at);
  await client.expect('EHLO c.test', '250');
  await client.expect(`AUTH PLAIN ${Buffer.from('\0default\0x').toString('base64')}`, '235');
  await client.send('STARTTLS\r\nEHLO injected.test\r\nMAIL FROM:<evil@app.test>\r\n');
  await client.expect(null, '220 2.0.0');
  const { connect } = await import('node:tls');
  client.socket.removeAllListeners();
  const secure = connect({ socket: client.socket, rejectUnauthorized: false });
  const heard = await new Promise<string>((resolve, reject) => {
    let text = '';
    secure.once('secureConnect', () => secure.write('NOOP\r\nMAIL FROM:<a@app.test>\r\nEHLO c.test\r\n'));
    secure.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (/^250 (?!2)/m.test(text)) resolve(text);
    });
    secure.once('error', reject);
  });
  expect(heard).toMatch(/^250 2\.0\.0 Ok\r\n503 5\.5\.1 Send EHLO first\r\n250-postern\.test/);
  expect(heard).toContain('AUTH'); // the login is forgotten as well
  secure.destroy();
});

test('a listener with TLS from the first octet takes mail, and talks to no one who has none', async () => {
  await using postern = await reception({ tls: material, implicit: true });
  const client = await dial(postern.at, { tls: true });
  expect(await client.say('EHLO c.test')).not.toContain('STARTTLS');
  expect(await client.message('x\r\n')).toMatch(/^250 2\.6\.0/);
  expect(postern.accepted[0]!.session.tls?.version).toBe('TLSv1.3');
  const plain = await dial(postern.at, { greeting: false });
  await plain.send('EHLO c.test\r\n');
  await plain.closed;
  expect(plain.heard).not.toMatch(/^220/);
});

test('where TLS is required, nothing but STARTTLS gets anywhere', async () => {
  await using postern = await reception({ tls: material, requireTls: true });
  const client = await dial(postern.at);
  expect(await client.say('EHLO c.test')).not.toContain('AUTH');
  await client.expect('MAIL FROM:<a@app.test>', '530 5.7.0');
  await client.expect('AUTH PLAIN AAAA', '530 5.7.0');
  await client.startTls();
  expect(await client.say('EHLO c.test')).toContain('AUTH');
  expect(await client.message('x\r\n')).toMatch(/^250 2\.6\.0/);
});

test('a certificate that cannot be loaded is 454 4.7.0, and the connection goes on', async () => {
  let times = 0;
  await using postern = await reception({ tls: () => (times++ === 0 ? Promise.reject(new Error('no key today')) : material()) });
  const client = await dial(postern.at);
  await client.expect('EHLO c.test', '250');
  await client.expect('STARTTLS', '454 4.7.0');
  await client.expect('NOOP', '250');
  expect(postern.logged.join()).toContain('no key today');
  await client.startTls();
  await client.expect('EHLO c.test', '250');
});

test('a handshake that fails closes the connection and nothing else', async () => {
  await using postern = await reception({ tls: material });
  const client = await dial(postern.at);
  await client.expect('EHLO c.test', '250');
  await client.expect('STARTTLS', '220');
  await client.send('this is no handshake\r\n\r\n');
  await client.closed;
  await expect.poll(() => postern.listener.connections()).toBe(0);
  const next = await dial(postern.at);
  expect(await next.message('x\r\n')).toMatch(/^250/);
});

test('a client that never begins its handshake does not keep a listener from closing', async () => {
  const postern = await reception({ tls: material, implicit: true });
  const silent = await dial(postern.at, { greeting: false });
  const working = await dial(postern.at, { tls: true });
  await working.expect('EHLO c.test', '250');
  working.end();
  await postern.listener.close(60_000);
  await silent.closed;
  expect(postern.listener.connections()).toBe(0);
});

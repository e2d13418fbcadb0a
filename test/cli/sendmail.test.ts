import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, expect, test } from 'vitest';
import { start, type Inbox } from '../../sdk/index.ts';
import { sendmail } from '../../server/cli/sendmail.ts';
import { say } from '../support/verbs.ts';

const sandbox = await start({ settings: { maxMessageSize: '60m', maxRecipients: 3 } });
afterAll(() => sandbox.close());
const S = ['-S', `${sandbox.smtp.host}:${sandbox.smtp.port}`];
const raw = async (inbox: Inbox) => Buffer.from(await (await inbox.waitFor()).raw()).toString('latin1');

test('-t takes the recipients from the header and takes Bcc off', async () => {
  const [to, cc, bcc] = await Promise.all([sandbox.inbox(), sandbox.inbox(), sandbox.inbox()]);
  const input = `To: Ann <${to.address}>\nCc: ${cc.address}\nBcc: ${bcc.address},\n ${to.address}\nSubject: Hello\n\nHi.\n`;
  expect(await say(sendmail, [...S, '-t', '-i'], { input })).toMatchObject({ code: 0, out: '', err: '' });
  const message = await bcc.waitFor('Hello');
  expect(message.envelope.to).toEqual([to.address, cc.address, bcc.address]);
  expect(message.envelope.bcc).toEqual([bcc.address]);
  expect(await raw(bcc)).not.toMatch(/^Bcc/im);
});

test('lines are given the CR LF of the wire, and what is missing of the header is added', async () => {
  const inbox = await sandbox.inbox();
  await say(sendmail, [...S, '-f', 'app@app.test', '-F', 'The "App"', inbox.address], { input: 'Subject: x\n\none\r\ntwo\n\n...\n' });
  const text = await raw(inbox);
  expect(text.endsWith('\r\n\r\none\r\ntwo\r\n\r\n...\r\n')).toBe(true);
  expect(text).toMatch(/^Subject: x\r\nFrom: "The \\"App\\"" <app@app\.test>\r\nDate: \w{3}, .* \+0000\r\nMessage-ID: <.+@.+>\r\n\r\n/);
  expect((await inbox.waitFor()).envelope.from).toBe('app@app.test');
});

test('without -i a lone dot ends the message, with it the dot is part of it', async () => {
  const [with_, without] = await Promise.all([sandbox.inbox(), sandbox.inbox()]);
  const input = 'Subject: x\n\none\n.\ntwo\n';
  await say(sendmail, [...S, '-oi', with_.address], { input });
  await say(sendmail, [...S, without.address], { input });
  expect(await raw(with_)).toMatch(/one\r\n\.\r\ntwo\r\n$/);
  expect(await raw(without)).toMatch(/one\r\n$/);
});

test('a text without any header becomes the body', async () => {
  const inbox = await sandbox.inbox();
  await say(sendmail, [...S, inbox.address], { input: 'The backup is done.\n' });
  expect((await inbox.waitFor()).text.trim()).toBe('The backup is done.');
});

test('an empty input is a message, as for the sendmail of Postfix', async () => {
  const inbox = await sandbox.inbox();
  expect(await say(sendmail, [...S, inbox.address])).toMatchObject({ code: 0, err: '' });
  expect((await inbox.waitFor()).text.trim()).toBe('');
  expect((await say(sendmail, [...S, '-t'])).code).toBe(64);
});

test('an address without a domain is one of this machine, and the null sender is kept', async () => {
  expect((await say(sendmail, [...S, '-f', '<>', 'root'], { input: 'Subject: cron\n\nx\n' })).code).toBe(0);
  const message = await sandbox.waitFor('cron');
  expect(message.envelope.from).toBe('');
  expect(message.envelope.to[0]).toMatch(/^root@.+/);
});

test('DSN parameters reach the envelope', async () => {
  const inbox = await sandbox.inbox();
  await say(sendmail, [...S, '-N', 'success,delay', '-R', 'hdrs', '-V', 'id-1', inbox.address], { input: 'Subject: x\n\nx\n' });
  expect((await inbox.waitFor()).envelope).toMatchObject({ ret: 'HDRS', envid: 'id-1', recipients: [{ notify: ['SUCCESS', 'DELAY'] }] });
});

test('a large message is streamed: it is read no faster than it is taken', async () => {
  let taken = 0;
  const listener = createServer((socket) => {
    let body = false;
    let tail = '';
    socket.write('220 here\r\n');
    socket.on('data', (chunk) => {
      tail = (tail + chunk.toString('latin1')).slice(-4096);
      if (body) {
        taken += chunk.length;
        if (tail.endsWith('\r\n.\r\n')) {
          body = false;
          socket.write('250 taken\r\n');
        }
      } else if (/^DATA\r\n$/im.test(tail)) {
        body = true;
        tail = '';
        socket.write('354 go on\r\n');
      } else if (tail.endsWith('\r\n')) {
        tail = '';
        socket.write('250 yes\r\n');
      }
    });
  });
  await once(listener.listen(0, '127.0.0.1'), 'listening');
  const line = Buffer.from(`${'x'.repeat(76)}\n`.repeat(1000));
  let read = 0;
  let ahead = 0;
  const input = Readable.from((function* () {
    yield Buffer.from('Subject: large\n\n');
    for (let i = 0; i < 650; i++) {
      ahead = Math.max(ahead, read - taken);
      read += line.length;
      yield line;
    }
  })(), { objectMode: false });
  const { port } = listener.address() as AddressInfo;
  expect((await say(sendmail, ['-S', `127.0.0.1:${port}`, '-i', 'ann@shop.test'], { input })).code).toBe(0);
  listener.close();
  expect(taken).toBeGreaterThan(50_000_000);
  expect(ahead).toBeLessThan(35_000_000); // sockets on loopback hold some of it
}, 30_000);

test('exit codes say whether to try again', async () => {
  const input = 'Subject: x\n\nx\n';
  expect(await say(sendmail, [...S], { input })).toMatchObject({ code: 64, err: expect.stringContaining('no recipient is given') });
  expect(await say(sendmail, [...S, '-t'], { input })).toMatchObject({ code: 64, err: expect.stringContaining('names no recipient') });
  expect(await say(sendmail, [...S, '-Z', 'a@b.test'], { input })).toMatchObject({ code: 64, err: expect.stringContaining('there is no flag -Z') });
  expect(await say(sendmail, ['-S', '127.0.0.1:2', 'a@b.test'], { input })).toMatchObject({ code: 75, err: expect.stringContaining('ECONNREFUSED') });
  const four = Array.from({ length: 4 }, (_, i) => `u${i}@shop.test`);
  expect(await say(sendmail, [...S, ...four], { input })).toMatchObject({ code: 75, err: expect.stringContaining('u3@shop.test: 452 4.5.3') });
});

test('a listener that wants a login gets the one of the URL', async () => {
  const guarded = await start({ settings: { smtpLogin: 'required' } });
  try {
    const input = 'Subject: x\n\nx\n';
    const inbox = await guarded.inbox();
    expect(await say(sendmail, ['-S', inbox.smtp.url, inbox.address], { input })).toMatchObject({ code: 0, err: '' });
    expect((await inbox.waitFor()).session.login?.user).toBe(inbox.smtp.user);
    const wrong = new URL(inbox.smtp.url);
    wrong.password = 'wrong';
    expect(await say(sendmail, ['-S', wrong.href, inbox.address], { input })).toMatchObject({ code: 77, err: expect.stringContaining('535 5.7.8') });
    expect(await say(sendmail, ['-S', `${inbox.smtp.host}:${inbox.smtp.port}`, inbox.address], { input })).toMatchObject({ code: 77, err: expect.stringContaining('530 5.7.0') });
  } finally {
    await guarded.close();
  }
});

test('input that breaks off in the middle is no message', async () => {
  const inbox = await sandbox.inbox();
  const input = Readable.from((function* () {
    yield Buffer.from('Subject: x\n\nhalf');
    throw new Error('disk gone');
  })(), { objectMode: false });
  expect(await say(sendmail, [...S, inbox.address], { input })).toMatchObject({ code: expect.toBeOneOf([74, 75]), err: expect.stringContaining('disk gone') });
  await inbox.expectNone({ for: 50 });
});

test('-bs joins input and output to the listener', async () => {
  const inbox = await sandbox.inbox();
  const input = `EHLO app.test\r\nMAIL FROM:<a@app.test>\r\nRCPT TO:<${inbox.address}>\r\nDATA\r\nSubject: spoken\r\n\r\n..dot\r\n.\r\nQUIT\r\n`;
  const { code, out } = await say(sendmail, [...S, '-bs'], { input });
  expect(code).toBe(0);
  expect(out).toMatch(/^220 [^]*\r\n354 [^]*\r\n250 2\.6\.0 [^]*\r\n221 /);
  expect((await inbox.waitFor('spoken')).text.trim()).toBe('.dot');
});

test('-bs without QUIT is answered to the end, and one cut off in the message ends', async () => {
  const inbox = await sandbox.inbox();
  const head = `EHLO app.test\r\nMAIL FROM:<a@app.test>\r\nRCPT TO:<${inbox.address}>\r\nDATA\r\n`;
  expect(await say(sendmail, [...S, '-bs'], { input: `${head}Subject: whole\r\n\r\nx\r\n.\r\n` })).toMatchObject({ code: 0, out: expect.stringContaining('250 2.6.0') });
  expect((await say(sendmail, [...S, '-bs'], { input: `${head}Subject: half\r\n\r\nx\r\n` })).code).toBe(74);
  expect((await inbox.messages()).map(({ subject }) => subject)).toEqual(['whole']);
  expect(await say(sendmail, ['-S', '127.0.0.1:2', '-bs'])).toMatchObject({ code: 75 });
});

test('under the name sendmail it is sendmail, and a caller that keeps the input open does not keep it', async () => {
  const link = join(mkdtempSync(join(tmpdir(), 'postern-sendmail-')), 'sendmail');
  symlinkSync(new URL('../../bin/postern.js', import.meta.url), link);
  const child = spawn(process.execPath, [link, '-S', '127.0.0.1:2', 'ann@shop.test'], { stdio: ['pipe', 'ignore', 'pipe'] });
  child.stdin.write('Subject: x\n\nnot the end');
  try {
    expect((await once(child, 'exit', { signal: AbortSignal.timeout(10_000) }))[0]).toBe(75);
  } finally {
    child.kill();
    rmSync(dirname(link), { recursive: true });
  }
});

test('flags that mean nothing here are taken', async () => {
  expect(await say(sendmail, ['-bp'])).toMatchObject({ code: 0, out: 'Mail queue is empty\n' });
  expect((await say(sendmail, ['--help'])).out).toContain('Exit codes');
});

/** The listener that the internet may speak to: it takes what comes back, for return paths of streams only, and relays nothing. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import fc from 'fast-check';
import nodemailer from 'nodemailer';
import { expect, test } from 'vitest';
import { manualClock, wallClock } from '../../server/clock.ts';
import { composeDsn, type Original } from '../../server/dsn/compose.ts';
import { findEnhanced } from '../../server/mail/enhanced-status.ts';
import { dial, type Dialogue } from '../support/dialogue.ts';
import { openMxHouse } from '../support/mx-house.ts';
import { program } from '../support/programs.ts';

const AT = Date.UTC(2026, 0, 1);
const original = (messageId: string): Original => ({ messageId, from: 'app@shop.test', receivedAt: AT, raw: Buffer.from(`Message-ID: <${messageId}>\r\nSubject: Your order\r\n\r\n`) });
const dsn = (address: string, to: string, messageId = 'm1@shop.test') => Buffer.from(composeDsn({
  id: `dsn-${address}`, at: AT, from: 'MAILER-DAEMON@mx.far.test', to, reportingMta: 'mx.far.test', original: original(messageId),
  recipients: [{ address, answer: { kind: 'reply', code: 550, enhanced: findEnhanced('5.1.1')!, text: 'No such user', host: 'mx.far.test' }, attempts: 1, lastAt: AT }],
})).toString('latin1');
const forged = (address: string) => address.replace(/.(?=@)/, (char) => (char === 'a' ? 'b' : 'a'));

async function begun(at: { host: string; port: number }, from = ''): Promise<Dialogue> {
  const client = await dial(at);
  await client.expect('EHLO far.test', '250');
  await client.expect(`MAIL FROM:<${from}>`, '250');
  return client;
}

test('a bounce to a signed return path is taken from the null sender, lies in its stream, and is told; what was delivered stays delivered', async () => {
  await using house = await openMxHouse();
  const message = await house.delivered('news', ['ann@far.test', 'bob@far.test']);
  const path = house.verp('news')!.address(message, 1);
  const client = await dial(house.at);
  const taken = await client.message(dsn('bob@far.test', path), '', path.toUpperCase());
  expect(taken).toMatch(/^250 2\.6\.0 /);
  expect(await house.told()).toMatchObject([
    { type: 'bounce.received', stream: 'news', message, recipient: 'bob@far.test', hard: true },
    { type: 'suppression.added', stream: 'news', address: 'bob@far.test', reason: 'hard_bounce' },
  ]);
  expect(await house.taken()).toEqual([`news ${path.toUpperCase()}`]);
  expect((await house.store.delivery(message))!.recipients.map(({ recipient }) => recipient.state)).toEqual(['delivered', 'delivered']);
  // It stops at the inbox, although the stream delivers.
  expect(await house.store.tally({ stream: 'news' })).toEqual({ delivered: 2 });
});

test('complaints come to mailboxes of the domain, and each is of the stream whose mail it was', async () => {
  await using house = await openMxHouse();
  const message = await house.delivered('news', 'ann@far.test');
  const report = (path: string) => `From: <fbl@provider.test>\r\nSubject: complaint\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSpam.\r\n--b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nUser-Agent: Loop/1\r\nVersion: 1\r\nOriginal-Mail-From: <${path}>\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\ny\r\n--b--\r\n`;
  for (const to of ['fbl@return.test', 'Abuse@RETURN.test', 'postmaster@return.test', 'postmaster']) {
    const client = await dial(house.at);
    expect(await client.message(report(house.verp('news')!.address(message, 0)), 'loop@provider.test', to)).toMatch(/^250 /);
  }
  expect(await house.taken()).toEqual(['shop fbl@return.test', 'shop Abuse@RETURN.test', 'shop postmaster@return.test', 'shop postmaster']);
  expect(await house.told()).toMatchObject([{ type: 'complaint.received', stream: 'news', message, recipient: 'ann@far.test' }, { type: 'suppression.added', stream: 'news', reason: 'complaint' }]);
});

test('a return path that we did not sign is nobody\'s, and one whose message is gone still has its domain\'s first stream', async () => {
  await using house = await openMxHouse();
  const message = await house.delivered('solo', 'ann@far.test');
  const path = house.verp('solo')!.address(message, 0);
  const client = await begun(house.at);
  expect(await client.say(`RCPT TO:<${forged(path)}>`)).toMatch(/^550 5\.1\.1 /);
  expect(await client.say('RCPT TO:<ann@solo.return.test>')).toMatch(/^550 5\.1\.1 /);
  // Signed for another domain.
  expect(await client.say(`RCPT TO:<${path.replace('solo.return.test', 'return.test')}>`)).toMatch(/^550 5\.1\.1 /);
  await house.store.delete({ kind: 'message', id: message });
  expect(await client.say(`RCPT TO:<${path}>`)).toMatch(/^250 /);
});

test('a transaction is of one stream: the recipient of another one is asked for on its own', async () => {
  await using house = await openMxHouse();
  const [shop, solo] = [await house.delivered('shop', ['a@far.test', 'b@far.test']), await house.delivered('solo', 'c@far.test')];
  const [first, second, other] = [house.verp('shop')!.address(shop, 0), house.verp('shop')!.address(shop, 1), house.verp('solo')!.address(solo, 0)];
  const client = await begun(house.at);
  await client.expect(`RCPT TO:<${first}>`, '250');
  await client.expect(`RCPT TO:<${other}>`, '452 4.5.3');
  await client.expect(`RCPT TO:<${second}>`, '250');
  await client.expect('DATA', '354');
  await client.send('Subject: x\r\n\r\ny\r\n.\r\n');
  await client.expect(null, '250');
  await client.expect('MAIL FROM:<>', '250');
  await client.expect(`RCPT TO:<${other}>`, '250');
  await client.expect('RSET', '250');
  await client.expect('MAIL FROM:<>', '250');
  await client.expect(`RCPT TO:<${first}>`, '250');
  expect(await house.taken()).toEqual([`shop ${first} ${second}`]);
});

test('there are no logins, STARTTLS is offered and works, and nothing is promised that is not kept', async () => {
  await using house = await openMxHouse();
  const client = await dial(house.at);
  const said = await client.expect('EHLO far.test', '250');
  expect(said.split('\n').map((line) => line.slice(4)).slice(1)).toEqual(['PIPELINING', 'SIZE 10485760', '8BITMIME', 'SMTPUTF8', 'ENHANCEDSTATUSCODES', 'STARTTLS']);
  const login = `AUTH PLAIN ${Buffer.from('\0shop\0x').toString('base64')}`;
  await client.expect(login, '502 5.5.1');
  await client.startTls();
  expect(await client.expect('EHLO far.test', '250')).not.toMatch(/AUTH|STARTTLS|DSN/);
  await client.expect(login, '502 5.5.1');
  await client.expect('VRFY postmaster@return.test', '252');
  await client.expect('MAIL FROM:<> SIZE=10485761', '552 5.3.4');
  await client.expect('MAIL FROM:<>', '250');
  await client.expect('RCPT TO:<ann@far.test>', '550 5.7.1');
  await client.expect('DATA', '554');
});

test('a message that is larger than it said is refused at its end, and nothing of it is kept', async () => {
  await using house = await openMxHouse();
  const client = await begun(house.at);
  await client.expect('RCPT TO:<abuse@return.test>', '250');
  await client.expect('DATA', '354');
  const line = `${'x'.repeat(998)}\r\n`.repeat(1_000);
  for (let sent = 0; sent < 11; sent++) await client.send(line);
  await client.send('.\r\n');
  await client.expect(null, '552 5.3.4');
  expect(await house.taken()).toEqual([]);
});

test('who guesses at addresses is sent away, and one address cannot hold all connections', async () => {
  await using house = await openMxHouse({ limits: { clientsOfOne: 3 } });
  const client = await begun(house.at);
  for (let n = 0; n < 10; n++) await client.expect(`RCPT TO:<b+guess${n}@return.test>`, '550');
  await client.expect('RCPT TO:<postmaster@return.test>', '250');
  await client.expect('RCPT TO:<someone@far.test>', '421 4.7.0');
  await client.closed;
  client.destroy();
  const held = [await dial(house.at), await dial(house.at), await dial(house.at)];
  const fourth = await dial(house.at, { greeting: false });
  expect(await fourth.reply()).toMatch(/^421 4\.7\.0 /);
  for (const one of [...held, fourth]) one.destroy();
});

test('one return path takes some reports an hour and no more, and others are not held up by it', async () => {
  const clock = manualClock();
  await using house = await openMxHouse({ clock: { now: clock.now, after: wallClock.after } });
  const message = await house.delivered('shop', ['ann@far.test', 'bob@far.test']);
  const [ann, bob] = [house.verp('shop')!.address(message, 0), house.verp('shop')!.address(message, 1)];
  const client = await dial(house.at);
  await client.expect('EHLO far.test', '250');
  const offer = async (to: string) => {
    await client.expect('MAIL FROM:<>', '250');
    const said = await client.say(`RCPT TO:<${to}>`);
    await client.expect('RSET', '250');
    return said.slice(0, 9);
  };
  for (let n = 0; n < 20; n++) expect(await offer(ann)).toBe('250 2.1.5');
  expect(await offer(ann)).toBe('451 4.7.1');
  expect(await offer(bob)).toBe('250 2.1.5');
  clock.advance(3_600_000);
  expect(await offer(ann)).toBe('250 2.1.5');
});

// ---- an open relay it is not ---------------------------------------------------------------

const VICTIM = 'victim@far.test';
/** The ways in which relays were fooled: `%path%` is a return path that is good. */
const TRICKS = [
  VICTIM, 'victim%far.test@return.test', '"victim%far.test"@return.test', 'far.test!victim@return.test', '"far.test!victim"@return.test',
  '@return.test:victim@far.test', '@return.test,@return.test:victim@far.test', '"victim@far.test"@return.test', 'victim@far.test@return.test', 'victim@return.test@far.test',
  '"postmaster@return.test"@far.test', 'postmaster@return.test@far.test', 'postmaster%return.test@far.test', 'return.test!victim@far.test',
  'victim@[127.0.0.1]', 'victim@[IPv6:::1]', 'postmaster@[127.0.0.1]', 'victim@localhost', 'victim@127.0.0.1', 'victim', 'victim@', '"victim"', '', 'abuse', 'fbl',
  'postmaster@return.test.', 'postmaster@return.test.far.test', 'postmaster@far-return.test', 'postmaster@eturn.test', 'postmaster@sub.return.test', 'VICTIM@FAR.TEST', 'root@return.test', 'postmaster+far.test@return.test',
  'victim@far.test\u0000@return.test', 'victim@far.test @return.test', 'victim@far.test,postmaster@return.test', 'victim@far.test>postmaster@return.test', 'victim@far.test;postmaster@return.test',
  'postmaster@r\u0435turn.test', 'postmaster@return\u200b.test', 'p\u043estmaster@return.test', 'postmaster@plain', 'postmaster@mx.return.test', 'postmaster@postern.test', 'b+x.0.y@return.test', 'mailto:victim@far.test',
];

test('each of the tricks that open relays fall for is refused, whoever the sender is, before and after TLS', async () => {
  await using house = await openMxHouse({ limits: { clients: 10_000, clientsOfOne: 10_000 } });
  for (const trick of TRICKS) {
    for (const from of ['', 'postmaster@return.test', 'a@far.test']) {
      const client = await begun(house.at, from);
      expect(await client.say(`RCPT TO:<${trick}>`), `${trick} from <${from}>`).toMatch(/^5\d\d /);
      expect(await client.say('DATA')).toMatch(/^5/);
      client.destroy();
    }
  }
  const secure = await dial(house.at);
  await secure.expect('EHLO far.test', '250');
  await secure.startTls();
  await secure.expect('EHLO return.test', '250');
  await secure.expect('MAIL FROM:<postmaster@return.test>', '250');
  await secure.expect(`RCPT TO:<${VICTIM}>`, '550 5.7.1');
  expect(await house.taken()).toEqual([]);
});

test('beside a recipient that is ours another one is refused as it is alone, and does not come along', async () => {
  await using house = await openMxHouse();
  const message = await house.delivered('shop', 'ann@far.test');
  const path = house.verp('shop')!.address(message, 0);
  const client = await begun(house.at);
  await client.expect(`RCPT TO:<${path}>`, '250');
  await client.expect(`RCPT TO:<${VICTIM}>`, '550 5.7.1');
  await client.expect('DATA', '354');
  await client.send(`To: ${VICTIM}\r\nBcc: ${VICTIM}\r\nApparently-To: ${VICTIM}\r\nResent-To: ${VICTIM}\r\nX-Envelope-To: ${VICTIM}\r\n\r\ny\r\n.\r\n`);
  await client.expect(null, '250');
  expect(await house.taken()).toEqual([`shop ${path}`]);
  expect(await house.store.depth()).toEqual([]);
});

test('whatever is asked for, only return paths that we signed and the mailboxes of their domains are taken, and nothing is ever queued', async () => {
  await using house = await openMxHouse({ limits: { clients: 10_000, clientsOfOne: 10_000, badCommands: 1_000_000 } });
  const message = await house.delivered('shop', 'ann@far.test');
  const good = house.verp('shop')!.address(message, 0);
  const ours = new Set(['postmaster@return.test', 'abuse@return.test', 'fbl@return.test', 'postmaster@solo.return.test', 'abuse@solo.return.test', 'fbl@solo.return.test', 'postmaster', good]);
  const domain = fc.constantFrom('return.test', 'solo.return.test', 'far.test', 'RETURN.test', 'return.test.', 'xreturn.test', 'return.test.far.test', '[127.0.0.1]', 'localhost', 'plain');
  const known = fc.constantFrom('postmaster', 'abuse', 'fbl', 'root', good.split('@')[0]!, forged(good).split('@')[0]!, '"postmaster"');
  const local = fc.oneof({ weight: 2, arbitrary: known }, fc.string({ minLength: 1, maxLength: 12 }), fc.stringMatching(/^[a-z0-9%!.+"@-]{1,20}$/));
  const joint = fc.constantFrom('@', '@', '@', '%', '!', ',', ':', '@@', '');
  const path = fc.tuple(fc.array(fc.tuple(local, joint), { maxLength: 2 }), local, domain).map(([before, last, at]) => `${before.map(([one, by]) => one + by).join('')}${last}@${at}`.replace(/[\r\n]/g, ''));
  let client = await begun(house.at);
  await fc.assert(fc.asyncProperty(fc.oneof({ weight: 3, arbitrary: path }, { weight: 3, arbitrary: fc.tuple(known, domain).map(([name, at]) => `${name}@${at}`) }, fc.string({ maxLength: 40 }).map((text) => text.replace(/[\r\n]/g, ''))), async (address) => {
    const said = await client.say(`RCPT TO:<${address}>`);
    if (said.startsWith('421')) {
      client.destroy();
      client = await begun(house.at);
      return;
    }
    if (!said.startsWith('250')) {
      expect(said).toMatch(/^(?:5\d\d|45[12]) /);
      return;
    }
    // What was taken is ours, whatever stood around it (a source route, quotes).
    const { recipients } = await lastEnvelope(client, house);
    for (const one of recipients) expect(ours).toContain(one.replace(/^"(\w+)"@/, '$1@').toLowerCase());
    client = await begun(house.at);
  }), { numRuns: 600 });
  expect(await house.store.depth()).toEqual([]);
  client.destroy();
});

/** Ends the transaction, and answers the envelope that was kept of it. */
async function lastEnvelope(client: Dialogue, house: Awaited<ReturnType<typeof openMxHouse>>): Promise<{ recipients: string[] }> {
  await client.expect('DATA', '354');
  await client.send('Subject: x\r\n\r\ny\r\n.\r\n');
  const id = /as (\w+)/.exec(await client.expect(null, '250'))![1]!;
  client.destroy();
  return { recipients: (await house.store.read(id))!.envelope.recipients.map(({ address }) => address) };
}

// ---- real clients --------------------------------------------------------------------------

const swaks = program('swaks');
test.skipIf(!swaks)('swaks hands a bounce in over TLS, and is told that nothing is relayed', async () => {
  await using house = await openMxHouse();
  const message = await house.delivered('shop', 'ann@far.test');
  const run = promisify(execFile);
  const base = ['--server', house.at.host, '--port', String(house.at.port), '--tls', '--helo', 'mx.far.test', '--from', '<>'];
  const { stdout } = await run(swaks!, [...base, '--to', house.verp('shop')!.address(message, 0), '--header', 'Subject: Undelivered Mail Returned to Sender', '--header', 'From: MAILER-DAEMON@far.test', '--body', 'ann@far.test: 550 5.1.1 User unknown'], { timeout: 20_000 });
  expect(stdout).toMatch(/~> |TLS started/);
  expect(await house.told()).toMatchObject([{ type: 'bounce.received', stream: 'shop', message, recipient: 'ann@far.test', hard: true }, { type: 'suppression.added' }]);
  await expect(run(swaks!, [...base, '--to', VICTIM], { timeout: 20_000 })).rejects.toMatchObject({ stdout: expect.stringContaining('550 5.7.1') as string });
}, 30_000);

test('nodemailer hands a bounce in, and finds no way to a recipient elsewhere', async () => {
  await using house = await openMxHouse();
  const message = await house.delivered('shop', 'ann@far.test');
  const path = house.verp('shop')!.address(message, 0);
  const transport = nodemailer.createTransport({ host: house.at.host, port: house.at.port, tls: { rejectUnauthorized: false }, name: 'mx.far.test' });
  const sent = await transport.sendMail({ envelope: { from: '', to: [path, VICTIM] }, raw: dsn('ann@far.test', path) });
  expect([sent.accepted, sent.rejected]).toEqual([[path], [VICTIM]]);
  await expect(transport.sendMail({ from: 'a@far.test', to: VICTIM, text: 'x' })).rejects.toThrow('550');
  transport.close();
  expect((await house.told()).map(({ type }) => type)).toEqual(['bounce.received', 'suppression.added']);
  expect(await house.taken()).toEqual([`shop ${path}`]);
});

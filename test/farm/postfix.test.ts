/** Real delivery to a real Postfix: what arrives, what is refused, what waits, and what comes back. */
import nodemailer, { type SendMailOptions } from 'nodemailer';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Attempt } from '../../sdk/contract.ts';
import { program } from '../support/programs.ts';
import { verify } from '../outgoing/house.ts';
import { type Farm, farm, farmable } from './farm.ts';
import { mayUnshare, opendkimVerify } from './opendkim.ts';
const SOON = { schedule: { kind: 'steps', steps: ['1s'] }, jitter: 0 };

const opendkim = program('opendkim-testmsg');

describe.skipIf(!farmable())('a real Postfix', () => {
  let world: Farm;
  beforeAll(async () => {
    world = await farm({ later: { 'full@later.test': '5.2.2 The mailbox is full' } });
    await world.stream('default', SOON);
  }, 60_000);
  afterAll(() => world?.[Symbol.asyncDispose]());
  afterEach(() => { world.judge = () => 'DUNNO'; });

  /** Over SMTP, as an application does; answers the id. */
  async function submit(mail: SendMailOptions): Promise<string> {
    const transport = nodemailer.createTransport({ ...world.house.smtp, tls: { rejectUnauthorized: false } });
    const { response } = await transport.sendMail(mail);
    transport.close();
    return /\b[0-9A-HJKMNP-TV-Z]{26}\b/.exec(response)![0];
  }
  const only = (attempts: { history: Attempt[] }[]): Attempt => attempts[0]!.history.at(-1)!;

  test('what nodemailer handed in arrives octet by octet, with our trace and signatures on top', async () => {
    const id = await submit({ from: 'Shop <shop@app.test>', to: 'ann@a.test', subject: 'Your order', text: 'Thank you, Änne.\n\n.\n..dots\nFrom here on\n', attachments: [{ filename: 'a.bin', content: Buffer.from(Array.from({ length: 5_000 }, (_, n) => n % 256)) }] });
    await world.until(id, 'delivered');
    const [letter] = await world.arrived(id);
    const stored = Buffer.from(await (await fetch(`${world.house.http}/v1/messages/${id}/raw`)).arrayBuffer());
    const text = letter!.sent.toString('latin1');
    expect(text.endsWith(stored.toString('latin1'))).toBe(true);
    const own = text.slice(0, -stored.length);
    expect(own).toMatch(/^Received: from /);
    expect(own.match(/^[\w-]+(?=:)/gm)).toEqual(['Received', 'DKIM-Signature', 'DKIM-Signature']);
    expect(letter!.to).toBe('ann@a.test');
  });

  test('both ends agree on the TLS that there was', async () => {
    // One of its own, so that there is no connection yet.
    await world.stream('encrypted', SOON);
    const id = await world.send('tls@a.test', { stream: 'encrypted' });
    const { recipients } = await world.until(id, 'delivered');
    const { tls, transcript } = only(recipients);
    expect(tls).toMatchObject({ version: 'TLSv1.3' });
    const lines = transcript.map(({ line }) => line);
    expect(lines).toContain(`${tls!.version} ${tls!.cipher}`);
    const [letter] = await world.arrived(id);
    expect(letter!.raw.toString()).toContain(`(using ${tls!.version} with cipher ${tls!.cipher} `);
    expect(world.postfix.log()).toContain(`${tls!.version} with cipher ${tls!.cipher}`);
  });

  test('what Postfix has delivered verifies by mailauth', async () => {
    const id = await submit({ from: 'Shop <shop@app.test>', to: 'ann@a.test', subject: 'Grüße', text: 'Zwölf Boxkämpfer.\n\n\n', html: '<p>Zwölf</p>' });
    await world.until(id, 'delivered');
    const [letter] = await world.arrived(id);
    const zone = async (name: string, type: string): Promise<string[][]> => {
      const { TXT } = (type === 'TXT' ? world.keys.get(name.toLowerCase()) : undefined) ?? {};
      if (!TXT) throw Object.assign(new Error(`no ${type} for ${name}`), { code: 'ENOTFOUND' });
      return [TXT];
    };
    const verdicts = await verify(letter!.raw, zone);
    expect(verdicts.map(({ algo, signingDomain, status }) => `${algo} ${signingDomain} ${status.result}`)).toEqual(['rsa-sha256 app.test pass', 'ed25519-sha256 app.test pass']);

  });

  test.skipIf(opendkim === undefined || !mayUnshare())('what Postfix has delivered verifies by OpenDKIM, and what was changed on the way does not', async () => {
    const id = await submit({ from: 'Shop <shop@app.test>', to: 'ann@a.test', subject: 'Grüße', text: 'Zwölf Boxkämpfer.\n\n\n', html: '<p>Zwölf</p>' });
    await world.until(id, 'delivered');
    const [letter] = await world.arrived(id);
    expect(await opendkimVerify(opendkim!, letter!.sent, world.dns)).toEqual({ code: 0, said: '' });
    expect(world.dns.asked.some(({ name, type }) => name.endsWith('._domainkey.app.test') && type === 'TXT')).toBe(true);
    const changed = Buffer.from(letter!.sent.toString('latin1').replace('Boxk', 'Foxk'), 'latin1');
    expect(await opendkimVerify(opendkim!, changed, world.dns)).not.toMatchObject({ code: 0 });
  });

  test('two domains at one MX share a site and a connection', async () => {
    await world.stream('narrow', { ...SOON, limits: { connections: 1 } });
    const id = await world.send(['ann@a.test', 'bo@b.test'], { stream: 'narrow' });
    const { recipients } = await world.until(id, 'delivered', 'delivered');
    const [one, two] = recipients.map(({ history }) => history[0]!);
    expect(one!.site).toBe(two!.site);
    expect(one!.connection).toBe(two!.connection);
    expect((await world.arrived(id, 2)).map(({ to }) => to).sort()).toEqual(['ann@a.test', 'bo@b.test']);
  });

  test('a hundred recipients of one domain go in one transaction', async () => {
    const to = Array.from({ length: 100 }, (_, n) => `many${n}@a.test`);
    const id = await submit({ from: 'shop@app.test', to, subject: 'To many', text: 'Hi.' });
    const { recipients } = await world.until(id, ...to.map(() => 'delivered'));
    const queuedAs = new Set(recipients.map(({ history }) => history[0]!.answer).map((answer) => (answer.kind === 'reply' ? answer.text : answer.detail)));
    expect(queuedAs.size).toBe(1);
    const [, queueId] = /queued as (\w+)/.exec([...queuedAs][0]!)!;
    expect(world.postfix.log()).toMatch(new RegExp(`${queueId}: from=<.*>, size=\\d+, nrcpt=100 `));
    expect(new Set((await world.arrived(id, 100)).map((letter) => letter.to))).toEqual(new Set(to));
  }, 40_000);

  test('an unknown user bounces with the words of Postfix, and those who are known get theirs', async () => {
    world.judge = ({ recipient }) => (recipient?.startsWith('nobody@') ? '550 5.1.1 User unknown in virtual mailbox table' : 'DUNNO');
    const id = await world.send(['nobody@a.test', 'ann@a.test']);
    const { recipients } = await world.until(id, 'bounced', 'delivered');
    const attempt = recipients[0]!.history[0]!;
    expect(attempt).toMatchObject({ stage: 'rcpt', outcome: 'bounced', verdict: { class: 'invalid_recipient', permanence: 'hard' }, answer: { kind: 'reply', code: 550, enhanced: '5.1.1' } });
    expect((attempt.answer as { text: string }).text).toContain('<nobody@a.test>: Recipient address rejected: User unknown in virtual mailbox table');
    expect((await world.arrived(id)).map(({ to }) => to)).toEqual(['ann@a.test']);
  });

  test('a greylisted recipient is deferred, then delivered, once', async () => {
    let asked = 0;
    world.judge = ({ recipient }) => (recipient === 'grey@a.test' && ++asked === 1 ? '450 4.2.0 Greylisted, see http://postgrey.test/help' : 'DUNNO');
    const id = await world.send('grey@a.test');
    const { recipients } = await world.until(id, 'delivered');
    expect(recipients[0]!.history.map(({ outcome, verdict }) => `${outcome} ${verdict.class}`)).toEqual(['deferred greylisted', 'delivered delivered']);
    expect(await world.arrived(id)).toHaveLength(1);
  });

  test('a message of 20 MB arrives whole, in chunks', async () => {
    const content = Buffer.alloc(15 * 1024 * 1024, 'Postern delivers. ');
    const id = await submit({ from: 'shop@app.test', to: 'big@a.test', subject: 'Big', text: 'See there.', attachments: [{ filename: 'big.bin', content }] });
    const { recipients } = await world.until(id, 'delivered');
    expect(only(recipients).transcript.some(({ line }) => /^BDAT \d+ LAST$/.test(line))).toBe(true);
    const [letter] = await world.arrived(id);
    const stored = Buffer.from(await (await fetch(`${world.house.http}/v1/messages/${id}/raw`)).arrayBuffer());
    expect(stored.length).toBeGreaterThan(20_000_000);
    expect(letter!.sent.subarray(-stored.length).equals(stored)).toBe(true);
  }, 60_000);

  test('an address in UTF-8 is delivered under its own name', async () => {
    const id = await world.send('änne@a.test');
    const { recipients } = await world.until(id, 'delivered');
    expect(only(recipients).transcript.find(({ line }) => line.startsWith('MAIL FROM'))!.line).toMatch(/ SMTPUTF8$/);
    expect((await world.arrived(id))[0]!.to).toBe('änne@a.test');
  });

  test('octets beyond ASCII are announced as 8BITMIME', async () => {
    const id = await submit({ envelope: { from: 'shop@app.test', to: 'eight@a.test' }, raw: Buffer.from('From: shop@app.test\r\nSubject: Eight\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nÄpfel und Öl\r\n') });
    const { recipients } = await world.until(id, 'delivered');
    expect(only(recipients).transcript.find(({ line }) => line.startsWith('MAIL FROM'))!.line).toContain(' BODY=8BITMIME');
    expect((await world.arrived(id))[0]!.raw.toString()).toContain('Äpfel und Öl');
  });

  test('a server that does not offer 8BITMIME gets no octets beyond ASCII: the message bounces and says why, and the next one is delivered', async () => {
    const id = await submit({ envelope: { from: 'shop@app.test', to: ['ann@old.test', 'eight@a.test'] }, raw: Buffer.from('From: shop@app.test\r\nSubject: Eight\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nÄpfel und Öl\r\n') });
    const { recipients } = await world.until(id, 'bounced', 'delivered');
    expect(only(recipients)).toMatchObject({ stage: 'mail', outcome: 'bounced', answer: { code: 554, text: expect.stringContaining('8BITMIME') }, verdict: { class: 'malformed' } });
    expect(await world.event('recipient.bounced', id)).toMatchObject({ recipient: 'ann@old.test', answer: { code: 554, enhanced: { class: 5, subject: 6, detail: 3 } } });
    const plain = await world.send('ann@old.test');
    await world.until(plain, 'delivered');
    expect((await world.arrived(plain))[0]!.to).toBe('ann@old.test');
    await world.until(await world.send('änne@old.test'), 'bounced');
  });

  test('a server that takes the connection and puts the mail off is left for the next one, and nothing arrives twice', async () => {
    world.judge = ({ server_address, recipient }) => (server_address === world.address.mx1 && recipient === 'bo@two.test' ? '451 4.3.0 Local error in processing' : 'DUNNO');
    const id = await world.send(['ann@two.test', 'bo@two.test']);
    const { recipients } = await world.until(id, 'delivered', 'delivered');
    expect(recipients.map(({ history }) => history.map(({ host, outcome }) => `${host} ${outcome}`))).toEqual([['mx1.farm.test delivered'], ['mx1.farm.test deferred', 'plain.farm.test delivered']]);
    expect((await world.arrived(id, 2)).map(({ to }) => to).sort()).toEqual(['ann@two.test', 'bo@two.test']);
  });

  test('NULs, bare line ends and long lines are one message to it, with nothing smuggled in', async () => {
    const inner = 'MAIL FROM:<evil@app.test>\r\nRCPT TO:<evil@a.test>\r\nDATA\r\nSubject: smuggled\r\n\r\nx';
    const raw = `From: shop@app.test\r\nTo: odd@a.test\r\nSubject: od\0d\rX-Smuggled: yes\r\n\r\n${'long '.repeat(300)}\r\nnu\0l\r\none\n.\n${inner}\r.\r${inner}\r\n.\r${inner}\n`;
    // Not by nodemailer, which would mend it.
    const answer = await fetch(`${world.house.http}/v1/streams/default/messages?from=shop@app.test&to=odd@a.test`, { method: 'POST', headers: { 'content-type': 'message/rfc822' }, body: Buffer.from(raw, 'latin1') });
    const { id } = (await answer.json()) as { id: string };
    await world.until(id, 'delivered');
    const [letter] = await world.arrived(id, 1);
    const head = letter!.sent.toString('latin1').split(/\r?\n\r?\n/, 1)[0]!;
    expect(head).toMatch(/^Subject: od d X-Smuggled: yes\r?$/m);
    expect(letter!.sent.toString('latin1')).toContain('Subject: smuggled');
    expect(world.postfix.letters().filter(({ to }) => to === 'evil@a.test')).toEqual([]);
  });

  test('a bounce that Postfix sends later finds its message, and holds against the address', async () => {
    await world.stream('returning', { ...SOON, returnPath: 'return.app.test' });
    const id = await world.send(['full@later.test', 'ann@a.test'], { stream: 'returning' });
    await world.until(id, 'delivered', 'delivered');
    expect(await world.event('bounce.received', id)).toMatchObject({ stream: 'returning', recipient: 'full@later.test', status: '5.2.2', diagnostic: expect.stringContaining('The mailbox is full') });
    const { returns } = await world.delivery(id);
    expect(returns).toMatchObject([{ type: 'bounce', recipient: 'full@later.test' }]);
    // Terminal is terminal.
    await world.until(id, 'delivered', 'delivered');
  });

  test('a wish for a notice of success is passed on, and the notice comes back', async () => {
    await world.stream('returning', { ...SOON, returnPath: 'return.app.test' });
    const { id: credential, ...login } = await world.ask<{ id: string; user: string; password: string }>('POST', '/v1/streams/returning/credentials', {});
    expect(credential).toBeTruthy();
    const transport = nodemailer.createTransport({ ...world.house.smtp, auth: { user: login.user, pass: login.password }, tls: { rejectUnauthorized: false } });
    const { response } = await transport.sendMail({ from: 'shop@app.test', to: 'told@a.test', subject: 'Tell me', text: 'Hi.', dsn: { id: 'order-17', return: 'headers', notify: ['success', 'failure'], recipient: 'rfc822;told@a.test' } as never });
    transport.close();
    const id = /\b[0-9A-HJKMNP-TV-Z]{26}\b/.exec(response)![0];
    const { recipients } = await world.until(id, 'delivered');
    const said = only(recipients).transcript.map(({ line }) => line);
    expect(said.find((line) => line.startsWith('MAIL FROM'))).toMatch(/^MAIL FROM:<b\+.*@return\.app\.test> .*RET=HDRS ENVID=order-17/);
    expect(said.find((line) => line.startsWith('RCPT TO'))).toContain('NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;told@a.test');
    const path = /<(b\+[^>]*)>/.exec(said.join('\n'))![1]!;
    const { messages } = await world.ask<{ messages: { id: string; subject: string }[] }>('GET', `/v1/wait?inbox=${encodeURIComponent(path)}&timeout=15s`);
    const raw = await (await fetch(`${world.house.http}/v1/messages/${messages[0]!.id}/raw`)).text();
    expect(raw).toMatch(/^Original-Envelope-Id: order-17\r?$/m);
    expect(raw).toMatch(/^Action: (?:delivered|relayed)\r?$/m);
    // Good news changes nothing.
    expect((await world.delivery(id)).returns).toEqual([]);
  });
});

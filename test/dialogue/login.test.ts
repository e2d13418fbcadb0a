/** Logins: who is let in, to which stream, and that no secret is kept anywhere. */
import { expect, test } from 'vitest';
import type { MadeCredential } from '../../server/admission/streams.ts';
import { manualClock } from '../../server/clock.ts';
import { dial, type Dialogue } from '../support/dialogue.ts';
import { reception, type ReceptionOptions } from '../support/reception.ts';

const b64 = (text: string) => Buffer.from(text).toString('base64');
const plain = (user: string, password: string) => `AUTH PLAIN ${b64(`\0${user}\0${password}`)}`;

async function greeted(options: ReceptionOptions = {}) {
  const postern = await reception({ declared: [{ name: 'shop', tags: ['from-shop'] }], ...options });
  const client = await dial(postern.at);
  await client.expect('EHLO c.test', '250');
  return { postern, client, [Symbol.asyncDispose]: () => postern[Symbol.asyncDispose]() };
}

async function loginByLogin(client: Dialogue, user: string, password: string): Promise<string> {
  await client.expect('AUTH LOGIN', '334 VXNlcm5hbWU6');
  await client.expect(b64(user), '334 UGFzc3dvcmQ6');
  return client.say(b64(password));
}

test('on an open sandbox any login is taken, and the name of a stream chooses it', async () => {
  for (const [user, stream] of [['shop', 'shop'], ['whoever', 'default']] as const) {
    await using open = await greeted();
    expect(await open.client.say(plain(user, 'anything'))).toMatch(/^235 2\.7\.0 /);
    await open.client.message('x\r\n');
    const [kept] = open.postern.accepted;
    expect(kept!.stream).toBe(stream);
    expect(kept!.session.login).toEqual({ method: 'PLAIN', user });
    expect(kept!.tags).toEqual(stream === 'shop' ? ['from-shop'] : []);
  }
});

test('on an open sandbox an empty user name is a login like any other', async () => {
  await using open = await greeted();
  expect(await open.client.say(plain('', ''))).toMatch(/^235 2\.7\.0 /);
  await open.client.message('x\r\n');
  expect(open.postern.accepted[0]!.session.login).toEqual({ method: 'PLAIN', user: '' });
});

test('PLAIN in two lines, LOGIN with and without the name, and CRAM-MD5 are taken', async () => {
  await using open = await greeted();
  const { client } = open;
  await client.expect('AUTH PLAIN', /^334 $/);
  await client.expect(b64('\0shop\0x'), '235 2.7.0');
  await client.expect(plain('shop', 'x'), '503 5.5.1');

  const second = await dial(open.postern.at);
  await second.expect('EHLO c.test', '250');
  expect(await loginByLogin(second, 'shop', 'x')).toMatch(/^235 2\.7\.0/);

  const third = await dial(open.postern.at);
  await third.expect('EHLO c.test', '250');
  await third.expect(`AUTH LOGIN ${b64('shop')}`, '334');
  await third.expect(b64('x'), '235 2.7.0');

  const fourth = await dial(open.postern.at);
  await fourth.expect('EHLO c.test', '250');
  await fourth.expect('AUTH CRAM-MD5', /^334 \S+$/);
  await fourth.expect(b64('shop d41d8cd98f00b204e9800998ecf8427e'), '235 2.7.0');
  await fourth.message('x\r\n');
  expect(open.postern.accepted[0]).toMatchObject({ stream: 'shop', session: { login: { method: 'CRAM-MD5' } } });
});

test('the user of a credential must know its password, and gets its stream', async () => {
  await using open = await greeted();
  const { client, postern } = open;
  const { password } = (await postern.streams.createCredential({ stream: 'shop', user: 'ann' })) as MadeCredential;
  await client.expect(plain('ann', 'guess'), '535 5.7.8');
  expect(await loginByLogin(client, 'ann', 'guess')).toMatch(/^535 5\.7\.8/);
  await client.expect('AUTH CRAM-MD5', '334');
  await client.expect(b64('ann d41d8cd98f00b204e9800998ecf8427e'), /^535 5\.7\.8 .*use PLAIN or LOGIN/);
  await client.expect(plain('ann', password), '235 2.7.0');
  await client.message('x\r\n');
  expect(postern.accepted[0]!.stream).toBe('shop');
  expect(postern.refusals.map(({ reason }) => reason)).toEqual(['wrong-login', 'wrong-login', 'wrong-login']);
});

test('a stream with credentials is not opened by its name, and CRAM-MD5 is no longer offered', async () => {
  await using open = await greeted();
  const { client, postern } = open;
  const { password } = (await postern.streams.createCredential({ stream: 'shop', user: 'ann' })) as MadeCredential;
  expect(await client.say('EHLO c.test')).toMatch(/AUTH PLAIN LOGIN\r?\n?$/m);
  await client.expect(plain('shop', 'anything'), '535 5.7.8');
  await client.expect(plain('shop', password), '535 5.7.8');
  await client.expect(plain('ann', password), '235 2.7.0');
});

test('where a login is required, only a credential will do', async () => {
  await using open = await greeted({ requireLogin: true });
  const { client, postern } = open;
  expect(client.heard).toContain('AUTH PLAIN LOGIN\r\n');
  const { password } = (await postern.streams.createCredential({ stream: 'shop', user: 'ann' })) as MadeCredential;
  await client.expect('MAIL FROM:<ann@app.test>', '530 5.7.0');
  await client.expect(plain('shop', 'x'), '535 5.7.8');
  await client.expect(plain('nobody', 'x'), '535 5.7.8');
  await client.expect('AUTH CRAM-MD5', '504 5.5.4');
  await client.expect(plain('ann', password), '235 2.7.0');
  expect(await client.message('x\r\n')).toMatch(/^250 2\.6\.0/);
});

test('a credential that ran out, or is taken away, lets nobody in, on open connections too', async () => {
  const clock = manualClock();
  await using open = await greeted({ clock });
  const { client, postern } = open;
  const { password } = (await postern.streams.createCredential({ stream: 'shop', user: 'ann', expiresAt: clock.now() + 60_000 })) as MadeCredential;
  await client.expect(plain('ann', password), '235 2.7.0');
  expect(await client.message('x\r\n')).toMatch(/^250 2\.6\.0/);
  clock.advance(60_000);
  await client.expect('MAIL FROM:<ann@app.test>', '535 5.7.8');
  const second = await dial(postern.at);
  await second.expect('EHLO c.test', '250');
  await second.expect(plain('ann', password), '535 5.7.8');

  await postern.streams.create({ name: 'open' });
  await second.expect(plain('open', 'x'), '235 2.7.0');
  await postern.streams.remove('open');
  await second.expect('MAIL FROM:<ann@app.test>', '550 5.7.1');
});

test('no secret is in a session or in the log, right or wrong, in place or out of it', async () => {
  await using open = await greeted();
  const { client, postern } = open;
  await postern.streams.createCredential({ stream: 'shop', user: 'ann', password: 'opensesame' });
  await client.expect(plain('ann', 'wrong-secret'), '535');
  expect(await loginByLogin(client, 'ann', 'other-secret')).toMatch(/^535/);
  await client.expect('AUTH XOAUTH2', '504 5.5.4');
  await client.expect(b64('user=ann\x01auth=Bearer token-secret\x01\x01'), '500');
  await client.expect(`auth\tplain ${b64('\0ann\0tab-secret')}`, '500');
  await client.expect(plain('ann', 'opensesame'), '235');
  await client.message('x\r\n');
  const everything = JSON.stringify(postern.accepted[0]!.session) + postern.logged.join();
  for (const secret of ['opensesame', 'wrong-secret', 'other-secret', 'token-secret', 'tab-secret']) {
    expect(everything).not.toContain(secret);
    expect(everything).not.toContain(b64(secret).slice(2, -4));
  }
  for (const octets of [b64('\0ann\0opensesame'), b64('\0ann\0wrong-secret'), b64('other-secret'), b64('user=ann\x01auth=Bearer token-secret\x01\x01')]) expect(everything).not.toContain(octets);
  expect(postern.accepted[0]!.session.transcript.map(({ line }) => line)).toEqual(expect.arrayContaining(['AUTH PLAIN ***', 'AUTH LOGIN', '***', '235 2.7.0 Authentication successful']));
});

test('a login can be given up, and nonsense is no login', async () => {
  await using open = await greeted();
  const { client } = open;
  await client.expect('AUTH LOGIN', '334');
  await client.expect('*', '501 5.5.2');
  await client.expect('AUTH PLAIN AAAA', '501 5.5.2');
  await client.expect(`AUTH PLAIN ${b64('\0a\nb\0c')}`, '501 5.5.2');
  await client.expect('AUTH', '504 5.5.4');
  await client.expect('MAIL FROM:<a@app.test>', '250');
  expect(await client.say(plain('shop', 'x'))).toMatch(/^503 5\.5\.1/);
});

test('AUTH before EHLO is out of place', async () => {
  await using postern = await reception();
  const client = await dial(postern.at);
  expect(await client.say(plain('shop', 'x'))).toMatch(/^503 5\.5\.1/);
});

test('who guesses passwords is sent away', async () => {
  await using open = await greeted({ limits: { badCommands: 3 } });
  const { client, postern } = open;
  await postern.streams.createCredential({ stream: 'shop', user: 'ann', password: 'opensesame' });
  await client.expect(plain('ann', '1'), '535 5.7.8');
  await client.expect(plain('ann', '2'), '535 5.7.8');
  await client.say(plain('ann', '3'));
  await client.closed;
  expect(client.heard).toMatch(/421 4\.7\.0 [^\r\n]*\r\n$/);
});

/** Logging in at a relay: over TLS or on this machine, and nobody who reads a transcript learns the password. */
import { expect, test } from 'vitest';
import { classify } from '../../server/classify/classify.ts';
import type { Host } from '../../server/network/network.ts';
import { calm, connecting, countedClock, EHLO, host, message, short, spoken } from './house.ts';
import { dials, type Remote, remote } from './script.ts';

const login = { user: 'shop', password: 'opensesame' };
const PLAIN = Buffer.from('\0shop\0opensesame').toString('base64');
const USER = Buffer.from('shop').toString('base64');
const PASSWORD = Buffer.from('opensesame').toString('base64');
const own: Partial<Host> = { address: '127.0.0.1', port: 587, login };

const inside = (auth: string, then: string) => remote(`${EHLO('STARTTLS', 'AUTH PLAIN LOGIN')}\nC: STARTTLS\nS: 220 go\n! tls\nC: EHLO*\nS& 250-mx\nS: 250 ${auth}\n${then}`);
const taking = 'C: MAIL*\nS: 250 ok\nC: RCPT*\nS: 250 ok\nC: DATA\nS: 354 go\nC.\nS: 250 taken';

async function meet(there: Remote[], more: Partial<Host> = own) {
  const clock = countedClock();
  const found = await connecting(dials(...there), clock, { site: 'relay.test', hosts: [host('mx.script.test', more)] });
  return { found, clock };
}
async function failing(there: Remote, more?: Partial<Host>) {
  const { found, clock } = await meet([there], more);
  if ('carry' in found) throw new Error('connected, against expectation');
  await calm();
  expect(clock.timers).toBe(0);
  expect(JSON.stringify(found)).not.toMatch(/opensesame|b3BlbnNlc2FtZQ|AHNob3AAb3BlbnNlc2FtZQ/);
  return found;
}

test.each([
  ['PLAIN', 'AUTH LOGIN PLAIN', `C: AUTH PLAIN ${PLAIN}\nS: 235 2.7.0 welcome`, ['C AUTH PLAIN ***', 'S 235 2.7.0 welcome']],
  ['PLAIN, asked once more', 'AUTH PLAIN', `C: AUTH PLAIN ${PLAIN}\nS: 334 \nC: ${PLAIN}\nS: 235 2.7.0 welcome`, ['C AUTH PLAIN ***', 'S 334', 'C ***', 'S 235 2.7.0 welcome']],
  ['LOGIN', 'AUTH LOGIN', `C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: ${USER}\nS: 334 UGFzc3dvcmQ6\nC: ${PASSWORD}\nS: 235 in`, ['C AUTH LOGIN', 'S 334 VXNlcm5hbWU6', 'C ***', 'S 334 UGFzc3dvcmQ6', 'C ***', 'S 235 in']],
  ['LOGIN of an old server', 'AUTH=LOGIN', `C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: ${USER}\nS: 334 UGFzc3dvcmQ6\nC: ${PASSWORD}\nS: 235 in`, ['C AUTH LOGIN']],
])('who we are is told with %s over TLS, and mail follows', async (_how, offered, script, shown) => {
  const there = inside(offered, `${script}\n${taking}`);
  const { found } = await meet([there], { port: 587, login });
  if (!('carry' in found)) throw new Error(JSON.stringify(found));
  const result = await found.carry(message());
  await there.done;
  expect(short(result)).toEqual(['250 body']);
  expect(spoken(result.transcript)).toEqual(expect.arrayContaining(shown));
  expect(JSON.stringify(result)).not.toMatch(/opensesame|b3BlbnNlc2FtZQ|AHNob3AAb3BlbnNlc2FtZQ/);
  found.close();
});

test('a login is never told in plaintext to another machine, whatever it offers', async () => {
  const there = remote(`${EHLO('AUTH PLAIN')}\nC: nothing`);
  const { answer } = await failing(there, { port: 587, login });
  expect(answer).toMatchObject({ kind: 'fault', stage: 'starttls', fault: 'tls', detail: 'the setting of the relay demands TLS, and the host does not offer it' });
  expect(there.heard.filter((line) => line.includes('AUTH'))).toEqual([]);
});

test.each(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'])('a relay of this machine (%s) is told in plaintext, too', async (address) => {
  const there = remote(`${EHLO('AUTH PLAIN')}\nC: AUTH PLAIN ${PLAIN}\nS: 235 in\n${taking}`);
  const { found } = await meet([there], { ...own, address });
  if (!('carry' in found)) throw new Error(JSON.stringify(found));
  expect(short(await found.carry(message()))).toEqual(['250 body']);
});

test('a host that looks like one of this machine by its name alone is not', async () => {
  const { answer } = await failing(remote(`${EHLO('AUTH PLAIN')}\nC: nothing`), { ...own, address: '127.0.0.1.evil.test' });
  expect(answer).toMatchObject({ fault: 'tls' });
});

test.each([
  ['535 5.7.8 wrong password', 'credentials'],
  ['454 4.7.0 Temporary authentication failure', 'credentials'],
  ['421 4.3.2 going down', undefined],
])('a login that is refused with %s is the answer, of the stage auth', async (said, judged) => {
  const { answer } = await failing(remote(`${EHLO('AUTH PLAIN')}\nC: AUTH PLAIN*\nS: ${said}`));
  expect(answer).toMatchObject({ kind: 'reply', stage: 'auth', code: Number(said.slice(0, 3)) });
  if (judged) expect(classify(answer).class).toBe(judged);
});

test.each([
  ['PIPELINING', 'the host does not offer AUTH'],
  ['AUTH GSSAPI', 'the host offers AUTH GSSAPI, of which neither PLAIN nor LOGIN is one'],
])('where %s is all that is offered nobody can log in: a fault that is tried again', async (offered, detail) => {
  const { answer } = await failing(remote(`${EHLO(offered)}\nC: nothing`));
  expect(answer).toEqual({ kind: 'fault', stage: 'auth', fault: 'auth', detail, host: 'mx.script.test' });
  expect(classify(answer)).toMatchObject({ class: 'credentials', action: 'retry' });
});

test('a remote that goes on asking, is silent, or closes, is left', async () => {
  expect((await failing(remote(`${EHLO('AUTH PLAIN')}\nC: AUTH PLAIN*\nS: 334 \nC: ${PLAIN}\nS: 334 and your birthday?`))).answer).toMatchObject({ stage: 'auth', fault: 'auth' });
  expect((await failing(remote(`${EHLO('AUTH PLAIN')}\nC: AUTH PLAIN*\n! close`))).answer).toMatchObject({ stage: 'auth', fault: 'disconnect' });
  expect((await failing(remote(`${EHLO('AUTH PLAIN')}\nC: AUTH PLAIN*\nS: 354 go on`))).answer).toMatchObject({ stage: 'auth', fault: 'malformed-reply' });
  const clock = countedClock();
  const there = remote(`${EHLO('AUTH LOGIN')}\nC: AUTH LOGIN\n! silence`);
  const found = connecting(dials(there), clock, { site: 'relay.test', hosts: [host('mx.script.test', own)] });
  await there.done;
  await calm();
  clock.advance(120_000);
  expect(await found).toMatchObject({ answer: { stage: 'auth', fault: 'timeout', detail: 'no reply to AUTH within 2 min' } });
});

test('a remote that repeats what it heard does not write the password into the transcript, nor into its answer', async () => {
  const parrots = [
    `S: 500 5.5.1 Command unrecognized: "AUTH PLAIN ${PLAIN}"`,
    `S: 535 5.7.8 shop/opensesame is wrong`,
    `! raw "what is ${PLAIN} to me?\\r\\n"`,
    `S: 354 ${PLAIN}?`,
  ];
  for (const parrot of parrots) {
    const { answer, transcript } = await failing(remote(`${EHLO('AUTH PLAIN')}\nC: AUTH PLAIN*\n${parrot}`));
    expect(answer).toMatchObject({ stage: 'auth' });
    expect(spoken(transcript).join('\n')).toContain('***');
  }
});

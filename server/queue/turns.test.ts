import { expect, test } from 'vitest';
import type { Answer, Stage } from '../mail/reply.ts';
import type { Host, Route } from '../network/network.ts';
import type { Load } from './loads.ts';
import { inTurn, isToTurnFrom } from './turns.ts';

const host = (name: string, preference: number, address = '192.0.2.1'): Host => ({ name, address, port: 25, preference });
const [A, B, C, RELAY] = [host('mx1.test', 10), host('mx2.test', 20), host('mx3.test', 30), host('relay.test', 65_536)];
const route = (...hosts: Host[]): Route => ({ site: 's', hosts });
const reply = (from: string, stage: Stage = 'rcpt'): Answer => ({ kind: 'reply', code: 451, text: 'later', stage, host: from });

/** Of recipients that were put off like this. */
const load = (...lasts: [answer: Answer, is: string][]): Load =>
  ({ recipients: lasts.map(([answer, is]) => ({ last: { answer, class: is, rule: 'r', at: 0 } })) }) as unknown as Load;
const order = (on: Route, of: Load) => inTurn(on, of).hosts.map(({ name, address }) => `${name.split('.')[0]}${address === '192.0.2.1' ? '' : ` ${address}`}`);

test('a host that took the connection and then put the mail off is asked after the others, which take turns', () => {
  const all = route(A, B, C, RELAY);
  expect(order(all, load([reply('mx1.test'), 'server_error']))).toEqual(['mx2', 'mx3', 'mx1', 'relay']);
  expect(order(all, load([reply('mx2.test'), 'server_error']))).toEqual(['mx3', 'mx1', 'mx2', 'relay']);
  expect(order(all, load([reply('mx3.test'), 'server_error']))).toEqual(['mx1', 'mx2', 'mx3', 'relay']);
  expect(inTurn(all, load([reply('mx1.test'), 'server_error'])).notes).toEqual(['mx1.test put it off the last time: the others are asked before it']);
});

test('all addresses of a host go with it, and several that put off recipients of the message are the last', () => {
  const six = host('mx1.test', 10, '2001:db8::1');
  expect(order(route(six, A, B), load([reply('mx1.test'), 'network']))).toEqual(['mx2', 'mx1 2001:db8::1', 'mx1']);
  expect(order(route(A, B, C), load([reply('mx1.test'), 'network'], [reply('mx2.test'), 'network']))).toEqual(['mx3', 'mx2', 'mx1']);
});

test('who greylists is asked first the next time: it is the one that remembers', () => {
  const all = route(A, B, C, RELAY);
  expect(order(all, load([reply('mx2.test'), 'greylisted']))).toEqual(['mx2', 'mx1', 'mx3', 'relay']);
  expect(inTurn(all, load([reply('mx2.test'), 'greylisted'])).notes).toEqual(['mx2.test asked for it again: it is asked first']);
  expect(isToTurnFrom('mx1.test', load([reply('mx2.test'), 'greylisted']), all)).toBe(false);
});

test.each(['mailbox_full', 'recipient_rate', 'rate_limited', 'ip_blocked', 'sender_blocked', 'policy', 'spam_content', 'too_many_recipients', 'authentication'])('%s is no reason to go round', (is) => {
  const all = route(A, B);
  expect(inTurn(all, load([reply('mx1.test'), is]))).toBe(all);
  expect(isToTurnFrom('mx1.test', load([reply('mx1.test'), is]), all)).toBe(false);
});

test('what was said before MAIL was asked of all hosts in that attempt already, and an answer of ours is about none', () => {
  const all = route(A, B);
  for (const stage of ['connect', 'greeting', 'ehlo', 'starttls', 'auth'] as const) expect(inTurn(all, load([reply('mx1.test', stage), 'server_error']))).toBe(all);
  expect(inTurn(all, load([{ ...reply(''), host: '' } as Answer, 'unknown']))).toBe(all);
  expect(inTurn(all, { recipients: [{ last: null }] } as unknown as Load)).toBe(all);
});

test('a connection is left only where another host may be asked, and never for a fallback relay', () => {
  const off = load([reply('mx1.test', 'body'), 'server_error']);
  expect(isToTurnFrom('mx1.test', off, route(A, B))).toBe(true);
  expect(isToTurnFrom('mx2.test', off, route(A, B))).toBe(false);
  for (const alone of [route(A), route(A, RELAY), undefined]) expect(isToTurnFrom('mx1.test', off, alone)).toBe(false);
  expect(isToTurnFrom('mx1.test', load([reply('mx1.test'), 'network'], [reply('mx2.test'), 'network']), route(A, B))).toBe(false);
});

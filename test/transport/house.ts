/** What the dialogue tests share: a clock with its timers counted, a route, messages, and a connection that is ready. */
import { setImmediate as turn } from 'node:timers/promises';
import { type Clock, manualClock } from '../../server/clock.ts';
import { wallTalk } from '../../server/network/movable-clock.ts';
import type { Host, Network, Route } from '../../server/network/network.ts';
import type { Talk } from '../../server/network/talk.ts';
import type { Transaction, TransactionResult } from '../../server/transport/attempted.ts';
import type { Carrier, NotConnected } from '../../server/transport/carrier.ts';
import { type ConnectDeps, connectTo } from '../../server/transport/connect.ts';
import { countingTimers } from '../support/counting-timers.ts';
import { dials, type Remote, remote } from './script.ts';

export type CountedClock = ReturnType<typeof countedClock>;
export const countedClock = () => countingTimers(manualClock());

export const talkOf = (clock: Clock, id = 'talk-1'): Talk => wallTalk(clock, id);

export const host = (name: string, more: Partial<Host> = {}): Host => ({ name, address: '192.0.2.1', port: 25, preference: 10, ...more });
export const route = (...names: string[]): Route => ({ site: 'script.test', hosts: names.map((name) => host(name)) });

export async function* octets(...chunks: (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
}

export function message(to: string[] = ['b@shop.test'], more: Partial<Transaction> = {}, body = 'Subject: hi\r\n\r\nhello\r\n'): Transaction {
  return { from: 'a@app.test', recipients: to.map((address) => ({ address })), size: body.length, open: async () => octets(body), ...more };
}

export function connecting(network: Pick<Network, 'dial' | 'source' | 'authorities'>, clock: Clock, hosts = route('mx.script.test'), deps: ConnectDeps = {}): Promise<Carrier | NotConnected> {
  return connectTo(network, deps)(hosts, { stream: 'default', destination: 'script.test', talk: talkOf(clock), heloName: 'client.test', connection: 'c-1' });
}

/** The connection that was expected; the test fails with what came instead. */
export function carrierOf(found: Carrier | NotConnected): Carrier {
  if (!('carry' in found)) throw new Error(JSON.stringify(found, null, 1));
  return found;
}

export function failureOf(found: Carrier | NotConnected): NotConnected {
  if ('carry' in found) throw new Error('connected, against expectation');
  return found;
}

export const EHLO = (...extensions: string[]) => `S: 220 mx.script.test ready
  C: EHLO client.test
  ${['mx.script.test', ...extensions].map((line, i) => `${i === extensions.length ? 'S:' : 'S&'} 250${i === extensions.length ? ' ' : '-'}${line}`).join('\n')}`;

export type Ready = { carrier: Carrier; remote: Remote; clock: CountedClock };

/** Connected to a remote that goes on with the script after EHLO. */
export async function ready(script: string, extensions: string[] = [], deps: ConnectDeps = {}): Promise<Ready> {
  const clock = countedClock();
  const there = remote(`${EHLO(...extensions)}\n${script}`, clock);
  const carrier = carrierOf(await connecting(dials(there), clock, undefined, deps));
  return { carrier, remote: there, clock };
}

/** Lets everything happen that can happen without time. */
export async function calm(): Promise<void> {
  for (let i = 0; i < 30; i++) await turn();
}

/** What became of each recipient, in short: `250 body`, `timeout rcpt`. */
export const short = ({ recipients }: Pick<TransactionResult, 'recipients'>): string[] =>
  recipients.map(({ answer, stage }) => `${answer.kind === 'reply' ? answer.code : answer.fault} ${stage}`);

export const spoken = (lines: { by: string; line: string }[]): string[] => lines.map(({ by, line }) => `${by} ${line}`);

/** Tells whether it is over by now. */
export function over(promise: Promise<unknown>): () => boolean {
  let isOver = false;
  void promise.finally(() => { isOver = true; }).catch(() => {});
  return () => isOver;
}

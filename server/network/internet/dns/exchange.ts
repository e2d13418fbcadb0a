/**
 * One question to one resolver: over UDP from a socket, and so a port, of its
 * own, and over TCP when the answer was cut short. The socket is connected, so
 * the system lets nobody else answer; what does not answer the question is
 * not heard, and the wait goes on. Never throws; ends by the deadline.
 */
import { createSocket } from 'node:dgram';
import { connect, isIPv6 } from 'node:net';
import type { Cancel, Clock } from '../../../clock.ts';
import type { DnsFailure } from '../../resolver.ts';
import { type Asked, question, type Read, read } from './packet.ts';

export type Server = { host: string; port: number };
export type Heard = Extract<Read, { kind: 'answer' }> | { kind: 'failed'; reason: DnsFailure; detail: string };

export type ExchangeOptions = {
  clock: Clock;
  /** Milliseconds for UDP; TCP, where needed, has as many again. */
  within: number;
  edns: boolean;
  /** Nobody may be able to guess it. */
  makeId: () => number;
  signal: AbortSignal;
};

export async function exchange(asked: Asked, server: Server, options: ExchangeOptions): Promise<Heard> {
  const heard = await attempt(overUdp, asked, server, options);
  return heard.kind === 'answer' && heard.truncated ? attempt(overTcp, asked, server, options) : heard;
}

/** Opens a way to the server; `say` is called with each whole message, `broke` when there will be none. Answers how to end it. */
type Way = (server: Server, raw: Buffer, say: (raw: Buffer) => void, broke: (error: NodeJS.ErrnoException) => void) => () => void;

function attempt(way: Way, asked: Asked, server: Server, { clock, within, edns, makeId, signal }: ExchangeOptions): Promise<Heard> {
  const where = `${server.host}:${server.port}`;
  return new Promise((resolve) => {
    const id = makeId();
    let isOver = false;
    let wasGarbage = false;
    let cancel: Cancel = () => {};
    let close = () => {};
    const finish = (heard: Heard) => {
      if (isOver) return;
      isOver = true;
      cancel();
      signal.removeEventListener('abort', stop);
      close();
      resolve(heard);
    };
    const late = () => finish(wasGarbage
      ? { kind: 'failed', reason: 'malformed', detail: `the resolver ${where} answered what cannot be read` }
      : { kind: 'failed', reason: 'timeout', detail: `no answer from the resolver ${where} within ${within / 1000} s` });
    const stop = () => finish({ kind: 'failed', reason: 'timeout', detail: 'the resolver was closed' });
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop);
    cancel = clock.after(within, late);
    close = way(server, question(asked, id, edns), (raw) => {
      const told = read(raw, asked, id);
      if (told.kind === 'answer') finish(told);
      else if (told.kind === 'unreadable') finish({ kind: 'failed', reason: 'malformed', detail: `the resolver ${where} answered what cannot be read` });
      else wasGarbage = true;
    }, (error) => finish({ kind: 'failed', reason: error.code === 'ECONNREFUSED' ? 'refused' : 'timeout', detail: sentence(error, where) }));
    if (isOver) close();
  });
}

function sentence(error: NodeJS.ErrnoException, where: string): string {
  switch (error.code) {
    case 'ECONNREFUSED': return `no resolver listens at ${where}`;
    case 'EMFILE': case 'ENFILE': case 'ENOBUFS': case 'EADDRINUSE': return `this machine has no socket left to ask ${where} with (${error.code})`;
    default: return `the resolver ${where} cannot be reached (${error.code ?? error.message})`;
  }
}

const overUdp: Way = (server, raw, say, broke) => {
  const v6 = isIPv6(server.host);
  // An address needs no look-up, and none may happen behind our back.
  const socket = createSocket({ type: v6 ? 'udp6' : 'udp4', lookup: (host, _options, found) => found(null, host, v6 ? 6 : 4) });
  let isOpen = true;
  socket.on('error', broke);
  socket.on('message', (message) => { if (isOpen) say(message); });
  socket.connect(server.port, server.host, () => { if (isOpen) socket.send(raw, (error) => { if (error) broke(error); }); });
  return () => {
    if (!isOpen) return;
    isOpen = false;
    socket.close();
  };
};

const overTcp: Way = (server, raw, say, broke) => {
  const socket = connect({ host: server.host, port: server.port, family: isIPv6(server.host) ? 6 : 4, autoSelectFamily: false, noDelay: true });
  let held: Buffer = Buffer.alloc(0);
  socket.on('error', broke);
  socket.on('close', () => broke(Object.assign(new Error('closed'), { code: 'closed without an answer' })));
  socket.on('data', (chunk: Buffer) => {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    while (held.length >= 2 && held.length >= 2 + held.readUInt16BE(0)) {
      const size = held.readUInt16BE(0);
      say(held.subarray(2, 2 + size));
      held = held.subarray(2 + size);
    }
  });
  // RFC 7766 §8: the length goes out with the message.
  socket.write(Buffer.concat([Buffer.from([raw.length >> 8, raw.length & 0xff]), raw]));
  return () => socket.destroy();
};

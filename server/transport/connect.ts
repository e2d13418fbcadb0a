/**
 * The way to a connection that can carry mail: the hosts of a route in their
 * order, each dialled, greeted and, where it offers TLS, encrypted. A host
 * whose handshake breaks is tried again (without the earlier session that was
 * to be resumed, if there was one; with a smaller hello; without TLS), which
 * is remembered for a while; any other failure goes on to the next host. When
 * none lets us in, the last answer is the answer, and the transcript holds all
 * tries.
 */
import type { Duplex } from 'node:stream';
import type { Answer, Fault } from '../mail/reply.ts';
import type { Host, Network } from '../network/network.ts';
import { type BrokenTls, createBrokenTls, type Hello } from './broken-tls.ts';
import type { Carrier, Connect } from './carrier.ts';
import { DEADLINES, type Deadlines, span } from './deadlines.ts';
import { type Opened, openSession } from './opening.ts';
import { createSession } from './session.ts';
import { createTlsSessions, type TlsMemory, type TlsSessions } from './tls-sessions.ts';
import { createTranscript, type Transcript } from './transcript.ts';
import { createWire } from './wire.ts';

type Ask = Parameters<Connect>[1];

export type ConnectDeps = {
  /** Shared by whoever wants to make it forget; its own when absent. */
  brokenTls?: BrokenTls;
  tlsSessions?: TlsSessions;
  /** Other than those of RFC 5321. */
  deadlines?: Partial<Deadlines>;
};

/** After a broken handshake. */
const NEXT: Record<Hello, Hello | undefined> = { usual: 'reduced', reduced: 'none', none: undefined };

export function connectTo(network: Pick<Network, 'dial'>, deps: ConnectDeps = {}): Connect {
  const brokenTls = deps.brokenTls ?? createBrokenTls();
  const tlsSessions = deps.tlsSessions ?? createTlsSessions();
  const deadlines: Deadlines = { ...DEADLINES, ...deps.deadlines };

  return async (route, ask) => {
    const { talk } = ask;
    const startedAt = talk.now();
    const transcript = createTranscript();
    let answer: Answer = { kind: 'fault', stage: 'resolve', fault: 'no-mx', detail: 'the route has no host' };
    let last = '';
    for (const host of route.hosts) {
      last = host.name;
      const key = [ask.stream, ask.destination, host.name, host.address, host.port].join(' ');
      let hello: Hello | undefined = brokenTls.helloFor(key, talk.now());
      let isBroken = false;
      let again: string | undefined;
      while (hello !== undefined) {
        if (again !== undefined) transcript.add('*', `once more, ${again}`, talk.now());
        const stream = await reach(host, route.site, ask, transcript);
        if ('kind' in stream) {
          answer = stream;
          break;
        }
        const memory = tlsSessions.of(`${key} ${hello}`, talk.now);
        const tried = await open(stream, host, hello, memory, ask, transcript);
        if (!('answer' in tried)) {
          if (isBroken) brokenTls.remember(key, hello, talk.now());
          return tried;
        }
        answer = tried.answer;
        if (!tried.brokenTls) break;
        if (memory.offered) {
          // The session may be what it does not like.
          memory.forget();
          again = 'with a new TLS session';
          continue;
        }
        hello = NEXT[hello];
        isBroken = true;
        again = hello === 'none' ? 'without TLS' : 'with a smaller TLS hello';
      }
    }
    return { answer, host: last, transcript: transcript.take(), startedAt, endedAt: talk.now(), connection: ask.connection };
  };

  async function reach(host: Host, site: string, ask: Ask, transcript: Transcript): Promise<Duplex | Fault> {
    const { talk } = ask;
    transcript.add('*', `connecting to ${host.name} [${host.address}]:${host.port}`, talk.now());
    const giveUp = new AbortController();
    let cancel = () => {};
    const late = new Promise<Fault>((resolve) => {
      cancel = talk.after(deadlines.connect, () => {
        giveUp.abort();
        resolve({ kind: 'fault', stage: 'connect', fault: 'timeout', detail: `no connection to ${host.name} within ${span(deadlines.connect)}`, host: host.name });
      });
    });
    const dialled = network.dial(host, { stream: ask.stream, destination: ask.destination, site, talk, signal: giveUp.signal });
    const found = await Promise.race([dialled, late]).finally(cancel);
    if (!('kind' in found)) return found;
    if (giveUp.signal.aborted) {
      // It may still come, to nobody.
      void dialled.then((stray) => ('kind' in stray ? stray : stray.on('error', () => {}).destroy())).catch(() => {});
    }
    transcript.add('*', found.detail, talk.now());
    return { host: host.name, ...found };
  }

  /** The carrier is made in the very moment in which the remote is ready, so that nothing it says is missed. */
  function open(stream: Duplex, host: Host, hello: Hello, memory: TlsMemory, ask: Ask, transcript: Transcript): Promise<Carrier | Extract<Opened, { kind: 'failed' }>> {
    const wire = createWire(stream, ask.talk, transcript, deadlines);
    return new Promise((resolve) => {
      openSession(wire, { host: host.name, heloName: ask.heloName, hello, memory, deadlines }, (opened) => {
        if (opened.kind === 'failed') resolve(opened);
        else resolve(createSession(wire, { id: ask.connection, host: host.name, tls: opened.tls, extensions: opened.extensions, talk: ask.talk, deadlines }));
      });
    });
  }
}

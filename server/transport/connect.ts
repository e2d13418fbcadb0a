/**
 * The way to a connection that can carry mail: the hosts of a route in their
 * order, each dialled, greeted and, where it offers TLS, encrypted. A host
 * whose handshake breaks is tried again (without the earlier session that was
 * to be resumed, if there was one; with a smaller hello; without TLS, unless
 * something demands it), which is remembered for a while; any other failure
 * goes on to the next host, and so does a host that does not take what the
 * message is made of: one that does may come after it. Who did not answer in
 * time the last time is asked after the others. When none lets us in, or the
 * time for all of it is over, the last answer is the answer, and the
 * transcript holds all tries.
 */
import type { Duplex } from 'node:stream';
import type { Answer, Fault } from '../mail/reply.ts';
import type { TlsFacts } from '../mail/session.ts';
import { type Host, isFallback, type Network } from '../network/network.ts';
import { type BrokenTls, createBrokenTls, type Hello } from './broken-tls.ts';
import type { Carrier, Connect } from './carrier.ts';
import { DEADLINES, type Deadlines, span } from './deadlines.ts';
import { demandOf, isOfDestination, isOfReceiver, noteOf } from './demand.ts';
import { type Opened, openSession } from './opening.ts';
import { createSession } from './session.ts';
import { createSilent, inOrder, type Silent } from './silent.ts';
import { type TlsContexts, tlsContexts } from './tls.ts';
import { createTlsSessions, type TlsMemory, type TlsSessions } from './tls-sessions.ts';
import { createTranscript, type Transcript } from './transcript.ts';
import { createWire } from './wire.ts';

export type ConnectDeps = {
  /** Shared by whoever wants to make it forget; its own when absent. */
  brokenTls?: BrokenTls;
  silent?: Silent;
  tlsSessions?: TlsSessions;
  /** Other than those of RFC 5321. */
  deadlines?: Partial<Deadlines>;
  /** Whether messages go as chunks (RFC 3030) where that is offered; so unless it is false. */
  chunking?: boolean;
  /** Dots behind a bare CR or LF are doubled, too (stuffing.ts). For the world outside. */
  guardBareLines?: boolean;
  /** 421 instead of a first answer on a used connection is the end of that connection (it has carried enough) and no answer: the next one may do. For the world outside. */
  goodbyes?: boolean;
  /** Whether the certificate that a host showed is among the facts of an attempt; so unless it is false. */
  certificates?: boolean;
};

/** What all hosts of a route share. */
type Journey = Parameters<Connect>[1] & { site: string; transcript: Transcript; source: Parameters<Network['dial']>[1]['source']; contexts: TlsContexts; until: number };
type Failed = Extract<Opened, { kind: 'failed' }>;

/** After a broken handshake. */
const NEXT: Record<Hello, Hello | undefined> = { usual: 'reduced', reduced: 'none', none: undefined };

export function connectTo(network: Pick<Network, 'dial' | 'source' | 'authorities'>, deps: ConnectDeps = {}): Connect {
  const brokenTls = deps.brokenTls ?? createBrokenTls();
  const silent = deps.silent ?? createSilent();
  const tlsSessions = deps.tlsSessions ?? createTlsSessions();
  const deadlines: Deadlines = { ...DEADLINES, ...deps.deadlines };
  let contexts: TlsContexts | undefined;
  const tooLong = `no connection within ${span(deadlines.opening)}`;

  return async (route, ask) => {
    const { talk } = ask;
    const startedAt = talk.now();
    const transcript = createTranscript();
    contexts ??= tlsContexts(network.authorities ? await network.authorities() : undefined);
    const source = network.source?.(ask.stream);
    const journey: Journey = { ...ask, heloName: source?.helo ?? ask.heloName, site: route.site, transcript, source, contexts, until: startedAt + deadlines.opening };
    const keyOf = ({ name, address, port }: Host) => [ask.stream, route.site, name, address, port].join(' ');
    const { hosts, notes } = inOrder(route.hosts, (host) => silent.of(keyOf(host), startedAt) !== undefined);
    for (const note of [...(route.notes ?? []), ...notes]) transcript.add('*', note, startedAt);
    let answer: Answer = { kind: 'fault', stage: 'resolve', fault: 'no-mx', detail: 'the route has no host' };
    let last = '';
    let isDemand = false;
    let isBarred = false;
    /** Hosts that did not let us in, by any of their addresses. */
    const down = new Set<string>();
    /** Hosts that did, and do not take this message: their other addresses are the same host. */
    const passed = new Set<string>();
    for (const [place, host] of hosts.entries()) {
      if (place > 0 && talk.now() >= journey.until) {
        transcript.add('*', `${tooLong}: ${hosts.length - place} of ${hosts.length} hosts were not tried`, talk.now());
        break;
      }
      if (isBarred && isFallback(host)) {
        transcript.add('*', `${host.name} was not tried: a fallback is no way round what the receiver demands of TLS`, talk.now());
        break;
      }
      if (passed.has(host.name)) continue;
      const tried = await tryHost(host, journey);
      if (!('kind' in tried)) {
        silent.drop(keyOf(host));
        down.delete(host.name);
        // It is no reason to bounce as long as a host that may take it was not asked, or was not there.
        if (down.size === 0 && !hosts.slice(place + 1).some((later) => !passed.has(later.name) && later.name !== host.name && !isFallback(later))) return tried;
        const why = await ask.unfit?.(tried);
        if (why === undefined) return tried;
        transcript.add('*', `${host.name} was passed over: ${why}`, talk.now());
        tried.close();
        passed.add(host.name);
        if (down.size === 0) [answer, last] = [{ kind: 'fault', stage: 'connect', fault: 'timeout', detail: `no other host was asked in time, and for ${host.name} it will not do: ${why}`, host: host.name }, host.name];
        continue;
      }
      down.add(host.name);
      // What was left of the time for all of them says nothing of this one.
      if (tried.kind === 'fault' && tried.fault === 'timeout' && talk.now() < journey.until) silent.keep(keyOf(host), true, talk.now());
      last = host.name;
      answer = tried;
      const isTls = tried.kind === 'fault' && tried.fault === 'tls';
      isDemand ||= isTls && isOfDestination(demandOf(host));
      isBarred ||= isTls && isOfReceiver(demandOf(host));
    }
    return { answer, host: last, transcript: transcript.take(), startedAt, endedAt: talk.now(), connection: ask.connection, concerns: passed.size > 0 ? 'message' : isDemand ? 'destination' : 'site' };
  };

  async function tryHost(host: Host, journey: Journey): Promise<Carrier | Answer> {
    const { talk, transcript } = journey;
    const demand = demandOf(host);
    const { tests } = host;
    const key = [journey.stream, journey.destination, host.name, host.address, host.port].join(' ');
    const known = brokenTls.of(key, talk.now()) ?? 'usual';
    // What did for mail that may go in plaintext does not for mail that may not.
    let hello: Hello = demand && known === 'none' ? 'usual' : known;
    let isBroken = false;
    let again = '';
    for (;;) {
      if (again !== '') transcript.add('*', `once more, ${again}`, talk.now());
      const stream = await reach(host, journey);
      if ('kind' in stream) return stream;
      if (demand) transcript.add('*', noteOf(demand), talk.now());
      if (tests) transcript.add('*', `${noteOf(tests)} (only tested)`, talk.now());
      // Who is to prove itself shows its certificate each time.
      const memory = (demand && demand.kind !== 'required') || tests ? undefined : tlsSessions.of(`${key} ${hello}`, talk.now);
      const tried = await open(stream, host, demand, hello, memory, journey);
      if (!('answer' in tried)) {
        if (isBroken) brokenTls.keep(key, hello, talk.now());
        return tried;
      }
      if (!tried.brokenTls || talk.now() >= journey.until) return tried.answer;
      if (memory?.offered) {
        // The session may be what it does not like.
        memory.forget();
        again = 'with a new TLS session';
        continue;
      }
      const next: Hello | undefined = NEXT[hello];
      if (next === undefined || (demand && next === 'none')) return tried.answer;
      hello = next;
      isBroken = true;
      again = hello === 'none' ? 'without TLS' : 'with a smaller TLS hello';
    }
  }

  async function reach(host: Host, { talk, transcript, stream, destination, site, source, until }: Journey): Promise<Duplex | Fault> {
    transcript.add('*', `connecting to ${host.name} [${host.address}]:${host.port}`, talk.now());
    const giveUp = new AbortController();
    let cancel = () => {};
    const left = until - talk.now();
    const late = new Promise<Fault>((resolve) => {
      cancel = talk.after(Math.min(deadlines.connect, left), () => {
        giveUp.abort();
        resolve({ kind: 'fault', stage: 'connect', fault: 'timeout', detail: left < deadlines.connect ? tooLong : `no connection to ${host.name} within ${span(deadlines.connect)}`, host: host.name });
      });
    });
    const dialled = network.dial(host, { stream, destination, site, talk, signal: giveUp.signal, ...(source ? { source } : {}) });
    const found = await Promise.race([dialled, late]).finally(cancel);
    if (!('kind' in found)) {
      const from = localAddress(found);
      if (from !== undefined) transcript.add('*', `connected from ${from}`, talk.now());
      return found;
    }
    if (giveUp.signal.aborted) {
      // It may still come, to nobody.
      void dialled.then((stray) => ('kind' in stray ? stray : stray.on('error', () => {}).destroy())).catch(() => {});
    }
    transcript.add('*', found.detail, talk.now());
    return { host: host.name, ...found };
  }

  /** The carrier is made in the very moment in which the remote is ready, so that nothing it says is missed. */
  function open(stream: Duplex, host: Host, demand: Host['tls'], hello: Hello, memory: TlsMemory | undefined, { talk, transcript, contexts, heloName, connection, until }: Journey): Promise<Carrier | Failed> {
    const wire = createWire(stream, talk, transcript, deadlines);
    wire.within({ at: until, late: tooLong });
    return new Promise((resolve) => {
      openSession(wire, { host, demand, heloName, hello, memory, contexts, deadlines, now: talk.now }, (opened) => {
        if (opened.kind === 'failed') resolve(opened);
        else resolve(createSession(wire, { id: connection, to: host, tls: deps.certificates === false ? plainFacts(opened.tls) : opened.tls, extensions: opened.extensions, talk, deadlines, chunking: deps.chunking ?? true, guardBareLines: deps.guardBareLines ?? false, goodbyes: deps.goodbyes ?? false }));
      });
    });
  }
}

/** Of a real socket. */
const localAddress = (stream: Duplex): string | undefined => ('localAddress' in stream && typeof stream.localAddress === 'string' ? stream.localAddress : undefined);

function plainFacts(tls: TlsFacts | undefined): TlsFacts | undefined {
  if (tls === undefined) return undefined;
  const { certificate: _certificate, ...facts } = tls;
  return facts;
}

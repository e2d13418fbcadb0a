/**
 * From an open stream to "ready for MAIL", as a machine: a state that is
 * entered speaks, a reply moves it.
 *
 *     GREETING ─220─▶ EHLO ─250─┬──────────────────────────▶ AUTH, where a login is known ─235─▶ ready
 *        ▲             │  ▲     │ STARTTLS offered,             ▲
 *        │        50x  │  │     ▼ not yet encrypted             │
 *        │             │  │   STARTTLS ─4xx 5xx (goes on plain)─┤
 *        │             │  │     │220                            │
 *     HANDSHAKE        │  └── HANDSHAKE                         │
 *     (port 465)       └────▶ HELO ─250────────────────────────-┘
 *
 * TLS is taken where it is offered, from anybody (RFC 7435); a refused
 * STARTTLS goes on without. Where something is demanded of it (demand.ts) it
 * goes on with exactly that, or not at all. What was heard in plaintext counts
 * for nothing after the handshake, and octets that came behind the 220 end it
 * all: they were injected to be read as if encrypted (CVE-2011-0411).
 */
import type { Answer, Fault, Stage } from '../mail/reply.ts';
import type { TlsFacts } from '../mail/session.ts';
import type { Host, TlsDemand } from '../network/network.ts';
import { span, type Deadlines } from './deadlines.ts';
import { askedName, lacks, policyOf, proves, withoutTls } from './demand.ts';
import { type Extensions, NO_EXTENSIONS, readExtensions } from './extensions.ts';
import { type Line, loginOf, secretsOf } from './login.ts';
import type { Said } from './reply-reader.ts';
import { toReply } from './said.ts';
import { encrypt, type Encrypted, type Encrypting, type HelloShape, type TlsContexts } from './tls.ts';
import type { TlsMemory } from './tls-sessions.ts';
import type { Break, Wire } from './wire.ts';

type State =
  | { at: 'greeting' }
  | { at: 'ehlo' }
  | { at: 'helo' }
  | { at: 'starttls' }
  | { at: 'handshake'; encrypting: Encrypting | undefined }
  /** `rest` are the lines for each 334 that is to come. */
  | { at: 'auth'; line: Line; rest: Line[] }
  | { at: 'over' };

export type Opened =
  | { kind: 'ready'; extensions: Extensions; tls: TlsFacts | undefined }
  /** `brokenTls`: it may go better with a smaller hello, or without TLS. */
  | { kind: 'failed'; answer: Answer; brokenTls: boolean };

export type OpeningAsk = {
  host: Host;
  /** Of the host, or what follows from its login. */
  demand: TlsDemand | undefined;
  heloName: string;
  hello: HelloShape | 'none';
  memory?: TlsMemory | undefined;
  contexts: TlsContexts;
  /** Milliseconds since the epoch: what certificates are judged by, as far as Node does not. */
  now: () => number;
  deadlines: Deadlines;
};

/** The stage that an answer in this state belongs to. */
const STAGE: Record<State['at'], Stage> = { greeting: 'greeting', ehlo: 'ehlo', helo: 'ehlo', starttls: 'starttls', handshake: 'starttls', auth: 'auth', over: 'ehlo' };
const AWAITED: Record<State['at'], string> = { greeting: 'no greeting', ehlo: 'no reply to EHLO', helo: 'no reply to HELO', starttls: 'no reply to STARTTLS', handshake: 'no end of the TLS handshake', auth: 'no reply to AUTH', over: '' };
/** EHLO is not known, or not wanted: older servers have HELO (RFC 5321 §4.1.4). */
const NO_EHLO = new Set([500, 502, 504]);

/** `done` is called once, in the very moment: nothing that is said afterwards is missed by whoever listens from then on. */
export function openSession(wire: Wire, ask: OpeningAsk, done: (opened: Opened) => void): void {
  const { demand, heloName, deadlines } = ask;
  const { name: host, login, tests } = ask.host;
  let state: State = ask.host.implicitTls ? { at: 'handshake', encrypting: undefined } : { at: 'greeting' };
  let extensions: Extensions = NO_EXTENSIONS;
  let tls: TlsFacts | undefined;

  /** The last thing that an entered state does is to speak: the answer may be there before it returns. */
  function enter(next: State): void {
    state = next;
    switch (next.at) {
      case 'greeting': return wait(deadlines.greeting);
      case 'ehlo':
        wait(deadlines.ehlo);
        return wire.say([`EHLO ${heloName}`]);
      case 'helo':
        wait(deadlines.ehlo);
        return wire.say([`HELO ${heloName}`]);
      case 'starttls':
        wait(deadlines.starttls);
        return wire.say(['STARTTLS']);
      case 'handshake': {
        const { stream, ahead } = wire.detach();
        if (ahead !== '' && !ask.host.implicitTls) return injected(ahead);
        wait(deadlines.handshake);
        next.encrypting = encrypt(stream, { name: askedName(ask.host), shape: ask.hello === 'reduced' ? 'reduced' : 'usual', memory: ask.memory, contexts: ask.contexts }, shaken);
        return;
      }
      case 'auth':
        wait(deadlines.auth);
        return wire.whisper(next.line.said, next.line.shown);
      case 'over': return wire.rest();
    }
  }

  function reply(said: Said): void {
    const { code } = said;
    if (code === 421) return refuse(said);
    switch (state.at) {
      case 'greeting': return code < 300 ? enter({ at: 'ehlo' }) : refuse(said);
      case 'ehlo':
        if (code < 300) {
          extensions = readExtensions(said.lines);
          return ehloed();
        }
        return NO_EHLO.has(code) ? enter({ at: 'helo' }) : refuse(said);
      case 'helo':
        if (code >= 300) return refuse(said);
        extensions = NO_EXTENSIONS;
        return ehloed();
      case 'starttls':
        if (code < 300) return enter({ at: 'handshake', encrypting: undefined });
        if (code < 400) return refuse(said);
        wire.note(demand ? 'STARTTLS was refused' : 'STARTTLS was refused: goes on without TLS');
        return inPlain(`STARTTLS was refused: ${said.lines[0]}`);
      case 'auth': {
        if (code < 300) return ready();
        const [line, ...rest] = state.rest;
        if (code !== 334) return refuse(said);
        return line ? enter({ at: 'auth', line, rest }) : fail(fault('auth', 'auth', 'the host asked for more than a login has'), false);
      }
      case 'handshake':
      case 'over': return;
    }
  }

  function ehloed(): void {
    if (tls !== undefined) return logIn();
    if (!extensions.starttls) return inPlain('the host does not offer it');
    return ask.hello === 'none' ? inPlain('the handshake breaks') : enter({ at: 'starttls' });
  }

  /** There is no TLS, and this is why. */
  function inPlain(why: string): void {
    if (demand) return fail(fault('starttls', 'tls', withoutTls(demand, why)), false);
    if (tests) wire.note(`this would have failed: ${withoutTls(tests, why)}`);
    logIn();
  }

  function shaken(outcome: Encrypted): void {
    if ('failed' in outcome) {
      const why = `the TLS handshake failed: ${outcome.failed}`;
      return fail(fault('starttls', 'tls', demand ? withoutTls(demand, why) : why), true);
    }
    const { shown } = outcome;
    const lack = demand && lacks(demand, shown, ask.now());
    tls = { ...outcome.tls, ...policyOf(demand, tests) };
    // Vouched for by other means than an authority that we believe, or for another of its names.
    if (demand && lack === undefined && proves(demand)) delete tls.unverified;
    wire.note(`${tls.version} ${tls.cipher}${tls.unverified === undefined ? '' : `, the certificate is not trusted: ${tls.unverified}`}`);
    wire.attach(outcome.stream);
    if (lack !== undefined) return fail(fault('starttls', 'tls', lack), false);
    if (demand) noteCertificate(tls);
    const would = tests && lacks(tests, shown, ask.now());
    if (would !== undefined) wire.note(`this would have failed: ${would}`);
    enter({ at: ask.host.implicitTls ? 'greeting' : 'ehlo' });
  }

  function noteCertificate({ certificate }: TlsFacts): void {
    if (certificate) wire.note(`certificate of ${certificate.subject}, by ${certificate.issuer}, until ${certificate.validTo}, ${certificate.fingerprint256}`);
  }

  function logIn(): void {
    if (!login) return ready();
    const found = loginOf(login, extensions.auth);
    if (typeof found === 'string') return fail(fault('auth', 'auth', found), false);
    wire.hide(secretsOf(login));
    enter({ at: 'auth', line: found.first, rest: found.rest });
  }

  function ready(): void {
    over();
    done({ kind: 'ready', extensions, tls });
  }

  function over(): void {
    enter({ at: 'over' });
    wire.hide([]);
    wire.within(null);
  }

  function refuse(said: Said): void {
    if (said.code >= 300 && said.code < 400) return fail(fault(STAGE[state.at], 'malformed-reply', `a reply that has no meaning here: ${said.lines[0]}`.slice(0, 250)), false);
    const answer = toReply(said, STAGE[state.at], host);
    over();
    // After 421 the remote closes by itself.
    if (said.code === 421) wire.destroy();
    else wire.quit();
    done({ kind: 'failed', answer, brokenTls: false });
  }

  const fault = (stage: Stage, kind: Fault['fault'], detail: string): Fault => ({ kind: 'fault', stage, fault: kind, detail, host });

  function fail(answer: Fault, brokenTls: boolean): void {
    wire.note(answer.detail);
    over();
    wire.destroy();
    done({ kind: 'failed', answer, brokenTls });
  }

  function injected(ahead: string): void {
    fail(fault('starttls', 'tls', `the remote said more in plaintext after it had agreed to TLS: ${ahead}`), false);
  }

  function broke({ fault: kind, detail }: Break): void {
    const stage = STAGE[state.at];
    if (state.at === 'over') return;
    const isHandshake = state.at === 'handshake';
    if (state.at === 'handshake') state.encrypting?.abandon();
    // With TLS 1.3 a remote that refuses us does so behind the handshake.
    const isBehind = (state.at === 'ehlo' || state.at === 'greeting') && tls !== undefined && kind === 'disconnect';
    state = { at: 'over' };
    done({ kind: 'failed', answer: fault(stage, kind, detail), brokenTls: isHandshake || isBehind });
  }

  const wait = (ms: number) => wire.wait(ms, `${AWAITED[state.at]} within ${span(ms)}`);

  wire.listener = { reply, broke };
  enter(state);
}

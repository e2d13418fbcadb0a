/**
 * From an open stream to "ready for MAIL", as a machine: a state that is
 * entered speaks, a reply moves it.
 *
 *     GREETING ─220─▶ EHLO ─250─┬──────────────────────────▶ ready
 *                      │  ▲     │ STARTTLS offered,             ▲
 *                 50x  │  │     ▼ not yet encrypted             │
 *                      │  │   STARTTLS ─4xx 5xx (goes on plain)─┤
 *                      │  │     │220                            │
 *                      │  └── HANDSHAKE                         │
 *                      └────▶ HELO ─250────────────────────────-┘
 *
 * TLS is taken where it is offered, from anybody (RFC 7435); a refused
 * STARTTLS goes on without. What was heard in plaintext counts for nothing
 * after the handshake, and octets that came behind the 220 end it all: they
 * were injected to be read as if they had been encrypted (CVE-2011-0411).
 */
import type { Answer, Stage } from '../mail/reply.ts';
import type { TlsFacts } from '../mail/session.ts';
import { span, type Deadlines } from './deadlines.ts';
import { type Extensions, NO_EXTENSIONS, readExtensions } from './extensions.ts';
import type { Said } from './reply-reader.ts';
import { toReply } from './said.ts';
import { encrypt, type Encrypting, type HelloShape } from './tls.ts';
import type { TlsMemory } from './tls-sessions.ts';
import type { Break, Wire } from './wire.ts';

type State =
  | { at: 'greeting' }
  | { at: 'ehlo' }
  | { at: 'helo' }
  | { at: 'starttls' }
  | { at: 'handshake'; encrypting: Encrypting | undefined }
  | { at: 'over' };

export type Opened =
  | { kind: 'ready'; extensions: Extensions; tls: TlsFacts | undefined }
  /** `brokenTls`: it may go better with a smaller hello, or without TLS. */
  | { kind: 'failed'; answer: Answer; brokenTls: boolean };

export type OpeningAsk = { host: string; heloName: string; hello: HelloShape | 'none'; memory?: TlsMemory | undefined; deadlines: Deadlines };

/** The stage that an answer in this state belongs to. */
const STAGE: Record<State['at'], Stage> = { greeting: 'greeting', ehlo: 'ehlo', helo: 'ehlo', starttls: 'starttls', handshake: 'starttls', over: 'ehlo' };
const AWAITED: Record<State['at'], string> = { greeting: 'no greeting', ehlo: 'no reply to EHLO', helo: 'no reply to HELO', starttls: 'no reply to STARTTLS', handshake: 'no end of the TLS handshake', over: '' };
/** EHLO is not known, or not wanted: older servers have HELO (RFC 5321 §4.1.4). */
const NO_EHLO = new Set([500, 502, 504]);

/** `done` is called once, in the very moment: nothing that is said afterwards is missed by whoever listens from then on. */
export function openSession(wire: Wire, ask: OpeningAsk, done: (opened: Opened) => void): void {
  const { host, heloName, deadlines } = ask;
  let state: State = { at: 'greeting' };
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
        if (ahead !== '') return injected(ahead);
        wait(deadlines.handshake);
        next.encrypting = encrypt(stream, { name: host, shape: ask.hello === 'reduced' ? 'reduced' : 'usual', memory: ask.memory }, (outcome) => {
          if ('failed' in outcome) return fail({ kind: 'fault', stage: 'starttls', fault: 'tls', detail: `the TLS handshake failed: ${outcome.failed}`, host }, true);
          tls = outcome.tls;
          wire.note(`${tls.version} ${tls.cipher}${tls.unverified === undefined ? '' : `, the certificate is not trusted: ${tls.unverified}`}`);
          wire.attach(outcome.stream);
          enter({ at: 'ehlo' });
        });
        return;
      }
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
          return extensions.starttls && tls === undefined && ask.hello !== 'none' ? enter({ at: 'starttls' }) : ready();
        }
        return NO_EHLO.has(code) ? enter({ at: 'helo' }) : refuse(said);
      case 'helo':
        if (code >= 300) return refuse(said);
        extensions = NO_EXTENSIONS;
        return ready();
      case 'starttls':
        if (code < 300) return enter({ at: 'handshake', encrypting: undefined });
        if (code < 400) return refuse(said);
        wire.note('STARTTLS was refused: goes on without TLS');
        return ready();
      case 'handshake':
      case 'over': return;
    }
  }

  function ready(): void {
    enter({ at: 'over' });
    done({ kind: 'ready', extensions, tls });
  }

  function refuse(said: Said): void {
    if (said.code >= 300 && said.code < 400) return fail({ kind: 'fault', stage: STAGE[state.at], fault: 'malformed-reply', detail: `a reply that has no meaning here: ${said.lines[0]}`.slice(0, 250), host }, false);
    const answer = toReply(said, STAGE[state.at], host);
    enter({ at: 'over' });
    // After 421 the remote closes by itself.
    if (said.code === 421) wire.destroy();
    else wire.quit();
    done({ kind: 'failed', answer, brokenTls: false });
  }

  function fail(answer: Answer, brokenTls: boolean): void {
    if (answer.kind === 'fault') wire.note(answer.detail);
    enter({ at: 'over' });
    wire.destroy();
    done({ kind: 'failed', answer, brokenTls });
  }

  function injected(ahead: string): void {
    fail({ kind: 'fault', stage: 'starttls', fault: 'tls', detail: `the remote said more in plaintext after it had agreed to TLS: ${ahead}`, host }, false);
  }

  function broke({ fault, detail }: Break): void {
    const stage = STAGE[state.at];
    if (state.at === 'over') return;
    const isHandshake = state.at === 'handshake';
    if (state.at === 'handshake') state.encrypting?.abandon();
    // With TLS 1.3 a remote that refuses us does so behind the handshake.
    const isBehind = state.at === 'ehlo' && tls !== undefined && fault === 'disconnect';
    state = { at: 'over' };
    done({ kind: 'failed', answer: { kind: 'fault', stage, fault, detail, host }, brokenTls: isHandshake || isBehind });
  }

  const wait = (ms: number) => wire.wait(ms, `${AWAITED[state.at]} within ${span(ms)}`);

  wire.listener = { reply, broke };
  enter(state);
}

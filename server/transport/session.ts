/**
 * Transactions over a connection that is ready for MAIL, as a machine: a state
 * that is entered speaks, a reply moves it, and every move is in the
 * transcript. With PIPELINING (RFC 2920) the first state speaks for all up to
 * DATA in one write; the others then only listen, so both ways are one machine.
 *
 *            ┌────────── all told ◀──── refused ─────┬───────┬───────┐
 *            ▼                                       │       │       │
 *     READY ─┬▶ RSET ─2xx─▶ MAIL ─2xx─▶ RCPT ─▶ … ─▶ RCPT ─▶ DATA ─354─▶ BODY ─all written─▶ DOT ─▶ READY
 *            └──────────────▲                        │       │                 (any reply tells all)
 *                           with CHUNKING (RFC 3030) │       └─354, nobody accepted─▶ LONE DOT ─▶ READY
 *                                                    └▶ CHUNK ─written─▶ BDAT ─▶ READY
 *                                                         ▲───2xx, more───┘  (any other reply tells all)
 *     any ─421, silence, close, nonsense─▶ CLOSED   (tells all who have no answer yet)
 *
 * One answer per recipient, facts only. A message that the remote has not
 * taken whole is never reported as taken: 2xx before its end is nonsense. And
 * none is handed over, dot or chunk, before somebody was accepted: what breaks
 * earlier leaves no doubt.
 */
import type { Answer, Stage } from '../mail/reply.ts';
import type { TlsFacts } from '../mail/session.ts';
import type { Host } from '../network/network.ts';
import type { Talk } from '../network/talk.ts';
import type { Told, Transaction } from './attempted.ts';
import { type BodySending, sendBody } from './body.ts';
import type { Carrier } from './carrier.ts';
import { type ChunkSending, sendChunks } from './chunks.ts';
import { mailLine, rcptLine, unfit, unfitRecipient, whyUnfit } from './commands.ts';
import { type Deadlines, span } from './deadlines.ts';
import type { Extensions } from './extensions.ts';
import type { Said } from './reply-reader.ts';
import { toReply } from './said.ts';
import type { Break, Wire } from './wire.ts';
import { newWork, tell, type Work } from './work.ts';

type State =
  | { at: 'ready' }
  | { at: 'rset' }
  | { at: 'mail' }
  /** `i` counts in `asked`. */
  | { at: 'rcpt'; i: number }
  | { at: 'data' }
  | { at: 'body'; sending: BodySending | undefined }
  | { at: 'dot' }
  | { at: 'lone-dot' }
  | { at: 'chunk'; sending: ChunkSending | undefined }
  | { at: 'bdat'; sending: ChunkSending; isLast: boolean }
  | { at: 'closed' };

const STAGE: Record<State['at'], Stage> = { ready: 'mail', rset: 'mail', mail: 'mail', rcpt: 'rcpt', data: 'data', body: 'body', dot: 'body', 'lone-dot': 'data', chunk: 'body', bdat: 'body', closed: 'mail' };
const READY: State = { at: 'ready' };
const CLOSED: State = { at: 'closed' };
const LONE_DOT = Buffer.from('.\r\n');

export type SessionFacts = { id: string; to: Host; tls: TlsFacts | undefined; extensions: Extensions; talk: Talk; deadlines: Deadlines; chunking: boolean; guardBareLines: boolean; goodbyes: boolean };

export function createSession(wire: Wire, { id, to, tls, extensions, talk, deadlines, chunking, guardBareLines, goodbyes }: SessionFacts): Carrier {
  const { name: host } = to;
  const inChunks = chunking && extensions.chunking;
  let state: State = wire.isOpen ? READY : CLOSED;
  let work: Work | undefined;
  let carried = 0;
  /** A transaction that was begun and not finished stands at the remote. */
  let isLeftOpen = false;

  /** The last thing that an entered state does is to speak: the answer may be there before it returns. */
  function enter(next: State): void {
    state = next;
    const { transaction, asked, isFlown } = work!;
    switch (next.at) {
      case 'rset':
      case 'mail': {
        if (next.at === 'rset') wait(deadlines.rset, 'no reply to RSET');
        else wait(deadlines.mail, 'no reply to MAIL');
        if (isFlown) return;
        isLeftOpen = true;
        if (!extensions.pipelining) return wire.say([next.at === 'rset' ? 'RSET' : mailLine(transaction, extensions)]);
        work!.isFlown = true;
        const flight = next.at === 'rset' ? ['RSET', mailLine(transaction, extensions)] : [mailLine(transaction, extensions)];
        for (const n of asked) flight.push(rcptLine(transaction.recipients[n]!, extensions));
        if (!inChunks) flight.push('DATA');
        return wire.say(flight);
      }
      case 'rcpt':
        wait(deadlines.rcpt, 'no reply to RCPT');
        return isFlown ? undefined : wire.say([rcptLine(transaction.recipients[asked[next.i]!]!, extensions)]);
      case 'data':
        wait(deadlines.data, 'no reply to DATA');
        return isFlown ? undefined : wire.say(['DATA']);
      case 'body':
        wire.wait(deadlines.transaction, TOO_LONG());
        next.sending = sendBody(transaction.open, {
          write(block) {
            const isTaken = wire.write(block);
            if (!isTaken) fullFor('the final dot was not sent');
            return isTaken;
          },
          last(rest, size) {
            wire.note(`${size} octets of message`);
            // An answer has begun already: it cannot be one to a dot that is not sent yet, so its end is heard first.
            if (wire.ahead) return wait(deadlines.dot, 'no end of the reply that came before the final dot,');
            enter({ at: 'dot' });
            wire.write(rest);
          },
          failed: sourceBroke,
        }, { guardBareLines });
        return;
      case 'chunk':
        wire.wait(deadlines.transaction, TOO_LONG());
        if (next.sending) return next.sending.next();
        next.sending = sendChunks(transaction.open, transaction.size, {
          write(block, command) {
            const isTaken = wire.write(block, command);
            if (!isTaken) fullFor('the last chunk was not sent');
            return isTaken;
          },
          ended(rest, command, isLast) {
            // As before a dot; and nothing of a chunk is said after an answer that nobody asked for.
            if (wire.ahead) return command === undefined ? wait(deadlines.dot, 'no end of the reply that came before the end of the chunk,') : void wire.write(rest, command);
            enter({ at: 'bdat', sending: next.sending!, isLast });
            wire.write(rest, command);
          },
          failed: sourceBroke,
        });
        return;
      case 'bdat': return next.isLast ? wait(deadlines.dot, 'no reply to the last chunk') : wait(deadlines.block, 'no reply to a chunk');
      case 'dot': return wait(deadlines.dot, 'no reply to the final dot');
      case 'lone-dot':
        wait(deadlines.dot, 'no reply to the lone dot');
        wire.note('nobody was accepted: an empty message ends DATA (RFC 2920)');
        wire.write(LONE_DOT);
        return;
      case 'ready':
      case 'closed': return;
    }
  }

  function reply(said: Said): void {
    if (work === undefined || state.at === 'ready' || state.at === 'closed') return unasked();
    const { code } = said;
    if (code === 421) return end(toReply(said, STAGE[state.at], host));
    work.hasHeard = true;
    const isYes = code < 300;
    const isNo = code >= 400;
    switch (state.at) {
      case 'rset': return isYes ? enter({ at: 'mail' }) : isNo ? end(toReply(said, 'mail', host)) : senseless(said);
      case 'mail':
        if (isNo) tell(work, toReply(said, 'mail', host));
        else if (!isYes) return senseless(said);
        return isYes || work.isFlown ? enter({ at: 'rcpt', i: 0 }) : finish(true);
      case 'rcpt': {
        const n = work.asked[state.i]!;
        if (isNo) work.told[n] ??= { answer: toReply(said, 'rcpt', host), stage: 'rcpt' };
        else if (!isYes) return senseless(said);
        else if (work.told[n] === undefined) work.accepted.push(n);
        if (state.i + 1 < work.asked.length) return enter({ at: 'rcpt', i: state.i + 1 });
        if (work.accepted.length === 0 && (inChunks || !work.isFlown)) return finish(true);
        return enter(inChunks ? { at: 'chunk', sending: undefined } : { at: 'data' });
      }
      case 'data':
        if (code === 354) return enter(work.accepted.length > 0 ? { at: 'body', sending: undefined } : { at: 'lone-dot' });
        if (!isNo) return senseless(said);
        if (work.accepted.length > 0) tell(work, toReply(said, 'data', host));
        return finish(true);
      case 'body':
      case 'chunk':
        // Before the whole was sent only a refusal makes sense; what is left of the message cannot be taken back.
        if (!isNo) return senseless(said);
        wire.note('the remote answered in the midst of the message: the rest was not sent');
        state.sending?.stop();
        tell(work, toReply(said, 'body', host));
        wire.destroy();
        return finish(false);
      case 'dot':
        if (!isYes && !isNo) return senseless(said);
        isLeftOpen = false;
        tell(work, toReply(said, 'body', host));
        return finish(true);
      case 'bdat':
        if (!isYes && !isNo) return senseless(said);
        if (isYes && !state.isLast) return enter({ at: 'chunk', sending: state.sending });
        state.sending.stop();
        // RFC 3030 §2: after a chunk that was refused nothing but RSET makes sense.
        isLeftOpen = isNo;
        tell(work, toReply(said, 'body', host));
        return finish(true);
      case 'lone-dot':
        isLeftOpen = false;
        return finish(true);
    }
  }

  function broke({ fault, detail }: Break): void {
    const { at } = state;
    if (work === undefined) {
      state = CLOSED;
      return;
    }
    const known = knownOf(state, detail);
    end({ kind: 'fault', stage: STAGE[at], fault, detail: detail + known, host });
  }

  /** The connection is of no use any more, and this is the answer for all who have none. */
  function end(answer: Answer): void {
    if (state.at === 'body' || state.at === 'chunk' || state.at === 'bdat') state.sending?.stop();
    tell(work!, answer, answer.kind === 'fault' && isWhole(state));
    wire.destroy();
    finish(false, answer);
  }

  function senseless(said: Said): void {
    broke({ fault: 'malformed-reply', detail: `a reply that has no meaning here: ${said.lines.join('\n').slice(0, 200)}` });
  }

  /** Nobody asked: a goodbye (421), or one of us has lost count. Either way no answer here can be trusted. */
  function unasked(): void {
    state = CLOSED;
    wire.destroy();
  }

  function sourceBroke(error: unknown): void {
    const { reject } = work!;
    work = undefined;
    state = CLOSED;
    wire.note('the message could not be read');
    wire.destroy();
    reject(error);
  }

  function finish(isAlive: boolean, broken?: Answer): void {
    const { transaction, told, startedAt, resolve, hasHeard } = work!;
    const isGone = broken !== undefined && (broken.kind === 'fault' ? broken.fault === 'disconnect' : goodbyes);
    const isStale = isGone && !hasHeard && carried > 1;
    work = undefined;
    state = isAlive ? READY : CLOSED;
    wire.rest();
    wire.within(null);
    resolve({
      recipients: told as Told[], transcript: wire.take(), startedAt, endedAt: talk.now(), alive: isAlive,
      ...(tls === undefined ? extensions.starttls ? { inPlain: true } : {} : { tls: transaction.requireTls ? { policy: 'requiretls', ...tls } : tls }), ...(broken === undefined ? {} : { broken }), ...(isStale ? { stale: true } : {}),
    });
  }

  const TOO_LONG = () => `the transaction took longer than ${span(deadlines.transaction)}`;
  const fullFor = (known: string) => wire.wait(deadlines.block, `took no more of the message for ${span(deadlines.block)}: ${known}`);
  const wait = (ms: number, what: string) => wire.wait(ms, `${what} within ${span(ms)}`);

  function begin(transaction: Transaction, resolve: Work['resolve'], reject: Work['reject']): void {
    const startedAt = talk.now();
    work = newWork(transaction, startedAt, resolve, reject);
    if (state.at === 'closed') {
      carried++;
      end({ kind: 'fault', stage: 'mail', fault: 'disconnect', detail: 'the connection had been closed', host });
      return;
    }
    const whole = unfit(transaction, extensions, tls, host);
    for (const [n, recipient] of transaction.recipients.entries()) {
      const answer = whole ?? unfitRecipient(recipient, extensions);
      if (answer === undefined) work.asked.push(n);
      else work.told[n] = { answer, stage: 'mail' };
    }
    if (work.asked.length === 0) {
      wire.note('not sent: the remote was not asked');
      finish(true);
      return;
    }
    carried++;
    wire.within({ at: startedAt + deadlines.transaction, late: TOO_LONG() });
    enter({ at: isLeftOpen ? 'rset' : 'mail' });
  }

  wire.listener = { reply, broke, drain: () => { if (state.at === 'body' || state.at === 'chunk') { wire.wait(deadlines.transaction, TOO_LONG()); state.sending?.drain(); } } };
  return {
    id, host, to, tls, talk, closed: wire.closed, offers: extensions, unfit: (one) => whyUnfit(one, extensions, tls, host),
    get carried() { return carried; },
    get alive() { return state.at !== 'closed'; },
    carry(transaction) {
      if (work !== undefined) throw new Error(`The connection ${id} carries a message already`);
      return new Promise((resolve, reject) => begin(transaction, resolve, reject));
    },
    close() {
      if (work !== undefined) return end({ kind: 'fault', stage: STAGE[state.at], fault: 'disconnect', detail: 'the connection was closed on our side', host });
      state = CLOSED;
      wire.quit();
    },
  };
}

/** All of the message is out: whatever breaks now, the remote may have it. */
const isWhole = (state: State): boolean => state.at === 'dot' || (state.at === 'bdat' && state.isLast);

/** Whether the message may have been taken, for whoever reads of a break. */
function knownOf(state: State, detail: string): string {
  if (state.at === 'dot') return ', after the final dot: it may have been delivered';
  if (state.at === 'bdat' && state.isLast) return ', after the last chunk: it may have been delivered';
  if (state.at === 'body' && !detail.includes('final dot')) return ', before the final dot';
  return (state.at === 'chunk' || state.at === 'bdat') && !detail.includes('last chunk') ? ', before the last chunk' : '';
}

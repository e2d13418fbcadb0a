/**
 * Transactions over a connection that is ready for MAIL, as a machine: a state
 * that is entered speaks, a reply moves it, and every move is in the
 * transcript. With PIPELINING (RFC 2920) the first state speaks for all up to
 * DATA in one write; the others then only listen, so both ways are one machine.
 *
 *            ┌────────── all told ◀──── refused ─────┬───────┬───────┐
 *            ▼                                       │       │       │
 *     READY ─┬▶ RSET ─2xx─▶ MAIL ─2xx─▶ RCPT ─▶ … ─▶ RCPT ─▶ DATA ─354─▶ BODY ─all written─▶ DOT ─▶ READY
 *            └──────────────▲                                │                 (any reply tells all)
 *                                                            └─354, nobody accepted─▶ LONE DOT ─▶ READY
 *     any ─421, silence, close, nonsense─▶ CLOSED   (tells all who have no answer yet)
 *
 * One answer per recipient, facts only. A message that the remote has not
 * taken whole is never reported as taken: 2xx before the final dot is nonsense.
 */
import type { Answer, Stage } from '../mail/reply.ts';
import type { TlsFacts } from '../mail/session.ts';
import type { Talk } from '../network/talk.ts';
import type { Told, Transaction, TransactionResult } from './attempted.ts';
import { type BodySending, sendBody } from './body.ts';
import type { Carrier } from './carrier.ts';
import { mailLine, rcptLine, unfit, unfitRecipient } from './commands.ts';
import { type Deadlines, span } from './deadlines.ts';
import type { Extensions } from './extensions.ts';
import type { Said } from './reply-reader.ts';
import { toReply } from './said.ts';
import type { Break, Wire } from './wire.ts';

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
  | { at: 'closed' };

/** The transaction that is under way. */
type Work = {
  transaction: Transaction;
  startedAt: number;
  told: (Told | undefined)[];
  /** Places of the recipients that the remote is asked about, and of those that it accepted. */
  asked: number[];
  accepted: number[];
  /** All commands up to DATA are out already. */
  isFlown: boolean;
  hasHeard: boolean;
  resolve(result: TransactionResult): void;
  reject(error: unknown): void;
};

const STAGE: Record<State['at'], Stage> = { ready: 'mail', rset: 'mail', mail: 'mail', rcpt: 'rcpt', data: 'data', body: 'body', dot: 'body', 'lone-dot': 'data', closed: 'mail' };
const READY: State = { at: 'ready' };
const CLOSED: State = { at: 'closed' };
const LONE_DOT = Buffer.from('.\r\n');

export type SessionFacts = { id: string; host: string; tls: TlsFacts | undefined; extensions: Extensions; talk: Talk; deadlines: Deadlines };

export function createSession(wire: Wire, { id, host, tls, extensions, talk, deadlines }: SessionFacts): Carrier {
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
        flight.push('DATA');
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
            if (!isTaken) wire.wait(deadlines.block, `took no more of the message for ${span(deadlines.block)}: the final dot was not sent`);
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
        });
        return;
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
    work.hasHeard = true;
    if (code === 421) return end(toReply(said, STAGE[state.at], host));
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
        return work.isFlown || work.accepted.length > 0 ? enter({ at: 'data' }) : finish(true);
      }
      case 'data':
        if (code === 354) return enter(work.accepted.length > 0 ? { at: 'body', sending: undefined } : { at: 'lone-dot' });
        if (!isNo) return senseless(said);
        if (work.accepted.length > 0) tell(work, toReply(said, 'data', host));
        return finish(true);
      case 'body':
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
    const known = at === 'dot' ? ', after the final dot: it may have been delivered' : at === 'body' && !detail.includes('final dot') ? ', before the final dot' : '';
    end({ kind: 'fault', stage: STAGE[at], fault, detail: detail + known, host });
  }

  /** The connection is of no use any more, and this is the answer for all who have none. */
  function end(answer: Answer): void {
    if (state.at === 'body') state.sending?.stop();
    tell(work!, answer);
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
    const { told, startedAt, resolve, hasHeard } = work!;
    const isStale = broken?.kind === 'fault' && broken.fault === 'disconnect' && !hasHeard && carried > 1;
    work = undefined;
    state = isAlive ? READY : CLOSED;
    wire.rest();
    wire.within(null);
    resolve({
      recipients: told as Told[], transcript: wire.take(), startedAt, endedAt: talk.now(), alive: isAlive,
      ...(tls === undefined ? {} : { tls }), ...(broken === undefined ? {} : { broken }), ...(isStale ? { stale: true } : {}),
    });
  }

  const TOO_LONG = () => `the transaction took longer than ${span(deadlines.transaction)}`;
  const wait = (ms: number, what: string) => wire.wait(ms, `${what} within ${span(ms)}`);

  function begin(transaction: Transaction, resolve: Work['resolve'], reject: Work['reject']): void {
    const startedAt = talk.now();
    const told: Work['told'] = Array.from({ length: transaction.recipients.length });
    work = { transaction, startedAt, told, asked: [], accepted: [], isFlown: false, hasHeard: false, resolve, reject };
    if (state.at === 'closed') {
      carried++;
      end({ kind: 'fault', stage: 'mail', fault: 'disconnect', detail: 'the connection had been closed', host });
      return;
    }
    const whole = unfit(transaction, extensions, tls !== undefined, host);
    for (const [n, recipient] of transaction.recipients.entries()) {
      const answer = whole ?? unfitRecipient(recipient, extensions);
      if (answer === undefined) work.asked.push(n);
      else told[n] = { answer, stage: 'mail' };
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

  wire.listener = { reply, broke, drain: () => { if (state.at === 'body') { wire.wait(deadlines.transaction, TOO_LONG()); state.sending?.drain(); } } };
  return {
    id, host, tls, talk, closed: wire.closed, sizeLimit: extensions.sizeLimit, dsn: extensions.dsn,
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

/** For all who have no answer yet. */
function tell(work: Work, answer: Answer): void {
  const told: Told = { answer, stage: answer.stage! };
  for (let n = 0; n < work.told.length; n++) work.told[n] ??= told;
}

/**
 * Waits, made of held requests. The server does the waiting; what it cannot
 * judge is judged here and the wait goes on from there. A request is held for
 * at most a minute, because fetch (undici) gives up on a silent one after
 * five: longer waits are several rounds from the same place.
 *
 *     ask ──found──▶ judge ──all fit──▶ done
 *      ▲               │ some do not
 *      │ time is left  ▼
 *      └────────── go on after them ── time is up ──▶ WaitTimeoutError
 */
import type { Api } from './api.ts';
import type { MessageDetail, NearMiss, UnexpectedMailProblem, WaitTimeoutProblem } from './contract.ts';
import type { Compiled } from './criteria.ts';
import { ROUND } from './duration.ts';
import { PosternError, UnexpectedMailError, WaitTimeoutError } from './errors.ts';
import { tellTimeout, tellUnexpected, type Where } from './explain.ts';
import { ReceivedMessage } from './message.ts';

/** Judging mail that keeps coming ends this long after the time is up. */
const OVERTIME = 2_000;

export type Wait = {
  api: Api;
  compiled: Compiled;
  /** Milliseconds. */
  timeout: number;
  signal?: AbortSignal | undefined;
  where: Where;
  round?: number;
};

type Round = { kind: 'found'; messages: MessageDetail[]; cursor: string } | { kind: 'none'; found: number; arrived: NearMiss[]; arrivedInAll: number } | { kind: 'unexpected'; problem: UnexpectedMailProblem };

/** At least `count` messages that fit, in order of arrival. */
export async function waitForMessages(wait: Wait, count: number): Promise<ReceivedMessage[]> {
  const { api, compiled: { judge } } = wait;
  const begun = Date.now();
  const missed = new Map<string, NearMiss>();
  const fitting: ReceivedMessage[] = [];
  let after = wait.compiled.query.after;
  for (;;) {
    const left = begun + wait.timeout - Date.now();
    const round = await ask(wait, after, judge ? 1 : count, left);
    if (round.kind === 'found') {
      const messages = round.messages.map((detail) => new ReceivedMessage(api, detail));
      if (!judge) return messages;
      for (const message of messages) {
        const differs = judge(message);
        if (differs.length === 0) fitting.push(message);
        else missed.set(message.id, missOf(message, differs));
      }
      if (fitting.length >= count) return fitting;
      if (after === round.cursor || left < -OVERTIME) throw timedOut(wait, count, begun, fitting.length, missed, missed.size);
      after = round.cursor;
    } else if (round.kind === 'none') {
      for (const miss of round.arrived) if (!fitting.some(({ id }) => id === miss.id)) missed.set(miss.id, miss);
      if (left > (wait.round ?? ROUND)) continue;
      throw timedOut(wait, count, begun, judge ? fitting.length : round.found, missed, Math.max(round.arrivedInAll, missed.size));
    }
  }
}

/** Resolves when the time is up and nothing that fits is there or came. */
export async function expectNothing(wait: Wait): Promise<void> {
  const { api, compiled: { judge } } = wait;
  const begun = Date.now();
  let after = wait.compiled.query.after;
  for (;;) {
    const left = begun + wait.timeout - Date.now();
    const round = await ask(wait, after, judge ? 1 : 0, left);
    if (round.kind === 'unexpected') throw new UnexpectedMailError(tellUnexpected(wait.compiled.says, round.problem.messages), round.problem.messages, round.problem);
    if (round.kind === 'found' && judge) {
      const fitting = round.messages.map((detail) => new ReceivedMessage(api, detail)).filter((message) => judge(message).length === 0);
      if (fitting.length > 0) {
        const messages = fitting.map(({ id, subject, detail: { receivedAt, envelope } }) => ({ id, subject, receivedAt, envelope }));
        throw new UnexpectedMailError(tellUnexpected(wait.compiled.says, messages), messages);
      }
      if (after === round.cursor || left < -OVERTIME) return;
      after = round.cursor;
    } else if (left <= (wait.round ?? ROUND)) return;
  }
}

async function ask(wait: Wait, after: string | undefined, count: number, left: number): Promise<Round> {
  const timeout = Math.max(0, Math.min(Math.ceil(left), wait.round ?? ROUND));
  try {
    const { messages, cursor } = await wait.api.wait({ ...wait.compiled.query, ...(after === undefined ? {} : { after }), count, timeout }, { signal: wait.signal });
    return count === 0 ? { kind: 'none', found: 0, arrived: [], arrivedInAll: 0 } : { kind: 'found', messages, cursor };
  } catch (error) {
    if (!(error instanceof PosternError) || !error.problem) throw error;
    if (error.status === 408 && 'arrived' in error.problem) return { kind: 'none', ...(error.problem as WaitTimeoutProblem) };
    if (error.status === 409 && 'messages' in error.problem) return { kind: 'unexpected', problem: error.problem as UnexpectedMailProblem };
    throw error;
  }
}

function missOf(message: ReceivedMessage, differs: NearMiss['differs']): NearMiss {
  return { id: message.id, subject: message.subject, from: message.from.address, to: message.envelope.to, receivedAt: message.detail.receivedAt, differs };
}

function timedOut(wait: Wait, wanted: number, begun: number, found: number, missed: Map<string, NearMiss>, arrivedInAll: number): WaitTimeoutError {
  const arrived = [...missed.values()].sort((a, b) => a.differs.length - b.differs.length).slice(0, 10);
  const facts = { criteria: wait.compiled.says, waited: Date.now() - begun, found, wanted, arrived, arrivedInAll };
  return new WaitTimeoutError(tellTimeout(facts, wait.where, wait.compiled.query.after !== undefined), facts);
}

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
import { SHOWN, tellTimeout, tellUnexpected, type Where } from './explain.ts';
import { ReceivedMessage } from './message.ts';

/** Judging mail that keeps coming ends this long after the time is up. */
const OVERTIME = 2_000;
/** Milliseconds that looking at what came instead may take. */
const LOOKING = 2_000;

export type Wait = {
  api: Api;
  compiled: Compiled;
  /** Milliseconds. */
  timeout: number;
  signal?: AbortSignal | undefined;
  where: Where;
  round?: number;
};

/** What came and does not fit; `judged` are ids of those that the server let through, and the judging here did not. */
type Missed = { all: Map<string, NearMiss>; judged: Set<string> };

type Round = { kind: 'found'; messages: MessageDetail[]; cursor: string } | { kind: 'none'; found: number; arrived: NearMiss[]; arrivedInAll: number } | { kind: 'unexpected'; problem: UnexpectedMailProblem };

/** At least `count` messages that fit, in order of arrival. */
export async function waitForMessages(wait: Wait, count: number): Promise<ReceivedMessage[]> {
  const { api, compiled: { judge } } = wait;
  const begun = Date.now();
  const missed: Missed = { all: new Map(), judged: new Set() };
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
        else {
          missed.all.set(message.id, missOf(message, differs));
          missed.judged.add(message.id);
        }
      }
      if (fitting.length >= count) return fitting;
      if (after === round.cursor || left < -OVERTIME) throw await timedOut(wait, count, begun, fitting.length, missed, missed.all.size);
      after = round.cursor;
    } else if (round.kind === 'none') {
      for (const miss of round.arrived) if (!missed.judged.has(miss.id) && !fitting.some(({ id }) => id === miss.id)) missed.all.set(miss.id, miss);
      if (left > (wait.round ?? ROUND)) continue;
      throw await timedOut(wait, count, begun, judge ? fitting.length : round.found, missed, Math.max(round.arrivedInAll, missed.all.size));
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

async function timedOut(wait: Wait, wanted: number, begun: number, found: number, missed: Missed, arrivedInAll: number): Promise<WaitTimeoutError> {
  const waited = Date.now() - begun;
  const { arrived, unread } = await lookAt(wait, [...missed.all.values()].sort(nearer).slice(0, 10), missed.judged);
  const facts = { criteria: wait.compiled.says, waited, found, wanted, arrived, arrivedInAll };
  return new WaitTimeoutError(tellTimeout(facts, wait.where, { after: wait.compiled.query.after !== undefined, unread }), facts);
}

const nearer = (a: NearMiss, b: NearMiss): number => a.differs.length - b.differs.length;

/**
 * The server says how a message differs in what the server compares. Whether the nearest differ also in what is judged
 * here is found out here: all that are shown are read. `unread` are those of which that is still not known.
 */
async function lookAt({ api, compiled: { judge }, where, signal }: Wait, arrived: NearMiss[], judged: ReadonlySet<string>): Promise<{ arrived: NearMiss[]; unread: Set<string> }> {
  const unread = new Set<string>();
  if (!judge) return { arrived, unread };
  // A runner that cuts a wait short leaves it half a second for its words.
  const soon = AbortSignal.timeout(where.cutBy ? 300 : LOOKING);
  const shown = await Promise.all(arrived.slice(0, SHOWN).map(async (miss) => {
    if (judged.has(miss.id)) return miss;
    try {
      const message = new ReceivedMessage(api, await api.read(miss.id, { signal: signal ? AbortSignal.any([signal, soon]) : soon }));
      return { ...miss, differs: [...miss.differs, ...judge(message)] };
    } catch {
      unread.add(miss.id); // deleted meanwhile, or too slow
      return miss;
    }
  }));
  const rest = arrived.slice(SHOWN);
  for (const { id } of rest) if (!judged.has(id)) unread.add(id);
  return { arrived: [...shown.sort(nearer), ...rest], unread };
}

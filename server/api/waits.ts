/**
 * GET /v1/wait: holds the request until enough messages match, or until its
 * time runs out; with `count=0` it asserts that none comes. What happened
 * meanwhile is part of the answer, so that a failed test says why.
 */
import type { NearMiss, UnexpectedMailProblem, WaitTimeoutProblem } from '../../sdk/contract.ts';
import type { WaitOutcome } from '../inbox/wait.ts';
import type { MessageSummary } from '../mail/message.ts';
import { parseDuration } from '../units.ts';
import { cursorOf } from './cursor.ts';
import type { ApiDeps } from './deps.ts';
import { type Asked, cursorIn } from './filters.ts';
import { filterIn } from './messages.ts';
import { problem } from './problems.ts';
import type { Routes } from './route.ts';
import { WaitFilters } from './schemas/query.ts';
import { UnexpectedMailProblem as UnexpectedSchema, WaitResult, WaitTimeoutProblem as TimeoutSchema } from './schemas/streams.ts';
import { detailOf, messageOf, timeOf } from './wire.ts';

/** Milliseconds, when none are said. */
const TIMEOUT = 10_000;

type Extras<P> = Omit<P, 'type' | 'title' | 'status' | 'errors'>;

export function waitRoutes({ add }: Routes, deps: ApiDeps, closing: AbortSignal): void {
  const { store, parser, waits, clock } = deps;

  add({
    method: 'get', path: '/v1/wait', noun: 'Waiting', summary: 'Hold the request until mail matches, or assert that none does',
    description: 'Sees what is there already and what is still to come. Give `after` the cursor of an inbox, a message or an earlier wait to see only what came after it. Messages are answered oldest first, parsed.',
    query: WaitFilters, answer: WaitResult, problems: ['bad-cursor', 'bad-search', 'no-such-stream', 'wait-timeout', 'unexpected-mail', 'shutting-down'],
    problemAnswers: { 408: TimeoutSchema, 409: UnexpectedSchema },
  }, async ({ c, query: { after, count = 1, timeout, ...asked } }) => {
    const found = filterIn(deps, asked);
    if (found instanceof Response) return found;
    const afterSeq = cursorIn('after', after);
    if (afterSeq instanceof Response) return afterSeq;
    const timeoutMs = timeout === undefined ? TIMEOUT : parseDuration(timeout)!;

    const begun = clock.now();
    let outcome: WaitOutcome;
    try {
      outcome = await waits.wait({ ...found, count, timeoutMs, signal: AbortSignal.any([c.req.raw.signal, closing]), ...(afterSeq === undefined ? {} : { afterSeq }) });
    } catch (error) {
      if (closing.aborted) return problem('shutting-down');
      if (c.req.raw.signal.aborted) return new Response(null, { status: 499 }); // the client left; nobody reads this
      throw error;
    }
    const cursor = cursorOf(outcome.cursorSeq);
    switch (outcome.kind) {
      case 'found': return { messages: await details(outcome.summaries), cursor };
      case 'none': return { messages: [], cursor };
      case 'unexpected': {
        const extras: Extras<UnexpectedMailProblem> = {
          detail: `No mail ${criteria(asked)} was to come, and ${many(outcome.summaries.length, 'message')} did: ${shown(outcome.summaries[0]!)}.`,
          messages: outcome.summaries.map(messageOf), cursor,
        };
        return problem('unexpected-mail', extras);
      }
      case 'timeout': {
        const arrived = outcome.arrived.map(({ summary, differs }): NearMiss => ({
          id: summary.id, subject: summary.header.subject, from: fromOf(summary), to: summary.recipients, receivedAt: timeOf(summary.receivedAt), differs,
        }));
        const extras: Extras<WaitTimeoutProblem> = {
          detail: teach(asked, asked.stream === undefined || deps.streams.get(asked.stream) !== undefined, { found: outcome.found.length, count, timeoutMs, arrived, arrivedInAll: outcome.arrivedInAll }),
          found: outcome.found.length, wanted: count, waited: clock.now() - begun, arrived, arrivedInAll: outcome.arrivedInAll, cursor,
        };
        return problem('wait-timeout', extras);
      }
    }
  });

  /** Parsed, in the order given; one that was deleted meanwhile is left out. */
  async function details(summaries: MessageSummary[]) {
    const read = await Promise.all(summaries.map(async ({ id }) => {
      await parser.parsed(id);
      return store.read(id);
    }));
    return read.flatMap((message) => (message ? [detailOf(message)] : []));
  }
}

function teach(asked: Asked, known: boolean, { found, count, timeoutMs, arrived, arrivedInAll }: { found: number; count: number; timeoutMs: number; arrived: NearMiss[]; arrivedInAll: number }): string {
  const waited = `Waited ${timeoutMs >= 1_000 ? `${Math.round(timeoutMs / 100) / 10} s` : `${timeoutMs} ms`} for ${many(count, 'message')} ${criteria(asked)}; ${found === 0 ? 'none came' : `${found} came`}.`;
  if (!known) return `${waited} There is no stream "${asked.stream!.slice(0, 100)}".`;
  const nearest = arrived[0];
  if (!nearest && found > 0) return `${waited} No other mail arrived.`;
  if (!nearest) return `${waited} No other mail arrived either: is it sent to this server, and to this ${asked.stream === undefined ? 'address' : 'address and stream'}?`;
  const differs = nearest.differs.slice(0, 3).map(({ field, wanted, got }) => `${field}: wanted ${JSON.stringify(wanted)}, got ${JSON.stringify(got)}`).join('; ');
  return `${waited} ${many(arrivedInAll, 'other message')} arrived; the nearest ("${nearest.subject.slice(0, 100)}" to ${nearest.to.slice(0, 3).join(', ')}) differs in ${differs || 'what its body holds'}.${nearest.differs.some(({ field }) => field === 'stream') ? ' The login (its user name) chooses the stream.' : ''}`;
}

function criteria(asked: Asked): string {
  const said = Object.entries(asked).filter(([, value]) => value !== undefined).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return said.length > 0 ? `with ${said.join(', ')}` : 'at all';
}

const many = (count: number, thing: string) => `${count} ${thing}${count === 1 ? '' : 's'}`;
const fromOf = (summary: MessageSummary) => summary.header.from[0]?.address ?? summary.envelopeFrom;
const shown = (summary: MessageSummary) => `"${summary.header.subject.slice(0, 100)}" from ${fromOf(summary)} to ${summary.recipients.slice(0, 3).join(', ')}`;

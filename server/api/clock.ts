/**
 * /v1/streams/{stream}/clock: the time of a stream, and moving it. An advance
 * is answered when all that was due on the way has been done. Narrowed to a
 * message or an address it moves their time alone.
 */
import { z } from '@hono/zod-openapi';
import { ID_PATTERN } from '../ids.ts';
import type { StreamMode } from '../mail/stream.ts';
import type { AdvanceScope, AdvanceSummary, AdvanceTarget } from '../queue/queue.ts';
import { shown } from '../shown.ts';
import { LAST_MOMENT, parseDuration, parseInstant } from '../units.ts';
import type { ApiDeps } from './deps.ts';
import { noSuchMessage } from './messages.ts';
import { problem } from './problems.ts';
import { keysOf } from './queue-scope.ts';
import { invalid, type Routes } from './route.ts';
import { AdvanceInput, AdvanceSummary as SummarySchema, StreamClock } from './schemas/time.ts';
import { noSuchStream } from './streams.ts';
import { summaryOf } from './wire-delivery.ts';
import { nullableTime, timeOf } from './wire-time.ts';

const Name = z.object({ stream: z.string() });
const DAY = 86_400_000;
/** Ten years at once; and no stream lives to the last year that can be written, so that what is due there has a date. */
const FURTHEST = 3_653 * DAY;
const LAST = LAST_MOMENT - 366 * DAY;
const TOO_LATE = 'goes past the year 9998, the last that a stream can see';
/** Messages for one address that are moved together. */
const TOGETHER = 500;
/** Modes whose clock can be moved. A stream that captures has nothing due: its clock moves, and nothing happens. */
const MOVABLE: readonly StreamMode[] = ['capture', 'simulate'];

export function clockRoutes({ add }: Routes, deps: ApiDeps): void {
  const { queue, store, streams, clock } = deps;

  add({
    method: 'get', path: '/v1/streams/{stream}/clock', noun: 'Time', summary: 'What time it is in a stream, and when something happens next',
    params: Name, answer: StreamClock, problems: ['no-such-stream'],
  }, async ({ params: { stream } }) => {
    const facts = streams.get(stream);
    if (!facts) return noSuchStream(stream);
    const [due, planned] = await Promise.all([queue.next(stream), store.nextPlanned(stream)]);
    const wall = clock.now();
    const now = queue.now(stream);
    const next = due === null ? planned : planned === null ? due : Math.min(due, planned);
    return { now: timeOf(now), wall: timeOf(wall), offset: now - wall, next: nullableTime(next), movable: MOVABLE.includes(facts.mode) };
  });

  add({
    method: 'post', path: '/v1/streams/{stream}/clock/advance', noun: 'Time', summary: 'Move the time of a stream, and do all that is due on the way',
    description: 'One of `by`, `until` and `to`. `to: "idle"` goes on until nothing waits. Narrowed by `message`, by `recipient` or by both, only their time moves, so that tests side by side do not disturb each other. Answered when it is done.',
    params: Name, body: AdvanceInput, answer: SummarySchema,
    problems: ['no-such-stream', 'no-such-message', 'no-such-recipient', 'clock-runs-by-itself', 'malformed-json', 'unsupported-type'],
  }, async ({ params: { stream }, body }) => {
    if (!streams.get(stream)) return noSuchStream(stream);
    const target = targetOf(body, queue.now(stream, 'simulate'));
    if (target instanceof Response) return target;
    const scopes = await scopesOf(stream, body);
    if (scopes instanceof Response) return scopes;
    let whole: AdvanceSummary | undefined;
    for (const scope of scopes) {
      const summary = await queue.advance(stream, target, scope);
      if (summary === 'no-stream') return noSuchStream(stream);
      if (summary === 'delivers') return problem('clock-runs-by-itself', { detail: `"${stream}" runs on the wall clock.` });
      whole = whole ? joined(whole, summary) : summary;
    }
    const now = queue.now(stream, 'simulate');
    return summaryOf(whole ?? { from: now, to: now, steps: 0, attempts: 0, delivered: 0, deferred: 0, bounced: 0, expired: 0, suppressed: 0, later: 0, waiting: 0, next: null });
  });

  async function scopesOf(stream: string, { message, recipient }: z.output<typeof AdvanceInput>): Promise<(AdvanceScope | undefined)[] | Response> {
    if (message !== undefined) {
      const found = ID_PATTERN.test(message) ? await store.read(message) : undefined;
      if (!found || found.stream !== stream) return noSuchMessage(message);
      if (recipient === undefined) return [{ message }];
      const keys = await keysOf(deps, message, recipient);
      return keys instanceof Response ? keys : keys.map((key) => ({ message, recipient: key }));
    }
    if (recipient === undefined) return [undefined];
    // All mail for one address: each of its recipients by itself, the oldest first. Bounces and complaints may still be due for what was delivered.
    const messages = await store.list({ stream, filter: { kind: 'inbox', address: recipient }, limit: TOGETHER });
    const scopes: AdvanceScope[] = [];
    for (const { id, delivery } of messages.reverse()) {
      if (!delivery) continue;
      const keys = await keysOf(deps, id, recipient);
      if (!(keys instanceof Response)) scopes.push(...keys.map((key) => ({ message: id, recipient: key })));
    }
    return scopes;
  }
}

function targetOf({ by, until, to }: z.output<typeof AdvanceInput>, now: number): AdvanceTarget | Response {
  if ([by, until, to].filter((one) => one !== undefined).length !== 1) return invalid([{ path: '', message: 'say one of `by` (72h), `until` (a time) and `to` ("idle")' }]);
  if (to !== undefined) return { to };
  if (by !== undefined) {
    const ms = parseDuration(String(by))!;
    return ms > FURTHEST ? invalid([{ path: 'by', message: `must be at most ten years; it is ${shown(by)}` }]) : now + ms > LAST ? invalid([{ path: 'by', message: TOO_LATE }]) : { by: ms };
  }
  const at = parseInstant(until!);
  if (at === undefined) return invalid([{ path: 'until', message: `must be a time with its zone, like 2026-01-31T10:30:00Z; it is ${shown(until)}` }]);
  return at > now + FURTHEST ? invalid([{ path: 'until', message: `must be at most ten years ahead; it is ${shown(until)}` }]) : at > LAST ? invalid([{ path: 'until', message: TOO_LATE }]) : { until: at };
}

/** Several clocks were moved: from the earliest to the latest of them. */
function joined(one: AdvanceSummary, two: AdvanceSummary): AdvanceSummary {
  const sum = { ...one, from: Math.min(one.from, two.from), to: Math.max(one.to, two.to), next: one.next === null ? two.next : two.next === null ? one.next : Math.min(one.next, two.next) };
  for (const count of ['steps', 'attempts', 'delivered', 'deferred', 'bounced', 'expired', 'suppressed', 'later', 'waiting'] as const) sum[count] = one[count] + two[count];
  return sum;
}

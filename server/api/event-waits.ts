/**
 * GET /v1/events/wait: holds the request until something happens, or shows
 * that it did already. When the time runs out, the answer tells what did
 * happen to the message, the recipient or the stream that was asked for, so
 * that a failed test says why.
 */
import type { z } from '@hono/zod-openapi';
import type { EventTimeoutProblem } from '../../sdk/contract.ts';
import type { PosternEvent } from '../events/event.ts';
import { LaggedError } from '../events/hub.ts';
import { addressKey } from '../mail/address.ts';
import { isoOf, parseDuration } from '../units.ts';
import type { ApiDeps } from './deps.ts';
import { aboutMessage, wantedTypes } from './event-filters.ts';
import { problem } from './problems.ts';
import type { Routes } from './route.ts';
import { EventTimeoutProblem as TimeoutSchema, PosternEvent as EventSchema } from './schemas/events.ts';
import { EventWait } from './schemas/query.ts';
import { noSuchStream } from './streams.ts';
import { eventOf } from './wire-event.ts';

const TIMEOUT = 10_000;
/** Of what happened instead, so many are told. */
const TOLD = 50;

/** Kinds that mail of a capturing stream never brings. */
const DELIVERING = /(?:^|,)\s*(?:recipient\.|(?:bounce|complaint|autoreply|delay)\.received)/;

type Asked = z.output<typeof EventWait>;

export function eventWaitRoutes({ add }: Routes, deps: ApiDeps, closing: AbortSignal): void {
  const { hub, store, streams, clock } = deps;

  add({
    method: 'get', path: '/v1/events/wait', noun: 'Waiting', summary: 'Hold the request until something happens',
    description: 'The first event after `after` (0 when absent: all that ever happened counts) that fits. Sees what happened already and what is still to come. A cursor ahead of all that happened is from before a fresh start, and means from now on.',
    query: EventWait, answer: EventSchema, problems: ['no-such-stream', 'event-timeout', 'shutting-down'], problemAnswers: { 408: TimeoutSchema },
  }, async ({ c, query }) => {
    const wants = wantedTypes(query.types);
    if (wants instanceof Response) return wants;
    if (query.stream !== undefined && !streams.get(query.stream)) return noSuchStream(query.stream);
    const about = scopeOf(query);
    const timeoutMs = query.timeout === undefined ? TIMEOUT : parseDuration(query.timeout)!;
    const begun = clock.now();
    const happened: PosternEvent[] = [];
    // What a wait from before a fresh start has not seen it cannot mean: what is here is of others.
    let cursor = Math.min(query.after ?? 0, await store.lastEvent());

    let over: 'late' | 'closing' | 'left' | undefined;
    let subscription: ReturnType<typeof hub.subscribe> | undefined;
    const end = (why: typeof over) => {
      over ??= why;
      subscription?.close();
    };
    const isOver = () => over !== undefined;
    const left = () => end('left');
    const shut = () => end('closing');
    c.req.raw.signal.addEventListener('abort', left, { once: true });
    closing.addEventListener('abort', shut, { once: true });
    if (c.req.raw.signal.aborted) left();
    if (closing.aborted) shut();
    // What is there already is looked at however short the time is.
    let stopTimer = () => {};
    try {
      const past = await replay();
      if (past) return eventOf(past);
      const rest = timeoutMs - (clock.now() - begun);
      if (rest <= 0) over ??= 'late';
      else stopTimer = clock.after(rest, () => end('late'));
      while (!isOver()) {
        try {
          subscription = hub.subscribe({ after: cursor, ...(query.stream === undefined ? {} : { stream: query.stream }) });
          for await (const event of subscription) {
            if (isOver()) break;
            if (seen(event)) return eventOf(event);
          }
          break;
        } catch (error) {
          if (!(error instanceof LaggedError)) throw error; // too much happened at once: go on from the cursor
        }
      }
    } finally {
      stopTimer();
      subscription?.close();
      c.req.raw.signal.removeEventListener('abort', left);
      closing.removeEventListener('abort', shut);
    }
    if (over === 'left') return new Response(null, { status: 499 }); // nobody reads this
    if (over === 'closing') return problem('shutting-down');
    const extras: Omit<EventTimeoutProblem, 'type' | 'title' | 'status' | 'errors'> = {
      detail: teach(query, happened, timeoutMs, capturing(query, happened)), waited: clock.now() - begun, happened: happened.map(eventOf), cursor,
    };
    return problem('event-timeout', extras);

    /** Whether it is the one; what fits the scope and is another is remembered. */
    function seen(event: PosternEvent): boolean {
      cursor = Math.max(cursor, event.id);
      if (!about(event)) return false;
      if (wants instanceof Response || (wants(event) && (query.class === undefined || ('class' in event && event.class === query.class)))) return true;
      happened.push(event);
      if (happened.length > TOLD) happened.shift();
      return false;
    }

    /** The stream that the wait is about, when it only captures and the wait is for what only delivery brings. */
    function capturing({ stream, types = '' }: Asked, happened: PosternEvent[]): string | undefined {
      const name = stream ?? happened.at(-1)?.stream;
      return name !== undefined && DELIVERING.test(types) && streams.get(name)?.mode === 'capture' ? name : undefined;
    }

    async function replay(): Promise<PosternEvent | undefined> {
      for (;;) {
        const newest = await store.lastEvent();
        const page = await store.events({ after: cursor, limit: 500, ...(query.stream === undefined ? {} : { stream: query.stream }), ...(query.message === undefined ? {} : { message: query.message }) });
        for (const event of page) if (seen(event)) return event;
        if (page.length < 500) cursor = Math.max(cursor, newest); // what is about others is passed over
        if (page.length < 500 || over) return undefined;
      }
    }
  });
}

/** What the wait is about, whatever happens to it: the stream is the store's to look at. */
function scopeOf({ message, recipient }: Asked): (event: PosternEvent) => boolean {
  const key = recipient === undefined ? undefined : addressKey(recipient);
  return (event) => {
    if (message !== undefined && !aboutMessage(event, message)) return false;
    if (key === undefined) return true;
    if (event.type === 'message.captured') return event.summary.recipients.some((one) => addressKey(one) === key);
    const said = 'recipient' in event ? event.recipient : 'address' in event ? event.address : null;
    return said !== null && addressKey(said) === key;
  };
}

function teach(asked: Asked, happened: PosternEvent[], timeoutMs: number, capturing: string | undefined): string {
  const criteria = Object.entries(asked).filter(([name, value]) => value !== undefined && name !== 'timeout' && name !== 'after').map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const waited = `Waited ${timeoutMs >= 1_000 ? `${Math.round(timeoutMs / 100) / 10} s` : `${timeoutMs} ms`} for an event${criteria.length > 0 ? ` with ${criteria.join(', ')}` : ''}; none came.`;
  const last = happened.at(-1);
  const only = capturing === undefined ? '' : ` The stream "${capturing}" is in mode capture: its mail is not delivered. It must be in mode simulate when the mail is sent.`;
  if (!last) return `${waited} Nothing else happened to it either.${only}`;
  // A message may be read after it was tried.
  const tried = happened.findLast(({ type }) => type.startsWith('recipient.'));
  const next = tried?.type === 'recipient.deferred' ? ` The next attempt is due at ${isoOf(tried.nextDue)} of its clock: advance it.` : '';
  return `${waited} What did happen: ${happened.slice(-10).map((event) => (event.type.startsWith('recipient.') && 'time' in event ? `${event.type} at ${isoOf(event.time)}` : event.type)).join(', ')}.${next}${only}`;
}

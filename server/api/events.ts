/**
 * /v1/events: as pages from a cursor, as server-sent events and as a
 * WebSocket. The latter two replay from a cursor (without one they begin
 * now), then stay. A subscriber that falls too far behind is told so and let
 * go; it comes back with its cursor. Each ends when the server closes.
 */
import { z } from '@hono/zod-openapi';
import type { WebSocket } from 'ws';
import type { PosternEvent } from '../events/event.ts';
import type { Subscription } from '../events/hub.ts';
import { shown } from '../shown.ts';
import type { ApiDeps } from './deps.ts';
import { filterOf, place, wanted } from './event-filters.ts';
import { isForeign } from './guards.ts';
import type { HandshakeEnv } from './handshake.ts';
import { problem } from './problems.ts';
import { invalid, type Routes } from './route.ts';
import { EventPage } from './schemas/events.ts';
import { EventFilters, EventPaging } from './schemas/query.ts';
import { eventOf } from './wire-event.ts';

/** Milliseconds between comments that keep proxies from giving up on a silent stream. */
export const HEARTBEAT = 15_000;
/** Events of a page, unless said. */
const PAGE = 100;
/** Octets that may wait in a socket before we stop feeding it. */
const SOCKET_BACKLOG = 1024 * 1024;

type Asked = z.output<typeof EventFilters>;

export type Subscribers = { count(): number; closeAll(): void };

export function eventRoutes({ add }: Routes, deps: ApiDeps, origins: ReadonlySet<string>): Subscribers {
  const { store, hub, clock } = deps;
  const open = new Set<() => void>();

  add({
    method: 'get', path: '/v1/events', noun: 'Events', summary: 'Events after a cursor, or the latest, oldest first',
    description: 'A cursor from before a fresh start (ahead of all that happened) begins anew. `latest` answers the newest so many instead, and goes without `after` and `limit`. `cursor` is where to go on; fewer than `limit` are all that there are up to it. Those of a stream can be asked for after it is gone; of a name that none ever had there are none.',
    query: EventPaging, answer: EventPage,
  }, async ({ query: { after, latest, limit, ...asked } }) => {
    const filter = filterOf(asked);
    if (filter instanceof Response) return filter;
    // Before the page is read: what is told meanwhile lies behind the cursor.
    const newest = await store.lastEvent();
    if (latest !== undefined) {
      if (after !== undefined || limit !== undefined) return invalid([{ path: 'latest', message: 'goes without `after` and `limit`' }]);
      const events = await store.latestEvents({ limit: latest, ...filter });
      return { events: events.map(eventOf), cursor: Math.max(newest, events.at(-1)?.id ?? 0) };
    }
    const most = limit ?? PAGE;
    const events = await store.events({ after: place(after ?? 0, newest), limit: most, ...filter });
    const last = events.at(-1)?.id ?? 0;
    return { events: events.map(eventOf), cursor: events.length < most ? Math.max(newest, last) : last };
  });

  add({
    method: 'get', path: '/v1/events/stream', noun: 'Events', summary: 'Events as they happen (server-sent events)',
    description: 'Replays from `Last-Event-ID` or `after`, then stays. Begins with an `id`, so that a connection that breaks before the first event loses none. A comment comes every 15 seconds.',
    headers: { 'Last-Event-ID': 'The id of the last event seen; wins over `after`.' },
    query: EventFilters, produces: ['text/event-stream'],
  }, async ({ c, query }) => {
    const last = c.req.header('last-event-id');
    if (last !== undefined && !/^\d{1,15}$/.test(last)) return invalid([{ path: 'Last-Event-ID', message: `must be the id of an event; it is ${shown(last)}` }]);
    const wants = wanted(query);
    if (wants instanceof Response) return wants;
    const headers = { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store', 'x-accel-buffering': 'no' };
    if (c.req.method === 'HEAD') return new Response(null, { headers });
    const { subscription, after } = await subscribe(query, last === undefined ? undefined : Number(last));
    return new Response(sse(subscription, after, wants), { headers });
  });

  add({
    method: 'get', path: '/v1/events/socket', noun: 'Events', summary: 'Events as they happen (WebSocket)',
    description: 'One event as JSON per frame. Replays from `after`, then stays. Nothing is read from the client.',
    query: EventFilters, produces: ['application/json'], problems: ['bad-request', 'cross-origin', 'unsupported-type'],
  }, async ({ c, query }) => {
    // Looked at here, on the path that was routed, whatever the guards before it did.
    if (isForeign(c, undefined, origins)) return problem('cross-origin');
    const { accept } = (c.env ?? {}) as HandshakeEnv;
    if (!accept) return problem('unsupported-type', { detail: 'This is a WebSocket; GET /v1/events/stream is the same as server-sent events.' });
    const wants = wanted(query);
    if (wants instanceof Response) return wants;
    const { subscription } = await subscribe(query, undefined);
    const socket = accept();
    if (!('refused' in socket)) {
      attach(socket, subscription, wants);
      return new Response(null); // to nobody: the handshake is answered
    }
    subscription.close();
    return problem('bad-request', { detail: `This is no handshake of a WebSocket${socket.refused === undefined ? '' : `: ${socket.refused}`}.` }, { 'sec-websocket-version': '13, 8' });
  });

  return {
    count: () => open.size,
    closeAll() {
      for (const close of [...open]) close();
    },
  };

  async function subscribe({ after: asked, stream }: Asked, last: number | undefined): Promise<{ subscription: Subscription; after: number }> {
    const newest = await store.lastEvent();
    const after = place(last ?? asked ?? newest, newest);
    return { subscription: hub.subscribe({ after, ...(stream === undefined ? {} : { stream }) }), after };
  }

  function sse(subscription: Subscription, after: number, wants: (event: PosternEvent) => boolean): ReadableStream<Uint8Array> {
    const encoder = new TextEncoder();
    const iterator = subscription[Symbol.asyncIterator]();
    let stopHeart = () => {};
    let over = false;
    let end = () => {};
    return new ReadableStream<Uint8Array>({
      start(controller) {
        const beat = () => {
          if (over) return;
          // A client that does not read gets no more of them.
          if ((controller.desiredSize ?? 0) > 0) controller.enqueue(encoder.encode(':\n\n'));
          stopHeart = clock.after(HEARTBEAT, beat);
        };
        end = () => {
          if (over) return;
          over = true;
          open.delete(end);
          stopHeart();
          subscription.close();
          try {
            controller.close();
          } catch { /* the client closed it first */ }
        };
        open.add(end);
        stopHeart = clock.after(HEARTBEAT, beat);
        // Said at once, so that the client knows it is connected, and from where to go on if that breaks before the first event.
        controller.enqueue(encoder.encode(`retry: 1000\nid: ${after}\n\n`));
      },
      async pull(controller) {
        for (;;) {
          let next: IteratorResult<PosternEvent>;
          try {
            next = await iterator.next();
          } catch { // too far behind: the client comes back with its Last-Event-ID
            return end();
          }
          if (over) return;
          if (next.done) return end();
          if (!wants(next.value)) continue;
          const event = eventOf(next.value);
          return controller.enqueue(encoder.encode(`id: ${event.id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`));
        }
      },
      cancel: () => end(),
    }, { highWaterMark: 16 });
  }

  function attach(raw: WebSocket, subscription: Subscription, wants: (event: PosternEvent) => boolean): void {
    let closed = false;
    let stopHeart = () => {};
    const done = () => {
      closed = true;
      stopHeart();
      subscription.close();
      open.delete(stop);
    };
    const stop = () => {
      done();
      raw.close(1001, 'shutting down');
    };
    open.add(stop);
    raw.on('close', done);
    raw.on('error', done);
    listen();
    void feed().catch(() => raw.close(1013, 'too far behind; come back with your cursor'));

    /** A peer that is gone without a word is noticed by the pong that does not come. */
    function listen(): void {
      let answered = true;
      raw.on('pong', () => { answered = true; });
      const beat = () => {
        if (closed) return;
        if (!answered) return raw.terminate();
        answered = false;
        raw.ping();
        stopHeart = clock.after(HEARTBEAT, beat);
      };
      stopHeart = clock.after(HEARTBEAT, beat);
    }

    async function feed(): Promise<void> {
      for await (const event of subscription) {
        if (closed) return;
        if (!wants(event)) continue;
        const frame = JSON.stringify(eventOf(event));
        if (raw.bufferedAmount < SOCKET_BACKLOG) raw.send(frame);
        else await new Promise<void>((sent) => { raw.send(frame, () => sent()); });
      }
    }
  }
}

/** The sites of streams as they are shown: what the engine knows of each, with what the store counts. */
import type { Holdups } from './holdup.ts';
import { whySlow } from './pacing-why.ts';
import type { QueueDepth } from './port.ts';
import type { SiteView } from './queue.ts';
import type { Seat } from './seats.ts';
import { isAlone } from './seats.ts';
import type { StreamQueue } from './stream-queue.ts';

export function viewSites(queues: readonly StreamQueue[], depths: readonly QueueDepth[], holdupOf: Holdups): SiteView[] {
  const views: SiteView[] = [];
  for (const queue of queues) {
    const now = queue.clock.now();
    const waiting = new Map(depths.filter(({ stream, mode }) => stream === queue.name && mode === queue.mode).map((depth) => [depth.destination, depth]));
    const rows = new Map<string, SiteView>();
    const add = (view: SiteView, { queued, deferred, active, held, oldestAt, nextDue }: QueueDepth) => {
      view.waiting += queued + deferred;
      view.active += active;
      view.held += held;
      view.oldestAt = least(view.oldestAt, oldestAt);
      view.nextDue = least(view.nextDue, nextDue);
    };
    for (const seat of queue.seats.seats.values()) {
      const mine = [...seat.destinations].flatMap((destination) => waiting.get(destination) ?? []);
      // A seat for one address alone is part of its site, unless it is all that there is.
      if (isAlone(seat.key) && mine.length === 0) continue;
      const view = rows.get(seat.site.name) ?? viewOf(queue, seat, now);
      if (rows.has(seat.site.name)) join(view, seat);
      rows.set(seat.site.name, view);
      for (const depth of mine) {
        add(view, depth);
        waiting.delete(depth.destination);
        if (!view.destinations.includes(depth.destination)) view.destinations.push(depth.destination);
      }
    }
    for (const depth of waiting.values()) {
      // Nobody has found out yet where these go.
      const view: SiteView = rows.get(depth.destination) ?? {
        ...viewOf(queue, queue.seats.seatAt(depth.destination, depth.destination), now), destinations: [depth.destination],
      };
      rows.set(depth.destination, view);
      add(view, depth);
    }
    const holdup = holdupOf(queue);
    if (holdup) for (const view of rows.values()) view.why = holdup.reason === 'stream-paused' ? `The stream is paused: ${holdup.text}` : holdup.text;
    views.push(...rows.values());
  }
  return views.sort((a, b) => b.waiting + b.active - a.waiting - a.active || (a.site < b.site ? -1 : a.site > b.site ? 1 : 0));
}

function viewOf({ name: stream, mode }: StreamQueue, { site, destinations }: Seat, now: number): SiteView {
  return {
    stream, mode, site: site.name, provider: site.provider, destinations: [...destinations], waiting: 0, active: 0, held: 0, oldestAt: null, nextDue: null,
    connections: { open: site.open, most: site.most(now) }, limits: site.limits(), pace: site.pace(now),
    pause: site.pause && (site.pause.until === null || site.pause.until > now) ? site.pause : null, counts: { ...site.counts }, lastAnswer: site.lastAnswer,
    why: whySlow(site, now),
  };
}

function join(view: SiteView, { site, destinations }: Seat): void {
  view.connections.open += site.open;
  for (const key of ['delivered', 'deferred', 'bounced', 'connectFailures'] as const) view.counts[key] += site.counts[key];
  view.lastAnswer ??= site.lastAnswer;
  for (const one of destinations) if (!view.destinations.includes(one)) view.destinations.push(one);
}

const least = (a: number | null, b: number | null): number | null => (a === null ? b : b === null ? a : Math.min(a, b));

/**
 * The queue, put together: it wakes up when something was committed or has
 * become due, begins runs fairly over the streams, and can be asked and told
 * things. Nothing is polled; each stream has one timer for each kind of mail,
 * simulated on the stream's own clock, real on the wall's.
 */
import type { EventBody } from '../events/event.ts';
import { PRIORITIES, QUEUE_MODES, type QueueMode, type Recipient } from '../mail/recipient.ts';
import { DEFAULT_DELIVERY } from '../mail/stream.ts';
import { createAdvance } from './advance.ts';
import { createAlerts } from './alerts.ts';
import { createBeginning } from './beginning.ts';
import { closeAll } from './closing.ts';
import { explain } from './explain.ts';
import { createHoldups } from './holdup.ts';
import { leaving } from './left.ts';
import { createLeasing, type Leasing } from './leasing.ts';
import { createOperations } from './operations.ts';
import type { QueueOptions } from './options.ts';
import { endOverdue } from './overdue.ts';
import { readPacing } from './pacing-kept.ts';
import { createShared } from './pacing-shared.ts';
import { createPausing } from './pausing.ts';
import type { QueuePlan, QueueStore } from './port.ts';
import type { Queue } from './queue.ts';
import { createSettling } from './settling.ts';
import { createStreamQueue, type StreamQueue } from './stream-queue.ts';
import { viewSites } from './views.ts';

/**
 * Runs that are under way at once, over all streams. With both ends in this
 * process more of them carry no more mail (measured: 16 as much as 64), and
 * everybody else, a one-time code most of all, waits in each turn of the loop
 * for all of them. Real remotes are far away: there most of a run is waiting.
 */
const SLOTS = { simulate: 16, deliver: 200 } as const;
const HOUR = 3_600_000;
/** Overdue mail that could not be read is looked for again (the queue's clock). */
const LOOK_MS = 60_000;

export type { QueueOptions };

export async function createQueue(options: QueueOptions): Promise<Queue & { /** Scenario or network of a stream changed: routes are found anew. */ forgetRoutes(stream: string): void; depth: QueueStore['depth'] }> {
  const { store, streams, wall, log, gate } = options;
  /** By stream and mode. */
  const queues = new Map<string, StreamQueue>();
  const waiters = new Set<() => void>();
  const out = leaving();
  let stopping = false;
  let scheduled = false;
  let telling = 0;

  const keyOf = (stream: string, mode: QueueMode) => `${mode} ${stream}`;
  const known = (stream: string): StreamQueue[] => QUEUE_MODES.flatMap((mode) => queues.get(keyOf(stream, mode)) ?? []);
  /** The mail that a stream takes now. */
  const modeOf = (stream: string): QueueMode => (streams.get(stream)?.mode === 'deliver' ? 'deliver' : 'simulate');
  const policyOf = (stream: string) => streams.get(stream)?.delivery ?? DEFAULT_DELIVERY;

  const leasing: Leasing = createLeasing({ store, wall, log, mended: () => refresh({}) });
  const settling = createSettling({ store, wall, log, settled: leasing.settled });
  const tell = (events: EventBody[]) => inBackground(store.report({ events, suppress: [], strikes: [] }));
  const alerts = createAlerts({ store, tell: (events) => store.report({ events, suppress: [], strikes: [] }).catch((error: unknown) => log.error({ error: String(error) }, 'An alert could not be told')), after: options.alertAfter === undefined ? HOUR : options.alertAfter });
  const holdupOf = createHoldups({ streams, networkOf: options.networkOf, ...(gate ? { gate } : {}), clockOf: (stream) => options.clockOf(stream, 'simulate'), inBackground });
  const pacing = await readPacing(store, inBackground);
  const shared = createShared({ now: wall.now, ...pacing.real });
  const beginning = createBeginning({
    queues: () => queues.values(), holdupOf, lookForOverdue,
    slots: { simulate: options.slots ?? SLOTS.simulate, deliver: options.deliverySlots ?? SLOTS.deliver },
    isStuck: () => settling.stuck || leasing.mending,
  });

  function inBackground(promise: Promise<unknown>): void {
    telling++;
    promise.catch((error: unknown) => log.error({ error: String(error) }, 'The queue could not write')).finally(() => {
      telling--;
      wake();
    });
  }

  function queueOf(name: string, mode: QueueMode): StreamQueue | undefined {
    const key = keyOf(name, mode);
    const there = queues.get(key);
    if (there || !streams.get(name)) return there;
    const isReal = mode === 'deliver';
    const queue: StreamQueue = createStreamQueue({
      name, mode, store: leasing, wall, log, settling, tell,
      clock: options.clockOf(name, mode), heloName: options.heloName, compose: options.compose, classify: options.classify,
      makeId: () => options.makeId(wall.now()),
      network: () => options.networkOf(name, mode),
      connect: () => options.connectOf(name, mode),
      prepare: () => options.prepareOf?.(name, mode),
      shut: () => isReal && gate !== undefined && gate.shut(name) !== null,
      judge: ({ address }) => (isReal ? (gate?.judgeAgain(name, address) ?? null) : null),
      triedSince: (since) => store.triedSince(name, since),
      policy: () => policyOf(name),
      returnPath: () => options.returnPathOf?.(name),
      openBody: (id) => store.body(id),
      keepPause: (pause) => inBackground('reason' in pause ? store.setPause({ ...pause, mode }) : store.clearPause(pause.stream, mode, pause.site)),
      heard: options.heard && ((outcome, site) => options.heard!(outcome, site, name, mode)),
      stopping: () => stopping,
      ...(isReal ? { shared } : { pacing: pacing.of(name) }),
      orLeft: out.orLeft,
      changed: () => look(queue),
    });
    queues.set(key, queue);
    return queue;
  }

  function wake(): void {
    if (scheduled) return;
    scheduled = true;
    queueMicrotask(() => {
      scheduled = false;
      if (!stopping) beginning.turn();
      for (const waiter of [...waiters]) waiter();
    });
  }

  function look(of: StreamQueue): void {
    beginning.add(of);
    wake();
  }

  function lookForOverdue(of: StreamQueue): void {
    of.alarm.endsOverdue = true;
    void of.work(endOverdue(of, { store: { overdue: leasing.overdue, nextExpiry: store.nextExpiry }, policy: () => policyOf(of.name), classify: options.classify, compose: options.compose }).catch((error: unknown) => {
      log.error({ error: String(error), stream: of.name }, 'What is overdue could not be read');
      of.alarm.lookForOverdueAt(of.clock.now() + LOOK_MS);
    }).finally(() => {
      of.alarm.endsOverdue = false;
    }));
  }

  async function refresh(scope: { stream?: string; mode?: QueueMode }): Promise<void> {
    for (const { stream, mode, destination, due, rank } of await store.lanes(scope)) {
      const queue = queueOf(stream, mode);
      queue?.lanes.put(destination, due, rank);
      if (queue) beginning.add(queue);
    }
    wake();
  }

  const isQuiet = (of: StreamQueue): boolean => !scheduled && !leasing.mending && beginning.isIdle(of);

  /** What is due and may not begin happens when what holds it up is over, or never but for its expiry. */
  async function nextOf(stream: string, mode: QueueMode): Promise<number | null> {
    const of = queueOf(stream, mode);
    const now = options.clockOf(stream, mode).now();
    const stored = await store.nextMoment({ stream, mode, ...(of && isQuiet(of) ? { after: now } : {}) });
    const later = mode === 'simulate' ? options.later?.next(stream) : undefined;
    const moments = [stored, later, of?.nextTalk(), of?.seats.nextMoment(), of?.alarm.resumes].filter((at) => typeof at === 'number');
    return moments.length === 0 ? null : Math.min(...moments);
  }

  function until(holds: () => boolean): Promise<void> {
    if (holds()) return Promise.resolve();
    return new Promise((resolve) => {
      const look = () => {
        if (!holds()) return;
        waiters.delete(look);
        resolve();
      };
      waiters.add(look);
    });
  }

  /** By what the store keeps: the network may answer otherwise by now, and the stream may have another mode. */
  function accepted(stream: string, { mode, destinations, due, expiresAt, priority, held }: QueuePlan): void {
    const queue = queueOf(stream, mode);
    if (!queue) return;
    const rank = PRIORITIES.indexOf(priority);
    queue.alarm.lookForOverdueAt(expiresAt);
    destinations.forEach((destination, n) => {
      if (!held?.[n]) queue.lanes.put(destination, due, rank);
    });
    alerts.arrived(queue);
    look(queue);
  }

  /** Relays, and what the stream demands of TLS, are of the way to a site. */
  const ways = (stream: string) => {
    for (const { mode, seats } of known(stream)) if (mode === 'deliver') seats.forget();
  };
  const unqueue = store.onQueued((queued) => {
    for (const { stream, plan } of queued) accepted(stream, plan);
  });
  const unhear = store.onCommit((events) => {
    for (const event of events) {
      if (event.type === 'scenario.changed' || event.type === 'scenario.reset') queues.get(keyOf(event.stream, 'simulate'))?.seats.forget();
      else if (event.type === 'stream.updated' || event.type === 'stream.resumed') {
        for (const queue of known(event.stream)) {
          queue.seats.rouseAll();
          beginning.add(queue);
        }
        // The change is seen a moment later than it is told.
        const anew = () => ways(event.stream);
        anew();
        if (known(event.stream).length > 0) inBackground(refresh({ stream: event.stream }).then(anew));
      } else if (event.type === 'stream.deleted') {
        for (const queue of known(event.stream)) {
          queue.close();
          alerts.forget(queue);
          beginning.forget(queue);
          queues.delete(keyOf(queue.name, queue.mode));
        }
        pacing.forget(event.stream);
      }
    }
  });
  /** At once, in the turn in which it was shut: what no remote was given is left. */
  const unwatch = gate?.onChange(() => {
    for (const queue of queues.values()) {
      if (queue.mode !== 'deliver') continue;
      if (gate.shut(queue.name)) queue.halt();
      else {
        queue.go();
        queue.seats.rouseAll();
      }
      look(queue);
    }
  });

  async function start(): Promise<void> {
    await store.recover();
    for (const { stream, mode, site, ...pause } of await store.pauses()) queueOf(stream, mode)?.putPause(site, pause);
    await refresh({});
    // What is only held has no lane, and expires.
    await Promise.all(streams.all().flatMap(({ name }) => QUEUE_MODES.map(async (mode) => {
      if (!queues.has(keyOf(name, mode)) && (await store.nextMoment({ stream: name, mode })) !== null) queueOf(name, mode);
    })));
    for (const of of queues.values()) {
      of.alarm.lookForOverdueAt(of.clock.now());
      alerts.arrived(of);
      beginning.add(of);
    }
    wake();
  }

  const advance = createAdvance({ store, streams, queueOf: (stream) => queueOf(stream, 'simulate'), nextOf: (stream) => nextOf(stream, 'simulate'), until, isQuiet, later: options.later, wake: look, tell, rush: options.rush, makeId: () => options.makeId(wall.now()) });
  const operations = createOperations({ store, streams, queueOf, refresh, ...(gate ? { gate } : {}) });
  const pausing = createPausing({ store, streams, queueOf, modeOf, look });
  await start();
  return {
    now: (stream, mode = modeOf(stream)) => options.clockOf(stream, mode).now(),
    next: (stream, mode = modeOf(stream)) => nextOf(stream, mode),
    forgetRoutes: (stream) => known(stream).forEach(({ seats }) => seats.forget()),
    depth: (query) => store.depth(query),
    sites: async (stream) => viewSites(stream === undefined ? [...queues.values()] : known(stream), await store.depth(stream === undefined ? {} : { stream }), holdupOf),
    async explain(recipient: Recipient) {
      const of = queueOf(recipient.stream, recipient.mode);
      const now = options.clockOf(recipient.stream, recipient.mode).now();
      const seen = of ? [...of.seats.seats.values()].filter(({ destinations }) => destinations.has(recipient.destination)) : [];
      // It may have been at several: where it waits now says why.
      const seat = seen.find(({ ready }) => ready.has(recipient.destination)) ?? seen[0];
      return explain({ recipient, now: now + recipient.offset, holdup: of && holdupOf(of), site: seat ? { name: seat.site.name, pause: seat.site.pause, gate: seat.site.peek(now, seat.resting.length > 0), open: seat.site.open, most: seat.site.most(now) } : null });
    },
    ...operations, ...pausing, advance,
    quiet: () => until(() => telling === 0 && settling.unsettled === 0 && !scheduled && !leasing.mending && [...queues.values()].every(isQuiet)),
    async [Symbol.asyncDispose]() {
      if (stopping) return;
      stopping = true;
      for (const stop of [unhear, unqueue, unwatch]) stop?.();
      alerts.close();
      for (const of of queues.values()) of.writing.gather(false);
      out.leave();
      await closeAll({ queues: () => [...queues.values()], wall, settling, isTelling: () => telling > 0, until, closeWithin: options.closeWithin ?? 5_000 });
      settling.close();
      leasing.close();
      for (const of of queues.values()) of.close();
    },
  };
}

/**
 * The queue, put together: it wakes up when something was committed or has
 * become due, begins runs fairly over the streams, and can be asked and told
 * things. Nothing is polled; each stream has one timer on its own clock.
 *
 * Fair: a run is one lease of a few messages, and after each the streams take
 * turns. A stream that has nothing under way gets its first run even when all
 * slots are taken, so a blast never delays a one-time code by more than that.
 */
import type { EventBody } from '../events/event.ts';
import { PRIORITIES, type Recipient } from '../mail/recipient.ts';
import { DEFAULT_DELIVERY } from '../mail/stream.ts';
import { createAdvance } from './advance.ts';
import { createAlerts } from './alerts.ts';
import { isCrowded } from './crowded.ts';
import { explain } from './explain.ts';
import { leaving } from './left.ts';
import { createLeasing, type Leasing } from './leasing.ts';
import type { QueueOptions } from './options.ts';
import { endOverdue } from './overdue.ts';
import { createPausing } from './pausing.ts';
import type { QueuePlan, QueueScope, QueueStore } from './port.ts';
import type { Queue } from './queue.ts';
import { isParked, type Run } from './run.ts';
import { createSettling } from './settling.ts';
import { createStreamQueue, type StreamQueue } from './stream-queue.ts';
import { viewSites } from './views.ts';

/**
 * Runs that are under way at once, over all streams; with those that are a
 * stream's first it may be twice as many. With both ends in this process more
 * of them carry no more mail (measured: 16 as much as 64), and everybody
 * else, a one-time code most of all, waits in each turn of the loop for all of
 * them. Who talks to remotes far away gives more (QueueOptions.slots).
 */
const SLOTS = 16;
const HOUR = 3_600_000;
/** While something is held up whose expiry nobody knows, it is looked at so often (the stream's clock). */
const LOOK_MS = 60_000;

export type { QueueOptions };

export async function createQueue(options: QueueOptions): Promise<Queue & { /** Scenario or network of a stream changed: routes are found anew. */ forgetRoutes(stream: string): void; depth: QueueStore['depth'] }> {
  const { store, streams, wall, log } = options;
  const slots = options.slots ?? SLOTS;
  const queues = new Map<string, StreamQueue>();
  /** Streams that may have something to begin, in turns. */
  const eager = new Set<StreamQueue>();
  /** Streams whose pause is being taken back because its time is over. */
  const resuming = new Set<string>();
  const waiters = new Set<() => void>();
  const out = leaving();
  let stopping = false;
  let scheduled = false;
  let telling = 0;

  const leasing: Leasing = createLeasing({ store, wall, log, mended: () => refresh({}) });
  const settling = createSettling({ store, wall, log, settled: leasing.settled });
  const tell = (events: EventBody[]) => inBackground(store.report({ events, suppress: [], strikes: [] }));
  const alerts = createAlerts({ store, tell, after: options.alertAfter === undefined ? HOUR : options.alertAfter });

  function inBackground(promise: Promise<unknown>): void {
    telling++;
    promise.catch((error: unknown) => log.error({ error: String(error) }, 'The queue could not write')).finally(() => {
      telling--;
      wake();
    });
  }

  function queueOf(name: string): StreamQueue | undefined {
    const known = queues.get(name);
    if (known || !streams.get(name)) return known;
    const queue: StreamQueue = createStreamQueue({
      name, store: leasing, wall, log, settling, tell,
      clock: options.clockOf(name), heloName: options.heloName, compose: options.compose, classify: options.classify,
      makeId: () => options.makeId(wall.now()),
      network: () => options.networkOf(name),
      connect: () => options.connectOf(name),
      policy: () => streams.get(name)?.delivery ?? DEFAULT_DELIVERY,
      returnPath: () => options.returnPathOf?.(name),
      openBody: (id) => store.body(id),
      keepPause: (pause) => inBackground('reason' in pause ? store.setPause(pause) : store.clearPause(pause.stream, pause.site)),
      heard: options.heard && ((outcome, site) => options.heard!(outcome, site, name)),
      stopping: () => stopping,
      orLeft: out.orLeft,
      changed() {
        eager.add(queue);
        wake();
      },
    });
    queues.set(name, queue);
    return queue;
  }

  function isPaused(of: StreamQueue): boolean {
    const { paused } = streams.get(of.name) ?? { paused: { until: null } };
    if (!paused) return false;
    const over = paused.until !== null && paused.until <= of.clock.now();
    of.resumesAt(over ? null : paused.until);
    if (over && !resuming.has(of.name)) {
      resuming.add(of.name);
      inBackground(streams.change(of.name, { paused: null }).finally(() => resuming.delete(of.name)));
    }
    return !over;
  }

  function wake(): void {
    if (scheduled) return;
    scheduled = true;
    queueMicrotask(() => {
      scheduled = false;
      begin();
      for (const waiter of [...waiters]) waiter();
    });
  }

  function begin(): void {
    if (stopping) return;
    const touched = [...eager];
    let busy = 0;
    for (const queue of queues.values()) busy += queue.busy;
    for (const of of touched) {
      const now = of.clock.now();
      of.seats.look(now);
      if (!of.endsOverdue && of.takeOverdue(now)) lookForOverdue(of);
    }
    const later: StreamQueue[] = [];
    for (const of of eager) {
      eager.delete(of);
      const mayAlone = !isCrowded(of, queues.values());
      // What is over ends first, and together: nobody leases a part of it.
      if (!of.seats.eager(mayAlone) || settling.stuck || leasing.mending || of.endsOverdue || isPaused(of) || !options.networkOf(of.name)) continue;
      if (busy >= (of.busy === 0 ? slots * 2 : slots)) {
        later.push(of);
        continue;
      }
      if (!of.beginNext(mayAlone)) continue;
      busy++;
      eager.add(of);
    }
    for (const of of later) eager.add(of);
    for (const of of touched) {
      if (!of.looksForOverdue && !of.endsOverdue && of.seats.holds) of.lookForOverdueAt(of.clock.now() + LOOK_MS);
      of.arm();
    }
  }

  function lookForOverdue(of: StreamQueue): void {
    of.endsOverdue = true;
    void of.work(endOverdue(of, { store: { overdue: leasing.overdue, nextMoment: store.nextMoment }, policy: () => streams.get(of.name)?.delivery ?? DEFAULT_DELIVERY, classify: options.classify, compose: options.compose }).catch((error: unknown) => {
      log.error({ error: String(error), stream: of.name }, 'What is overdue could not be read');
      of.lookForOverdueAt(of.clock.now() + LOOK_MS);
    }).finally(() => {
      of.endsOverdue = false;
    }));
  }

  async function refresh(scope: { stream?: string; destination?: string }): Promise<void> {
    for (const { stream, destination, due, rank } of await store.lanes(scope)) {
      const queue = queueOf(stream);
      queue?.lanes.put(destination, due, rank);
      if (queue) eager.add(queue);
    }
    wake();
  }

  /** The scope of an operation is named by the store; here only the streams are known that it may touch. */
  async function after(scope: QueueScope, change: (of: QueueScope, now: number) => Promise<number>): Promise<number> {
    let changed = 0;
    const names = scope.stream !== undefined ? [scope.stream] : streams.all().map(({ name }) => name);
    for (const name of names) {
      const of = queueOf(name);
      if (!of) continue;
      changed += await of.work(change({ ...scope, stream: name }, of.clock.now()));
      of.lookForOverdueAt(of.clock.now());
      await refresh({ stream: name });
    }
    return changed;
  }

  const isQuiet = (of: StreamQueue): boolean => !scheduled && of.pending === 0 && of.busy === 0 && !leasing.mending && (!of.seats.eager(!isCrowded(of, queues.values())) || isPaused(of) || !options.networkOf(of.name));

  /** What is due and may not begin happens when what holds it up is over, or never but for its expiry. */
  async function nextOf(stream: string): Promise<number | null> {
    const of = queueOf(stream);
    const now = options.clockOf(stream).now();
    const stored = await store.nextMoment({ stream, ...(of && isQuiet(of) ? { after: now } : {}) });
    const moments = [stored, options.later?.next(stream), of?.nextTalk(), of?.seats.nextMoment(), of?.resumes].filter((at) => typeof at === 'number');
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
  function accepted(stream: string, { destinations, due, priority }: QueuePlan): void {
    const queue = queueOf(stream);
    if (!queue) return;
    const rank = PRIORITIES.indexOf(priority);
    for (const destination of destinations) queue.lanes.put(destination, due, rank);
    alerts.arrived(queue);
    eager.add(queue);
    wake();
  }

  const unqueue = store.onQueued((queued) => {
    for (const { stream, plan } of queued) accepted(stream, plan);
  });
  const unhear = store.onCommit((events) => {
    for (const event of events) {
      if (event.type === 'scenario.changed' || event.type === 'scenario.reset') queues.get(event.stream)?.seats.forget();
      else if (event.type === 'stream.updated' || event.type === 'stream.resumed') {
        const queue = queues.get(event.stream);
        if (!queue) continue;
        queue.seats.rouseAll();
        eager.add(queue);
        // The change is seen a moment later than it is told.
        inBackground(refresh({ stream: event.stream }));
      } else if (event.type === 'stream.deleted') {
        const queue = queues.get(event.stream);
        queue?.close();
        alerts.forget(event.stream);
        if (queue) eager.delete(queue);
        queues.delete(event.stream);
      }
    }
  });

  async function start(): Promise<void> {
    await store.recover();
    for (const pause of await store.pauses()) {
      const of = queueOf(pause.stream);
      of?.putPause(pause.site, { reason: pause.reason, until: pause.until, by: pause.by });
    }
    await refresh({});
    for (const of of queues.values()) {
      of.lookForOverdueAt(of.clock.now());
      alerts.arrived(of);
    }
    for (const of of queues.values()) eager.add(of);
    wake();
  }

  const look = (of: StreamQueue) => {
    eager.add(of);
    wake();
  };
  const advance = createAdvance({ store, streams, queueOf, nextOf, until, isQuiet, later: options.later, wake: look, delivers: options.delivers ?? (() => false), tell, rush: options.rush, makeId: () => options.makeId(wall.now()) });

  const pausing = createPausing({ store, streams, queueOf, look });
  await start();
  return {
    now: (stream) => options.clockOf(stream).now(),
    next: async (stream) => nextOf(stream),
    forgetRoutes: (stream) => queues.get(stream)?.seats.forget(),
    depth: (query) => store.depth(query),
    sites: async (stream) => viewSites(stream === undefined ? [...queues.values()] : [queues.get(stream)].filter((one) => one !== undefined), await store.depth(stream === undefined ? {} : { stream })),
    async explain(recipient: Recipient) {
      const of = queueOf(recipient.stream);
      const now = options.clockOf(recipient.stream).now();
      const seat = of && [...of.seats.seats.values()].find(({ destinations }) => destinations.has(recipient.destination));
      return explain({ recipient, now: now + recipient.offset, paused: streams.get(recipient.stream)?.paused ?? null, captures: !options.networkOf(recipient.stream), site: seat ? { name: seat.site.name, pause: seat.site.pause, gate: seat.site.gate(now, seat.resting.length > 0), open: seat.site.open, most: seat.site.most(now) } : null });
    },
    retryNow: (scope) => after(scope, (of, now) => store.retryNow(of, now)),
    hold: (scope, by) => after(scope, (of, now) => store.hold(of, now, by)),
    release: (scope, by) => after(scope, (of, now) => store.release(of, now, by)),
    cancel: (scope, by) => after(scope, (of, now) => store.cancel(of, now, by)),
    ...pausing,
    advance,
    quiet: () => until(() => telling === 0 && settling.unsettled === 0 && !scheduled && !leasing.mending && [...queues.values()].every(isQuiet)),
    async [Symbol.asyncDispose]() {
      if (stopping) return;
      stopping = true;
      unhear();
      unqueue();
      alerts.close();
      for (const of of queues.values()) of.writing.gather(false);
      out.leave();
      const runs = () => [...queues.values()].flatMap((of) => [...of.runs]);
      const cut = (run: Run) => {
        run.cut = true;
        run.carrier?.close();
      };
      const cancel = wall.after(options.closeWithin ?? 5_000, () => runs().forEach(cut));
      // A remote that waits on purpose is not waited for, whenever it begins to.
      await until(() => {
        for (const run of runs()) if (isParked(run)) cut(run);
        return runs().length === 0;
      });
      await until(() => (telling === 0 && settling.unsettled === 0 && [...queues.values()].every(({ pending }) => pending === 0)) || settling.stuck);
      cancel();
      settling.close();
      leasing.close();
      for (const of of queues.values()) of.close();
    },
  };
}

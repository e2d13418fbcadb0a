/**
 * One stream's queue: its lanes and seats, its runs, its one timer. What may
 * begin is decided here; how much of everything may go on at once over all
 * streams is the engine's business.
 */
import type { Cancel } from '../clock.ts';
import type { Talk } from '../network/talk.ts';
import type { Route } from '../network/network.ts';
import type { Carrier } from '../transport/carrier.ts';
import { carry } from './carry.ts';
import type { Carrying, Errand } from './carrying.ts';
import { createLanes } from './lanes.ts';
import { leaving } from './left.ts';
import { RETRY_AFTER, retryAfterOf } from './retry.ts';
import { isParked, newRun, type Run } from './run.ts';
import { createSeats, isAlone, type Resting, type Seat } from './seats.ts';
import { giveBack } from './settle.ts';
import { BATCH, createSite, limitsFor, type SitePause } from './site.ts';
import type { StreamQueueDeps, StreamTally } from './stream-deps.ts';
import { textOf } from './words.ts';
import { createWriting } from './writing.ts';

const REST_MS = 2_000;
const REST_MOST = 64;
const PAUSE_MOST_MS = 15 * 60_000;
const STORE_BROKE_MS = 1_000;
/** Outcomes that are not committed yet; beyond that a run waits for its own. */
const UNSETTLED_MOST = 500;

export function createStreamQueue(deps: StreamQueueDeps) {
  const { name, clock, store } = deps;
  const lanes = createLanes();
  const seats = createSeats(lanes, (site) => createSite(site, (of) => limitsFor(deps.policy(), of)), (seat) => resumed(seat, 'engine'));
  const runs = new Set<Run>();
  const resting = new Set<Resting & { seat: Seat }>();
  /** Whose pause was told of; of the others nobody is told the end either. */
  const announced = new Set<Seat>();
  const writing = createWriting({ lanes, settling: deps.settling, clock, changed: deps.changed });
  const tally: StreamTally = { attempts: 0, delivered: 0, deferred: 0, bounced: 0, expired: 0, suppressed: 0 };
  /** Commits and reads that are under way. */
  let pending = 0;
  let timer: { cancel: Cancel; at: number } | undefined;
  /** When what is blocked is looked at for what is overdue, and when a pause of the stream ends. */
  let overdueAt: number | undefined;
  let resumesAt: number | undefined;
  /** Of what waits again: due on the stream's clock, and after how long a wait. */
  const hearers = new Set<(due: number, wait: number) => void>();
  let gone = false;
  const out = leaving();
  /** What is over is being ended. */
  let endsOverdue = false;
  const unhear = clock.onChange(deps.changed);

  /** Counts as being at work. */
  function work<T>(promise: Promise<T>): Promise<T> {
    pending++;
    return promise.finally(() => {
      pending--;
      deps.changed();
    });
  }

  function arm(): void {
    const moments = [lanes.next(), seats.nextMoment(), endsOverdue ? undefined : overdueAt, resumesAt].filter((at) => at !== undefined);
    const at = Math.min(...moments);
    if (timer?.at === at) return;
    timer?.cancel();
    timer = undefined;
    if (!Number.isFinite(at) || gone) return;
    timer = { at, cancel: clock.after(Math.max(at - clock.now(), 0), () => {
      timer = undefined;
      if (resumesAt !== undefined && resumesAt <= clock.now()) resumesAt = undefined;
      deps.changed();
    }) };
  }

  function letGo(one: Resting & { seat: Seat }): void {
    if (!resting.delete(one)) return;
    one.cancel();
    const place = one.seat.resting.indexOf(one);
    if (place >= 0) one.seat.resting.splice(place, 1);
    one.carrier.close();
    void one.carrier.closed.then(() => one.talk.end());
    one.seat.site.closed();
    seats.rouse(one.seat);
    deps.changed();
  }

  function pauseSite(seat: Seat, reason: string, until: number, loud: boolean): void {
    const { site } = seat;
    if (site.pause?.by === 'person') return;
    if (site.pause?.until != null && site.pause.until > until) until = site.pause.until;
    site.pause = { reason, until, by: 'engine' };
    // A moment's rest of one destination is nobody's news.
    if (!loud || isAlone(seat.key)) return;
    announced.add(seat);
    deps.tell([{ type: 'site.paused', stream: name, site: site.name, reason, until, by: 'engine' }]);
    deps.keepPause({ stream: name, site: site.name, reason, until, by: 'engine' });
  }

  /** By a person: no advance goes past that. */
  function isShut(site: string): boolean {
    const pause = seats.seats.get(site)?.site.pause;
    return pause?.by === 'person' && (pause.until === null || pause.until > clock.now());
  }

  function lookForOverdueAt(at: number): void {
    if (overdueAt === undefined || at < overdueAt) overdueAt = at;
  }

  const carrying: Carrying = {
    stream: name, store, clock, wall: deps.wall, heloName: deps.heloName, policy: deps.policy, classify: deps.classify, compose: deps.compose, openBody: deps.openBody, makeId: deps.makeId, returnPath: deps.returnPath,
    get network() { return deps.network()!; },
    get connect() { return deps.connect(); },
    stopping: () => gone || deps.stopping(),
    orLeft: (promise, may) => out.orLeft(deps.orLeft(promise, may) as Promise<object>, may) as ReturnType<typeof deps.orLeft<Awaited<typeof promise>>>,
    async settle({ outcomes, dues, addNotices }) {
      for (const { state, attempt, due } of outcomes) {
        if (attempt) tally.attempts++;
        if (state === 'delivered' || state === 'bounced' || state === 'expired' || state === 'suppressed' || (state === 'deferred' && attempt && due !== undefined)) tally[state]++;
      }
      if (hearers.size > 0) {
        const waiting = outcomes.filter(({ due }) => due !== undefined);
        dues.forEach(({ due }, i) => {
          const last = waiting[i]?.attempt && waiting[i].last;
          for (const hear of hearers) hear(due, last ? waiting[i]!.due! - last.at : 0);
        });
      }
      const isQuietly = !addNotices && !deps.stopping() && outcomes.every(({ state }) => state === 'deferred') && !writing.isSoon(dues);
      const done = isQuietly ? writing.deferrals(outcomes, dues) : work(writing.write(outcomes, dues, addNotices));
      if (deps.settling.unsettled > UNSETTLED_MOST) await done;
    },
    flush: (due) => writing.flush(due),
    claim: (destinations) => lanes.claim(destinations),
    leased(destinations, left, claimed) {
      lanes.left(destinations, left, claimed);
      deps.changed();
    },
    overAt: lookForOverdueAt,
    routeOf: (destination) => seats.routeOf(destination),
    seatFor(destination, route: Route) {
      const seat = seats.learn(destination, route, clock.now());
      if (!seats.gateOf(seat, clock.now()).open) return 'wait';
      seat.site.opened();
      return seat;
    },
    isShut: (site) => isShut(site),
    unresolved: (destination) => seats.seatAt(destination, destination),
    reserve: (seat, most = BATCH) => (seat ? seat.site.reserve(clock.now(), most) : most),
    unused: (seat, messages) => void (messages > 0 && seat?.site.unused(messages)),
    failed(seat, answer, dues) {
      const now = clock.now();
      const { site } = seat;
      site.lastAnswer = textOf(answer);
      const until = Math.min(now + PAUSE_MOST_MS, ...dues);
      const reason = textOf(answer);
      site.failed(Math.max(until, site.pause?.until ?? 0), reason);
      if (site.failures >= 2) pauseSite(seat, reason, until, true);
    },
    heard(seat, answer, verdict, outcome) {
      if (!seat) return;
      const { site } = seat;
      const now = clock.now();
      if (outcome === 'delivered' || outcome === 'deferred' || outcome === 'bounced') {
        site.counts[outcome]++;
        deps.heard?.(outcome, site.name);
      }
      if (outcome !== 'delivered') site.lastAnswer = textOf(answer);
      if (verdict.action === 'pause') {
        const ms = Math.min(Math.max(retryAfterOf(verdict.facets.retryAfter) ?? PAUSE_MOST_MS, RETRY_AFTER.least), RETRY_AFTER.most);
        const already = site.pause !== null && (site.pause.until ?? Infinity) > now;
        pauseSite(seat, textOf(answer), now + ms, !already);
      } else if (verdict.action === 'slow_down' || (answer.kind === 'reply' && answer.code === 421)) {
        const pace = site.slowDown(now);
        if (pace !== undefined && !isAlone(seat.key)) deps.tell([{ type: 'site.pace', stream: name, site: site.name, pace, reason: textOf(answer) }]);
      }
    },
    succeeded(seat) {
      seat.site.succeeded();
      // What paused it meanwhile (a verdict of this very run) stays.
      if (seat.site.pause?.by === 'engine' && (seat.site.pause.until ?? Infinity) <= clock.now()) resumed(seat, 'engine');
      seats.rouse(seat);
    },
    rest(seat, { carrier, talk }: { carrier: Carrier; talk: Talk }) {
      if (isAlone(seat.key)) {
        carrier.close();
        void carrier.closed.then(() => talk.end());
        seat.site.closed();
        return;
      }
      const one: Resting & { seat: Seat } = { carrier, talk, seat, cancel: talk.after(REST_MS, () => letGo(one)) };
      seat.resting.push(one);
      resting.add(one);
      // The remote may close it while it rests.
      void carrier.closed.then(() => letGo(one));
      if (resting.size > REST_MOST) for (const oldest of resting) {
        letGo(oldest);
        break;
      }
      seats.rouse(seat);
    },
    closed(seat) {
      seat.site.closed();
      seats.rouse(seat);
    },
  };

  function resumed(seat: Seat, by: 'person' | 'engine'): void {
    seat.site.pause = null;
    seats.rouse(seat);
    if (!announced.delete(seat)) return;
    deps.keepPause({ stream: name, site: seat.site.name });
    deps.tell([{ type: 'site.resumed', stream: name, site: seat.site.name, by }]);
  }

  async function begin(errand: Errand): Promise<void> {
    const run = newRun();
    runs.add(run);
    try {
      await carry(carrying, run, errand);
    } catch (error) {
      deps.log.error({ error: error instanceof Error ? error.stack : String(error), stream: name }, 'A run of the queue broke');
      for (const destination of errand.destinations) lanes.put(destination, clock.now() + STORE_BROKE_MS);
      // What was settled already is passed over by the store.
      for (const { recipients, offset } of [...(run.load ? [run.load] : []), ...run.rest]) {
        const due = clock.now() + offset + STORE_BROKE_MS;
        await carrying.settle({ outcomes: recipients.map((one) => giveBack({ ...one, due }, due)), dues: recipients.map(({ destination }) => ({ destination, due: due - offset })) });
      }
    } finally {
      runs.delete(run);
      deps.changed();
    }
  }

  return {
    name, clock, lanes, seats, runs, tally, work, arm, resumed,
    /** By a person, or from before a restart. */
    putPause(site: string, pause: SitePause): void {
      const seat = seats.seatAt(site, site);
      seat.site.pause = pause;
      announced.add(seat);
    },
    /** Begins what may begin next; false when nothing may. */
    beginNext(mayAlone: boolean): boolean {
      const now = clock.now();
      const choice = seats.choose(now, mayAlone);
      if (!choice) return false;
      const { seat, reuse } = choice;
      if (reuse) {
        reuse.cancel();
        resting.delete(reuse as Resting & { seat: Seat });
      } else if (seat) seat.site.opened();
      void begin(choice);
      return true;
    },
    /** A narrowed advance: these alone, whatever the site says; it is another time there. */
    narrow: (destinations: string[], only: NonNullable<Errand['only']>) => begin({ destinations, seat: undefined, reuse: undefined, only }),
    /** Settles those whose time is over while they wait, and what else is not to be tried. */
    endOverdue: (load: Parameters<Carrying['settle']>[0]) => carrying.settle(load),
    get pending() { return pending; },
    /** Outcomes on their way to the disk, of any stream. */
    get unsettled() { return deps.settling.unsettled + writing.gathered; },
    writing,
    get busy() {
      let busy = 0;
      for (const run of runs) if (!isParked(run)) busy++;
      return busy;
    },
    get parked() {
      let parked = 0;
      for (const run of runs) if (isParked(run)) parked++;
      return parked;
    },
    get hasNetwork() { return deps.network() !== undefined; },
    get endsOverdue() { return endsOverdue; },
    set endsOverdue(yes: boolean) {
      endsOverdue = yes;
    },
    /** The next moment at which a parked conversation goes on; of the stream's clock. */
    nextTalk(): number | undefined {
      let next: number | undefined;
      for (const { talk } of runs) {
        const at = talk?.parked ? talk.nextTimer() : undefined;
        if (at !== undefined && (next === undefined || at - talk!.offset < next)) next = at - talk!.offset;
      }
      return next;
    },
    lookForOverdueAt,
    /** Whether it is time to look; then it is not any more. */
    takeOverdue(now: number): boolean {
      if (overdueAt === undefined || overdueAt > now) return false;
      overdueAt = undefined;
      return true;
    },
    get looksForOverdue() { return overdueAt !== undefined; },
    get resumes() { return resumesAt; },
    resumesAt(at: number | null) {
      resumesAt = at ?? undefined;
    },
    onOutcome(hear: (due: number, wait: number) => void): Cancel {
      hearers.add(hear);
      return () => hearers.delete(hear);
    },
    close(): void {
      gone = true;
      unhear();
      timer?.cancel();
      for (const one of [...resting]) letGo(one);
      // The stream may be gone: what is said in its conversations is nobody's any more.
      out.leave();
      for (const run of runs) {
        run.cut = true;
        run.carrier?.close();
        run.talk?.unpark();
      }
    },
  };
}
export type StreamQueue = ReturnType<typeof createStreamQueue>;

/**
 * The queue of one stream's mail of one mode: its lanes and seats, its runs,
 * its one timer. What may begin is decided here; how much of everything may go
 * on at once over all streams is the engine's business.
 */
import type { Talk } from '../network/talk.ts';
import type { Carrier } from '../transport/carrier.ts';
import { createAlarm } from './alarm.ts';
import { carry } from './carry.ts';
import type { Carrying, Errand } from './carrying.ts';
import { createLanes } from './lanes.ts';
import { leaving } from './left.ts';
import { createPacing, siteMaker } from './pacing.ts';
import { createAlone } from './pacing-shared.ts';
import { isParked, newRun, type Run } from './run.ts';
import { createSeats, isAlone, type Resting, type Seat } from './seats.ts';
import { giveBack } from './settle.ts';
import type { SitePause } from './site.ts';
import type { StreamQueueDeps } from './stream-deps.ts';
import { createTallying } from './tallying.ts';
import { createWarmUp } from './warm-up.ts';
import { createWriting } from './writing.ts';

const REST_MS = 2_000;
const REST_MOST = 64;
const STORE_BROKE_MS = 1_000;
/** What the remote may have taken when we broke down is not given to it again at once. */
const HANDED_MS = 15 * 60_000;
/** Outcomes that are not committed yet; beyond that a run waits for its own. */
const UNSETTLED_MOST = 500;

export function createStreamQueue(deps: StreamQueueDeps) {
  const { name, mode, clock, store } = deps;
  const lanes = createLanes();
  const ledger = deps.shared ?? createAlone({ now: clock.now, ...deps.pacing });
  const seats = createSeats(lanes, siteMaker({ stream: name, ledger, policy: deps.policy, changed: deps.changed }), (seat) => resumed(seat, 'engine'));
  const pacing = createPacing({ stream: name, mode, clock, ledger, seats, pause: pauseSite, resumed: (seat) => resumed(seat, 'engine'), tell: deps.tell, heard: deps.heard });
  const runs = new Set<Run>();
  const resting = new Set<Resting & { seat: Seat }>();
  /** Whose pause was told of; of the others nobody is told the end either. */
  const announced = new Set<Seat>();
  const tallying = createTallying();
  const writing = createWriting({ lanes, settling: deps.settling, clock, took: tallying.count, changed: deps.changed });
  const alarm = createAlarm({ clock, moments: () => [lanes.next(), seats.nextMoment()], rings: deps.changed });
  const warmUp = mode === 'deliver' ? createWarmUp({ policy: () => deps.policy().live.warmUp, triedSince: deps.triedSince, work }) : undefined;
  /** Commits and reads that are under way. */
  let pending = 0;
  let gone = false;
  const out = leaving();
  const unhear = clock.onChange(deps.changed);

  /** Counts as being at work. */
  function work<T>(promise: Promise<T>): Promise<T> {
    pending++;
    return promise.finally(() => {
      pending--;
      deps.changed();
    });
  }

  function letGo(one: Resting & { seat: Seat }): void {
    if (!resting.delete(one)) return;
    one.cancel();
    const place = one.seat.resting.indexOf(one);
    if (place >= 0) one.seat.resting.splice(place, 1);
    one.carrier.close();
    void one.carrier.closed.then(() => one.talk.end());
    one.seat.site.closed(one.carrier.closed);
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
    deps.tell([{ type: 'site.paused', stream: name, site: site.name, mode, reason, until, by: 'engine' }]);
    deps.keepPause({ stream: name, site: site.name, reason, until, by: 'engine' });
  }

  /** By a person: no advance goes past that. */
  function isShut(site: string): boolean {
    const pause = seats.seats.get(site)?.site.pause;
    return pause?.by === 'person' && (pause.until === null || pause.until > clock.now());
  }

  const carrying: Carrying = {
    stream: name, mode, store, clock, wall: deps.wall, log: deps.log, heloName: deps.heloName, policy: deps.policy, classify: deps.classify, compose: deps.compose, openBody: deps.openBody, makeId: deps.makeId, returnPath: deps.returnPath,
    get prepare() { return deps.prepare(); },
    judge: deps.judge,
    allow: (now, most) => warmUp?.reserve(now, most) ?? Infinity,
    unallow(n, at) {
      if (n <= 0) return;
      warmUp?.unused(n, at);
      deps.changed();
    },
    get network() { return deps.network()!; },
    get connect() { return deps.connect(); },
    stopping: () => gone || deps.stopping() || deps.shut(),
    orLeft: (promise, may) => out.orLeft(deps.orLeft(promise, may) as Promise<object>, may) as ReturnType<typeof deps.orLeft<Awaited<typeof promise>>>,
    async settle({ outcomes, dues, addNotices }) {
      tallying.due(outcomes, dues);
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
    overAt: alarm.lookForOverdueAt,
    routeOf: (destination) => seats.routeOf(destination),
    ...pacing,
    isShut: (site) => isShut(site),
    unresolved: (destination) => seats.unresolved(destination),
    rest(seat, { carrier, talk }: { carrier: Carrier; talk: Talk }) {
      if (isAlone(seat.key) || seat.site.mustYield()) {
        carrier.close();
        void carrier.closed.then(() => talk.end());
        pacing.closed(seat, carrier.closed);
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
  };

  function resumed(seat: Seat, by: 'person' | 'engine'): void {
    seat.site.pause = null;
    seats.rouse(seat);
    if (!announced.delete(seat)) return;
    deps.keepPause({ stream: name, site: seat.site.name });
    deps.tell([{ type: 'site.resumed', stream: name, site: seat.site.name, mode, by }]);
  }

  async function begin(errand: Errand): Promise<void> {
    const run = newRun();
    runs.add(run);
    try {
      await carry(carrying, run, errand);
    } catch (error) {
      deps.log.error({ error: error instanceof Error ? error.stack : String(error), stream: name }, 'A run of the queue broke');
      run.giveUp?.();
      for (const destination of errand.destinations) lanes.put(destination, clock.now() + STORE_BROKE_MS);
      // What was settled already is passed over by the store.
      for (const load of [...(run.load ? [run.load] : []), ...run.rest]) {
        const { recipients, offset } = load;
        const isHanded = run.handed && load === run.load;
        const due = clock.now() + offset + (isHanded ? HANDED_MS : STORE_BROKE_MS);
        await carrying.settle({ outcomes: recipients.map((one) => ({ ...giveBack({ ...one, due: Math.min(due, Math.max(one.expiresAt, clock.now() + offset)) }, due), ...(isHanded ? { uncertain: true as const } : {}) })), dues: recipients.map(({ destination }) => ({ destination, due: due - offset })) });
      }
    } finally {
      runs.delete(run);
      deps.changed();
    }
  }

  return {
    name, mode, clock, lanes, seats, runs, work, resumed, alarm,
    tally: tallying.tally, onOutcome: tallying.onOutcome, arm: alarm.arm, lookForOverdueAt: alarm.lookForOverdueAt,
    /** By a person, or from before a restart. */
    putPause(site: string, pause: SitePause): void {
      const seat = seats.seatAt(site, site);
      seat.site.pause = pause;
      announced.add(seat);
    },
    /** Has all that is due by now looked at, also where a timer is late; answers until when that is. */
    catchUp(): number {
      const looked = clock.now();
      clock.jump(looked);
      deps.changed();
      return looked;
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
      } else if (seat) seat.site.opened(now);
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
    /** The next moment at which a parked conversation goes on; of the stream's clock. */
    nextTalk(): number | undefined {
      let next: number | undefined;
      for (const { talk } of runs) {
        const at = talk?.parked ? talk.nextTimer() : undefined;
        if (at !== undefined && (next === undefined || at - talk!.offset < next)) next = at - talk!.offset;
      }
      return next;
    },
    warmUp,
    /** Nothing new begins: what no remote was given yet is left, and goes back untried; what is being handed over comes to its end. */
    halt(): void {
      out.leave();
      for (const one of [...resting]) letGo(one);
    },
    go: () => out.stay(),
    close(): void {
      gone = true;
      unhear();
      alarm.close();
      for (const one of [...resting]) letGo(one);
      // The stream may be gone: what is said in its conversations is nobody's any more.
      out.leave();
      seats.leave();
      for (const run of runs) {
        run.cut = true;
        run.carrier?.close();
        run.talk?.unpark();
      }
    },
  };
}
export type StreamQueue = ReturnType<typeof createStreamQueue>;

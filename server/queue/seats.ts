/**
 * What of one stream may begin next, and where. A lane that is due is either
 * unrouted (nobody knows its site yet) or ready at a seat: the place of a site
 * and its resting connections. Seats that may not begin anything are set
 * aside until the moment that they name, or until a connection ends, so the
 * ones that may are found without looking at the others.
 *
 *     ripe ──▶ unrouted ──resolved──▶ ready at a hot seat ──chosen──▶ (leased)
 *                                        │   ▲
 *                                   gate │   │ its moment, a connection that ended, resumed
 *                                        ▼   │
 *                                      set aside
 *
 * A destination that is a whole address has a seat of its own: its connection
 * is not shared, and what happens to it is not held against its neighbours.
 */
import type { Route } from '../network/network.ts';
import type { Talk } from '../network/talk.ts';
import type { Carrier } from '../transport/carrier.ts';
import { moments } from './heap.ts';
import type { Lanes } from './lanes.ts';
import { providerOf } from './profiles/profiles.ts';
import { ranked, type Ranked } from './ranked.ts';
import type { Gate, Site, SitePlace } from './site.ts';

/** What of a destination or a site that is in trouble is remembered after its pause is over. */
const TROUBLE_MS = 3_600_000;

/** An open connection that rests. */
export type Resting = { carrier: Carrier; talk: Talk; cancel(): void };
export type Seat = { readonly key: string; readonly site: Site; /** Destinations that are due, the urgent first. */ readonly ready: Ranked<string>; readonly resting: Resting[]; /** Where it has been seen. */ readonly destinations: Set<string> };
/** What to begin. Without a seat, the route is to be found first. */
export type Choice = { destinations: string[]; seat: Seat | undefined; reuse: Resting | undefined };

/** How long a route is good for, on the stream's clock, when it does not say so itself. */
const ROUTE_MS = 10 * 60_000;
/** One that is good for no time at all is at least not looked for again at once. */
const ROUTE_LEAST_MS = 1_000;
/** Destinations of one site that a lease looks into. */
const TOGETHER = 50;
const SEATS_FEW = 1_000;

export const isAlone = (destination: string): boolean => destination.includes('@');
const keyOf = (site: string, destination: string): string => (isAlone(destination) ? `${site} ${destination}` : site);

/** May begin, as far as is known; the urgent first. */
type Lot = { unrouted: Ranked<string>; hot: Ranked<Seat> };
const newLot = (): Lot => ({ unrouted: ranked(), hot: ranked() });

/** `dropped` hears of seats that are forgotten. */
export function createSeats(lanes: Lanes, makeSite: (name: string, place: SitePlace) => Site, dropped: (seat: Seat) => void = () => {}) {
  const seats = new Map<string, Seat>();
  const routes = new Map<string, { route: Route; at: number }>();
  const shared = newLot();
  /** Those that share a connection with nobody: as many as there are addresses, so there is a limit to how many may hang. */
  const alone = newLot();
  const lotOf = (destination: string) => (isAlone(destination) ? alone : shared);
  /** Seats with something ready. */
  const filled = new Set<Seat>();
  const aside = moments<Seat>();
  let turn = 0;
  let tidyAt = SEATS_FEW;

  function seatAt(site: string, destination: string): Seat {
    const key = keyOf(site, destination);
    const known = seats.get(key);
    if (known) {
      known.destinations.add(destination);
      return known;
    }
    const ready = ranked<string>();
    const resting: Resting[] = [];
    const place: SitePlace = {
      wants: () => ready.size > 0,
      wake: () => heat(seat),
      letGo() {
        const idle = ready.size === 0 ? resting.find(({ carrier }) => carrier.alive) : undefined;
        idle?.carrier.close();
        return idle !== undefined;
      },
    };
    const seat: Seat = { key, site: makeSite(site, place), ready, resting, destinations: new Set([destination]) };
    seats.set(key, seat);
    return seat;
  }

  function isFresh(destination: string, now: number): boolean {
    const known = routes.get(destination);
    if (!known) return false;
    const { keepFor } = known.route;
    return known.at <= now && now - known.at < (keepFor === undefined ? ROUTE_MS : Math.max(Math.min(keepFor, ROUTE_MS), ROUTE_LEAST_MS));
  }

  function place(destination: string, now: number): void {
    const known = routes.get(destination);
    if (known && isFresh(destination, now)) {
      fill(seatAt(known.route.site, destination), destination);
      return;
    }
    routes.delete(destination);
    // A name that could not be resolved rests as a site of that name does.
    const resting = seats.get(keyOf(destination, destination));
    if (resting && !resting.site.peek(now).open) {
      fill(resting, destination);
    } else lotOf(destination).unrouted.add(destination, lanes.rankOf(destination));
  }

  function heat(seat: Seat): void {
    if (seat.ready.size > 0) lotOf(seat.key).hot.add(seat, seat.ready.best);
  }

  function fill(seat: Seat, destination: string): void {
    const lot = lotOf(destination);
    if (lot.unrouted.has(destination)) lot.unrouted.delete(destination);
    seat.ready.add(destination, lanes.rankOf(destination));
    filled.add(seat);
    heat(seat);
  }

  function empty(seat: Seat, destination: string): void {
    seat.ready.delete(destination);
    if (seat.ready.size === 0) filled.delete(seat);
  }

  function takeUnrouted({ unrouted }: Lot): Choice | undefined {
    const destination = unrouted.first();
    if (destination === undefined) return undefined;
    unrouted.delete(destination);
    return { destinations: [destination], seat: undefined, reuse: undefined };
  }

  /** What a person paused is paused for the addresses there that have a seat of their own, too. */
  function gateOf({ key, site }: Seat, now: number, reuse = false): Gate {
    const pause = isAlone(key) ? seats.get(site.name)?.site.pause : undefined;
    if (pause?.by === 'person' && (pause.until === null || pause.until > now)) return { open: false, why: 'paused', until: pause.until };
    return site.gate(now, reuse);
  }

  /** Nothing waits there, and nothing happens there. */
  const isIdle = ({ site, ready, resting }: Seat) => ready.size + resting.length + site.open === 0;

  /** No pause, or one that was over long ago; for an address of its own, that is over. */
  function isUntroubled({ key, site }: Seat, now: number): boolean {
    const { pause } = site;
    if (pause) return pause.by === 'engine' && pause.until !== null && pause.until + (isAlone(key) ? 0 : TROUBLE_MS) <= now;
    return isAlone(key) || site.isForgettable(now);
  }

  function setAside(seat: Seat, until: number | null): void {
    if (until !== null) aside.add(until, seat);
  }

  /** Drops what nobody needs to remember: seats without mail, connection, pause or trouble. Now and then, so that it costs nothing. */
  function tidy(now: number): void {
    if (seats.size + routes.size < tidyAt) return;
    for (const destination of routes.keys()) if (!lanes.has(destination)) routes.delete(destination);
    for (const [key, seat] of seats) {
      if (seat.destinations.size > SEATS_FEW) for (const destination of seat.destinations) if (!lanes.has(destination)) seat.destinations.delete(destination);
      if (!isIdle(seat) || !isUntroubled(seat, now) || [...seat.destinations].some(lanes.has)) continue;
      seats.delete(key);
      seat.site.leave();
      dropped(seat);
    }
    tidyAt = Math.max(SEATS_FEW, (seats.size + routes.size) * 2);
  }

  /** Of the first hot seat; undefined when it may begin nothing. */
  function chooseSeat(hot: Ranked<Seat>, now: number): Choice | undefined {
    const seat = hot.first()!;
    hot.delete(seat);
    if (seat.ready.size === 0) return undefined;
    while (seat.resting.length > 0 && !seat.resting.at(-1)!.carrier.alive) seat.resting.pop();
    const gate = gateOf(seat, now, seat.resting.length > 0);
    if (!gate.open) {
      setAside(seat, gate.until);
      return undefined;
    }
    const reuse = seat.resting.pop();
    const destinations: string[] = [];
    for (const destination of seat.ready) {
      if (destinations.length >= TOGETHER) break;
      empty(seat, destination);
      // A new connection needs a route; one that went stale is found anew.
      if (reuse || isFresh(destination, now)) destinations.push(destination);
      else {
        routes.delete(destination);
        lotOf(destination).unrouted.add(destination, lanes.rankOf(destination));
      }
    }
    heat(seat);
    return destinations.length === 0 ? undefined : { destinations, seat, reuse };
  }

  return {
    seats: seats as ReadonlyMap<string, Seat>,
    seatAt,
    routeOf: (destination: string): Route | undefined => routes.get(destination)?.route,
    /** Learned by resolving. */
    learn(destination: string, route: Route, now: number): Seat {
      routes.set(destination, { route, at: now });
      const seat = seatAt(route.site, destination);
      seat.site.provider = route.provider ?? providerOf(route.hosts.map(({ name }) => name)) ?? null;
      return seat;
    },
    /** Where a destination rests that has no way for now. */
    unresolved(destination: string): Seat {
      routes.delete(destination);
      return seatAt(destination, destination);
    },
    /** All routes are to be found anew: what answers may have changed. */
    forget(): void {
      routes.clear();
    },
    /** Nothing will be begun here any more. */
    leave(): void {
      for (const { site } of seats.values()) site.leave();
    },
    /** Looks at what has become due, and at seats whose moment has come. */
    look(now: number): void {
      tidy(now);
      for (const destination of lanes.ripen(now)) place(destination, now);
      for (let first = aside.first(); first && first.at <= now; first = aside.first()) {
        aside.take();
        heat(first.of);
      }
    },
    /** Something has changed at this seat. */
    gateOf,
    rouse: heat,
    rouseAll(): void {
      for (const seat of filled) heat(seat);
    },
    /** Whether something may begin; without those that share no connection when these may not. */
    eager(mayAlone = true): boolean {
      return shared.unrouted.best !== Infinity || shared.hot.best !== Infinity || (mayAlone && (alone.unrouted.best !== Infinity || alone.hot.best !== Infinity));
    },
    /** Whether anything is due that has not begun, whatever it waits for. */
    get holds() { return filled.size > 0 || shared.unrouted.best !== Infinity || alone.unrouted.best !== Infinity; },
    nextMoment(): number | undefined {
      while (aside.first()?.of.ready.size === 0) aside.take();
      return aside.first()?.at;
    },
    /** The most urgent; among equals a route to be found and a site in turns, so that neither starves the other. */
    choose(now: number, mayAlone = true): Choice | undefined {
      for (;;) {
        const lots = mayAlone ? [shared, alone] : [shared];
        if (turn++ % 2 === 1) lots.reverse();
        const best = Math.min(...lots.flatMap(({ unrouted, hot }) => [unrouted.best, hot.best]));
        if (best === Infinity) return undefined;
        const routing = lots.find(({ unrouted }) => unrouted.best === best);
        const sitting = lots.find(({ hot }) => hot.best === best);
        if (routing && (!sitting || (turn >> 1) % 2 === 0)) return takeUnrouted(routing);
        const choice = chooseSeat(sitting!.hot, now);
        if (choice) return choice;
      }
    },
  };
}
export type Seats = ReturnType<typeof createSeats>;

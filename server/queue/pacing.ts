/**
 * What a stream's queue does about what its sites say: it opens up and slows
 * down, rests, and keeps to the rules of whose mail it is. It knows when; what
 * is done with a recipient is settled elsewhere.
 */
import type { EventBody } from '../events/event.ts';
import type { QueueMode } from '../mail/recipient.ts';
import type { Stage } from '../mail/reply.ts';
import type { DeliveryPolicy } from '../mail/stream.ts';
import type { MovableClock } from '../network/talk.ts';
import type { Carrying } from './carrying.ts';
import { actText } from './pacing-rules.ts';
import type { Ledger } from './pacing-shared.ts';
import type { Outcome } from './port.ts';
import { RETRY_AFTER, retryAfterOf } from './retry.ts';
import { isAlone, type Seat, type Seats } from './seats.ts';
import { BATCH, createSite, limitsFor, type Site, type SitePlace } from './site.ts';
import { textOf } from './words.ts';

const PAUSE_MOST_MS = 15 * 60_000;
/** What breaks before has failed, and counts as that. */
const IN_MESSAGE: readonly Stage[] = ['mail', 'rcpt', 'data', 'body'];

export type PacingDeps = {
  stream: string;
  clock: Pick<MovableClock, 'now'>;
  ledger: Ledger;
  /** Of mode `deliver` the hosts are real: a provider may have many, each of which was tried. */
  mode: QueueMode;
  seats: Seats;
  pause(seat: Seat, reason: string, until: number, loud: boolean): void;
  resumed(seat: Seat): void;
  tell(events: EventBody[]): void;
  heard?: ((outcome: Outcome['state'], site: string) => void) | undefined;
};

export type Pacing = Pick<Carrying, 'seatFor' | 'reserve' | 'unused' | 'sent' | 'goesOn' | 'failed' | 'heard' | 'succeeded' | 'closed'>;

/** `changed`: there may be more to begin. */
export const siteMaker = ({ stream, ledger, policy, changed }: { stream: string; ledger: Ledger; policy(): DeliveryPolicy; changed(): void }) => (site: string, place: SitePlace): Site =>
  createSite(site, (of) => limitsFor(policy(), of), {
    stream, ledger,
    place: {
      ...place,
      wake() {
        place.wake();
        changed();
      },
    },
  });

export function createPacing({ stream, mode, clock, ledger, seats, pause, resumed, tell, heard }: PacingDeps): Pacing {
  /** What a provider says of one address alone is not said of us. */
  function ruled(seat: Seat, answer: Parameters<Carrying['heard']>[1], now: number): void {
    if (isAlone(seat.key)) return;
    const { site } = seat;
    for (const { rule, act, until, reason } of ledger.rules.heard(site.key, site.provider, answer, now)) {
      tell([{ type: 'site.rule', stream, site: site.name, mode, rule, action: actText(act), reason, until }]);
      if (act !== 'pause') continue;
      pause(seat, `${rule}: ${reason}`, until, true);
      site.restart(until);
    }
  }

  return {
    seatFor(destination, route) {
      const now = clock.now();
      const seat = seats.learn(destination, route, now);
      if (!seats.gateOf(seat, now).open) return 'wait';
      seat.site.opened(now);
      return seat;
    },
    reserve: (seat, most = BATCH) => (seat ? seat.site.reserve(clock.now(), most) : most),
    unused: (seat, messages) => void (messages > 0 && seat?.site.unused(messages)),
    sent: (seat) => seat?.site.gone(clock.now()),
    goesOn: (seat) => seat?.site.goesOn(clock.now()) ?? true,
    failed(seat, answer, dues) {
      const now = clock.now();
      const { site } = seat;
      const reason = textOf(answer);
      site.lastAnswer = reason;
      const until = Math.min(now + PAUSE_MOST_MS, ...dues);
      const hosts = mode === 'deliver' ? Math.max(1, ...[...seat.destinations].slice(0, 1).map((one) => seats.routeOf(one)?.hosts.length ?? 1)) : Infinity;
      const rests = site.failed(Math.max(until, site.pause?.until ?? 0), reason, hosts);
      if (rests && site.failures >= 2) pause(seat, reason, until, true);
    },
    heard(seat, answer, verdict, outcome) {
      if (!seat) return;
      const { site } = seat;
      const now = clock.now();
      if (outcome === 'delivered' || outcome === 'deferred' || outcome === 'bounced') {
        site.counts[outcome]++;
        heard?.(outcome, site.name);
      }
      if (outcome === 'delivered') site.delivered();
      else site.lastAnswer = textOf(answer);
      if (outcome === 'broken' && answer.kind === 'fault' && IN_MESSAGE.includes(answer.stage)) site.broke();
      ruled(seat, answer, now);
      // It says nothing of how much at once: only that this connection has carried enough.
      if (outcome === 'goodbye') return;
      if (verdict.action === 'pause') {
        const ms = Math.min(Math.max(retryAfterOf(verdict.facets.retryAfter) ?? PAUSE_MOST_MS, RETRY_AFTER.least), RETRY_AFTER.most);
        const already = site.pause !== null && (site.pause.until ?? Infinity) > now;
        pause(seat, textOf(answer), now + ms, !already);
      } else if (verdict.action === 'slow_down' || (answer.kind === 'reply' && answer.code === 421)) {
        const pace = site.slowDown(now);
        if (pace !== undefined && !isAlone(seat.key)) tell([{ type: 'site.pace', stream, site: site.name, mode, pace, reason: textOf(answer) }]);
      }
    },
    succeeded(seat) {
      seat.site.succeeded();
      // What paused it meanwhile (a verdict of this very run) stays.
      if (seat.site.pause?.by === 'engine' && (seat.site.pause.until ?? Infinity) <= clock.now()) resumed(seat);
      seats.rouse(seat);
    },
    closed(seat, over) {
      seat.site.closed(over);
      seats.rouse(seat);
    },
  };
}

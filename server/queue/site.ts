/**
 * One site, for one stream: how much it may be asked at once. Given `now`
 * each time, it never looks at a clock. It opens up after failures step by
 * step, slows down when it is told to, and says when to ask again.
 *
 *     open ──connect fails──▶ paused ──its end──▶ probing (1 connection, 1 message)
 *      ▲                                             │ carried: 2, 4, … connections
 *      └─────────────────────────────────────────────┘
 */
import { withProvider } from './providers.ts';
import type { SiteLimits } from '../mail/stream.ts';
import { mayGoAt, take } from './gcra.ts';

/** Messages that one run over a connection carries at most, before somebody else may have a turn. */
export const BATCH = 20;
const LEAST_PACE = 1 / 64;
/** Without another slow-down for so long, it goes twice as fast. */
const RECOVERY_MS = 10 * 60_000;
/** What came in so short a time was on its way already, and counts once. */
const SLOWED_LATELY_MS = 10_000;

export type SitePause = { reason: string; until: number | null; by: 'person' | 'engine' };
export type Gate = { open: true } | { open: false; why: 'paused' | 'connections' | 'rate'; /** Null: when a connection ends, or a person says so. */ until: number | null };
export type SiteCounts = { delivered: number; deferred: number; bounced: number; connectFailures: number };

export type Site = {
  readonly name: string;
  provider: string | null;
  readonly counts: SiteCounts;
  lastAnswer: string | null;
  pause: SitePause | null;
  /** In a row. */
  readonly failures: number;
  /** Connections that are open or being opened. */
  readonly open: number;
  /** That may be open now. */
  most(now: number): number;
  limits(): SiteLimits;
  /** 1 is the full limits. */
  pace(now: number): number;
  /** Whether one more run may begin; `reuse` when it needs no new connection. */
  gate(now: number, reuse?: boolean): Gate;
  /** Reserves up to so many messages of the rate, at least one. What is not used is given back. */
  reserve(now: number, most: number): number;
  unused(messages: number): void;
  opened(): void;
  closed(): void;
  /** A run went well: it opens up a step. */
  succeeded(): void;
  failed(until: number, reason: string): void;
  /** Answers the new pace, or undefined when it was slowed down a moment ago. */
  slowDown(now: number): number | undefined;
};

export function createSite(name: string, limitsOf: (site: Pick<Site, 'name' | 'provider'>) => SiteLimits): Site {
  const counts: SiteCounts = { delivered: 0, deferred: 0, bounced: 0, connectFailures: 0 };
  let open = 0;
  let failures = 0;
  /** Connections allowed while it opens up again. */
  let ramp = Infinity;
  let slowed: { pace: number; at: number } | undefined;
  let theoretical = -Infinity;

  const limits = () => limitsOf(site);
  const pace = (now: number): number => {
    if (!slowed) return 1;
    const current = slowed.pace * 2 ** Math.max(Math.floor((now - slowed.at) / RECOVERY_MS), 0);
    if (current < 1) return current;
    slowed = undefined;
    return 1;
  };
  const rateAt = (now: number) => {
    const { rate } = limits();
    return rate && { ...rate, messages: rate.messages * pace(now) };
  };
  const most = (now: number) => Math.max(1, Math.min(ramp, Math.floor(limits().connections * pace(now))));

  const site: Site = {
    name, counts, provider: null, lastAnswer: null, pause: null,
    get failures() { return failures; },
    get open() { return open; },
    most, limits, pace,
    gate(now, reuse = false) {
      const { pause } = site;
      if (pause && (pause.until === null || pause.until > now)) return { open: false, why: 'paused', until: pause.until };
      if (!reuse && open >= most(now)) return { open: false, why: 'connections', until: null };
      const rate = rateAt(now);
      if (rate) {
        const at = Math.ceil(mayGoAt(rate, theoretical));
        if (at > now) return { open: false, why: 'rate', until: Number.isFinite(at) ? at : null };
      }
      return { open: true };
    },
    reserve(now, wanted) {
      const upTo = ramp === 1 || pace(now) < 1 ? 1 : Math.max(1, Math.min(wanted, limits().messagesPerConnection));
      const rate = rateAt(now);
      if (!rate) return upTo;
      let n = 0;
      while (n < upTo && (n === 0 || mayGoAt(rate, theoretical) <= now)) {
        theoretical = take(rate, theoretical, now);
        n++;
      }
      return n;
    },
    unused(messages) {
      const { rate } = limits();
      if (rate && rate.messages > 0 && Number.isFinite(theoretical)) theoretical -= (messages * rate.perMs) / rate.messages;
    },
    opened: () => void open++,
    closed: () => void open--,
    succeeded() {
      failures = 0;
      if (ramp !== Infinity) ramp = ramp * 2 >= limits().connections ? Infinity : ramp * 2;
    },
    failed(until, reason) {
      failures++;
      counts.connectFailures++;
      ramp = 1;
      // What a person paused stays so.
      if (site.pause?.by !== 'person') site.pause = { reason, until, by: 'engine' };
    },
    slowDown(now) {
      if (slowed && now - slowed.at < SLOWED_LATELY_MS) return undefined;
      slowed = { pace: Math.max(pace(now) / 2, LEAST_PACE), at: now };
      return slowed.pace;
    },
  };
  return site;
}

/** The stream's limits within what the provider is known to allow; what the stream says of the provider or the site itself stands above both. */
export function limitsFor(policy: { limits: SiteLimits; siteLimits: Record<string, Partial<SiteLimits>> }, { name, provider }: Pick<Site, 'name' | 'provider'>): SiteLimits {
  const own = (key: string | null) => (key !== null && Object.hasOwn(policy.siteLimits, key) ? policy.siteLimits[key] : undefined);
  const provided = own(provider);
  const named = own(name);
  const limits = withProvider(policy.limits, provider);
  return provided || named ? { ...limits, ...provided, ...named } : limits;
}

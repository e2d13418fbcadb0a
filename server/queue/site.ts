/**
 * One site, for one stream: how much it may be asked at once. Given `now`
 * each time, it never looks at a clock. It opens up after failures step by
 * step, slows down when it is told to, and says when to ask again. What it
 * shares with other streams is in its accounts (pacing-shared.ts): of the
 * site, and of what its limits are kept by, which may be a whole provider.
 *
 *     open ──connect fails──▶ paused ──its end──▶ probing (1 connection, 1 message)
 *      ▲                                             │ carried: 2, 4, … connections
 *      └─────────────────────────────────────────────┘
 */
import type { SiteLimits } from '../mail/stream.ts';
import { createMeter, type Rate } from './gcra.ts';
import type { Account, Member } from './pacing-account.ts';
import { keyOf, type Ruled } from './pacing-rules.ts';
import { createAlone, type Ledger } from './pacing-shared.ts';
import { profileOf } from './profiles/profiles.ts';
import { withProvider } from './providers.ts';

/** Messages that one run over a connection carries at most, before somebody else may have a turn. */
export const BATCH = 20;

export type SitePause = { reason: string; until: number | null; by: 'person' | 'engine' };
export type Gate = { open: true } | { open: false; why: 'paused' | 'connections' | 'rate'; /** Null: when a connection ends, or a person says so. */ until: number | null };
export type SiteCounts = { delivered: number; deferred: number; bounced: number; connectFailures: number };

/** What the place of a site does for it: whether something waits there, and what rests there. */
export type SitePlace = Pick<Member, 'wants' | 'wake' | 'letGo'>;
const NOWHERE: SitePlace = { wants: () => false, wake() {}, letGo: () => false };

export type SiteOptions = { stream?: string; ledger?: Ledger; place?: SitePlace };

export type Site = {
  readonly name: string;
  readonly stream: string;
  provider: string | null;
  readonly counts: SiteCounts;
  lastAnswer: string | null;
  /** By a person, after failures, or by a rule. */
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
  /** The same, asked by somebody who will not open one: nobody waits because of it. */
  peek(now: number, reuse?: boolean): Gate;
  /** Reserves up to so many messages of the rate, at least one. Each has then `gone`, or is given back. */
  reserve(now: number, most: number): number;
  gone(now: number): void;
  /** Whether what was reserved may still go. */
  goesOn(now: number): boolean;
  unused(messages: number): void;
  opened(now: number): void;
  /** With `over`, it counts for real remotes until they have seen its end. */
  closed(over?: Promise<unknown>): void;
  /** A connection comes to rest: whether it is somebody else's turn. */
  mustYield(): boolean;
  /** A run went well: it opens up a step. */
  succeeded(): void;
  /** A message was taken. */
  delivered(): void;
  /** A connection broke in the midst of a message. */
  broke(): void;
  /** After a pause that was ordered it opens up from one connection. */
  restart(until: number): void;
  /** Its connection did not come about, to any of so many hosts; answers whether it is to rest until then. */
  failed(until: number, reason: string, hosts?: number): boolean;
  /** Answers the new pace, or undefined when it was slowed down a moment ago. */
  slowDown(now: number): number | undefined;
  /** What its limits are kept by: itself, or its provider. */
  readonly key: string;
  /** Learned connections, where nobody knows how many it takes. */
  window(): number | undefined;
  inForce(now: number): readonly Ruled[];
  /** Connections of all streams to what shares its limits. */
  sharing(): ReadonlyMap<string, number>;
  /** Nothing that happened here has still to be remembered. */
  isForgettable(now: number): boolean;
  leave(): void;
};

export function createSite(name: string, limitsOf: (site: Pick<Site, 'name' | 'provider'>) => SiteLimits, { stream = '', ledger = createAlone({ now: () => 0 }), place = NOWHERE }: SiteOptions = {}): Site {
  const counts: SiteCounts = { delivered: 0, deferred: 0, bounced: 0, connectFailures: 0 };
  const own = createMeter();
  let open = 0;
  /** Closed here, and perhaps not yet at the other end. */
  let ending = 0;
  let provider: string | null = null;
  let pause: SitePause | null = null;
  /** Rules that pause until then are passed over: a person said so. */
  let lifted = -Infinity;

  /** Also without a connection: what another stream, or another site of the provider, was told holds here, too. */
  const ruledPause = (now: number): SitePause | undefined => {
    const ruled = ledger.rules.pauseOf(site.key, now);
    return ruled && ruled.until > lifted ? { reason: `${ruled.rule}: ${ruled.reason}`, until: ruled.until, by: 'engine' } : undefined;
  };
  const limits = () => ledger.rules.within(site.key, limitsOf(site), ledger.now());
  const learns = () => profileOf(provider) === undefined;
  const member: Member = {
    stream,
    limit: () => limits().connections,
    wants: () => place.wants() && isReady(ledger.now()),
    wake: () => place.wake(),
    letGo: () => place.letGo(),
  };
  const here: Account = ledger.account(name, learns);
  let whole: Account = here;
  here.join(member);

  const { trouble } = here;
  const rateAt = (now: number): Rate | null => {
    const { rate } = limits();
    return rate && { ...rate, messages: rate.messages * trouble.pace(now) };
  };
  const most = (now: number) => trouble.most(now, limits().connections);

  function isPaused(now: number): boolean {
    const ruled = pause?.by === 'person' ? undefined : ruledPause(now);
    if (ruled && (pause === null || (pause.until !== null && pause.until < ruled.until!))) pause = ruled;
    return pause !== null && (pause.until === null || pause.until > now);
  }

  function waitsForRate(now: number): Gate | undefined {
    const rate = rateAt(now);
    return rate ? until(Math.max(own.mayGoAt(rate, now), whole.messages.mayGoAt(rate, now)), now) : undefined;
  }

  function waitsForConnection(now: number): Gate | undefined {
    const { connectionRate } = limits();
    return connectionRate ? until(whole.connections.mayGoAt({ ...connectionRate, messages: connectionRate.connections }, now), now) : undefined;
  }

  /** But for what others have open. */
  const isReady = (now: number) => !isPaused(now) && open < limits().connections && !waitsForRate(now);

  const site: Site = {
    name, stream, counts, lastAnswer: null,
    get provider() { return provider; },
    set provider(said) {
      if (said === provider) return;
      provider = said;
      const account = keyOf(name, provider) === name ? here : ledger.account(keyOf(name, provider), () => false);
      if (account === whole) return;
      // What is open now counts where the limits are from now on.
      for (let n = 0; n < open + ending; n++) {
        if (whole !== here) whole.closed(member);
        if (account !== here) account.opened(member);
      }
      if (whole !== here) whole.leave(member);
      whole = account;
      whole.join(member);
    },
    get key() { return keyOf(name, provider); },
    get pause() { return pause; },
    set pause(said) {
      if (said === null) lifted = Math.max(lifted, ledger.rules.pauseOf(site.key, ledger.now())?.until ?? -Infinity);
      pause = said;
    },
    get failures() { return trouble.failures; },
    get open() { return open; },
    most, limits,
    pace: trouble.pace,
    gate(now, reuse = false) {
      if (isPaused(now)) return { open: false, why: 'paused', until: pause!.until };
      if (!reuse) {
        // Its own limit last: what is learned may soon let it open one more, and then it is to be woken.
        if ((whole !== here && !whole.mayOpen(member, whole.allowed(member))) || !here.mayOpen(member, trouble.most(now, here.allowed(member))) || open >= most(now)) return { open: false, why: 'connections', until: null };
        const held = waitsForConnection(now);
        if (held) return held;
      }
      return waitsForRate(now) ?? { open: true };
    },
    peek(now, reuse = false) {
      if (isPaused(now)) return { open: false, why: 'paused', until: pause!.until };
      if (!reuse && (open >= most(now) || whole.open >= whole.allowed(member) || here.open >= trouble.most(now, here.allowed(member)))) return { open: false, why: 'connections', until: null };
      return (reuse ? undefined : waitsForConnection(now)) ?? waitsForRate(now) ?? { open: true };
    },
    reserve(now, wanted) {
      const upTo = trouble.isWary(now) ? 1 : Math.max(1, Math.min(wanted, limits().messagesPerConnection));
      const rate = rateAt(now);
      let n = 0;
      while (n < upTo && (n === 0 || !rate || Math.max(own.mayGoAt(rate, now), whole.messages.mayGoAt(rate, now)) <= now)) {
        own.promise();
        whole.messages.promise();
        n++;
      }
      return n;
    },
    gone(now) {
      const rate = rateAt(now);
      own.gone(rate, now);
      whole.messages.gone(rate, now);
    },
    goesOn(now) {
      if (isPaused(now)) return false;
      const rate = rateAt(now);
      return !rate || (own.keeps(rate, now) && whole.messages.keeps(rate, now));
    },
    unused(messages) {
      own.takeBack(messages);
      whole.messages.takeBack(messages);
    },
    opened(now) {
      open++;
      here.opened(member);
      if (whole !== here) whole.opened(member);
      const { connectionRate } = limits();
      whole.connections.gone(connectionRate ? { ...connectionRate, messages: connectionRate.connections } : null, now);
    },
    closed(over) {
      open--;
      ending++;
      const end = () => {
        ending--;
        here.closed(member);
        if (whole !== here) whole.closed(member);
      };
      if (over && ledger.lingers) void over.then(end, end);
      else end();
    },
    mustYield: () => here.mustYield(member) || (whole !== here && whole.mustYield(member)),
    succeeded() {
      trouble.succeeded(limits().connections);
      here.wake();
    },
    delivered() {
      if (trouble.delivered(here.open, limits().connections)) here.wake();
    },
    broke: trouble.broke,
    restart: trouble.restart,
    failed(at, reason, hosts = 1) {
      counts.connectFailures++;
      const { failures: allowed } = profileOf(provider) ?? {};
      const rests = allowed === undefined || (trouble.failures + 1) * Math.max(hosts, 1) >= allowed;
      trouble.failed(rests, at);
      // What a person paused stays so.
      if (rests && pause?.by !== 'person') pause = { reason, until: at, by: 'engine' };
      return rests;
    },
    slowDown: trouble.slowDown,
    window: () => trouble.window(limits().connections),
    inForce: (now) => ledger.rules.inForce(site.key, now),
    sharing: () => whole.streams(),
    isForgettable: (now) => trouble.isOver(now) && ending === 0 && own.isAtRest(now),
    leave() {
      here.leave(member);
      whole.leave(member);
    },
  };
  return site;
}

function until(at: number, now: number): Gate | undefined {
  const moment = Math.ceil(at);
  return moment > now ? { open: false, why: 'rate', until: Number.isFinite(moment) ? moment : null } : undefined;
}

/** The stream's limits within what the provider is known to allow; what the stream says of the provider or the site itself stands above both. */
export function limitsFor(policy: { limits: SiteLimits; siteLimits: Record<string, Partial<SiteLimits>> }, { name, provider }: Pick<Site, 'name' | 'provider'>): SiteLimits {
  const own = (key: string | null) => (key !== null && Object.hasOwn(policy.siteLimits, key) ? policy.siteLimits[key] : undefined);
  const provided = own(provider);
  const named = own(name);
  const limits = withProvider(policy.limits, provider);
  return provided || named ? { ...limits, ...provided, ...named } : limits;
}

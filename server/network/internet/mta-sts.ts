/**
 * MTA-STS (RFC 8461): what a receiver's domain wants of those who send to it.
 * A policy is fetched when the DNS says that there is one or another one, kept
 * for as long as it says, across restarts too, and made new when half of that
 * is over. One that is known holds although it cannot be fetched again or its
 * record is gone: that is its protection. Without one that is known, a fetch
 * that fails is as if there were none (§3.3).
 */
import type { Clock } from '../../clock.ts';
import type { Log } from '../../log.ts';
import type { KeptStore } from '../../queue/port.ts';
import type { Resolver } from '../resolver.ts';
import { createCache } from './dns/cache.ts';
import type { StsFetch } from './sts-fetch.ts';
import { stsId, type StsPolicy } from './sts-policy.ts';

export type Known = StsPolicy & { id: string; /** Milliseconds since the epoch. */ fetchedAt: number };

export type MtaSts = {
  /** Null without a policy. Never throws. */
  policyOf(domain: string): Promise<Known | null>;
  /** What is known at this moment, with why the last fetch failed. */
  seen(domain: string): { known: Known | null; failed: string | null };
};

export type MtaStsOptions = { clock: Clock; resolver: Pick<Resolver, 'txt'>; fetch: StsFetch; kept: KeptStore; log: Log };

const KIND = 'mta-sts';
/** Domains that are remembered in memory. */
const MOST = 10_000;
/** How long after a failed fetch until the next; milliseconds. */
const AGAIN = 5 * 60_000;
const AT_ONCE = 16;
/** Seconds: one that says 0 would be fetched for each message. */
const LEAST = 60;
const HOLDS = 10 * 365 * 86_400_000;

export function createMtaSts({ clock, resolver, fetch, kept, log }: MtaStsOptions): MtaSts {
  /** Null: nothing is kept either. */
  const memory = createCache<Known | null>(MOST);
  const failures = createCache<{ id: string; why: string }>(MOST);
  const fetching = new Map<string, Promise<Known | null>>();
  const waiting: (() => void)[] = [];
  let open = 0;

  const ages = ({ fetchedAt, maxAge }: Known) => (clock.now() - fetchedAt) / 1000 / Math.max(maxAge, LEAST);
  const holds = (known: Known) => ages(known) < 1;

  async function knownOf(domain: string): Promise<Known | null> {
    const found = memory.get(domain, clock.now());
    let known = found ? found.value : null;
    if (!found) {
      try {
        const json = await kept.kept(KIND, domain);
        known = json === undefined ? null : (JSON.parse(json) as Known);
      } catch (error) {
        log.error({ err: error, domain }, 'an MTA-STS policy could not be read');
      }
      // Somebody may have fetched meanwhile.
      const newer = memory.get(domain, clock.now());
      if (newer) known = newer.value;
      else memory.set(domain, known, clock.now() + HOLDS);
    }
    if (known && !holds(known)) {
      memory.set(domain, null, clock.now() + HOLDS);
      await keep(domain, null);
      return null;
    }
    return known;
  }

  async function keep(domain: string, known: Known | null): Promise<void> {
    await kept.keep(KIND, domain, known && JSON.stringify(known)).catch((error: unknown) => log.error({ err: error, domain }, 'an MTA-STS policy could not be kept'));
  }

  async function renew(domain: string, id: string, known: Known | null): Promise<Known | null> {
    if (open >= AT_ONCE) await new Promise<void>((turn) => { waiting.push(turn); });
    else open++;
    try {
      const got = await fetch(domain);
      if ('failed' in got) {
        failures.set(domain, { id, why: got.failed }, clock.now() + AGAIN);
        log.warn({ domain, why: got.failed, kept: known !== null }, 'an MTA-STS policy could not be fetched');
        return known && holds(known) ? known : null;
      }
      const fresh: Known = { ...got, id, fetchedAt: clock.now() };
      memory.set(domain, fresh, clock.now() + HOLDS);
      await keep(domain, fresh);
      return fresh;
    } finally {
      const next = waiting.shift();
      if (next) next();
      else open--;
    }
  }

  return {
    async policyOf(domain) {
      const [known, answer] = await Promise.all([knownOf(domain), resolver.txt(`_mta-sts.${domain}`)]);
      const id = answer.kind === 'records' ? stsId(answer.records) : undefined;
      if (id === undefined) return known;
      if (known?.id === id && ages(known) < 0.5) return known;
      if (failures.get(domain, clock.now())?.value.id === id) return known;
      let under = fetching.get(domain);
      if (!under) fetching.set(domain, (under = renew(domain, id, known).finally(() => fetching.delete(domain))));
      // With the old one still good and the same, nobody needs to wait for the new one.
      return known?.id === id ? known : under;
    },
    seen: (domain) => ({ known: memory.get(domain, clock.now())?.value ?? null, failed: failures.get(domain, clock.now())?.value.why ?? null }),
  };
}

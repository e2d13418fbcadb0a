/**
 * The smaller of what a stream wants and what its mail's provider is known to
 * take (profiles/), so that nobody has to learn it from their 421s. A
 * stream's `siteLimits` say otherwise where they do.
 */
import type { SiteLimits } from '../mail/stream.ts';
import { profileOf } from './profiles/profiles.ts';

type Slow = { per: number; perMs: number };
const slower = (a: Slow, b: Slow): boolean => a.per * b.perMs < b.per * a.perMs;

/** The smaller of each; of two rates the slower one. */
export function tighter(limits: SiteLimits, other: Partial<SiteLimits>): SiteLimits {
  const { rate, connectionRate } = other;
  const mine = limits.connectionRate;
  return {
    ...limits,
    connections: Math.min(limits.connections, other.connections ?? Infinity),
    messagesPerConnection: Math.min(limits.messagesPerConnection, other.messagesPerConnection ?? Infinity),
    ...(rate && (!limits.rate || slower({ per: rate.messages, perMs: rate.perMs }, { per: limits.rate.messages, perMs: limits.rate.perMs })) ? { rate } : {}),
    ...(connectionRate && (!mine || slower({ per: connectionRate.connections, perMs: connectionRate.perMs }, { per: mine.connections, perMs: mine.perMs })) ? { connectionRate } : {}),
  };
}

export function withProvider(limits: SiteLimits, provider: string | null): SiteLimits {
  const profile = profileOf(provider);
  return profile ? tighter(limits, profile.limits) : limits;
}

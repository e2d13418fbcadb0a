/**
 * All that is known of providers, in one list, and how a route is told to be
 * of one. A route is of a provider only when all of its hosts are: a domain
 * with one host at a provider and one of its own is nobody's.
 */
import type { Answer } from '../../mail/reply.ts';
import { ANY_RULES } from './any.ts';
import { ASIA } from './asia.ts';
import { EUROPE } from './europe.ts';
import { GATEWAYS } from './gateways.ts';
import { GLOBAL } from './global.ts';
import { isFor, type Profile, type ProfileRule, readingOf } from './profile.ts';

export type { Act, Profile, ProfileRule } from './profile.ts';
export { ANY_RULES };

export const PROFILES: readonly Profile[] = [...GLOBAL, ...EUROPE, ...ASIA, ...GATEWAYS];
const BY_KEY: ReadonlyMap<string, Profile> = new Map(PROFILES.map((profile) => [profile.key, profile]));

export const profileOf = (provider: string | null): Profile | undefined => (provider === null ? undefined : BY_KEY.get(provider));

/** By the names of a route's hosts, in any case, with or without a dot at the end. */
export function providerOf(hosts: readonly string[]): string | undefined {
  const names = hosts.map((host) => host.toLowerCase().replace(/\.$/, ''));
  if (names.length === 0) return undefined;
  return PROFILES.find((profile) => names.every((name) => profile.hosts.some((host) => (host.startsWith('.') ? name.endsWith(host) && name.length > host.length : name === host))))?.key;
}

/** Rules that a reply is for: the provider's own, else those that hold for anybody. */
export function rulesFor(answer: Answer, provider: string | null): readonly ProfileRule[] {
  const reading = readingOf(answer);
  if (!reading) return [];
  const own = profileOf(provider)?.rules.filter((rule) => isFor(rule, reading)) ?? [];
  return own.length > 0 ? own : ANY_RULES.filter((rule) => isFor(rule, reading));
}

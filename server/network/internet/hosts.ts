/**
 * From names to hosts that can be dialled: which of them may be used, what a
 * connection to each must prove, and why the others are left out. Receivers'
 * policies come before the stream's: DANE, else MTA-STS, else what the stream
 * wants.
 */
import type { LivePolicy } from '../../mail/live.ts';
import type { Host, TlsDemand } from '../network.ts';
import type { Resolver } from '../resolver.ts';
import { type Addresses, addressesOf } from './addresses.ts';
import { daneOf } from './dane.ts';
import type { Exchange, Exchanges } from './exchanges.ts';
import type { Guard } from './guard.ts';
import type { Known } from './mta-sts.ts';
import { stsNames } from './sts-policy.ts';

export type Looking = { resolver: Pick<Resolver, 'addresses' | 'tlsa' | 'cname'>; guard: Guard; random: () => number };

/** A host with all of its addresses, or why it is not used. */
export type Candidate =
  | { kind: 'host'; host: Omit<Host, 'address'>; addresses: string[]; ttl: number }
  /** `unknown`: it may be otherwise in a minute. `policy`: MTA-STS does not name it. `guarded`: nowhere that mail may go. `nothing`: it has no address. */
  | { kind: 'unknown' | 'policy' | 'guarded' | 'nothing'; name: string; why: string };

export async function candidateOf(exchange: Exchange, { domain, port, exchanges, policy, sts }: { domain: string; port: number; exchanges: Pick<Exchanges, 'authentic'>; policy: LivePolicy; sts: Known | null }, looking: Looking): Promise<Candidate> {
  const { name, preference } = exchange;
  const found = await addressesOf(name, policy.family, looking);
  const missing = whyNone(name, found);
  if (missing) return missing;
  const dane = exchanges.authentic ? await daneOf({ host: name, canonical: found.canonical, authentic: found.authentic, port, domain }, looking.resolver) : { kind: 'none' as const };
  if (dane.kind === 'unknown') return { kind: 'unknown', name, why: dane.why };
  const demands = dane.kind === 'demand' ? { tls: dane.demand } : stsDemand(name, domain, sts);
  if ('not' in demands) return { kind: 'policy', name, why: demands.not };
  return {
    kind: 'host', addresses: found.list, ttl: Math.min(found.ttl, dane.kind === 'demand' ? dane.ttl : Infinity),
    host: withStream({ name, port, preference, ...demands }, policy),
  };
}

export function whyNone(name: string, { list, failed, refused }: Addresses): Candidate | undefined {
  if (list.length > 0) return undefined;
  if (failed !== undefined) return { kind: 'unknown', name, why: failed };
  if (refused.length > 0) return { kind: 'guarded', name, why: `${name} is at ${refused.slice(0, 3).join(', ')}, where mail does not go unless POSTERN_DELIVERY_PRIVATE allows it` };
  return { kind: 'nothing', name, why: `${name} has no address` };
}

function stsDemand(name: string, domain: string, sts: Known | null): { tls?: TlsDemand; tests?: TlsDemand } | { not: string } {
  if (!sts || sts.mode === 'none') return {};
  const isNamed = stsNames(sts, name);
  const note = `MTA-STS of ${domain} (${sts.mode}, id ${sts.id})${isNamed ? '' : `: ${name} is not named in it`}`;
  // Names nobody: what is only tested fails then, and is noted.
  const demand: TlsDemand = { kind: 'verified', by: 'mta-sts', names: isNamed ? [name] : [], note };
  if (sts.mode === 'testing') return { tests: demand };
  return isNamed ? { tls: demand } : { not: `the MTA-STS policy of ${domain} does not name ${name}` };
}

/** The least that the stream wants, where nobody wants more. */
export function withStream(host: Omit<Host, 'address'>, policy: LivePolicy): Omit<Host, 'address'> {
  if (policy.tls !== 'required' || host.tls) return host;
  return { ...host, tls: { kind: 'required', by: 'stream' } };
}

/** What a provider's profile says of all its hosts, where nobody wants more. */
export function withProvider<T extends { host: Omit<Host, 'address'> }>(candidate: T): T {
  return candidate.host.tls ? candidate : { ...candidate, host: { ...candidate.host, tls: { kind: 'required', by: 'provider' } } };
}

const MOST = 20;
const LEAST_EACH = 2;

/** Addresses of hosts, in their order: all where they are few, else of each host as many as leave room for the others. */
export function spread(candidates: readonly Extract<Candidate, { kind: 'host' }>[]): Host[] {
  const total = (each: number) => candidates.reduce((sum, { addresses }) => sum + Math.min(each, addresses.length), 0);
  let each = Math.max(LEAST_EACH, ...candidates.map(({ addresses }) => addresses.length));
  while (each > LEAST_EACH && total(each) > MOST) each--;
  return candidates.flatMap(({ host, addresses }) => addresses.slice(0, each).map((address) => ({ ...host, address }))).slice(0, MOST);
}

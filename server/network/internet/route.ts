/**
 * Where a destination goes: the relays that the stream names for it, else the
 * hosts of its MX records (RFC 5321 §5.1), each with what its receiver asks of
 * the connection. Never to ourselves, never where the guard does not let it.
 *
 *   nobody there        nxdomain, null-mx, no-mx, loop     ends it
 *   could not be asked  dns-error                          later
 *   policy in the way   tls (MTA-STS names none of them)   later
 *   only private ones   unreachable                        later: the operator may allow it
 */
import { isIP } from 'node:net';
import type { LivePolicy, Relay } from '../../mail/live.ts';
import type { Fault } from '../../mail/reply.ts';
import { FALLBACK, type Route } from '../network.ts';
import type { Resolver } from '../resolver.ts';
import { addressesOf, literalAddress } from './addresses.ts';
import { readDestination } from './destination.ts';
import { asciiName } from './dns/names.ts';
import { type Exchange, exchangesOf } from './exchanges.ts';
import type { Guard } from './guard.ts';
import { type Candidate, candidateOf, spread, whyNone, withProvider, withStream } from './hosts.ts';
import type { MtaSts } from './mta-sts.ts';
import type { Own } from './own.ts';
import { relayHost, relaysFor } from './relays.ts';
import { siteOf } from './site.ts';

export type Routing = {
  resolver: Pick<Resolver, 'mx' | 'addresses' | 'tlsa' | 'cname'>;
  guard: Guard;
  random: () => number;
  sts: Pick<MtaSts, 'policyOf'>;
  own: () => Own;
  /** Of other people's mail servers. */
  port: number;
  providerOf: (hosts: string[]) => string | undefined;
  /** Whether all hosts of a provider are known to take TLS: without it, somebody is in the way. */
  demandsTls: (provider: string) => boolean;
};

type Found = Extract<Candidate, { kind: 'host' }>;
type Direct = { site: string; provider?: string | undefined; candidates: Found[]; ttl: number; notes: string[] };

/** Hosts of a domain that are looked at, and those that are tried. */
const LOOKED_AT = 20;
const TRIED = 10;
/** Milliseconds. */
const SHORTEST = 5_000;
const LONGEST = 3_600_000;

const fault = (kind: Fault['fault'], detail: string): Fault => ({ kind: 'fault', stage: 'resolve', fault: kind, detail });

export async function routeTo(destination: string, policy: LivePolicy, routing: Routing): Promise<Route | Fault> {
  const to = readDestination(destination);
  const { always, fallback } = relaysFor(policy.relays, to.kind === 'domain' ? to.domain : '');
  if (always.length > 0 && to.kind !== 'nowhere') return relayed(always, policy, routing);
  const direct = to.kind === 'nowhere' ? fault('nxdomain', to.why) : to.kind === 'literal' ? toLiteral(destination, to.address, policy, routing) : await toDomain(to.domain, policy, routing);
  if (fallback.length === 0) return 'fault' in direct ? direct : finished(direct);
  // A relay can ask the DNS itself; it cannot make a domain exist, and must not be a way round a policy.
  if ('fault' in direct) return direct.fault === 'dns-error' ? relayed(fallback, policy, routing, [direct.detail]) : direct;
  const { found, left } = await relayHosts(fallback, policy, routing, FALLBACK);
  return finished({ ...direct, notes: [...direct.notes, `then by ${fallback.map(({ host }) => host).join(', ')}`, ...left.map(({ why }) => why)] }, found);
}

function finished({ site, provider, candidates, ttl, notes }: Direct, more: Found[] = []): Route {
  const all = [...candidates, ...more];
  const seconds = Math.min(ttl, ...all.map((one) => one.ttl));
  return {
    site, ...(provider === undefined ? {} : { provider }), hosts: [...spread(candidates), ...spread(more)], notes,
    ...(seconds === Infinity ? {} : { keepFor: Math.min(Math.max(seconds * 1000, SHORTEST), LONGEST) }),
  };
}

async function toDomain(domain: string, policy: LivePolicy, routing: Routing): Promise<Direct | Fault> {
  const exchanges = await exchangesOf(domain, routing);
  if ('fault' in exchanges) return exchanges;
  const own = routing.own();
  const { port } = routing;
  const names = exchanges.list.map(({ name }) => name);
  const notes = [...exchanges.notes];
  const before = ahead(exchanges.list, ({ name }) => own.isName(name));
  if (before.cut) notes.push(before.cut);

  const sts = await routing.sts.policyOf(domain);
  const looked = await Promise.all(before.list.slice(0, LOOKED_AT).map((exchange) => candidateOf(exchange, { domain, port, exchanges, policy, sts }, routing)));
  const hosts = looked.filter((one) => one.kind === 'host');
  const left = looked.filter((one) => one.kind !== 'host');
  notes.push(...left.map(({ why }) => why));
  const after = ahead(hosts.map((candidate) => ({ ...candidate.host, candidate })), ({ candidate }) => candidate.addresses.some((address) => own.isAddress(address, port)));
  if (after.cut) notes.push(after.cut);

  const provider = routing.providerOf(names);
  const encrypted = provider !== undefined && routing.demandsTls(provider);
  const candidates = after.list.map(({ candidate }) => (encrypted ? withProvider(candidate) : candidate)).slice(0, TRIED);
  if (candidates.length === 0) return whyNobody(domain, exchanges.implicit, left, before.cut ?? after.cut);
  return { site: siteOf(names), provider, candidates, ttl: exchanges.ttl, notes };
}

/** RFC 5321 §5.1: where one of them is us, only those that are preferred to us are left. */
function ahead<T extends Exchange>(list: readonly T[], isUs: (one: T) => boolean): { list: T[]; cut?: string } {
  const ours = list.find(isUs);
  if (!ours) return { list: [...list] };
  return { list: list.filter(({ preference }) => preference < ours.preference), cut: `${ours.name} (${ours.preference}) is this server: only hosts that are preferred to it are asked (RFC 5321 §5.1)` };
}

type Left = Exclude<Candidate, { kind: 'host' }>;

function whyNobody(domain: string, implicit: boolean, left: readonly Left[], cut: string | undefined): Fault {
  const first = (kind: Left['kind']) => left.find((one) => one.kind === kind)?.why;
  const unknown = first('unknown');
  if (unknown !== undefined) return fault('dns-error', `No host of ${domain} could be found for now: ${unknown}`);
  const policy = first('policy');
  if (policy !== undefined) return fault('tls', `No host of ${domain} may be used: ${policy} (RFC 8461)`);
  const guarded = first('guarded');
  if (guarded !== undefined) return fault('unreachable', `No host of ${domain} may be asked: ${guarded}`);
  if (cut !== undefined) return fault('loop', `Mail for ${domain} would come back to us: ${cut}`);
  if (implicit) return fault('no-mx', `The domain ${domain} has neither MX nor address records`);
  return fault('no-mx', `None of the MX hosts of ${domain} has an address: ${left.slice(0, 5).map(({ name }) => name).join(', ')}`);
}

function toLiteral(destination: string, address: string, policy: LivePolicy, { guard, own, port }: Routing): Direct | Fault {
  const found = literalAddress(address, policy.family, guard);
  if (found.list.length === 0) return fault('unreachable', `${destination} may not be asked: ${found.refused.join(', ')}`);
  if (own().isAddress(address, port)) return fault('loop', `Mail for ${destination} would come back to us: it is an address of this server`);
  return { site: destination, candidates: [{ kind: 'host', host: withStream({ name: address, port, preference: 0 }, policy), addresses: [address], ttl: Infinity }], ttl: Infinity, notes: [] };
}

async function relayed(relays: readonly Relay[], policy: LivePolicy, routing: Routing, why: string[] = []): Promise<Route | Fault> {
  const { found, left } = await relayHosts(relays, policy, routing, 0);
  const notes = [...why, `by ${relays.map(({ host }) => host).join(', ')}, as the stream wants`, ...left.map((one) => one.why)];
  // Never the recipient's fault: it waits until the relay is there again.
  if (found.length === 0) return fault(left.some(({ kind }) => kind === 'guarded') ? 'unreachable' : 'dns-error', `No relay can be asked: ${left.map((one) => one.why).join('; ')}`);
  return finished({ site: siteOf(found.map(({ host }) => host.name)), candidates: found, ttl: Infinity, notes });
}

async function relayHosts(relays: readonly Relay[], policy: LivePolicy, routing: Routing, preference: number): Promise<{ found: Found[]; left: Left[] }> {
  const own = routing.own();
  const all = await Promise.all(relays.map(async (relay, at): Promise<Candidate> => {
    const name = nameOf(relay);
    const addresses = isIP(name) === 0 ? await addressesOf(name, policy.family, routing) : literalAddress(name, policy.family, routing.guard);
    if (addresses.list.some((address) => own.isAddress(address, relay.port))) return { kind: 'guarded', name, why: `${name} at port ${relay.port} is this server: the mail would come back to it` };
    return whyNone(name, addresses) ?? { kind: 'host', host: withStream({ ...relayHost(relay, name), preference: preference + at }, policy), addresses: addresses.list, ttl: addresses.ttl };
  }));
  return { found: all.filter((one) => one.kind === 'host'), left: all.filter((one) => one.kind !== 'host') };
}

const nameOf = ({ host }: Relay): string => {
  const bare = host.replace(/^\[(?:IPv6:)?(.*)\]$/i, '$1');
  return isIP(bare) === 0 ? asciiName(bare) ?? bare : bare;
};

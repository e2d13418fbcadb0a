/**
 * The addresses of a host that mail may go to, in the order of the stream's
 * preference: both families in turns, so that one that does not work here
 * costs one try and not all of them. What the guard refuses is left out, and
 * told.
 */
import { isIP } from 'node:net';
import type { Family } from '../../mail/live.ts';
import type { Resolver } from '../resolver.ts';
import type { Guard } from './guard.ts';
import { shuffled } from './shuffle.ts';

export type Addresses = {
  list: string[];
  /** Where it led to over CNAMEs; the name itself otherwise. */
  canonical: string;
  /** DNSSEC vouches for all that were found. A family that could not be asked about does not count: else to break that question would be a way round DANE. */
  authentic: boolean;
  /** Seconds. */
  ttl: number;
  /** Why there may be others: a question that failed. */
  failed: string | undefined;
  /** What was left out, with why. */
  refused: string[];
};

const FAMILIES: Record<Family, readonly (4 | 6)[]> = { 'ipv4-first': [4, 6], 'ipv6-first': [6, 4], ipv4: [4], ipv6: [6] };

export async function addressesOf(host: string, family: Family, { resolver, guard, random }: { resolver: Pick<Resolver, 'addresses'>; guard: Guard; random: () => number }): Promise<Addresses> {
  const answers = await Promise.all(FAMILIES[family].map((one) => resolver.addresses(host, one)));
  const found: Addresses = { list: [], canonical: host, authentic: true, ttl: Infinity, failed: undefined, refused: [] };
  const byFamily = answers.map((answer) => {
    if (answer.kind === 'failed') {
      found.failed = answer.detail;
      return [];
    }
    if (answer.kind !== 'records') return [];
    found.authentic &&= answer.authentic;
    found.ttl = Math.min(found.ttl, answer.ttl);
    found.canonical = answer.name;
    const good = answer.records.filter((address) => {
      const why = guard.refuses(address);
      if (why !== undefined) found.refused.push(`${address} (${why})`);
      return why === undefined;
    });
    return shuffled(good, random);
  });
  for (let at = 0; byFamily.some((list) => at < list.length); at++) for (const list of byFamily) if (at < list.length) found.list.push(list[at]!);
  return found;
}

/** One that stands there as it is: an address literal, or a relay without a name. */
export function literalAddress(address: string, family: Family, guard: Guard): Addresses {
  const isWanted = (FAMILIES[family] as readonly number[]).includes(isIP(address));
  const why = guard.refuses(address) ?? (isWanted ? undefined : `the stream uses ${family === 'ipv4' ? 'IPv4' : 'IPv6'} only`);
  return { list: why === undefined ? [address] : [], canonical: address, authentic: false, ttl: Infinity, failed: undefined, refused: why === undefined ? [] : [`${address} (${why})`] };
}

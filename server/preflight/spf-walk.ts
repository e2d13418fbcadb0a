/**
 * Follows an SPF record through everything that it includes and counts what a
 * receiver would have to look up for an address that matches nothing (RFC
 * 7208 §4.6.4: ten look-ups, two of them in vain). A receiver stops at the
 * first match; this does not, so it sees what will break next. Cycles and
 * endless chains end at a limit.
 */
import type { Resolver } from '../network/resolver.ts';
import { addressesOf } from './bounded.ts';
import { domainName } from './names.ts';
import { isSpf, readSpf, SPF_ABSURD, type SpfTerm } from './spf-record.ts';

export const LOOKUPS = 10;
export const VOIDS = 2;
/** Beyond this nobody needs to know how many more. */
const ENOUGH = 40;

export type SpfWalk = { lookups: number; voids: number; /** What each term of the record itself costs. */ costs: { term: string; lookups: number }[]; faults: string[]; unanswered: string[]; usesPtr: boolean };

export async function walkSpf(resolver: Resolver, domain: string, record: string): Promise<SpfWalk> {
  const walk: SpfWalk = { lookups: 0, voids: 0, costs: [], faults: [], unanswered: [], usesPtr: false };

  async function follow(name: string, text: string, path: readonly string[]): Promise<void> {
    const { terms, faults } = readSpf(text);
    for (const fault of faults.slice(0, 5)) walk.faults.push(path.length === 1 ? fault : `${fault} (in ${name})`);
    const hasAll = terms.some((term) => term.name === 'all');
    for (const term of terms) {
      if (walk.lookups > ENOUGH) return;
      if (term.name === 'redirect' && hasAll) continue;
      const before = walk.lookups;
      await cost(term, name, path);
      if (path.length === 1 && walk.lookups > before) walk.costs.push({ term: term.text, lookups: walk.lookups - before });
    }
  }

  async function cost(term: SpfTerm, name: string, path: readonly string[]): Promise<void> {
    if (!['include', 'redirect', 'a', 'mx', 'ptr', 'exists'].includes(term.name)) return;
    walk.lookups++;
    if (term.name === 'ptr') walk.usesPtr = true;
    // What a macro stands for is known only when mail comes.
    if (term.name === 'ptr' || term.name === 'exists' || term.value.includes('%')) return;
    const asked = term.value.replace(/\/.*$/, '') || name;
    const target = domainName(asked);
    if (target === undefined) {
      walk.faults.push(`"${term.text.slice(0, 60)}" names no domain`);
      return;
    }
    if (term.name === 'include' || term.name === 'redirect') await into(term, target, path);
    else if (await isVoid(term.name, target)) walk.voids++;
  }

  async function into(term: SpfTerm, target: string, path: readonly string[]): Promise<void> {
    if (path.includes(target)) {
      walk.faults.push(`${target} leads back to itself (${[...path.slice(path.indexOf(target)), target].slice(0, 6).join(' → ')})`);
      return;
    }
    const answer = await resolver.txt(target);
    if (answer.kind === 'failed') {
      walk.unanswered.push(target);
      return;
    }
    const records = answer.kind === 'records' ? answer.records.filter(isSpf) : [];
    if (answer.kind !== 'records') walk.voids++;
    if (records.length !== 1) walk.faults.push(`"${term.text.slice(0, 60)}": ${target} has ${records.length === 0 ? 'no SPF record' : `${records.length} SPF records`}`);
    else if (records[0]!.length > SPF_ABSURD) walk.faults.push(`the record of ${target} is ${records[0]!.length} octets long`);
    else await follow(target, records[0]!, [...path, target]);
  }

  async function isVoid(kind: string, target: string): Promise<boolean> {
    if (kind === 'a') {
      const { addresses, lost } = await addressesOf(resolver, target);
      if (lost) walk.unanswered.push(target);
      return addresses.length === 0 && !lost;
    }
    const answer = await resolver.mx(target);
    if (answer.kind === 'failed') walk.unanswered.push(target);
    return answer.kind === 'none' || answer.kind === 'nxdomain';
  }

  await follow(domain, record, [domain]);
  walk.faults = [...new Set(walk.faults)].slice(0, 12);
  return walk;
}

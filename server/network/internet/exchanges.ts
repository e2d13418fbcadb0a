/**
 * Who takes the mail of a domain (RFC 5321 §5.1): its MX hosts by preference,
 * in chance's order within one; the domain itself where it has no MX; nobody,
 * where it says so (RFC 7505). NXDOMAIN is an answer, a resolver that fails
 * is none.
 */
import type { Fault } from '../../mail/reply.ts';
import type { Resolver } from '../resolver.ts';
import { asciiName } from './dns/names.ts';
import { shuffled } from './shuffle.ts';

export type Exchange = { name: string; preference: number };
export type Exchanges = {
  kind: 'exchanges';
  /** In the order to try; each name once. */
  list: Exchange[];
  /** The domain has no MX. */
  implicit: boolean;
  /** DNSSEC vouches for it. */
  authentic: boolean;
  /** Seconds. */
  ttl: number;
  notes: string[];
};

const fault = (kind: Fault['fault'], detail: string): Fault => ({ kind: 'fault', stage: 'resolve', fault: kind, detail });

export async function exchangesOf(domain: string, { resolver, random }: { resolver: Pick<Resolver, 'mx'>; random: () => number }): Promise<Exchanges | Fault> {
  const answer = await resolver.mx(domain);
  switch (answer.kind) {
    case 'failed': return fault('dns-error', `The MX records of ${domain} could not be asked for: ${answer.detail}`);
    case 'nxdomain': return fault('nxdomain', `The domain ${domain} does not exist (NXDOMAIN)`);
    case 'none': return { kind: 'exchanges', list: [{ name: domain, preference: 0 }], implicit: true, authentic: answer.authentic, ttl: answer.ttl, notes: [`${domain} has no MX: its own address is asked (RFC 5321 §5.1)`] };
    case 'records': {
      const { records } = answer;
      if (records.every(({ exchange }) => exchange === '')) return fault('null-mx', `The domain ${domain} takes no mail (null MX, RFC 7505): 556 5.1.10`);
      const notes = answer.name === domain ? [] : [`${domain} is an alias (CNAME) of ${answer.name}`];
      const list = ordered(records.flatMap(({ exchange, preference }) => {
        const name = asciiName(exchange);
        return name === undefined ? [] : [{ name, preference }];
      }), random);
      if (list.length === 0) return fault('no-mx', `No MX of ${domain} has a name that can be in the DNS`);
      notes.push(`MX of ${domain}: ${list.slice(0, 20).map(({ name, preference }) => `${preference} ${name}`).join(', ')}${list.length > 20 ? ` and ${list.length - 20} more` : ''}`);
      return { kind: 'exchanges', list, implicit: false, authentic: answer.authentic, ttl: answer.ttl, notes };
    }
  }
}

/** A host that stands there more than once counts where it is preferred most. */
function ordered(exchanges: readonly Exchange[], random: () => number): Exchange[] {
  const best = new Map<string, number>();
  for (const { name, preference } of exchanges) best.set(name, Math.min(preference, best.get(name) ?? Infinity));
  const steps = new Map<number, Exchange[]>();
  for (const [name, preference] of best) steps.set(preference, [...(steps.get(preference) ?? []), { name, preference }]);
  return [...steps].sort(([a], [b]) => a - b).flatMap(([, step]) => shuffled(step.sort((a, b) => (a.name < b.name ? -1 : 1)), random));
}

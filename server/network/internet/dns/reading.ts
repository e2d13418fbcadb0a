/**
 * What the records of an answer come to: the CNAME chain followed, the records
 * that were asked for, and for how long that holds. An answer that ends in a
 * CNAME without saying what is there leads `on`, to be asked for.
 */
import type { Answer } from 'dns-packet';
import type { Answered } from './asking.ts';
import { asciiName } from './names.ts';
import type { Asked, Kind } from './packet.ts';

/** `ttl` in seconds; null where nothing says how long (RFC 2308 §5: then it is not to be kept). */
export type Outcome =
  | { kind: 'records'; records: Answer[]; ttl: number; name: string }
  | { kind: 'none' | 'nxdomain'; ttl: number | null }
  | { kind: 'on'; name: string; ttl: number }
  | { kind: 'circle' };

const HOPS = 12;

export function outcomeOf({ rcode, answers, authorities }: Answered, { name, kind }: Asked): Outcome {
  let at = name;
  let ttl = Infinity;
  if (kind !== 'CNAME') {
    for (let hops = 0; ; hops++) {
      const alias = answers.find((one) => one.type === 'CNAME' && same(one.name, at));
      if (!alias || alias.type !== 'CNAME') break;
      const next = asciiName(alias.data);
      if (next === undefined || hops === HOPS) return { kind: 'circle' };
      at = next;
      ttl = Math.min(ttl, ttlOf(alias));
    }
  }
  const records = answers.filter((one) => one.type === kind && same(one.name, at));
  if (records.length > 0) return { kind: 'records', records, ttl: Math.min(ttl, ...records.map(ttlOf)), name: at };
  const negative = negativeTtl(authorities);
  const kept = negative === null ? null : Math.min(ttl, negative);
  if (rcode === 'NXDOMAIN') return { kind: 'nxdomain', ttl: kept };
  if (at !== name && negative === null) return { kind: 'on', name: at, ttl };
  return { kind: 'none', ttl: kept };
}

/** RFC 2308 §5: the lesser of the SOA's own TTL and its last field. */
function negativeTtl(authorities: readonly Answer[]): number | null {
  for (const one of authorities) if (one.type === 'SOA') return Math.min(ttlOf(one), one.data.minimum ?? 0);
  return null;
}

/** RFC 2181 §8: one with the highest bit set is zero. */
const ttlOf = (one: Answer): number => {
  const ttl = 'ttl' in one ? one.ttl ?? 0 : 0;
  return ttl >= 2 ** 31 ? 0 : ttl;
};

const same = (name: string, asked: string): boolean => name.toLowerCase().replace(/\.$/, '') === asked;

/** The values of records; one that cannot be used is left out. */
export const VALUES = {
  A: (one: Answer) => (one.type === 'A' ? one.data : undefined),
  AAAA: (one: Answer) => (one.type === 'AAAA' ? one.data : undefined),
  PTR: (one: Answer) => (one.type === 'PTR' ? bare(one.data) : undefined),
  CNAME: (one: Answer) => (one.type === 'CNAME' ? bare(one.data) : undefined),
  MX: (one: Answer) => (one.type === 'MX' ? { exchange: bare(one.data.exchange), preference: one.data.preference ?? 0 } : undefined),
  TXT: (one: Answer) => (one.type === 'TXT' ? Buffer.concat((Array.isArray(one.data) ? one.data : [one.data]).map((part) => Buffer.from(part as Buffer))).toString('utf8') : undefined),
  TLSA: (one: Answer) => (one.type === 'TLSA' ? { usage: one.data.usage, selector: one.data.selector, matching: one.data.matchingType, data: new Uint8Array(one.data.certificate) } : undefined),
} satisfies Record<Kind, (one: Answer) => unknown>;

/** Lower case, without the dot at the end; the root is empty. */
const bare = (name: string): string => name.toLowerCase().replace(/\.$/, '');

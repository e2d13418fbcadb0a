/**
 * The stub resolver of the house: asks the resolvers it is given, keeps what
 * they say for as long as they say (RFC 2308 for what is not there), and asks
 * one thing once however many want to know. `authentic` is what a resolver
 * that is trusted vouches for, along the whole CNAME chain. Failures are kept
 * for a few seconds only, so that a burst of mail does not become a burst of
 * questions. Never throws.
 */
import type { Clock } from '../../../clock.ts';
import type { DnsAnswer, MxRecord, Resolver, TlsaRecord } from '../../resolver.ts';
import { createAsking } from './asking.ts';
import { createCache } from './cache.ts';
import type { Server } from './exchange.ts';
import { asciiName, reverseName } from './names.ts';
import type { Kind } from './packet.ts';
import { outcomeOf, VALUES } from './reading.ts';

export type ResolverOptions = {
  clock: Clock;
  /** In the order in which they are asked. */
  servers: () => readonly Server[];
  /** Whether this resolver is believed when it says that DNSSEC holds (its AD bit). */
  trusted: (server: Server) => boolean;
  /** Milliseconds for one try, and for a question with all its tries. */
  perTry?: number;
  within?: number;
  /** Answers that are kept. */
  entries?: number;
  /** Questions that are open at the same time. */
  atOnce?: number;
  /** For tests; a random one otherwise. */
  makeId?: () => number;
};

/** Seconds. */
const LONGEST = 86_400;
const LONGEST_NEGATIVE = 300;
const FAILURE = 5;
/** CNAMEs that are asked for one by one. */
const HOPS = 8;

export function createResolver({ clock, servers, trusted, perTry = 2_000, within = 10_000, entries = 20_000, atOnce = 128, makeId }: ResolverOptions): Resolver {
  const asking = createAsking({ clock, servers, perTry, within, atOnce, ...(makeId ? { makeId } : {}) });
  const cache = createCache<DnsAnswer<unknown>>(entries);
  const underWay = new Map<string, Promise<DnsAnswer<unknown>>>();
  let generation = 0;

  async function find(first: string, kind: Kind): Promise<DnsAnswer<unknown>> {
    let name = first;
    let ttl = LONGEST;
    let authentic = true;
    for (let hops = 0; hops < HOPS; hops++) {
      const answered = await asking.ask({ name, kind });
      if (answered.kind === 'failed') return { kind: 'failed', reason: answered.reason, detail: `${first} ${kind}: ${answered.detail}` };
      authentic &&= answered.authentic && trusted(answered.from);
      const outcome = outcomeOf(answered, { name, kind });
      switch (outcome.kind) {
        case 'records': {
          const records = outcome.records.map((one) => VALUES[kind](one)).filter((one) => one !== undefined);
          return { kind: 'records', records, ttl: Math.min(ttl, outcome.ttl), authentic, name: outcome.name };
        }
        case 'none':
        case 'nxdomain': return { kind: outcome.kind, ttl: Math.min(ttl, outcome.ttl ?? 0, LONGEST_NEGATIVE), authentic };
        case 'on':
          name = outcome.name;
          ttl = Math.min(ttl, outcome.ttl);
          continue;
        case 'circle': return circle(first, kind);
      }
    }
    return circle(first, kind);
  }

  const circle = (name: string, kind: Kind): DnsAnswer<never> => ({ kind: 'failed', reason: 'malformed', detail: `${name} ${kind}: CNAME records lead in a circle, or too far` });

  async function ask(asked: string, kind: Kind): Promise<DnsAnswer<unknown>> {
    const name = asciiName(asked);
    // Nothing in the DNS can have it.
    if (name === undefined) return { kind: 'nxdomain', ttl: LONGEST_NEGATIVE, authentic: false };
    const key = `${kind} ${name}`;
    const kept = cache.get(key, clock.now());
    if (kept) return kept.value.kind === 'failed' ? kept.value : { ...kept.value, ttl: Math.ceil(kept.left / 1000) };
    let asking = underWay.get(key);
    if (!asking) {
      const own = generation;
      asking = find(name, kind).then((answer) => {
        const seconds = answer.kind === 'failed' ? FAILURE : answer.ttl;
        if (seconds > 0 && own === generation) cache.set(key, answer, clock.now() + seconds * 1000);
        return answer;
      }).finally(() => { if (underWay.get(key) === asking) underWay.delete(key); });
      underWay.set(key, asking);
    }
    return asking;
  }

  return {
    mx: (name) => ask(name, 'MX') as Promise<DnsAnswer<MxRecord>>,
    addresses: (name, family) => ask(name, family === 4 ? 'A' : 'AAAA') as Promise<DnsAnswer<string>>,
    txt: (name) => ask(name, 'TXT') as Promise<DnsAnswer<string>>,
    tlsa: (name) => ask(name, 'TLSA') as Promise<DnsAnswer<TlsaRecord>>,
    names: (address) => ask(reverseName(address) ?? '', 'PTR') as Promise<DnsAnswer<string>>,
    cname: (name) => ask(name, 'CNAME') as Promise<DnsAnswer<string>>,
    forget() {
      generation++;
      underWay.clear();
      cache.clear();
    },
    close() {
      generation++;
      cache.clear();
      asking.close();
    },
  };
}

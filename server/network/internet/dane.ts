/**
 * What DANE asks of a connection to a host (RFC 7672): only where DNSSEC
 * vouches for the whole way to it. Records that can be used are the demand;
 * where there are only others, TLS is a must and nobody is asked who they
 * are; where they could not be asked for, the host is not used at all: to go
 * on without them is what an attacker would want.
 */
import type { Resolver, TlsaRecord } from '../resolver.ts';
import type { TlsDemand } from '../network.ts';

export type Dane =
  /** No DANE here. */
  | { kind: 'none' }
  | { kind: 'demand'; demand: TlsDemand; ttl: number }
  | { kind: 'unknown'; why: string };

/** Octets by matching type (RFC 6698 §2.1.3): the whole, SHA-256, SHA-512. */
const OCTETS: Record<number, number | undefined> = { 0: undefined, 1: 32, 2: 64 };

/** Of a host whose MX is authentic. `canonical` is where its CNAMEs led to, `authentic` whether its addresses are, `domain` the recipient's. */
export async function daneOf({ host, canonical, authentic, port, domain }: { host: string; canonical: string; authentic: boolean; port: number; domain: string }, resolver: Pick<Resolver, 'tlsa' | 'cname'>): Promise<Dane> {
  // §2.2.2: the name at the end of the CNAMEs first, then the one that the MX record has; that one alone where DNSSEC ends on the way.
  const bases = authentic ? [...new Set([canonical, host])] : [host];
  if (!authentic) {
    if (canonical === host) return { kind: 'none' };
    const alias = await resolver.cname(host);
    if (alias.kind === 'failed') return { kind: 'unknown', why: `the alias ${host} could not be asked about: ${alias.detail}` };
    if (alias.kind !== 'records' || !alias.authentic) return { kind: 'none' };
  }
  for (const base of bases) {
    const answer = await resolver.tlsa(`_${port}._tcp.${base}`);
    if (answer.kind === 'failed') return { kind: 'unknown', why: `the TLSA records of ${base} could not be asked for: ${answer.detail}` };
    if (answer.kind !== 'records' || !answer.authentic) continue;
    const records = answer.records.filter(isUsable);
    if (records.length === 0) return { kind: 'demand', demand: { kind: 'required', by: 'dane' }, ttl: answer.ttl };
    // §3.2.2: with a record of usage 2, the certificate is of one of these.
    const names = [...new Set([base, host, domain])];
    return { kind: 'demand', demand: { kind: 'dane', records, names, note: `DANE: ${records.map(({ usage, selector, matching }) => `${usage} ${selector} ${matching}`).join(', ')} at _${port}._tcp.${base}` }, ttl: answer.ttl };
  }
  return { kind: 'none' };
}

/** §3.1.3: usages 0 and 1 mean nothing in SMTP. */
function isUsable({ usage, selector, matching, data }: TlsaRecord): boolean {
  if (usage !== 2 && usage !== 3) return false;
  if (selector > 1 || !(matching in OCTETS)) return false;
  return OCTETS[matching] === undefined ? data.length > 0 : data.length === OCTETS[matching];
}

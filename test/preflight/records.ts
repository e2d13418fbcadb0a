/**
 * A resolver made of an object literal, a domain that is in perfect order, and
 * what a pre-flight of it is asked: so that each test shows only what is
 * wrong.
 */
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { manualClock } from '../../server/clock.ts';
import type { DnsAnswer, DnsFailure, MxRecord, Resolver, TlsaRecord } from '../../server/network/resolver.ts';
import type { PreflightAsk, PreflightDeps, SigningKey } from '../../server/preflight/ask.ts';
import type { Finding, Preflight, PreflightCheck, ZoneRecord } from '../../server/preflight/preflight.ts';
import { arpa } from '../../server/preflight/names.ts';
import { runPreflight } from '../../server/preflight/run.ts';

export type Records = { A?: string[]; AAAA?: string[]; TXT?: string[]; MX?: string[]; PTR?: string[]; TLSA?: TlsaRecord[]; CNAME?: string; authentic?: boolean; fails?: DnsFailure };
export type Zone = Record<string, Records | undefined>;

export type Counted = Resolver & { asked: string[] };

export function resolverOf(zone: Zone): Counted {
  const asked: string[] = [];
  const find = <T>(name: string, kind: string, records: (of: Records) => T[] | undefined): Promise<DnsAnswer<T>> => {
    asked.push(`${name} ${kind}`);
    const of = zone[name.toLowerCase().replace(/\.$/, '')];
    const authentic = of?.authentic ?? false;
    if (of?.fails) return Promise.resolve({ kind: 'failed', reason: of.fails, detail: 'The resolver says so.' });
    if (!of) return Promise.resolve({ kind: Object.entries(zone).some(([one, there]) => there && one.endsWith(`.${name}`)) ? 'none' : 'nxdomain', ttl: 60, authentic });
    if (of.CNAME && kind !== 'CNAME') return find(of.CNAME, kind, records);
    const found = records(of) ?? [];
    return Promise.resolve(found.length > 0 ? { kind: 'records', records: found, ttl: 60, authentic, name } : { kind: 'none', ttl: 60, authentic });
  };
  return {
    asked,
    mx: (name) => find<MxRecord>(name, 'MX', ({ MX }) => MX?.map((line) => ({ preference: parseInt(line, 10), exchange: line.split(' ')[1]! }))),
    addresses: (name, family) => find(name, family === 4 ? 'A' : 'AAAA', (of) => (family === 4 ? of.A : of.AAAA)),
    txt: (name) => find(name, 'TXT', ({ TXT }) => TXT),
    tlsa: (name) => find(name, 'TLSA', ({ TLSA }) => TLSA),
    names: (address) => find(arpa(address), 'PTR', ({ PTR }) => PTR),
    cname: (name) => find(name, 'CNAME', ({ CNAME }) => (CNAME === undefined ? undefined : [CNAME])),
    forget: () => {},
    close: () => {},
  };
}

const rsaPair = (modulusLength: number) => generateKeyPairSync('rsa', { modulusLength }).publicKey;
const rsa = (modulusLength: number) => rsaPair(modulusLength).export({ type: 'spki', format: 'der' }).toString('base64');
export const RSA = rsa(2048);
export const OTHER_RSA = rsa(2048);
export const SHORT_RSA = rsa(1024);
export const TINY_RSA = rsa(512);
export const BARE_RSA = createPublicKey({ key: Buffer.from(RSA, 'base64'), format: 'der', type: 'spki' }).export({ type: 'pkcs1', format: 'der' }).toString('base64');
export const ED25519 = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('base64');

export const RSA_KEY: SigningKey = { selector: 'p1', algorithm: 'rsa', publicKey: RSA, state: 'active' };
export const ED_KEY: SigningKey = { selector: 'p1e', algorithm: 'ed25519', publicKey: ED25519, state: 'active' };

export const SOURCE = '192.0.2.25';
export const SOURCE6 = '2001:db8::25';
export const SHA = new Uint8Array(32).fill(7);

export const GOOD: Zone = {
  'shop.test': { MX: ['10 mx1.shop.test', '20 mx2.shop.test'], TXT: ['google-site-verification=x', 'v=spf1 ip4:192.0.2.0/24 include:_spf.relay.test -all'], authentic: true },
  '_spf.relay.test': { TXT: ['v=spf1 ip6:2001:db8::/32 a:out.relay.test ~all'] },
  'out.relay.test': { A: ['198.51.100.7'] },
  'mx1.shop.test': { A: ['192.0.2.10'], authentic: true },
  'mx2.shop.test': { A: ['192.0.2.11'], AAAA: ['2001:db8::11'], authentic: true },
  '_25._tcp.mx1.shop.test': { TLSA: [{ usage: 3, selector: 1, matching: 1, data: SHA }], authentic: true },
  '_25._tcp.mx2.shop.test': { TLSA: [{ usage: 2, selector: 0, matching: 1, data: SHA }], authentic: true },
  'p1._domainkey.shop.test': { TXT: [`v=DKIM1; k=rsa; p=${RSA}`] },
  'p1e._domainkey.shop.test': { TXT: [`v=DKIM1; k=ed25519; p=${ED25519}`] },
  '_dmarc.shop.test': { TXT: ['v=DMARC1; p=reject; rua=mailto:dmarc@shop.test'] },
  '_mta-sts.shop.test': { TXT: ['v=STSv1; id=20260101'] },
  '_smtp._tls.shop.test': { TXT: ['v=TLSRPTv1; rua=mailto:tls@shop.test'] },
  'bounce.shop.test': { MX: ['10 postern.shop.test'], TXT: ['v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 -all'] },
  'postern.shop.test': { A: [SOURCE], AAAA: [SOURCE6] },
  [arpa(SOURCE)]: { PTR: ['postern.shop.test'] },
  [arpa(SOURCE6)]: { PTR: ['Postern.Shop.test.'] },
};

export const ASK: PreflightAsk = {
  domain: 'shop.test', stream: 'shop',
  sources: [{ address: SOURCE, helo: null }, { address: SOURCE6, helo: null }],
  helo: 'postern.shop.test',
  returnPath: 'bounce.shop.test',
  listener: { names: ['postern.shop.test'], addresses: [] },
  signing: { signs: true, domain: null, keys: [RSA_KEY, ED_KEY] },
  gate: { permitted: true, stopped: null, mode: 'deliver', allow: ['shop.test', 'ann@gmail.test'], intercept: null },
  port25: 'shop.test',
};

export const NOW = Date.UTC(2026, 10, 21, 8);
const POLICY: PreflightDeps['fetchPolicy'] = () => Promise.resolve({ mode: 'enforce', mx: ['*.shop.test'], maxAge: 604_800 });

export type Wrong = { zone?: Zone; ask?: Partial<PreflightAsk>; deps?: Partial<PreflightDeps> };

export const look = ({ zone = {}, ask = {}, deps = {} }: Wrong = {}): Promise<Preflight> =>
  runPreflight({ ...ASK, ...ask }, {
    resolver: resolverOf({ ...GOOD, ...zone }), wall: manualClock(NOW), fetchPolicy: POLICY!,
    dial25: ({ name }) => Promise.resolve({ greeting: `220 ${name} ESMTP` }), ...deps,
  });

/** What one check says. */
export async function findingsOf(check: PreflightCheck, wrong?: Wrong): Promise<Finding[]> {
  return (await look(wrong)).findings.filter((finding) => finding.check === check);
}

/** `fail: The sentence.` for each finding of a check. */
export const told = async (check: PreflightCheck, wrong?: Wrong): Promise<string[]> => (await findingsOf(check, wrong)).map(({ verdict, text }) => `${verdict}: ${text}`);

/** The zone after somebody has copied the records into it. A TXT record takes the place of one that begins alike. */
export function published(zone: Zone, records: readonly ZoneRecord[]): Zone {
  const next: Zone = { ...zone };
  for (const { name, type, value } of records) {
    if (type === 'TLSA') throw new Error('no check suggests TLSA records');
    const before = next[name] ?? {};
    const [tag = ''] = value.split(/[;\s]/);
    const kept = (before[type] ?? []) as string[];
    const records = type === 'TXT' ? [...kept.filter((text) => !text.trim().toLowerCase().startsWith(tag.toLowerCase().slice(0, 6)) && !(tag === 'v=DKIM1')), value] : type === 'MX' ? [value] : [...kept, value];
    next[name] = { ...before, [type]: records };
  }
  return next;
}

/**
 * DANE of the domain as a receiver (RFC 7672): looked at only where a
 * validating resolver vouches for the MX records; without that, TLSA records
 * are worth nothing.
 */
import type { TlsaRecord } from '../network/resolver.ts';
import type { Look } from './ask.ts';
import { about, listed } from './finding.ts';
import { isNullMx, MX_MOST } from './mx.ts';
import { bare } from './names.ts';
import type { Finding } from './preflight.ts';

const say = about('dane', 'RFC 7672');

export async function checkDane({ domain, resolver }: Look): Promise<Finding[]> {
  const answer = await resolver.mx(domain);
  if (answer.kind === 'failed') return [say.lost(domain, answer)];
  if (answer.kind !== 'records' || isNullMx(answer.records)) return [say.skip(`${domain} has no mail server that could have TLSA records.`)];
  const hosts = [...new Set(answer.records.map(({ exchange }) => bare(exchange)))].filter(Boolean).slice(0, MX_MOST);
  const looked = await Promise.all(hosts.map(async (host) => ({ host, tlsa: await resolver.tlsa(`_25._tcp.${host}`) })));
  const published = looked.flatMap(({ host, tlsa }) => (tlsa.kind === 'records' ? [{ host, ...tlsa }] : []));
  const found = published.flatMap(({ host, records }) => records.map((record) => `_25._tcp.${host} ${line(record)}`)).sort();
  if (published.length === 0) {
    const lost = looked.find(({ tlsa }) => tlsa.kind === 'failed');
    // Senders that know DANE put mail off while TLSA cannot be asked about (RFC 7672 §2.1.1).
    if (lost?.tlsa.kind === 'failed') return [say.lost(`_25._tcp.${lost.host}`, lost.tlsa)];
    return [say.skip(answer.authentic ? `${domain} is signed with DNSSEC and has no TLSA records, which is allowed.` : `${domain} has no TLSA records, which is allowed; they would need DNSSEC.`)];
  }
  if (!answer.authentic || published.some(({ authentic }) => !authentic)) return [say.skip(`The mail servers of ${domain} have TLSA records, but no resolver that validates vouches for them: ${answer.authentic ? 'their zone is not signed' : 'the domain is not signed, or the resolver does not validate'}.`, { found, see: 'RFC 7672 §2.2' })];
  const broken = published.flatMap(({ host, records }) => (records.some(isUsable) ? [] : [host]));
  if (broken.length > 0) return [say.fail(`${listed(broken)} ${broken.length === 1 ? 'has' : 'have'} TLSA records that mean nothing for mail: only usage 2 and 3 count, with a hash of the right length.`, { found, see: 'RFC 7672 §3.1' })];
  const without = hosts.filter((host) => !published.some((one) => one.host === host));
  if (without.length > 0) return [say.warn(`${listed(without)} ${without.length === 1 ? 'has' : 'have'} no TLSA records, unlike the other mail servers of ${domain}: who attacks takes that one.`, { found })];
  return [say.pass(`TLSA records name the certificates of ${listed(hosts)}, and DNSSEC vouches for them.`, { found })];
}

const LENGTHS: Record<number, number | undefined> = { 1: 32, 2: 64 };
const isUsable = ({ usage, selector, matching, data }: TlsaRecord): boolean => (usage === 2 || usage === 3) && selector <= 1 && (matching === 0 ? data.length > 0 : data.length === LENGTHS[matching]);
const line = ({ usage, selector, matching, data }: TlsaRecord): string => `${usage} ${selector} ${matching} ${Buffer.from(data.subarray(0, 64)).toString('hex')}`;

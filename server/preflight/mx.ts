/**
 * The domain in From can take mail: replies, and bounces when the envelope
 * sender is of the same domain. Receivers look for that, too.
 */
import type { MxRecord } from '../network/resolver.ts';
import type { Look } from './ask.ts';
import { addressesOf } from './bounded.ts';
import { about, listed } from './finding.ts';
import { addressBytes, bare, isInside } from './names.ts';
import type { Finding } from './preflight.ts';

const say = about('mx', 'RFC 5321 §5.1');

/** Hosts that are looked at; more are nobody's real set-up. */
export const MX_MOST = 20;

export const mxLines = (records: readonly MxRecord[]): string[] => records.map(({ exchange, preference }) => `${preference} ${bare(exchange) || '.'}`).sort((a, b) => parseInt(a, 10) - parseInt(b, 10) || (a < b ? -1 : 1));
export const isNullMx = (records: readonly MxRecord[]): boolean => records.length > 0 && records.every(({ exchange }) => bare(exchange) === '');

export async function checkMx({ domain, envelope, resolver }: Look): Promise<Finding[]> {
  const answer = await resolver.mx(domain);
  if (answer.kind === 'failed') return [say.lost(domain, answer)];
  if (answer.kind === 'nxdomain') return [say.fail(`${domain} does not exist in DNS; mail from a domain that is not there is refused everywhere.`)];
  const records = answer.kind === 'records' ? answer.records : [];
  if (records.length === 0) {
    const { addresses, lost } = await addressesOf(resolver, domain);
    if (lost) return [say.lost(domain, lost)];
    return [addresses.length > 0
      ? say.warn(`${domain} has no MX record; replies go to its address (${listed(addresses)}), where perhaps nothing takes mail.`)
      : say.fail(`${domain} has neither an MX record nor an address: nobody can reply, and many receivers refuse mail from such a domain.`)];
  }
  const found = mxLines(records);
  if (isNullMx(records)) {
    const text = `${domain} says that it takes no mail (null MX): nobody can reply`;
    return [envelope === domain ? say.fail(`${text}, bounces cannot come back, and receivers may refuse its mail (5.7.27).`, { found, see: 'RFC 7505 §4.2' }) : say.warn(`${text}.`, { found, see: 'RFC 7505' })];
  }
  return [await hosts(resolver, domain, records, found)];
}

async function hosts(resolver: Look['resolver'], domain: string, records: readonly MxRecord[], found: string[]): Promise<Finding> {
  const names = [...new Set(records.map(({ exchange }) => bare(exchange)))].slice(0, MX_MOST);
  const looked = await Promise.all(names.map(async (name) => {
    if (name === '' || addressBytes(name)) return { name, fault: name === '' ? 'a "." beside other hosts is no host' : `${name} is an address where a name must stand` };
    const [{ addresses, lost }, alias] = await Promise.all([addressesOf(resolver, name), resolver.cname(name)]);
    if (lost) return { name, lost };
    if (addresses.length === 0) return { name, fault: `${name} has no address` };
    if (addresses.every(isInside)) return { name, fault: `${name} has an address that the world cannot reach (${listed(addresses)})`, inside: true };
    return alias.kind === 'records' ? { name, ok: true, fault: `${name} is an alias (CNAME), which not every sender follows` } : { name, ok: true };
  }));
  const faults = looked.flatMap(({ fault }) => (fault === undefined ? [] : [fault]));
  const works = looked.some((one) => 'ok' in one || 'inside' in one);
  const lost = looked.find((one) => one.lost);
  if (!works && lost?.lost) return say.lost(lost.name, lost.lost);
  if (!works) return say.fail(`No mail server of ${domain} can be reached: ${listed(faults)}.`, { found });
  if (faults.length > 0) return say.warn(`${domain} takes mail, but ${listed(faults)}.`, { found, ...(looked.some((one) => 'ok' in one && one.fault) ? { see: 'RFC 2181 §10.3' } : {}) });
  return say.pass(`${domain} takes mail at ${listed(names)}.`, { found });
}

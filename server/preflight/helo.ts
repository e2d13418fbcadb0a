/**
 * The name in EHLO is a whole name, leads to the address that says it, and is
 * the one that the address has (RFC 5321 §4.1.1.1, §2.3.5).
 */
import type { Look } from './ask.ts';
import { addressesOf } from './bounded.ts';
import { about, listed } from './finding.ts';
import { bare, domainName, isInside, sameAddress, sameName } from './names.ts';
import type { Finding, ZoneRecord } from './preflight.ts';

const say = about('helo', 'RFC 5321 §2.3.5');
/** Names that nobody in the world can own (RFC 6761, RFC 6762). */
const NOWHERE = /(?:^|\.)(?:localhost|local|localdomain|lan|internal|home|test|invalid|example)$/;

export async function checkHelo({ sources, helo, resolver }: Look): Promise<Finding[]> {
  const names = new Map<string, string[]>();
  for (const source of sources) {
    const name = source.helo ?? helo;
    if (name !== null) names.set(name, [...new Set([...(names.get(name) ?? []), source.address])]);
  }
  if (sources.length === 0 && helo !== null) names.set(helo, []);
  if (names.size === 0) return [say.skip('The name that is said in EHLO is not known here.')];
  return Promise.all([...names].map(([name, addresses]) => check(resolver, name, addresses)));
}

async function check(resolver: Look['resolver'], said: string, addresses: readonly string[]): Promise<Finding> {
  if (said.startsWith('[')) return say.warn(`EHLO says the address ${said} in place of a name; receivers take that for a machine without one.`);
  const name = domainName(said);
  if (name === undefined || !name.includes('.')) return say.fail(`EHLO says "${said}", which is no whole domain name; receivers refuse that.`);
  const found = await addressesOf(resolver, name);
  if (found.lost) return say.lost(name, found.lost);
  const publish = (missing: readonly string[]): ZoneRecord[] => (NOWHERE.test(name) && found.addresses.length === 0 ? [] : missing.map((address) => ({ name, type: address.includes(':') ? 'AAAA' as const : 'A' as const, value: address, why: 'Leads the name in EHLO to the address that says it' })));
  const nowhere = NOWHERE.test(name) ? ' It is a name that cannot exist in the world: set smtpName, or a helo of the source.' : '';
  if (found.addresses.length === 0) return say.fail(`EHLO says ${name}, which has no address.${nowhere}`, { publish: publish(addresses) });
  const seen = addresses.filter((address) => !isInside(address) || found.addresses.some((one) => sameAddress(one, address)));
  const missing = seen.filter((address) => !found.addresses.some((one) => sameAddress(one, address)));
  if (missing.length > 0) return say.warn(`EHLO says ${name}, which leads to ${listed(found.addresses)} and not to ${listed(missing)}, where the mail comes from.`, { publish: publish(missing) });
  const strangers: string[] = [];
  for (const address of seen) {
    const answer = await resolver.names(address);
    if (answer.kind === 'records' && !answer.records.some((one) => sameName(one, name))) strangers.push(`${address} is ${listed(answer.records.map(bare).sort())}`);
  }
  if (strangers.length > 0) return say.warn(`EHLO says ${name}, but the address has another name: ${listed(strangers)}. Gmail wants them to agree.`);
  return say.pass(seen.length > 0 ? `EHLO says ${name}, which leads to ${listed(seen)} and is the name found there.` : `EHLO says ${name}, which leads to ${listed(found.addresses)}.`);
}

/**
 * Each address that mail leaves from has a name, and that name leads back to
 * it: many receivers refuse mail from addresses that look like somebody's
 * home.
 */
import type { Look } from './ask.ts';
import { addressesOf } from './bounded.ts';
import { about, listed } from './finding.ts';
import { addressBytes, arpa, bare, domainName, isInside, isWithin, organisation, sameAddress } from './names.ts';
import type { Finding, ZoneRecord } from './preflight.ts';

const say = about('ptr', 'RFC 1912 §2.1; Gmail and Yahoo: sender guidelines');
/** Names of one address that are followed. */
const NAMES = 10;

export async function checkPtr({ domain, sources, helo, resolver }: Look): Promise<Finding[]> {
  if (sources.length === 0) return [say.skip('The addresses that mail leaves from are not known here.')];
  const known = [...new Map(sources.map((source) => [source.address, source])).values()];
  return Promise.all(known.map((source) => check(resolver, domain, source.address, source.helo ?? helo)));
}

async function check(resolver: Look['resolver'], domain: string, address: string, helo: string | null): Promise<Finding> {
  const said = helo === null ? undefined : domainName(helo);
  const name = said?.includes('.') ? said : undefined;
  const publish: ZoneRecord[] = name === undefined ? [] : [{ name: arpa(address), type: 'PTR', value: `${name}.`, why: `The name of ${address}; whoever gave you the address publishes it` }];
  const answer = await resolver.names(address);
  if (answer.kind === 'failed') return isInside(address) ? inside(address) : say.lost(`the name of ${address}`, answer);
  const names = answer.kind === 'records' ? [...new Set(answer.records.map(bare))].sort() : [];
  if (names.length === 0) return isInside(address) ? inside(address) : say.fail(`${address} has no name (PTR): Gmail, Yahoo and many others refuse its mail.`, { publish });
  const looked = await Promise.all(names.slice(0, NAMES).map(async (one) => ({ one, ...(await addressesOf(resolver, one)) })));
  const back = looked.filter(({ addresses }) => addresses.some((found) => sameAddress(found, address))).map(({ one }) => one);
  const lost = looked.find((one) => one.lost);
  if (back.length === 0) {
    if (lost?.lost) return say.lost(lost.one, lost.lost);
    const type = address.includes(':') ? 'AAAA' : 'A';
    // A name of ours can be led back; one of the provider's has to be changed.
    const isOurs = domainName(names[0]!) !== undefined && [domain, name ?? domain].some((one) => isWithin(names[0]!, organisation(one)));
    const leads: ZoneRecord[] = isOurs ? [{ name: names[0]!, type, value: address, why: 'Leads the name back to the address' }] : publish;
    return say.fail(`${address} is named ${listed(names)}, which does not lead back to it: receivers do not believe the name.`, { found: names, publish: leads });
  }
  if (back.every((one) => isGeneric(one, address))) return say.warn(`${address} is named ${listed(back)}, which looks like the address of somebody's home; name it after your mail server.`, { found: names, publish });
  return say.pass(`${address} is named ${listed(back)}, and the name leads back to it.`, { found: names });
}

const inside = (address: string) => say.skip(`${address} is an address inside of a network; the world sees another one, whose name counts.`);

/** The address itself written into the name, or the words that providers use. */
function isGeneric(name: string, address: string): boolean {
  const bytes = addressBytes(address)!;
  const [first = ''] = name.split('.');
  const numbers = (first.match(/\d+/g) ?? []).map(Number);
  const isWritten = bytes.length === 4 && [bytes, [...bytes].reverse()].some((order) => order.every((byte, at) => numbers[at] === byte || numbers[numbers.length - 4 + at] === byte));
  return isWritten || /(?:^|[.-])(?:dyn|dynamic|dhcp|dsl|adsl|pool|ppp|dialup|cust|customer)\d*(?:[.-]|$)/.test(name);
}

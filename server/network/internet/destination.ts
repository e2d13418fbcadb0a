/**
 * What a recipient is queued under, and how it is read again: the domain of
 * its address (A-labels, lower case, no dot at the end), or an address literal
 * (RFC 5321 §4.1.3). Pure.
 */
import { isIPv4 } from 'node:net';
import { splitAddress } from '../../mail/address.ts';
import { groupsOf } from '../../public-address.ts';
import { asciiName } from './dns/names.ts';

export type Destination =
  | { kind: 'domain'; domain: string }
  | { kind: 'literal'; address: string }
  /** There is nothing to ask for. */
  | { kind: 'nowhere'; why: string };

export function destinationOf(address: string): string {
  const domain = splitAddress(address.trim()).domain.toLowerCase();
  return domain.startsWith('[') ? domain : asciiName(domain) ?? domain;
}

export function readDestination(destination: string): Destination {
  if (destination === '') return { kind: 'nowhere', why: 'The address has no domain' };
  const [, inside] = /^\[(.*)\]$/.exec(destination) ?? [];
  if (inside === undefined) {
    const domain = asciiName(destination);
    return domain === undefined ? { kind: 'nowhere', why: `"${destination}" cannot be a name in the DNS` } : { kind: 'domain', domain };
  }
  if (isIPv4(inside)) return { kind: 'literal', address: inside };
  const [, v6] = /^ipv6:(.*)$/i.exec(inside) ?? [];
  return v6 !== undefined && groupsOf(v6) !== undefined ? { kind: 'literal', address: v6 } : { kind: 'nowhere', why: `${destination} is no address literal that is known (RFC 5321 §4.1.3)` };
}

/**
 * Names and addresses as DNS writes them. Pure; what is no name or no address
 * is undefined.
 */
import { getDomain } from 'tldts';
import { domainKey } from '../mail/address.ts';
import { groupsOf, isMapped, toNumber } from '../public-address.ts';

const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;

/** Lower case, ASCII, without the dot at the end; undefined when it is no domain name (RFC 1035 §2.3.1, underscores let through). */
export function domainName(text: string): string | undefined {
  const name = domainKey(text.trim().replace(/[.。．｡]$/u, '')).replace(/\.$/, '');
  return name.length <= 253 && name.split('.').every((label) => LABEL.test(label)) && addressBytes(name) === undefined ? name : undefined;
}

/** By the public suffix list; a name that is in none is its own. */
export const organisation = (domain: string): string => getDomain(domain, { allowPrivateDomains: true }) ?? domain;

export const isWithin = (name: string, domain: string): boolean => name === domain || name.endsWith(`.${domain}`);

/** As it is compared: names of DNS answers come in any case, with or without a dot. */
export const sameName = (a: string, b: string): boolean => bare(a) === bare(b);
export const bare = (name: string): string => domainKey(name.replace(/\.$/, ''));

/** 4 or 16 octets. IPv4 inside of IPv6 (::ffff:) is IPv4. */
export function addressBytes(address: string): number[] | undefined {
  const v4 = toNumber(address);
  if (v4 !== undefined) return [24, 16, 8, 0].map((shift) => (v4 >>> shift) & 255);
  const groups = groupsOf(address);
  return groups && (isMapped(groups) ? groups.slice(6) : groups).flatMap((group) => [group >> 8, group & 255]);
}

export const sameAddress = (a: string, b: string): boolean => {
  const one = addressBytes(a)?.join('.');
  return one !== undefined && one === addressBytes(b)?.join('.');
};

/** The name under which an address has its PTR record. */
export function arpa(address: string): string {
  const bytes = addressBytes(address)!;
  if (bytes.length === 4) return `${[...bytes].reverse().join('.')}.in-addr.arpa`;
  return `${bytes.flatMap((byte) => [byte >> 4, byte & 15]).reverse().map((nibble) => nibble.toString(16)).join('.')}.ip6.arpa`;
}

/** The address that a name under in-addr.arpa or ip6.arpa stands for. */
export function fromArpa(name: string): string | undefined {
  const [, labels, family] = /^((?:[0-9a-f]{1,3}\.){3,31}[0-9a-f]{1,3})\.(in-addr|ip6)\.arpa\.?$/i.exec(name) ?? [];
  const parts = labels?.split('.').reverse() ?? [];
  const address = family?.toLowerCase() === 'ip6' ? parts.join('').replace(/(.{4})(?=.)/g, '$1:') : parts.join('.');
  return addressBytes(address) && address;
}

/** Loopback, private or link-local: the world sees another address, or none. */
export function isInside(address: string): boolean {
  const bytes = addressBytes(address);
  if (!bytes) return false;
  const [a, b] = bytes as [number, number];
  if (bytes.length === 4) return a === 127 || a === 10 || (a === 172 && b >> 4 === 1) || (a === 192 && b === 168) || (a === 169 && b === 254) || (a === 100 && b >> 6 === 1);
  return a >> 1 === 0x7e || (a === 0xfe && b >> 6 === 2) || (bytes.slice(0, 15).every((byte) => byte === 0) && bytes[15] === 1);
}

/**
 * Names and addresses as DNS writes them. Pure; what is no name or no address
 * is undefined.
 */
import { getDomain } from 'tldts';
import { domainKey } from '../mail/address.ts';

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
  if (!address.includes(':')) return quad(address);
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(address);
  const inner = tail && quad(tail[2]!);
  if (tail && !inner) return undefined;
  const text = tail ? `${tail[1]}${hex(inner![0]!, inner![1]!)}:${hex(inner![2]!, inner![3]!)}` : address;
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, rest] = halves.map((half) => (half === '' ? [] : half.split(':'))) as [string[], string[] | undefined];
  const missing = 8 - head.length - (rest?.length ?? 0);
  if (rest ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...Array<string>(rest ? missing : 0).fill('0'), ...(rest ?? [])];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  const bytes = groups.flatMap((group) => [parseInt(group, 16) >> 8, parseInt(group, 16) & 255]);
  return bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255 ? bytes.slice(12) : bytes;
}

const hex = (a: number, b: number) => ((a << 8) | b).toString(16);

function quad(text: string): number[] | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1);
  const bytes = parts?.map(Number);
  return bytes?.every((byte, at) => byte <= 255 && String(byte) === parts![at]) ? bytes : undefined;
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

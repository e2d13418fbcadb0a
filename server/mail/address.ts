/**
 * An address as SMTP knows it: a local part and a domain (RFC 5321 §4.1.2),
 * and the key under which two spellings are the same inbox.
 *
 * The sandbox compares addresses without regard to case, in the local part
 * too: RFC 5321 §2.4 lets a receiver do so, and every mailbox provider does.
 * The spelling on the wire is kept beside the key and never changed.
 */
import { domainToASCII } from 'node:url';

/** Splits at the last `@`; a local part may hold one inside quotes. An address without a domain has `''`. */
export function splitAddress(address: string): { local: string; domain: string } {
  const at = address.lastIndexOf('@');
  return at < 0 ? { local: address, domain: '' } : { local: address.slice(0, at), domain: address.slice(at + 1) };
}

/**
 * An address that stands alone in a list, as filters take it back: without a
 * domain it is in angle brackets, since a bare word could as well be half of
 * one (`shop.test`, of somebody who means the domain).
 */
export const writtenAddress = (address: string): string => (address.includes('@') ? address : `<${address}>`);

const PLAIN_ASCII = /^[\x21-\x7e]*$/;

/**
 * The key of an inbox: lower case, the domain in its ASCII (punycode) form,
 * needless quotes round the local part removed (RFC 5321 §4.1.2: `"a"@x` and
 * `a@x` name the same mailbox). Half a surrogate pair becomes what every store
 * makes of it, U+FFFD.
 */
export function addressKey(address: string): string {
  const { local, domain } = splitAddress(address.trim());
  const quoted = /^"((?:[^"\\]|\\.)*)"$/.exec(local);
  let name = local;
  if (quoted) {
    const bare = quoted[1]!.replace(/\\(.)/g, '$1');
    if (DOT_STRING.test(bare)) name = bare;
  }
  name = PLAIN_ASCII.test(name) ? name.toLowerCase() : name.toWellFormed().normalize('NFC').toLowerCase();
  if (!domain) return name;
  return `${name}@${domainKey(domain)}`;
}

/** Lower case and ASCII; what is no domain name (an address literal, garbage) is only lower-cased. */
export function domainKey(domain: string): string {
  const lower = domain.toLowerCase();
  if (PLAIN_ASCII.test(lower)) return lower;
  return domainToASCII(lower) || lower.toWellFormed();
}

// atext of RFC 5321 §4.1.2, and anything beyond ASCII as in RFC 6531 §3.3.
const DOT_STRING = /^[\w!#$%&'*+\-/=?^`{|}~\u0080-\u{10ffff}]+(\.[\w!#$%&'*+\-/=?^`{|}~\u0080-\u{10ffff}]+)*$/u;
const QUOTED_STRING = /^"(?:[\x20\x21\x23-\x5b\x5d-\x7e\u0080-\u{10ffff}]|\\[\x20-\x7e])*"$/u;
const DOMAIN = /^[\p{L}\p{N}_](?:[\p{L}\p{N}\p{M}_-]*[\p{L}\p{N}\p{M}_])?(?:\.[\p{L}\p{N}_](?:[\p{L}\p{N}\p{M}_-]*[\p{L}\p{N}\p{M}_])?)*\.?$/u;
const LITERAL = /^\[[0-9A-Za-z:.-]{2,64}\]$/;

/** Octets, RFC 5321 §4.5.3.1: local part 64, domain 255, path 256 with its angle brackets. */
export const ADDRESS_LIMITS = { local: 64, domain: 255, address: 254 } as const;

/** In octets, which are counted only where they could be too many: a character is three at most. */
const isLonger = (text: string, octets: number): boolean => text.length * 3 > octets && Buffer.byteLength(text) > octets;

export type AddressFault = 'empty' | 'syntax' | 'local-too-long' | 'domain-too-long' | 'too-long';

/**
 * Judges an envelope address. A bare local part is allowed (as for
 * `<postmaster>`): a sandbox must take what applications really send.
 */
export function addressFault(address: string): AddressFault | undefined {
  if (address === '') return 'empty';
  const { local, domain } = splitAddress(address);
  if (isLonger(local, ADDRESS_LIMITS.local)) return 'local-too-long';
  if (isLonger(domain, ADDRESS_LIMITS.domain)) return 'domain-too-long';
  if (isLonger(address, ADDRESS_LIMITS.address)) return 'too-long';
  if (!DOT_STRING.test(local) && !QUOTED_STRING.test(local)) return 'syntax';
  if (address.includes('@') && !DOMAIN.test(domain) && !LITERAL.test(domain)) return 'syntax';
  return undefined;
}

/**
 * Names as the DNS asks for them: A-labels in lower case, without the dot at
 * the end. What cannot be a name in the DNS (a label over 63 octets, an IDN
 * that has no A-label, a space) is undefined, and is never asked about.
 */
import { isIPv4 } from 'node:net';
import { domainToASCII } from 'node:url';
import { groupsOf } from '../../../public-address.ts';

/** What hosts, policies (`_`) and delegated reverse zones (`/`, RFC 2317) are made of. */
const LABEL = /^[a-z0-9_*/-]{1,63}$/;
const ASCII = /^[\x00-\x7f]*$/;

export function asciiName(name: string): string | undefined {
  const bare = name.replace(/\.$/, '');
  const ascii = (ASCII.test(bare) ? bare : domainToASCII(bare.normalize('NFC'))).toLowerCase();
  if (ascii === '' || ascii.length > 253) return undefined;
  return ascii.split('.').every((label) => LABEL.test(label)) ? ascii : undefined;
}

/** The name under which an address has its PTR records (RFC 1035 §3.5, RFC 3596 §2.5). */
export function reverseName(address: string): string | undefined {
  if (isIPv4(address)) return `${address.split('.').reverse().join('.')}.in-addr.arpa`;
  const groups = groupsOf(address);
  if (!groups) return undefined;
  const nibbles = groups.map((group) => group.toString(16).padStart(4, '0')).join('');
  return `${nibbles.split('').reverse().join('.')}.ip6.arpa`;
}

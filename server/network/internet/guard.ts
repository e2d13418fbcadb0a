/**
 * Which addresses mail may go to: those of the public internet, and what the
 * operator allows by name (`deliveryPrivate`). A list of what is refused is
 * never whole, so IPv6 goes the other way: only global unicast (2000::/3), and
 * of that nothing that is set aside or has another address inside. Asked when
 * a route is made, and again by whoever dials.
 */
import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net';
import { OperatorError } from '../../operator-error.ts';
import { groupsOf } from './dns/names.ts';

export type Guard = {
  /** Why mail does not go there; undefined when it may. What cannot be read is refused. */
  refuses(address: string): string | undefined;
};

type Refused = readonly [network: string, length: number, what: string];

/** IANA's special-purpose registries (RFC 6890). */
const V4: readonly Refused[] = [
  ['0.0.0.0', 8, 'unspecified'], ['10.0.0.0', 8, 'a private network'], ['100.64.0.0', 10, 'carrier-grade NAT'], ['127.0.0.0', 8, 'loopback'],
  ['169.254.0.0', 16, 'link-local'], ['172.16.0.0', 12, 'a private network'], ['192.0.0.0', 24, 'set aside for protocols'], ['192.0.2.0', 24, 'for documentation'],
  ['192.31.196.0', 24, 'set aside (AS112)'], ['192.52.193.0', 24, 'set aside (AMT)'], ['192.88.99.0', 24, 'the 6to4 relay'], ['192.168.0.0', 16, 'a private network'], ['192.175.48.0', 24, 'set aside (AS112)'],
  ['198.18.0.0', 15, 'for benchmarks'], ['198.51.100.0', 24, 'for documentation'], ['203.0.113.0', 24, 'for documentation'], ['224.0.0.0', 4, 'multicast'], ['240.0.0.0', 4, 'reserved'],
];
const V6: readonly Refused[] = [
  ['2001::', 32, 'Teredo: an IPv4 address inside'], ['2001::', 23, 'set aside for protocols'], ['2001:db8::', 32, 'for documentation'],
  ['2002::', 16, '6to4: an IPv4 address inside'], ['3fff::', 20, 'for documentation'], ['2620:4f:8000::', 48, 'set aside (AS112)'],
];
const OUTSIDE: readonly Refused[] = [
  ['::', 128, 'unspecified'], ['::1', 128, 'loopback'], ['fc00::', 7, 'a private network'], ['fe80::', 10, 'link-local'], ['ff00::', 8, 'multicast'],
  ['::ffff:0:0', 96, 'an IPv4 address inside'], ['64:ff9b::', 96, 'NAT64: an IPv4 address inside'], ['64:ff9b:1::', 48, 'NAT64: an IPv4 address inside'],
];

const lists = (refused: readonly Refused[], family: 'ipv4' | 'ipv6') => refused.map(([network, length, what]) => {
  const list = new BlockList();
  list.addSubnet(network, length, family);
  return { list, what };
});
const [REFUSED_V4, REFUSED_V6, REFUSED_OUTSIDE] = [lists(V4, 'ipv4'), lists(V6, 'ipv6'), lists(OUTSIDE, 'ipv6')];
const GLOBAL = new BlockList();
GLOBAL.addSubnet('2000::', 3, 'ipv6');

export function createGuard(allowed: readonly string[]): Guard {
  const exempt = readNetworks(allowed);
  return {
    refuses(address) {
      const v4 = isIPv4(address);
      if (!v4 && groupsOf(address) === undefined) return 'no address that can be read';
      const family = v4 ? 'ipv4' : 'ipv6';
      if (exempt.check(address, family)) return undefined;
      if (v4) return REFUSED_V4.find(({ list }) => list.check(address, family))?.what;
      if (!GLOBAL.check(address, family)) return REFUSED_OUTSIDE.find(({ list }) => list.check(address, family))?.what ?? 'not global unicast';
      return REFUSED_V6.find(({ list }) => list.check(address, family))?.what ?? (hasIsatap(address) ? 'ISATAP: an IPv4 address inside' : undefined);
    },
  };
}

/** RFC 5214 §6.1. */
function hasIsatap(address: string): boolean {
  const groups = groupsOf(address)!;
  return (groups[4]! & 0xfdff) === 0 && groups[5] === 0x5efe;
}

/** `127.0.0.0/8`, `fd00::/8`, or one address. Throws OperatorError. */
export function readNetworks(texts: readonly string[]): BlockList {
  const list = new BlockList();
  for (const text of texts) {
    const [address = '', length, more] = text.trim().split('/');
    const family = isIP(address);
    const most = family === 4 ? 32 : 128;
    const bits = length === undefined ? most : /^\d{1,3}$/.test(length) ? Number(length) : NaN;
    if (family === 0 || address.includes('%') || more !== undefined || !(bits >= 0 && bits <= most)) throw new OperatorError(`"${text}" is no network; deliveryPrivate takes ones like 127.0.0.0/8 or fd00::/8`);
    list.addSubnet(address, bits, isIPv6(address) ? 'ipv6' : 'ipv4');
  }
  return list;
}

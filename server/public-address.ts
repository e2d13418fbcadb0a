/**
 * Whether an IP address is one of the public Internet. A list of what is
 * refused is never whole, so IPv6 goes the other way: only global unicast
 * (2000::/3), and of that nothing that embeds another address or is set
 * aside. Pure. Whoever connects outward asks it of the very address: the
 * internet side of delivery, hooks, and the checks that follow links.
 */

type Refused = [number, number, string];

/** Network, prefix length, what it is (IANA special-purpose registries, RFC 6890). */
const V4: readonly Refused[] = ([
  ['0.0.0.0', 8, 'unspecified'], ['10.0.0.0', 8, 'a private network'], ['100.64.0.0', 10, 'carrier-grade NAT'], ['127.0.0.0', 8, 'loopback'],
  ['169.254.0.0', 16, 'link-local (and cloud metadata)'], ['172.16.0.0', 12, 'a private network'], ['192.0.0.0', 24, 'set aside for protocols'], ['192.0.2.0', 24, 'for documentation'],
  ['192.31.196.0', 24, 'set aside (AS112)'], ['192.52.193.0', 24, 'set aside (AMT)'], ['192.88.99.0', 24, 'the 6to4 relay'], ['192.168.0.0', 16, 'a private network'], ['192.175.48.0', 24, 'set aside (AS112)'],
  ['198.18.0.0', 15, 'for benchmarks'], ['198.51.100.0', 24, 'for documentation'], ['203.0.113.0', 24, 'for documentation'], ['224.0.0.0', 4, 'multicast'], ['240.0.0.0', 4, 'reserved'],
] as const).map(([network, length, what]) => [toNumber(network)!, length, what]);

/** Why it is refused; undefined when it is public. What cannot be read is refused. */
export function notPublic(address: string): string | undefined {
  const v4 = toNumber(address);
  if (v4 !== undefined) return V4.find(([network, length]) => v4 >>> (32 - length) === network >>> (32 - length))?.[2];
  const groups = groupsOf(address);
  if (!groups) return 'no address that can be read';
  const [a, b, c] = groups as [number, number, number];
  if (groups.slice(0, 7).every((group) => group === 0) && groups[7]! < 2) return groups[7] === 1 ? 'loopback' : 'unspecified';
  if (isMapped(groups)) return 'an IPv4 address inside';
  if (a >>> 9 === 0x7e) return 'a private network';
  if (a >>> 6 === 0x3fa) return 'link-local';
  if (a >>> 8 === 0xff) return 'multicast';
  if (a === 0x64 && b === 0xff9b) return 'NAT64: an IPv4 address inside';
  if (a >>> 13 !== 1) return 'not global unicast';
  if (a === 0x2002) return '6to4: an IPv4 address inside';
  if (a === 0x2001 && b === 0) return 'Teredo: an IPv4 address inside';
  if (a === 0x2001 && b < 0x200) return 'set aside for protocols';
  if (a === 0x2001 && b === 0xdb8) return 'for documentation';
  if (a === 0x3fff && b < 0x1000) return 'for documentation';
  if (a === 0x2620 && b === 0x4f && c === 0x8000) return 'set aside (AS112)';
  if ((groups[4]! & 0xfdff) === 0 && groups[5] === 0x5efe) return 'ISATAP: an IPv4 address inside';
  return undefined;
}

/** Dotted quads only: no octal, no hexadecimal, no shorter forms. */
export function toNumber(address: string): number | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(address);
  if (!match) return undefined;
  const octets = match.slice(1).map(Number);
  if (octets.some((octet, index) => octet > 255 || String(octet) !== match[index + 1])) return undefined;
  return (((octets[0]! * 256 + octets[1]!) * 256 + octets[2]!) * 256 + octets[3]!) >>> 0;
}

/** ::ffff:0:0/96 (RFC 4291 §2.5.5.2). */
export const isMapped = (groups: readonly number[]): boolean => groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;

/** Eight groups of 16 bits; one with a zone (`%eth0`) is of one machine alone and has none. */
export function groupsOf(address: string): number[] | undefined {
  let text = address.toLowerCase();
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (tail) {
    const v4 = toNumber(tail[2]!);
    if (v4 === undefined) return undefined;
    text = `${tail[1]!}${(v4 >>> 16).toString(16)}:${(v4 & 0xffff).toString(16)}`;
  }
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, rest] = halves.map((half) => (half === '' ? [] : half.split(':'))) as [string[], string[] | undefined];
  const missing = 8 - head.length - (rest?.length ?? 0);
  if (rest ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...Array<string>(rest ? missing : 0).fill('0'), ...(rest ?? [])];
  return groups.every((group) => /^[0-9a-f]{1,4}$/.test(group)) ? groups.map((group) => parseInt(group, 16)) : undefined;
}

import { BlockList, isIPv4, isIPv6 } from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { notPublic } from './public-address.ts';

test.each([
  '127.0.0.1', '127.255.255.254', '0.0.0.0', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.0.1', '169.254.169.254', '100.64.0.1', '100.127.255.255', '198.18.0.1', '224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255', '192.0.2.1', '198.51.100.1', '203.0.113.1', '192.88.99.1',
  '::', '::1', '::ffff:127.0.0.1', '::ffff:8.8.8.8', '::ffff:7f00:1', '::127.0.0.1', '64:ff9b::7f00:1', '64:ff9b::10.0.0.1', '64:ff9b:1::1', '2002:7f00:1::', '2002:c0a8:101::1', '2001:0:1::1', '2001:db8::1', 'fe80::1', 'fe80::1%eth0', 'fc00::1', 'fd12:3456::1', 'ff02::1', '100::1', '2001:10::1', '3fff::1', '2600::5efe:10.0.0.1', '2600::200:5efe:a00:1', '5f00::1',
  '', 'localhost', '127.1', '0x7f.0.0.1', '0177.0.0.1', '2130706433', '1.2.3.4.5', '256.1.1.1', '01.2.3.4', ':::', '1::2::3', '12345::', '::1.2.3', 'g::1', ' 8.8.8.8',
])('%s is not public', (address) => {
  expect(notPublic(address)).toBeTypeOf('string');
});

test.each(['8.8.8.8', '1.1.1.1', '172.15.0.1', '172.32.0.1', '100.63.255.255', '100.128.0.1', '192.167.1.1', '223.255.255.255', '2001:4860:4860::8888', '2606:4700:4700::1111', '2a00:1450:4001:81b::200e', '2001:470::1'])('%s is public', (address) => {
  expect(notPublic(address)).toBeUndefined();
});

/** The same said by Node's own list, from the registries of IANA. */
const reserved = new BlockList();
for (const [network, length] of [['0.0.0.0', 8], ['10.0.0.0', 8], ['100.64.0.0', 10], ['127.0.0.0', 8], ['169.254.0.0', 16], ['172.16.0.0', 12], ['192.168.0.0', 16], ['198.18.0.0', 15], ['224.0.0.0', 4], ['240.0.0.0', 4]] as const) reserved.addSubnet(network, length, 'ipv4');
const nearEdge = fc.constantFrom(0, 1, 9, 10, 11, 15, 16, 31, 32, 63, 64, 99, 100, 126, 127, 128, 168, 169, 172, 192, 198, 203, 223, 224, 239, 240, 254, 255);
const octet = fc.oneof(nearEdge, fc.integer({ min: 0, max: 255 }));

test('no IPv4 address that Node counts as reserved is public, in none of its IPv6 forms either', () => {
  fc.assert(fc.property(fc.tuple(octet, octet, octet, octet), ([a, b, c, d]) => {
    const v4 = `${a}.${b}.${c}.${d}`;
    expect(!reserved.check(v4) || notPublic(v4) !== undefined).toBe(true);
    const hex = [(a << 8) | b, (c << 8) | d].map((group) => group.toString(16)).join(':');
    for (const v6 of [`::ffff:${v4}`, `::ffff:${hex}`, `::${v4}`, `64:ff9b::${v4}`, `64:ff9b::${hex}`, `2002:${hex}::1`, `2001:0:${hex}::1`, `2a00::5efe:${v4}`]) {
      expect(isIPv6(v6)).toBe(true);
      expect(notPublic(v6)).toBeTypeOf('string');
    }
  }), { numRuns: 3_000 });
});

test('outside 2000::/3 nothing is public, and each spelling of an address is judged alike', () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 8, maxLength: 8 }), (groups) => {
    const long = groups.map((group) => group.toString(16).padStart(4, '0')).join(':');
    const short = new URL(`http://[${long}]/`).hostname.slice(1, -1);
    expect(groups[0]! >>> 13 === 1 || notPublic(long) !== undefined).toBe(true);
    expect(notPublic(short)).toBe(notPublic(long));
    expect(notPublic(long.toUpperCase())).toBe(notPublic(long));
  }), { numRuns: 2_000 });
});

test('what is no address is never public', () => {
  fc.assert(fc.property(fc.string(), (text) => {
    expect(isIPv4(text) || isIPv6(text) || notPublic(text) !== undefined).toBe(true);
  }));
});

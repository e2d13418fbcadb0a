import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addressBytes, arpa, domainName, fromArpa, isInside, organisation, sameAddress } from './names.ts';

test('an address has one name under arpa, which leads back to it', () => {
  expect(arpa('192.0.2.25')).toBe('25.2.0.192.in-addr.arpa');
  expect(arpa('2001:db8::25')).toBe('5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa');
  fc.assert(fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (address) => sameAddress(fromArpa(arpa(address)) ?? '', address)));
});

test('two spellings of an address are one, and what is none is none', () => {
  expect(sameAddress('2001:DB8:0:0:0:0:0:25', '2001:db8::25')).toBe(true);
  expect(sameAddress('::ffff:192.0.2.1', '192.0.2.1')).toBe(true);
  for (const text of ['', '192.0.2', '192.0.2.256', '192.0.2.01', '1::2::3', 'fe80::1%eth0', ':', '12345::', 'shop.test']) expect(addressBytes(text)).toBeUndefined();
});

test('loopback, private and link-local addresses are inside; those of the world are not', () => {
  for (const address of ['127.0.0.1', '10.1.2.3', '172.31.0.1', '192.168.1.1', '169.254.169.254', '100.64.0.1', '::1', 'fd00::1', 'fe80::1']) expect([address, isInside(address)]).toEqual([address, true]);
  for (const address of ['192.0.2.1', '172.32.0.1', '100.128.0.1', '2001:db8::1', '::', 'nonsense']) expect([address, isInside(address)]).toEqual([address, false]);
});

test('domains are compared in their ASCII form, and their organisation is one label below a public suffix', () => {
  expect(domainName('Bücher.TEST.')).toBe('xn--bcher-kva.test');
  expect(domainName('_dmarc.shop.test')).toBe('_dmarc.shop.test');
  for (const text of ['', '.', 'a b', '192.0.2.1', '-a.test', `${'a'.repeat(64)}.test`]) expect(domainName(text)).toBeUndefined();
  expect(organisation('mail.news.shop.test')).toBe('shop.test');
  expect(organisation('a.b.co.uk')).toBe('b.co.uk');
});

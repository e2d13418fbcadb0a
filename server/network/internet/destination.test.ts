import { expect, test } from 'vitest';
import { destinationOf, readDestination } from './destination.ts';

test('a recipient is queued under its domain, as the DNS writes it', () => {
  expect(['Ann@Example.TEST', 'ann@example.test.', 'ann@Bücher.test', '"a@b"@example.test', 'ann@[192.0.2.1]', 'ann@[IPv6:2001:DB8::1]', 'postmaster'].map(destinationOf))
    .toEqual(['example.test', 'example.test', 'xn--bcher-kva.test', 'example.test', '[192.0.2.1]', '[ipv6:2001:db8::1]', '']);
});

test('and read again: a domain, an address, or nowhere', () => {
  expect(readDestination('example.test')).toEqual({ kind: 'domain', domain: 'example.test' });
  expect(readDestination('127.0.0.1')).toEqual({ kind: 'domain', domain: '127.0.0.1' });
  expect(readDestination('[192.0.2.1]')).toEqual({ kind: 'literal', address: '192.0.2.1' });
  expect(readDestination('[ipv6:2001:db8::1]')).toEqual({ kind: 'literal', address: '2001:db8::1' });
});

test.each(['', '[', '[]', '[192.0.2]', '[192.0.2.1', '[2001:db8::1]', '[IPv6:nonsense]', '[IPv6:fe80::1%eth0]', '[x25:1]', 'a..test', `${'x'.repeat(64)}.test`, 'a b.test'])('%j leads nowhere', (destination) => {
  expect(readDestination(destination).kind).toBe('nowhere');
});

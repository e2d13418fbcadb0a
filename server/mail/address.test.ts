import { expect, test } from 'vitest';
import { addressFault, addressKey, splitAddress } from './address.ts';

test('two spellings of one mailbox have one key', () => {
  expect(addressKey('Ann@Example.TEST')).toBe('ann@example.test');
  expect(addressKey('ann@bücher.test')).toBe(addressKey('ANN@xn--bcher-kva.test'));
  expect(addressKey('"ann"@example.test')).toBe('ann@example.test');
  expect(addressKey('"ann b"@example.test')).toBe('"ann b"@example.test');
  expect(addressKey('GRÜN@x.test')).toBe('grün@x.test');
  expect(addressKey('Postmaster')).toBe('postmaster');
  expect(addressKey('half\ud800@x.test')).toBe('half\ufffd@x.test');
});

test('an address is split at its last @', () => {
  expect(splitAddress('"a@b"@c.test')).toEqual({ local: '"a@b"', domain: 'c.test' });
  expect(splitAddress('root')).toEqual({ local: 'root', domain: '' });
});

test.each([
  'a@b.test', 'a+b.c@b-c.test', '"a b"@c.test', '"a@b"@c.test', '"a\\"b"@c.test', 'ä@ö.test', 'a@[192.0.2.1]', 'a@[IPv6:2001:db8::1]', 'a@localhost', 'a@my_host.test', 'root', 'a@b.test.',
])('%s is an address', (address) => expect(addressFault(address)).toBeUndefined());

test.each([
  ['', 'empty'], ['a b@c.test', 'syntax'], ['.a@b.test', 'syntax'], ['a..b@c.test', 'syntax'], ['a@', 'syntax'], ['a@-b.test', 'syntax'], ['a@b..test', 'syntax'], ['a\r\nRCPT TO:<x>@b.test', 'syntax'],
  ['a@b.test\0', 'syntax'], ['<a@b.test>', 'syntax'], ['"a"b@c.test', 'syntax'], [`${'a'.repeat(65)}@b.test`, 'local-too-long'], [`a@${'b'.repeat(256)}`, 'domain-too-long'], [`${'a'.repeat(60)}@${'b.'.repeat(98)}test`, 'too-long'],
])('%j is refused: %s', (address, fault) => expect(addressFault(address)).toBe(fault));

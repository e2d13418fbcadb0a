import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createGuard } from './guard.ts';

const world = createGuard([]);

test('mail goes to public addresses', () => {
  for (const address of ['8.8.8.8', '1.1.1.1', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '2a00:1450:400c::1b', '2001:4860:4860::8888']) expect([address, world.refuses(address)]).toEqual([address, undefined]);
});

test.each([
  '127.0.0.1', '127.255.255.254', '0.0.0.0', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1', '169.254.169.254', '100.64.0.1', '224.0.0.1', '255.255.255.255', '240.0.0.1', '192.0.2.1', '198.18.0.1',
  '::', '::1', 'fe80::1', 'fc00::1', 'fd12::1', 'ff02::1', '::ffff:127.0.0.1', '::ffff:8.8.8.8', '::ffff:a00:1', '::7f00:1', '64:ff9b::7f00:1', '2002:7f00:1::', '2001:0:1::1', '2001:db8::1', '3fff::1', '2a00::5efe:7f00:1', '4000::1',
  'fe80::1%eth0', '127.1', '0x7f.0.0.1', '2130706433', 'mx.example.test', '',
])('mail never goes to %s', (address) => {
  expect(world.refuses(address)).toEqual(expect.any(String));
});

test('what the operator allows by name is open, and nothing beside it', () => {
  const guard = createGuard(['127.0.0.0/8', 'fd00::/8', '10.0.0.7']);
  expect(['127.0.0.9', 'fd12::1', '10.0.0.7'].map((address) => guard.refuses(address))).toEqual([undefined, undefined, undefined]);
  expect(['128.0.0.1', '10.0.0.8', '::1', 'fc00::1'].map((address) => guard.refuses(address))).toEqual([undefined, 'a private network', 'loopback', 'a private network']);
});

test.each(['127.0.0.0/33', 'fd00::/129', 'localhost', '10.0.0.0/8/8', '10.0.0.0/', '', 'fe80::1%eth0'])('"%s" is no network', (text) => {
  expect(() => createGuard([text])).toThrow('no network');
});

test('an address that is written in another way is judged the same', () => {
  fc.assert(fc.property(fc.ipV6(), (address) => {
    let plain: string;
    try {
      plain = new URL(`http://[${address}]`).hostname.slice(1, -1);
    } catch {
      return;
    }
    expect(world.refuses(address) === undefined).toBe(world.refuses(plain) === undefined);
  }));
});

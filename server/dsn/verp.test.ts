import fc from 'fast-check';
import { expect, test } from 'vitest';
import { idMaker } from '../ids.ts';
import { addressFault, splitAddress } from '../mail/address.ts';
import { makeVerp } from './verp.ts';

const verp = makeVerp({ secret: 'correct horse battery', domain: 'return.shop.test' });
const makeId = idMaker();
const ids = fc.integer({ min: 0, max: 2 ** 45 }).map((at) => makeId(at));
const places = fc.integer({ min: 0, max: 999_999_999 });

test('a return path names its recipient again, whatever the case it comes back in', () => {
  fc.assert(fc.property(ids, places, (message, n) => {
    const address = verp.address(message, n);
    expect(addressFault(address)).toBeUndefined();
    expect(splitAddress(address).local.length).toBeLessThanOrEqual(64);
    expect(verp.read(address)).toEqual({ message, n });
    expect(verp.read(address.toUpperCase())).toEqual({ message, n });
  }));
});

test('a return path with anything changed is refused', () => {
  fc.assert(fc.property(ids, places, fc.nat(63), fc.constantFrom(...'0123456789abcdefghjkmnpqrstvwxyz.+'.split('')), (message, n, at, other) => {
    const address = verp.address(message, n);
    const changed = address.slice(0, at) + other + address.slice(at + 1);
    fc.pre(changed.toLowerCase() !== address.toLowerCase());
    expect(verp.read(changed)).toBeUndefined();
  }));
});

test('another secret, another domain and other addresses are refused', () => {
  const address = verp.address(makeId(1), 0);
  expect(makeVerp({ secret: 'other', domain: 'return.shop.test' }).read(address)).toBeUndefined();
  expect(verp.read(address.replace('return.', 'other.'))).toBeUndefined();
  for (const one of ['', '@', 'ann@return.shop.test', 'b+x.0.y@return.shop.test', `b+${'0'.repeat(26)}.01.0123456789@return.shop.test`]) expect(verp.read(one)).toBeUndefined();
  expect(() => makeVerp({ secret: '', domain: 'x.test' })).toThrow('secret');
});

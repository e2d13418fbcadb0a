import fc from 'fast-check';
import { expect, test } from 'vitest';
import { allowFault, allowKey, allowList, allowsOf } from './allow.ts';

test('nobody is on an empty list', () => {
  const allows = allowList([]);
  expect([allows('ann@a.test'), allows('postmaster'), allows('')]).toEqual([false, false, false]);
});

test('a domain is that domain alone, and "*." what is below it', () => {
  const allows = allowList(['a.test', '*.b.test']);
  expect(['x@a.test', 'x@sub.a.test', 'x@nota.test', 'x@b.test', 'x@sub.b.test', 'x@deep.sub.b.test', 'x@notb.test'].map(allows)).toEqual([true, false, false, false, true, true, false]);
});

test('an address is that address, whatever its case', () => {
  const allows = allowList(['Ann.Lee@A.test']);
  expect(['ann.lee@a.test', 'ANN.LEE@a.TEST', 'ann@a.test', 'ann.lee@sub.a.test', 'ann.lee+x@a.test'].map(allows)).toEqual([true, true, false, false, false]);
});

test('a domain may be written in either form, with or without a dot at the end', () => {
  const allows = allowList(['bücher.test', 'xn--mnchen-3ya.test.']);
  expect(['a@xn--bcher-kva.test', 'a@BÜCHER.test', 'a@münchen.test', 'a@münchen.test.'].map(allows)).toEqual([true, true, true, true]);
});

test('"*" is everybody, and only when it is written out', () => {
  expect(allowList(['*'])('anybody@anywhere.test')).toBe(true);
  expect(allowList(['*.test'])('anybody@other.invalid')).toBe(false);
});

test('what only looks like an allowed domain is not', () => {
  const allows = allowList(['a.test', 'ann@a.test']);
  expect(['x@a.test@evil.test', 'x%a.test@evil.test', '"x@a.test"@evil.test', 'a.test', '@a.test.evil.test', 'x@a.test\u0000.evil.test', 'ann@a.testing'].map(allows)).toEqual(Array(7).fill(false));
});

test('an address literal is allowed by itself', () => {
  const allows = allowList(['[192.0.2.1]', 'x@[192.0.2.2]']);
  expect(['any@[192.0.2.1]', 'x@[192.0.2.2]', 'y@[192.0.2.2]'].map(allows)).toEqual([true, true, false]);
});

test('entries that mean nothing are told, with what to write instead', () => {
  expect(['*', 'a.test', '*.a.test', 'ann@a.test', 'bücher.test', '[192.0.2.1]'].map(allowFault)).toEqual(Array(6).fill(undefined));
  expect(['', ' a.test', '*a.test', 'a.*.test', '*.', '@', 'a@', 'a b@x.test', 'a..test', '**'].filter((entry) => allowFault(entry) === undefined)).toEqual([]);
  expect(allowFault('@a.test')).toContain('write "a.test"');
  expect(allowFault('*@a.test')).toContain('write "a.test"');
});

test('the look-up is made once for a list', () => {
  const list = ['a.test'];
  expect(allowsOf(list)).toBe(allowsOf(list));
  expect(allowsOf(['a.test'])).not.toBe(allowsOf(list));
});

const label = fc.stringMatching(/^[a-z0-9]{1,8}$/);
const domain = fc.array(label, { minLength: 1, maxLength: 5 }).map((labels) => labels.join('.'));

test('whatever is on the list is allowed by it, and a list of other domains never is', () => {
  fc.assert(fc.property(fc.array(domain, { maxLength: 20 }), domain, label, (others, mine, local) => {
    expect(allowList([...others, mine])(`${local}@${mine.toUpperCase()}`)).toBe(true);
    expect(allowList(others.filter((one) => one !== mine))(`${local}@${mine}`)).toBe(false);
    expect(allowList([`*.${mine}`])(`${local}@${mine}`)).toBe(false);
    expect(allowList([`*.${mine}`])(`${local}@x.${mine}`)).toBe(true);
  }));
});

test('no address and no entry make it throw, and the key of a key is the key', () => {
  // What is made up at random is hardly ever an entry.
  const entries = fc.oneof(fc.string({ unit: 'binary' }), fc.emailAddress(), fc.domain(), fc.domain().map((domain) => `*.${domain}`), fc.constant('*'));
  fc.assert(fc.property(entries, fc.string({ unit: 'binary' }), (entry, address) => {
    allowFault(entry);
    allowList([entry])(address);
    if (allowFault(entry) === undefined) expect(allowKey(allowKey(entry))).toBe(allowKey(entry));
  }));
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readStsPolicy, stsId, stsNames } from './sts-policy.ts';

test('the record says which policy it is', () => {
  expect(stsId(['v=spf1 -all', 'v=STSv1; id=20260101T000000;'])).toBe('20260101T000000');
  expect(stsId(['v=STSv1;id=a1'])).toBe('a1');
  expect(stsId(['v=STSv1; other=x; id=b2; more=y'])).toBe('b2');
});

test.each([[[]], [['v=STSv1']], [['v=STSv1; id=']], [['v=STSv1; id=not-plain']], [[`v=STSv1; id=${'a'.repeat(33)}`]], [['v=STSv2; id=a']], [['v=STSv1; id=a', 'v=STSv1; id=b']]])('%j is no policy', (records) => {
  expect(stsId(records)).toBeUndefined();
});

test('a policy is read with either end of line, in any order, with fields that nobody knows', () => {
  expect(readStsPolicy('version: STSv1\r\nmode: enforce\r\nmx: MX.example.test\r\nmx: *.mail.test.\r\nmax_age: 604800\r\n')).toEqual({ mode: 'enforce', mx: ['mx.example.test', '*.mail.test'], maxAge: 604_800 });
  expect(readStsPolicy('max_age:10\nfuture: yes\nmode:none\nversion:STSv1')).toEqual({ mode: 'none', mx: [], maxAge: 10 });
  expect(readStsPolicy('version: STSv1\nmode: testing\nmode: enforce\nmx: a.test\nmax_age: 9999999999')).toEqual({ mode: 'testing', mx: ['a.test'], maxAge: 31_557_600 });
});

test.each([
  ['', 'version'], ['<html>', 'line'], ['version: STSv2\nmode: none\nmax_age: 1', 'version'], ['version: STSv1\nmax_age: 1', 'mode'], ['version: STSv1\nmode: strict\nmax_age: 1', 'mode'],
  ['version: STSv1\nmode: enforce\nmax_age: 1', 'names no mx'], ['version: STSv1\nmode: enforce\nmx: a.test', 'max_age'], ['version: STSv1\nmode: enforce\nmx: a.test\nmax_age: -1', 'max_age'],
  ['version: STSv1\nmode: enforce\nmx: mx.*.test\nmax_age: 1', 'cannot be one'], ['version: STSv1\nmode: enforce\nmx: *\nmax_age: 1', 'cannot be one'],
])('%j is refused', (text, why) => {
  expect(readStsPolicy(text)).toMatch(why);
});

test('a star stands for the first label and for nothing else', () => {
  const policy = { mx: ['mx.one.test', '*.two.test'] };
  expect(['mx.one.test', 'a.two.test'].map((host) => stsNames(policy, host))).toEqual([true, true]);
  expect(['one.test', 'a.mx.one.test', 'two.test', 'a.b.two.test', 'atwo.test', 'test', 'a.two.test.evil.test'].map((host) => stsNames(policy, host))).toEqual([false, false, false, false, false, false, false]);
});

test('any text is a policy or a sentence, never an error', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (text) => {
    const read = readStsPolicy(text);
    expect(typeof read === 'string' || read.maxAge >= 0).toBe(true);
  }));
});

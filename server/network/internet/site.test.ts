import fc from 'fast-check';
import { expect, test } from 'vitest';
import { siteOf } from './site.ts';

test('a site is named after its hosts, short where they have a common end', () => {
  expect(siteOf(['mx.example.test'])).toBe('mx.example.test');
  expect(siteOf(['alt2.aspmx.l.mail.test', 'aspmx.l.mail.test', 'alt1.aspmx.l.mail.test'])).toBe('(alt1.aspmx|alt2.aspmx|aspmx).l.mail.test');
  expect(siteOf(['mail.test', 'a.mail.test'])).toBe('(a.mail|mail).test');
  expect(siteOf(['mx.one.test', 'mx.two.invalid'])).toBe('(mx.one.test|mx.two.invalid)');
});

const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,6}[a-z0-9])?$/);
const host = fc.array(label, { minLength: 1, maxLength: 5 }).map((labels) => labels.join('.'));
const hosts = fc.uniqueArray(host, { minLength: 1, maxLength: 8 });

test('the same hosts are the same site in any order, however often they are named; others are another', () => {
  fc.assert(fc.property(hosts, fc.nat(), (set, by) => {
    const turned = [...set.slice(by % set.length), ...set.slice(0, by % set.length), set[0]!];
    expect(siteOf(turned)).toBe(siteOf(set));
    expect(siteOf(set).length).toBeLessThanOrEqual(120);
  }));
  fc.assert(fc.property(hosts, hosts, (one, other) => {
    const isSame = [...one].sort().join() === [...other].sort().join();
    expect(siteOf(one) === siteOf(other)).toBe(isSame);
  }));
});

test('a great many hosts have a short name all the same, and each set its own', () => {
  const many = Array.from({ length: 200 }, (_, n) => `a-long-name-of-a-host-${n}.mail.test`);
  expect(siteOf(many).length).toBe(120);
  expect(siteOf(many.slice(1))).not.toBe(siteOf(many));
  expect(siteOf(many.slice(0, 199))).not.toBe(siteOf(many));
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isSpf, mergedSpf, readSpf } from './spf-record.ts';

test('a merged record holds what both let in, once, and is as lenient as the more lenient', () => {
  expect(mergedSpf(['v=spf1 mx include:a.test -all', 'v=spf1 include:a.test ip4:192.0.2.1 ?all'], [])).toBe('v=spf1 mx include:a.test ip4:192.0.2.1 ~all');
  expect(mergedSpf(['v=spf1 a -all'], ['192.0.2.1', '2001:db8::1'])).toBe('v=spf1 ip4:192.0.2.1 ip6:2001:db8::1 a -all');
  expect(mergedSpf(['v=spf1 redirect=_spf.a.test'], ['192.0.2.1'])).toBe('v=spf1 ip4:192.0.2.1 redirect=_spf.a.test');
  expect(mergedSpf(['v=spf1 redirect=_spf.a.test', 'v=spf1 mx -all'], [])).toBe('v=spf1 include:_spf.a.test mx -all');
  expect(mergedSpf(['v=spf1 +all'], ['192.0.2.1'])).toBe('v=spf1 ip4:192.0.2.1 ~all');
});

test.each(['v=spf1 a:shop.test/24//64 mx/28 -all', 'v=SPF1 ip6:2001:db8::/32 exists:%{ir}.%{v}._spf.%{d2} exp=why.%{d} -all', 'v=spf1'])('%s is without fault', (record) => expect(readSpf(record).faults).toEqual([]));
test.each([['v=spf1 include: -all', 'names no domain'], ['v=spf1 ip4:192.0.2.0/40', 'no IPv4 network'], ['v=spf1 ip6:192.0.2.1', 'no IPv6 network'], ['v=spf1 all:x', 'nothing may follow'], ['v=spf1 exists:%{x}.test', 'macro'], ['v=spf1 redirect=a.test redirect=b.test', 'stands twice'], ['v=spf1 -include.a.test', 'no term'], ['v=spf1, mx', undefined]])('%s is at fault', (record, fault) => {
  if (fault === undefined) expect(isSpf(record)).toBe(false);
  else expect(readSpf(record).faults.join()).toContain(fault);
});

test('what is merged from any records reads back without fault', () => {
  const term = fc.constantFrom('a', 'mx', 'mx/24', '-ip4:192.0.2.7', 'ip6:2001:db8::/32', 'include:a.test', 'exists:%{i}.b.test', '~all', '?all', '+all', '-all', 'redirect=c.test', 'ptr', 'ipv4:1.2.3.4', 'include:', 'foo=bar', '%%%');
  fc.assert(fc.property(fc.array(fc.array(term, { maxLength: 6 }), { maxLength: 3 }), fc.array(fc.oneof(fc.ipV4(), fc.ipV6()), { maxLength: 3 }), (records, addresses) => {
    const merged = mergedSpf(records.map((terms) => ['v=spf1', ...terms].join(' ')), addresses);
    expect(isSpf(merged)).toBe(true);
    expect(readSpf(merged).faults).toEqual([]);
    expect(merged).not.toMatch(/ \+all/);
    expect(merged.match(/all$|redirect=\S+$/g)?.length ?? 0).toBeLessThanOrEqual(1);
  }));
});

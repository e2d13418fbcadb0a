import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { manualClock, wallClock } from '../../server/clock.ts';
import { systemResolvers, readResolvConf, trustIn } from '../../server/network/internet/dns/resolv-conf.ts';
import { createResolver, type ResolverOptions } from '../../server/network/internet/dns/resolver.ts';
import { type ZoneData, zones, type Zones } from '../support/zones.ts';

async function house(data: ZoneData, options: Partial<ResolverOptions> & { more?: readonly { host: string; port: number }[]; negativeTtl?: number } = {}) {
  const { more = [], negativeTtl = 300, ...rest } = options;
  const dns = await zones(data, { negativeTtl });
  const resolver = createResolver({ clock: wallClock, servers: () => [dns, ...more], trusted: () => true, perTry: 5_000, within: 15_000, ...rest });
  onTestFinished(async () => {
    resolver.close();
    await dns[Symbol.asyncDispose]();
  });
  return { dns, resolver };
}

/** A port on which nobody answers: UDP that is bound and mute is one of a zone that lies. */
async function mute(): Promise<Zones> {
  const dns = await zones({ '*.test': { lie: 'timeout' } });
  onTestFinished(() => dns[Symbol.asyncDispose]());
  return dns;
}

test('records are told with their values, their TTL and who vouches for them', async () => {
  const { resolver } = await house({
    'example.test': { MX: ['10 MX.Example.test', '20 b.example.test'], TXT: ['v=spf1 -all', 'x'.repeat(700)], A: ['192.0.2.1'], AAAA: ['2001:db8::1'], ttl: 120, authentic: true },
    '_25._tcp.mx.example.test': { TLSA: [`3 1 1 ${'ab'.repeat(32)}`] },
    '1.2.0.192.in-addr.arpa': { PTR: ['mx.example.test'] },
    '1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa': { PTR: ['six.example.test'] },
    'www.example.test': { CNAME: 'example.test' },
  });
  expect(await resolver.mx('example.test')).toEqual({ kind: 'records', records: [{ exchange: 'mx.example.test', preference: 10 }, { exchange: 'b.example.test', preference: 20 }], ttl: 120, authentic: true, name: 'example.test' });
  expect(await resolver.txt('example.test')).toMatchObject({ records: ['v=spf1 -all', 'x'.repeat(700)] });
  expect(await resolver.addresses('EXAMPLE.test.', 4)).toMatchObject({ records: ['192.0.2.1'] });
  expect(await resolver.addresses('example.test', 6)).toMatchObject({ records: ['2001:db8::1'] });
  expect(await resolver.tlsa('_25._tcp.mx.example.test')).toMatchObject({ records: [{ usage: 3, selector: 1, matching: 1, data: new Uint8Array(32).fill(0xab) }], authentic: true });
  expect(await resolver.names('192.0.2.1')).toMatchObject({ records: ['mx.example.test'], authentic: false });
  expect(await resolver.names('2001:db8::1')).toMatchObject({ records: ['six.example.test'] });
  expect(await resolver.cname('www.example.test')).toMatchObject({ records: ['example.test'] });
  expect(await resolver.names('not an address')).toMatchObject({ kind: 'nxdomain' });
});

test('what is not there is told apart: no name, no such record, nobody who could say', async () => {
  const { resolver } = await house({ 'here.test': { A: ['192.0.2.1'] }, 'a.below.test': { A: ['192.0.2.1'] }, 'servfail.test': { lie: 'servfail' }, 'refused.test': { lie: 'refused' }, 'silent.test': { lie: 'timeout' }, 'broken.test': { lie: 'broken' }, 'garbage.test': { lie: 'garbage' }, 'notimp.test': { lie: 'notimp' } }, { perTry: 250 });
  expect(await resolver.mx('gone.test')).toEqual({ kind: 'nxdomain', ttl: 300, authentic: false });
  expect(await resolver.mx('here.test')).toEqual({ kind: 'none', ttl: 300, authentic: false });
  expect(await resolver.mx('below.test')).toMatchObject({ kind: 'none' });
  const reasons: Record<string, unknown> = {};
  for (const name of ['servfail', 'refused', 'silent', 'broken', 'garbage', 'notimp']) {
    const answer = await resolver.mx(`${name}.test`);
    reasons[name] = answer.kind === 'failed' ? answer.reason : answer.kind;
  }
  expect(reasons).toEqual({ servfail: 'servfail', refused: 'refused', silent: 'timeout', broken: 'malformed', garbage: 'malformed', notimp: 'servfail' });
});

test('an answer with another id or another question is not heard', async () => {
  const { resolver } = await house({ 'id.test': { A: ['192.0.2.1'], lie: 'wrong-id' }, 'other.test': { A: ['192.0.2.1'], lie: 'wrong-question' }, 'spoofed.test': { A: ['192.0.2.1'], lie: 'spoof-first' } }, { perTry: 250 });
  expect(await resolver.addresses('id.test', 4)).toMatchObject({ kind: 'failed' });
  expect(await resolver.addresses('other.test', 4)).toMatchObject({ kind: 'failed' });
  expect(await resolver.addresses('spoofed.test', 4)).toMatchObject({ records: ['192.0.2.1'] });
});

test('an answer that is too large for UDP is asked for again over TCP', async () => {
  const many = Array.from({ length: 300 }, (_, n) => `10.0.${n >> 8}.${n & 255}`);
  const { dns, resolver } = await house({ 'many.test': { A: many }, 'cut.test': { A: ['192.0.2.1'], lie: 'truncate' }, 'shut.test': { A: ['192.0.2.1'], lie: 'truncate-only' } });
  expect(await resolver.addresses('many.test', 4)).toMatchObject({ records: many });
  expect(await resolver.addresses('cut.test', 4)).toMatchObject({ records: ['192.0.2.1'] });
  expect(await resolver.addresses('shut.test', 4)).toMatchObject({ kind: 'failed' });
  expect(dns.asked.filter(({ name }) => name === 'many.test').map(({ over }) => over)).toEqual(['udp', 'tcp']);
});

test('a resolver that does not know EDNS is asked without', async () => {
  const { dns, resolver } = await house({ 'old.test': { A: ['192.0.2.1'], MX: ['10 old.test'], lie: 'no-edns' } });
  expect(await resolver.addresses('old.test', 4)).toMatchObject({ records: ['192.0.2.1'] });
  expect(await resolver.mx('old.test')).toMatchObject({ kind: 'records' });
  // Once it is known, it costs no question more.
  expect(dns.asked).toHaveLength(3);
});

test('CNAMEs are followed, also where the answer holds nothing else, and never in a circle', async () => {
  const { resolver } = await house({
    'a.test': { CNAME: 'b.test', ttl: 500, authentic: true }, 'b.test': { CNAME: 'c.test', ttl: 40, authentic: true }, 'c.test': { A: ['192.0.2.3'], ttl: 90, authentic: true },
    'alone.test': { CNAME: 'c.test', ttl: 70, lie: 'only-cname', authentic: true }, 'insecure.test': { CNAME: 'c.test' }, 'circle.test': { CNAME: 'elcric.test' }, 'elcric.test': { CNAME: 'circle.test' }, 'dead.test': { CNAME: 'nobody.test' },
    'round.test': { CNAME: 'dnuor.test', lie: 'only-cname' }, 'dnuor.test': { CNAME: 'round.test', lie: 'only-cname' },
  });
  expect(await resolver.addresses('a.test', 4)).toEqual({ kind: 'records', records: ['192.0.2.3'], ttl: 40, authentic: true, name: 'c.test' });
  expect(await resolver.addresses('alone.test', 4)).toEqual({ kind: 'records', records: ['192.0.2.3'], ttl: 70, authentic: true, name: 'c.test' });
  expect(await resolver.addresses('insecure.test', 4)).toMatchObject({ authentic: false });
  expect(await resolver.addresses('dead.test', 4)).toMatchObject({ kind: 'nxdomain' });
  expect(await resolver.addresses('circle.test', 4)).toMatchObject({ kind: 'failed', reason: 'malformed' });
  expect(await resolver.addresses('round.test', 4)).toMatchObject({ kind: 'failed', reason: 'malformed' });
});

test('the AD bit counts only from a resolver that is trusted', async () => {
  const { resolver } = await house({ 'safe.test': { A: ['192.0.2.1'], authentic: true } }, { trusted: trustIn('off') });
  expect(await resolver.addresses('safe.test', 4)).toMatchObject({ authentic: false });
  expect([trustIn('auto')({ host: '127.0.0.53' }), trustIn('auto')({ host: '::1' }), trustIn('auto')({ host: '192.0.2.53' }), trustIn('on')({ host: '192.0.2.53' })]).toEqual([true, true, false, true]);
});

test('an answer is kept for its TTL and no longer, one that is not there for the time of the SOA', async () => {
  const clock = manualClock();
  const { dns, resolver } = await house({ 'kept.test': { A: ['192.0.2.1'], ttl: 60 }, 'never.test': { A: ['192.0.2.1'], ttl: 0 }, 'forever.test': { A: ['192.0.2.1'], ttl: 2_000_000 } }, { clock, negativeTtl: 30 });
  const asks = async (name: string) => {
    const before = dns.asked.length;
    await resolver.addresses(name, 4);
    return dns.asked.length - before;
  };
  expect([await asks('kept.test'), await asks('kept.test'), await asks('KEPT.test.')]).toEqual([1, 0, 0]);
  clock.advance(20_000);
  expect(await resolver.addresses('kept.test', 4)).toMatchObject({ ttl: 40 });
  clock.advance(40_000);
  expect(await asks('kept.test')).toBe(1);
  expect([await asks('never.test'), await asks('never.test')]).toEqual([1, 1]);
  expect([await asks('gone.test'), await asks('gone.test')]).toEqual([1, 0]);
  clock.advance(30_000);
  expect(await asks('gone.test')).toBe(1);
  expect(await asks('forever.test')).toBe(1);
  clock.advance(86_400_000);
  expect(await asks('forever.test')).toBe(1);
  resolver.forget();
  expect(await asks('forever.test')).toBe(1);
});

test('a failure is kept for seconds, so that a burst of mail is no burst of questions', async () => {
  const clock = manualClock();
  const { dns, resolver } = await house({ 'sick.test': { A: ['192.0.2.1'], lie: (_question, nth) => (nth === 1 ? 'servfail' : undefined) } }, { clock });
  expect(await resolver.addresses('sick.test', 4)).toMatchObject({ kind: 'failed' });
  expect(await resolver.addresses('sick.test', 4)).toMatchObject({ kind: 'failed' });
  expect(dns.asked).toHaveLength(1);
  clock.advance(5_000);
  expect(await resolver.addresses('sick.test', 4)).toMatchObject({ records: ['192.0.2.1'] });
});

test('the next resolver is asked when one keeps silent, fails or is not there', async () => {
  const silent = await mute();
  const shut = await zones({});
  await shut[Symbol.asyncDispose]();
  const good = await zones({ 'a.test': { A: ['192.0.2.9'] } });
  onTestFinished(() => good[Symbol.asyncDispose]());
  const resolver = createResolver({ clock: wallClock, servers: () => [silent, shut, good], trusted: () => true, perTry: 300 });
  onTestFinished(() => resolver.close());
  expect(await resolver.addresses('a.test', 4)).toMatchObject({ records: ['192.0.2.9'] });
});

test('a question that is lost on its way is asked again, and in the end given up', async () => {
  const { dns, resolver } = await house({ 'lossy.test': { A: ['192.0.2.1'], lie: (_question, nth) => (nth < 3 ? 'timeout' : undefined) }, 'mute.test': { lie: 'timeout' } }, { perTry: 300, within: 2_000 });
  expect(await resolver.addresses('lossy.test', 4)).toMatchObject({ records: ['192.0.2.1'] });
  expect(await resolver.addresses('mute.test', 4)).toMatchObject({ kind: 'failed', reason: 'timeout' });
  expect(dns.asked.filter(({ name }) => name === 'mute.test')).toHaveLength(3);
});

test('two thousand questions at once are all answered, each asked once', async () => {
  const { dns, resolver } = await house({ '*.many.test': { A: ['192.0.2.1'] } }, { perTry: 5_000, within: 10_000 });
  const answers = await Promise.all(Array.from({ length: 4_000 }, (_, n) => resolver.addresses(`n${n % 2_000}.many.test`, 4)));
  expect(answers.filter(({ kind }) => kind === 'records')).toHaveLength(4_000);
  expect(new Set(dns.asked.map(({ name }) => name)).size).toBe(2_000);
  expect(dns.asked).toHaveLength(2_000);
});

test('only so many questions are open at the same time; the others have their turn', async () => {
  const clock = manualClock();
  const { dns, resolver } = await house({ '*.many.test': { A: ['192.0.2.1'], lie: (_question, nth) => (nth === 1 ? 'timeout' : undefined) } }, { clock, atOnce: 20, perTry: 1_000, within: 10_000 });
  const all = Promise.all(Array.from({ length: 60 }, (_, n) => resolver.addresses(`n${n}.many.test`, 4)));
  await vi.waitFor(() => expect(dns.asked).toHaveLength(20));
  for (let turns = 0; turns < 50; turns++) await turn();
  expect(dns.asked).toHaveLength(20);
  for (const asked of [60, 100]) {
    clock.advance(1_000);
    await vi.waitFor(() => expect(dns.asked).toHaveLength(asked));
  }
  clock.advance(1_000);
  expect((await all).filter(({ kind }) => kind === 'records')).toHaveLength(60);
});

test('what is kept is bounded: the oldest goes first', async () => {
  const { dns, resolver } = await house({ '*.many.test': { A: ['192.0.2.1'] } }, { entries: 3 });
  for (const name of ['a', 'b', 'c', 'd', 'd', 'b', 'a']) await resolver.addresses(`${name}.many.test`, 4);
  expect(dns.asked.map(({ name }) => name[0]).join('')).toBe('abcda');
});

test('what cannot be a name in the DNS is not asked about; an IDN is asked about as its A-label', async () => {
  const { dns, resolver } = await house({ 'xn--bcher-kva.test': { A: ['192.0.2.1'] } });
  for (const name of ['', '.', 'a..test', `${'x'.repeat(64)}.test`, `${'abc.'.repeat(70)}test`, 'with space.test', 'nul\u0000.test']) expect(await resolver.mx(name)).toMatchObject({ kind: 'nxdomain' });
  expect(dns.asked).toEqual([]);
  expect(await resolver.addresses('Bücher.test', 4)).toMatchObject({ records: ['192.0.2.1'] });
});

test('closing ends what is under way', async () => {
  const { resolver } = await house({ 'silent.test': { lie: 'timeout' } }, { perTry: 60_000, within: 60_000 });
  const asked = resolver.mx('silent.test');
  resolver.close();
  expect(await asked).toMatchObject({ kind: 'failed' });
});

test('the system\'s resolvers are read from its file, and again when it has changed', () => {
  const dir = mkdtempSync(join(tmpdir(), 'postern-resolv-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const path = join(dir, 'resolv.conf');
  const clock = manualClock();
  const servers = systemResolvers({ clock, path });
  expect(servers()).toEqual([{ host: '127.0.0.1', port: 53 }]);
  writeFileSync(path, '# made by hand\nsearch a.test\nnameserver 192.0.2.53\nnameserver 2001:db8::53\noptions edns0\n');
  expect(servers()).toEqual([{ host: '127.0.0.1', port: 53 }]);
  clock.advance(5_000);
  expect(servers()).toEqual([{ host: '192.0.2.53', port: 53 }, { host: '2001:db8::53', port: 53 }]);
  writeFileSync(path, 'nameserver 192.0.2.54\n');
  utimesSync(path, 1, 1);
  clock.advance(5_000);
  expect(servers()).toEqual([{ host: '192.0.2.54', port: 53 }]);
  rmSync(path);
  clock.advance(5_000);
  expect(servers()).toEqual([{ host: '192.0.2.54', port: 53 }]);
  writeFileSync(path, '');
  expect(readResolvConf('nameserver nonsense\n')).toEqual([{ host: '127.0.0.1', port: 53 }]);
});

import { expect, test } from 'vitest';
import type { Relay } from '../../server/mail/live.ts';
import { classify } from '../../server/classify/classify.ts';
import { DEFAULT_LIVE } from '../../server/mail/live.ts';
import { internetHouse, places } from './internet-house.ts';

test('MX hosts are tried by preference, by chance within one', async () => {
  const zone = {
    'example.test': { MX: ['20 c.example.test', '10 a.example.test', '10 b.example.test', '30 D.example.test.'], ttl: 900 },
    'a.example.test': { A: ['192.0.2.1'] }, 'b.example.test': { A: ['192.0.2.2'] }, 'c.example.test': { A: ['192.0.2.3'], ttl: 90 }, 'd.example.test': { A: ['192.0.2.4'] },
  };
  const last = await internetHouse(zone, { random: () => 0.999 });
  const first = await internetHouse(zone, { random: () => 0 });
  const route = await last.route('example.test');
  expect(places(route)).toEqual(['a.example.test 192.0.2.1', 'b.example.test 192.0.2.2', 'c.example.test 192.0.2.3', 'd.example.test 192.0.2.4']);
  expect(route).toMatchObject({ site: '(a|b|c|d).example.test', keepFor: 90_000 });
  expect(route.hosts.every(({ port, tls }) => port === 25 && tls === undefined)).toBe(true);
  const other = await first.route('example.test');
  expect(places(other)).toEqual(['b.example.test 192.0.2.2', 'a.example.test 192.0.2.1', 'c.example.test 192.0.2.3', 'd.example.test 192.0.2.4']);
  expect(other.site).toBe(route.site);
});

test('domains with the same MX hosts share a site, and are told to be of a provider', async () => {
  const mx = { MX: ['10 a.provider.test', '20 b.provider.test'] };
  const { route } = await internetHouse({ 'one.test': mx, 'two.test': { MX: ['5 b.provider.test', '5 A.PROVIDER.test'] }, '*.provider.test': { A: ['192.0.2.1'] } }, { providerOf: (hosts) => (hosts.every((host) => host.endsWith('.provider.test')) ? 'provider' : undefined) });
  expect((await route('one.test')).site).toBe((await route('two.test')).site);
  expect((await route('one.test')).provider).toBe('provider');
});

test('where all hosts of a provider are known to take TLS, none of them is given mail in plaintext; a receiver\'s own policy stands above that', async () => {
  const { route } = await internetHouse({ 'one.test': { MX: ['10 a.provider.test'] }, 'other.test': { MX: ['10 mx.other.test'] }, '*.provider.test': { A: ['192.0.2.1'] }, 'mx.other.test': { A: ['192.0.2.2'] } }, { providerOf: (hosts) => (hosts.every((host) => host.endsWith('.provider.test')) ? 'provider' : undefined), demandsTls: (provider) => provider === 'provider' });
  expect((await route('one.test')).hosts.map(({ tls }) => tls)).toEqual([{ kind: 'required', by: 'provider' }]);
  expect((await route('other.test')).hosts.map(({ tls }) => tls)).toEqual([undefined]);
});

test('a domain without MX is its own host; with neither MX nor address it takes no mail for ever', async () => {
  const { route, fault } = await internetHouse({ 'implicit.test': { A: ['192.0.2.1'] }, 'empty.test': { TXT: ['nothing'] }, 'homeless.test': { MX: ['10 gone.test', '20 empty.test'] } });
  expect(places(await route('implicit.test'))).toEqual(['implicit.test 192.0.2.1']);
  expect(await fault('empty.test')).toMatchObject({ stage: 'resolve', fault: 'no-mx' });
  expect(await fault('homeless.test')).toMatchObject({ fault: 'no-mx', detail: expect.stringContaining('gone.test') });
});

test('a null MX, a name that is not there and a resolver that fails end as what they are', async () => {
  const { fault } = await internetHouse({
    'null.test': { MX: ['0 .'], A: ['192.0.2.1'] }, 'servfail.test': { lie: 'servfail' }, 'refused.test': { lie: 'refused' }, 'silent.test': { lie: 'timeout' }, 'broken.test': { lie: 'broken' },
    'half.test': { MX: ['10 sick.test', '20 gone.test'] }, 'sick.test': { lie: 'servfail' },
  }, { perTry: 250 });
  const found = Object.fromEntries(await Promise.all(['null.test', 'gone.test', 'servfail.test', 'refused.test', 'silent.test', 'broken.test', 'half.test', '', 'a..test', '[nonsense]'].map(async (one) => {
    const told = await fault(one);
    return [one, `${told.fault} ${classify(told).permanence}`];
  })));
  expect(found).toEqual({
    'null.test': 'null-mx hard', 'gone.test': 'nxdomain hard', 'servfail.test': 'dns-error soft', 'refused.test': 'dns-error soft', 'silent.test': 'dns-error soft', 'broken.test': 'dns-error soft',
    'half.test': 'dns-error soft', '': 'nxdomain hard', 'a..test': 'nxdomain hard', '[nonsense]': 'nxdomain hard',
  });
  expect((await fault('null.test')).detail).toContain('556 5.1.10');
});

test('an MX that is an alias, or that has no address, does not stand in the way of the others', async () => {
  const { route } = await internetHouse({ 'example.test': { MX: ['10 gone.test', '20 alias.test', '30 sick.test', '40 127.0.0.1', '50 .'] }, 'alias.test': { CNAME: 'real.test' }, 'real.test': { A: ['192.0.2.1'] }, 'sick.test': { lie: 'servfail' }, 'www.test': { CNAME: 'example.test' } });
  const found = await route('example.test');
  expect(places(found)).toEqual(['alias.test 192.0.2.1']);
  expect(found.notes!.join('\n')).toMatch(/gone\.test has no address[^]*sick\.test/);
  const aliased = await route('www.test');
  expect(places(aliased)).toEqual(places(found));
  expect(aliased.notes![0]).toContain('alias (CNAME) of example.test');
});

test('both families are tried in turns, the preferred one first, or only the one', async () => {
  const zone = { 'example.test': { A: ['192.0.2.1', '192.0.2.2'], AAAA: ['2001:db8::1', '2001:db8::2'] }, 'four.test': { A: ['192.0.2.4'] } };
  const by = async (family: 'ipv4-first' | 'ipv6-first' | 'ipv4' | 'ipv6') => (await (await internetHouse(zone, { live: { family } })).route('example.test')).hosts.map(({ address }) => address);
  expect(await by('ipv4-first')).toEqual(['192.0.2.1', '2001:db8::1', '192.0.2.2', '2001:db8::2']);
  expect(await by('ipv6-first')).toEqual(['2001:db8::1', '192.0.2.1', '2001:db8::2', '192.0.2.2']);
  expect(await by('ipv4')).toEqual(['192.0.2.1', '192.0.2.2']);
  expect(await by('ipv6')).toEqual(['2001:db8::1', '2001:db8::2']);
  const six = await internetHouse(zone, { live: { family: 'ipv6' } });
  expect(await six.fault('four.test')).toMatchObject({ fault: 'no-mx' });
});

test('of a great many hosts and addresses some of each are tried', async () => {
  const many = Array.from({ length: 40 }, (_, n) => `192.0.2.${n + 1}`);
  const { route } = await internetHouse({
    'wide.test': { MX: Array.from({ length: 40 }, (_, n) => `${n} mx${n}.wide.test`) }, '*.wide.test': { A: ['198.51.100.1'] },
    'deep.test': { MX: ['10 a.deep.test', '20 b.deep.test'] }, 'a.deep.test': { A: many }, 'b.deep.test': { A: ['198.51.100.2', '198.51.100.3', '198.51.100.4'] },
  });
  expect((await route('wide.test')).hosts.map(({ name }) => name)).toEqual(Array.from({ length: 10 }, (_, n) => `mx${n}.wide.test`));
  const deep = (await route('deep.test')).hosts;
  expect(deep).toHaveLength(20);
  expect(deep.slice(-3).map(({ address }) => address)).toEqual(['198.51.100.2', '198.51.100.3', '198.51.100.4']);
});

test('an address literal is the host, if it is one that may be asked', async () => {
  const { route, fault, dns } = await internetHouse({});
  expect(await route('[192.0.2.7]')).toEqual({ site: '[192.0.2.7]', hosts: [{ name: '192.0.2.7', address: '192.0.2.7', port: 25, preference: 0 }], notes: [] });
  expect(places(await route('[ipv6:2001:db8::7]'))).toEqual(['2001:db8::7 2001:db8::7']);
  expect(await fault('[10.0.0.1]')).toMatchObject({ fault: 'unreachable', detail: expect.stringContaining('private') });
  expect(await fault('[ipv6:::1]')).toMatchObject({ fault: 'unreachable' });
  expect(dns.asked).toEqual([]);
});

test('DNS that answers with private, loopback or reserved addresses leads nowhere', async () => {
  const { route, fault } = await internetHouse({
    'loop.test': { MX: ['10 localhost.loop.test'] }, 'localhost.loop.test': { A: ['127.0.0.1'], AAAA: ['::1', '::ffff:127.0.0.1'] }, 'metadata.test': { A: ['169.254.169.254'] },
    'mixed.test': { MX: ['10 in.mixed.test', '20 out.mixed.test'] }, 'in.mixed.test': { A: ['10.0.0.1', '192.0.2.1'] }, 'out.mixed.test': { A: ['192.168.0.1'] },
  }, { allowed: ['192.0.2.0/24'] });
  for (const domain of ['loop.test', 'metadata.test']) {
    const told = await fault(domain);
    expect([told.fault, classify(told).permanence]).toEqual(['unreachable', 'soft']);
    expect(told.detail).toMatch(/POSTERN_DELIVERY_PRIVATE/);
  }
  expect(places(await route('mixed.test'))).toEqual(['in.mixed.test 192.0.2.1']);
});

test('where an MX is this server, only those before it are asked; with none, the mail would loop', async () => {
  const zone = {
    'backup.test': { MX: ['10 main.test', '20 postern.example.test', '20 equal.test', '30 last.test'] }, 'ours.test': { MX: ['10 Postern.Example.test', '20 last.test'] }, 'ours-by-address.test': { MX: ['10 disguise.test', '20 last.test'] },
    'main.test': { A: ['192.0.2.1'] }, 'equal.test': { A: ['192.0.2.2'] }, 'last.test': { A: ['192.0.2.3'] }, 'disguise.test': { A: ['192.0.2.99'] }, 'postern.example.test': { A: ['192.0.2.99'] },
  };
  const { route, fault } = await internetHouse({ ...zone, 'beside.test': { MX: ['10 last.test'] }, 'here.test': { MX: ['10 localhost.test'] }, 'localhost.test': { A: ['127.0.0.1'] } }, { ownAddresses: () => [{ address: '192.0.2.99', port: 25 }, { address: '192.0.2.3', port: 2525 }, { address: '0.0.0.0', port: 25 }] });
  expect(places(await route('backup.test'))).toEqual(['main.test 192.0.2.1']);
  // Another server on the same machine is not us; we are all its addresses where we listen on any.
  expect(places(await route('beside.test'))).toEqual(['last.test 192.0.2.3']);
  expect(await fault('here.test')).toMatchObject({ fault: 'loop' });
  for (const domain of ['ours.test', 'ours-by-address.test', '[192.0.2.99]']) {
    const told = await fault(domain);
    expect([told.fault, classify(told).action]).toEqual(['loop', 'fail']);
  }
});

const relay: Relay = { domains: ['*'], when: 'always', host: 'smart.test', port: 465, tls: 'implicit', user: 'ann', password: 'secret' };

test('a relay stands in for the MX, with its login and its TLS', async () => {
  const { route, fault, dns } = await internetHouse({ 'smart.test': { A: ['192.0.2.50'] }, 'example.test': { MX: ['10 mx.test'] } }, { live: { relays: [relay, { ...relay, domains: ['dead.test'], host: 'nobody.test' }, { ...relay, domains: ['inside.test'], host: '10.0.0.1' }] } });
  const found = await route('example.test');
  expect(found).toMatchObject({ site: 'smart.test', hosts: [{ name: 'smart.test', address: '192.0.2.50', port: 465, implicitTls: true, login: { user: 'ann', password: 'secret' }, tls: { kind: 'verified', by: 'relay', names: ['smart.test'] } }] });
  expect(JSON.stringify(found.notes)).not.toContain('secret');
  expect(dns.asked.some(({ name }) => name === 'example.test')).toBe(false);
  // Never the recipient's fault.
  expect(await fault('dead.test')).toMatchObject({ fault: 'dns-error' });
  expect(await fault('inside.test')).toMatchObject({ fault: 'unreachable' });
});

test('a relay that is this very server is not asked: the mail would come back for ever', async () => {
  const relays = [{ ...relay, host: 'smart.test', port: 2525 }];
  const zone = { 'smart.test': { A: ['192.0.2.99'] }, 'example.test': { MX: ['10 mx.test'] }, 'mx.test': { A: ['192.0.2.1'] } };
  const always = await internetHouse(zone, { live: { relays }, ownAddresses: () => [{ address: '192.0.2.99', port: 2525 }] });
  const told = await always.fault('example.test');
  expect([told.fault, classify(told).permanence]).toEqual(['unreachable', 'soft']);
  expect(told.detail).toContain('this server');
  const fallback = await internetHouse(zone, { live: { relays: relays.map((one) => ({ ...one, when: 'fallback' as const })) }, ownAddresses: () => [{ address: '192.0.2.99', port: 2525 }] });
  expect(places(await fallback.route('example.test'))).toEqual(['mx.test 192.0.2.1']);
  // Another server of this machine is none of ours.
  const beside = await internetHouse(zone, { live: { relays: relays.map((one) => ({ ...one, port: 25 })) }, ownAddresses: () => [{ address: '192.0.2.99', port: 2525 }] });
  expect(places(await beside.route('example.test'))).toEqual(['smart.test 192.0.2.99']);
});

test('a fallback relay comes after the MX, and alone where the DNS fails; it does not make a domain exist', async () => {
  const live = { relays: [{ ...relay, when: 'fallback' as const, port: 587, tls: 'opportunistic' as const }] };
  const { route, fault } = await internetHouse({ 'smart.test': { A: ['192.0.2.50'] }, 'example.test': { MX: ['10 mx.test'] }, 'mx.test': { A: ['192.0.2.1'] }, 'sick.test': { lie: 'servfail' } }, { live });
  const found = await route('example.test');
  expect(places(found)).toEqual(['mx.test 192.0.2.1', 'smart.test 192.0.2.50']);
  expect(found.site).toBe('mx.test');
  expect(found.hosts.map(({ login }) => login !== undefined)).toEqual([false, true]);
  expect(places(await route('sick.test'))).toEqual(['smart.test 192.0.2.50']);
  expect(await fault('gone.test')).toMatchObject({ fault: 'nxdomain' });
});

test('a stream that wants TLS has it asked of every host, and of a relay no less than it wants itself', async () => {
  const { route } = await internetHouse({ 'example.test': { A: ['192.0.2.1'] }, 'smart.test': { A: ['192.0.2.50'] } }, { live: { tls: 'required', relays: [{ ...relay, when: 'fallback' }] } });
  expect((await route('example.test')).hosts.map(({ tls }) => `${tls?.kind} ${tls && 'by' in tls ? tls.by : ''}`)).toEqual(['required stream', 'verified relay']);
});

test('the sources of a stream take turns, of each stream by itself', async () => {
  const sources = [{ ipv4: '192.0.2.1', ipv6: null, helo: 'a.test' }, { ipv4: '192.0.2.2', ipv6: null, helo: 'b.test' }];
  const { internet } = await internetHouse({}, { policyOf: (stream) => ({ ...DEFAULT_LIVE, sources: stream === 'plain' ? [] : sources }) });
  const turns = (stream: string) => Array.from({ length: 3 }, () => internet.source(stream).helo);
  expect([turns('one'), turns('two'), turns('plain')]).toEqual([['a.test', 'b.test', 'a.test'], ['a.test', 'b.test', 'a.test'], [null, null, null]]);
});

test('an address with an IDN goes to its A-label', async () => {
  const { internet, route } = await internetHouse({ 'xn--bcher-kva.test': { A: ['192.0.2.1'] } });
  const destination = internet.destination('live', 'ann@BÜCHER.test');
  expect(destination).toBe('xn--bcher-kva.test');
  expect(places(await route(destination))).toEqual(['xn--bcher-kva.test 192.0.2.1']);
});

import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { manualClock, wallClock } from '../../server/clock.ts';
import { certify } from '../../server/network/pretend/x509.ts';
import type { NameData, ZoneData } from '../support/zones.ts';
import { ALLOWED, internetHouse, memoryKept, places } from './internet-house.ts';

const HOUR = 3_600_000;
const WEEK = 604_800;

function newKey() {
  const pem = generateKeyPairSync('ec', { namedCurve: 'P-256', privateKeyEncoding: { type: 'pkcs8', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } }).privateKey;
  const key = createPrivateKey(pem);
  return { pem, key, publicKey: createPublicKey(key) };
}

const [root, server] = [newKey(), newKey()];
const from = wallClock.now() - HOUR;
const to = from + 100 * HOUR;
const issuer = { name: 'An authority for tests', key: root.key };
const AUTHORITY = certify({ subject: { name: issuer.name, publicKey: root.publicKey }, issuer, from, to, use: 'authority' }, root.publicKey);
const certificate = (name: string) => certify({ subject: { name, publicKey: server.publicKey }, issuer, from, to, use: 'server' }, root.publicKey);

type Web = { status?: number; body: string | null; headers?: Record<string, string>; asked: string[]; port: number; hangs?: boolean };

/** A web server of policies; what it says can be changed. `null` hangs. */
async function web(body: string | null, name = 'mta-sts.example.test'): Promise<Web> {
  const web: Web = { body, asked: [], port: 0 };
  const https = createServer({ key: server.pem, cert: certificate(name) }, (request, response) => {
    web.asked.push(`${request.headers.host} ${request.url}`);
    if (web.body === null) return;
    response.writeHead(web.status ?? 200, { 'content-type': 'text/plain', ...web.headers }).end(web.body);
  });
  https.on('tlsClientError', () => {});
  https.listen(0, '127.0.0.1');
  await once(https, 'listening');
  web.port = (https.address() as AddressInfo).port;
  onTestFinished(() => {
    https.closeAllConnections();
    https.close();
  });
  return web;
}

const policy = (mode: string, mx: string[], maxAge = WEEK) => ['version: STSv1', `mode: ${mode}`, ...mx.map((one) => `mx: ${one}`), `max_age: ${maxAge}`, ''].join('\r\n');

const zone = (more: ZoneData = {}): ZoneData => ({
  'example.test': { MX: ['10 mx1.example.test', '20 mx2.other.test'] }, 'mx1.example.test': { A: ['192.0.2.1'] }, 'mx2.other.test': { A: ['192.0.2.2'] },
  '_mta-sts.example.test': { TXT: ['v=STSv1; id=one'], ttl: 0 }, 'mta-sts.example.test': { A: ['127.0.0.1'], ttl: 0 }, ...more,
});

test('a policy that is enforced: hosts that it does not name are left out, the others must prove their name', async () => {
  const site = await web(policy('enforce', ['*.example.test']));
  const { route } = await internetHouse(zone(), { ca: AUTHORITY, stsPort: site.port });
  const { hosts, notes } = await route('example.test');
  expect(hosts).toMatchObject([{ name: 'mx1.example.test', tls: { kind: 'verified', by: 'mta-sts', names: ['mx1.example.test'], note: 'MTA-STS of example.test (enforce, id one)' } }]);
  expect(notes!.join('\n')).toContain('does not name mx2.other.test');
  expect(site.asked).toEqual([`mta-sts.example.test:${site.port} /.well-known/mta-sts.txt`]);
});

test('a policy that names none of the hosts lets no mail through, for now', async () => {
  const site = await web(policy('enforce', ['mx.somewhere.test']));
  const { fault } = await internetHouse(zone(), { ca: AUTHORITY, stsPort: site.port });
  expect(await fault('example.test')).toMatchObject({ stage: 'resolve', fault: 'tls', detail: expect.stringContaining('MTA-STS policy of example.test does not name') });
});

test('a fallback relay is no way round a policy', async () => {
  const site = await web(policy('enforce', ['mx.somewhere.test']));
  const relays = [{ domains: ['*'], when: 'fallback' as const, host: 'mx1.example.test', port: 25, tls: 'opportunistic' as const, user: null, password: null }];
  const { fault } = await internetHouse(zone(), { ca: AUTHORITY, stsPort: site.port, live: { relays } });
  expect(await fault('example.test')).toMatchObject({ fault: 'tls' });
});

test('a policy that is tested lets everything through, with what it would have asked', async () => {
  const site = await web(policy('testing', ['mx1.example.test']));
  const { route } = await internetHouse(zone(), { ca: AUTHORITY, stsPort: site.port });
  expect((await route('example.test')).hosts.map(({ name, tls, tests }) => [name, tls, tests && 'names' in tests && tests.names])).toEqual([['mx1.example.test', undefined, ['mx1.example.test']], ['mx2.other.test', undefined, []]]);
});

test.each<[string, Partial<Web>, Record<string, NameData>?]>([
  ['is not there', { status: 404 }],
  ['redirects', { status: 301, headers: { location: 'https://mta-sts.example.test/policy' } }],
  ['is no policy', { body: '<html></html>' }],
  ['is too large', { body: `${policy('enforce', ['mx1.example.test'])}${'x: y\n'.repeat(20_000)}` }],
  ['is of mode none', { body: policy('none', []) }],
  ['is at a private address', {}, { 'mta-sts.example.test': { A: ['10.0.0.1'] } }],
  ['has no host', {}, { 'mta-sts.example.test': { TXT: ['x'] } }],
  ['has no record', {}, { '_mta-sts.example.test': { TXT: ['v=spf1'] } }],
])('a policy that %s is none', async (_what, said, more = {}) => {
  const site = await web(policy('enforce', ['nobody.test']));
  Object.assign(site, said);
  const { route } = await internetHouse(zone(more), { ca: AUTHORITY, stsPort: site.port });
  expect((await route('example.test')).hosts.map(({ tls }) => tls)).toEqual([undefined, undefined]);
});

test('a policy counts only from a host whose certificate holds', async () => {
  const wrong = await web(policy('enforce', ['nobody.test']), 'mta-sts.somebody-else.test');
  const unknown = await web(policy('enforce', ['nobody.test']));
  for (const options of [{ ca: AUTHORITY, stsPort: wrong.port }, { stsPort: unknown.port }]) {
    const { route, internet } = await internetHouse(zone(), options);
    expect((await route('example.test')).hosts).toHaveLength(2);
    expect(internet.sts.seen('example.test')).toMatchObject({ known: null, failed: expect.stringContaining('certificate does not hold') });
  }
  expect([...wrong.asked, ...unknown.asked]).toEqual([]);
});

test('a policy host that hangs costs its deadline and no more, once in a while', async () => {
  const site = await web(null);
  const clock = manualClock();
  const { resolve } = await internetHouse(zone(), { ca: AUTHORITY, stsPort: site.port, clock });
  const found = resolve('example.test');
  await vi.waitFor(() => expect(site.asked).toHaveLength(1));
  clock.advance(20_000);
  expect(await found).toMatchObject({ hosts: [{ name: 'mx1.example.test' }, { name: 'mx2.other.test' }] });
  expect(await resolve('example.test')).toMatchObject({ hosts: [{}, {}] });
  expect(site.asked).toHaveLength(1);
});

test('a policy is kept across a restart, as long as it says, although it cannot be had any more', async () => {
  const site = await web(policy('enforce', ['mx1.example.test'], 86_400));
  const kept = memoryKept();
  const clock = manualClock();
  const options = { ca: AUTHORITY, stsPort: site.port, clock, kept };
  const hosts = async (house: Awaited<ReturnType<typeof internetHouse>>) => (await house.route('example.test')).hosts.map(({ tls }) => tls?.kind);
  expect(await hosts(await internetHouse(zone(), options))).toEqual(['verified']);
  expect(kept.map.size).toBe(1);

  site.status = 500;
  const again = await internetHouse(zone(), options);
  expect(await hosts(again)).toEqual(['verified']);
  // Neither an attacker who takes the record away nor one who breaks its resolution gets round it.
  again.dns.set('_mta-sts.example.test', null);
  again.resolver.forget();
  expect(await hosts(again)).toEqual(['verified']);
  again.dns.set('_mta-sts.example.test', { lie: 'servfail' });
  again.resolver.forget();
  expect(await hosts(again)).toEqual(['verified']);
  // Another id, which cannot be fetched: the old one holds.
  again.dns.set('_mta-sts.example.test', { TXT: ['v=STSv1; id=two'] });
  again.resolver.forget();
  expect(await hosts(again)).toEqual(['verified']);
  clock.advance(86_400_000);
  expect(await hosts(again)).toEqual([undefined, undefined]);
  expect(kept.map.size).toBe(0);
});

test('another id brings another policy; the same one is made new when half of its time is over', async () => {
  const site = await web(policy('enforce', ['mx1.example.test'], 86_400));
  const clock = manualClock();
  const { route, dns, resolver } = await internetHouse(zone(), { ca: AUTHORITY, stsPort: site.port, clock });
  await route('example.test');
  await route('example.test');
  expect(site.asked).toHaveLength(1);
  site.body = policy('enforce', ['mx2.other.test']);
  dns.set('_mta-sts.example.test', { TXT: ['v=STSv1; id=two'], ttl: 0 });
  resolver.forget();
  expect(places(await route('example.test'))).toEqual(['mx2.other.test 192.0.2.2']);
  site.body = policy('none', []);
  clock.advance(86_400_000 * 4);
  // Nobody waits for it.
  expect((await route('example.test')).hosts).toHaveLength(1);
  await vi.waitFor(async () => expect((await route('example.test')).hosts).toHaveLength(2));
  expect(site.asked).toHaveLength(3);
});

test('a policy that may not be kept at all is kept for a minute, so that it is not fetched for each message', async () => {
  const site = await web(policy('enforce', ['mx1.example.test'], 0));
  const clock = manualClock();
  const { route } = await internetHouse(zone(), { ca: AUTHORITY, stsPort: site.port, clock });
  for (let n = 0; n < 3; n++) expect((await route('example.test')).hosts).toHaveLength(1);
  expect(site.asked).toHaveLength(1);
  clock.advance(60_000);
  expect((await route('example.test')).hosts).toHaveLength(1);
  expect(site.asked).toHaveLength(2);
});

test('one policy is fetched once, however much mail waits for it', async () => {
  const site = await web(policy('enforce', ['mx1.example.test']));
  const { route } = await internetHouse(zone(), { ca: AUTHORITY, stsPort: site.port });
  const all = await Promise.all(Array.from({ length: 50 }, () => route('example.test')));
  expect(all.every(({ hosts }) => hosts.length === 1)).toBe(true);
  expect(site.asked).toHaveLength(1);
});

const TLSA = `3 1 1 ${'ab'.repeat(32)}`;
const signed = (more: ZoneData = {}): ZoneData => ({
  'safe.test': { MX: ['10 mx.safe.test'], authentic: true }, 'mx.safe.test': { A: ['192.0.2.1'] }, '_25._tcp.mx.safe.test': { TLSA: [TLSA] }, ...more,
});
const daneOf = async (data: ZoneData, options = {}) => (await (await internetHouse(data, options)).route('safe.test')).hosts.map(({ tls }) => tls);

test('where DNSSEC vouches for the way, TLSA records are what a host must prove', async () => {
  expect(await daneOf(signed())).toEqual([{ kind: 'dane', records: [{ usage: 3, selector: 1, matching: 1, data: new Uint8Array(32).fill(0xab) }], names: ['mx.safe.test', 'safe.test'], note: 'DANE: 3 1 1 at _25._tcp.mx.safe.test' }]);
  // The domain itself, without MX.
  expect(await daneOf({ 'safe.test': { A: ['192.0.2.1'], authentic: true }, '_25._tcp.safe.test': { TLSA: [TLSA] } })).toMatchObject([{ kind: 'dane', names: ['safe.test'] }]);
});

test('TLSA records that nobody can use ask for TLS, and for nothing more', async () => {
  for (const records of [['0 0 1 00'], ['1 1 1 00'], ['3 1 1 abcd'], ['3 2 1 00'], ['3 1 9 00'], ['2 0 0 ']]) expect(await daneOf(signed({ '_25._tcp.mx.safe.test': { TLSA: records } }))).toEqual([{ kind: 'required', by: 'dane' }]);
  expect(await daneOf(signed({ '_25._tcp.mx.safe.test': { TLSA: ['1 1 1 00', TLSA] } }))).toMatchObject([{ kind: 'dane', records: [{ usage: 3 }] }]);
});

test('without DNSSEC all the way, or from a resolver that is not trusted, TLSA records are nothing', async () => {
  expect(await daneOf(signed(), { trusted: false })).toEqual([undefined]);
  expect(await daneOf(signed({ 'safe.test': { MX: ['10 mx.safe.test'], authentic: false } }))).toEqual([undefined]);
  expect(await daneOf(signed({ 'mx.safe.test': { A: ['192.0.2.1'], authentic: false } }))).toEqual([undefined]);
  expect(await daneOf(signed({ '_25._tcp.mx.safe.test': { TLSA: [TLSA], authentic: false } }))).toEqual([undefined]);
  expect(await daneOf({ 'safe.test': { MX: ['10 mx.safe.test'], authentic: true }, 'mx.safe.test': { A: ['192.0.2.1'] } })).toEqual([undefined]);
});

test('a host whose TLSA records cannot be asked for is not used: to break the question is no way round', async () => {
  for (const lie of ['servfail', 'timeout', 'refused', 'garbage'] as const) {
    const house = await internetHouse(signed({ 'safe.test': { MX: ['10 mx.safe.test', '20 plain.safe.test'], authentic: true }, '_25._tcp.mx.safe.test': { lie }, 'plain.safe.test': { A: ['192.0.2.9'] } }), { perTry: 50 });
    expect(places(await house.route('safe.test'))).toEqual(['plain.safe.test 192.0.2.9']);
    house.dns.set('plain.safe.test', null);
    house.resolver.forget();
    expect(await house.fault('safe.test')).toMatchObject({ fault: 'dns-error', detail: expect.stringContaining('TLSA') });
  }
  // Nor is it one to break the question for the other family of addresses.
  expect(await daneOf(signed({ 'mx.safe.test': { A: ['192.0.2.1'], lie: { AAAA: 'servfail' } } }))).toMatchObject([{ kind: 'dane' }]);
});

test('with an alias, the records at its end count before those at its beginning', async () => {
  const alias: ZoneData = { 'safe.test': { MX: ['10 mx.safe.test'], authentic: true }, 'mx.safe.test': { CNAME: 'real.safe.test' }, 'real.safe.test': { A: ['192.0.2.1'] } };
  expect(await daneOf({ ...alias, '_25._tcp.real.safe.test': { TLSA: [TLSA] }, '_25._tcp.mx.safe.test': { TLSA: ['1 1 1 00'] } })).toMatchObject([{ kind: 'dane', names: ['real.safe.test', 'mx.safe.test', 'safe.test'] }]);
  expect(await daneOf({ ...alias, '_25._tcp.mx.safe.test': { TLSA: [TLSA] } })).toMatchObject([{ kind: 'dane', names: ['mx.safe.test', 'safe.test'] }]);
  // An alias out of what is signed: it is itself vouched for, and so are the records at its own name; those at its end are nobody's.
  const leaving: ZoneData = { ...alias, 'mx.safe.test': { CNAME: 'host.other.test' }, 'host.other.test': { A: ['192.0.2.1'] }, '_25._tcp.host.other.test': { TLSA: [TLSA] } };
  expect(await daneOf(leaving)).toEqual([undefined]);
  expect(await daneOf({ ...leaving, '_25._tcp.mx.safe.test': { TLSA: [TLSA] } })).toMatchObject([{ kind: 'dane', names: ['mx.safe.test', 'safe.test'] }]);
});

test('DANE comes before MTA-STS, and both before what the stream wants', async () => {
  const site = await web(policy('enforce', ['mx2.example.test']));
  const { route } = await internetHouse(zone({
    'example.test': { MX: ['10 mx1.example.test', '20 mx2.example.test', '30 mx3.other.test'], authentic: true }, 'mx2.example.test': { A: ['192.0.2.2'] }, 'mx3.other.test': { A: ['192.0.2.3'] },
    '_25._tcp.mx1.example.test': { TLSA: [TLSA] },
  }), { ca: AUTHORITY, stsPort: site.port, live: { tls: 'required' }, allowed: ALLOWED });
  expect((await route('example.test')).hosts.map(({ name, tls }) => `${name} ${tls?.kind}`)).toEqual(['mx1.example.test dane', 'mx2.example.test verified']);
});

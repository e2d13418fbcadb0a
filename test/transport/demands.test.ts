/** What is demanded of TLS: kept to the letter at every host, judged on what the host shows, and told in the transcript. */
import { expect, test } from 'vitest';
import type { Host, Network, TlsDemand } from '../../server/network/network.ts';
import { createBrokenTls } from '../../server/transport/broken-tls.ts';
import type { ConnectDeps } from '../../server/transport/connect.ts';
import { createTlsSessions } from '../../server/transport/tls-sessions.ts';
import { foundAuthority, tlsa } from './authority.ts';
import { calm, carrierOf, connecting, countedClock, EHLO, failureOf, host, message, short, spoken } from './house.ts';
import { dials, type Material, type Remote, remote } from './script.ts';

const NAME = 'mx.script.test';
const authority = foundAuthority();
const materials = {
  good: authority.issue(NAME), expired: authority.expired(NAME), other: authority.issue('elsewhere.test'), self: authority.selfSigned(NAME),
  branch: authority.issue(NAME, { by: authority.middle, along: [authority.middlePem, authority.rootPem] }),
  old: { ...authority.issue(NAME), maxVersion: 'TLSv1.2' as const },
} satisfies Record<string, Material>;

const REQUIRED: TlsDemand = { kind: 'required', by: 'stream' };
const VERIFIED: TlsDemand = { kind: 'verified', by: 'mta-sts', names: [NAME], note: 'MTA-STS: enforce, mx.script.test fits *.script.test' };
const dane = (...records: ReturnType<typeof tlsa>[]): TlsDemand => ({ kind: 'dane', records, names: [NAME], note: `DANE: ${records.length} records at _25._tcp.${NAME}` });

const encrypted = (shows: string, then = 'C: QUIT') => remote(`${EHLO('STARTTLS')}\nC: STARTTLS\nS: 220 go\n! tls ${shows}\nC: EHLO client.test\nS& 250-${NAME}\nS: 250 PIPELINING\n${then}`, undefined, { materials });
const plain = (then = 'C: QUIT') => remote(`${EHLO('PIPELINING')}\n${then}`);
const broken = () => remote(`${EHLO('STARTTLS')}\nC: STARTTLS\nS: 220 go\n! tls-garbage`);

/** Real time: Node judges certificates by it. */
const clock = () => Object.assign(countedClock(), { now: () => Date.now() });
async function meet(there: (Remote | 'refused')[], hosts: Partial<Host>[], { network, deps }: { network?: Partial<Network>; deps?: ConnectDeps } = {}) {
  const dialled = dials(...there);
  const found = await connecting({ ...dialled, authorities: () => [authority.rootPem], ...network }, clock(), { site: 'script.test', hosts: hosts.map((more) => host(NAME, more)) }, deps);
  return { found, dialled: dialled.dialled, transcript: 'carry' in found ? [] : spoken(found.transcript) };
}
const taking = 'C: MAIL*\nC: RCPT*\nC: DATA\nS& 250 ok\nS& 250 ok\nS: 354 go\nC.\nS: 250 taken';

const DEMANDS: Record<string, TlsDemand> = { 'of the stream': REQUIRED, 'of MTA-STS': VERIFIED, 'of DANE': dane(tlsa(3, 1, 1, materials.good.certificate)) };

for (const [whose, tls] of Object.entries(DEMANDS)) {
  test.each([
    ['does not offer TLS', () => [plain('C: nothing')], 'does not offer it', 1],
    ['refuses STARTTLS', () => [remote(`${EHLO('STARTTLS')}\nC: STARTTLS\nS: 454 4.7.0 not now`)], 'STARTTLS was refused: 454 4.7.0 not now', 1],
    ['knows only HELO', () => [remote('S: 220 hi\nC: EHLO*\nS: 502 what?\nC: HELO*\nS: 250 hi')], 'does not offer it', 1],
    ['breaks in the handshake, twice', () => [broken(), broken()], 'the TLS handshake failed', 2],
  ])(`a host that %s is not used under a demand ${whose}, and nothing goes in plaintext`, async (_what, scripts, why, dials) => {
    const there = scripts();
    const { found, dialled } = await meet(there, [{ tls }]);
    expect(failureOf(found).answer).toMatchObject({ kind: 'fault', stage: 'starttls', fault: 'tls', detail: expect.stringMatching(/demands TLS, and /), host: NAME });
    expect(failureOf(found).answer).toMatchObject({ detail: expect.stringContaining(why) });
    expect(failureOf(found).concerns).toBe('destination');
    expect(dialled).toHaveLength(dials);
    await calm();
    for (const one of there) {
      expect(one.client.destroyed).toBe(true);
      expect(one.heard.some((line) => line.startsWith('MAIL'))).toBe(false);
    }
  });

  test(`a certificate that fulfils the demand ${whose} carries mail, and the facts say which and why`, async () => {
    const there = encrypted('good', taking);
    const carrier = carrierOf((await meet([there], [{ tls }])).found);
    const result = await carrier.carry(message());
    await there.done;
    expect(short(result)).toEqual(['250 body']);
    expect(result.tls).toMatchObject({ version: 'TLSv1.3', servername: NAME, policy: tls === REQUIRED ? 'required' : tls === VERIFIED ? 'mta-sts' : 'dane', certificate: { subject: `CN=${NAME}`, issuer: 'CN=Test authority' } });
    expect(result.tls).not.toHaveProperty('unverified');
    expect(spoken(result.transcript).join('\n')).toMatch(/^\* (?:the stream demands TLS|MTA-STS: enforce|DANE: 1 records)[^]*^\* TLSv1\.3 TLS_\w+$[^]*^\* certificate of CN=mx\.script\.test, by CN=Test authority, until \S+Z, [0-9A-F:]+$/m);
    carrier.close();
  });
}

test.each([
  ['expired', 'CERT_HAS_EXPIRED'], ['self', 'DEPTH_ZERO_SELF_SIGNED_CERT'], ['other', 'it is for another host'],
])('a certificate that is %s is good enough for anybody, not for a demand of MTA-STS', async (shows, why) => {
  const lax = carrierOf((await meet([encrypted(shows)], [{}])).found);
  expect(lax.tls).toHaveProperty('unverified');
  expect(lax.tls).not.toHaveProperty('policy');
  lax.close();
  const { found, dialled, transcript } = await meet([encrypted(shows)], [{ tls: VERIFIED }]);
  expect(failureOf(found).answer).toEqual({ kind: 'fault', stage: 'starttls', fault: 'tls', detail: `MTA-STS demands a certificate of mx.script.test that holds, and that of the host does not: ${why}`, host: NAME });
  expect(dialled).toHaveLength(1);
  expect(transcript.at(-1)).toContain(why);
});

test('a certificate is good for a demand when one of its names fits, wherever it was signed below a known authority', async () => {
  const carrier = carrierOf((await meet([encrypted('branch')], [{ tls: { ...VERIFIED, names: ['other.test', NAME] } }])).found);
  expect(carrier.tls).not.toHaveProperty('unverified');
  carrier.close();
});

test('an authority that only the test believes is nobody to Node, and an authority of Node nobody to a network that names its own', async () => {
  const { found } = await meet([encrypted('good')], [{ tls: VERIFIED }], { network: { authorities: () => [foundAuthority('Another').rootPem] } });
  expect(failureOf(found).answer).toMatchObject({ fault: 'tls', detail: expect.stringMatching(/UNABLE_TO|SELF_SIGNED/) });
});

test('DANE vouches for a certificate that no authority knows, by its key or by who signed it', async () => {
  for (const record of [tlsa(3, 1, 1, materials.self.certificate), tlsa(3, 0, 2, materials.self.certificate)]) {
    const carrier = carrierOf((await meet([encrypted('self')], [{ tls: dane(record) }])).found);
    expect(carrier.tls).toMatchObject({ policy: 'dane' });
    expect(carrier.tls).not.toHaveProperty('unverified');
    carrier.close();
  }
  const strangers = { network: { authorities: () => [foundAuthority('Another').rootPem] } };
  for (const record of [tlsa(2, 0, 1, authority.rootCertificate), tlsa(2, 1, 1, authority.middleX509)]) {
    const carrier = carrierOf((await meet([encrypted('branch')], [{ tls: dane(record) }], strangers)).found);
    expect(carrier.tls).not.toHaveProperty('unverified');
    carrier.close();
  }
});

test('a certificate that no TLSA record names is refused, although an authority vouches for it', async () => {
  const { found } = await meet([encrypted('good')], [{ tls: dane(tlsa(3, 1, 1, materials.self.certificate)) }]);
  expect(failureOf(found).answer).toMatchObject({ stage: 'starttls', fault: 'tls', detail: 'DANE demands a certificate that a TLSA record names: the certificate of the host is another one than the TLSA records name' });
});

test('records of which none can be used demand TLS alone', async () => {
  const useless = dane(tlsa(1, 1, 1, materials.good.certificate));
  const carrier = carrierOf((await meet([encrypted('self')], [{ tls: useless }])).found);
  expect(carrier.tls).toMatchObject({ policy: 'dane', unverified: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
  carrier.close();
  expect(failureOf((await meet([plain()], [{ tls: useless }])).found).answer).toMatchObject({ fault: 'tls', detail: 'DANE demands TLS, and the host does not offer it' });
});

test('the name of the records is the one that is asked for', async () => {
  const tls: TlsDemand = { ...(dane(tlsa(3, 1, 1, materials.good.certificate)) as Extract<TlsDemand, { kind: 'dane' }>), names: ['base.script.test', NAME] };
  const carrier = carrierOf((await meet([encrypted('good')], [{ tls }])).found);
  expect(carrier.tls).toMatchObject({ servername: 'base.script.test' });
  carrier.close();
});

test('a host that does not fulfil the demand is followed by one that does', async () => {
  const { found, dialled } = await meet([encrypted('expired'), plain('C: nothing'), 'refused', encrypted('good')], [{ tls: VERIFIED }, { tls: VERIFIED }, { tls: VERIFIED }, { tls: VERIFIED }]);
  carrierOf(found).close();
  expect(dialled).toHaveLength(4);
});

test('a handshake that breaks under a demand is tried once more with a smaller hello, and that is remembered', async () => {
  const deps = { brokenTls: createBrokenTls() };
  const first = await meet([broken(), encrypted('good')], [{ tls: VERIFIED }], { deps });
  carrierOf(first.found).close();
  const second = await meet([encrypted('good')], [{ tls: VERIFIED }], { deps });
  carrierOf(second.found).close();
  expect(second.dialled).toHaveLength(1);
});

test('a host that got mail in plaintext because its TLS is broken gets none once TLS is demanded', async () => {
  const deps = { brokenTls: createBrokenTls() };
  carrierOf((await meet([broken(), broken(), remote(`${EHLO('STARTTLS')}\nC: QUIT`)], [{}], { deps })).found).close();
  const { found, dialled } = await meet([broken(), broken()], [{ tls: REQUIRED }], { deps });
  expect(failureOf(found).answer).toMatchObject({ stage: 'starttls', fault: 'tls' });
  expect(dialled).toHaveLength(2);
});

test('who is to prove itself shows its certificate each time, although a session could be resumed', async () => {
  const sessions = createTlsSessions();
  let offered = 0;
  const tlsSessions: typeof sessions = { of(key, now) {
    const memory = sessions.of(key, now);
    const take = () => {
      const found = memory.take();
      if (found) offered++;
      return found;
    };
    return { ...memory, take, get offered() { return memory.offered; } };
  } };
  const open = async (shows: string, more: Partial<Host> = {}) => {
    const { found } = await meet([encrypted(shows), encrypted(shows)], [more], { deps: { tlsSessions } });
    await calm(); // the ticket comes behind the handshake
    if ('carry' in found) found.close();
    return found;
  };
  carrierOf(await open('good'));
  failureOf(await open('expired', { tls: VERIFIED }));
  failureOf(await open('self', { tls: dane(tlsa(3, 1, 1, materials.good.certificate)) }));
  carrierOf(await open('good', { tests: VERIFIED }));
  expect(offered).toBe(0);
  carrierOf(await open('good', { tls: REQUIRED }));
  expect(offered).toBe(1);
});

test('a policy that is only tested is noted where it would have failed, and mail goes on', async () => {
  for (const [there, noted, policy] of [
    [encrypted('expired', taking), 'MTA-STS demands a certificate of mx.script.test that holds, and that of the host does not: CERT_HAS_EXPIRED', 'mta-sts (testing)'],
    [plain(taking), 'MTA-STS demands TLS, and the host does not offer it', undefined],
    [encrypted('good', taking), undefined, 'mta-sts (testing)'],
  ] as const) {
    const carrier = carrierOf((await meet([there], [{ tests: VERIFIED }])).found);
    const result = await carrier.carry(message());
    expect(short(result)).toEqual(['250 body']);
    const lines = spoken(result.transcript);
    expect(lines).toContain('* MTA-STS: enforce, mx.script.test fits *.script.test (only tested)');
    expect(lines.filter((line) => line.includes('would have failed'))).toEqual(noted === undefined ? [] : [`* this would have failed: ${noted}`]);
    expect(carrier.tls?.policy).toBe(policy);
    carrier.close();
  }
});

test('a demand stands beside a policy that is only tested', async () => {
  const { found } = await meet([plain()], [{ tls: REQUIRED, tests: VERIFIED }]);
  expect(failureOf(found).answer).toMatchObject({ fault: 'tls', detail: 'the stream demands TLS, and the host does not offer it' });
});

test('a message that requires TLS goes where REQUIRETLS is offered inside it, by a host that has proved its name', async () => {
  const offering = (shows: string, then: string) => remote(`${EHLO('STARTTLS')}\nC: STARTTLS\nS: 220 go\n! tls ${shows}\nC: EHLO*\nS& 250-${NAME}\nS: 250 REQUIRETLS\n${then}`, undefined, { materials });
  const answerOf = async (there: Remote, more: Partial<Host> = {}) => {
    const carrier = carrierOf((await meet([there], [more])).found);
    const { recipients: [told], tls } = await carrier.carry(message(['b@x.test'], { requireTls: true }));
    carrier.close();
    return { ...told!.answer, policy: tls?.policy };
  };
  const taken = 'C: MAIL FROM:<a@app.test> REQUIRETLS\nS: 250 ok\nC: RCPT*\nS: 250 ok\nC: DATA\nS: 354 go\nC.\nS: 250 taken';
  expect(await answerOf(offering('good', taken))).toMatchObject({ code: 250, policy: 'requiretls' });
  expect(await answerOf(offering('old', taken))).toMatchObject({ code: 250 });
  expect(await answerOf(offering('self', taken), { tls: dane(tlsa(3, 1, 1, materials.self.certificate)) })).toMatchObject({ code: 250, policy: 'dane' });
  for (const bad of ['self', 'expired', 'other']) {
    expect(await answerOf(offering(bad, 'C: QUIT'))).toMatchObject({ kind: 'fault', stage: 'starttls', fault: 'tls', detail: expect.stringMatching(/^the message requires TLS, and the certificate of the host is not trusted: /) });
  }
  expect(await answerOf(encrypted('good'))).toMatchObject({ kind: 'reply', code: 550, enhanced: { class: 5, subject: 7, detail: 30 } });
});

test('with TLS 1.2, too, a session that is kept knows what was found of the certificate', async () => {
  const deps = { tlsSessions: createTlsSessions() };
  const kept: unknown[] = [];
  const watching = { of: (...asked: Parameters<typeof deps.tlsSessions.of>) => {
    const memory = deps.tlsSessions.of(...asked);
    return { ...memory, keep: (made: Parameters<typeof memory.keep>[0]) => { kept.push(made.facts); memory.keep(made); }, get offered() { return memory.offered; } };
  } };
  const carrier = carrierOf((await meet([encrypted('old')], [{}], { deps: { tlsSessions: watching } })).found);
  expect(carrier.tls).toMatchObject({ version: 'TLSv1.2' });
  expect(carrier.tls).not.toHaveProperty('unverified');
  carrier.close();
  await calm();
  expect(kept).toEqual([carrier.tls]);
});

test('TLS from the first octet: the greeting comes inside it', async () => {
  const implicit = (shows: string, then = '') => remote(`! tls ${shows}\nS: 220 ${NAME}\nC: EHLO client.test\nS& 250-${NAME}\nS: 250 PIPELINING\n${then}`, undefined, { materials });
  const there = implicit('good', taking);
  const carrier = carrierOf((await meet([there], [{ port: 465, implicitTls: true, tls: { kind: 'verified', by: 'relay', names: [NAME], note: 'the relay must show a certificate that holds' } }])).found);
  expect(carrier.tls).toMatchObject({ policy: 'relay' });
  expect(short(await carrier.carry(message()))).toEqual(['250 body']);
  carrier.close();

  const bad = await meet([implicit('expired')], [{ port: 465, implicitTls: true, tls: { kind: 'verified', by: 'relay', names: [NAME], note: '' } }]);
  expect(failureOf(bad.found).answer).toMatchObject({ stage: 'starttls', fault: 'tls', detail: expect.stringContaining('CERT_HAS_EXPIRED') });
  // Whatever it says in plaintext, it is not taken for a greeting.
  const speaksFirst = await meet([remote('S: 220 hi'), remote('S: 220 hi')], [{ port: 465, implicitTls: true }]);
  expect(failureOf(speaksFirst.found).answer).toMatchObject({ stage: 'starttls', fault: 'tls' });
  expect(speaksFirst.dialled).toHaveLength(2);
});

test.each<[string, TlsDemand, number]>([
  ['MTA-STS', VERIFIED, 1], ['DANE', dane(tlsa(3, 1, 1, materials.good.certificate)), 1], ['what is known of the provider', { kind: 'required', by: 'provider' }, 1], ['the stream\'s own wish', REQUIRED, 2],
])('a fallback is no way round %s, but for the stream\'s own wish, which asks as much of the relay', async (_what, tls, dials) => {
  const { found, dialled, transcript } = await meet([plain('C: nothing'), plain('C: nothing')], [{ tls }, { preference: 65_536, port: 587, tls: { kind: 'required', by: 'relay' } }]);
  expect(failureOf(found).answer).toMatchObject({ fault: 'tls' });
  expect(dialled).toHaveLength(dials);
  expect(transcript.some((line) => line.includes('no way round'))).toBe(dials === 1);
});

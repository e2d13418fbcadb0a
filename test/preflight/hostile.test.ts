import fc from 'fast-check';
import { expect, test } from 'vitest';
import { manualClock } from '../../server/clock.ts';
import { preflightReport } from '../../server/cli/check-report.ts';
import { OperatorError } from '../../server/operator-error.ts';
import { QUESTIONS } from '../../server/preflight/bounded.ts';
import { runPreflight } from '../../server/preflight/run.ts';
import { ASK, GOOD, look, NOW, resolverOf, told, type Zone } from './records.ts';

test('a thousand TXT records beside the one that counts change nothing', async () => {
  const TXT = [...Array.from({ length: 1000 }, (_, at) => `verification-${at}=${'x'.repeat(40)}`), ...GOOD['bounce.shop.test']!.TXT!];
  expect((await told('spf', { zone: { 'bounce.shop.test': { ...GOOD['bounce.shop.test'], TXT } } }))[0]).toMatch(/^pass/);
});

test('64 kB strings in every place are told in a few lines, and without what would act on a terminal', async () => {
  const long = (begin: string) => [`${begin}\u001b[2J${'y'.repeat(64_000)}`];
  const { verdict, findings } = await look({ zone: {
    'bounce.shop.test': { MX: ['10 postern.shop.test'], TXT: long('v=spf1 ') }, '_dmarc.shop.test': { TXT: long('v=DMARC1; p=none; rua=mailto:') },
    'p1._domainkey.shop.test': { TXT: long('v=DKIM1; p=') }, '_mta-sts.shop.test': { TXT: long('v=STSv1; id=') }, '_smtp._tls.shop.test': { TXT: long('v=TLSRPTv1; rua=mailto:') },
  } });
  expect(verdict).toBe('fail');
  expect(JSON.stringify(findings.map(({ publish: _, ...rest }) => rest)).length).toBeLessThan(12_000);
  for (const { text, found } of findings) expect([text, ...found].join('')).not.toMatch(/[\u0000-\u001f]/);
});

test('SPF records that include a hundred others, which include a hundred others, end within the questions of one run', async () => {
  const zone: Zone = { ...GOOD, 'bounce.shop.test': { MX: ['10 postern.shop.test'], TXT: [`v=spf1 ${Array.from({ length: 100 }, (_, at) => `include:s${at}.evil.test`).join(' ')} -all`] } };
  for (let at = 0; at < 100; at++) zone[`s${at}.evil.test`] = { TXT: [`v=spf1 ${Array.from({ length: 100 }, (_, below) => `include:s${(at * 7 + below) % 100}.evil.test`).join(' ')} -all`] };
  const resolver = resolverOf(zone);
  const { findings } = await runPreflight(ASK, { resolver, wall: manualClock(NOW) });
  expect(findings.filter(({ check }) => check === 'spf').map(({ verdict }) => verdict)).toContain('fail');
  expect(resolver.asked.length).toBeLessThan(QUESTIONS);
});

test('a domain that leads to endless questions is given up, not followed', async () => {
  const MX = Array.from({ length: 600 }, (_, at) => `${at} mx${at}.shop.test`);
  const resolver = resolverOf({ ...GOOD, 'shop.test': { MX, TXT: [] }, ...Object.fromEntries(MX.map((_, at) => [`mx${at}.shop.test`, { A: ['192.0.2.1'] }])) });
  await runPreflight({ ...ASK, sources: Array.from({ length: 300 }, (_, at) => ({ address: `192.0.2.${at % 256}`, helo: `h${at}.shop.test` })) }, { resolver, wall: manualClock(NOW) });
  expect(resolver.asked.length).toBeLessThanOrEqual(QUESTIONS);
});

test('a resolver that never answers costs one deadline, and the result says what is not known', async () => {
  const clock = manualClock(NOW);
  const never = () => new Promise<never>(() => {});
  const running = runPreflight(ASK, { dial25: () => Promise.resolve({ failed: 'nobody called' }), resolver: { mx: never, addresses: never, txt: never, tlsa: never, names: never, cname: never, forget: () => {}, close: () => {} }, wall: clock });
  clock.advance(60_000);
  const { verdict, findings } = await running;
  expect(verdict).toBe('warn');
  expect(findings.filter(({ unanswered }) => unanswered).map(({ check }) => check)).toEqual(['spf', 'dkim', 'dmarc', 'mx', 'return-path', 'ptr', 'helo', 'mta-sts', 'tls-rpt', 'dane', 'port-25']);
});

test.each(['', 'shop', '192.0.2.1', 'a b.test', `${'a'.repeat(64)}.test`, '-x.test', 'x..test', `${'a.'.repeat(130)}test`])('%j is no domain', async (domain) => {
  await expect(look({ ask: { domain } })).rejects.toThrow(OperatorError);
});

test('an IDN is asked for in its ASCII form, however it is written', async () => {
  const zone = Object.fromEntries(Object.entries(GOOD).map(([name, records]) => [name.replace(/(^|\.)shop\.test$/, '$1xn--bcher-kva.test'), records]));
  for (const domain of ['Bücher.test', 'xn--bcher-kva.test.', 'BÜCHER．test']) {
    const { domain: asked, findings } = await look({ zone, ask: { domain, returnPath: null } });
    expect(asked).toBe('xn--bcher-kva.test');
    expect(findings.find(({ check }) => check === 'dmarc')).toMatchObject({ verdict: 'pass', text: expect.stringContaining('xn--bcher-kva.test has a DMARC record') });
  }
});

test('whatever a zone says, a pre-flight ends with a finding for each check, and can be printed', async () => {
  const piece = fc.oneof(fc.constantFrom('v=spf1', 'include:', 'shop.test', ' ', ';', '=', 'redirect=shop.test', 'a', 'mx', '+all', 'ip4:', '192.0.2.25/33', '%{i}', '%', 'v=DMARC1', 'p=none', 'rua=mailto:x@y.test', 'rua=,!,', 'v=DKIM1', 'p=', 'k=rsa', 't=y', 'v=STSv1; id=', 'v=TLSRPTv1;', 'exists:%{i}.x.test', 'ptr', '\u0000', 'ü'), fc.string({ maxLength: 8 }));
  const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(' ').replace(/ = /g, '='));
  const TXT = fc.array(text, { maxLength: 3 });
  const MX = fc.array(fc.constantFrom('10 mx1.shop.test', '0 .', '5 192.0.2.1', '7 gone.test', '10 shop.test', '10 ..'), { maxLength: 4 });
  await fc.assert(fc.asyncProperty(TXT, TXT, TXT, MX, async (one, two, three, mx) => {
    const zone: Zone = { ...GOOD, 'shop.test': { TXT: one, MX: mx }, 'bounce.shop.test': { TXT: one, MX: mx }, '_dmarc.shop.test': { TXT: two }, 'p1._domainkey.shop.test': { TXT: three }, '_mta-sts.shop.test': { TXT: three }, '_smtp._tls.shop.test': { TXT: two } };
    const preflight = await runPreflight(ASK, { resolver: resolverOf(zone), wall: manualClock(NOW) });
    expect(new Set(preflight.findings.map(({ check }) => check)).size).toBe(12);
    expect(preflightReport(preflight, { width: 80, colour: false }).split('\n').filter((line) => line.length > 100 && !/^\S+ IN |^ {2}"/.test(line) && !line.startsWith(';'))).toEqual([]);
  }), { numRuns: 300 });
});

import { mkdtempSync, rmSync } from 'node:fs';
import { createServer as createWeb } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { afterAll, expect, test } from 'vitest';
import { check } from '../../server/cli/check.ts';
import { preflightReport } from '../../server/cli/check-report.ts';
import { zoneLines } from '../../server/cli/zone-file.ts';
import { newPair } from '../../server/outgoing/keys/changes.ts';
import type { Preflight, ZoneRecord } from '../../server/preflight/preflight.ts';
import { GOOD, look, RSA, SHORT_RSA, SOURCE, SOURCE6 } from '../preflight/records.ts';
import { say } from '../support/verbs.ts';
import { zones, type ZoneData } from '../support/zones.ts';

const dir = mkdtempSync(join(tmpdir(), 'postern-check-'));
afterAll(() => rmSync(dir, { recursive: true }));

/** As the DNS server of the tests takes them. */
const data: ZoneData = Object.fromEntries(Object.entries(GOOD).filter(([name]) => name !== '_mta-sts.shop.test').map(([name, { TLSA, fails: _, ...records } = {}]) => [name, {
  ...records, ...(TLSA ? { TLSA: TLSA.map(({ usage, selector, matching, data: hash }) => `${usage} ${selector} ${matching} ${Buffer.from(hash).toString('hex')}`) } : {}),
}]));
const POOR: ZoneData = {
  'poor.test': { MX: ['10 mail.poor.test', '20 old.poor.test'], TXT: ['v=spf1 a mx include:_spf.gone.test ?all'] },
  'mail.poor.test': { A: ['198.51.100.1'] },
  'k1._domainkey.poor.test': { TXT: [`v=DKIM1; k=rsa; p=${SHORT_RSA}`] },
  '_dmarc.poor.test': { TXT: ['v=DMARC1; p=none'] },
  '99.2.0.192.in-addr.arpa': { PTR: ['192-0-2-99.pool.isp.test'] },
};
const dns = await zones({ ...data, ...POOR });
afterAll(() => dns[Symbol.asyncDispose]());

const run = (args: string[], env: Record<string, string> = {}) => say(check, [...args, '--resolver', dns.address], { env: { POSTERN_DATA_DIR: dir, ...env } });
const fixed = (out: string) => out.replace(/id=\d{14}/, 'id=20261121080000');

test('a domain in order', async () => {
  const { code, out, err } = await run(['Shop.test.', '--source', SOURCE, '--source', SOURCE6, '--helo', 'postern.shop.test', '--selector', 'p1', '--return-path', 'bounce.shop.test', '--listener', 'postern.shop.test']);
  expect(err).toBe('');
  expect(fixed(out)).toBe(`\
shop.test

  ✓ pass  SPF         The SPF record of bounce.shop.test lets 192.0.2.25 and
                      2001:db8::25 send, with 0 of 10 look-ups.
  ✓ pass  DKIM        The key p1 of shop.test is published (RSA, 2048 bits).
  ✓ pass  DMARC       shop.test has a DMARC record: what fails is refused
                      (reject).
  ✓ pass              A signature of shop.test and SPF of bounce.shop.test both
                      count for DMARC: they are of the domain in From.
  ✓ pass  MX          shop.test takes mail at mx1.shop.test and mx2.shop.test.
  ✓ pass  Return path Bounces to bounce.shop.test come back here, by
                      postern.shop.test.
  ✓ pass  PTR         192.0.2.25 is named postern.shop.test, and the name leads
                      back to it.
  ✓ pass              2001:db8::25 is named postern.shop.test, and the name
                      leads back to it.
  ✓ pass  EHLO        EHLO says postern.shop.test, which leads to 192.0.2.25 and
                      2001:db8::25 and is the name found there.
  – skip  MTA-STS     shop.test has no MTA-STS policy, which is allowed: senders
                      then do not insist on TLS.
  ✓ pass  TLS-RPT     Senders report failures of TLS to tls@shop.test.
  ✓ pass  DANE        TLSA records name the certificates of mx1.shop.test and
                      mx2.shop.test, and DNSSEC vouches for them.

What can be published, too:

; Says that there is a policy at https://mta-sts.shop.test/.well-known/mta-sts.txt; change the id with each change of it
_mta-sts.shop.test. IN TXT "v=STSv1; id=20261121080000"

11 in order. Mail can go out.
`);
  expect(code).toBe(0);
});

test('a domain that is not', async () => {
  const { code, out } = await run(['poor.test', '--source', '192.0.2.99', '--selector', 'k1', '--selector', 'k2', '--helo', 'poor']);
  expect(fixed(out).replace(/p=MI\S*\n(?: {24}\S+\n)+/, 'p=…\n')).toBe(`\
poor.test

  ✗ fail  SPF         The SPF record of poor.test is in error:
                      "include:_spf.gone.test": _spf.gone.test has no SPF
                      record.
                      > v=spf1 a mx include:_spf.gone.test ?all
                      RFC 7208 §4.6
  ! warn              "?all" says nothing about anybody who is not named; "~all"
                      or "-all" does.
                      RFC 7208 §5.1
  ! warn  DKIM        The key k1 is published (RSA, 1024 bits), but 2048 bits
                      are usual today.
                      > v=DKIM1; k=rsa;
                        p=…
                      RFC 8301 §3.2
  ✗ fail              The key k2 of poor.test is not published: nobody can
                      verify what it signs.
                      RFC 6376 §3.6.1
  ! warn  DMARC       The DMARC record of poor.test names nobody who gets
                      reports (rua=): you will not hear what fails.
                      > v=DMARC1; p=none
                      RFC 9990
  ✓ pass              A signature of poor.test and SPF of poor.test both count
                      for DMARC: they are of the domain in From.
  ! warn  MX          poor.test takes mail, but old.poor.test has no address.
                      > 10 mail.poor.test
                      > 20 old.poor.test
                      RFC 5321 §5.1
  – skip  Return path There is no return path of its own: bounces go to the
                      sender that the application gave, and are not matched with
                      what was sent.
  ✗ fail  PTR         192.0.2.99 is named 192-0-2-99.pool.isp.test, which does
                      not lead back to it: receivers do not believe the name.
                      > 192-0-2-99.pool.isp.test
                      RFC 1912 §2.1; Gmail and Yahoo: sender guidelines
  ✗ fail  EHLO        EHLO says "poor", which is no whole domain name; receivers
                      refuse that.
                      RFC 5321 §2.3.5
  – skip  MTA-STS     poor.test has no MTA-STS policy, which is allowed: senders
                      then do not insist on TLS.
  – skip  TLS-RPT     poor.test asks for no reports about TLS, which is allowed.
  – skip  DANE        poor.test has no TLSA records, which is allowed; they
                      would need DNSSEC.

To publish:

; Lets 192.0.2.99 send; replaces the SPF record that is there
poor.test. IN TXT "v=spf1 ip4:192.0.2.99 a mx include:_spf.gone.test ~all"

; Replaces the record that is there. The address must exist
_dmarc.poor.test. IN TXT "v=DMARC1; p=none; rua=mailto:dmarc@poor.test"

What can be published, too:

; Says that there is a policy at https://mta-sts.poor.test/.well-known/mta-sts.txt; change the id with each change of it
_mta-sts.poor.test. IN TXT "v=STSv1; id=20261121080000"

; Senders report where TLS fails. The address must exist
_smtp._tls.poor.test. IN TXT "v=TLSRPTv1; rua=mailto:tls-reports@poor.test"

4 failed, 4 to look at, 1 in order. Mend what failed before mail goes out for
real.
`);
  expect(code).toBe(1);
});

test('keys of the data folder are looked for, and once their records are published they are found', async () => {
  await newPair(join(dir, 'dkim'), 'fresh.test', Date.UTC(2026, 0, 1), 'one');
  dns.set('fresh.test', { MX: ['10 mx1.shop.test'], TXT: [`v=spf1 ip4:${SOURCE} -all`] });
  const told = async () => (JSON.parse((await run(['fresh.test', '--json'])).out) as Preflight).findings.filter(({ check: name }) => name === 'dkim');
  const before = await told();
  expect(before.map(({ verdict, text }) => `${verdict} ${text}`)).toEqual([expect.stringMatching(/^fail The key one[re] of fresh.test is not published/), expect.stringMatching(/^fail The key one[re] of fresh.test/)]);
  expect((await run(['fresh.test'])).out).toMatch(/^oner\._domainkey\.fresh\.test\. IN TXT \(\n {2}"v=DKIM1; k=rsa; p=[^"]+"\n {2}"[^"]+" \)$/m);
  // The answers of a resolver are kept by it, and each run has its own.
  for (const { name, value } of before.flatMap(({ publish }) => publish)) dns.set(name, { TXT: [value] });
  expect((await told()).map(({ verdict, text }) => `${verdict} ${text}`)).toEqual([expect.stringMatching(/^pass .* is the one that we hold \(RSA, 2048 bits\)/), expect.stringMatching(/^pass .* is the one that we hold \(Ed25519\)/)]);
});

test('the result is JSON when asked, with the time as the API writes it', async () => {
  const { code, out } = await run(['shop.test', '--json']);
  const { at, domain, verdict, findings } = JSON.parse(out) as { at: string; domain: string; verdict: string; findings: { check: string }[] };
  expect([code, domain, verdict, new Date(at).toISOString()]).toEqual([0, 'shop.test', 'pass', at]);
  expect(findings).toHaveLength(13);
});

test('colours are for a terminal only, and say nothing that the words do not', async () => {
  const preflight = await look({ zone: { '_dmarc.shop.test': undefined } });
  const plain = preflightReport(preflight, { width: 80, colour: false });
  const painted = preflightReport(preflight, { width: 80, colour: true });
  expect(painted).toContain('\u001b[31m✗ fail\u001b[0m');
  expect(painted.replace(/\u001b\[\d+m/g, '')).toBe(plain);
});

test('records are lines of a zone that read back as what was to be published', () => {
  const record: ZoneRecord = { name: 'p1._domainkey.shop.test', type: 'TXT', value: `v=DKIM1; k=rsa; n=a "quoted" \\ ü; p=${RSA}`, why: 'The key' };
  const lines = zoneLines(record);
  expect(lines.slice(0, 2)).toEqual(['; The key', 'p1._domainkey.shop.test. IN TXT (']);
  // As RFC 1035 §5.1 reads it.
  const strings = [...lines.join('\n').matchAll(/"((?:\\.|[^"\\])*)"/gs)].map(([, text]) => Buffer.from(text!.replace(/\\(\d{3})|\\(.)/g, (_, octet: string | undefined, letter: string) => (octet ? String.fromCharCode(Number(octet)) : letter)), 'latin1'));
  expect(strings.length).toBeGreaterThan(1);
  expect(Math.max(...strings.map(({ length }) => length))).toBeLessThanOrEqual(255);
  expect(Buffer.concat(strings).toString('utf8')).toBe(record.value);
  expect(zoneLines({ name: 'b.shop.test', type: 'MX', value: '10 postern.shop.test.', why: 'Bounces' })).toEqual(['; Bounces', 'b.shop.test. IN MX 10 postern.shop.test.']);
});

test('with --call a mail server is greeted and left', async () => {
  const heard: string[] = [];
  const server = createServer((socket) => {
    socket.write('220 mx.call.test ESMTP\r\n');
    socket.on('data', (text) => heard.push(text.toString())).on('error', () => {});
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  dns.set('call.test', { MX: ['10 mx.call.test'] });
  dns.set('mx.call.test', { A: ['127.0.0.1'] });
  const env = { POSTERN_DELIVERY_PORT: String(port), POSTERN_DELIVERY_PRIVATE: '127.0.0.0/8' };
  expect((await run(['shop.test', '--call', 'call.test'], env)).out).toMatch(/✓ pass {2}Port 25 {5}Port 25 is open to the outside: mx\.call\.test\s+answered "220\s+mx\.call\.test ESMTP"/);
  await new Promise((resolve) => server.close(resolve));
  expect(heard.join('')).toBe('QUIT\r\n');
  const { code, out } = await run(['shop.test', '--call', 'call.test'], env);
  expect(out).toMatch(/✗ fail {2}Port 25[^]*mx\.call\.test \[127\.0\.0\.1\]: ECONNREFUSED/);
  expect(code).toBe(1);
  expect((await run(['shop.test', '--call', 'call.test'])).out).toMatch(/not called: loopback/);
});

test('with --stream the running Postern is asked', async () => {
  const asked: unknown[] = [];
  const wire = { domain: 'shop.test', stream: 'shop', at: '2026-11-21T08:00:00.000Z', verdict: 'fail', findings: [{ check: 'gate', verdict: 'fail', text: 'The allow list of shop is empty: everything would be held.', found: [], publish: [], see: 'docs/delivery.md' }] };
  const web = createWeb((request, response) => {
    let body = '';
    request.on('data', (text) => (body += String(text))).on('end', () => {
      asked.push([request.method, request.url, body === '' ? undefined : JSON.parse(body)]);
      response.setHeader('content-type', 'application/json').end(JSON.stringify(request.url === '/v1/info' ? { name: 'postern', smtp: { host: '127.0.0.1', port: 1 } } : wire));
    });
  }).listen(0, '127.0.0.1');
  await once(web, 'listening');
  const url = `http://127.0.0.1:${(web.address() as { port: number }).port}`;
  const { code, out } = await say(check, ['--stream', 'shop', '--url', url]);
  web.closeAllConnections();
  await new Promise((resolve) => web.close(resolve));
  expect(asked.at(-1)).toEqual(['POST', '/v1/preflight', { stream: 'shop' }]);
  expect(out).toMatch(/^shop\.test, stream shop\n\n {2}✗ fail {2}Gate {8}The allow list/);
  expect(code).toBe(1);
  expect(await say(check, ['--stream', 'shop', '--url', url])).toMatchObject({ code: 69 });
});

test('a resolver that nobody listens on is exit code 2, not a verdict about the domain', async () => {
  const gone = await zones({});
  await gone[Symbol.asyncDispose]();
  const { code, out } = await say(check, ['shop.test', '--resolver', gone.address], { env: { POSTERN_DATA_DIR: dir } });
  expect(out).toContain('without an answer. Ask again');
  expect(out).not.toMatch(/✗/);
  expect(code).toBe(2);
});

test.each([
  [[], 'needs a domain'], [['shop'], 'the domain must be a domain name'], [['a.test', 'b.test'], 'takes one domain'], [['shop.test', '--source', 'here'], '--source must be an IP address'],
  [['shop.test', '--resolver', 'nowhere'], 'resolvers'], [['shop.test', '--selectr', 'x'], 'did you mean --selector'], [['--stream', 'shop', '--source', '192.0.2.1'], 'does not take --source'], [['shop.test', '--return-path', 'x'], '--return-path must be a domain name'],
])('%j is refused with a sentence that teaches', async (args, sentence) => {
  expect(await say(check, args)).toMatchObject({ code: 64, err: expect.stringContaining(sentence) });
});

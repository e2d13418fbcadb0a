import { expect, test } from 'vitest';
import type { PreflightCheck } from '../../server/preflight/preflight.ts';
import { arpa } from '../../server/preflight/names.ts';
import { ASK, BARE_RSA, ED25519, ED_KEY, findingsOf, GOOD, look, OTHER_RSA, published, RSA, RSA_KEY, SHA, SHORT_RSA, SOURCE, SOURCE6, told, TINY_RSA, type Wrong } from './records.ts';

test('a domain that is in order passes every check', async () => {
  const { verdict, findings } = await look();
  expect(findings.map(({ check, verdict: one }) => `${check} ${one}`)).toEqual([
    'gate pass', 'spf pass', 'dkim pass', 'dkim pass', 'dmarc pass', 'dmarc pass', 'mx pass', 'return-path pass',
    'ptr pass', 'ptr pass', 'helo pass', 'mta-sts pass', 'tls-rpt pass', 'dane pass', 'port-25 pass',
  ]);
  expect(findings.flatMap(({ publish }) => publish)).toEqual([]);
  expect(verdict).toBe('pass');
});

const shop = (records: object) => ({ zone: { 'shop.test': { ...GOOD['shop.test'], ...records } } });
const spf = (...TXT: string[]): Wrong => ({ ...shop({ TXT }), ask: { returnPath: null } });

type Case = [string, PreflightCheck, Wrong, RegExp, string?];
const CASES: Case[] = [
  ['a process without delivery', 'gate', { ask: { gate: { ...ASK.gate!, permitted: false } } }, /^fail: This process does not deliver/],
  ['an empty allow list', 'gate', { ask: { gate: { ...ASK.gate!, allow: [] } } }, /^fail: The allow list of shop is empty/],
  ['a stream that simulates', 'gate', { ask: { gate: { ...ASK.gate!, mode: 'simulate' } } }, /^warn: The stream shop is in mode simulate/],
  ['delivery that is stopped', 'gate', { ask: { gate: { ...ASK.gate!, stopped: 'a bad mailing' } } }, /^warn: All real delivery is stopped: a bad mailing\./],
  ['no stream', 'gate', { ask: { gate: null, stream: null } }, /^skip: Asked without a stream/],
  ['an open gate', 'gate', { ask: { gate: { ...ASK.gate!, allow: ['*'], intercept: 'qa@shop.test' } } }, /^pass: shop delivers for real to everybody, all of it to qa@shop.test instead/],

  ['no SPF record', 'spf', spf('google-site-verification=x'), /^fail: shop.test has no SPF record/, 'v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 ~all'],
  ['no SPF record and no known source', 'spf', { ...spf(), ask: { returnPath: null, sources: [] } }, /What to publish depends on the addresses/],
  ['two SPF records', 'spf', spf('v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 -all', 'v=spf1 include:_spf.relay.test ~all'), /^fail: shop.test has 2 SPF records/, 'v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 include:_spf.relay.test ~all'],
  ['a record that was meant to be SPF', 'spf', spf('v=spf1; ip4:192.0.2.25 -all'), /^fail: .* meant to be SPF and is none/, 'v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 ~all'],
  ['a source that SPF does not name', 'spf', spf('v=spf1 mx ip6:2001:db8::/32 -all'), /^fail: .* does not let 192.0.2.25 send \(fail\)/, 'v=spf1 ip4:192.0.2.25 mx ip6:2001:db8::/32 -all'],
  ['a source that softly fails', 'spf', spf('v=spf1 ip4:192.0.2.25 ~all'), /^fail: .* does not let 2001:db8::25 send \(softfail\)/, 'v=spf1 ip6:2001:db8::25 ip4:192.0.2.25 ~all'],
  ['SPF that lets everybody send', 'spf', spf('v=spf1 +all'), /^fail: "\+all" lets everybody/, 'v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 ~all'],
  ['SPF that ends in ?all', 'spf', spf('v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 ?all'), /^pass: .*\nwarn: "\?all" says nothing/, 'v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 ~all'],
  ['SPF without an end', 'spf', spf('v=spf1 ip4:192.0.2.25 ip6:2001:db8::25'), /warn: The SPF record does not end in "all"/, 'v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 ~all'],
  ['terms behind all', 'spf', spf('v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 -all mx'), /warn: What stands behind "all"/],
  ['SPF with ptr', 'spf', spf('v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 ptr -all'), /warn: The SPF record uses "ptr"/],
  ['a term that is none', 'spf', spf('v=spf1 ipv4:192.0.2.25 ip4:192.0.2.300 -all'), /^fail: .* in error: "ipv4:192.0.2.25" is no term of SPF; "ip4:192.0.2.300" is no IPv4 network/, 'v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 -all'],
  ['an include that is not there', 'spf', spf('v=spf1 include:gone.test ip4:192.0.2.25 ip6:2001:db8::25 -all'), /^fail: .*"include:gone.test": gone.test has no SPF record/],
  ['includes in a circle', 'spf', { zone: { ...spf('v=spf1 include:a.test -all').zone, 'a.test': { TXT: ['v=spf1 include:b.test -all'] }, 'b.test': { TXT: ['v=spf1 redirect=a.test'] } }, ask: { returnPath: null } }, /fail: .*a.test leads back to itself \(a.test → b.test → a.test\)/],
  ['too many look-ups behind a match', 'spf', spf(`v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 ${'a:mx1.shop.test mx '.repeat(6)}-all`), /^pass: [^\n]*\nwarn: .* needs 12 look-ups where 10 are allowed .*; our addresses match before the limit/],
  ['too many look-ups', 'spf', spf(`v=spf1 ${'a:mx1.shop.test '.repeat(11)}ip4:192.0.2.25 ip6:2001:db8::25 -all`), /fail: .* needs 11 look-ups where 10 are allowed/],
  ['names that are not there', 'spf', spf('v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 a:x.test a:y.test a:z.test -all'), /warn: 3 names in the SPF record of shop.test are not there/],
  ['a long SPF record', 'spf', spf(`v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 ${Array.from({ length: 25 }, (_, at) => `ip4:198.51.100.${at}`).join(' ')} -all`), /warn: The SPF record is \d+ octets long/],
  ['an absurd SPF record', 'spf', spf(`v=spf1 ${'a '.repeat(30_000)}-all`), /^fail: .* octets long; no receiver takes that/],
  ['SPF that nobody answers about', 'spf', { zone: { 'shop.test': { fails: 'servfail' } }, ask: { returnPath: null } }, /^skip: Could not be looked at: no answer about shop.test \(The resolver says so\)/],
  ['an include that nobody answers about', 'spf', { zone: { ...spf('v=spf1 include:_spf.relay.test -all').zone, '_spf.relay.test': { fails: 'timeout' } }, ask: { returnPath: null } }, /^skip: Could not be looked at: no answer about _spf.relay.test/],
  ['SPF of the return path', 'spf', { zone: { 'bounce.shop.test': { ...GOOD['bounce.shop.test'], TXT: [] } } }, /^fail: bounce.shop.test has no SPF record/],
  ['sources that nobody knows', 'spf', { ask: { sources: [], returnPath: null } }, /^pass: .* is in order and takes 2 of 10 look-ups; which addresses send is not known here/],
  ['a source inside of a network', 'spf', { ...spf('google-site-verification=x'), ask: { returnPath: null, sources: [{ address: '10.1.2.3', helo: null }] } }, /^fail: .*What to publish depends on the addresses/],

  ['a key that is not published', 'dkim', { zone: { 'p1._domainkey.shop.test': undefined } }, /^fail: The key p1 of shop.test is not published: nobody can verify/, `v=DKIM1; k=rsa; p=${RSA}`],
  ['a prepared key that is not published', 'dkim', { zone: { 'p2._domainkey.shop.test': undefined }, ask: { signing: { signs: true, domain: null, keys: [RSA_KEY, { ...RSA_KEY, selector: 'p2', state: 'prepared' }] } } }, /^pass: .*\nwarn: The key p2 of shop.test is not published yet/, `v=DKIM1; k=rsa; p=${RSA}`],
  ['a superseded key that is gone', 'dkim', { zone: { 'p0._domainkey.shop.test': undefined }, ask: { signing: { signs: true, domain: null, keys: [RSA_KEY, { ...RSA_KEY, selector: 'p0', state: 'superseded' }] } } }, /^pass: .*\nwarn: The key p0 of shop.test is not published any more, and mail/],
  ['another key', 'dkim', { zone: { 'p1._domainkey.shop.test': { TXT: [`v=DKIM1; p=${OTHER_RSA}`] } } }, /^fail: What is published under p1 is another key/, `v=DKIM1; k=rsa; p=${RSA}`],
  ['a key of another kind', 'dkim', { zone: { 'p1._domainkey.shop.test': { TXT: [`v=DKIM1; k=ed25519; p=${ED25519}`] } } }, /^fail: .* a key of another kind \(ed25519\)/],
  ['a revoked key', 'dkim', { zone: { 'p1._domainkey.shop.test': { TXT: ['v=DKIM1; k=rsa; p='] } } }, /^fail: The key p1 is revoked/],
  ['a key as a test', 'dkim', { zone: { 'p1._domainkey.shop.test': { TXT: [`v=DKIM1; t=y:s; p=${RSA}`] } } }, /^warn: The key p1 is published \(RSA, 2048 bits\), but it is marked as a test \(t=y\)/, `v=DKIM1; k=rsa; p=${RSA}`],
  ['a key of 1024 bits', 'dkim', { zone: { 'p1._domainkey.shop.test': { TXT: [`v=DKIM1; p=${SHORT_RSA}`] } }, ask: { signing: { signs: true, domain: null, keys: [{ ...RSA_KEY, publicKey: SHORT_RSA }] } } }, /^warn: The key p1 is published \(RSA, 1024 bits\), but 2048 bits are usual/],
  ['a key of 512 bits', 'dkim', { zone: { 'p1._domainkey.shop.test': { TXT: [`p=${TINY_RSA}`] } }, ask: { signing: { signs: true, domain: null, keys: [{ ...RSA_KEY, publicKey: TINY_RSA }] } } }, /^fail: The key p1 has 512 bits/],
  ['quotes in the key', 'dkim', { zone: { 'p1._domainkey.shop.test': { TXT: [`v=DKIM1; k=rsa; p=${RSA.slice(0, 200)}" "${RSA.slice(200)}`] } } }, /^fail: .* in error: its p= is not base64; quotes or spaces/],
  ['half of a key', 'dkim', { zone: { 'p1._domainkey.shop.test': { TXT: [`v=DKIM1; k=rsa; p=${RSA.slice(0, 200)}`] } } }, /^fail: .* holds no RSA key; a part of it is missing/],
  ['two records', 'dkim', { zone: { 'p1._domainkey.shop.test': { TXT: [`v=DKIM1; p=${RSA}`, `v=DKIM1; p=${OTHER_RSA}`] } } }, /^fail: .* has 2 TXT records/],
  ['a key in spaces, of the bare kind', 'dkim', { zone: { 'p1._domainkey.shop.test': { TXT: [`v=DKIM1; p=${BARE_RSA.replace(/.{60}/g, '$& ')}`] } }, ask: { signing: { signs: true, domain: null, keys: [{ ...RSA_KEY, publicKey: BARE_RSA }] } } }, /^pass: .*\(RSA, 2048 bits\)/],
  ['a key for something else than mail', 'dkim', { zone: { 'p1._domainkey.shop.test': { TXT: [`v=DKIM1; s=tlsrpt; p=${RSA}`] } } }, /^fail: .*its s= says that it is not for mail/],
  ['a key for SHA-1', 'dkim', { zone: { 'p1._domainkey.shop.test': { TXT: [`v=DKIM1; h=sha1; p=${RSA}`] } } }, /^fail: .*its h= does not let SHA-256 sign/],
  ['a key that cannot be used', 'dkim', { ask: { signing: { signs: true, domain: null, keys: [], flaws: ['k.pem may be read by others.'] } } }, /^fail: A key cannot be used: k.pem may be read by others\.$/],
  ['no key', 'dkim', { ask: { signing: { signs: true, domain: null, keys: [{ ...RSA_KEY, state: 'retired' }] } } }, /^fail: There is no key to sign as shop.test with/],
  ['only a prepared key', 'dkim', { ask: { signing: { signs: true, domain: null, keys: [{ ...RSA_KEY, state: 'prepared' }] } } }, /^pass: .*; it may be taken into use\.\nfail: No key of shop.test is in use: p1 is prepared/],
  ['Ed25519 alone', 'dkim', { ask: { signing: { signs: true, domain: null, keys: [ED_KEY] } } }, /^pass: .*\nwarn: Only Ed25519 keys sign/],
  ['a stream that does not sign', 'dkim', { ask: { signing: { signs: false, domain: null, keys: [] } } }, /^warn: The stream sends unsigned/],
  ['keys that nobody knows', 'dkim', { ask: { signing: { signs: true, domain: null, keys: null } } }, /^skip: The keys that sign for shop.test are not known/],
  ['a selector alone', 'dkim', { ask: { signing: { signs: true, domain: null, keys: [{ ...RSA_KEY, publicKey: null }] } } }, /^pass: The key p1 of shop.test is published \(RSA/],
  ['a key that nobody answers about', 'dkim', { zone: { 'p1._domainkey.shop.test': { fails: 'timeout' } }, ask: { signing: { signs: true, domain: null, keys: [RSA_KEY] } } }, /^skip: Could not be looked at/],

  ['no DMARC record', 'dmarc', { zone: { '_dmarc.shop.test': undefined } }, /^fail: shop.test has no DMARC record/, 'v=DMARC1; p=none; rua=mailto:dmarc@shop.test'],
  ['two DMARC records', 'dmarc', { zone: { '_dmarc.shop.test': { TXT: ['v=DMARC1; p=none; rua=mailto:a@shop.test', 'v=DMARC1; p=reject'] } } }, /^fail: _dmarc.shop.test has 2 DMARC records/, 'v=DMARC1; p=none; rua=mailto:a@shop.test'],
  ['a record that was meant to be DMARC', 'dmarc', { zone: { '_dmarc.shop.test': { TXT: ['v=dmarc1; p=none'] } } }, /^fail: The record at _dmarc.shop.test is no DMARC record/, 'v=DMARC1; p=none; rua=mailto:dmarc@shop.test'],
  ['a policy that is none', 'dmarc', { zone: { '_dmarc.shop.test': { TXT: ['v=DMARC1; p=monitor; rua=mailto:dmarc@shop.test'] } } }, /^fail: .*p=monitor is no policy .* Receivers take it for p=none/, 'v=DMARC1; p=none; rua=mailto:dmarc@shop.test'],
  ['nobody who gets reports', 'dmarc', { zone: { '_dmarc.shop.test': { TXT: ['v=DMARC1; p=none;'] } } }, /^warn: The DMARC record of shop.test names nobody/, 'v=DMARC1; p=none; rua=mailto:dmarc@shop.test'],
  ['an address without mailto', 'dmarc', { zone: { '_dmarc.shop.test': { TXT: ['v=DMARC1; p=none; rua=dmarc@shop.test'] } } }, /warn: .*"dmarc@shop.test" in rua= is no address/],
  ['a share', 'dmarc', { zone: { '_dmarc.shop.test': { TXT: ['v=DMARC1; p=reject; pct=20; rua=mailto:dmarc@shop.test'] } } }, /^warn: pct=20 makes the policy hold for a part/],
  ['a share that is none', 'dmarc', { zone: { '_dmarc.shop.test': { TXT: ['v=DMARC1; p=reject; pct=lots; rua=mailto:dmarc@shop.test'] } } }, /^warn: pct=lots .* is no number/],
  ['reports to somebody who has not agreed', 'dmarc', { zone: { '_dmarc.shop.test': { TXT: ['v=DMARC1; p=none; rua=mailto:x@reports.test!10m'] } } }, /warn: Reports are to go to reports.test, which has not agreed/, 'v=DMARC1'],
  ['reports to somebody who has agreed', 'dmarc', { zone: { '_dmarc.shop.test': { TXT: ['v=DMARC1; p=none; rua=mailto:x@reports.test'] }, 'shop.test._report._dmarc.reports.test': { TXT: ['v=DMARC1;'] } } }, /^pass: [^\n]*\npass: [^\n]*$/],
  ['a record of the organisation', 'dmarc', { ask: { domain: 'news.eu.shop.test' }, zone: { '_dmarc.shop.test': { TXT: ['v=DMARC1; p=reject; sp=none; rua=mailto:dmarc@shop.test'] } } }, /^pass: The DMARC record of shop.test holds for news.eu.shop.test, too: it only watches/],
  ['mail of nobody in From', 'dmarc', { ask: { returnPath: 'bounces.relay.test', signing: { signs: true, domain: 'relay.test', keys: [] } } }, /fail: Mail of shop.test cannot pass DMARC: .*\(signed as relay.test and envelope sender of bounces.relay.test\)/],
  ['SPF alone', 'dmarc', { ask: { signing: { signs: true, domain: 'relay.test', keys: [] } } }, /warn: Only SPF counts for DMARC/],
  ['the signature alone', 'dmarc', { ask: { returnPath: 'bounces.relay.test' } }, /pass: A signature of shop.test counts for DMARC; the envelope sender \(bounces.relay.test\) is of another domain/],
  ['strict alignment of a signature of the parent', 'dmarc', { ask: { domain: 'news.shop.test', returnPath: 'news.shop.test', signing: { signs: true, domain: 'shop.test', keys: [] } }, zone: { '_dmarc.shop.test': { TXT: ['v=DMARC1; p=reject; adkim=s; rua=mailto:d@shop.test'] } } }, /warn: Only SPF counts.*adkim=s/],
  ['DMARC that nobody answers about', 'dmarc', { zone: { '_dmarc.shop.test': { fails: 'refused' } } }, /^skip: Could not be looked at: no answer about _dmarc.shop.test/],

  ['a domain that is not there', 'mx', { zone: Object.fromEntries(Object.keys(GOOD).map((name) => [name, undefined])) }, /^fail: shop.test does not exist in DNS/],
  ['no MX but an address', 'mx', shop({ MX: [], A: ['192.0.2.80'] }), /^warn: shop.test has no MX record; replies go to its address \(192.0.2.80\)/],
  ['neither MX nor address', 'mx', shop({ MX: [] }), /^fail: shop.test has neither an MX record nor an address/],
  ['null MX with a return path of its own', 'mx', shop({ MX: ['0 .'] }), /^warn: shop.test says that it takes no mail/],
  ['null MX without', 'mx', { ...shop({ MX: ['0 .'] }), ask: { returnPath: null } }, /^fail: shop.test says that it takes no mail .* \(5\.7\.27\)/],
  ['an MX without an address', 'mx', { zone: { 'mx2.shop.test': {} } }, /^warn: shop.test takes mail, but mx2.shop.test has no address/],
  ['no MX with an address', 'mx', { zone: { 'mx1.shop.test': undefined, 'mx2.shop.test': {} } }, /^fail: No mail server of shop.test can be reached/],
  ['an MX that is an address', 'mx', shop({ MX: ['10 192.0.2.10', '20 mx2.shop.test'] }), /^warn: .*192.0.2.10 is an address where a name must stand/],
  ['an MX that is an alias', 'mx', { zone: { 'mx2.shop.test': { CNAME: 'mx1.shop.test' } } }, /^warn: .*mx2.shop.test is an alias/],
  ['an MX inside of a network', 'mx', { zone: { 'mx2.shop.test': { A: ['10.0.0.1'] } } }, /^warn: .*mx2.shop.test has an address that the world cannot reach \(10.0.0.1\)/],
  ['an MX that nobody answers about', 'mx', { zone: { 'mx1.shop.test': { fails: 'timeout' }, 'mx2.shop.test': { fails: 'timeout' } } }, /^skip: Could not be looked at: no answer about mx1.shop.test/],

  ['no return path', 'return-path', { ask: { returnPath: null } }, /^skip: There is no return path of its own/],
  ['a return path that leads elsewhere', 'return-path', { zone: { 'bounce.shop.test': { MX: ['10 mx1.shop.test'] } } }, /^fail: Bounces to bounce.shop.test go to mx1.shop.test and not here \(postern.shop.test\)/, '10 postern.shop.test.'],
  ['a return path that leads elsewhere, too', 'return-path', { zone: { 'bounce.shop.test': { MX: ['10 mx1.shop.test', '10 postern.shop.test'] } } }, /^warn: Some bounces to bounce.shop.test go elsewhere: mx1.shop.test is not here/],
  ['a return path known by its address', 'return-path', { ask: { listener: { names: [], addresses: ['2001:DB8:0:0::25'] } } }, /^pass: Bounces to bounce.shop.test come back here, by postern.shop.test/],
  ['a return path without a listener', 'return-path', { ask: { listener: null } }, /^warn: .*nothing listens for bounces here \(mxListen is off\)/],
  ['a return path that leads nowhere', 'return-path', { zone: { 'bounce.shop.test': undefined } }, /^fail: Bounces cannot come back: bounce.shop.test has no MX record and no address/, '10 postern.shop.test.'],
  ['a return path with a null MX', 'return-path', { zone: { 'bounce.shop.test': { MX: ['0 .'] } } }, /^fail: bounce.shop.test says that it takes no mail/],

  ['an address without a name', 'ptr', { zone: { [arpa(SOURCE)]: undefined } }, /^fail: 192.0.2.25 has no name \(PTR\)/, 'postern.shop.test.'],
  ['an IPv6 address without a name', 'ptr', { zone: { [arpa(SOURCE6)]: undefined } }, /fail: 2001:db8::25 has no name \(PTR\)/, 'postern.shop.test.'],
  ['a name of the provider that does not lead back', 'ptr', { zone: { [arpa(SOURCE)]: { PTR: ['host.isp.test'] }, 'host.isp.test': { A: ['192.0.2.99'] } } }, /^fail: 192.0.2.25 is named host.isp.test, which does not lead back/],
  ['a name of ours that does not lead back', 'ptr', { zone: { [arpa(SOURCE)]: { PTR: ['out.shop.test'] }, 'out.shop.test': { A: ['192.0.2.99'] } } }, /^fail: 192.0.2.25 is named out.shop.test, which does not lead back/, '192.0.2.25'],
  ['a name like that of a home', 'ptr', { zone: { [arpa(SOURCE)]: { PTR: ['ip-192-0-2-25.isp.test'] }, 'ip-192-0-2-25.isp.test': { A: [SOURCE] } } }, /^warn: 192.0.2.25 is named ip-192-0-2-25.isp.test, which looks like/],
  ['an address inside', 'ptr', { ask: { sources: [{ address: '10.1.2.3', helo: null }] } }, /^skip: 10.1.2.3 is an address inside of a network/],
  ['no known address', 'ptr', { ask: { sources: [] } }, /^skip: The addresses that mail leaves from are not known/],
  ['a name that nobody answers about', 'ptr', { zone: { [arpa(SOURCE)]: { fails: 'servfail' } } }, /^skip: Could not be looked at: no answer about the name of 192.0.2.25/],

  ['EHLO without a dot', 'helo', { ask: { helo: 'postern' } }, /^fail: EHLO says "postern", which is no whole domain name/],
  ['EHLO with an address', 'helo', { ask: { helo: '[192.0.2.25]' } }, /^warn: EHLO says the address/],
  ['EHLO with a name that is not there', 'helo', { ask: { helo: 'gone.shop.example.com' } }, /^fail: EHLO says gone.shop.example.com, which has no address/, '192.0.2.25'],
  ['EHLO with a name that cannot be', 'helo', { ask: { helo: 'gone.test' } }, /^fail: .*It is a name that cannot exist in the world/],
  ['EHLO with a name that leads elsewhere', 'helo', { ask: { helo: 'mx1.shop.test' } }, /^warn: EHLO says mx1.shop.test, which leads to 192.0.2.10 and not to 192.0.2.25 and 2001:db8::25/, '192.0.2.25'],
  ['EHLO unlike the name of the address', 'helo', { zone: { [arpa(SOURCE)]: { PTR: ['other.shop.test'] } } }, /^warn: EHLO says postern.shop.test, but the address has another name: 192.0.2.25 is other.shop.test/],
  ['no EHLO', 'helo', { ask: { helo: null } }, /^skip: The name that is said in EHLO is not known/],
  ['EHLO without a known source', 'helo', { ask: { sources: [] } }, /^pass: EHLO says postern.shop.test, which leads to 192.0.2.25 and 2001:db8::25\./],

  ['no MTA-STS', 'mta-sts', { zone: { '_mta-sts.shop.test': undefined } }, /^skip: shop.test has no MTA-STS policy/, 'v=STSv1; id=20261121080000'],
  ['MTA-STS without an id', 'mta-sts', { zone: { '_mta-sts.shop.test': { TXT: ['v=STSv1;'] } } }, /^fail: The record at _mta-sts.shop.test is in error/, 'v=STSv1; id=20261121080000'],
  ['two MTA-STS records', 'mta-sts', { zone: { '_mta-sts.shop.test': { TXT: ['v=STSv1; id=1', 'v=STSv1; id=2'] } } }, /^fail: _mta-sts.shop.test has 2 records/],
  ['a policy that cannot be had', 'mta-sts', { deps: { fetchPolicy: () => Promise.resolve({ failed: 'mta-sts.shop.test: HTTP 404' }) } }, /^fail: .*cannot be had: mta-sts.shop.test: HTTP 404\.$/],
  ['a policy that leaves a host out', 'mta-sts', { deps: { fetchPolicy: () => Promise.resolve({ mode: 'enforce', mx: ['mx1.shop.test'], maxAge: 604_800 }) } }, /^fail: .*does not name mx2.shop.test: senders will not deliver there/],
  ['the same, as a test', 'mta-sts', { deps: { fetchPolicy: () => Promise.resolve({ mode: 'testing', mx: ['mx1.shop.test'], maxAge: 604_800 }) } }, /^warn: .*once it is enforced/],
  ['a star for two labels', 'mta-sts', { deps: { fetchPolicy: () => Promise.resolve({ mode: 'enforce', mx: ['*.test'], maxAge: 604_800 }) } }, /^fail: .*does not name mx1.shop.test and mx2.shop.test/],
  ['a policy that is soon forgotten', 'mta-sts', { deps: { fetchPolicy: () => Promise.resolve({ mode: 'enforce', mx: ['*.shop.test'], maxAge: 3600 }) } }, /^warn: .*kept for less than a day/],
  ['a policy that is withdrawn', 'mta-sts', { deps: { fetchPolicy: () => Promise.resolve({ mode: 'none', mx: [], maxAge: 3600 }) } }, /^pass: .*withdrawn/],

  ['no TLS-RPT', 'tls-rpt', { zone: { '_smtp._tls.shop.test': undefined } }, /^skip: shop.test asks for no reports about TLS/, 'v=TLSRPTv1; rua=mailto:tls-reports@shop.test'],
  ['TLS-RPT to nowhere', 'tls-rpt', { zone: { '_smtp._tls.shop.test': { TXT: ['v=TLSRPTv1; rua=tls@shop.test'] } } }, /^warn: The record at _smtp._tls.shop.test is in error/, 'v=TLSRPTv1; rua=mailto:tls-reports@shop.test'],

  ['no TLSA', 'dane', { zone: { '_25._tcp.mx1.shop.test': undefined, '_25._tcp.mx2.shop.test': undefined } }, /^skip: shop.test is signed with DNSSEC and has no TLSA/],
  ['TLSA in a zone that nobody vouches for', 'dane', shop({ authentic: false }), /^skip: The mail servers of shop.test have TLSA records, but no resolver that validates/],
  ['TLSA for some hosts', 'dane', { zone: { '_25._tcp.mx2.shop.test': undefined } }, /^warn: mx2.shop.test has no TLSA records, unlike/],
  ['TLSA for web servers', 'dane', { zone: { '_25._tcp.mx1.shop.test': { TLSA: [{ usage: 1, selector: 1, matching: 1, data: SHA }], authentic: true } } }, /^fail: mx1.shop.test has TLSA records that mean nothing for mail/],
  ['a hash of the wrong length', 'dane', { zone: { '_25._tcp.mx1.shop.test': { TLSA: [{ usage: 3, selector: 1, matching: 2, data: SHA }], authentic: true } } }, /^fail: mx1.shop.test/],

  ['port 25 that is closed', 'port-25', { deps: { dial25: () => Promise.resolve({ failed: 'no answer within 10 s' }) } }, /^fail: No mail server of shop.test could be reached on port 25/],
  ['nobody to call', 'port-25', { ask: { port25: null } }, /^skip: No mail server was called/],
];

test.each(CASES)('%s: %s tells', async (_, check, wrong, text, publish) => {
  expect((await told(check, wrong)).join('\n')).toMatch(text);
  const records = (await findingsOf(check, wrong)).flatMap((finding) => finding.publish);
  if (publish !== undefined) expect(records.map(({ value }) => value)).toContain(publish);
  // Nothing that is suggested twice is suggested differently.
  const txt = records.filter(({ type, name }) => type === 'TXT' && !name.includes('_domainkey')).map(({ name, value }) => `${name} ${value}`);
  expect(new Set(txt).size).toBe(new Set(records.filter(({ type, name }) => type === 'TXT' && !name.includes('_domainkey')).map(({ name }) => name)).size);
});

/** Where what is suggested cannot be enough: the address has another name still. */
const BEYOND = new Set(['EHLO with a name that is not there', 'EHLO with a name that leads elsewhere']);
test.each(CASES.filter(([name, , , , publish]) => publish !== undefined && !BEYOND.has(name)))('%s: once the records are published, %s no longer complains', async (_, check, wrong) => {
  const records = (await findingsOf(check, wrong)).flatMap((finding) => finding.publish);
  const after = await findingsOf(check, { ...wrong, zone: published({ ...GOOD, ...wrong.zone }, records) });
  expect(after.filter(({ verdict }) => verdict !== 'pass').map(({ verdict, text }) => `${verdict} ${text}`)).toEqual([]);
});

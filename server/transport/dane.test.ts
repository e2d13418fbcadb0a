import { X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { foundAuthority, tlsa } from '../../test/transport/authority.ts';
import type { Tlsa } from '../network/network.ts';
import type { Shown } from './certificate.ts';
import { daneDoubt, usable } from './dane.ts';

const HOST = 'mx.shop.test';
const authority = foundAuthority();
const now = Date.now();
const DAY = 86_400_000;
const shown = (leaf: ReturnType<typeof authority.issue>, ...issuers: (typeof authority.rootCertificate)[]): Shown => ({ leaf: leaf.certificate, issuers, distrust: 'SELF_SIGNED_CERT_IN_CHAIN' });
const good = authority.issue(HOST);

describe('usage 3: the certificate itself', () => {
  for (const selector of [0, 1]) {
    test.each([0, 1, 2])(`selector ${selector}, matching type %i`, (matching) => {
      expect(daneDoubt([tlsa(3, selector, matching, good.certificate)], [HOST], shown(good), now)).toBeUndefined();
      expect(daneDoubt([tlsa(3, selector, matching, authority.issue(HOST).certificate)], [HOST], shown(good), now)).toContain('another one');
    });
  }

  test('its name, its age and who signed it do not count (RFC 7672 §3.1.1)', () => {
    for (const one of [authority.expired('elsewhere.test'), authority.selfSigned('elsewhere.test')]) {
      expect(daneDoubt([tlsa(3, 1, 1, one.certificate)], [HOST], shown(one), now)).toBeUndefined();
    }
  });

  test('one record of several is enough, so that keys can be changed', () => {
    const next = authority.issue(HOST);
    expect(daneDoubt([tlsa(3, 1, 1, next.certificate), tlsa(3, 1, 1, good.certificate)], [HOST], shown(good), now)).toBeUndefined();
  });
});

describe('usage 2: an authority that signed it', () => {
  const root = tlsa(2, 0, 1, authority.rootCertificate);
  const viaBranch = authority.issue(HOST, { by: authority.middle, along: [authority.middlePem] });

  test('shown by the host, at once or over a branch', () => {
    expect(daneDoubt([root], [HOST], shown(good, authority.rootCertificate), now)).toBeUndefined();
    expect(daneDoubt([root], [HOST], shown(viaBranch, authority.middleX509, authority.rootCertificate), now)).toBeUndefined();
    expect(daneDoubt([tlsa(2, 1, 2, authority.middleX509)], [HOST], shown(viaBranch, authority.middleX509), now)).toBeUndefined();
  });

  test('not shown, where the record has only its digest: nobody can tell; where it stands whole in the record, it need not be', () => {
    expect(daneDoubt([root], [HOST], shown(good), now)).toContain('not signed by');
    expect(daneDoubt([tlsa(2, 0, 0, authority.rootCertificate)], [HOST], shown(good), now)).toBeUndefined();
    expect(daneDoubt([{ usage: 2, selector: 0, matching: 0, data: Buffer.from('no certificate') }], [HOST], shown(good), now)).toContain('not signed by');
  });

  test('the name counts, the recipient domain being one of them', () => {
    expect(daneDoubt([root], ['other.test'], shown(good, authority.rootCertificate), now)).toContain('not for other.test');
    expect(daneDoubt([root], ['other.test', HOST], shown(good, authority.rootCertificate), now)).toBeUndefined();
    const wild = authority.issue('*.shop.test');
    expect(daneDoubt([root], [HOST], shown(wild, authority.rootCertificate), now)).toBeUndefined();
    expect(daneDoubt([root], ['a.b.shop.test'], shown(wild, authority.rootCertificate), now)).toContain('not for');
  });

  test('time counts, of each of them', () => {
    const old = authority.expired(HOST);
    expect(daneDoubt([root], [HOST], shown(old, authority.rootCertificate), now)).toContain('not valid at this time');
    const oldBranch = new X509Certificate(authority.middleCertificate(now - DAY));
    expect(daneDoubt([root], [HOST], shown(viaBranch, oldBranch, authority.rootCertificate), now)).toContain('between the host and its authority');
    expect(daneDoubt([root], [HOST], shown(good, authority.rootCertificate), now + 4_000 * DAY)).toContain('not valid');
  });

  test('an authority of the same name with another key has signed nothing', () => {
    const impostor = foundAuthority();
    expect(daneDoubt([root], [HOST], shown(impostor.issue(HOST), authority.rootCertificate), now)).toContain('not signed by');
    expect(daneDoubt([root], [HOST], shown(impostor.issue(HOST), impostor.rootCertificate, authority.rootCertificate), now)).toContain('not signed by');
  });

  test('who is no authority signs nothing, although its certificate is named', () => {
    const server = authority.issue('middle.test');
    const below = authority.issue(HOST, { by: server.holder });
    expect(daneDoubt([tlsa(2, 0, 1, server.certificate)], [HOST], shown(below, server.certificate), now)).toContain('not signed by');
  });
});

test('records that mean nothing in SMTP are passed over, and so is the weaker digest of the same thing', () => {
  const strong = tlsa(3, 1, 2, good.certificate);
  const other = tlsa(3, 0, 1, good.certificate);
  const records: Tlsa[] = [
    tlsa(0, 1, 1, good.certificate), tlsa(1, 1, 1, good.certificate), tlsa(4, 1, 1, good.certificate), { ...strong, selector: 2 }, { ...strong, matching: 3 },
    { ...strong, data: Buffer.alloc(63) }, { ...strong, matching: 1 }, { usage: 3, selector: 1, matching: 0, data: Buffer.alloc(0) },
    tlsa(3, 1, 1, good.certificate), strong, other,
  ];
  expect(usable(records)).toEqual([strong, other]);
});

test('without a certificate nothing is named', () => {
  expect(daneDoubt([tlsa(3, 1, 1, good.certificate)], [HOST], { leaf: undefined, issuers: [], distrust: undefined }, now)).toContain('no certificate');
});

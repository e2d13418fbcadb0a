/** An authority of the tests: certificates as a host may show them, good and bad, and the TLSA records that name them. */
import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto';
import type { Tlsa } from '../../server/network/network.ts';
import { certify } from '../../server/network/pretend/x509.ts';
import type { Material } from './script.ts';

const DAY = 86_400_000;
/** Node judges by the real time. */
const now = Date.now();

const keyPair = (): { key: KeyObject; publicKey: KeyObject } => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { key: privateKey, publicKey: createPublicKey(privateKey) };
};

export type Issued = Material & { certificate: X509Certificate; pem: string; /** To sign with, as if it were an authority. */ holder: { name: string; key: KeyObject; publicKey: KeyObject } };

export function foundAuthority(name = 'Test authority') {
  const root = { name, ...keyPair() };
  const rootPem = certify({ subject: root, issuer: root, from: now - DAY, to: now + 3_650 * DAY, use: 'authority' }, root.publicKey);
  const middle = { name: `${name}, branch`, ...keyPair() };

  /** Signed by the root, or by the branch, which is shown along; or by the root with the branch's own time over. */
  function issue(host: string, { from = now - DAY, to = now + 90 * DAY, by = root, along = [], use = 'server' as 'server' | 'authority' }: { from?: number; to?: number; by?: typeof root; along?: string[]; use?: 'server' | 'authority' } = {}): Issued {
    const own = keyPair();
    const pem = certify({ subject: { name: host, publicKey: own.publicKey }, issuer: by, from, to, use }, by.publicKey);
    return { key: own.key.export({ type: 'pkcs8', format: 'pem' }), cert: [pem, ...along].join(''), pem, certificate: new X509Certificate(pem), holder: { name: host, ...own } };
  }
  const middleCertificate = (to = now + 365 * DAY) => certify({ subject: middle, issuer: root, from: now - 30 * DAY, to, use: 'authority' }, root.publicKey);
  const middlePem = middleCertificate();
  return {
    root, rootPem, middle, middlePem, middleCertificate, issue,
    rootCertificate: new X509Certificate(rootPem), middleX509: new X509Certificate(middlePem),
    expired: (host: string) => issue(host, { from: now - 60 * DAY, to: now - 5 * DAY }),
    selfSigned(host: string): Issued {
      const own = { name: host, ...keyPair() };
      const pem = certify({ subject: own, issuer: own, from: now - DAY, to: now + DAY, use: 'server' }, own.publicKey);
      return { key: own.key.export({ type: 'pkcs8', format: 'pem' }), cert: pem, pem, certificate: new X509Certificate(pem), holder: own };
    },
  };
}

/** The record that names a certificate (selector 0) or its key (1), whole (matching 0) or as a digest. */
export function tlsa(usage: number, selector: number, matching: number, certificate: X509Certificate): Tlsa {
  const octets = selector === 0 ? certificate.raw : certificate.publicKey.export({ type: 'spki', format: 'der' });
  const digest = [undefined, 'sha256', 'sha512'][matching];
  return { usage, selector, matching, data: digest === undefined ? octets : createHash(digest).update(octets).digest() };
}

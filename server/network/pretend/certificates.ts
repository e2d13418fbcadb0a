/**
 * Certificates of pretend hosts, made when a client asks for TLS: good ones
 * for the host's name, signed by an authority that exists in this process
 * only, and bad ones on purpose (expired, self-signed, of another host). One
 * key serves all of them, so that a new host costs a signature and not a key;
 * the last thousand are kept. They prove nothing to anybody else.
 *
 * Who comes again may resume its session (RFC 8446 §2.2), as with any real
 * server: the tickets of one kind are sealed with the same keys, whichever
 * host they are of, so they outlive a context that is made anew. Never of
 * another kind: who held a ticket from better days would not see that the
 * certificate has expired.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { createSecureContext, DEFAULT_CIPHERS, type SecureContext } from 'node:tls';
import { certify, type Holder } from './x509.ts';

export type CertificateKind = 'good' | 'expired' | 'self-signed' | 'wrong-host';

export type Certificates = {
  context(kind: CertificateKind, host: string): Promise<SecureContext>;
  /** PEM of the authority that signed the good ones. */
  authority(): Promise<string>;
};

const KEPT = 1_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const WRONG = 'somewhere-else.invalid';
/** No hybrid group: with both ends in one process it is four times the work, and keeps nothing from anybody. */
const GROUPS = 'X25519:P-256:P-384';

/** The quickest first; the rest as usual. */
const CIPHERS = `TLS_AES_128_GCM_SHA256:${DEFAULT_CIPHERS}`;

type Founded = { authority: Holder & { publicKey: KeyObject; cert: string }; key: KeyObject; publicKey: KeyObject; pem: string };

/** `now` is the wall's: certificates are judged by it on the other side. */
export function pretendCertificates(now: () => number): Certificates {
  const contexts = new Map<string, SecureContext>();
  const tickets = new Map<CertificateKind, Buffer>();
  let root: Founded | undefined;

  function founded(): Founded {
    if (root) return root;
    const name = 'Postern pretend authority';
    const own = newKey();
    const cert = certify({ subject: { name, publicKey: own.publicKey }, issuer: { name, key: own.key }, from: now() - DAY, to: now() + 3_650 * DAY, use: 'authority' }, own.publicKey);
    return (root = { authority: { name, ...own, cert }, ...newKey() });
  }

  function make(kind: CertificateKind, host: string): SecureContext {
    const { authority, key, publicKey, pem } = founded();
    const name = kind === 'wrong-host' ? WRONG : host;
    const isOwn = kind === 'self-signed';
    const [from, to] = kind === 'expired' ? [now() - 400 * DAY, now() - 30 * DAY] : [now() - HOUR, now() + 365 * DAY];
    const cert = certify({ subject: { name, publicKey }, issuer: isOwn ? { name, key } : authority, from, to, use: 'server' }, isOwn ? publicKey : authority.publicKey);
    let ticketKeys = tickets.get(kind);
    if (!ticketKeys) tickets.set(kind, (ticketKeys = randomBytes(48)));
    // No list of authorities: nobody is asked for a certificate here.
    return createSecureContext({ key: pem, cert, ca: [], ecdhCurve: GROUPS, ciphers: CIPHERS, honorCipherOrder: true, ticketKeys });
  }

  return {
    async context(kind, host) {
      const id = `${kind} ${host}`;
      let context = contexts.get(id);
      // The one asked for last is the last in the map.
      if (context) contexts.delete(id);
      else {
        context = make(kind, host);
        for (const oldest of contexts.keys()) {
          if (contexts.size < KEPT) break;
          contexts.delete(oldest);
        }
      }
      contexts.set(id, context);
      return context;
    },
    authority: async () => founded().authority.cert,
  };
}

function newKey(): { key: KeyObject; publicKey: KeyObject; pem: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256', privateKeyEncoding: { type: 'pkcs8', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } });
  const key = createPrivateKey(privateKey);
  return { key, publicKey: createPublicKey(publicKey), pem: privateKey };
}

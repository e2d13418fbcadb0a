/** What a DKIM key record says (RFC 6376 §3.6.1, RFC 8463 §4). Pure. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { readTags } from './tags.ts';

export type PublishedKey = { fault: string } | { revoked: true } | { revoked?: never; algorithm: 'rsa' | 'ed25519'; /** Base64 without spaces. */ key: string; bits: number; testing: boolean };

export function publishedKey(record: string): PublishedKey {
  const tags = readTags(record);
  const version = tags.get('v');
  if (version !== undefined && (version !== 'DKIM1' || tags.first !== 'v')) return { fault: 'it must begin with "v=DKIM1"' };
  if (tags.faults.length > 0) return { fault: tags.faults[0]! };
  const key = tags.get('p')?.replace(/\s/g, '');
  if (key === undefined) return { fault: 'it has no p=, so it is no key' };
  if (key === '') return { revoked: true };
  const among = (tag: string, wanted: string[]) => (tags.get(tag) ?? wanted[0]!).split(':').some((one) => wanted.includes(one.trim().toLowerCase()));
  if (!among('h', ['sha256'])) return { fault: `its h= does not let SHA-256 sign` };
  if (!among('s', ['*', 'email'])) return { fault: `its s= says that it is not for mail` };
  const algorithm = (tags.get('k') ?? 'rsa').toLowerCase();
  const testing = (tags.get('t') ?? '').toLowerCase().split(':').some((flag) => flag.trim() === 'y');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(key)) return { fault: 'its p= is not base64; quotes or spaces went into it where it was split' };
  const octets = Buffer.from(key, 'base64');
  if (algorithm === 'ed25519') return octets.length === 32 ? { algorithm, key, bits: 256, testing } : { fault: `its p= holds ${octets.length} octets where an Ed25519 key has 32` };
  if (algorithm !== 'rsa') return { fault: `k=${algorithm.slice(0, 20)} is no kind of key that is known` };
  const bits = modulusLength(octets);
  return bits === undefined ? { fault: 'its p= holds no RSA key; a part of it is missing or doubled' } : { algorithm, key, bits, testing };
}

/** SubjectPublicKeyInfo, as everybody writes it, or the bare RSAPublicKey, as the RFC says. */
function modulusLength(der: Buffer): number | undefined {
  for (const type of ['spki', 'pkcs1'] as const) {
    let key: KeyObject;
    try {
      key = createPublicKey({ key: der, format: 'der', type });
    } catch {
      continue;
    }
    if (key.asymmetricKeyType === 'rsa') return key.asymmetricKeyDetails?.modulusLength;
  }
  return undefined;
}

/**
 * What a host showed of itself in a TLS handshake, for whoever judges it:
 * its certificate, those that it sent along, and what OpenSSL thinks of the
 * authority that signed it. Names are another question (RFC 6125).
 */
import type { X509Certificate } from 'node:crypto';
import { domainToASCII } from 'node:url';
import type { TlsFacts } from '../mail/session.ts';

export type Shown = {
  leaf: X509Certificate | undefined;
  /** Those that may have signed it, as the host sent them; nothing is verified. */
  issuers: readonly X509Certificate[];
  /** Why no authority that we believe vouches for it (`CERT_HAS_EXPIRED` …); undefined when one does. Says nothing of its name. */
  distrust: string | undefined;
};

/** Characters of a name that are kept: the other side chooses them. */
const SHOWN = 256;

/** Whether it is for one of these names: DNS names with a wildcard as the whole first label, or addresses. */
export const isFor = (leaf: X509Certificate, names: readonly string[]): boolean =>
  names.some((name) => leaf.checkHost(domainToASCII(name) || name, { partialWildcards: false }) !== undefined || isForAddress(leaf, name));

function isForAddress(leaf: X509Certificate, name: string): boolean {
  try {
    return leaf.checkIP(name) !== undefined;
  } catch {
    return false; // it is no address
  }
}

export function certificateFacts(leaf: X509Certificate): NonNullable<TlsFacts['certificate']> {
  const shown = (name: string | undefined) => (name ?? '').replaceAll('\n', ', ').slice(0, SHOWN);
  const { validToDate } = leaf;
  return { subject: shown(leaf.subject), issuer: shown(leaf.issuer), validTo: Number.isNaN(validToDate.getTime()) ? shown(leaf.validTo) : validToDate.toISOString(), fingerprint256: leaf.fingerprint256 };
}

/**
 * Whether a certificate is one that TLSA records name (RFC 6698, RFC 7671),
 * as SMTP reads them (RFC 7672). Usage 3: the certificate itself or its key,
 * whatever its name, its age and who signed it. Usage 2: it is signed, over
 * certificates that are valid now, by an authority that a record names, and
 * it is for one of the names. Records that mean nothing in SMTP are passed
 * over. OpenSSL does not do this for Node, so the way up is walked here.
 */
import { createHash, X509Certificate } from 'node:crypto';
import type { Tlsa } from '../network/network.ts';
import { isFor, type Shown } from './certificate.ts';

/** RFC 6698 §2.1.3: the whole, SHA-256, SHA-512; octets that such a record must have. */
const OCTETS: Record<number, number | undefined> = { 0: undefined, 1: 32, 2: 64 };
const DIGEST: Record<number, string | undefined> = { 1: 'sha256', 2: 'sha512' };
/** Certificates from the host's own up to the authority. */
const LONGEST = 10;
const SERVER_AUTH = new Set(['1.3.6.1.5.5.7.3.1', '2.5.29.37.0']);

/** RFC 7672 §3.1.3: usages 0 and 1 are not used. RFC 7671 §9: of digests of the same thing only the strongest counts. */
export function usable(records: readonly Tlsa[]): Tlsa[] {
  const known = records.filter(({ usage, selector, matching, data }) =>
    (usage === 2 || usage === 3) && (selector === 0 || selector === 1) && matching in OCTETS && (OCTETS[matching] === undefined ? data.length > 0 : data.length === OCTETS[matching]));
  return known.filter(({ usage, selector, matching }) => matching !== 1 || !known.some((other) => other.usage === usage && other.selector === selector && other.matching === 2));
}

/** Undefined when a record vouches for it; else why none does. `now` is of the wall clock, milliseconds. */
export function daneDoubt(records: readonly Tlsa[], names: readonly string[], shown: Shown, now: number): string | undefined {
  const { leaf } = shown;
  if (!leaf) return 'the host shows no certificate';
  const good = usable(records);
  if (good.some((record) => record.usage === 3 && isNamed(record, leaf))) return undefined;
  const anchors = good.filter(({ usage }) => usage === 2);
  if (anchors.length === 0) return 'the certificate of the host is another one than the TLSA records name';
  return anchorDoubt(anchors, names, leaf, shown.issuers, now);
}

function anchorDoubt(anchors: readonly Tlsa[], names: readonly string[], leaf: X509Certificate, issuers: readonly X509Certificate[], now: number): string | undefined {
  // §5.2.2 of RFC 7671: an authority that stands whole in its record need not be shown by the host.
  const pool = [...issuers, ...anchors.flatMap(({ selector, matching, data }) => (selector === 0 && matching === 0 ? certificateOf(data) : []))];
  let at = leaf;
  for (let depth = 0; depth < LONGEST; depth++) {
    if (!isTime(at, now)) return depth === 0 ? 'the certificate of the host is not valid at this time' : 'a certificate between the host and its authority is not valid at this time';
    const above: X509Certificate | undefined = pool.find((one) => one.ca && at.checkIssued(one) && at.verify(one.publicKey));
    if (!above) return 'the certificate of the host is not signed by an authority that the TLSA records name';
    if (anchors.some((record) => isNamed(record, above))) {
      if (!isTime(above, now)) return 'the authority that the TLSA records name is not valid at this time';
      if (leaf.keyUsage && !leaf.keyUsage.some((use) => SERVER_AUTH.has(use))) return 'the certificate of the host is not meant for servers';
      return isFor(leaf, names) ? undefined : `the certificate of the host is not for ${names.join(' or ')}`;
    }
    // Signed by itself: there is nothing above it.
    if (above.fingerprint256 === at.fingerprint256) break;
    at = above;
  }
  return 'the certificate of the host is not signed by an authority that the TLSA records name';
}

function isNamed({ selector, matching, data }: Tlsa, certificate: X509Certificate): boolean {
  const octets = selector === 0 ? certificate.raw : certificate.publicKey.export({ type: 'spki', format: 'der' });
  const digest = DIGEST[matching];
  return (digest === undefined ? octets : createHash(digest).update(octets).digest()).equals(data);
}

const isTime = ({ validFromDate, validToDate }: X509Certificate, now: number): boolean => validFromDate.getTime() <= now && now <= validToDate.getTime();

/** None, where it is not one. */
function certificateOf(data: Uint8Array): X509Certificate[] {
  try {
    return [new X509Certificate(data)];
  } catch {
    return [];
  }
}

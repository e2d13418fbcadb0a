/** The records of DKIM keys (RFC 6376 §3.6.1), as they are and as lines of a zone. */
import type { DkimKey } from './pair.ts';

/** Octets of one string of a TXT record (RFC 1035 §3.3). */
const STRING = 255;
const TTL = 3600;

export type KeyRecord = { name: string; value: string };

export function recordOf(domain: string, { selector, algorithm, publicKey }: Pick<DkimKey, 'selector' | 'algorithm' | 'publicKey'>): KeyRecord {
  return { name: `${selector}._domainkey.${domain}`, value: `v=DKIM1; k=${algorithm}; p=${publicKey}` };
}

/** To be copied into a zone file. A web form of a provider takes the value in one piece. */
export function zoneLine({ name, value }: KeyRecord): string {
  const strings: string[] = [];
  for (let at = 0; at < value.length; at += STRING) strings.push(`"${value.slice(at, at + STRING)}"`);
  return `${name}. ${TTL} IN TXT ${strings.length === 1 ? strings[0]! : `( ${strings.join(' ')} )`}`;
}

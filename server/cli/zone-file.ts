/** Records as a zone file has them (RFC 1035 §5.1), to be copied. Pure. */
import type { ZoneRecord } from '../preflight/preflight.ts';

/** Octets of one string of a TXT record (RFC 1035 §3.3). */
const STRING = 255;

export function zoneLines({ name, type, value, why }: ZoneRecord): string[] {
  const head = `${name}. IN ${type}`;
  const lines = why.split('\n').map((line) => `; ${line}`);
  if (type !== 'TXT') return [...lines, `${head} ${value}`];
  const strings = stringsOf(value);
  if (strings.length === 1) return [...lines, `${head} ${strings[0]!}`];
  return [...lines, `${head} (`, ...strings.map((one, at) => `  ${one}${at === strings.length - 1 ? ' )' : ''}`)];
}

/** In quotes, cut between octets; whoever reads joins them without a space. */
function stringsOf(value: string): string[] {
  const octets = Buffer.from(value, 'utf8');
  const strings: string[] = [];
  for (let at = 0; at === 0 || at < octets.length; at += STRING) strings.push(`"${[...octets.subarray(at, at + STRING)].map(escaped).join('')}"`);
  return strings;
}

function escaped(octet: number): string {
  const letter = String.fromCharCode(octet);
  if (letter === '"' || letter === '\\') return `\\${letter}`;
  return octet >= 0x20 && octet < 0x7f ? letter : `\\${String(octet).padStart(3, '0')}`;
}

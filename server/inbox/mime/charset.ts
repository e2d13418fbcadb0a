/**
 * Bytes to text by the charset that a part names. What names none, or says
 * ASCII or UTF-8 and is neither, is read as windows-1252: the mark of software
 * that forgot to say. So is what names a charset that nobody knows. Never
 * throws.
 */
import { isUtf8 } from 'node:buffer';
import charsets from 'libmime/lib/charset.js';

const UNSPOKEN = /^(us-?ascii|ascii|utf-?8|unknown.*|x-unknown|7bit|8bit|default)?$/i;

/** The charset to decode with. `sample` is decoded from its transfer encoding. */
export function effectiveCharset(named: string | undefined, sample: Buffer): string {
  if (!UNSPOKEN.test(named ?? '') && isDecodable(named!)) return named!;
  return isUtf8(sample) ? 'utf-8' : 'windows-1252';
}

/** What is made of these two octets when a name means nothing; every charset reads something else, but for these. */
const PROBE = Buffer.from('é');
const ALIKE = /utf-?8|cesu-?8|^jis|^iso-?2022-?jp/i;

/** Whether texts in a charset of that name can be decoded here. */
export function isDecodable(name: string): boolean {
  return UNSPOKEN.test(name) || ALIKE.test(name) || charsets.decode(PROBE, name) !== 'é';
}

export function decodeCharset(bytes: Buffer, named: string | undefined): string {
  const charset = effectiveCharset(named, bytes);
  if (charset === 'utf-8') return bytes.toString('utf8').replace(/^\ufeff/, '');
  try {
    return charsets.decode(bytes, charset);
  } catch {
    return bytes.toString('utf8');
  }
}

/**
 * What is odd about a header and about encodings, in sentences: shown beside the message, because
 * a receiver may reject it or read it differently. Judges nothing else.
 */
import type { HeaderField, MimePart } from '../../mail/message.ts';
import { isDecodable } from '../mime/charset.ts';
import type { Doubtful, TextBody } from './collect.ts';

// RFC 5322 §3.6: at most one of each.
const ONCE = ['Date', 'From', 'Sender', 'Reply-To', 'To', 'Cc', 'Bcc', 'Message-ID', 'In-Reply-To', 'References', 'Subject', 'MIME-Version', 'Content-Type', 'Content-Transfer-Encoding', 'Content-Disposition'];

export function headerOddities(fields: readonly HeaderField[]): string[] {
  if (fields.length === 0) return ['The message has no header'];
  const counts = new Map<string, number>();
  for (const { name } of fields) {
    const key = name.toLowerCase();
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const odd: string[] = [];
  for (const name of ONCE) {
    const count = counts.get(name.toLowerCase()) ?? 0;
    if (count > 1) odd.push(`There are ${count} ${name} fields; RFC 5322 §3.6 allows one`);
  }
  for (const name of ['From', 'Date']) if (!counts.has(name.toLowerCase())) odd.push(`There is no ${name} field (RFC 5322 §3.6 requires one)`);
  const date = fields.find((field) => field.name.toLowerCase() === 'date');
  if (date && Number.isNaN(Date.parse(date.value.replace(/\([^()]*\)/g, ' ')))) odd.push('The Date field cannot be read');
  if (fields.some((field) => /[^\x21-\x7e]/.test(field.name))) odd.push('The name of a header field holds a space or another character that is not allowed');
  return odd;
}

/** Parts that are named in one sentence. */
const NAMED = 5;

/** Bodies that cannot be read as they say they are written: what is shown of them may be wrong. */
export function bodyOddities(texts: readonly TextBody[], { foreign, escape, blank }: Doubtful): string[] {
  const odd: string[] = [];
  const s = ({ length }: readonly MimePart[]) => (length === 1 ? 's' : '');
  if (foreign.length > 0) odd.push(`${partsOf(foreign)} said to be base64 but hold${s(foreign)} other characters (RFC 2045 §6.8); they were passed over, and what is shown may be wrong`);
  if (escape.length > 0) odd.push(`${partsOf(escape)} said to be quoted-printable but hold${s(escape)} an "=" that encodes nothing (RFC 2045 §6.7); it was left as it is, and what is shown may be wrong`);
  if (blank.length > 0) odd.push(`${partsOf(blank)} quoted-printable and end${s(blank)} a line in white space that is not encoded as =20; receivers drop it (RFC 2045 §6.7)`);
  const unknown = new Map<string, TextBody[]>();
  for (const body of texts) {
    const { charset } = body.header;
    if (charset !== undefined && !isDecodable(charset)) unknown.set(charset, [...(unknown.get(charset) ?? []), body]);
  }
  for (const [charset, bodies] of [...unknown].slice(0, NAMED)) {
    odd.push(`${partsOf(bodies.map(({ part }) => part))} in the charset "${charset.slice(0, 60)}", which Postern does not know; it was read as UTF-8, or as windows-1252 where it is none, so what is shown may be wrong`);
  }
  return odd;
}

function partsOf(parts: readonly MimePart[]): string {
  if (parts.length === 1) return parts[0]!.path === '' ? 'The body is' : `Part ${parts[0]!.path} is`;
  const more = parts.length - NAMED;
  return `Parts ${parts.slice(0, NAMED).map(({ path }) => path).join(', ')}${more > 0 ? ` and ${more} more` : ''} are`;
}

/**
 * What is odd about a header, in sentences: shown beside the message, because
 * a receiver may reject it or read it differently. Judges nothing else.
 */
import type { HeaderField } from '../../mail/message.ts';

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

/**
 * The beginning of a message in one line, for lists: the preheader, or the
 * text, or what the HTML shows. Whole code points, at most 200 UTF-16 units.
 */
import type { HtmlReading } from './html.ts';

export const SNIPPET_LIMIT = 200;

export function snippetOf(text: string | undefined, html: HtmlReading | undefined): string {
  for (const source of [html?.preheader, text, html?.text]) {
    const line = source?.slice(0, 4_000).replace(/[\s\p{Cc}\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+/gu, ' ').trim();
    if (line) return cut(line);
  }
  return '';
}

function cut(line: string): string {
  if (line.length <= SNIPPET_LIMIT) return line;
  const last = line.charCodeAt(SNIPPET_LIMIT - 1);
  return line.slice(0, last >= 0xd800 && last < 0xdc00 ? SNIPPET_LIMIT - 1 : SNIPPET_LIMIT).trimEnd();
}

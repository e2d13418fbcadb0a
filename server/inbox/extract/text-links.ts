/**
 * Web addresses in plain text, without the punctuation of the sentence around
 * them. Linear in the text; duplicates are listed once.
 */
import type { Link } from '../../mail/message.ts';
import { LINK_LIMIT } from './html.ts';

// Ends at white space, angle brackets, quotes, and the full-width punctuation of Chinese and Japanese.
const ADDRESS = /\b(?:https?:\/\/|www\.(?=[a-z0-9-]{1,63}\.))[^\s<>"`{}|\\^\u3000-\u303f\uff00-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\u2018-\u201f]{1,4096}/giu;
const CLOSING: Record<string, string> = { ')': '(', ']': '[' };
const TRAILING = new Set('.,;:!?\'*_~');

export function textLinks(text: string): Link[] {
  const links: Link[] = [];
  const seen = new Set<string>();
  for (const [written] of text.matchAll(ADDRESS)) {
    const shown = trim(written);
    const href = /^www\./i.test(shown) ? `http://${shown}` : shown;
    if (seen.has(href) || !URL.canParse(href)) continue;
    seen.add(href);
    links.push({ href, text: shown, from: 'text' });
    if (links.length >= LINK_LIMIT) break;
  }
  return links;
}

/** Takes off what ends the sentence; a bracket stays when it was opened inside. */
function trim(written: string): string {
  const count: Record<string, number> = { '(': 0, ')': 0, '[': 0, ']': 0 };
  for (const char of written) if (char in count) count[char]!++;
  let end = written.length;
  for (; end > 0; end--) {
    const last = written[end - 1]!;
    if (TRAILING.has(last)) continue;
    const opening = CLOSING[last];
    if (opening === undefined || count[opening]! >= count[last]!) break;
    count[last]!--;
  }
  return written.slice(0, end);
}

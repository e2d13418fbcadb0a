/** A text cut at its web addresses, so that they can be shown as links. Only http and https ever become one. Pure. */
export type Piece = { text: string; href?: string };

export function linked(text: string): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const match of text.matchAll(/\bhttps?:\/\/[^\s<>"'`\u0000-\u001f]{1,2000}/gi)) {
    // Punctuation at the end belongs to the sentence; a bracket only when it was opened before.
    let href = match[0].replace(/[.,;:!?'"*]+$/, '');
    if (href.endsWith(')') && !href.includes('(')) href = href.slice(0, -1);
    if (href.endsWith(']') && !href.includes('[')) href = href.slice(0, -1);
    if (match.index > at) pieces.push({ text: text.slice(at, match.index) });
    pieces.push({ text: href, href });
    at = match.index + href.length;
  }
  if (at < text.length) pieces.push({ text: text.slice(at) });
  return pieces;
}

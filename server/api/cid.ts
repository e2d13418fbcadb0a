/**
 * Points `cid:` URLs in HTML to where the parts can be fetched. Reads tags and
 * attributes as browsers do (WHATWG HTML §13.2.5), in one pass whose time
 * grows with the text, whatever it holds; changes nothing but attribute
 * values that are a cid: URL it knows. It makes nothing safe: the answer's
 * Content-Security-Policy does.
 */

const ATTRIBUTES = new Set(['src', 'background', 'poster', 'href', 'data']);
/** Their content is no markup: up to the end tag (§13.2.5.2 to .5). */
const RAW = new Set(['script', 'style', 'textarea', 'title', 'xmp', 'iframe', 'noembed', 'noframes']);

const isSpace = (code: number) => code === 0x20 || code === 0x0a || code === 0x09 || code === 0x0c || code === 0x0d;
const isLetter = (code: number) => (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a;
const GT = 0x3e;
const SLASH = 0x2f;
const EQUALS = 0x3d;

export function rewriteCids(html: string, urlOf: (cid: string) => string | undefined): string {
  let out = '';
  let kept = 0; // html up to here is in `out`
  let at = 0;
  while ((at = html.indexOf('<', at)) >= 0) {
    if (html.startsWith('<!--', at)) {
      const end = html.indexOf('-->', at + 4);
      if (end < 0) break;
      at = end + 3;
      continue;
    }
    if (!isLetter(html.charCodeAt(at + 1))) {
      at++;
      continue;
    }
    let i = at + 1;
    while (i < html.length && !isSpace(html.charCodeAt(i)) && html.charCodeAt(i) !== GT && html.charCodeAt(i) !== SLASH) i++;
    const tag = html.slice(at + 1, i).toLowerCase();
    i = attributes(i, (name, start, end, quoted) => {
      if (!ATTRIBUTES.has(name)) return;
      const cid = cidOf(html.slice(start, end));
      const url = cid === undefined ? undefined : urlOf(cid);
      if (url === undefined) return;
      out += html.slice(kept, start) + (quoted ? url : `"${url}"`);
      kept = end;
    });
    at = RAW.has(tag) ? endOfRaw(tag, i) : i;
  }
  return out + html.slice(kept);

  /** Walks the attributes of a tag; answers where it ends. */
  function attributes(from: number, found: (name: string, start: number, end: number, quoted: boolean) => void): number {
    let i = from;
    for (;;) {
      while (i < html.length && (isSpace(html.charCodeAt(i)) || html.charCodeAt(i) === SLASH)) i++;
      if (i >= html.length) return i;
      if (html.charCodeAt(i) === GT) return i + 1;
      const nameAt = i++;
      while (i < html.length && !isSpace(html.charCodeAt(i)) && html.charCodeAt(i) !== SLASH && html.charCodeAt(i) !== GT && html.charCodeAt(i) !== EQUALS) i++;
      const name = html.slice(nameAt, i).toLowerCase();
      while (i < html.length && isSpace(html.charCodeAt(i))) i++;
      if (html.charCodeAt(i) !== EQUALS) continue;
      i++;
      while (i < html.length && isSpace(html.charCodeAt(i))) i++;
      const quote = html[i];
      if (quote === '"' || quote === "'") {
        const end = html.indexOf(quote, i + 1);
        if (end < 0) return html.length; // a browser drops the whole tag
        found(name, i + 1, end, true);
        i = end + 1;
      } else {
        const start = i;
        while (i < html.length && !isSpace(html.charCodeAt(i)) && html.charCodeAt(i) !== GT) i++;
        if (i > start) found(name, start, i, false);
      }
    }
  }

  function endOfRaw(tag: string, from: number): number {
    for (let i = from; (i = html.indexOf('</', i)) >= 0; i += 2) {
      if (html.slice(i + 2, i + 2 + tag.length).toLowerCase() === tag) return i;
    }
    return html.length;
  }
}

/** The content id of a cid: URL (RFC 2392), entities and percent signs decoded. */
function cidOf(value: string): string | undefined {
  if (value.length > 2_000) return undefined;
  const match = /^\s*cid:(.+?)\s*$/is.exec(value);
  if (!match) return undefined;
  const plain = match[1]!.replace(/&(?:amp|#38|#x26);/gi, '&').replace(/&(?:#64|#x40|commat);/gi, '@');
  try {
    return decodeURIComponent(plain);
  } catch {
    return plain;
  }
}

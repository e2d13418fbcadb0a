/**
 * Addresses as they are written in a mail: whether one is a leftover of a
 * template, an example, or leads to the developer's own machine. Syntax only:
 * nothing is looked up. Pure.
 */

/** Of templates in many languages; what is percent-encoded is decoded first. */
const TEMPLATE = /\{\{|\}\}|\{%|%\}|<%|%>|\$\{|#\{|\[\[|\]\]|\*\||\|\*|%%|%\([a-z_]\w*\)[sd]|%[sd](?![0-9a-f])|\[object Object\]/i;
const HOLE = /(?:^|[/=?&.:@-])(?:undefined|null|NaN|None|nil|TODO|CHANGEME)(?:$|[/?&#.:@=-])/;
const EXAMPLE = /(?:^|\.)(?:example\.(?:com|net|org|edu)|example|yourdomain\.\w+|your-?domain\.\w+|mydomain\.\w+|domain\.tld|website\.com|yoursite\.com|company\.tld)$/i;

export function isPlaceholder(href: string): boolean {
  const text = decoded(href);
  return TEMPLATE.test(text) || HOLE.test(text);
}

export function isExample(href: string): boolean {
  const host = hostOf(href);
  return host !== undefined && EXAMPLE.test(host);
}

/** Whether it leads to this machine or a private network, by the way it is written. */
export function localHost(href: string): boolean {
  const host = hostOf(href);
  if (host === undefined) return false;
  if (/^(localhost|.*\.localhost|.*\.local|.*\.internal|.*\.lan|host\.docker\.internal)\.?$/i.test(host)) return true;
  if (/^\[(::1?|f[cd][0-9a-f]{2}:.*|fe[89ab][0-9a-f]:.*|::ffff:.*)\]$/i.test(host)) return true;
  const quad = /^(\d+)\.(\d+)\.\d+\.\d+$/.exec(host);
  if (quad) {
    const [a, b] = [Number(quad[1]), Number(quad[2])];
    return a === 0 || a === 10 || a === 127 || (a === 169 && b === 254) || (a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168) || (a === 100 && b >= 64 && b < 128);
  }
  return !host.includes('.') && !host.startsWith('[');
}

/** Lower case, as the URL standard reads it; undefined when it is no web address. */
export function hostOf(href: string): string | undefined {
  if (!/^(https?:)?\/\//i.test(href.trim()) || !URL.canParse(href.trim(), 'https://x.invalid')) return undefined;
  return new URL(href.trim(), 'https://x.invalid').hostname;
}

export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * A mail's HTML as the page of a frame: its links open in a tab of their own
 * (a frame of ours goes nowhere else), and its policy says what it may load.
 * Nothing is made safe by changing the text; the policy does that.
 */

/** `<base>` goes behind the doctype: before it, browsers fall into quirks mode (WHATWG HTML §13.2.6.4.1). */
export function framed(html: string): string {
  const at = afterDoctype(html);
  return `${html.slice(0, at)}<base target="_blank">${html.slice(at)}`;
}

function afterDoctype(html: string): number {
  let i = 0;
  for (;;) {
    while (/[\s\ufeff]/.test(html[i] ?? '')) i++;
    if (!html.startsWith('<!--', i)) break;
    const end = html.indexOf('-->', i + 4);
    if (end < 0) return 0;
    i = end + 3;
  }
  if (!/^<!doctype/i.test(html.slice(i, i + 9))) return 0;
  const end = html.indexOf('>', i);
  return end < 0 ? 0 : end + 1;
}

/**
 * `parts` is the address of the mail's own parts: hostile HTML must not make
 * a browser ask this server for anything else. `remote` lets pictures, styles
 * and fonts of other hosts in, as a person asked for; scripts and forms never.
 */
export function framePolicy({ parts, remote }: { parts?: string; remote: boolean }): string {
  const far = remote ? ' http: https:' : '';
  return [
    'sandbox allow-popups allow-popups-to-escape-sandbox', "default-src 'none'", `img-src data: cid:${parts === undefined ? '' : ` ${parts}`}${far}`, `style-src 'unsafe-inline'${far}`, `font-src data:${far}`,
    ...(remote ? ['media-src http: https:'] : []), "form-action 'none'", "base-uri 'none'", "frame-ancestors 'self'",
  ].join('; ');
}

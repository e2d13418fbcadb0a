/**
 * The pages behind an unsubscribe link, whole and without anything else to
 * load. Looking at one changes nothing (scanners follow every link); its
 * button posts to the address that it stands at.
 */

/** What goes with each of them: it is found by nobody, framed by nobody, and tells nobody where it stood. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-robots-tag': 'noindex, nofollow',
};

/** Of the form's field; a one-click POST says `List-Unsubscribe=One-Click` instead (RFC 8058 §3.1). */
export const CONFIRM = { name: 'confirm', value: 'unsubscribe' } as const;

/** Whether a posted body (`application/x-www-form-urlencoded` or `multipart/form-data`, read as fields) asks to unsubscribe, and how. */
export function askedBy(fields: Readonly<Record<string, unknown>>): 'one-click' | 'page' | undefined {
  const said = fields['List-Unsubscribe'];
  if (typeof said === 'string' && said.trim().toLowerCase() === 'one-click') return 'one-click';
  return fields[CONFIRM.name] === CONFIRM.value ? 'page' : undefined;
}

/** `address` is that of who holds the link. */
export function askPage(address: string): string {
  return page('Unsubscribe', [
    `<p>Mail of this kind is sent to <strong>${escaped(address)}</strong>.</p>`,
    '<form method="post">',
    `<input type="hidden" name="${CONFIRM.name}" value="${CONFIRM.value}">`,
    '<button type="submit">Unsubscribe</button>',
    '</form>',
  ]);
}

export function donePage(address: string): string {
  return page('You are unsubscribed', [`<p role="status">No more mail of this kind is sent to <strong>${escaped(address)}</strong>. What is on its way already may still arrive.</p>`]);
}

/** No link of ours, or a mangled one. */
export function wrongPage(): string {
  return page('This link does not work', ['<p>It may have been cut off. Take the whole link from the mail, or answer that mail and ask to be taken off the list.</p>']);
}

function page(title: string, lines: string[]): string {
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${title}</title>`,
    '<style>',
    ':root { color-scheme: light dark; }',
    'body { max-width: 34rem; margin: 12vh auto; padding: 0 1.25rem; font: 1.0625rem/1.55 system-ui, sans-serif; overflow-wrap: anywhere; }',
    'h1 { font-size: 1.5rem; line-height: 1.25; }',
    'button { font: inherit; font-weight: 600; min-height: 2.75rem; padding: 0 1.25rem; cursor: pointer; }',
    '</style>',
    '</head>',
    '<body>',
    '<main>',
    `<h1>${title}</h1>`,
    ...lines,
    '</main>',
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);

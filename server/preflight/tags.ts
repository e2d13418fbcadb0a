/**
 * Lists of tags, `v=DMARC1; p=none`, as DKIM, DMARC, MTA-STS and TLS-RPT
 * write them (RFC 6376 §3.2). A tag that stands twice or has no name is
 * told; values keep their case.
 */
export type Tags = { get(name: string): string | undefined; first: string | undefined; faults: string[] };

const NAME = /^[a-z][a-z0-9_]*$/i;

export function readTags(record: string): Tags {
  const tags = new Map<string, string>();
  const faults: string[] = [];
  let first: string | undefined;
  for (const part of record.split(';')) {
    const text = part.trim();
    if (text === '') continue;
    const at = text.indexOf('=');
    const name = at < 0 ? '' : text.slice(0, at).trim().toLowerCase();
    first ??= name;
    if (!NAME.test(name)) faults.push(`"${text.slice(0, 40)}" is no tag`);
    else if (tags.has(name)) faults.push(`"${name}" stands twice`);
    else tags.set(name, text.slice(at + 1).trim());
    if (tags.size + faults.length > 64) break;
  }
  return { get: (name) => tags.get(name), first, faults };
}

/** Addresses of `rua=`: each `mailto:` or `https:`, an old `!10m` behind it cut off. */
export function reportUris(value: string | undefined): { mail: string[]; web: string[]; wrong: string[] } {
  const uris = { mail: [] as string[], web: [] as string[], wrong: [] as string[] };
  for (const part of (value ?? '').split(',').slice(0, 32)) {
    const uri = part.trim().replace(/!\d+[kmgt]?$/i, '');
    const mail = /^mailto:([^\s@?]+@[^\s@?]+)/i.exec(uri);
    if (mail) uris.mail.push(decoded(mail[1]!));
    else if (/^https:\/\/[^\s/]+/i.test(uri)) uris.web.push(uri);
    else if (uri !== '') uris.wrong.push(uri);
  }
  return uris;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

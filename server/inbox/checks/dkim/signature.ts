/**
 * A DKIM-Signature field as its tags (RFC 6376 §3.2, §3.5). Lenient in
 * reading, so that what is wrong can be named; pure.
 */

export type Signature = {
  /** As written, white space off. */
  tags: ReadonlyMap<string, string>;
  /** Tags that come twice, or are no tag. */
  faults: string[];
};

/** Tags whose values may be folded anywhere. */
const FOLDED = new Set(['b', 'bh', 'h', 'i', 'd', 's', 'c', 'q']);
const FIELD_LIMIT = 16_384;

export function readSignature(value: string): Signature {
  const tags = new Map<string, string>();
  const faults: string[] = [];
  const specs = value.slice(0, FIELD_LIMIT).split(';');
  for (const [index, spec] of specs.entries()) {
    if (spec.trim() === '') {
      if (index < specs.length - 1) faults.push('there is an empty tag');
      continue;
    }
    const equals = spec.indexOf('=');
    const name = (equals < 0 ? spec : spec.slice(0, equals)).trim();
    if (equals < 0 || !/^[a-z]\w*$/i.test(name)) {
      faults.push(`"${name.slice(0, 40)}" is no tag`);
      continue;
    }
    if (tags.has(name)) faults.push(`the tag ${name}= is there twice`);
    else tags.set(name, FOLDED.has(name) ? spec.slice(equals + 1).replace(/\s+/g, '') : spec.slice(equals + 1).trim());
  }
  return { tags, faults };
}

export function canonOf(signature: Signature): { header: string; body: string } {
  const [header = '', body = 'simple'] = (signature.tags.get('c') ?? 'simple/simple').toLowerCase().split('/');
  return { header, body };
}

/** `a=rsa-sha256` → key and hash. */
export function algorithmOf(signature: Signature): { key: string; hash: string } {
  const [key = '', hash = ''] = (signature.tags.get('a') ?? '').toLowerCase().split('-');
  return { key, hash };
}

/**
 * The allow list of a stream: single addresses, domains, all that is below a
 * domain, or everybody. Nobody is on an empty one.
 *
 * Domains are compared without case and in their ASCII form, so that an entry
 * may be written either way. The local part is compared without case as well:
 * no provider tells `Ann@` from `ann@`, and a list that does would hold mail
 * for no reason that its owner could see. `example.test` is that domain alone;
 * what is below it has an entry of its own, `*.example.test`.
 */
import { addressFault, addressKey, domainKey } from '../mail/address.ts';

export type Allows = (address: string) => boolean;

/** One dot at the end is the same domain, for DNS as well. */
const bare = (domain: string): string => (domain.endsWith('.') ? domain.slice(0, -1) : domain);

function keyOf(address: string): { key: string; domain: string } {
  const key = addressKey(address);
  const at = key.lastIndexOf('@');
  if (at < 0) return { key, domain: '' };
  const domain = bare(key.slice(at + 1));
  return { key: `${key.slice(0, at)}@${domain}`, domain };
}

/** Why an entry cannot mean anything; undefined when it can. */
export function allowFault(entry: string): string | undefined {
  if (entry === '*') return undefined;
  if (entry.trim() !== entry || entry === '') return 'is empty, or has spaces around it';
  if (entry.startsWith('*.')) return isDomain(entry.slice(2)) ? undefined : `${SAY}; "*." is followed by a domain`;
  if (entry.startsWith('*@') || entry.startsWith('@')) return `${SAY}; for a whole domain write "${entry.slice(entry.indexOf('@') + 1)}"`;
  if (entry.includes('*')) return `${SAY}; "*" stands alone or as "*." at the beginning`;
  if (entry.includes('@')) return addressFault(entry) === undefined && entry.lastIndexOf('@') < entry.length - 1 ? undefined : SAY;
  return isDomain(entry) ? undefined : SAY;
}

const SAY = 'is no address (ann@example.test), no domain (example.test, *.example.test), and not "*"';
// A domain is one when somebody could have an address there.
const isDomain = (domain: string): boolean => !/[\s@"\\]/.test(domain) && addressFault(`a@${domain}`) === undefined;

/** As it is kept and compared. */
export function allowKey(entry: string): string {
  if (entry.includes('@')) return keyOf(entry).key;
  return entry.startsWith('*.') ? `*.${bare(domainKey(entry.slice(2)))}` : bare(domainKey(entry));
}

/** A look-up for each label of the domain, however long the list is. */
export function allowList(entries: readonly string[]): Allows {
  const keys = new Set(entries.map(allowKey));
  if (keys.has('*')) return () => true;
  if (keys.size === 0) return () => false;
  return (address) => {
    const { key, domain } = keyOf(address);
    if (domain === '') return false;
    if (keys.has(key) || keys.has(domain)) return true;
    for (let dot = domain.indexOf('.'); dot >= 0; dot = domain.indexOf('.', dot + 1)) if (keys.has(`*${domain.slice(dot)}`)) return true;
    return false;
  };
}

const known = new WeakMap<readonly string[], Allows>();

/** The same, made once for a list: a policy that changes is another object. */
export function allowsOf(entries: readonly string[]): Allows {
  let allows = known.get(entries);
  if (!allows) known.set(entries, (allows = allowList(entries)));
  return allows;
}

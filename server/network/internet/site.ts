/**
 * The name of a site: of the set of MX hosts that a domain has, whatever
 * their order, their preferences and their spelling. Domains with the same
 * set share it, and with it limits and pauses. Short to read where hosts have
 * a common end: `(alt1|alt2|mx).mail.example.test`. What several sites of one
 * provider share goes by `Route.provider`.
 */
import { createHash } from 'node:crypto';

/** Characters; longer ones end in a digest. */
const LONGEST = 120;

/** `hosts`: at least one, lower case. The same set has always the same name; two sets never the same. */
export function siteOf(hosts: readonly string[]): string {
  const sorted = [...new Set(hosts)].sort();
  const [first = ''] = sorted;
  if (sorted.length <= 1) return short(first, sorted);
  const labels = sorted.map((host) => host.split('.'));
  const least = Math.min(...labels.map(({ length }) => length)) - 1;
  let common = 0;
  // From the end; each host keeps a label of its own.
  while (common < least && labels.every((one) => one.at(-1 - common) === labels[0]!.at(-1 - common))) common++;
  const heads = labels.map((one) => one.slice(0, one.length - common).join('.'));
  const tail = common === 0 ? '' : `.${labels[0]!.slice(-common).join('.')}`;
  return short(`(${heads.join('|')})${tail}`, sorted);
}

function short(name: string, hosts: readonly string[]): string {
  if (name.length <= LONGEST) return name;
  const digest = createHash('sha256').update(hosts.join('|')).digest('hex').slice(0, 16);
  return `${name.slice(0, LONGEST - digest.length - 2)}…#${digest}`;
}

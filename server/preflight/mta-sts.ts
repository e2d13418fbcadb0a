/**
 * MTA-STS of the domain as a receiver (RFC 8461): nobody has to have it, but
 * one that does not fit the mail servers keeps mail (replies, bounces) away.
 */
import type { Look, StsPolicy } from './ask.ts';
import { about, listed, shorten } from './finding.ts';
import { isNullMx } from './mx.ts';
import { bare } from './names.ts';
import type { Finding } from './preflight.ts';
import { readTags } from './tags.ts';

const say = about('mta-sts', 'RFC 8461');
const DAY = 86_400;

export async function checkMtaSts(look: Look): Promise<Finding[]> {
  const { domain, resolver, wall } = look;
  const name = `_mta-sts.${domain}`;
  const answer = await resolver.txt(name);
  if (answer.kind === 'failed') return [say.lost(name, answer)];
  const found = answer.kind === 'records' ? answer.records.filter((text) => /^\s*v\s*=\s*STSv1\b/i.test(text)) : [];
  const file = `https://mta-sts.${domain}/.well-known/mta-sts.txt`;
  const id = new Date(wall.now()).toISOString().replace(/\D/g, '').slice(0, 14);
  const publish = [{ name, type: 'TXT' as const, value: `v=STSv1; id=${id}`, why: `Says that there is a policy at ${file}; change the id with each change of it` }];
  if (found.length === 0) return [say.skip(`${domain} has no MTA-STS policy, which is allowed: senders then do not insist on TLS.`, { publish })];
  if (found.length > 1) return [say.fail(`${name} has ${found.length} records; senders then see no policy.`, { found, publish, see: 'RFC 8461 §3.1' })];
  const tags = readTags(found[0]!);
  if (!/^v=STSv1[ \t]*(?:;|$)/.test(found[0]!) || !/^[a-z0-9]{1,32}$/i.test(tags.get('id') ?? '')) return [say.fail(`The record at ${name} is in error: it must be "v=STSv1; id=…" with an id of letters and digits.`, { found, publish, see: 'RFC 8461 §3.1' })];
  if (!look.fetchPolicy) return [say.skip(`${domain} has an MTA-STS record; its policy was not fetched.`, { found })];
  const policy = await look.fetchPolicy(domain);
  if ('failed' in policy) return [say.fail(`${domain} has an MTA-STS record, but its policy cannot be had: ${shorten(policy.failed.replace(/\.$/, ''), 200)}.`, { found, see: 'RFC 8461 §3.3' })];
  return judge(look, policy, found);
}

async function judge({ domain, resolver }: Look, { mode, mx, maxAge }: StsPolicy, records: string[]): Promise<Finding[]> {
  const found = [...records, `mode: ${mode}`, ...mx.slice(0, 20).map((pattern) => `mx: ${pattern}`), `max_age: ${maxAge}`];
  if (mode === 'none') return [say.pass(`The MTA-STS policy of ${domain} is withdrawn (mode: none).`, { found })];
  const answer = await resolver.mx(domain);
  if (answer.kind === 'failed') return [say.lost(domain, answer)];
  const hosts = answer.kind === 'records' && !isNullMx(answer.records) ? answer.records.map(({ exchange }) => bare(exchange)) : [];
  const uncovered = hosts.filter((host) => !mx.some((pattern) => covers(pattern, host)));
  if (uncovered.length > 0) return [(mode === 'enforce' ? say.fail : say.warn)(`The MTA-STS policy of ${domain} does not name ${listed(uncovered)}: ${mode === 'enforce' ? 'senders will not deliver there' : 'once it is enforced, senders will not deliver there'}.`, { found, see: 'RFC 8461 §4.1' })];
  if (maxAge < DAY) return [say.warn(`The MTA-STS policy of ${domain} is kept for less than a day (max_age: ${maxAge}): whoever can hide it for so long can do without it.`, { found, see: 'RFC 8461 §3.2' })];
  return [say.pass(`The MTA-STS policy of ${domain} names all of its mail servers (mode: ${mode}).`, { found })];
}

/** `*.` stands for exactly one label (RFC 8461 §4.1). */
export function covers(pattern: string, host: string): boolean {
  const wanted = bare(pattern);
  return wanted.startsWith('*.') ? host.includes('.') && host.slice(host.indexOf('.') + 1) === wanted.slice(2) : wanted === host;
}

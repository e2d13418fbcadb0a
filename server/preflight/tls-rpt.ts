/** TLS-RPT (RFC 8460): who hears when others fail to reach the domain over TLS. Nobody has to have it. */
import type { Look } from './ask.ts';
import { about, listed } from './finding.ts';
import type { Finding } from './preflight.ts';
import { readTags, reportUris } from './tags.ts';

const say = about('tls-rpt', 'RFC 8460 §3');

export async function checkTlsRpt({ domain, resolver }: Look): Promise<Finding[]> {
  const name = `_smtp._tls.${domain}`;
  const publish = [{ name, type: 'TXT' as const, value: `v=TLSRPTv1; rua=mailto:tls-reports@${domain}`, why: 'Senders report where TLS fails. The address must exist' }];
  const answer = await resolver.txt(name);
  if (answer.kind === 'failed') return [say.lost(name, answer)];
  const found = answer.kind === 'records' ? answer.records.filter((text) => /^\s*v\s*=\s*TLSRPTv1\b/i.test(text)) : [];
  if (found.length === 0) return [say.skip(`${domain} asks for no reports about TLS, which is allowed.`, { publish })];
  if (found.length > 1) return [say.warn(`${name} has ${found.length} records; senders then report to nobody.`, { found, publish })];
  const { mail, web, wrong } = reportUris(readTags(found[0]!).get('rua'));
  if (!/^v=TLSRPTv1[ \t]*;/.test(found[0]!) || wrong.length > 0 || mail.length + web.length === 0) return [say.warn(`The record at ${name} is in error: it must be "v=TLSRPTv1; rua=mailto:…" or https:.`, { found, publish })];
  return [say.pass(`Senders report failures of TLS to ${listed([...mail, ...web])}.`, { found })];
}

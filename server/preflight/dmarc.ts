/**
 * DMARC (RFC 9989, before it RFC 7489): a record that holds for the domain,
 * somebody who gets the reports and agreed to, and mail that will pass: the
 * domain that signs or the domain of the envelope is that of From.
 */
import type { Look } from './ask.ts';
import { type DmarcRecord, findDmarc } from './dmarc-record.ts';
import { about, listed } from './finding.ts';
import { bare, domainName, organisation } from './names.ts';
import type { Finding, ZoneRecord } from './preflight.ts';

const say = about('dmarc', 'RFC 9989');

export async function checkDmarc(look: Look): Promise<Finding[]> {
  const { domain, resolver } = look;
  const found = await findDmarc(resolver, domain);
  if ('lost' in found) return [say.lost(found.name, found.lost)];
  const at = organisation(domain);
  const first: ZoneRecord[] = [{ name: `_dmarc.${at}`, type: 'TXT', value: `v=DMARC1; p=none; rua=mailto:dmarc@${at}`, why: 'To begin with: receivers report and refuse nothing. The address must exist' }];
  if ('none' in found) {
    const { several, nearly } = found;
    if (several) return [say.fail(`_dmarc.${several.at} has ${several.records.length} DMARC records; receivers then take none of them.`, { found: several.records, publish: [{ name: `_dmarc.${several.at}`, type: 'TXT', value: several.records[0]!.trim(), why: 'One record in place of all of these' }], see: 'RFC 9989 §4.10' }), ...alignment(look, undefined)];
    const text = nearly.length > 0 ? `The record at _dmarc.${domain} is no DMARC record: it must begin with "v=DMARC1;".` : `${domain} has no DMARC record. Gmail, Yahoo and Outlook refuse bulk mail without one.`;
    return [say.fail(text, { found: nearly, publish: nearly.length > 0 ? [{ ...first[0]!, name: `_dmarc.${domain}` }] : first, see: 'RFC 9989 §4.7' }), ...alignment(look, undefined)];
  }
  const { record } = found;
  return [...judge(domain, found.at, record), ...await reports(look, found.at, record), ...alignment(look, record)];
}

function judge(domain: string, at: string, record: DmarcRecord): Finding[] {
  const found = [record.text];
  const name = `_dmarc.${at}`;
  const inherited = at !== domain;
  const reported = record.rua.mail.length + record.rua.web.length > 0;
  if (record.policy === null) return [say.fail(`The DMARC record of ${at} is in error: ${record.faults.join('; ')}. ${reported ? 'Receivers take it for p=none' : 'Receivers leave it out'}.`, { found, publish: [{ name, type: 'TXT', value: repaired(record.text), why: 'Replaces the record that is there' }], see: 'RFC 9989 §4.7' })];
  const policy = (inherited ? record.subdomains : null) ?? record.policy;
  const said: Finding[] = [];
  if (record.faults.length > 0) said.push(say.warn(`The DMARC record of ${at} has faults: ${record.faults.slice(0, 5).join('; ')}.`, { found, see: 'RFC 9989 §4.7' }));
  const pct = Number(record.pct ?? 100);
  if (!(Number.isInteger(pct) && pct >= 0 && pct <= 100)) said.push(say.warn(`pct=${record.pct!.slice(0, 20)} in the DMARC record is no number from 0 to 100.`, { found, see: 'RFC 7489 §6.3' }));
  else if (record.pct !== undefined && pct < 100 && policy !== 'none') said.push(say.warn(`pct=${pct} makes the policy hold for a part of the mail only, and newer receivers do not know it any more; t=y is what remains of it.`, { found, see: 'RFC 9989 §A.6' }));
  if (!reported) said.push(say.warn(`The DMARC record of ${at} names nobody who gets reports (rua=): you will not hear what fails.`, { found, publish: [{ name, type: 'TXT', value: `${record.text.replace(/[;\s]*$/, '')}; rua=mailto:dmarc@${at}`, why: 'Replaces the record that is there. The address must exist' }], see: 'RFC 9990' }));
  if (said.length === 0) said.push(say.pass(`${inherited ? `The DMARC record of ${at} holds for ${domain}, too` : `${domain} has a DMARC record`}: ${POLICY[policy]}${record.testing ? ' (as a test)' : ''}.`, { found }));
  return said;
}

const POLICY = { none: 'it only watches (none)', quarantine: 'what fails is suspicious (quarantine)', reject: 'what fails is refused (reject)' };

/** With p=none in the place of a policy that is none. */
function repaired(text: string): string {
  const rest = text.split(';').map((part) => part.trim()).filter((part) => part !== '' && !/^(?:v|s?p)\s*=/i.test(part) && /^[a-z]+\s*=/i.test(part));
  return ['v=DMARC1', 'p=none', ...rest].join('; ');
}

/** Who gets reports about somebody else's domain must have agreed to it (RFC 9990 §4, RFC 7489 §7.1). */
async function reports({ resolver }: Look, at: string, record: DmarcRecord): Promise<Finding[]> {
  const outside = [...new Set(record.rua.mail.map((address) => bare(address.slice(address.lastIndexOf('@') + 1))))].filter((domain) => domainName(domain) !== undefined && organisation(domain) !== organisation(at));
  const said = await Promise.all(outside.slice(0, 10).map(async (domain): Promise<Finding[]> => {
    const name = `${at}._report._dmarc.${domain}`;
    const answer = await resolver.txt(name);
    if (answer.kind === 'failed') return [say.lost(name, answer)];
    if (answer.kind === 'records' && answer.records.some((text) => /^v\s*=\s*DMARC1\s*(?:;|$)/.test(text.trim()))) return [];
    return [say.warn(`Reports are to go to ${domain}, which has not agreed to take those about ${at}: most receivers will not send them.`, { publish: [{ name, type: 'TXT', value: 'v=DMARC1', why: `In the zone of ${domain}: takes reports about ${at}` }], see: 'RFC 9990 §4' })];
  }));
  return said.flat();
}

function alignment({ domain, envelope, signing }: Look, record: DmarcRecord | undefined): Finding[] {
  const aligned = (other: string, mode: 'r' | 's') => other === domain || (mode === 'r' && organisation(other) === organisation(domain));
  const dkim = signing.signs && aligned(signing.domain, record?.adkim ?? 'r');
  const spf = aligned(envelope, record?.aspf ?? 'r');
  const facts = [signing.signs ? `signed as ${signing.domain}` : 'not signed', `envelope sender of ${envelope}`];
  const see = 'RFC 9989 §4.4';
  // Whether there is a signature at all, dkim.ts says.
  if (dkim) return [say.pass(spf ? `A signature of ${signing.domain} and SPF of ${envelope} both count for DMARC: they are of the domain in From.` : `A signature of ${signing.domain} counts for DMARC; the envelope sender (${envelope}) is of another domain, so SPF does not.`, { see })];
  if (spf) return [say.warn(`Only SPF counts for DMARC, and that breaks when mail is forwarded: ${signing.signs ? `the signature is of ${signing.domain}${record?.adkim === 's' ? ' and the record asks for the very same domain (adkim=s)' : ''}` : 'it is not signed'}.`, { see })];
  return [say.fail(`Mail of ${domain} cannot pass DMARC: neither the signature nor the envelope sender is of the domain in From (${listed(facts)}).`, { see })];
}

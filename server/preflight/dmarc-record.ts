/**
 * DMARC records, and which of them holds for a domain: its own, else that of
 * its organisation, found by walking up the tree (RFC 9989 §4.10; RFC 7489
 * §6.6.3 asks for the first and the last of these steps).
 */

import type { DnsAnswer, Resolver } from '../network/resolver.ts';
import { readTags, reportUris } from './tags.ts';

const DMARC_POLICIES = ['none', 'quarantine', 'reject'] as const;
export type DmarcPolicy = (typeof DMARC_POLICIES)[number];

export type DmarcRecord = { text: string; faults: string[]; policy: DmarcPolicy | null; subdomains: DmarcPolicy | null; adkim: 'r' | 's'; aspf: 'r' | 's'; rua: ReturnType<typeof reportUris>; pct: string | undefined; psd: string | undefined; testing: boolean };

/** Longer names are cut to their last labels (RFC 9989 §4.10, step 4). */
const LABELS = 7;

export const isDmarc = (record: string): boolean => /^v[ \t]*=[ \t]*DMARC1[ \t]*(?:;|$)/i.test(record.trim()) && /^[vV][ \t]*=[ \t]*DMARC1/.test(record.trim());
export const isNearlyDmarc = (record: string): boolean => !isDmarc(record) && /^[\s"'\ufeff]*v\s*=?\s*dmarc/i.test(record);

export function readDmarc(text: string): DmarcRecord {
  const tags = readTags(text);
  const faults = [...tags.faults];
  const policy = (tag: string): DmarcPolicy | null => {
    const value = tags.get(tag)?.toLowerCase();
    if (value === undefined) return null;
    const known = DMARC_POLICIES.find((one) => one === value);
    if (!known) faults.push(`${tag}=${value.slice(0, 20)} is no policy (none, quarantine or reject)`);
    return known ?? null;
  };
  const align = (tag: string): 'r' | 's' => {
    const value = tags.get(tag)?.toLowerCase() ?? 'r';
    if (value !== 'r' && value !== 's') faults.push(`${tag}=${value.slice(0, 20)} is neither r nor s`);
    return value === 's' ? 's' : 'r';
  };
  const rua = reportUris(tags.get('rua'));
  for (const uri of rua.wrong) faults.push(`"${uri.slice(0, 60)}" in rua= is no address (it must begin with mailto:)`);
  const record = { text, policy: policy('p'), subdomains: policy('sp'), adkim: align('adkim'), aspf: align('aspf'), rua, pct: tags.get('pct'), psd: tags.get('psd')?.toLowerCase(), testing: tags.get('t')?.toLowerCase() === 'y' };
  if (tags.get('p') === undefined) faults.push('it has no p=');
  return { ...record, faults };
}

type DnsFailed = Extract<DnsAnswer<string>, { kind: 'failed' }>;
export type DmarcFound = { at: string; record: DmarcRecord } | { none: true; /** Records that are several or broken. */ several: { at: string; records: string[] } | null; nearly: string[] } | { lost: DnsFailed; name: string };

export async function findDmarc(resolver: Resolver, domain: string): Promise<DmarcFound> {
  const labels = domain.split('.');
  const names = [domain, ...labels.slice(1).map((_, at) => labels.slice(at + 1).join('.')).filter((name) => name.split('.').length <= LABELS)];
  let several: { at: string; records: string[] } | null = null;
  let nearly: string[] = [];
  let last: { at: string; record: DmarcRecord } | undefined;
  for (const at of names) {
    const answer = await resolver.txt(`_dmarc.${at}`);
    if (answer.kind === 'failed') return { lost: answer, name: `_dmarc.${at}` };
    const records = answer.kind === 'records' ? answer.records.filter(isDmarc) : [];
    if (at === domain && answer.kind === 'records') nearly = answer.records.filter(isNearlyDmarc);
    if (records.length > 1) several ??= { at, records };
    if (records.length !== 1) continue;
    const record = readDmarc(records[0]!.trim());
    if (at === domain) return { at, record };
    last = { at, record };
    // One of a registry speaks for those below it; whoever says "n" is an organisation of its own.
    if (record.psd === 'y' || record.psd === 'n') break;
  }
  return last ?? { none: true, several, nearly };
}

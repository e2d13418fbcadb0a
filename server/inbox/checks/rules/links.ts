/** Links as they are written: syntax, leftovers, private hosts, http. Nothing is fetched: that is "link-check". */
import type { CheckDetail } from '../../../../sdk/contract.ts';
import { count, type Matter, type Rule, type Said, short, type Verdict, worst } from '../matter.ts';
import { hostOf, isExample, isPlaceholder, localHost } from './written.ts';

type Written = { href: string; line?: number };
type Fault = { verdict: Verdict; why: string };

/** Characters; longer ones are cut by some clients and by Internet filters. */
const LONG = 2_000;

export const links: Rule = {
  id: 'links',
  title: 'Links',
  check(matter): Said | undefined {
    const written = writtenLinks(matter);
    if (written.length === 0) return undefined;
    const details: CheckDetail[] = [];
    const verdicts: Verdict[] = [];
    const anchors = new Set(matter.html?.scan.tags.flatMap(({ attributes }) => [attributes.get('id') ?? '', attributes.get('name') ?? '']));
    for (const { href, line } of written) {
      const fault = faultOf(href, anchors);
      if (!fault) continue;
      verdicts.push(fault.verdict);
      details.push({ text: `${fault.why}: ${short(href) || '(nothing)'}`, ...(line === undefined ? {} : { line, in: 'html' as const }), ...(href.trim() === '' ? {} : { href }) });
    }
    for (const { href, text } of matter.parsed.links) {
      const shown = /^(?:https?:\/\/|(?=www\.))((?:[\w-]+\.)+[a-z]{2,})(?:[/?#]\S*)?$/i.exec(text)?.[1]?.toLowerCase();
      const leads = hostOf(href);
      if (shown === undefined || leads === undefined || matter.organisation(shown) === matter.organisation(leads)) continue;
      verdicts.push('warn');
      details.push({ text: `It reads ${short(text)} but leads to ${leads}: filters take that for phishing`, href });
    }
    const verdict = worst(verdicts);
    const faults = count(details.length, 'remark');
    return {
      verdict, details,
      summary: verdict === 'pass' ? `${count(written.length, 'link')}, well written as far as can be told without following ${written.length === 1 ? 'it' : 'them'}.`
        : verdict === 'fail' ? `Some of ${count(written.length, 'link')} cannot work for recipients (${faults}).` : `${count(written.length, 'link')}, with ${faults}.`,
    };
  },
};

/** Each address once, where it stands first. */
export function writtenLinks({ html, parsed }: Matter): Written[] {
  const found = new Map<string, Written>();
  for (const { name, line, attributes } of html?.scan.tags ?? []) {
    if (name !== 'a' && name !== 'area') continue;
    const href = attributes.get('href');
    if (href !== undefined && !found.has(href.trim())) found.set(href.trim(), { href: href.trim(), line });
  }
  for (const { href, from } of parsed.links) if (from === 'text' && !found.has(href)) found.set(href, { href });
  return [...found.values()];
}

function faultOf(href: string, anchors: ReadonlySet<string>): Fault | undefined {
  if (href === '' || href === '#') return { verdict: 'fail', why: 'An empty link' };
  if (isPlaceholder(href)) return { verdict: 'fail', why: 'Left over from a template' };
  if (href.startsWith('#')) return anchors.has(href.slice(1)) ? undefined : { verdict: 'warn', why: 'No element of this name is in the mail' };
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(href)?.[1]?.toLowerCase();
  if (scheme === undefined) {
    if (href.startsWith('//')) return { verdict: 'fail', why: 'Without a scheme; in a mail there is no page to take it from' };
    return { verdict: 'fail', why: 'Relative; in a mail there is no page that it belongs to' };
  }
  if (scheme === 'javascript' || scheme === 'vbscript' || scheme === 'data') return { verdict: 'fail', why: 'No mail client follows this' };
  if (scheme === 'file' || scheme === 'blob' || scheme === 'about' || scheme === 'cid') return { verdict: 'fail', why: 'Recipients have nothing at this address' };
  if (scheme === 'mailto') return /^mailto:[^@\s?]+@[^@\s?]+|^mailto:\?.*\bto=/i.test(href) ? undefined : { verdict: 'warn', why: 'A mailto link without an address' };
  if (scheme !== 'http' && scheme !== 'https') return undefined;
  if (!URL.canParse(href)) return { verdict: 'fail', why: 'Not a web address' };
  if (localHost(href)) return { verdict: 'warn', why: 'Leads to this machine or a private network: right in development only' };
  if (isExample(href)) return { verdict: 'warn', why: 'An example domain' };
  const url = new URL(href);
  if (url.username !== '' || url.password !== '') return { verdict: 'warn', why: 'Holds a login, which filters distrust' };
  if (/^(\d+\.){3}\d+$|^\[/.test(url.hostname)) return { verdict: 'warn', why: 'Names a host by its number, which filters distrust' };
  if (/\s/.test(href)) return { verdict: 'warn', why: 'Holds white space that should be encoded' };
  if (url.protocol === 'http:') return { verdict: 'warn', why: 'Not encrypted (http)' };
  if (href.length > LONG) return { verdict: 'info', why: `Longer than ${LONG} characters` };
  return undefined;
}

/**
 * An SPF record as text (RFC 7208 §4.5 to §6, §12): its terms, what is wrong
 * with them, and the record that it would have to be. Pure.
 */
import { addressBytes } from './names.ts';

export type SpfTerm = { text: string; qualifier: '+' | '-' | '~' | '?'; name: string; /** Behind `:` or `=`; '' without one. */ value: string; modifier: boolean };

export const isSpf = (record: string): boolean => /^v=spf1(?: |$)/i.test(record);
/** Looks as if somebody meant it. */
export const isNearlySpf = (record: string): boolean => !isSpf(record) && /^[\s"'\ufeff]*v\s*=\s*spf/i.test(record);

/** Longer ones do not fit into one UDP answer (RFC 7208 §3.4); far longer ones are nobody's mistake. */
export const SPF_LONG = 450;
export const SPF_ABSURD = 4096;

const MECHANISM = /^([+\-~?]?)(all|include|a|mx|ptr|ip4|ip6|exists)(?:(?=\/)|:|$)(.*)$/i;
const MODIFIER = /^([a-z][a-z0-9._-]*)=(.*)$/i;

export function readSpf(record: string): { terms: SpfTerm[]; faults: string[] } {
  const terms: SpfTerm[] = [];
  const faults: string[] = [];
  for (const text of record.slice(0, SPF_ABSURD).split(/ +/).slice(1)) {
    if (text === '') continue;
    const mechanism = MECHANISM.exec(text);
    const modifier = mechanism ? null : MODIFIER.exec(text);
    if (mechanism) terms.push({ text, qualifier: (mechanism[1] || '+') as '+', name: mechanism[2]!.toLowerCase(), value: mechanism[3]!, modifier: false });
    else if (modifier) terms.push({ text, qualifier: '+', name: modifier[1]!.toLowerCase(), value: modifier[2]!, modifier: true });
    const fault = mechanism || modifier ? faultOf(terms.at(-1)!) : `"${text.slice(0, 40)}" is no term of SPF`;
    if (fault) faults.push(fault);
  }
  for (const name of ['redirect', 'exp']) if (terms.filter((term) => term.name === name).length > 1) faults.push(`"${name}=" stands twice`);
  return { terms, faults };
}

function faultOf({ text, name, value }: SpfTerm): string | undefined {
  const shown = `"${text.slice(0, 60)}"`;
  if (name === 'ip4' || name === 'ip6') {
    const [address = '', length, ...more] = value.split('/');
    const octets = name === 'ip4' ? 4 : 16;
    const bytes = addressBytes(address);
    const fits = bytes !== undefined && address.includes(':') === (name === 'ip6') && more.length === 0;
    return fits && (length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= octets * 8)) ? undefined : `${shown} is no ${name === 'ip4' ? 'IPv4' : 'IPv6'} network`;
  }
  if ((name === 'include' || name === 'exists' || name === 'redirect') && value === '') return `${shown} names no domain`;
  if (name === 'all' && value !== '') return `${shown}: nothing may follow "all"`;
  if (/%(?![%_-]|\{[slodiphcrtv]\d*r?[.\-+,/_=]*\})/i.test(value)) return `${shown} holds a macro that is none`;
  return undefined;
}

const LENIENCE = ['-', '~', '?', '+'];

/**
 * One record that says what these say and lets the addresses send; they come
 * first, so that they match before any look-up. `all` is as lenient as the
 * most lenient of them, but never lets everybody in.
 */
export function mergedSpf(records: readonly string[], addresses: readonly string[]): string {
  const read = records.map((record) => readSpf(record).terms);
  const all = read.flatMap((terms) => terms.filter(({ name }) => name === 'all').map(({ qualifier }) => qualifier)).sort((a, b) => LENIENCE.indexOf(b) - LENIENCE.indexOf(a))[0];
  const kept = read.flatMap((terms) => terms
    .filter((term) => term.name !== 'all' && faultOf(term) === undefined)
    // Beside `all` a redirect is not followed; with several records it becomes one of them.
    .flatMap((term) => (term.name !== 'redirect' || (all === undefined && records.length === 1) ? [term.text] : records.length > 1 && !terms.some(({ name }) => name === 'all') ? [`include:${term.value}`] : [])));
  const ours = addresses.map((address) => (address.includes(':') ? `ip6:${address}` : `ip4:${address}`));
  const isRedirected = kept.some((text) => /^redirect=/i.test(text));
  return [...new Set(['v=spf1', ...ours, ...kept, ...(isRedirected ? [] : [all === '-' ? '-all' : '~all'])])].join(' ');
}

/**
 * What the checks look at: the message as it was parsed, and what one pass
 * over its raw bytes has told. A check is a pure function from this to what
 * it says, or to nothing when it does not apply.
 */
import type { Check, CheckDetail } from '../../../sdk/contract.ts';
import type { Envelope } from '../../mail/envelope.ts';
import type { HeaderSummary, ParsedMessage } from '../../mail/message.ts';
import type { HtmlScan } from './html-scan.ts';
import type { RawScan } from './raw-scan.ts';

/** What the worker is handed beside the raw bytes. */
export type Subject = { envelope: Envelope; header: HeaderSummary; parsed: ParsedMessage; receivedAt: number; now: number };

export type Matter = Subject & {
  raw: RawScan;
  /** Of the HTML; absent when there is none. */
  html?: { text: string; scan: HtmlScan; shown: string };
  /** Values of a header field, by its name in lower case. */
  field(name: string): string[];
  /** The organisational domain (public suffix list), in lower case. */
  organisation(domain: string): string;
};

export type Verdict = Check['verdict'];
export type Rule = { id: string; title: string; check(matter: Matter): Said | undefined };
export type Said = { verdict: Verdict; summary: string; details?: CheckDetail[] };

/** Details of one check; the rest is counted. */
export const DETAILS = 50;

export function checkOf(rule: { id: string; title: string }, { verdict, summary, details = [] }: Said): Check {
  const shown: CheckDetail[] = details.slice(0, DETAILS).map(({ href, ...one }) => ({
    ...one, text: short(one.text, 500),
    // Written by strangers, and perhaps made a link of: nothing that could run, and nothing cut short.
    ...(href !== undefined && /^(https?|mailto):/i.test(href) && href.length <= 2_000 ? { href } : {}),
  }));
  if (details.length > DETAILS) shown.push({ text: `and ${details.length - DETAILS} more` });
  return { id: rule.id, title: rule.title, verdict, summary, details: shown };
}

const RANK: Record<Verdict, number> = { fail: 0, warn: 1, info: 2, pass: 3 };
export const worst = (verdicts: readonly Verdict[]): Verdict => verdicts.reduce((a, b) => (RANK[b] < RANK[a] ? b : a), 'pass');
export const gravestFirst = (checks: readonly Check[]): Check[] => checks.toSorted((a, b) => RANK[a.verdict] - RANK[b.verdict]);

export function short(text: string, length = 120): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > length ? `${line.slice(0, length - 1).replace(/[\ud800-\udbff]$/, '')}…` : line;
}

export const count = (number: number, one: string, many = `${one}s`): string => `${number.toLocaleString('en')} ${number === 1 ? one : many}`;
export const kilo = (octets: number): string => `${(octets / 1024).toFixed(octets < 10 * 1024 ? 1 : 0)} kB`;

/**
 * How a check says what it found. What is kept of a zone is cut: it was
 * written by somebody else, and a finding is stored, shown and compared.
 */
import type { DnsAnswer } from '../network/resolver.ts';
import type { Finding, PreflightCheck, ZoneRecord } from './preflight.ts';

const FOUND_MOST = 24;
const FOUND_LENGTH = 600;
const TEXT_LENGTH = 1_000;

type More = { found?: readonly string[]; publish?: ZoneRecord[]; see?: string };

export type Say = Record<'pass' | 'warn' | 'fail' | 'skip', (text: string, more?: More) => Finding> & {
  /** Nobody answered about a name. */
  lost(name: string, answer: Extract<DnsAnswer<unknown>, { kind: 'failed' }>): Finding;
};

export function about(check: PreflightCheck, see: string): Say {
  const say = (verdict: Finding['verdict']) => (text: string, { found = [], publish = [], see: page = see }: More = {}): Finding => ({ check, verdict, text: shorten(printable(text), TEXT_LENGTH), found: clip(found), publish, see: page });
  return {
    pass: say('pass'), warn: say('warn'), fail: say('fail'), skip: say('skip'),
    lost: (name, answer) => ({ ...say('skip')(`Could not be looked at: ${detailOf(name, answer)}.`), unanswered: true }),
  };
}

function detailOf(name: string, { reason, detail }: { reason: string; detail: string }): string {
  const said = shorten(printable(detail.replace(/\.$/, '') || reason), 200);
  return said.includes(name) ? said : `no answer about ${name} (${said})`;
}

export const shorten = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

/** No control characters (they would reach a terminal), and no more than anybody reads. */
export function clip(found: readonly string[]): string[] {
  const kept = found.slice(0, FOUND_MOST).map((one) => shorten(printable(one), FOUND_LENGTH));
  return found.length > FOUND_MOST ? [...kept, `… and ${found.length - FOUND_MOST} more`] : kept;
}

export const printable = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '?');

/** `a`, `a and b`, `a, b and c`; of a long list the first few. */
export function listed(names: readonly string[], most = 5): string {
  const shown = names.length > most ? [...names.slice(0, most - 1), `${names.length - most + 1} more`] : names;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)!}`;
}

/**
 * Patterns of rules: exact, or with `*` for any run of characters; a list
 * matches when one of it does; case does not count. Matching takes a step for
 * each character of text and pattern, whatever somebody writes; of a text as
 * much is looked at as fits into a line of mail.
 */
import type { Pattern } from '../../sdk/contract.ts';
import { splitAddress } from '../mail/address.ts';

export type Matcher = {
  test(text: string): boolean;
  /** Whether every address of a domain matches: `*`, `*@full.test`. Such a pattern needs no recipient to be known. */
  wholeDomain(domain: string): boolean;
  /** Characters of patterns with `*`: what a test costs. */
  weight: number;
};

/** RFC 5322 §2.1.1. */
const LINE = 998;

export function matcher(pattern: Pattern): Matcher {
  const said = (typeof pattern === 'string' ? [pattern] : pattern).map((one) => one.toLowerCase());
  const exact = new Set(said.filter((one) => !one.includes('*')));
  const starred = said.filter((one) => one.includes('*'));
  const globs = starred.map(globOf);
  const wide = starred.filter((one) => one === '*' || one.startsWith('*@')).map((one) => globOf(one === '*' ? '*' : splitAddress(one).domain));
  return {
    test(text) {
      const lower = text.slice(0, LINE).toLowerCase();
      return exact.has(lower) || globs.some((matches) => matches(lower));
    },
    wholeDomain(domain) {
      const lower = domain.toLowerCase();
      return wide.some((matches) => matches(lower));
    },
    weight: starred.reduce((sum, one) => sum + one.length, 0),
  };
}

/** What stands first, last, and between stars in this order, each as early as it can: a later place could not do better. */
function globOf(glob: string): (text: string) => boolean {
  const parts = glob.split('*');
  const head = parts[0]!;
  if (parts.length === 1) return (text) => text === head;
  const tail = parts.at(-1)!;
  const between = parts.slice(1, -1).filter((part) => part !== '').map(finderOf);
  return (text) => {
    const end = text.length - tail.length;
    if (end < head.length || !text.startsWith(head) || !text.endsWith(tail)) return false;
    let at: number | undefined = head.length;
    for (const find of between) if ((at = find(text, at, end)) === undefined) return false;
    return true;
  };
}

/** Where the first occurrence ends (Knuth, Morris and Pratt: no character of the text is looked at again). */
function finderOf(part: string): (text: string, from: number, to: number) => number | undefined {
  // Of each beginning of the part: how much of its end is its beginning, too.
  const back = new Uint16Array(part.length);
  for (let i = 1, k = 0; i < part.length; i++) {
    while (k > 0 && part[i] !== part[k]) k = back[k - 1]!;
    if (part[i] === part[k]) k++;
    back[i] = k;
  }
  return (text, from, to) => {
    let k = 0;
    for (let i = from; i < to; i++) {
      while (k > 0 && text[i] !== part[k]) k = back[k - 1]!;
      if (text[i] === part[k]) k++;
      if (k === part.length) return i + 1;
    }
    return undefined;
  };
}

export const globMatches = (glob: string, text: string): boolean => globOf(glob)(text);

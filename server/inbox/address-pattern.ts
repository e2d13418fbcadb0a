/**
 * Compares addresses with a pattern, as filter.ts defines it: exact by their
 * key, or with `*` for any run of characters. Linear in the address, whatever
 * the pattern.
 */
import { addressKey } from '../mail/address.ts';

/** Takes keys (see addressKey), not addresses. */
export type KeyTest = (key: string) => boolean;

const known = new Map<string, KeyTest>();
const KNOWN_LIMIT = 1_000;

export function patternTest(pattern: string): KeyTest {
  let test = known.get(pattern);
  if (!test) {
    if (known.size >= KNOWN_LIMIT) known.clear();
    known.set(pattern, (test = compile(pattern)));
  }
  return test;
}

function compile(pattern: string): KeyTest {
  const wanted = addressKey(pattern);
  if (!pattern.includes('*')) return (key) => key === wanted;
  const pieces = wanted.split('*');
  return (key) => fits(key, pieces);
}

/** Each piece as early as it can be: then the rest has the most room. */
function fits(text: string, pieces: readonly string[]): boolean {
  const first = pieces[0]!;
  const last = pieces.at(-1)!;
  if (!text.startsWith(first) || text.length < first.length + last.length || !text.endsWith(last)) return false;
  let at = first.length;
  const end = text.length - last.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, at);
    if (found < 0 || found + piece.length > end) return false;
    at = found + piece.length;
  }
  return true;
}

/** The key that an address must have to fit the pattern; undefined for a pattern with `*`. */
export function patternKey(pattern: string): string | undefined {
  return pattern.includes('*') ? undefined : addressKey(pattern);
}

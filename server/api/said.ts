/** What a query says in words and times: read, or told in one way wherever it is said. */
import { parseMoment } from '../inbox/when.ts';
import { nearest } from '../nearest.ts';
import { shown } from '../shown.ts';
import type { Fault } from './faults.ts';

/** The last moment that has a date. */
const LAST = 8.64e15;

/** `"defered" is no state; did you mean …`; or all that there are. */
export function noWord(said: string, kind: string, known: readonly string[]): string {
  const word = said.slice(0, 100);
  return `${shown(word)} is no ${kind}${nearest(word, known, '; did you mean `%`?') || `; they are ${known.join(', ')}`}`;
}

/** Words of a list that commas separate, each of them known. */
export function wordsOf<Word extends string>(path: string, text: string, kind: string, known: readonly Word[]): { words: Word[] } | { fault: Fault } {
  const words = text.split(',').map((one) => one.trim()).filter(Boolean);
  // An empty variable must not pass for "none", or for "all".
  if (words.length === 0) return { fault: { path, message: `names no ${kind}; leave it out for all` } };
  const stray = words.find((one) => !(known as readonly string[]).includes(one));
  return stray === undefined ? { words: words as Word[] } : { fault: { path, message: noWord(stray, kind, known) } };
}

/** Milliseconds since the epoch; what cannot be read is added to the faults. */
export function momentOf(path: string, text: string, now: number, faults: Fault[]): number | undefined {
  const at = parseMoment(text, { now, timeZone: 'UTC' });
  if (at !== undefined && Math.abs(at) <= LAST) return at;
  faults.push({ path, message: `${shown(text)} is no time; write 2026-01-31, 2026-01-31T10:30:00Z, or how long ago: 10m, 2d` });
  return undefined;
}

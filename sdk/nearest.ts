/** The known word nearest to a misspelt one, for error messages; as the server names it (server/nearest.ts, which nearest.test.ts holds this to). */

/** `; did you mean …?`, or nothing where no word is near enough to be meant. */
export function meant(said: unknown, known: readonly string[]): string {
  if (typeof said !== 'string') return '';
  const typed = said.slice(0, 100).toLowerCase();
  let best: string | undefined;
  let least = Math.max(2, Math.floor(typed.length / 3)) + 1;
  for (const word of known) {
    const steps = distance(typed, word.toLowerCase());
    if (steps < least && steps < Math.max(typed.length, word.length)) [best, least] = [word, steps];
  }
  return best === undefined ? '' : `; did you mean ${best}?`;
}

/** Insertions, deletions, replacements and swaps of neighbours. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      let steps = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) steps = Math.min(steps, before[j - 2]! + 1);
      row.push(steps);
    }
    before = last;
    last = row;
  }
  return last[b.length]!;
}

/** The known word nearest to a misspelt one, for error messages. */

/** `sentence` with `%` replaced by the nearest of `known`, or `''` when none is near enough to be meant. */
export function nearest(said: string, known: readonly string[], sentence: string): string {
  let best: string | undefined;
  let least = Math.max(2, Math.floor(said.length / 3)) + 1;
  for (const word of known) {
    const steps = distance(said.toLowerCase(), word.toLowerCase(), least);
    // Where no letter is left in its place nothing was misspelt: "no" is not near to "1".
    if (steps < least && steps < Math.max(said.length, word.length)) [best, least] = [word, steps];
  }
  return best === undefined ? '' : sentence.replace('%', best);
}

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment); stops counting at `limit`. */
export function distance(a: string, b: string, limit = Infinity): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let steps = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) steps = Math.min(steps, before[j - 2]! + 1);
      row.push(steps);
    }
    before = last;
    last = row;
  }
  return last[b.length]!;
}

/** Collects which features (named as on caniemail.com) are used, how often, and on which lines of the HTML. */

export type Uses = Map<string, { uses: number; lines: number[] }>;

const LINES = 20;

export function note(uses: Uses, feature: string, line: number): void {
  const known = uses.get(feature);
  if (!known) {
    uses.set(feature, { uses: 1, lines: [line] });
    return;
  }
  known.uses++;
  if (known.lines.length < LINES && !known.lines.includes(line)) known.lines.push(line);
}

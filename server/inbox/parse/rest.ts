/**
 * How long the parser rests between two batches while mail pours in: the more
 * comes, the longer, since its transactions hold up those that take mail in.
 * A few hundred messages a second it keeps up with; at 10,000 it works for a
 * fortieth of the time, or rests as long as it ever does. A backlog must not
 * only grow, though: after a while it rests a third as long.
 */

/** Messages a second at which a batch is followed by a rest as long as itself. */
const PER_REST = 250;
/** Milliseconds. */
const MOST = 400;
/** Milliseconds. */
const PATIENCE = 20_000;

/** Milliseconds. `took`: those of the last batch; `pouredFor`: since mail began to pour in. */
export function restAfter({ took, perSecond, pouredFor }: { took: number; perSecond: number; pouredFor: number }): number {
  const hurry = pouredFor > PATIENCE ? 3 : 1;
  return Math.min(Math.max(took, 1) * perSecond / PER_REST, MOST) / hurry;
}

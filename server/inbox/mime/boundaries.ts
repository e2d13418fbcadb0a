/**
 * The boundaries of the multiparts that are open, and which of them a line is
 * (RFC 2046 §5.1.1). One may be named by several levels: the innermost counts.
 * Finding one takes the same time whatever the depth.
 */

export type Boundaries = {
  readonly size: number;
  open(boundary: string, level: number): void;
  /** The innermost of that name is over. */
  close(boundary: string): void;
  /** `written` is a line without its leading dashes and what ends it. */
  match(written: string): { level: number; closing: boolean } | undefined;
};

export function openBoundaries(): Boundaries {
  const levels = new Map<string, number[]>();
  return {
    get size() { return levels.size; },
    open(boundary, level) {
      const named = levels.get(boundary);
      if (named) named.push(level);
      else levels.set(boundary, [level]);
    },
    close(boundary) {
      const named = levels.get(boundary);
      named?.pop();
      if (named?.length === 0) levels.delete(boundary);
    },
    match(written) {
      const opening = levels.get(written);
      if (opening) return { level: opening.at(-1)!, closing: false };
      const closing = written.endsWith('--') ? levels.get(written.slice(0, -2)) : undefined;
      return closing && { level: closing.at(-1)!, closing: true };
    },
  };
}

/**
 * Which rows of a long list are drawn. All rows have one height, so that
 * nothing is measured and nothing moves once it is drawn. Pure.
 */

export type Slice = { from: number; to: number };

/** Rows drawn beyond both edges, so that a fast wheel shows no gap. */
const BEYOND = 6;

/** Rows [from, to). */
export function sliceOf(scrollTop: number, height: number, row: number, count: number): Slice {
  const from = Math.max(0, Math.min(count, Math.floor(scrollTop / row)) - BEYOND);
  const to = Math.min(count, Math.ceil((scrollTop + height) / row) + BEYOND);
  return { from, to: Math.max(from, to) };
}

/** The scroll position that shows a row whole, moving as little as possible. */
export function reveal(index: number, scrollTop: number, height: number, row: number): number {
  const top = index * row;
  if (top < scrollTop) return top;
  if (top + row > scrollTop + height) return top + row - height;
  return scrollTop;
}

/** Times as the wire has them. */
export const timeOf = (ms: number): string => new Date(ms).toISOString();
export const nullableTime = (ms: number | null | undefined): string | null => (ms === undefined || ms === null ? null : timeOf(ms));

/** ISO 8601 with a zone: without one, each machine would read another time. */
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)$/i;
/** Undefined for what is no such time, or is too far from now to be written as one. */
export function readTime(text: string): number | undefined {
  const at = ISO.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}

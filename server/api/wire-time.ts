/** Times as the wire has them. */
import { isoOf } from '../units.ts';

export const timeOf = isoOf;
export const nullableTime = (ms: number | null | undefined): string | null => (ms === undefined || ms === null ? null : timeOf(ms));

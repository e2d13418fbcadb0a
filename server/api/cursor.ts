/**
 * Cursors: a message's place in the order of arrival, as an opaque text. They
 * never expire; that of a deleted message still marks its place.
 */

const CURSOR = /^m([0-9a-z]{1,10})$/;

export const cursorOf = (seq: number): string => `m${seq.toString(36)}`;

/** Undefined for what this server never handed out. */
export function seqOf(cursor: string): number | undefined {
  const digits = CURSOR.exec(cursor)?.[1];
  if (digits === undefined) return undefined;
  const seq = Number.parseInt(digits, 36);
  return Number.isSafeInteger(seq) && cursorOf(seq) === cursor ? seq : undefined;
}

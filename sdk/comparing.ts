/**
 * How texts of a test are compared with those of a mail: as the server
 * compares a subject (server/inbox/words.ts, which comparing.test.ts holds
 * this to), so that the same words find the same mail on both sides.
 */

/** Without regard to case, and to whether a letter with a mark is one character or two (NFC and NFD look the same). */
export function comparable(text: string): string {
  return /^[\0-\x7f]*$/.test(text) ? text.toLowerCase() : text.toWellFormed().toLowerCase().normalize('NFC');
}

/** An address may stand in angle brackets, as one that has no domain is listed (`<root>`). */
export const sameAddress = (one: string, two: string): boolean => addressOf(one) === addressOf(two);
const addressOf = (text: string): string => comparable(text.trim().replace(/^<(.*)>$/s, '$1'));

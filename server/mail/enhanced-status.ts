/**
 * Enhanced status codes (RFC 3463): reading them out of text. What they mean
 * is the classifier's business; here they are only three numbers that agree
 * or do not agree with the reply code beside them.
 */

export type EnhancedStatus = { class: 2 | 4 | 5; subject: number; detail: number };

// Not part of a longer dotted number such as an IP address or a version.
const FORM = /(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d]|\.\d)/;

/** The first status code in a text, or undefined. */
export function findEnhanced(text: string): EnhancedStatus | undefined {
  const found = FORM.exec(text);
  if (!found) return undefined;
  const status = { class: Number(found[1]) as 2 | 4 | 5, subject: Number(found[2]), detail: Number(found[3]) };
  return isAssignable(status) ? status : undefined;
}

/** Subjects above 7 and details from 900 on, in subject 0 or 9, are inventions of bounce parsers. */
const isAssignable = ({ subject, detail }: EnhancedStatus): boolean => subject <= 7 && !(subject === 0 && detail >= 900);

export const formatEnhanced = (status: EnhancedStatus): string => `${status.class}.${status.subject}.${status.detail}`;

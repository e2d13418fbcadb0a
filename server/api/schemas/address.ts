/**
 * Addresses in query parameters. One rule for all of them: an address has an
 * `@`, or stands in angle brackets (`<root>` has no domain), or holds `*` and
 * is a pattern. A bare word is half an address: it would find nothing for
 * ever, and an assertion that no mail of it comes would always hold. It is
 * refused, with what to write. Lists write addresses by the same rule (see
 * writtenAddress), so that what is listed can be asked for as it is.
 */
import { z } from '@hono/zod-openapi';

const MOST = 2_000;

const halved = (text: string): string =>
  `"${text}" is no whole address, and addresses are compared whole; write *@${text} for a domain, ${text}@* for a name in any domain, or <${text}> for an address that has no domain`;

const isBare = (text: string): boolean => text !== '' && !/[@*]/.test(text) && !/^<.*>$/s.test(text);
/** `<a@b.test>` as in SMTP is as good as `a@b.test`; `<>` is the null sender. */
export const unbracketed = (value: string): string => value.trim().replace(/^<(.*)>$/s, '$1').trim();

/** Of those who are looked for; `<>` is the null sender. */
export const address = (description: string) => z.string().max(MOST).superRefine((value, ctx) => {
  const text = value.trim();
  if (isBare(text)) ctx.addIssue({ code: 'custom', message: halved(text.slice(0, 100)) });
}).transform(unbracketed).optional().openapi({ type: 'string', maxLength: MOST, description });

/** The one address that something is about, and never a part or a pattern of one. */
export const oneAddress = (description: string, least = 0, most = MOST) => z.string().min(least).max(most).transform(unbracketed).optional()
  .openapi({ type: 'string', ...(least > 0 ? { minLength: least } : {}), maxLength: most, description });

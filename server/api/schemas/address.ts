/**
 * Addresses in query parameters. They are compared whole, unless they hold
 * `*`. Half an address would find nothing for ever, and an assertion that no
 * mail of it comes would always hold: it is refused, with what to write.
 * Angle brackets may stand round any address, `<>` is the null sender, and
 * `<root>` an address that has no domain.
 */
import { z } from '@hono/zod-openapi';

const MOST = 2_000;

const shape = (description: string, isHalf: (text: string) => boolean) => z.string().max(MOST).superRefine((value, ctx) => {
  const text = value.trim();
  if (isHalf(text)) ctx.addIssue({ code: 'custom', message: halved(text.slice(0, 100)) });
}).transform((value) => value.trim().replace(/^<(.*)>$/s, '$1').trim()).optional().openapi({ type: 'string', maxLength: MOST, description });

const halved = (text: string): string =>
  `"${text}" is no whole address, and addresses are compared whole; write *@${text} for a domain, ${text}@* for a name in any domain, or <${text}> for an address that has no domain`;

const isBare = (text: string): boolean => text !== '' && !/[@*]/.test(text) && !/^<.*>$/s.test(text);

/** Of those who are looked for. */
export const address = (description: string) => shape(description, isBare);
/** Of an inbox: what /v1/inboxes lists can be asked for, and mail for `root` or `postmaster` is listed there under that. A dot makes it a domain that somebody means. */
export const inboxAddress = (description: string) => shape(description, (text) => isBare(text) && text.includes('.'));

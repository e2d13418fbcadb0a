/**
 * Which fields a signature covers (RFC 6376 §5.4), and their relaxed text.
 * The important ones are named once more than they are there: one that is
 * added on the way then breaks the signature, instead of being shown (§8.15).
 */
import type { Field } from '../head.ts';
import { relaxed } from './canon.ts';

/** Signed, and sealed against another one, whether they are there or not. */
const ALWAYS = ['from', 'to', 'cc', 'reply-to', 'subject', 'date', 'message-id'];
/** The same where they are there; RFC 8058 §4 asks for the ones of lists. */
const PRESENT = ['sender', 'mime-version', 'content-type', 'content-transfer-encoding', 'in-reply-to', 'references', 'list-id', 'list-unsubscribe', 'list-unsubscribe-post', 'feedback-id', 'x-postern-original-to'];

/** Of one field; more of them are no mail, and each would have to be named. */
const MOST = 100;

export type Signed = { /** For `h=`. */ names: string[]; /** What is signed, up to the signature's own field. */ text: string };

/** The name of the field that is there too often, when one is. */
export function coverOf(fields: readonly Field[]): Signed | { tooMany: string } {
  const byName = new Map<string, Field[]>();
  for (const field of fields) {
    const same = byName.get(field.name);
    if (same) same.push(field);
    else byName.set(field.name, [field]);
  }
  const names: string[] = [];
  const texts: string[] = [];
  for (const name of [...ALWAYS, ...PRESENT.filter((one) => byName.has(one))]) {
    const same = byName.get(name) ?? [];
    if (same.length > MOST) return { tooMany: name };
    // From the last to the first (RFC 6376 §5.4.2); the name that is too many stands for nothing.
    for (let i = same.length - 1; i >= 0; i--) texts.push(relaxed(same[i]!));
    for (let i = 0; i <= same.length; i++) names.push(name);
  }
  return { names, text: texts.join('') };
}

/**
 * List-Unsubscribe (RFC 2369) and whether one click would do (RFC 8058), with
 * what is wrong in sentences. Undefined when a message has neither field.
 */
import type { HeaderField, ListUnsubscribe } from '../../mail/message.ts';

const VALUE_LIMIT = 8_192;
/** RFC 2369 §2: a field that begins with anything else, comments aside, is to be ignored. */
const BEGINS = /^(?:\s|\([^()]*\))*<[^<>]*>/;

export function listUnsubscribe(headers: readonly HeaderField[]): ListUnsubscribe | undefined {
  const fields = named(headers, 'list-unsubscribe');
  const posts = named(headers, 'list-unsubscribe-post');
  if (fields.length === 0 && posts.length === 0) return undefined;
  const problems: string[] = [];
  const urls: string[] = [];
  const mailto: string[] = [];

  if (fields.length === 0) problems.push('There is a List-Unsubscribe-Post field but no List-Unsubscribe (RFC 8058 §3.1).');
  if (fields.length > 1) problems.push(`There are ${fields.length} List-Unsubscribe fields; receivers may use any of them.`);
  const readable = fields.filter((field) => BEGINS.test(field));
  const ignored = fields.length > 0 && readable.length === 0;
  if (ignored) problems.push('List-Unsubscribe does not begin with an address in angle brackets, so receivers are to ignore it (RFC 2369 §2).');
  // What is ignored is shown all the same.
  const value = (ignored ? fields : readable).join(', ').slice(0, VALUE_LIMIT);
  const bracketed = [...value.matchAll(/<([^<>]*)>/g)].map((match) => match[1]!.replace(/\s+/g, ''));
  for (const address of bracketed.length > 0 ? bracketed : value.split(',').map((piece) => piece.trim()).filter(Boolean)) {
    if (/^mailto:/i.test(address)) mailto.push(address);
    else if (/^https?:/i.test(address) && URL.canParse(address)) urls.push(address);
    else problems.push(`List-Unsubscribe holds "${address.slice(0, 100)}", which is neither a web address nor mailto.`);
  }

  const secure = !ignored && urls.some((url) => /^https:/i.test(url));
  const asked = posts.some((post) => /^list-unsubscribe=one-click$/i.test(post.trim()));
  if (posts.length > 0 && !asked) problems.push('List-Unsubscribe-Post must be exactly "List-Unsubscribe=One-Click" (RFC 8058 §3.1).');
  if (asked && !secure && !ignored) problems.push('One-click needs an https address in List-Unsubscribe (RFC 8058 §3.1).');
  if (!asked && posts.length === 0 && secure) problems.push('Without "List-Unsubscribe-Post: List-Unsubscribe=One-Click" mailbox providers do not offer one-click unsubscribing (RFC 8058).');
  if (asked && secure) {
    const signatures = named(headers, 'dkim-signature');
    if (signatures.length > 0 && !signatures.some(covers)) problems.push('No DKIM signature covers both List-Unsubscribe and List-Unsubscribe-Post, so one-click will be ignored (RFC 8058 §4).');
  }
  return { urls, mailto, oneClick: asked && secure, problems };
}

function named(headers: readonly HeaderField[], name: string): string[] {
  return headers.filter((field) => field.name.length === name.length && field.name.toLowerCase() === name).map((field) => field.value);
}

function covers(signature: string): boolean {
  const signed = /(?:^|;)\s*h\s*=([^;]*)/i.exec(signature)?.[1]?.toLowerCase().split(':').map((name) => name.trim()) ?? [];
  return signed.includes('list-unsubscribe') && signed.includes('list-unsubscribe-post');
}

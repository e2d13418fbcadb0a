/**
 * The index entry of a message: the words to find it by, and what is known of
 * one that could not be read. Light, since the main thread uses it too: what
 * reads bodies is loaded in the worker alone.
 */
import { decodeText, parseMailboxes } from '../../mail/header.ts';
import type { HeaderField, ParsedMessage } from '../../mail/message.ts';
import type { IndexEntry } from '../port.ts';
import { fold, headerWords } from '../words.ts';
import { headerOddities } from './oddities.ts';

export type Envelope = { id: string; envelopeFrom: string; recipients: string[] };

/** For a message that could not be read: its header is shown and found all the same. */
export function unreadable(envelope: Envelope, fields: readonly HeaderField[], error: string): IndexEntry {
  const headers = fields.map(({ name, value }) => ({ name, value: decodeText(value) }));
  const parsed: ParsedMessage = { error, warnings: headerOddities(fields), headers, attachments: [], links: [], codes: [], calendar: [] };
  return { id: envelope.id, parsed, snippet: '', words: wordsOf(envelope, parsed, undefined) };
}

const ADDRESS_FIELDS = /^(?:from|sender|to|cc|bcc|reply-to)$/i;

export function wordsOf(envelope: Envelope, parsed: ParsedMessage, htmlText: string | undefined): IndexEntry['words'] {
  const addresses = [envelope.envelopeFrom, ...envelope.recipients];
  for (const { name, value } of parsed.headers) {
    if (!ADDRESS_FIELDS.test(name)) continue;
    for (const mailbox of parseMailboxes(value)) addresses.push(mailbox.name, mailbox.address);
  }
  return {
    subject: join(headerValue(parsed.headers, 'subject')),
    addresses: join(addresses.join(' , ')),
    // A text that says the same as the HTML is indexed twice: they often do not.
    // And where links lead, which HTML does not show: people look for the token in them.
    text: join([parsed.text, htmlText, ...parsed.links.filter((link) => link.from === 'html').map((link) => link.href)].filter(Boolean).join('\n')),
    attachments: join(parsed.attachments.map((attachment) => attachment.filename).join(' , ')),
    headers: headerWords(parsed.headers).join(' '),
  };
}

const join = (text: string) => fold(text).join(' ');

export function headerValue(headers: readonly HeaderField[], name: string): string {
  return headers.find((field) => field.name.toLowerCase() === name)?.value ?? '';
}

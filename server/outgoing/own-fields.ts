/**
 * What a stream adds to the header of its mail: Feedback-ID, List-Unsubscribe,
 * whom intercepted mail was for, and the Date and Message-ID that were
 * forgotten (RFC 6409 §8). What the message says of these itself stays, and is
 * not said twice. Nothing in here can end a line but our own folds.
 */
import { isAscii } from 'node:buffer';
import { fieldOf, valueOf, type Field } from './head.ts';
import { dateOf } from './trace.ts';

const ORIGINAL_TO = 'X-Postern-Original-To';

/** Taken off: hidden recipients (RFC 5322 §3.6.3), a Return-Path (RFC 5321 §4.4), and what only we say. */
const TAKEN_OFF = ['bcc', 'resent-bcc', 'return-path', ORIGINAL_TO.toLowerCase()];

/** Addresses that are named; of 100,000 nobody reads the rest. */
const NAMED = 200;
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;

/** The message's own fields, as they go out. */
export function keptFields(fields: readonly Field[]): Field[] {
  return fields.filter((field) => !TAKEN_OFF.includes(field.name) && !(isMendable(field.name) && valueOf(field) === ''));
}

/** One of these without a value is as good as none. */
const isMendable = (name: string): boolean => name === 'date' || name === 'message-id';

export type OwnOptions = {
  feedbackId: string | null;
  /** For one click; null for none. */
  unsubscribe: string | null;
  original: readonly string[];
  smtputf8: boolean;
  /** For what is missing. */
  messageId: string;
  receivedAt: number;
};

/** From the top. */
export function ownFields(kept: readonly Field[], { feedbackId, unsubscribe, original, smtputf8, messageId, receivedAt }: OwnOptions): Field[] {
  const has = (name: string) => kept.some((field) => field.name === name);
  const own: Field[] = [];
  if (feedbackId !== null && !has('feedback-id')) own.push(fieldOf('Feedback-ID', feedbackId.replace(/[^\x20-\x7e]/g, '?').slice(0, 900)));
  if (unsubscribe !== null && !has('list-unsubscribe')) {
    own.push(fieldOf('List-Unsubscribe', `<${unsubscribe}>`));
    // RFC 8058 §3.1: one click is for HTTPS alone.
    if (unsubscribe.startsWith('https:') && !has('list-unsubscribe-post')) own.push(fieldOf('List-Unsubscribe-Post', 'List-Unsubscribe=One-Click'));
  }
  if (original.length > 0) own.push(originalTo(original, smtputf8));
  if (!has('date')) own.push(fieldOf('Date', dateOf(receivedAt)));
  if (!has('message-id')) own.push(fieldOf('Message-ID', `<${messageId}>`));
  return own;
}

function originalTo(addresses: readonly string[], smtputf8: boolean): Field {
  const named = addresses.slice(0, NAMED).map((address) => worded(address.replace(CONTROLS, '?'), smtputf8));
  if (addresses.length > NAMED) named.push(`(and ${addresses.length - NAMED} more)`);
  return fieldOf(ORIGINAL_TO, named.join(',\r\n '));
}

/** As it is, or in encoded words (RFC 2047 §2: of at most 75 characters each). */
function worded(address: string, smtputf8: boolean): string {
  if (smtputf8 || isAscii(Buffer.from(address))) return address;
  const words: string[] = [];
  let word = '';
  for (const character of address) {
    if (Buffer.byteLength(word + character) > 45) {
      words.push(word);
      word = '';
    }
    word += character;
  }
  return [...words, word].map((one) => `=?utf-8?B?${Buffer.from(one).toString('base64')}?=`).join('\r\n ');
}
